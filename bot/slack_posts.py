"""Post, edit and find messages in Slack, and say what each answer lets us conclude."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import Rendered
from bot.pace import Pace

EVENT_TYPE = "copy_image"
NOT_OUR_TURN = "not_our_turn"
"""Why a post or an edit was put off by our own pace."""

_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500
_DEFAULT_PAUSE_S = 30
_PAGE = 200

_CHANNEL_GONE = frozenset(
    {
        "not_in_channel",
        "channel_not_found",
        "is_archived",
        "restricted_action",
        "restricted_action_read_only_channel",
        "cannot_dm_bot",
        "user_disabled",
        "messages_tab_disabled",
    }
)
_MESSAGE_GONE = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"}
)
_CANT_LOOK = frozenset({"missing_scope", "unknown_method", "not_allowed_token_type"})


class Trouble(StrEnum):
    """What a failed call to Slack lets us conclude."""

    LATER = "later"  # certainly without effect; may work later
    UNSURE = "unsure"  # may have had its effect
    CHANNEL = "channel"  # we can't speak there
    MESSAGE = "message"  # the message to be edited, or its thread, is gone
    NEVER = "never"  # Slack refuses this content or call


class PostError(Exception):
    """Slack did not do it.

    Attributes:
        pause_s: after how long to try again, where that is known: Slack asked us to wait, or it isn't our turn.
    """

    def __init__(self, trouble: Trouble, error: str, pause_s: float | None = None) -> None:
        super().__init__(f"{trouble}: {error}")
        self.trouble = trouble
        self.error = error
        self.pause_s = pause_s


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

    Where a method takes `left_s`, it says how long from the moment of asking a call may still be begun.
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
        """One new message with metadata `payload`."""
        key = f"post {channel}"
        await self._turn(key, left_s, per_s=1, burst=4, patience_s=2)
        arguments: dict[str, Any] = {"thread_ts": thread_ts} if thread_ts else {}
        answer = await self._call(
            key,
            "chat.postMessage",
            channel=channel,
            text=shown.text,
            blocks=shown.blocks,
            metadata={"event_type": EVENT_TYPE, "event_payload": payload},
            unfurl_links=False,
            unfurl_media=False,
            **arguments,
        )
        return Posted(str(answer.get("channel") or channel), str(answer["ts"]))

    async def edit(self, posted: Posted, shown: Rendered, left_s: Callable[[], float]) -> None:
        """Make a message show something else."""
        await self._turn("edit", left_s, per_s=50 / 60, burst=20, patience_s=0.2)
        await self._call(
            "edit", "chat.update", channel=posted.channel, ts=posted.ts, text=shown.text, blocks=shown.blocks
        )

    async def find(
        self, channel: str, thread_ts: str | None, payload: dict[str, Any], since: datetime
    ) -> Posted | None:
        """Our own message with this metadata, if an attempt of before has posted it after all."""
        if channel.startswith(("U", "W")):
            opened = await self._call("look", "conversations.open", users=channel)
            channel = str(opened["channel"]["id"])
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
        self, key: str, left_s: Callable[[], float], *, per_s: float, burst: float, patience_s: float
    ) -> None:
        """Wait for our turn if it comes soon, else let others go first: they may speak elsewhere."""
        at_most_s = min(left_s(), patience_s)
        pause_s = await self._pace.wait(key, per_s=per_s, burst=burst, at_most_s=at_most_s)
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
                return {}
            raise

    async def _call(self, key: str, method: str, *, reading: bool = False, **arguments: Any) -> Any:
        """Slack takes JSON for methods that write, and form fields only for those that read."""
        form: dict[str, Any] = {"params": arguments} if reading else {"json": arguments}
        try:
            async with asyncio.timeout(self._timeout_s):
                return _object(await self._client.api_call(method, **form))
        except SlackApiError as error:
            failure = _judged(error)
            if failure.pause_s is not None:
                self._pace.hold(key, failure.pause_s)
            raise failure from error
        except aiohttp.ClientConnectorError as error:
            raise PostError(Trouble.LATER, type(error).__name__) from error
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise PostError(Trouble.UNSURE, type(error).__name__) from error


def _object(answer: Any) -> Any:
    """An answer that can be read; a proxy's page can't."""
    if isinstance(answer.data, dict):
        return answer
    raise PostError(Trouble.UNSURE, "not an answer of Slack's")


_TROUBLES: dict[Trouble, frozenset[str]] = {
    Trouble.CHANNEL: _CHANNEL_GONE,
    Trouble.MESSAGE: _MESSAGE_GONE,
    Trouble.UNSURE: frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"}),
    Trouble.NEVER: frozenset(
        {"invalid_blocks", "msg_too_long", "msg_blocks_too_long", "invalid_arguments", "no_text"}
    ),
}


def _judged(error: SlackApiError) -> PostError:
    response = error.response
    if response.status_code == _TOO_MANY_REQUESTS:
        pause = response.headers.get("Retry-After", "")
        return PostError(Trouble.LATER, "ratelimited", float(pause) if pause.isdigit() else _DEFAULT_PAUSE_S)
    if response.status_code >= _SERVER_ERROR or not isinstance(response.data, dict):
        return PostError(Trouble.UNSURE, f"HTTP {response.status_code}")
    code = str(response.data.get("error", ""))
    trouble = next((trouble for trouble, codes in _TROUBLES.items() if code in codes), Trouble.LATER)
    return PostError(trouble, code, _DEFAULT_PAUSE_S if code == "ratelimited" else None)
