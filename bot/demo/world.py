"""Stand-ins and the real bot against them, over real HTTP and WebSocket, with everything in a temporary folder."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from bot.app import Bot, running, utc_now
from bot.demo.jdcloud import CloudStandIn
from bot.demo.slack import SlackStandIn, Workspace
from bot.settings import Settings
from commands.permission_file import read
from store import permissions
from store.database import Database


@dataclass(frozen=True)
class World:
    """Slack, JD Cloud, and the bot between them."""

    slack: SlackStandIn
    cloud: CloudStandIn
    bot: Bot


@asynccontextmanager
async def world(
    workspace: Workspace,
    permission_file: str,
    *,
    transport: Literal["socket", "http"] = "socket",
    copy_seconds: float = 20,
    now: Callable[[], datetime] = utc_now,
    **settings: Any,
) -> AsyncIterator[World]:
    """Everything started, the bot connected, the permissions loaded; gone without a trace afterwards.

    Args:
        settings: fields of `Settings` to set otherwise than the stand-ins need.
    """
    with TemporaryDirectory(prefix="copy-image-bot-") as folder:
        cloud = CloudStandIn(copy_seconds=copy_seconds, now=now)
        slack = SlackStandIn(workspace, transport=transport, now=now)
        async with cloud, slack:
            made = _settings(slack, cloud, Path(folder), transport, settings)
            await asyncio.to_thread(load_permissions, made.database_url, permission_file, now())
            async with running(made, now) as bot:
                if transport == "socket":
                    await slack.wait_connected()
                else:
                    slack.events_url = f"http://127.0.0.1:{bot.port}/slack/events"
                yield World(slack, cloud, bot)


def _settings(
    slack: SlackStandIn, cloud: CloudStandIn, folder: Path, transport: str, changes: dict[str, Any]
) -> Settings:
    """Made from nothing but the stand-ins: neither `.env` nor the environment is read."""
    app = slack.workspace
    values: dict[str, Any] = {
        "slack_bot_token": app.bot_token,
        "slack_app_token": app.app_token if transport == "socket" else None,
        "slack_signing_secret": app.signing_secret,
        "slack_api_url": slack.api_url,
        "jdcloud_access_key": cloud.access_key,
        "jdcloud_secret_key": cloud.secret_key,
        "jdcloud_vm_url": cloud.url,
        "jdcloud_disk_url": cloud.url,
        "database_url": f"sqlite:///{folder / 'demo.db'}",
        "bot_host": "127.0.0.1",
        "bot_port": 0,
        "bot_poll_s": 1,
    }
    return Settings(**{**values, **changes})


def load_permissions(database_url: str, text: str, at: datetime) -> None:
    """What `permissions apply` does, without announcing it."""
    db = Database(database_url)
    try:
        db.migrate()
        with db.transaction() as tx:
            for entry in read(text, "zh"):
                permissions.put(tx, entry.key, entry.rule.dump() if entry.rule else None, by="file", at=at)
    finally:
        db.close()
