"""Two replicas, a cloud and a clock around a real database, driven one gate at a time."""

# ruff: noqa: ARG002 - the borders name their parameters

from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import delete, event
from sqlmodel import SQLModel

from commands.clouds.cloud import Region
from commands.copy import watch
from commands.copy.step import step
from commands.permissions import Admins, Kind, Standing
from commands.ports import Caller, Crowd, Ports, Timing
from commands.rule import Rule
from commands.text import Language
from store import due, permissions, requests
from store.database import Database, Transaction
from tests.conftest import Clock
from tests.model.cloud import SOURCE, ModelCloud
from tests.model.gates import Gate, Gates, Job
from tests.model.truths import Truths

T = TypeVar("T")

TIMING = Timing(lease_s=25, settle_s=60, poll_s=5)
TEAM, CHANNEL = "T1", "C1"
HERE = permissions.Key(TEAM, CHANNEL)
ADMIN = "U9"
DESTINATIONS = ("cn-east-2", "cn-south-1")
_REGIONS = tuple(Region(i, i, i) for i in (SOURCE, *DESTINATIONS))
_AT_ONCE = 8


class _Members:
    """A directory in which everybody is a member."""

    async def standing(self, team: str, user: str, groups: Iterable[str]) -> Standing:
        return Standing(user, Kind.MEMBER)

    async def last_known(self, team: str, user: str, groups: Iterable[str]) -> Standing:
        return await self.standing(team, user, groups)

    async def crowd(self, team: str, channel: str | None, principals: Sequence[str]) -> Crowd:
        return Crowd({p: (p,) for p in principals}, {p: await self.standing(team, p, ()) for p in principals})

    async def meet(self, team: str, principals: Sequence[str]) -> None:
        pass

    async def knows_group(self, team: str, group: str) -> bool | None:
        return True

    async def language(self, team: str, user: str) -> Language | None:
        return None

    async def is_bot_in(self, team: str, channel: str) -> bool | None:
        return True


class _GatedDatabase(Database):
    """The database, stopped at before each transaction and watched within it."""

    def __init__(self, database: Database, gates: Gates, truths: Truths) -> None:
        self._database = database
        self._gates = gates
        self._truths = truths

    async def run(self, work: Callable[[Transaction], T]) -> T:
        await self._gates.stop(Gate.TRANSACTION)
        job = self._gates.current
        with self._database.transaction() as tx:
            return work(tx) if job is None else self._truths.watched(tx, job, work)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        await self._gates.stop(Gate.TRANSACTION)
        with self._database.reading() as tx:
            return work(tx)


@dataclass
class Names:
    """Ids that differ, and are the same in every run."""

    number: int = 0

    def __call__(self) -> str:
        self.number += 1
        return f"cp-{self.number}"


class World:
    """Everything there is, and time.

    Attributes:
        jobs: what is under way, in the order of its beginning.
    """

    def __init__(self, database: Database, *, keeps_description: bool) -> None:
        _empty(database)
        self.clock = Clock()
        self.database = database
        self.gates = Gates(self.clock, self._pass_until)
        self.cloud = ModelCloud(self.clock, self.gates, keeps_description=keeps_description)
        self.truths = Truths(database, self.cloud)
        self.cloud.on_write = self._written
        self.jobs: list[Job] = []
        self.ports = Ports(
            db=_GatedDatabase(database, self.gates, self.truths),
            people=_Members(),
            cloud=self.cloud,
            regions=_REGIONS,
            now=self.clock,
            new_id=Names(),
            new_token=Names(),
            wake=lambda: None,
            permalink=lambda _channel, _ts: None,
            admins=Admins((ADMIN,)),
            language="en",
            timing=TIMING,
        )

    def _written(self, marker: str) -> None:
        job = self.gates.current
        assert job is not None
        self.truths.written(job, marker, self.clock.now)

    def pass_time(self, seconds: float) -> None:
        """The cloud's late effects come at their moments."""
        self._pass_until(self.clock.now.timestamp() + seconds)

    def _pass_until(self, at: float) -> None:
        for late in sorted(self.cloud.on_the_way):
            if self.clock.now < late.at and late.at.timestamp() <= at:
                self.clock.now = late.at
                self.cloud.arrive()
        self.clock.now = max(self.clock.now, datetime.fromtimestamp(at, UTC))
        self.cloud.arrive()

    def caller(self, user: str) -> Caller:
        """Somebody in the channel, doing something that was never delivered before."""
        delivery = self.ports.new_token()
        return Caller(TEAM, CHANNEL, user, TEAM, delivery, "en")

    def allow(self, rule: Rule, by: str = ADMIN) -> None:
        with self.database.transaction() as tx:
            permissions.put(tx, HERE, rule.dump(), by=by, at=self.clock.now)

    def post_cards(self) -> None:
        """What the presenter does: from now on the worker may look at the requests."""
        with self.database.transaction() as tx:
            for request in self.truths.requests(tx):
                requests.begin_checking(tx, request.id, at=self.clock.now)

    def claim(self, worker: int, limit: int = _AT_ONCE) -> list[Job]:
        """A replica takes what is due, as its loop does, and begins with it."""
        lease, taken, clock = self.ports.new_token(), self.clock.now, self.clock
        with self.database.transaction() as tx:
            claimed = [
                request
                for queue in (due.WORK, due.TIMERS)
                for request in due.claim(
                    tx, queue, now=taken, lease=lease, lease_s=TIMING.lease_s, limit=limit
                )
            ]

        def elapsed_s() -> float:
            return (clock.now - taken).total_seconds()

        return [
            self._start(Job(worker, request.id, lease), step(self.ports, request, lease, elapsed_s))
            for request in claimed
        ]

    def look(self, worker: int) -> list[Job]:
        """A replica looks at running copies that are due."""
        copies = self.gates.at_once(watch.claim(self.ports))
        return [self._start(Job(worker), watch.look(self.ports, copies))] if copies else []

    def click(self, work: Coroutine[Any, Any, object]) -> Job:
        """Somebody's click arrives, and is being judged."""
        return self._start(Job(0), work)

    def _start(self, job: Job, work: Coroutine[Any, Any, object]) -> Job:
        self.jobs.append(job)
        return self.gates.start(job, work)

    def go_on(self, job: Job, until: frozenset[Gate] = frozenset()) -> None:
        """Let a job go on to one of these gates, else to its end."""
        if not job.done:
            self.gates.go_on(job, until)
        self.jobs = [job for job in self.jobs if not job.done]

    def finish(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            self.go_on(job)

    def go_on_all(self) -> None:
        """Let everything under way come to its end."""
        self.finish(list(self.jobs))

    def kill(self, worker: int) -> None:
        """A replica is gone; another begins in its place."""
        for job in self.jobs:
            if job.worker == worker:
                self.gates.kill(job)
        self.jobs = [job for job in self.jobs if job.worker != worker]

    def close(self) -> None:
        for job in self.jobs:
            self.gates.kill(job)
        self.gates.close()


def hurry(database: Database) -> None:
    """Let an SQLite file not wait for the disk: nobody pulls the plug here."""
    if database.engine.dialect.name == "sqlite":
        event.listen(
            database.engine.pool,
            "connect",
            lambda connection, _: connection.execute("PRAGMA synchronous=OFF").close(),
        )


def _empty(database: Database) -> None:
    with database.transaction() as tx:
        for table in reversed(SQLModel.metadata.sorted_tables):
            tx.execute(delete(table))
