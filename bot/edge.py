"""Where Slack meets us: who acts, an answer in time whatever happens, and a word to one person alone."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine
from hashlib import sha256
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.blocks import Rendered, render
from commands.ports import Caller, Ports, UnknowableError
from commands.text import Language, Message, Text
from store import former
from store.database import DatabaseError

_BOUND_S = 2.0
_LANGUAGE_BOUND_S = 0.7
"""Together less than the three seconds that Slack waits."""
PATIENCE_S = 1.4
"""For one transaction of somebody who waits: less than the first bound, so that it says itself what came of it."""
_REMEMBERED = 10_000
"""In how many people's language the database's absence can be told."""

_CHANNEL = re.compile(r"[CDG][A-Z0-9]+")

_UNKNOWABLE = Text(
    "Slack 暂时没有答复您的身份与用户组，因此没有执行任何操作。请稍后再试。",
    "Slack didn't say in time who you are and which groups you are in, so nothing was done. Try again in a moment.",
)
_DATABASE = Text(
    "数据库暂时不可用，因此没有执行任何操作。请稍后再试。",
    "The database can't be reached, so nothing was done. Try again in a moment.",
)
_UNSURE = Text(
    "没有及时得到结果，不确定是否已执行。请用 /copy-image history 查看后再决定是否重试。",
    "No result came in time, so it isn't certain whether this was done. Look at /copy-image history before you try again.",
)
_FAILED = Text(
    "出现内部错误，已记录。请联系机器人管理员。",
    "Something went wrong and was logged. Tell the bot's administrator.",
)
_NO_TEAM = Text(
    "无法确定您所在的工作区，因此没有执行任何操作。",
    "It isn't clear which workspace you are in, so nothing was done.",
)

log = structlog.get_logger(__name__)

Body = dict[str, Any]


def _channel(body: Body) -> str:
    """The one channel that a payload names; empty when it names none, two, or none that can be one."""
    container, channel = body.get("container") or {}, body.get("channel") or {}
    named = {str(c) for c in (body.get("channel_id"), channel.get("id"), container.get("channel_id")) if c}
    channel = named.pop() if len(named) == 1 else ""
    return channel if is_channel(channel) else ""


def is_channel(text: str) -> bool:
    """Whether this can be a channel's or a direct message's id: what a window has kept may be anything."""
    return _CHANNEL.fullmatch(text) is not None


class Edge:
    """What all listeners share.

    Args:
        client: for ephemeral answers to clicks.
    """

    def __init__(self, ports: Ports, client: AsyncWebClient) -> None:
        self._ports = ports
        self._client = client
        self._whispers: set[asyncio.Task[None]] = set()
        self._languages: dict[tuple[str, str], Language] = {}

    async def guarded(self, caller: Caller, work: Callable[[], Awaitable[Message]]) -> Message:
        """The answer, or what went wrong in words; in time for Slack, whatever happens."""
        if not caller.team or not caller.user or caller.user_team == "":
            return Message((_NO_TEAM.line(caller.language),))
        try:
            async with asyncio.timeout(_BOUND_S):
                return await work()
        except UnknowableError as error:
            log.warning("who_is_unknowable", user=caller.user, error=str(error))
            text = _UNKNOWABLE
        except DatabaseError as error:
            log.warning("turned_away", user=caller.user, uncertain=error.uncertain, error=str(error))
            text = _UNSURE if error.uncertain else _DATABASE
        except TimeoutError:
            log.error("no_answer_in_time", user=caller.user)  # noqa: TRY400 - there is nothing to trace
            text = _UNSURE
        except (SlackApiError, SlackClientError) as error:
            log.warning("slack_refused", error=str(error))
            text = _UNKNOWABLE
        except Exception:
            log.exception("listener_failed")
            text = _FAILED
        return Message((text.line(caller.language),))

    async def caller(self, body: Body, *act: str) -> Caller:
        """Who, where, and what makes this act unique; slash commands and interactions name things differently."""
        user = body.get("user") or {}
        team = str(body.get("team_id") or (body.get("team") or {}).get("id") or "")
        identity = str(body.get("user_id") or user.get("id") or "")
        channel = _channel(body)
        unique = [team, channel, identity, str(body.get("trigger_id", "")), *act]
        language, here = await asyncio.gather(self._language(team, identity), self._now_called(team, channel))
        return Caller(
            team=team,
            channel=here,
            user=identity,
            user_team=str(user.get("team_id") or "") if "user" in body else None,
            delivery=sha256("\x00".join(unique).encode(errors="replace")).hexdigest(),
            language=language,
        )

    async def _now_called(self, team: str, channel: str) -> str:
        """The channel's id of today: what was posted under a former one still works."""
        if self._ports.db.outage.under_way:
            return channel
        try:
            async with asyncio.timeout(_LANGUAGE_BOUND_S):
                return await self._ports.db.read(lambda tx: former.now_called(tx, team, channel))
        except (TimeoutError, DatabaseError):
            return channel

    async def _language(self, team: str, user: str) -> Language:
        """As the directory says, or said last."""
        known = self._languages.get((team, user))
        if known is not None and self._ports.db.outage.under_way:
            return known
        try:
            async with asyncio.timeout(_LANGUAGE_BOUND_S):
                found = await self._ports.people.language(team, user)
        except (TimeoutError, DatabaseError):
            return known or self._ports.language
        if found is None:
            return self._ports.language
        self._remember(team, user, found)
        return found

    def _remember(self, team: str, user: str, language: Language) -> None:
        if len(self._languages) >= _REMEMBERED:
            del self._languages[next(iter(self._languages))]
        self._languages[team, user] = language

    def whisper(self, body: Body, caller: Caller, message: Message, *, replace: bool = False) -> None:
        self._beside(self._say(body, caller, render(message), replace=replace))

    def whisper_later(self, body: Body, caller: Caller, work: Awaitable[Message]) -> None:
        """Say what comes of something that takes longer than Slack waits."""

        async def say() -> None:
            await self._say(body, caller, render(await work), replace=False)

        self._beside(say())

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._whispers.add(task)
        task.add_done_callback(self._whispers.discard)

    async def _say(self, body: Body, caller: Caller, shown: Rendered, *, replace: bool) -> None:
        """To the clicker alone: in the thread clicked in, else through the click's address, else in the channel."""
        thread_ts = None if replace else _thread(body)
        try:
            if thread_ts is not None and await self._in_thread(caller, shown, thread_ts):
                return
            if await self._respond(body, shown, replace=replace):
                return
            await self._client.chat_postEphemeral(
                channel=caller.channel, user=caller.user, text=shown.text, blocks=shown.blocks
            )
        except Exception as error:  # noqa: BLE001 - an answer that can't be delivered must not take anything down
            log.warning("answer_not_delivered", user=caller.user, error=type(error).__name__)

    async def _in_thread(self, caller: Caller, shown: Rendered, thread_ts: str) -> bool:
        """A click's own address leads to the channel, never into its thread."""
        try:
            await self._client.chat_postEphemeral(
                channel=caller.channel,
                user=caller.user,
                thread_ts=thread_ts,
                text=shown.text,
                blocks=shown.blocks,
            )
        except (SlackApiError, SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("not_answered_in_thread", user=caller.user, error=type(error).__name__)
            return False
        return True

    async def _respond(self, body: Body, shown: Rendered, *, replace: bool) -> bool:
        url = body.get("response_url")
        if not url:
            return False
        webhook = AsyncWebhookClient(str(url), timeout=10)
        answer_ = await webhook.send(
            text=shown.text, blocks=shown.blocks, response_type="ephemeral", replace_original=replace
        )
        return answer_.status_code == _OK

    async def drain(self) -> None:
        """Let answers on their way arrive."""
        if self._whispers:
            await asyncio.wait(self._whispers, timeout=2)


_OK = 200


def _thread(body: Body) -> str | None:
    """The thread whose reply was pressed; None for the card, which is in the channel."""
    message = body.get("message") or {}
    thread_ts = message.get("thread_ts")
    return str(thread_ts) if thread_ts and thread_ts != message.get("ts") else None


def failures(language: Language) -> list[Message]:
    """What `guarded` says when something went wrong, so that it can be told from an answer."""
    texts = (_UNKNOWABLE, _DATABASE, _UNSURE, _FAILED, _NO_TEAM)
    return [Message((text.line(language),)) for text in texts]
