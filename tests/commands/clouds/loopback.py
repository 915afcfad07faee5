"""A cloud on the loopback that answers as told and keeps what it heard, byte by byte."""

import asyncio
import json
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from commands.clouds.jdcloud.client import JDCloud
from commands.clouds.jdcloud.signing import Algorithm
from commands.clouds.jdcloud.transport import make_http
from tests.commands.clouds.vendor import ACCESS_KEY, SECRET_KEY, vendor_authorization

NOW = datetime(2026, 1, 15, 8, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Heard:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Loopback:
    """Takes one answer from `replies` per request; each is sent as it stands, then the connection is closed.

    With `holds` it is left open until the client drops it.
    """

    port: int = 0
    replies: deque[bytes] = field(default_factory=deque)
    heard: list[Heard] = field(default_factory=list)
    bytes_heard: int = 0
    opened: int = 0
    holds: bool = False
    was_reset: bool = False
    dropped: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def will_say(self, *envelopes: object, status: int = 200) -> None:
        self.replies.extend(answer(json.dumps(one).encode(), status) for one in envelopes)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        try:
            self.heard.append(await self._request(reader))
            self.asked.set()
            writer.write(self.replies.popleft())
            await writer.drain()
            if self.holds:
                await reader.read()
        except ConnectionError:
            self.was_reset = True
        except asyncio.IncompleteReadError:
            pass
        finally:
            self.dropped.set()
            writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> Heard:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += await self._read(reader, 1)
        first, *lines = head.decode("ascii").split("\r\n")[:-2]
        method, target, _ = first.split(" ")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        body = await self._read(reader, int(headers.get("content-length", "0")))
        return Heard(method, target, headers, body)

    async def _read(self, reader: asyncio.StreamReader, count: int) -> bytes:
        data = await reader.readexactly(count)
        self.bytes_heard += len(data)
        return data


def answer(
    body: bytes, status: int = 200, kind: str = "application/json", length: int | None = None, more: str = ""
) -> bytes:
    """An HTTP answer as bytes; `length` where it is to lie."""
    said = len(body) if length is None else length
    head = f"HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {said}\r\n{more}\r\n"
    return head.encode() + body


def refusal(code: int, status: str, message: str) -> dict[str, object]:
    """The envelope of an error, as the page describes it."""
    return {"requestId": "req-1", "error": {"code": code, "status": status, "message": message}}


@asynccontextmanager
async def loopback() -> AsyncIterator[Loopback]:
    cloud = Loopback()
    server = await asyncio.start_server(cloud.serve, "127.0.0.1", 0)
    cloud.port = server.sockets[0].getsockname()[1]
    try:
        yield cloud
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def client_of(
    url: str,
    *,
    timeout_s: float = 5,
    algorithm: Algorithm = "JDCLOUD3",
    access_key: str = ACCESS_KEY,
    clock: Callable[[], float] = lambda: 0.0,
) -> AsyncIterator[JDCloud]:
    async with make_http(timeout_s) as http:
        yield JDCloud(
            http,
            access_key=access_key,
            secret_key=SecretStr(SECRET_KEY),
            vm_url=url,
            disk_url=url,
            algorithm=algorithm,
            timeout_s=timeout_s,
            now=lambda: NOW,
            nonce=lambda: "nonce-1",
            clock=clock,
        )


def is_signed(heard: Heard, *, service: str) -> bool:
    """Whether the official signer, given what came over the wire, makes the same Authorization."""
    region = re.search("/regions/([^/]+)/", heard.target)
    assert region is not None
    names = ("content-type", "x-jdcloud-date", "x-jdcloud-nonce")
    return heard.headers["authorization"] == vendor_authorization(
        method=heard.method,
        url=f"http://{heard.headers['host']}{heard.target}",
        headers={name: heard.headers[name] for name in names},
        body=heard.body.decode(),
        service=service,
        region=region[1],
    )
