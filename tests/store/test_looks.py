"""Looks at running copies: many of one destination together, each by one looker at a time."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from store import calls, due, looks
from store.database import Database
from store.lifecycle import CopyState
from store.tables import Copy
from tests.store.plans import plan_of
from tests.store.rows import NOW, a_request, add, at_once, claim, copies

_EAST, _SOUTH = "cn-east-2", "cn-south-1"


def _in(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def _running(database: Database, seconds: dict[tuple[str, str], float], interval_s: float = 0) -> None:
    """Copies by image and destination, due for a look so many seconds from now; each of a request of its own."""
    for number, ((image, destination), in_s) in enumerate(seconds.items(), 1):
        add(database, a_request(number, images=[image], destinations=[destination]))
        _run(database, (f"cp-{number}", image, destination), look_at=_in(in_s), look_interval_s=interval_s)


def _run(database: Database, key: tuple[str, str, str], **values: Any) -> None:
    with database.transaction() as tx:
        calls.change_copy(tx, key, state=CopyState.RUNNING, new_image_id=f"{key[1]}2", **values)


def _looks(database: Database, limit: int = 100, seconds: float = 0, busy_s: float = 25) -> list[Copy]:
    with database.transaction() as tx:
        return looks.claim(tx, now=_in(seconds), limit=limit, busy_s=busy_s)


def _due(database: Database, request_id: str = "cp-1") -> list[datetime | None]:
    return [copy.look_at for copy in copies(database, request_id)]


def test_looks_are_taken_for_one_destination_at_a_time_oldest_first(database: Database) -> None:
    _running(
        database, {("img-a", _EAST): -1, ("img-b", _SOUTH): -3, ("img-c", _EAST): -2, ("img-d", _EAST): 1}
    )
    assert [c.image_id for c in _looks(database)] == ["img-b"]
    assert [c.image_id for c in _looks(database)] == ["img-c", "img-a"]
    assert _looks(database) == []


def test_a_look_taken_is_due_again_when_its_looker_is_lost(database: Database) -> None:
    _running(database, {("img-a", _EAST): -2})
    assert [c.look_at for c in _looks(database)] == [_in(25)]
    assert _looks(database, seconds=24) == []
    assert len(_looks(database, seconds=25)) == 1


def test_looks_keep_to_their_limit_and_two_lookers_share_the_work(database: Database) -> None:
    _running(database, {(f"img-{n}", _EAST): 0 for n in range(10)})
    batches = at_once(lambda: _looks(database, 4), lambda: _looks(database, 4))
    taken = [copy.image_id for batch in batches for copy in batch]
    assert len(taken) == len(set(taken))
    assert max(map(len, batches)) <= 4
    rest = [copy.image_id for copy in _looks(database)]
    assert sorted([*taken, *rest]) == sorted(f"img-{n}" for n in range(10))


def test_lookers_never_wait_for_each_other(on_postgres: Database) -> None:
    _running(on_postgres, {("img-a", _EAST): 0, ("img-b", _EAST): 0, ("img-c", _EAST): 0})
    with on_postgres.transaction() as tx:
        first = looks.claim(tx, now=NOW, limit=2, busy_s=25)
        with on_postgres.transaction() as other:
            other.execute(text("SET LOCAL lock_timeout = '2s'"))
            second = looks.claim(other, now=_in(1), limit=2, busy_s=25)
    assert (len(first), len(second)) == (2, 1)
    assert {c.image_id for c in [*first, *second]} == {"img-a", "img-b", "img-c"}


def test_the_next_look_is_known(database: Database) -> None:
    with database.reading() as tx:
        assert due.soonest(tx, NOW)["looks"] is None
    _running(database, {("img-a", _EAST): 2, ("img-b", _SOUTH): 1})
    with database.reading() as tx:
        assert due.soonest(tx, NOW)["looks"] == _in(1)


def test_what_is_due_within_fifteen_seconds_in_the_same_destination_is_taken_along(
    database: Database,
) -> None:
    seconds = {("img-a", _EAST): 0, ("img-b", _EAST): 15, ("img-c", _EAST): 15.001, ("img-d", _SOUTH): 1}
    _running(database, seconds, interval_s=60)
    assert [c.image_id for c in _looks(database, busy_s=60)] == ["img-a", "img-b"]
    assert [_due(database, f"cp-{n}") for n in range(1, 5)] == [[_in(60)], [_in(60)], [_in(15.001)], [_in(1)]]


def test_nothing_is_looked_at_before_half_of_its_interval_is_over(database: Database) -> None:
    seconds = {("img-a", _EAST): 0, ("img-b", _EAST): 5, ("img-c", _EAST): 5.001}
    _running(database, seconds, interval_s=10)
    assert [c.image_id for c in _looks(database)] == ["img-a", "img-b"]
    assert _due(database, "cp-3") == [_in(5.001)]  # and is not put off either


def test_nothing_alone_is_a_reason_to_look(database: Database) -> None:
    _running(database, {("img-a", _EAST): 0.001}, interval_s=60)
    assert _looks(database) == []


@pytest.mark.parametrize(("busy_s", "later_s"), [(20, 9.9), (8, 3.9), (60, 44.9)])
def test_what_somebody_looks_at_now_is_not_taken_along(
    database: Database, busy_s: float, later_s: float
) -> None:
    """Not while half of the time that a look may take is left."""
    _running(database, {("img-a", _EAST): 0, ("img-b", _EAST): later_s}, interval_s=200)
    assert [c.image_id for c in _looks(database, 1, busy_s=busy_s)] == ["img-a"]
    assert [c.image_id for c in _looks(database, seconds=later_s, busy_s=busy_s)] == ["img-b"]


def test_what_is_taken_along_counts_towards_the_limit_after_what_is_due(database: Database) -> None:
    _running(database, {("img-a", _EAST): 3, ("img-b", _EAST): -1, ("img-c", _EAST): 2}, interval_s=60)
    assert [c.image_id for c in _looks(database, 2)] == ["img-b", "img-c"]


def test_what_is_due_is_found_through_its_index(database: Database) -> None:
    assert "copies_to_look_at" in plan_of(database, lambda tx: looks.claim(tx, now=NOW, limit=100, busy_s=25))


def test_of_copies_looked_at_those_that_still_run_are_given_as_they_are_now(database: Database) -> None:
    add(database, a_request(images=["img-a", "img-b", "img-c"], destinations=[_EAST, _SOUTH]))
    for image, in_s in (("img-a", -2), ("img-b", -1), ("img-c", 60)):
        _run(database, ("cp-1", image, _EAST), look_at=_in(in_s))
        _run(database, ("cp-1", image, _SOUTH), look_at=_in(10))
    taken = _looks(database)
    assert [(c.image_id, c.destination) for c in taken] == [("img-a", _EAST), ("img-b", _EAST)]
    with database.transaction() as tx:
        calls.change_copy(tx, ("cp-1", "img-a", _EAST), state=CopyState.READY)
        calls.change_copy(tx, ("cp-1", "img-b", _EAST), progress=40)
    with database.transaction() as tx:
        now = looks.still_running(tx, taken)
    assert [(c.image_id, c.destination, c.progress) for c in now] == [("img-b", _EAST, 40)]


def test_nobody_moves_a_request_while_a_look_at_its_copies_is_written_down(on_postgres: Database) -> None:
    add(on_postgres, a_request(run_at=NOW))
    key = ("cp-1", "img-a", _EAST)
    _run(on_postgres, key, look_at=NOW)
    taken = _looks(on_postgres)
    with on_postgres.transaction() as tx:
        before = tx.get_one(Copy, ("cp-1", "img-a", _EAST))
        _run(on_postgres, key, progress=40)
        assert [(c.progress, c is before) for c in looks.still_running(tx, taken)] == [(40, True)]
        assert claim(on_postgres, "L1") == []
    assert claim(on_postgres, "L1") == ["cp-1"]


def test_a_look_that_was_not_made_is_given_back(database: Database) -> None:
    add(database, a_request(images=["img-a", "img-b"], destinations=[_EAST, _SOUTH]))
    add(database, a_request(2, images=["img-c"], destinations=[_EAST]))
    for key in [("cp-1", i, d) for i in ("img-a", "img-b") for d in (_EAST, _SOUTH)] + [
        ("cp-2", "img-c", _EAST)
    ]:
        _run(database, key, look_at=_in(25))
    undone = next(c for c in copies(database) if (c.image_id, c.destination) == ("img-a", _EAST))
    with database.transaction() as tx:
        looks.give_back(tx, [undone], NOW)
    assert _due(database) == [NOW, _in(25), _in(25), _in(25)]
    assert _due(database, "cp-2") == [_in(25)]


def test_a_look_that_somebody_else_made_meanwhile_is_not_given_back(database: Database) -> None:
    _running(database, {("img-a", _EAST): 0})
    undone = _looks(database)
    _looks(database, seconds=25)
    with database.transaction() as tx:
        looks.give_back(tx, undone, NOW)
    assert _due(database) == [_in(50)]
