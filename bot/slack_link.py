"""The connection to Slack: the token accepted once, and in Socket Mode the socket."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Settings
from bot.slack_away import why_away

_LONGEST_PAUSE_S = 30
_ANSWERED_WITHIN_S = 3
"""After that Slack waits no longer either."""
_CLOSED_WITHIN_S = 1

log = structlog.get_logger(__name__)


class _Socket(AsyncSocketModeHandler):
    """Knows whether something that came through it is still to be answered through it."""

    def __init__(self, bolt: AsyncApp, app_token: str) -> None:
        super().__init__(bolt, app_token)
        self._unanswered = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # as the base class of this one has it
        self._unanswered += 1
        self._idle.clear()
        try:
            await super().handle(client, req)
        finally:
            self._unanswered -= 1
            if not self._unanswered:
                self._idle.set()

    async def close_when_idle(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_ANSWERED_WITHIN_S):
                await self._idle.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSED_WITHIN_S):
                await self.close_async()  # type: ignore[no-untyped-call]  # Bolt gives no types


@dataclass
class Link:
    """What we know of our connection to Slack; `workspace_url` is set once the token has been accepted."""

    workspace_url: str | None = None
    socket: _Socket | None = None

    def permalink(self, channel: str, ts: str) -> str | None:
        """A message's address, as Slack makes them."""
        if self.workspace_url is None:
            return None
        return f"{self.workspace_url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"

    async def connect(self, settings: Settings, bolt: AsyncApp, client: AsyncWebClient) -> None:
        """Have the token accepted, then open the socket; again and again until both have worked once."""
        pause_s, token = 0.5, "SLACK_BOT_TOKEN"
        while True:
            try:
                if self.workspace_url is None:
                    answer = await client.auth_test()
                    self.workspace_url = str(answer.get("url") or "https://slack.com/")
                    log.info("slack_accepted_token", team=answer.get("team_id"))
                if settings.slack_app_token is not None:
                    token = "SLACK_APP_TOKEN"  # noqa: S105 - a setting's name
                    await self._open(bolt, client, settings.slack_app_token.get_secret_value())
            except (SlackApiError, SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
                why = why_away(error, url=settings.slack_api_url, token=token)
                log.warning("slack_not_connected", **why)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
            else:
                return

    async def _open(self, bolt: AsyncApp, client: AsyncWebClient, app_token: str) -> None:
        """Asks for the socket's address itself: the SDK would go on asking, with nothing but tracebacks to show."""
        answer = await client.apps_connections_open(app_token=app_token)
        self.socket = _Socket(bolt, app_token)
        self.socket.client.wss_uri = str(answer["url"])
        await self.socket.connect_async()  # type: ignore[no-untyped-call]  # Bolt gives no types

    async def disconnect(self) -> None:
        """Close the socket, if there is one, once what came through it is answered; in four seconds at most."""
        if self.socket is not None:
            await self.socket.close_when_idle()
