"""The end of every story: no more faults, people who tell the truth, and time until nothing is due."""

from datetime import timedelta

from sqlmodel import select

from store.tables import Copy, Request
from tests.model.people import People
from tests.model.reckoning import reckon
from tests.model.world import World

_ROUNDS = 300


def calm_down(world: World, people: People) -> None:
    """Let everything end, and see that all is as it should be.

    Raises:
        AssertionError: something never ends, or is not true.
    """
    world.cloud.fates.clear()
    world.cloud.troubles.clear()
    world.go_on_all()
    world.go_on(people.pause(on=False))
    world.post_cards()
    for _ in range(_ROUNDS):
        world.finish([*world.claim(1), *world.look(1)])
        _answer(world, people)
        if not _wait(world):
            break
    else:
        raise AssertionError("it never becomes quiet")
    with world.database.reading() as tx:
        reckon(tx, world.cloud)


def _answer(world: World, people: People) -> None:
    for problem in people.questions():
        job = people.tell_the_truth(problem)
        if job is None and world.cloud.keeps_description:
            job = people.send_again(problem)
        if job is not None:
            world.go_on(job)


def _wait(world: World) -> bool:
    """Until something is due; False: nothing ever will be."""
    with world.database.reading() as tx:
        requests, copies = tx.exec(select(Request)).all(), tx.exec(select(Copy)).all()
    moments = [
        *(max(request.run_at, request.lease_until) for request in requests if request.run_at),
        *(copy.look_at for copy in copies if copy.look_at),
        *(late.at for late in world.cloud.on_the_way),
    ]
    soonest = min(moments, default=None)
    if soonest is None:
        return False
    world.pass_time(max(timedelta(), soonest - world.clock.now).total_seconds())
    return True
