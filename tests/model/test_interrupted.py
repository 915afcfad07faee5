"""A step that is left lying at each of its moments in turn, while something else comes: it sends only if it still may."""

from collections.abc import Iterator
from itertools import count

from tests.model.conftest import Begin
from tests.model.gates import Gate, Job
from tests.model.replicas import Replicas

_A_LEASE_S = 26


def _at_every_moment(begin: Begin) -> Iterator[tuple[Replicas, Job]]:
    """The same story again and again: its first call is sent, and the second lies at one gate further each time."""
    for gates in count():
        story = begin(images=("img-a", "img-b"), fates=["answered", "answered"])
        story.work(worker=1, times=1, after_s=0)
        (job,) = story.world.claim(1)
        for _ in range(gates):
            story.world.go_on(job, frozenset(Gate))
        if job.done:
            return
        yield story, job


def test_a_step_whose_lease_ran_out_meanwhile_sends_nothing(begin: Begin) -> None:
    for story, job in _at_every_moment(begin):
        sent = len(story.world.cloud.copies)
        story.pass_time(_A_LEASE_S)
        story.world.go_on(job)
        assert len(story.world.cloud.copies) == sent


def test_a_step_that_another_replica_has_taken_over_sends_nothing(begin: Begin) -> None:
    for story, job in _at_every_moment(begin):
        sent = len(story.world.cloud.copies)
        story.pass_time(_A_LEASE_S)
        others = story.world.claim(2)
        story.world.go_on(job)
        assert len(story.world.cloud.copies) == sent
        story.world.finish(others)


def test_what_is_about_to_be_sent_when_somebody_cancels_is_not(begin: Begin) -> None:
    for story, job in _at_every_moment(begin):
        (request,) = story.requests()
        intended = story.world.truths.intended(request.id)
        story.world.go_on(story.people.cancel("U1", request))
        story.world.go_on(job)
        assert len(story.world.cloud.copies) == intended
