"""The Web API: who may call which method, what it answers, and what goes wrong on demand."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.demo.slack import chat, files, people, reading, views
from bot.demo.slack.rates import Rates
from bot.demo.slack.state import State
from bot.demo.slack.wire import ApiError, Args, Json, read_arguments


@dataclass(frozen=True)
class Method:
    """What a method does, and the scope it needs at least."""

    run: Callable[[State, Args], Json]
    scope: str | None = None


METHODS: Mapping[str, Method] = {
    "auth.test": Method(people.auth_test),
    "team.info": Method(people.team_info, "team:read"),
    "bots.info": Method(people.bots_info, "users:read"),
    "users.info": Method(people.users_info, "users:read"),
    "users.list": Method(people.users_list, "users:read"),
    "users.conversations": Method(people.users_conversations, "channels:read"),
    "usergroups.list": Method(people.usergroups_list, "usergroups:read"),
    "usergroups.users.list": Method(people.usergroups_users_list, "usergroups:read"),
    "conversations.info": Method(people.conversations_info),
    "conversations.members": Method(people.conversations_members),
    "conversations.open": Method(people.conversations_open, "im:write"),
    "conversations.history": Method(reading.history),
    "conversations.replies": Method(reading.replies),
    "chat.postMessage": Method(chat.post_message, "chat:write"),
    "chat.postEphemeral": Method(chat.post_ephemeral, "chat:write"),
    "chat.update": Method(chat.update, "chat:write"),
    "chat.delete": Method(chat.delete, "chat:write"),
    "chat.getPermalink": Method(chat.get_permalink),
    "views.open": Method(views.open_view),
    "views.push": Method(views.push_view),
    "views.update": Method(views.update_view),
    "views.publish": Method(views.publish_view),
    "files.getUploadURLExternal": Method(files.get_upload_url, "files:write"),
    "files.completeUploadExternal": Method(files.complete_upload, "files:write"),
}
SOCKETS = "apps.connections.open"


@dataclass(frozen=True)
class ApiCall:
    """One call as it was received; `error` is Slack's code, or `http_500`, or `dropped`."""

    method: str
    args: Json
    at: datetime
    ok: bool
    error: str | None = None


@dataclass
class Fault:
    """Something that goes wrong with the next `times` calls of a method.

    `error` answers with that code; `status` with that HTTP status (and `Retry-After` on 429); `body` with those
    bytes, said to be of `content_type`; each without doing anything. `drop` closes the connection without an answer, before or after the
    effect. `latency_s` waits first. `when` looks at the arguments.
    """

    method: str
    times: int = 1
    error: str | None = None
    status: int | None = None
    retry_after: int = 1
    latency_s: float = 0
    drop: Literal["before", "after"] | None = None
    body: str | None = None
    content_type: str = "text/html"
    when: Callable[[Json], bool] | None = None

    @property
    def answer(self) -> "Answer | None":
        """What is answered instead of the method's own answer, if anything."""
        if self.error is not None:
            return Answer({"ok": False, "error": self.error}, error=self.error)
        if self.status is None and self.body is None:
            return None
        status = self.status or 200
        headers = {"retry-after": str(self.retry_after)} if status == 429 else {}  # noqa: PLR2004 - HTTP's number
        payload = {"ok": False, "error": "ratelimited" if headers else "internal_error"}
        return Answer(payload, status, headers, self.body, f"http_{status}", content_type=self.content_type)


@dataclass(frozen=True)
class Answer:
    """What goes back over HTTP; `text` instead of the payload where given; `dropped`: nothing does."""

    payload: Json
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None
    error: str | None = None
    dropped: bool = False
    content_type: str = "text/html"


DROPPED = Answer({}, error="dropped", dropped=True)


