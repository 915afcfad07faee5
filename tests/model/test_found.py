"""Stories in which the model once found something wrong, or that it must never miss, played step by step."""

from commands.clouds.cloud import Fault
from store.lifecycle import State
from tests.model import drawn
from tests.model.conftest import Begin
from tests.model.gates import Gate
from tests.model.replicas import Replicas
from tests.model.world import DESTINATIONS


def _come_to_a_question(story: Replicas, worker: int) -> None:
    story.looks_will_fail(trouble=Fault.FORBIDDEN, times=6)
    while not story.people.questions():
        story.work(worker=worker, times=1, after_s=31)


def test_a_question_is_answered_also_while_another_call_waits_for_the_image(begin: Begin) -> None:
    story = begin(fates=["reset without effect"], destinations=DESTINATIONS)
    story.work(worker=1, times=1, after_s=0)
    _come_to_a_question(story, worker=1)
    assert [request.state for request in story.requests()] == [State.UNKNOWN]
    story.answer(which=0, truly=True)
    assert story.people.questions() == []


def test_a_failure_heard_after_a_person_was_asked_is_settled_by_itself(begin: Begin) -> None:
    story = begin(fates=["reset without effect"])
    story.work_until(worker=2, until=Gate.ANSWER, after_s=0)
    story.pass_time(26)
    _come_to_a_question(story, worker=1)
    story.finish(which=0)
    assert story.people.questions() == []


def test_a_second_look_that_comes_after_the_end_makes_nothing_due_again(begin: Begin) -> None:
    story = begin(fates=["answered"])
    story.work(worker=1, times=1, after_s=0)
    story.pass_time(200)
    story.look(worker=1)
    story.pass_time(26)
    story.look(worker=2)
    story.finish(which=1)
    story.work(worker=1, times=1, after_s=0)
    story.finish(which=0)
    assert [request.run_at for request in story.requests()] == [None]


def test_what_is_about_to_be_sent_when_somebody_pauses_waits(begin: Begin) -> None:
    story = begin(fates=["answered"])
    story.work_until(worker=1, until=Gate.LOOKED, after_s=0)
    story.world.go_on(story.people.pause(on=True))
    story.finish(which=0)
    assert story.world.cloud.copies == []


def test_a_replica_that_wakes_up_right_before_writing_sends_nothing(begin: Begin) -> None:
    story = begin(fates=["answered"])
    story.work_until(worker=2, until=Gate.WRITE, after_s=0)
    story.pass_time(26)
    story.finish(which=0)
    assert story.world.cloud.copies == []


def test_what_a_person_wrongly_says_was_not_copied_is_found_before_it_is_sent_again(begin: Begin) -> None:
    story = begin(fates=["reset after the effect"])
    story.work(worker=1, times=1, after_s=0)
    _come_to_a_question(story, worker=1)
    story.answer(which=0, truly=False)
    story.work(worker=1, times=3, after_s=31)
    assert [(r.state, story.world.truths.intended(r.id)) for r in story.requests()] == [(State.WATCHING, 1)]


def test_what_was_lost_is_not_sent_again_for_somebody_who_may_no_longer_ask(begin: Begin) -> None:
    story = begin(fates=["reset without effect"])
    story.work(worker=1, times=1, after_s=0)
    story.world.allow(drawn.STANDING.model_copy(update={"request": ["U2"]}))
    story.work(worker=1, times=6, after_s=31)
    assert [(r.state, story.world.truths.intended(r.id)) for r in story.requests()] == [(State.FAILED, 1)]


def test_what_was_lost_is_sent_again_once_it_is_known_to_be_absent(begin: Begin) -> None:
    story = begin(fates=["reset without effect"])
    story.work(worker=1, times=6, after_s=31)
    assert [story.world.truths.intended(request.id) for request in story.requests()] == [2]
