"""Telling whoever watches that something in the workspace has changed."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from typing import TypeVar

T = TypeVar("T")
LOOK_AGAIN_S = 0.05


class Changes:
    """A bell: rung on every change, heard by waiting predicates, callbacks and streams."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()
        self._callbacks: list[Callable[[], None]] = []

    def ring(self) -> None:
        """Something has changed."""
        for event in self._waiting:
            event.set()
        for callback in self._callbacks:
            callback()

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call back on every change, from the event loop."""
        self._callbacks.append(callback)

    async def stream(self) -> AsyncGenerator[None, None]:
        """One item at once, then one after each burst of changes."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            while True:
                yield
                await event.wait()
                event.clear()
        finally:
            self._waiting.discard(event)

    async def wait_for(
        self, predicate: Callable[[], T | None], timeout_s: float, saw: Callable[[], str]
    ) -> T:
        """The predicate's first truthy value, looked at after every change.

        It is also looked at now and then, since it may ask about something outside of Slack.

        Raises:
            TimeoutError: it stayed falsy; the error says what `saw` saw.
        """
        event = asyncio.Event()
        self._waiting.add(event)
        deadline = time.monotonic() + timeout_s
        try:
            while not (value := predicate()):
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"not within {timeout_s} s; the messages were:\n{saw()}")
                await _rung(event, min(left, LOOK_AGAIN_S))
            return value
        finally:
            self._waiting.discard(event)


async def _rung(event: asyncio.Event, timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await event.wait()
    except TimeoutError:
        return
    event.clear()