class WebApi:
    """Answers calls, remembers each, and uses up faults."""

    def __init__(self, state: State, rates: Rates | None) -> None:
        self.calls: list[ApiCall] = []
        self.faults: list[Fault] = []
        self._state = state
        self._rates = rates
        self._ending = asyncio.Event()

    def begin(self) -> None:
        """Answer, after `end` again."""
        self._ending.clear()

    def end(self) -> None:
        """Keep nobody waiting any longer."""
        self._ending.set()

    async def call(
        self, method: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, str]
    ) -> Answer:
        """One HTTP request to one method."""
        values, refused = _read(headers, body, query)
        token = headers.get("authorization", "").removeprefix("Bearer ") or str(values.pop("token", ""))
        values.pop("token", None)
        answer = refused or await self.faulty(method, values, lambda: self._run(method, token, Args(values)))
        ok = bool(answer.payload.get("ok")) and answer.error is None
        self.calls.append(ApiCall(method, values, self._state.now(), ok, answer.error))
        self._state.changes.ring()
        return answer

    async def faulty(self, method: str, values: Json, run: Callable[[], Answer]) -> Answer:
        """The answer, with whatever was to go wrong gone wrong."""
        fault = self._take_fault(method, values)
        if fault is None:
            return run()
        await self._dawdle(fault.latency_s)
        if fault.drop == "before" or self._ending.is_set():
            return DROPPED
        answer = fault.answer or run()
        return DROPPED if fault.drop == "after" else answer

    async def _dawdle(self, latency_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(latency_s):
                await self._ending.wait()

    def _take_fault(self, method: str, values: Json) -> Fault | None:
        for fault in self.faults:
            if fault.method == method and fault.times > 0 and (fault.when is None or fault.when(values)):
                fault.times -= 1
                return fault
        return None

    def _run(self, method: str, token: str, args: Args) -> Answer:
        scopes = {"x-oauth-scopes": ",".join(self._state.workspace.scopes)}
        try:
            self._admit(method, token)
            if method == SOCKETS:
                return Answer({"ok": True, "url": self._new_socket_url()})
            self._pace(method, args)
            return Answer({"ok": True, **_do(METHODS[method], self._state, args)}, headers=scopes)
        except _TooFastError as fast:
            headers = {"retry-after": str(fast.args[0])}
            return Answer({"ok": False, "error": "ratelimited"}, 429, headers, error="ratelimited")
        except ApiError as error:
            payload = {"ok": False, "error": error.error, **error.more}
            return Answer(payload, headers=scopes, error=error.error)

    def _admit(self, method: str, token: str) -> None:
        space = self._state.workspace
        if method != SOCKETS and method not in METHODS:
            raise ApiError("unknown_method", req_method=method)
        if not token:
            raise ApiError("not_authed")
        if token not in {space.bot_token, space.app_token}:
            raise ApiError("invalid_auth")
        if (token == space.app_token) != (method == SOCKETS):
            raise ApiError("not_allowed_token_type")

    def _pace(self, method: str, args: Args) -> None:
        if self._rates is not None and (wait_s := self._rates.wait_s(method, args.text("channel"))):
            raise _TooFastError(wait_s)

    def _new_socket_url(self) -> str:
        ticket = self._state.new_id("ticket-")
        self._state.tickets.add(ticket)
        host = self._state.base_url.removeprefix("http://")
        return f"ws://{host}/link/?ticket={ticket}&app_id={self._state.workspace.app_id}"


class _TooFastError(Exception):
    """Too many calls; its argument is after how many seconds to try again."""


def _do(method: Method, state: State, args: Args) -> Json:
    if method.scope:
        state.need_scope(method.scope)
    return method.run(state, args)


def _read(
    headers: Mapping[str, str], body: bytes, query: Mapping[str, str]
) -> tuple[dict[str, Any], Answer | None]:
    try:
        return read_arguments(headers.get("content-type", ""), body, query), None
    except ApiError as error:
        return {}, Answer({"ok": False, "error": error.error}, error=error.error)
