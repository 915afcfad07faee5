"""Requests that need nobody's approval, two replicas that may be stopped anywhere, and a cloud with all its faults."""

import sys
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from commands.clouds.cloud import Fault
from commands.view.card import after
from store.database import Database
from store.tables import Request
from tests.model import drawn
from tests.model.calm import calm_down
from tests.model.fates import FATES
from tests.model.gates import Gate, Job
from tests.model.people import People
from tests.model.world import World

T = TypeVar("T")

_MOST_REQUESTS = 4


class Replicas(RuleBasedStateMachine):
    """Requests from being sent to their end.

    Args:
        database: a migrated one, in which nothing needs to be kept.
        keeps_description: as `ModelCloud`.
    """

    def __init__(self, database: Database, *, keeps_description: bool = True) -> None:
        super().__init__()
        self.world = World(database, keeps_description=keeps_description)
        self.people = People(self.world)

    @initialize(
        images=drawn.images,
        destinations=drawn.destinations,
        fates=st.lists(drawn.fates, min_size=1, max_size=4),
        refuses_busy=st.booleans(),
    )
    def begin(
        self, *, images: list[str], destinations: list[str], fates: list[str], refuses_busy: bool
    ) -> None:
        """A first request, up to where something is to be sent."""
        self.world.allow(drawn.STANDING)
        self.world.cloud.refuses_busy = refuses_busy
        self.world.go_on(self.people.ask("U1", images, destinations))
        self._bring_on(fates)

    def _bring_on(self, fates: Sequence[str]) -> None:
        """Post the cards, and make the checks, so that what comes next is a call with the first of these fates."""
        self.world.post_cards()
        for _ in range(2):
            self.world.finish(self.world.claim(1))
        self.world.cloud.fates.extend(FATES[fate] for fate in fates)

    # Replicas.

    @rule(worker=drawn.workers, limit=st.integers(1, 2))
    def claim(self, worker: int, limit: int) -> None:
        self.world.claim(worker, limit)

    @rule(worker=drawn.workers, times=st.integers(1, 4), after_s=drawn.waits_s)
    def work(self, worker: int, times: int, after_s: float) -> None:
        """All that is due after a while, without interruption; several times."""
        for _ in range(times):
            self.world.pass_time(after_s)
            self.world.finish([*self.world.claim(worker), *self.world.look(worker)])

    @rule(worker=drawn.workers, until=drawn.moments, after_s=drawn.waits_s)
    def work_until(self, worker: int, until: Gate, after_s: float) -> None:
        """All that is due, to a moment that matters."""
        self.world.pass_time(after_s)
        for job in self.world.claim(worker):
            self.world.go_on(job, frozenset({until}))

    @precondition(lambda self: self.world.jobs)
    @rule(which=drawn.which, gates=st.integers(1, 8))
    def go_on(self, which: int, gates: int) -> None:
        job = pick(self.world.jobs, which)
        for _ in range(gates):
            self.world.go_on(job, frozenset(Gate))

    @precondition(lambda self: self.world.jobs)
    @rule(which=drawn.which)
    def finish(self, which: int) -> None:
        self.world.go_on(pick(self.world.jobs, which))

    @rule(worker=drawn.workers)
    def look(self, worker: int) -> None:
        """A look at running copies is left lying."""
        self.world.look(worker)

    @precondition(lambda self: self.world.jobs)
    @rule(worker=drawn.workers)
    def kill(self, worker: int) -> None:
        self.world.kill(worker)

    @rule(seconds=drawn.waits_s)
    def pass_time(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    # The cloud.

    @rule(fates=st.lists(drawn.fates, min_size=1, max_size=3))
    def calls_will_be(self, fates: list[str]) -> None:
        self.world.cloud.fates.extend(FATES[fate] for fate in fates)

    @rule(trouble=drawn.troubles, times=st.integers(1, 6))
    def looks_will_fail(self, trouble: Fault, times: int) -> None:
        self.world.cloud.troubles.extend([trouble] * times)

    @rule(copy_s=st.sampled_from([0.0, 20.0, 120.0]))
    def copies_will_take(self, copy_s: float) -> None:
        self.world.cloud.copy_s = copy_s

    @precondition(lambda self: self.world.cloud.copies)
    @rule(which=drawn.which, how=st.sampled_from(["ready", "error", "gone"]))
    def copy_ends(self, which: int, how: str) -> None:
        copy = pick(self.world.cloud.copies, which)
        copy.ready_at = min(copy.ready_at or self.world.clock.now, self.world.clock.now)
        copy.broken, copy.gone = copy.broken or how == "error", copy.gone or how == "gone"

    # Whoever is left to decide something.

    @precondition(lambda self: self.room() and self._followed())
    @rule(which=drawn.which, user=drawn.requesters, fates=st.lists(drawn.fates, min_size=1, max_size=2))
    def follow(self, which: int, user: str, fates: list[str]) -> None:
        """Retry and its like, up to where something is to be sent."""
        request, action = pick(self._followed(), which)
        self.world.go_on(self.people.follow(user, request, action))
        self._bring_on(fates)

    @precondition(lambda self: self.people.questions())
    @rule(which=drawn.which, truly=st.booleans())
    def answer(self, *, which: int, truly: bool) -> None:
        """Saying that it was not copied does no harm, even when it was, where copies keep their descriptions."""
        problem = pick(self.people.questions(), which)
        if truly or not self.world.cloud.keeps_description:
            click = self.people.tell_the_truth(problem)
        else:
            click = self.people.send_again(problem)
        if click is not None:
            self.world.go_on(click)

    # And all of it at last.

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # else there is a finding already
                calm_down(self.world, self.people)
        finally:
            self.world.close()

    def requests(self) -> list[Request]:
        with self.world.database.reading() as tx:
            return list(self.world.truths.requests(tx))

    def room(self) -> bool:
        """Whether there may be another request: stories stay short."""
        return len(self.requests()) < _MOST_REQUESTS

    def _followed(self) -> list[tuple[Request, str]]:
        return [(request, action) for request in self.requests() for action in after(request)]

    def leave_or_finish(self, job: Job, *, slow: bool) -> None:
        if not slow:
            self.world.go_on(job)


def pick(things: Sequence[T], which: int) -> T:
    """One of them, whatever the number."""
    return things[which % len(things)]
