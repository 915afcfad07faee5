"""Sends one signed request over HTTP, once, and knows afterwards whether a byte of it may have gone out."""

import asyncio
import socket
import struct
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from pydantic import SecretStr

from commands.clouds.cloud import CloudError, Fault
from commands.clouds.jdcloud.answers import without
from commands.clouds.jdcloud.signing import Algorithm, sign

BODY_LIMIT = 8 * 1024 * 1024  # a hundred images take about 200 KiB
_HEADERS = {
    "Content-Type": "application/json",
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "User-Agent": "copy-image-bot",
}


def make_http(timeout_s: float) -> httpx.AsyncClient:
    """A client for `Transport`: no proxy, no ~/.netrc (it would replace Authorization), no redirects.

    Each call has its own connection, as with the vendor's SDK: on a kept one that the other side is just
    closing, a request that never began would look like a lost answer. Closing resets the connection instead of
    draining it, and the kernel gives unacknowledged bytes up after `timeout_s`, so none outlive the call.
    """
    options: list[tuple[int, int, int] | tuple[int, int, bytes]] = [
        (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    ]
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        options.append((socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, max(1, int(timeout_s * 1000))))
    return httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(
            trust_env=False,
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=0),
            socket_options=options,
        ),
        trust_env=False,
        follow_redirects=False,
        timeout=None,  # noqa: S113 -- Transport has one deadline for the whole call instead
    )


def boot_clock() -> float:
    """Seconds since boot, time asleep included where the system counts it."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


class Signature(httpx.Auth):
    """Signs each request for the service and the region that its `extensions` name."""

    requires_request_body = True

    def __init__(
        self,
        *,
        access_key: str,
        secret_key: SecretStr,
        algorithm: Algorithm,
        now: Callable[[], datetime],
        nonce: Callable[[], str],
    ) -> None:
        self._access_key = access_key
        self._secret_key = secret_key
        self._algorithm = algorithm
        self._now = now
        self._nonce = nonce

    @property
    def hidden(self) -> tuple[str, str]:
        """What no message may carry."""
        return self._access_key, self._secret_key.get_secret_value()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        headers = sign(
            method=request.method,
            url=str(request.url),
            headers={"Content-Type": request.headers["Content-Type"]},
            body=request.content,
            access_key=self._access_key,
            secret_key=self._secret_key.get_secret_value(),
            service=request.extensions["service"],
            region=request.extensions["region"],
            at=self._now(),
            nonce=self._nonce(),
            algorithm=self._algorithm,
        )
        request.headers.update(headers)
        yield request


@dataclass(frozen=True)
class Call:
    """One request: `url` without the query; the service and region it is signed for."""

    method: str
    service: str
    region: str
    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""


@dataclass(frozen=True)
class Reply:
    """An answer as it came; a body over `BODY_LIMIT` is cut there. `date` is the header, empty without one."""

    status: int
    request_id: str
    date: str
    content: bytes


class _TooLateError(Exception):
    """The clock passed the deadline before the request was written."""


class _Watch:
    """Follows one request on its way out, and stops it when the time to send is over."""

    def __init__(self, clock: Callable[[], float], send_by: float | None) -> None:
        self._clock = clock
        self._send_by = send_by
        self._stream: Any = None  # httpcore's AsyncNetworkStream, once there is one
        self.begun = False

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """What httpcore calls at each step; headers and body are two writes."""
        if event == "connection.connect_tcp.complete":
            self._stream = info["return_value"]
        elif event == "http11.send_request_headers.started":
            self._stop_if_late()
            self.begun = True
        elif event == "http11.send_request_body.started":
            self._stop_if_late()

    async def hang_up(self) -> None:
        """Abort the connection: httpcore forgets it when cancelled within the TLS handshake."""
        if self._stream is not None:
            await self._stream.aclose()

    def _stop_if_late(self) -> None:
        if self._send_by is not None and self._clock() >= self._send_by:
            raise _TooLateError


class Transport:
    """Makes calls, each once, under one deadline."""

    def __init__(
        self, http: httpx.AsyncClient, signature: Signature, *, timeout_s: float, clock: Callable[[], float]
    ) -> None:
        self._http = http
        self._signature = signature
        self._timeout_s = timeout_s
        self._clock = clock

    async def send(self, call: Call, *, send_by: float | None = None) -> Reply:
        """The answer to `call`, whatever it says.

        Args:
            send_by: when on `clock` it is too late to write the request; None: never.

        Raises:
            CloudError: `NOT_SENT`, no byte of the request was written; `LOST`, any may have been.
        """
        watch = _Watch(self._clock, send_by)
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._answered(call, watch)
        except Exception as error:
            # Whatever it was, what counts is whether a byte may have gone out.
            fault = Fault.LOST if watch.begun else Fault.NOT_SENT
            raise CloudError(fault, self._reason(fault, error)) from error

    async def _answered(self, call: Call, watch: _Watch) -> Reply:
        try:
            return await self._exchange(call, watch)
        except BaseException:
            await watch.hang_up()
            raise

    async def _exchange(self, call: Call, watch: _Watch) -> Reply:
        extensions = {"trace": watch.trace, "service": call.service, "region": call.region}
        async with self._http.stream(
            call.method,
            call.url,
            params=call.params or None,
            content=call.content,
            headers=_HEADERS,
            auth=self._signature,
            extensions=extensions,
        ) as response:
            said = response.headers
            request_id, date = said.get("x-jdcloud-request-id", ""), said.get("date", "")
            return Reply(response.status_code, request_id, date, await _body(response))

    def _reason(self, fault: Fault, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"no {'answer' if fault is Fault.LOST else 'connection'} within {self._timeout_s:g} s"
        if isinstance(error, _TooLateError):
            return "the time to send it was over"
        return without(self._signature.hidden, str(error) or type(error).__name__)[:300]


async def _body(response: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > BODY_LIMIT:
            break
    return bytes(content[:BODY_LIMIT])
