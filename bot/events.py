"""What Slack tells without anybody having typed or pressed something: channels, people and user groups that changed."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.edge import Body
from commands.channel_moved import moved
from commands.people_changed import group_changed, person_changed
from commands.ports import Ports
from store.database import DatabaseError

_BOUND_S = 2.5
"""Less than the three seconds after which Slack sends an event again."""

log = structlog.get_logger(__name__)

_Event = dict[str, Any]


class Events:
    """Each is done before Bolt acknowledges it; what the database did not take, Slack sends again."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._handlers: dict[str, Callable[[str, _Event], Awaitable[None]]] = {
            "channel_id_changed": self._channel,
            "user_change": self._person,
            "subteam_members_changed": self._group,
            "subteam_updated": self._group,
        }

    def register(self, app: AsyncApp) -> None:
        """Let Bolt call them; all other events are acknowledged, so that Slack doesn't send them again."""
        for name in self._handlers:
            app.event(name, middleware=[self._handled])(_acknowledge)
        app.event(re.compile(r".*"))(_acknowledge)

    async def _handled(self, body: Body, next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        event, team = body.get("event") or {}, str(body.get("team_id") or "")
        if team:
            try:
                async with asyncio.timeout(_BOUND_S):
                    await self._handlers[str(event.get("type"))](team, event)
            except (DatabaseError, TimeoutError) as error:
                log.warning("event_not_taken", type=event.get("type"), error=type(error).__name__)
                return BoltResponse(status=HTTPStatus.TOO_EARLY)  # 5xx counts as Bolt's own failure
        await next_()
        return None

    async def _channel(self, team: str, event: _Event) -> None:
        old, new = str(event.get("old_channel_id") or ""), str(event.get("new_channel_id") or "")
        at = _moment(event.get("event_ts"))
        if old and new and at is not None:
            done = await moved(self._ports, team, old, new, at)
            log.info("channel_moved" if done else "channel_moved_before", old=old, new=new)

    async def _person(self, team: str, event: _Event) -> None:
        said = event.get("user")
        if isinstance(said, dict) and said.get("id"):
            guest = bool(said.get("is_restricted") or said.get("is_ultra_restricted"))
            deleted = bool(said.get("deleted"))
            await person_changed(self._ports, team, str(said["id"]), guest=guest, deleted=deleted)

    async def _group(self, team: str, event: _Event) -> None:
        said = event.get("subteam")
        group = event.get("subteam_id") or (said.get("id") if isinstance(said, dict) else None)
        if group:
            await group_changed(self._ports, team, str(group))


async def _acknowledge(ack: Any) -> None:
    await ack()


def _moment(ts: Any) -> datetime | None:
    """When something happened, as Slack numbers it; None: it doesn't say."""
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
