"""What Slack is told under a lease is not written any more once it is too late, also by a process that was stopped."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from aiohttp import ClientRequest

_left_s: ContextVar[Callable[[], float] | None] = ContextVar("left_s", default=None)


@contextmanager
def in_time(left_s: Callable[[], float]) -> Iterator[None]:
    """Requests that are begun inside are written only while `left_s()` is positive; else their connection is cut."""
    token = _left_s.set(left_s)
    try:
        yield
    finally:
        _left_s.reset(token)


class InTime(ClientRequest):
    """Looks at the time that is left right before the bytes, headers included, go to the network."""

    async def write_bytes(self, writer: Any, conn: Any, content_length: int | None = None) -> None:
        left_s = _left_s.get()
        if left_s is not None and left_s() <= 0:
            conn.transport.abort()  # whoever waits for the answer hears that the connection is gone
            return
        await super().write_bytes(writer, conn, content_length)
