"""Coroutines that stop before every transaction and around every call to the cloud, and go on only when told."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.conftest import Clock

_PASSES = 12
"""More than the hops that a future's result takes through tasks and gathers to whoever waits for it."""


class Gate(StrEnum):
    """What a job is about to do, or to hear."""

    TRANSACTION = "transaction"
    LOOK = "look"  # at images or quotas
    LOOKED = "looked"
    WRITE = "write"  # the call's first byte
    ANSWER = "answer"


@dataclass
class Job:
    """One step of a replica, or one click of a person, that can be stopped and left lying at any gate.

    Attributes:
        lease: what the step works under; None: a click, or a look at running copies.
        answering: it made a call, and what came of it is not yet remembered.
        started: its request is being copied, as far as it has been seen.
        waiting: gates that it stands before; several while it asks several things at once.
    """

    worker: int
    request_id: str | None = None
    lease: str | None = None
    answering: bool = False
    started: bool = False
    waiting: deque[tuple[Gate, float, asyncio.Future[None]]] = field(default_factory=deque)
    task: asyncio.Task[Any] | None = None

    @property
    def done(self) -> bool:
        return self.task is not None and self.task.done()

    @property
    def before(self) -> Gate | None:
        """The next gate."""
        return self.waiting[0][0] if self.waiting else None


class _Loop(asyncio.SelectorEventLoop):
    """An event loop whose time is the test's clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        super().__init__()

    def time(self) -> float:
        return self._clock.now.timestamp()


class Gates:
    """Runs jobs on a loop of its own, from gate to gate.

    Args:
        pass_until: moves the clock to a moment (a POSIX timestamp), if it isn't there yet.
    """

    def __init__(self, clock: Clock, pass_until: Callable[[float], None]) -> None:
        self._loop = _Loop(clock)
        self._pass_until = pass_until
        self._current: ContextVar[Job | None] = ContextVar("job", default=None)

    @property
    def current(self) -> Job | None:
        """The job that runs now; None: something that doesn't stop."""
        return self._current.get()

    async def stop(self, gate: Gate, *, not_before: float = 0) -> None:
        """Wait to be told to go on; the clock has passed `not_before` then."""
        job = self._current.get()
        if job is None:
            return
        future = self._loop.create_future()
        job.waiting.append((gate, not_before, future))
        await future

    def start(self, job: Job, work: Coroutine[Any, Any, Any]) -> Job:
        """Let the job run to its first gate."""

        async def within() -> Any:
            self._current.set(job)
            return await work

        job.task = self._loop.create_task(within())
        self._turn()
        return job

    def go_on(self, job: Job, until: frozenset[Gate] = frozenset(Gate)) -> None:
        """Let the job pass gates until it stands before one of `until`, at least one; to its end if there is none.

        Raises:
            Exception: what the job ended with.
        """
        while not job.done:
            if not job.waiting:  # a timeout was what it waited for last
                self._turn()
                continue
            _, not_before, future = job.waiting.popleft()
            self._pass_until(not_before)
            if not future.done():
                future.set_result(None)
            self._turn()
            if job.before in until:
                return
        self.result(job)

    def result(self, job: Job) -> Any:
        """What a job that is done came to.

        Raises:
            Exception: what it ended with.
        """
        assert job.task is not None
        return job.task.result()

    def kill(self, job: Job) -> None:
        """End the job where it stands: it does nothing more."""
        assert job.task is not None
        job.task.cancel()
        self._turn()

    def at_once(self, work: Coroutine[Any, Any, Any]) -> Any:
        """What `work` returns, done without stopping."""
        return self._loop.run_until_complete(work)

    def _turn(self) -> None:
        for _ in range(_PASSES):
            self._loop.call_soon(self._loop.stop)
            self._loop.run_forever()

    def close(self) -> None:
        self._loop.close()
