"""A small workspace, a clock to turn, and real Bolt apps and clients to meet the stand-in with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from bot.demo.slack import Channel, Group, SlackStandIn, User, Workspace
from bot.demo.slack.server import LocalServer

BOT = "U0BOT"
ALICE = "U0001"
BOB = "U0002"
GUEST = "U0003"
STRANGER = "U0004"
CLOUD = "C0001"
PRIVATE = "C0002"
ELSEWHERE = "C0003"
ARCHIVED = "C0004"


class Clock:
    """A clock that stands still until turned."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def turn(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def office() -> Workspace:
    return Workspace(
        users=[
            User(ALICE, "alice", "Alice"),
            User(BOB, "bob", "Bob", locale="en-US", tz="UTC"),
            User(GUEST, "guest", "A guest", is_restricted=True),
            User(STRANGER, "stranger", "From elsewhere", team_id="T0002"),
        ],
        groups=[
            Group("S0001", "ops", "Operations", [BOB]),
            Group("S0002", "old", "Gone", [BOB], enabled=False),
        ],
        channels=[
            Channel(CLOUD, "cloud", [ALICE, BOB, GUEST, STRANGER, BOT]),
            Channel(PRIVATE, "secret", [ALICE], is_private=True),
            Channel(ELSEWHERE, "random", [ALICE]),
            Channel(ARCHIVED, "past", [ALICE, BOT], is_archived=True),
        ],
    )


def client_of(slack: SlackStandIn, token: str | None = None) -> AsyncWebClient:
    """A client that never tries again by itself."""
    return AsyncWebClient(token=token or slack.workspace.bot_token, base_url=slack.api_url, retry_handlers=[])


def code_of(error: SlackApiError) -> str:
    return str(error.response["error"])


def section(text: str = "hello") -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(action_id: str, value: str = "1", **more: Any) -> dict[str, Any]:
    label = {"type": "plain_text", "text": action_id}
    return {"type": "button", "action_id": action_id, "value": value, "text": label, **more}


def actions(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(buttons)}


def text_input(block_id: str, **more: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "value"}
    label = {"type": "plain_text", "text": block_id}
    return {"type": "input", "block_id": block_id, "label": label, "element": element | more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    words = {name: {"type": "plain_text", "text": name} for name in ("title", "submit", "close")}
    return {"type": "modal", "callback_id": "request", **words, "blocks": list(blocks), **more}


@asynccontextmanager
async def connected(slack: SlackStandIn, app: AsyncApp, *, transport: str) -> AsyncIterator[None]:
    """The app, reachable by the stand-in over this transport."""
    over = _over_http if transport == "http" else _over_socket
    async with over(slack, app):
        await slack.wait_connected()
        yield


def bolt(slack: SlackStandIn) -> AsyncApp:
    return AsyncApp(client=client_of(slack), signing_secret=slack.workspace.signing_secret)


@asynccontextmanager
async def _over_socket(slack: SlackStandIn, app: AsyncApp) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(app, slack.workspace.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no annotation there
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def _over_http(slack: SlackStandIn, app: AsyncApp) -> AsyncIterator[None]:
    handler = AsyncSlackRequestHandler(app)
    server = LocalServer(Starlette(routes=[Route("/slack/events", handler.handle, methods=["POST"])]), 0)
    await server.start()
    slack.events_url = f"{server.url}/slack/events"
    try:
        yield
    finally:
        await server.stop()
