"""Calls: an intent under a lease, then the answer, each written once and in any order of arrival."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from store import calls, requests
from store.calls import Planned
from store.database import Database
from store.lifecycle import CallState, CopyState, Move
from store.tables import Call, Problem
from tests.store.rows import NOW, a_request, add, at_once, call, claim, copies, planned

_LATER = NOW + timedelta(seconds=3)
_MAPPING = {"img-a": "img-a2", "img-b": "img-b2"}


def _intend(database: Database, of: Call, lease: str = "L1", seconds: float = 0) -> int | None:
    with database.transaction() as tx:
        return calls.intend(tx, of, lease=lease, at=NOW + timedelta(seconds=seconds))


def _settle(database: Database, of: Call, state: CallState, attempt: int, **changes: Any) -> bool:
    with database.transaction() as tx:
        return calls.settle_as(tx, of, state, attempt=attempt, **changes)


def _answer(database: Database, of: Call, mapping: dict[str, str] | None = None) -> bool:
    with database.transaction() as tx:
        return calls.answered(tx, of, mapping or _MAPPING, request_id="r-1", at=_LATER, interval_s=5)


def test_planned_calls_are_numbered_on_and_give_each_copy_its_call(database: Database) -> None:
    add(database, a_request(images=["img-a", "img-b", "img-c"]))
    with database.transaction() as tx:
        calls.plan(
            tx, "cp-1", [Planned("cn-east-2", "m1", ("img-a",)), Planned("cn-east-2", "m2", ("img-b",))]
        )
        assert calls.next_number(tx, "cp-1") == 3
        calls.plan(tx, "cp-1", [Planned("cn-east-2", "m3", ("img-c",))])
        made = requests.calls(tx, "cp-1")
    assert [(c.number, c.marker, c.state, c.attempt) for c in made] == [
        (1, "m1", CallState.PLANNED, 0),
        (2, "m2", CallState.PLANNED, 0),
        (3, "m3", CallState.PLANNED, 0),
    ]
    assert [(c.image_id, c.call_number) for c in copies(database)] == [
        ("img-a", 1),
        ("img-b", 2),
        ("img-c", 3),
    ]


def test_images_split_off_go_in_a_call_of_their_own(database: Database) -> None:
    first = planned(database)
    with database.transaction() as tx:
        calls.split_off(tx, first, ["img-b"], lambda number: f"marker-{number}")
    assert (call(database, 2).marker, call(database, 2).destination) == ("marker-2", "cn-east-2")
    with database.reading() as tx:
        assert [c.image_id for c in calls.images_of(tx, call(database, 1))] == ["img-a"]
        assert [c.image_id for c in calls.images_of(tx, call(database, 2))] == ["img-b"]


def test_an_intent_is_written_under_the_lease(database: Database) -> None:
    assert _intend(database, planned(database), seconds=3) == 1
    sending = call(database)
    assert (sending.state, sending.attempt, sending.intent_at) == (CallState.SENDING, 1, _LATER)


@pytest.mark.parametrize(("lease", "seconds"), [("L2", 0), ("L1", 25), ("L1", 60)])
def test_without_the_lease_there_is_no_intent(database: Database, lease: str, seconds: float) -> None:
    assert _intend(database, planned(database), lease, seconds) is None
    assert (call(database).state, call(database).attempt) == (CallState.PLANNED, 0)


def test_a_lease_that_a_click_took_away_allows_no_intent(database: Database) -> None:
    made = planned(database)
    with database.transaction() as tx:
        assert requests.move(tx, "cp-1", Move.ASK, at=NOW, actor="U1")
    assert _intend(database, made) is None


@pytest.mark.parametrize(
    ("state", "attempt"),
    [
        (CallState.PLANNED, 2),
        (CallState.SETTLING, 2),
        (CallState.SENDING, None),
        (CallState.SENT, None),
        (CallState.REFUSED, None),
        (CallState.NOT_SENT, None),
        (CallState.UNKNOWN, None),
    ],
)
def test_only_a_planned_or_settled_call_is_sent_again(
    database: Database, state: CallState, attempt: int | None
) -> None:
    made = planned(database)
    assert _intend(database, made) == 1
    assert _settle(database, made, state, 1)
    assert _intend(database, call(database)) == attempt


def test_two_intents_from_the_same_sight_of_a_call_are_one(database: Database) -> None:
    made = planned(database)
    assert sorted(at_once(lambda: _intend(database, made), lambda: _intend(database, made)), key=str) == [
        1,
        None,
    ]
    assert call(database).attempt == 1


def test_an_intent_is_of_the_call_as_it_was_seen(database: Database) -> None:
    """What was looked at before it was sent again has been looked at too early."""
    made = planned(database)
    assert _intend(database, made) == 1
    assert _settle(database, made, CallState.SETTLING, 1)
    assert _intend(database, made) is None
    assert (call(database).state, call(database).attempt) == (CallState.SETTLING, 1)


def test_whether_the_lease_still_runs_is_the_shared_databases_word(postgres_url: str) -> None:
    """A replica whose clock is an hour behind writes no intent under a lease that has ended, and one ahead may."""
    shared = Database(postgres_url, database_clock=True)
    made = planned(shared)
    with shared.transaction() as tx:
        requests.change(tx, "cp-1", at=NOW, lease_until=datetime.now(UTC) - timedelta(seconds=1))
    assert _intend(shared, made) is None
    with shared.transaction() as tx:
        requests.change(tx, "cp-1", at=NOW, lease_until=datetime.now(UTC) + timedelta(seconds=60))
    assert _intend(shared, made, seconds=10 * 365 * 86_400) == 1
    shared.close()


def test_an_answer_sets_the_copies_running_and_due_for_a_look(database: Database) -> None:
    made = planned(database)
    _intend(database, made)
    assert _answer(database, made) is True
    sent = call(database)
    assert (sent.state, sent.answered_at, sent.cloud_request_id, sent.unresolved) == (
        CallState.SENT,
        _LATER,
        "r-1",
        False,
    )
    assert [(c.image_id, c.new_image_id, c.state, c.sent_at, c.look_at) for c in copies(database)] == [
        ("img-a", "img-a2", CopyState.RUNNING, _LATER, _LATER + timedelta(seconds=5)),
        ("img-b", "img-b2", CopyState.RUNNING, _LATER, _LATER + timedelta(seconds=5)),
    ]


def test_an_answer_counts_once(database: Database) -> None:
    made = planned(database)
    _intend(database, made)
    other = {"img-a": "img-x", "img-b": "img-y"}
    first, second = at_once(lambda: _answer(database, made), lambda: _answer(database, made, other))
    assert {first, second} == {True, False}
    wanted = _MAPPING if first else other
    assert {c.image_id: c.new_image_id for c in copies(database)} == wanted


@pytest.mark.parametrize("state", [CallState.PLANNED, CallState.SETTLING, CallState.UNKNOWN])
def test_a_success_counts_for_whichever_attempt_it_answers_and_whoever_holds_the_lease(
    database: Database, state: CallState
) -> None:
    made = planned(database)
    assert _intend(database, made) == 1
    assert _settle(database, made, CallState.SETTLING, 1)
    assert _intend(database, call(database)) == 2
    assert _settle(database, made, state, 2)
    assert claim(database, "L2", now=NOW + timedelta(seconds=25)) == ["cp-1"]
    assert _answer(database, made) is True
    assert call(database).state is CallState.SENT
    assert _intend(database, call(database), "L2", 26) is None


def test_a_call_that_was_never_sent_has_no_answer(database: Database) -> None:
    assert _answer(database, planned(database)) is False
    assert [c.new_image_id for c in copies(database)] == [None, None]


def test_a_refusal_counts_only_for_the_newest_attempt(database: Database) -> None:
    made = planned(database)
    _intend(database, made)
    _settle(database, made, CallState.SETTLING, 1)
    _intend(database, call(database))
    assert _settle(database, made, CallState.REFUSED, 1) is False
    assert call(database).state is CallState.SENDING
    assert _settle(database, made, CallState.REFUSED, 2, answered_at=_LATER) is True
    assert (call(database).state, call(database).answered_at) == (CallState.REFUSED, _LATER)


@pytest.mark.parametrize("state", [CallState.SENT, CallState.REFUSED, CallState.NOT_SENT])
def test_what_is_settled_for_good_stays_so(database: Database, state: CallState) -> None:
    made = planned(database)
    _intend(database, made)
    assert _settle(database, made, state, 1)
    assert _settle(database, made, CallState.SETTLING, 1) is False
    assert call(database).state is state


def test_a_call_can_hold_what_was_listed_or_that_it_could_not_be(database: Database) -> None:
    made = planned(database)
    assert made.listed is None
    assert _settle(database, made, CallState.PLANNED, 0, looked=True, listed=["img-z"])
    assert call(database).listed == ["img-z"]
    assert _settle(database, made, CallState.PLANNED, 0, listed=None)
    assert call(database).listed is None


def test_copies_that_have_begun_are_not_ended_with_their_call(database: Database) -> None:
    made = planned(database)
    with database.transaction() as tx:
        calls.change_copy(tx, ("cp-1", "img-a", "cn-east-2"), state=CopyState.RUNNING, new_image_id="img-a2")
        calls.end_copies(tx, made, CopyState.FAILED, {"fault": "quota"})
    assert [(c.state, c.problem) for c in copies(database)] == [
        (CopyState.RUNNING, {}),
        (CopyState.FAILED, {"fault": "quota"}),
    ]


def test_only_the_named_copies_end(database: Database) -> None:
    made = planned(database)
    with database.transaction() as tx:
        calls.end_copies(tx, made, CopyState.FAILED, {}, only=["img-b"])
        calls.end_copies(tx, made, CopyState.FAILED, {}, only=[])
    assert [c.state for c in copies(database)] == [CopyState.PLANNED, CopyState.FAILED]


def _problem(message: str, number: int = 1) -> Problem:
    return Problem(
        request_id="cp-1", number=0, kind="error", call_number=number, fault="busy", message=message, at=NOW
    )


def test_problems_are_numbered_and_the_same_one_again_is_not_repeated(database: Database) -> None:
    planned(database)
    for message in ("busy", "busy", "quota", "busy"):
        with database.transaction() as tx:
            calls.add_problem(tx, _problem(message))
    with database.reading() as tx:
        assert [(p.number, p.message) for p in requests.problems(tx, "cp-1")] == [
            (1, "busy"),
            (2, "quota"),
            (3, "busy"),
        ]


def test_problems_that_come_up_at_once_are_all_remembered(database: Database) -> None:
    planned(database)

    def add_one(number: int) -> None:
        with database.transaction() as tx:
            calls.add_problem(tx, _problem("busy", number))

    at_once(*(lambda n=n: add_one(n) for n in range(1, 5)))
    with database.reading() as tx:
        assert [p.number for p in requests.problems(tx, "cp-1")] == [1, 2, 3, 4]


def test_a_request_that_somebody_cancels_gets_no_further_intent(database: Database) -> None:
    made = planned(database)
    with database.transaction() as tx:
        requests.change(tx, "cp-1", at=NOW, cancel_wanted_by="U1")
    assert _intend(database, made) is None
    assert call(database).attempt == 0


def test_copies_found_before_sending_are_adopted_and_the_call_is_not_sent(database: Database) -> None:
    made = planned(database)
    with database.transaction() as tx:
        calls.adopt(tx, made, _MAPPING, at=_LATER, interval_s=5)
    assert (call(database).state, call(database).attempt) == (CallState.SENT, 0)
    assert [(c.new_image_id, c.state) for c in copies(database)] == [
        ("img-a2", CopyState.RUNNING),
        ("img-b2", CopyState.RUNNING),
    ]
    assert _intend(database, call(database)) is None
    with database.reading() as tx:
        assert calls.known(tx, ["img-a2", "img-z"]) == {"img-a2"}


def test_a_call_sent_meanwhile_is_not_adopted(database: Database) -> None:
    made = planned(database)
    assert _intend(database, made) == 1
    with database.transaction() as tx:
        calls.adopt(tx, made, _MAPPING, at=_LATER, interval_s=5)
    assert call(database).state is CallState.SENDING
    assert [c.new_image_id for c in copies(database)] == [None, None]


def test_calls_that_may_have_copied_an_image_are_known_to_later_requests(database: Database) -> None:
    made = planned(database)
    with database.reading() as tx:
        assert calls.earlier(tx, ["img-a"], "cn-east-2") == []
    _intend(database, made)
    with database.reading() as tx:
        found = calls.earlier(tx, ["img-a", "img-z"], "cn-east-2")
        assert [(request.id, sent.number) for request, sent in found] == [("cp-1", 1)]
        assert calls.earlier(tx, ["img-a"], "cn-south-1") == []
    _answer(database, made)
    with database.reading() as tx:
        assert calls.earlier(tx, ["img-a"], "cn-east-2") == []
