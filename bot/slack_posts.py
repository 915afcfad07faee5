"""Post, edit and find messages in Slack, and say what each answer lets us conclude."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import Rendered
from bot.in_time import in_time
from bot.pace import Pace
from bot.slack_trouble import NOT_OUR_TURN, PostError, Trouble, judged

EVENT_TYPE = "copy_image"

_PAGE = 200

_CANT_LOOK = frozenset({"missing_scope", "unknown_method", "not_allowed_token_type"})

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Posted:
    """Where a message stands in Slack."""

    channel: str
    ts: str


class SlackPosts:
    """Messages about requests; every method raises PostError and nothing else.

    Args:
        client: without the SDK's retry on a dropped connection, which could post twice.
        timeout_s: of each call, connecting included; at most half the lease under which messages are shown, so
            that nothing is under way any more when somebody else looks for what was posted.

    Where a method takes `left_s`, it says how long from the moment of asking a call may still be begun; of a new
    message also right before it is written, since a second one can't be taken back.
    """

    def __init__(self, client: AsyncWebClient, pace: Pace, *, timeout_s: float = 10) -> None:
        self._client = client
        self._pace = pace
        self._timeout_s = timeout_s

    async def post(
        self,
        channel: str,
        thread_ts: str | None,
        shown: Rendered,
        payload: dict[str, Any],
        left_s: Callable[[], float],
    ) -> Posted:
        """One new message with metadata `payload`; a person's id stands for the conversation with them."""
        key = f"post {channel}"
        await self._turn(key, left_s, per_s=1, burst=4, patience_s=2)
        where = {"channel": await self._conversation(channel)}
        with in_time(left_s):
            answer = await self._say(
                key,
                "chat.postMessage",
                shown,
                **where,
                **({"thread_ts": thread_ts} if thread_ts else {}),
                metadata={"event_type": EVENT_TYPE, "event_payload": payload},
                unfurl_links=False,
                unfurl_media=False,
            )
        return Posted(str(answer.get("channel") or channel), str(answer["ts"]))

    async def edit(
        self, posted: Posted, shown: Rendered, left_s: Callable[[], float], *, awaited: bool = True
    ) -> None:
        """Make a message show something else; what is `awaited` goes before what is not, such as progress."""
        line, patience_s = ("awaited", 2) if awaited else ("", 0.2)
        await self._turn("edit", left_s, per_s=50 / 60, burst=20, patience_s=patience_s, line=line)
        await self._say("edit", "chat.update", shown, channel=posted.channel, ts=posted.ts)

    async def _say(self, key: str, method: str, shown: Rendered, **arguments: Any) -> Any:
        """With blocks; where Slack refuses these, as plain text, which says the same."""
        try:
            return await self._call(key, method, text=shown.text, blocks=shown.blocks, **arguments)
        except PostError as error:
            if error.trouble is not Trouble.NEVER:
                raise
            log.warning("blocks_refused", error=error.error, method=method, **_about(arguments))
        return await self._call(key, method, text=shown.text, **arguments)

    async def find(
        self, channel: str, thread_ts: str | None, payload: dict[str, Any], since: datetime
    ) -> Posted | None:
        """Our own message with this metadata, if an attempt of before has posted it after all.

        Raises:
            PostError: among others `Trouble.BLIND`, where the token has no scope to read there.
        """
        channel = await self._conversation(channel)
        method = "conversations.replies" if thread_ts else "conversations.history"
        where: dict[str, Any] = (
            {"ts": thread_ts} if thread_ts else {"oldest": f"{since.timestamp() - 60:.6f}"}
        )
        cursor = ""
        while True:
            page = await self._look(method, channel, where, cursor)
            for message in page.get("messages", []):
                metadata = message.get("metadata") or {}
                if metadata.get("event_type") == EVENT_TYPE and metadata.get("event_payload") == payload:
                    return Posted(channel, str(message["ts"]))
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None

    async def _turn(
        self,
        key: str,
        left_s: Callable[[], float],
        *,
        per_s: float,
        burst: float,
        patience_s: float,
        line: str = "",
    ) -> None:
        """Wait for our turn if it comes soon, else let others go first: they may speak elsewhere."""
        at_most_s = min(left_s(), patience_s)
        pause_s = await self._pace.wait(key, per_s=per_s, burst=burst, at_most_s=at_most_s, line=line)
        if pause_s > 0 or left_s() <= 0:
            raise PostError(Trouble.LATER, NOT_OUR_TURN, pause_s)

    async def _look(self, method: str, channel: str, where: dict[str, Any], cursor: str) -> Any:
        arguments = {**where, **({"cursor": cursor} if cursor else {})}
        try:
            return await self._call(
                "look",
                method,
                reading=True,
                channel=channel,
                limit=_PAGE,
                include_all_metadata=True,
                **arguments,
            )
        except PostError as error:
            if error.error in _CANT_LOOK:
                raise PostError(Trouble.BLIND, error.error) from error
            raise

    async def _conversation(self, channel: str) -> str:
        """The channel itself, or the conversation with a person; where there can be none, we can't speak there."""
        if not channel.startswith(("U", "W")):
            return channel
        try:
            opened = await self._call("open", "conversations.open", users=channel)
        except PostError as error:
            said_no = isinstance(error.__cause__, SlackApiError) and error.trouble is not Trouble.UNSURE
            trouble = Trouble.CHANNEL if said_no and error.pause_s is None else Trouble.LATER
            raise PostError(trouble, error.error, error.pause_s) from error
        return str(opened["channel"]["id"])

    async def _call(self, key: str, method: str, *, reading: bool = False, **arguments: Any) -> Any:
        """Slack takes JSON for methods that write, and form fields only for those that read."""
        form: dict[str, Any] = {"params": arguments} if reading else {"json": arguments}
        try:
            async with asyncio.timeout(self._timeout_s):
                return _object(await self._client.api_call(method, **form))
        except SlackApiError as error:
            failure = judged(error)
            if failure.pause_s is not None:
                self._pace.hold(key, failure.pause_s)
            raise failure from error
        except aiohttp.ClientConnectorError as error:
            raise PostError(Trouble.LATER, type(error).__name__) from error
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise PostError(Trouble.UNSURE, type(error).__name__) from error


def _about(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What a log line needs to name the message."""
    payload: dict[str, Any] = arguments.get("metadata", {}).get("event_payload", {})
    return {"channel": arguments["channel"], **payload}


def _object(answer: Any) -> Any:
    """An answer that can be read; a proxy's page can't."""
    if isinstance(answer.data, dict):
        return answer
    raise PostError(Trouble.UNSURE, "not an answer of Slack's")
