"""What every window needs: to be opened in time, sent in once, and answered where the person looks."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import render
from bot.edge import Body, Edge
from bot.fields import plain_text
from bot.plain import plain
from commands.ports import Caller
from commands.text import Language, Line, Message, Spans, Text

T = TypeVar("T")

_OPEN_BOUND_S = 1.2

_NOT_OPENED = Text(
    "Slack 没有及时打开窗口，因此没有执行任何操作。请再试一次；/copy-image help 列出可以直接输入的命令。",
    "Slack didn't open the window in time, so nothing was done. Try again; /copy-image help lists what can be typed instead.",
)
_TOLD_TITLE = Text("镜像复制", "Image copies")
_CLOSE = Text("关闭", "Close")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Failed:
    """What went wrong, in words; nothing typed is lost."""

    message: Message


@dataclass(frozen=True)
class Done(Generic[T]):
    result: T


class Windows:
    """Opens windows, and takes in what was sent from one."""

    def __init__(self, client: AsyncWebClient, edge: Edge) -> None:
        self._client = client
        self._edge = edge

    async def caller(self, body: Body, channel: str, act: str) -> Caller:
        """Who sent a window in; sending the same window twice is one act."""
        same = {**body, "channel": {"id": channel}, "trigger_id": ""}
        return await self._edge.caller(same, act, str(body["view"].get("id", "")))

    async def tried(self, caller: Caller, work: Callable[[], Awaitable[T]]) -> Done[T] | Failed:
        found: list[T] = []

        async def run() -> Message:
            found.append(await work())
            return Message(())

        said = await self._edge.guarded(caller, run)
        return Done(found[0]) if found else Failed(said)

    async def open(self, body: Body, view: dict[str, Any], caller: Caller) -> Message:
        try:
            async with asyncio.timeout(_OPEN_BOUND_S):
                await self._client.views_open(trigger_id=str(body.get("trigger_id", "")), view=view)
        except (SlackApiError, SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("window_not_opened", callback_id=view["callback_id"], error=str(error))
            return Message((_NOT_OPENED.line(caller.language),))
        return Message(())

    def whisper(self, body: Body, caller: Caller, message: Message) -> None:
        """A word to one person alone, once the window is gone."""
        self._edge.whisper(body, caller, message)


async def send_errors(ack: Any, view: dict[str, Any], errors: Mapping[str, Line | Spans | Message]) -> None:
    """What is wrong at which field; at the first one where the form has no such field."""
    fields = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    said = {field if field in fields else fields[0]: _words(what) for field, what in errors.items()}
    await ack(response_action="errors", errors=said)


def _words(what: Line | Spans | Message) -> str:
    if isinstance(what, Message):
        return "\n".join(plain(line) for line in what.lines)
    return plain(what)


def told(message: Message, language: Language) -> dict[str, Any]:
    """A window that only says something."""
    return {
        "type": "modal",
        "title": plain_text(_TOLD_TITLE, language),
        "close": plain_text(_CLOSE, language),
        "blocks": render(message).blocks,
    }
