"""Bringing payloads to the bot, over Socket Mode or as signed HTTP requests, and its acknowledgements back."""

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode

import aiohttp

from bot.demo.slack.sockets import Sockets
from bot.demo.slack.state import State
from bot.demo.slack.wire import Json

Kind = Literal["slash_commands", "interactive", "events_api"]


class Unacknowledged(Exception):  # noqa: N818 - what happened, in Slack's word
    """The bot did not acknowledge; `error` is what Slack tells the person, such as `operation_timeout`."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class UnusableAnswer(Unacknowledged):
    """The bot acknowledged with something Slack refuses."""


@dataclass(frozen=True)
class Ack:
    """What the bot acknowledged with; plain text is told as `{"text": …}`."""

    status: int
    body: Json


@dataclass(frozen=True)
class Delivered:
    """One payload as it was sent."""

    kind: Kind
    payload: Json
    at: datetime


@dataclass(frozen=True)
class Oddities:
    """Ways in which a delivery may differ from an ordinary one; None means as usual.

    `timestamp`, `signature`, `body` and `headers` (added last) are of the HTTP request, `envelope_id` of the
    envelope; `retry_num` from 1 marks the redelivery of an event.
    """

    timestamp: int | str | None = None
    signature: str | None = None
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    envelope_id: str | None = None
    retry_num: int | None = None


USUAL = Oddities()


class Courier:
    """Sends payloads one way or the other and remembers them; `events_url` set: over HTTP."""

    def __init__(self, state: State, sockets: Sockets, ack_timeout_s: float) -> None:
        self.delivered: list[Delivered] = []
        self.events_url: str | None = None
        self.over_http = False
        self._state = state
        self._sockets = sockets
        self._ack_timeout_s = ack_timeout_s
        self._session: aiohttp.ClientSession | None = None

    async def send(self, kind: Kind, payload: Json, odd: Oddities = USUAL) -> Ack:
        """Send one payload once.

        Raises:
            Unacknowledged: no answer within 3 s (`operation_timeout`), or nobody to send it to
                (`dispatch_failed`).
        """
        self.delivered.append(Delivered(kind, payload, self._state.now()))
        try:
            async with asyncio.timeout(self._ack_timeout_s):
                return await (self._post if self.over_http else self._through_socket)(kind, payload, odd)
        except TimeoutError:
            raise Unacknowledged("operation_timeout") from None

    async def close(self) -> None:
        """Close the HTTP connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _through_socket(self, kind: Kind, payload: Json, odd: Oddities) -> Ack:
        envelope: Json = {"type": kind, "payload": payload, "accepts_response_payload": kind != "events_api"}
        envelope["envelope_id"] = odd.envelope_id or self._state.new_id("envelope-")
        if odd.retry_num is not None:
            envelope |= {"retry_attempt": odd.retry_num, "retry_reason": "timeout"}
        answer = await self._sockets.send(envelope)
        if answer is None:
            raise Unacknowledged("dispatch_failed")
        return Ack(200, answer)

    async def _post(self, kind: Kind, payload: Json, odd: Oddities) -> Ack:
        if self.events_url is None:
            raise Unacknowledged("dispatch_failed")
        content_type, usual_body = _encoded(kind, payload)
        body = usual_body if odd.body is None else odd.body
        headers = {"Content-Type": content_type, **self._signed(body, odd)}
        if odd.retry_num is not None:
            headers |= {"X-Slack-Retry-Num": str(odd.retry_num), "X-Slack-Retry-Reason": "http_timeout"}
        self._session = self._session or aiohttp.ClientSession()
        try:
            async with self._session.post(
                self.events_url, data=body, headers=headers | odd.headers
            ) as response:
                return Ack(response.status, _understood(response.content_type, await response.text()))
        except aiohttp.ClientError as error:
            raise Unacknowledged("dispatch_failed") from error

    def _signed(self, body: bytes, odd: Oddities) -> dict[str, str]:
        at = str(int(self._state.now().timestamp()) if odd.timestamp is None else odd.timestamp)
        signature = odd.signature
        if signature is None:
            signature = sign(self._state.workspace.signing_secret, at, body)
        return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature}


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's signature of a request: https://docs.slack.dev/authentication/verifying-requests-from-slack."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def _encoded(kind: Kind, payload: Json) -> tuple[str, bytes]:
    if kind == "events_api":
        return "application/json", json.dumps(payload).encode()
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return "application/x-www-form-urlencoded", urlencode(fields).encode()


def _understood(content_type: str, body: str) -> Json:
    if content_type == "application/json":
        try:
            told = json.loads(body)
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}
    return {"text": body} if body else {}
