"""The connection to Slack: the token accepted once, and in Socket Mode the socket."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Settings

_LONGEST_PAUSE_S = 30

log = structlog.get_logger(__name__)


@dataclass
class Link:
    """What we know of our connection to Slack; `workspace_url` is set once the token has been accepted."""

    workspace_url: str | None = None
    socket: AsyncSocketModeHandler | None = None

    def permalink(self, channel: str, ts: str) -> str | None:
        """A message's address, as Slack makes them."""
        if self.workspace_url is None:
            return None
        return f"{self.workspace_url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"

    async def connect(self, settings: Settings, bolt: AsyncApp, client: AsyncWebClient) -> None:
        """Have the token accepted, then open the socket; again and again until both have worked once."""
        pause_s = 0.5
        while True:
            try:
                if self.workspace_url is None:
                    answer = await client.auth_test()
                    self.workspace_url = str(answer.get("url") or "https://slack.com/")
                    log.info("slack_accepted_token", team=answer.get("team_id"))
                if settings.slack_app_token is not None:
                    self.socket = AsyncSocketModeHandler(bolt, settings.slack_app_token.get_secret_value())
                    await self.socket.connect_async()  # type: ignore[no-untyped-call]  # Bolt gives no types
            except (SlackApiError, SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
                code = (
                    error.response.get("error") if isinstance(error, SlackApiError) else type(error).__name__
                )
                log.warning("slack_not_connected", error=code)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
            else:
                return

    async def disconnect(self) -> None:
        """Close the socket, if there is one, in three seconds at most."""
        if self.socket is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.socket.close_async(), 3)  # type: ignore[no-untyped-call]  # Bolt gives no types
