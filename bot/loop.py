"""Claims what is due, of every kind, and runs it, sleeping until the next is due."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from commands.ports import Ports
from store import due, wakeup
from store.database import DatabaseError, Transaction

_POLL_S = 5.0
"""How long a loop sleeps at most; a wake-up or the next due time comes first, as a rule."""
_IN_VAIN_S = 0.05
_LONGEST_IN_VAIN_S = 1.0
"""How long a loop sleeps when it could not take what was due, at first and after several times."""
_TRIES = 10
"""How often a job that the database stopped is given back at once; after that it waits for the end of its lease."""
_DRAIN_S = 6.0
_GIVE_BACK_S = 1.0
"""Together with what else there is to end, less than the ten seconds in which the process does."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """Something claimed.

    Attributes:
        give_back: lets go of it undone, so that nobody has to wait for its lease to end.
        tries: how often it has been claimed in vain, as far as is known.
    """

    do: Callable[[], Awaitable[object]]
    give_back: Callable[[Transaction], object]
    tries: int


@dataclass(frozen=True)
class Kind:
    """One kind of due work, which runs beside the others: none waits until another is done.

    Attributes:
        name: as `due.soonest` calls it.
        claim: takes what is due, at most so many, and gives the jobs.
        at_once: how many jobs of this kind run at most.
    """

    name: str
    claim: Callable[[int], Awaitable[Sequence[Job]]]
    at_once: int = 8


class Loop:
    """Everything that becomes due, seen with one read: what an idle bot costs."""

    def __init__(self, ports: Ports, kinds: Sequence[Kind]) -> None:
        self._ports = ports
        self._kinds = kinds
        self._wake = asyncio.Event()
        self._running: dict[asyncio.Task[None], tuple[Kind, Job]] = {}
        self._undone: list[Job] = []
        self._in_vain_s = _IN_VAIN_S
        self._stopping = False
        self._asleep = False
        self._ended = asyncio.Event()
        self._ended.set()

    def wake(self) -> None:
        """Something became due."""
        self._wake.set()

    @property
    def idle(self) -> bool:
        """Whether nothing runs, and nothing is looked for until the next due time or a wake-up."""
        return self._asleep and not self._wake.is_set() and not self._running

    async def run(self) -> None:
        """Until `drain`."""
        self._ended.clear()
        try:
            while not self._stopping:
                self._wake.clear()
                delay_s = await self._round()
                with suppress(TimeoutError):
                    # Not wait_for: before Python 3.12 it loses a cancellation that meets the wake-up.
                    async with asyncio.timeout(delay_s):
                        self._asleep = True
                        await self._wake.wait()
                self._asleep = False
        finally:
            self._ended.set()

    async def _round(self) -> float:
        """Start what is due, and say how long there is nothing more to do."""
        if self._ports.db.outage.under_way:
            return _POLL_S  # at its end everybody is woken
        ready, idle_s = await self._ready()
        if not ready:
            return idle_s
        if any(await asyncio.gather(*(self._take(kind) for kind in ready))):
            self._in_vain_s = _IN_VAIN_S
            return 0
        self._in_vain_s = min(self._in_vain_s * 2, _LONGEST_IN_VAIN_S)
        return self._in_vain_s

    async def _ready(self) -> tuple[Sequence[Kind], float]:
        """The kinds of which something can be claimed; and how long to wait if there is none.

        A cheap read, so that being woken for nothing costs no writing. Nobody's lease runs out unseen: there are
        at least two reads within each.
        """
        longest_s = min(_POLL_S, self._ports.timing.lease_s / 2)
        now, with_room = self._ports.now(), [kind for kind in self._kinds if self._room(kind) > 0]
        try:
            await self._give_back()
            soonest = await self._ports.db.read(lambda tx: due.soonest(tx, now))
        except DatabaseError as error:
            self._failed("due", error)
            return [], _LONGEST_IN_VAIN_S
        except Exception:
            log.exception("claim_failed", loop="due")
            return [], _LONGEST_IN_VAIN_S
        coming = [(kind, at) for kind in with_room if (at := soonest[kind.name]) is not None]
        ready = [kind for kind, at in coming if at <= now]
        waits_s = [(at - self._ports.now()).total_seconds() for _, at in coming]
        return ready, max(0.0, min([longest_s, *waits_s]))

    def _room(self, kind: Kind) -> int:
        return kind.at_once - sum(1 for running, _ in self._running.values() if running is kind)

    async def _take(self, kind: Kind) -> int:
        """Claim and start; how many."""
        try:
            jobs = await kind.claim(self._room(kind))
        except DatabaseError as error:
            self._failed(kind.name, error)
            return 0
        except Exception:
            log.exception("claim_failed", loop=kind.name)
            return 0
        for job in jobs:
            task = asyncio.create_task(self._guarded(kind, job))
            self._running[task] = (kind, job)
            task.add_done_callback(self._done)
        return len(jobs)

    def _done(self, task: asyncio.Task[None]) -> None:
        """What a job did may make something else due: a thread to be shown, a step to be made."""
        _, job = self._running.pop(task)
        if task.cancelled():
            self._undone.append(job)
        self._ports.wake()

    async def _guarded(self, kind: Kind, job: Job) -> None:
        """What fails here is done again when its lease has run out; what the database stopped, when that works again."""
        try:
            await job.do()
        except DatabaseError as error:
            self._failed(kind.name, error)
            if error.away and job.tries <= _TRIES:
                self._undone.append(job)
        except Exception:
            log.exception("step_failed", loop=kind.name)

    @staticmethod
    def _failed(what: str, error: DatabaseError) -> None:
        """An outage is logged once, by who watches it."""
        if not error.away:
            log.error("database_refused", loop=what, error=str(error))

    async def _give_back(self) -> None:
        """Let go of what was left undone."""
        undone = list(self._undone)
        if not undone:
            return

        def give_back(tx: Transaction) -> None:
            wakeup.mark(tx)
            for job in undone:
                job.give_back(tx)

        await self._ports.db.run(give_back)
        del self._undone[: len(undone)]

    async def drain(self) -> None:
        """Claim nothing more; let what runs end, for six seconds at most; give back what did not."""
        self._stopping = True
        self._wake.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_S):
                await self._ended.wait()
                while self._running:
                    await asyncio.wait(self._running)
        for task in self._running:
            task.cancel()
        try:
            async with asyncio.timeout(_GIVE_BACK_S):
                while self._running:
                    await asyncio.wait(self._running)
                await self._give_back()
        except (TimeoutError, DatabaseError):
            log.warning("leases_not_given_back", jobs=len(self._undone) + len(self._running))
