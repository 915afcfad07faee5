"""Takes what is due from the store and does it: steps of requests, threads to show, looks at copies, notices."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from bot.presenter import Held, Presenter
from commands.copy import watch
from commands.copy.step import step
from commands.ports import Ports
from store import due, looks
from store.database import DatabaseError, Transaction

Job = Callable[[], Awaitable[object]]
NextDue = Callable[[Transaction, datetime], datetime | None]

_AT_ONCE = 8
_POLL_S = 5.0
"""How long a loop sleeps at most; a wake-up or the next due time comes first, as a rule."""
_TAKEN_S = 0.05
"""How long a loop sleeps when somebody else took what was due."""
_AFTER_FAILURE_S = 1.0
_DRAIN_S = 10.0

log = structlog.get_logger(__name__)


class Loop:
    """Claims jobs and runs up to eight at once, sleeping until the next is due.

    Args:
        claim: takes what is due, at most so many, and gives the jobs.
        next_due: reads when the next becomes due; None: nothing will by itself.
    """

    def __init__(
        self,
        name: str,
        ports: Ports,
        claim: Callable[[int], Awaitable[Sequence[Job]]],
        next_due: NextDue,
    ) -> None:
        self._name = name
        self._ports = ports
        self._claim = claim
        self._next_due = next_due
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False

    def wake(self) -> None:
        """Something became due."""
        self._wake.set()

    async def run(self) -> None:
        """Until `drain`."""
        while not self._stopping:
            self._wake.clear()
            try:
                delay_s = await self._idle_s()
                if delay_s <= 0:
                    jobs = await self._claim(_AT_ONCE - len(self._running))
                    for job in jobs:
                        self._start(job)
                    delay_s = 0 if jobs else _TAKEN_S
            except DatabaseError as error:
                log.error("database_unavailable", loop=self._name, error=str(error))  # noqa: TRY400 - its words say it
                delay_s = _AFTER_FAILURE_S
            with suppress(TimeoutError):
                # Not wait_for: before Python 3.12 it loses a cancellation that meets the wake-up.
                async with asyncio.timeout(delay_s):
                    await self._wake.wait()

    async def _idle_s(self) -> float:
        """How long there is nothing to claim: a cheap read, so that being woken for nothing costs no writing."""
        if len(self._running) >= _AT_ONCE:
            return _POLL_S
        now = self._ports.now()
        at = await self._ports.db.read(lambda tx: self._next_due(tx, now))
        return _POLL_S if at is None else min((at - self._ports.now()).total_seconds(), _POLL_S)

    def _start(self, job: Job) -> None:
        task = asyncio.create_task(self._guarded(job))
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """What a job did may be due for another loop: a thread to be shown, a step to be made."""
        self._running.discard(task)
        self._ports.wake()

    async def _guarded(self, job: Job) -> None:
        """What fails here is done again when its lease has run out."""
        try:
            await job()
        except DatabaseError as error:
            log.error("database_unavailable", loop=self._name, error=str(error))  # noqa: TRY400 - its words say it
        except Exception:
            log.exception("step_failed", loop=self._name)

    async def drain(self) -> None:
        """Claim nothing more; let what runs end, for ten seconds at most."""
        self._stopping = True
        self._wake.set()
        if self._running:
            await asyncio.wait(self._running, timeout=_DRAIN_S)
        for task in self._running:
            task.cancel()


def loops(ports: Ports, presenter: Presenter, clock: Callable[[], float]) -> list[Loop]:
    """The four kinds of due work.

    Args:
        clock: seconds, counting sleep too: how much of a lease has passed.
    """
    return [
        Loop("work", ports, lambda limit: _claim_steps(ports, clock, limit), _next_in(due.WORK)),
        Loop("show", ports, lambda limit: _claim_threads(ports, presenter, clock, limit), _next_in(due.SHOW)),
        Loop("look", ports, lambda _limit: _claim_looks(ports), lambda tx, _now: looks.next_look(tx)),
        Loop(
            "announce",
            ports,
            lambda limit: _claim_notices(ports, presenter, clock, limit),
            _next_in(due.NOTICES),
        ),
    ]


def _next_in(queue: due.Queue[Any]) -> NextDue:
    return lambda tx, now: due.next_due(tx, queue, now)


async def _claim_steps(ports: Ports, clock: Callable[[], float], limit: int) -> list[Job]:
    lease, taken = ports.new_token(), clock()
    lease_s = ports.timing.lease_s
    claimed = await ports.db.run(
        lambda tx: due.claim(tx, due.WORK, now=ports.now(), lease=lease, lease_s=lease_s, limit=limit)
    )
    return [partial(step, ports, request, lease, lambda: clock() - taken) for request in claimed]


def _held(ports: Ports, clock: Callable[[], float]) -> Held:
    """A lease that begins now; the second half of it is for what was begun in the first."""
    send_by = clock() + ports.timing.lease_s / 2
    return Held(ports.new_token(), lambda: send_by - clock())


async def _claim_threads(
    ports: Ports, presenter: Presenter, clock: Callable[[], float], limit: int
) -> list[Job]:
    held, lease_s = _held(ports, clock), ports.timing.lease_s
    claimed = await ports.db.run(
        lambda tx: due.claim(tx, due.SHOW, now=ports.now(), lease=held.token, lease_s=lease_s, limit=limit)
    )
    return [partial(presenter.show, request, held) for request in claimed]


async def _claim_looks(ports: Ports) -> list[Job]:
    copies = await watch.claim(ports)
    return [partial(watch.look, ports, copies)] if copies else []


async def _claim_notices(
    ports: Ports, presenter: Presenter, clock: Callable[[], float], limit: int
) -> list[Job]:
    held, lease_s = _held(ports, clock), ports.timing.lease_s
    claimed = await ports.db.run(
        lambda tx: due.claim(tx, due.NOTICES, now=ports.now(), lease=held.token, lease_s=lease_s, limit=limit)
    )
    return [partial(presenter.announce, notice, held) for notice in claimed]
