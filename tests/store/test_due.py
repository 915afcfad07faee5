"""Due work: each row to one worker at a time, oldest first, until its lease ends."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from store import due, requests
from store.database import Database
from store.lifecycle import Move, State
from store.tables import LONG_AGO, Request
from tests.store.plans import plan_of
from tests.store.rows import NOW, a_request, add, at_once, claim, get

_INDEXES = {
    "work": "requests_to_step",
    "timers": "requests_to_time",
    "show": "requests_with_news",
    "reminders": "requests_with_reminders",
    "notices": "notices_due",
}
_SECOND = timedelta(seconds=1)
_TICK = timedelta(microseconds=1)


def _due(database: Database, *moments: datetime | None) -> None:
    add(database, *(a_request(n, images=[f"img-{n}"], run_at=at) for n, at in enumerate(moments, 1)))


def _to_show(
    database: Database,
    lease: str,
    now: datetime = NOW,
    limit: int = 10,
    queue: due.Queue[Request] = due.SHOW,
) -> list[str]:
    with database.transaction() as tx:
        rows = due.claim(tx, queue, now=now, lease=lease, lease_s=10, limit=limit)
        return [request.id for request in rows]


def test_due_requests_are_taken_oldest_first_up_to_the_limit(database: Database) -> None:
    _due(database, NOW, NOW - 2 * _SECOND, None, NOW - _SECOND, NOW + _SECOND)
    assert claim(database, "L1", limit=2) == ["cp-2", "cp-4"]
    assert claim(database, "L2") == ["cp-1"]
    assert claim(database, "L3") == []


def test_a_claim_writes_down_its_lease_and_counts_the_attempt(database: Database) -> None:
    _due(database, NOW)
    with database.transaction() as tx:
        taken = due.claim(tx, due.WORK, now=NOW, lease="L1", lease_s=25, limit=1)
    assert [(r.lease, r.lease_until, r.attempts) for r in taken] == [("L1", NOW + 25 * _SECOND, 1)]
    assert get(database).lease == "L1"


def test_workers_that_look_at_once_never_get_the_same_request(database: Database) -> None:
    _due(database, *[NOW] * 20)
    taken = at_once(*(lambda n=n: claim(database, f"L{n}", limit=8) for n in range(4)))
    ids = [request_id for batch in taken for request_id in batch]
    assert len(ids) == len(set(ids))
    rest = claim(database, "rest", limit=20)
    assert sorted([*ids, *rest]) == sorted(f"cp-{n}" for n in range(1, 21))


def test_a_claim_passes_over_what_another_holds_open_at_the_moment(on_postgres: Database) -> None:
    _due(on_postgres, NOW, NOW)
    with on_postgres.transaction() as tx:
        assert requests.lock(tx, "cp-1") is not None
        assert claim(on_postgres, "L1") == ["cp-2"]
    assert claim(on_postgres, "L2") == ["cp-1"]


def test_a_dead_workers_request_comes_free_when_its_lease_ends(database: Database) -> None:
    _due(database, NOW)
    claim(database, "L1")
    assert claim(database, "L2", now=NOW + 25 * _SECOND - _TICK) == []
    assert claim(database, "L2", now=NOW + 25 * _SECOND) == ["cp-1"]
    with database.transaction() as tx:
        assert requests.change(tx, "cp-1", at=NOW, lease="L1", reminders=7) is False
        assert due.release(tx, due.WORK, "cp-1", lease="L1", at=None) is False
    assert (get(database).lease, get(database).reminders, get(database).attempts) == ("L2", 0, 2)


def test_a_released_request_is_due_again_when_it_was_said_to_be(database: Database) -> None:
    _due(database, NOW)
    claim(database, "L1")
    with database.transaction() as tx:
        assert due.release(tx, due.WORK, "cp-1", lease="L1", at=NOW + _SECOND) is True
    assert (get(database).lease, get(database).lease_until) == (None, LONG_AGO)
    assert claim(database, "L2") == []
    assert claim(database, "L2", now=NOW + _SECOND) == ["cp-1"]


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-5))])
@pytest.mark.parametrize("run_at", [NOW, NOW + _TICK, NOW + timedelta(microseconds=999_999)])
def test_due_is_exact_to_the_microsecond_in_any_zone(
    database: Database, run_at: datetime, zone: timezone
) -> None:
    _due(database, run_at.astimezone(zone))
    assert claim(database, "L1", now=(run_at - _TICK).astimezone(zone)) == []
    assert claim(database, "L2", now=run_at.astimezone(zone)) == ["cp-1"]
    assert get(database).run_at == run_at


def test_the_next_due_moment_counts_leases_in(database: Database) -> None:
    with database.reading() as tx:
        assert due.soonest(tx, NOW)["work"] is None
    _due(database, NOW, NOW + 60 * _SECOND, None)
    with database.reading() as tx:
        assert due.soonest(tx, NOW)["work"] == NOW
    claim(database, "L1")
    with database.reading() as tx:
        assert due.soonest(tx, NOW)["work"] == NOW + 25 * _SECOND


def test_checking_begins_once_the_card_exists_and_only_once(database: Database) -> None:
    add(database, a_request())
    with database.transaction() as tx:
        requests.begin_checking(tx, "cp-1", at=NOW)
        requests.begin_checking(tx, "cp-1", at=NOW + _SECOND)
    assert get(database).run_at == NOW
    with database.transaction() as tx:
        requests.move(tx, "cp-1", Move.CLEAR, at=NOW, run_at=None)
        requests.begin_checking(tx, "cp-1", at=NOW)
    assert get(database).run_at is None


def test_threads_that_lag_are_taken_oldest_first_and_by_one_presenter(database: Database) -> None:
    moments = [NOW, NOW - _SECOND, None, NOW + _SECOND]
    add(database, *(a_request(n, images=[f"img-{n}"], show_at=at) for n, at in enumerate(moments, 1)))
    assert _to_show(database, "P1", limit=1) == ["cp-2"]
    assert _to_show(database, "P2") == ["cp-1"]
    assert _to_show(database, "P3") == []
    assert _to_show(database, "P4", now=NOW + 10 * _SECOND) == ["cp-2", "cp-1", "cp-4"]


def test_showing_and_working_hold_leases_of_their_own(database: Database) -> None:
    add(database, a_request(show_at=NOW, run_at=NOW))
    assert (_to_show(database, "P1"), claim(database, "L1")) == (["cp-1"], ["cp-1"])
    assert (get(database).show_lease, get(database).lease) == ("P1", "L1")


def test_a_shown_version_is_no_longer_due(database: Database) -> None:
    add(database, a_request(show_at=NOW))
    _to_show(database, "P1")
    with database.transaction() as tx:
        requests.shown(tx, "cp-1", lease="P1", version=1, again_at=None)
    request = get(database)
    assert (request.show_at, request.show_lease, request.show_lease_until) == (None, None, LONG_AGO)


def test_a_version_that_came_while_an_older_one_was_shown_stays_due(database: Database) -> None:
    add(database, a_request(show_at=NOW))
    _to_show(database, "P1")
    with database.transaction() as tx:
        requests.move(tx, "cp-1", Move.CLEAR, at=NOW + _SECOND)
    with database.transaction() as tx:
        requests.shown(tx, "cp-1", lease="P1", version=1, again_at=None)
    assert (get(database).show_at, get(database).show_lease) == (NOW + _SECOND, None)
    assert _to_show(database, "P2", now=NOW + _SECOND) == ["cp-1"]


def test_a_presenter_that_lost_its_lease_changes_nothing(database: Database) -> None:
    add(database, a_request(show_at=NOW))
    _to_show(database, "P1")
    assert _to_show(database, "P2", now=NOW + 10 * _SECOND) == ["cp-1"]
    with database.transaction() as tx:
        requests.shown(tx, "cp-1", lease="P1", version=1, again_at=None)
    assert (get(database).show_at, get(database).show_lease) == (NOW, "P2")


def test_a_thread_that_could_not_be_shown_is_due_again_later(database: Database) -> None:
    add(database, a_request(show_at=NOW))
    _to_show(database, "P1")
    with database.transaction() as tx:
        requests.shown(tx, "cp-1", lease="P1", version=1, again_at=NOW + 30 * _SECOND)
    assert _to_show(database, "P2", now=NOW + 29 * _SECOND) == []
    with database.reading() as tx:
        assert due.soonest(tx, NOW)["show"] == NOW + 30 * _SECOND


def test_reminders_are_claimed_apart_from_work_however_long_they_have_been_due(database: Database) -> None:
    _due(database, NOW, *[NOW - 60 * _SECOND] * 3)
    with database.transaction() as tx:
        for number in (2, 3, 4):
            requests.move(tx, f"cp-{number}", Move.CLEAR, at=NOW, run_at=NOW - 60 * _SECOND)
    assert claim(database, "L1", limit=1) == ["cp-1"]
    assert claim(database, "L2") == []
    assert sorted(claim(database, "L3", queue=due.TIMERS)) == ["cp-2", "cp-3", "cp-4"]


def test_a_thread_with_nothing_but_a_reminder_to_show_is_claimed_apart(database: Database) -> None:
    waits: dict[str, Any] = {"state": State.WAITING, "show_at": NOW}
    made: list[dict[str, Any]] = [
        {"show_at": NOW},
        waits,
        {**waits, "reminders": 1},
        {"show_at": NOW, "reminders": 1},
    ]
    add(database, *(a_request(n, images=[f"img-{n}"], **values) for n, values in enumerate(made, 1)))
    assert sorted(_to_show(database, "P1")) == ["cp-1", "cp-2", "cp-4"]
    assert _to_show(database, "P2", queue=due.REMINDERS) == ["cp-3"]


def test_what_is_next_is_found_through_indexes_alone(database: Database) -> None:
    """It is asked every few seconds, however many requests wait."""
    plan = plan_of(database, lambda tx: due.soonest(tx, NOW))
    tables = "requests|copies|notices"
    assert set(
        re.findall(r"(?:USING(?: COVERING)? INDEX|Index (?:Only )?Scan (?:using|on)) (\w+)", plan)
    ) == {
        *_INDEXES.values(),
        "copies_to_look_at",
    }
    assert re.findall(rf"SCAN (?:{tables})(?! USING)|Seq Scan", plan) == []


@pytest.mark.parametrize("queue", due.QUEUES, ids=lambda queue: queue.name)
def test_what_is_due_is_found_through_the_index_of_its_queue(
    database: Database, queue: due.Queue[Any]
) -> None:
    plan = plan_of(database, lambda tx: due.claim(tx, queue, now=NOW, lease="L1", lease_s=25, limit=8))
    assert _INDEXES[queue.name] in plan
