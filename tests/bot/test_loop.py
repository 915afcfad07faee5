"""The loop that claims what is due: each kind beside the others, seen with one read."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, cast

from bot.loop import Job, Kind, Loop
from commands.ports import Ports, Timing
from store.outage import Outage

_NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


class _Ports:
    """Ports of which the loop needs no more; what is due is what `due` says."""

    def __init__(self, **due: datetime | None) -> None:
        self.db = self
        self.outage = Outage()
        self.timing = Timing(lease_s=25, settle_s=60, poll_s=5)
        self.due = due
        self.reads = 0

    async def read(self, _work: Any) -> dict[str, datetime | None]:
        self.reads += 1
        return dict(self.due)

    def now(self) -> datetime:
        return _NOW

    def wake(self) -> None:
        pass


class _Queue:
    """Always full of the same job; `claims`: how many were asked for each time."""

    def __init__(self, do: Callable[[], Awaitable[object]]) -> None:
        self._do = do
        self.claims: list[int] = []

    async def __call__(self, limit: int) -> Sequence[Job]:
        self.claims.append(limit)
        return [Job(self._do, lambda _tx: None, tries=1)]


async def _refused(_limit: int) -> Sequence[Job]:
    raise ValueError("what nobody thought of")


@asynccontextmanager
async def _running(ports: _Ports, *kinds: Kind) -> AsyncIterator[Loop]:
    loop = Loop(cast("Ports", ports), kinds)
    task = asyncio.create_task(loop.run())
    try:
        yield loop
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_kind_that_has_its_hands_full_keeps_no_other_waiting() -> None:
    ports, done = _Ports(slow=_NOW, quick=_NOW), asyncio.Semaphore(0)

    async def quick() -> None:
        done.release()

    slow, quickly = _Queue(asyncio.Event().wait), _Queue(quick)
    async with (
        asyncio.timeout(10),
        _running(ports, Kind("slow", slow, at_once=2), Kind("quick", quickly)),
    ):
        for _ in range(5):
            await done.acquire()
    assert slow.claims == [2, 1]


async def test_all_kinds_are_seen_with_one_read_whenever_something_wakes_the_loop() -> None:
    ports = _Ports(one=None, other=None)
    reads = []
    async with _running(ports, *(Kind(name, _Queue(asyncio.Event().wait)) for name in ports.due)) as loop:
        for _ in range(3):
            for _ in range(20):
                await asyncio.sleep(0)
            reads.append(ports.reads)
            loop.wake()
    assert reads == [1, 2, 3]


async def test_a_claim_that_fails_leaves_the_other_kinds_working() -> None:
    ports, done = _Ports(broken=_NOW, sound=_NOW), asyncio.Event()

    async def sound() -> None:
        done.set()

    async with asyncio.timeout(10), _running(ports, Kind("broken", _refused), Kind("sound", _Queue(sound))):
        await done.wait()
