"""Making requests: each delivery and each button once, and no copy wanted by two open requests."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from store import audit, requests
from store.database import Database, DatabaseError
from store.lifecycle import CopyState, Move, State
from store.requests import Added
from store.tables import Request
from tests.store.rows import NOW, a_request, add, at_once, copies, get


def _added(database: Database, request: Request) -> tuple[str | None, bool, str | None]:
    with database.transaction() as tx:
        added = requests.add(tx, request)
    return (
        added.request.id if added.request else None,
        added.repeated,
        added.blocking.id if added.blocking else None,
    )


def _count(database: Database, table: str) -> int:
    with database.reading() as tx:
        return int(tx.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608 - a name of ours


def _wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _someone_waits(database: Database) -> bool:
    with database.reading() as tx:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        return bool(tx.execute(text(waiting)).scalar_one())


def test_a_request_comes_with_one_copy_per_image_and_destination(database: Database) -> None:
    add(database, a_request(images=["img-b", "img-a"], destinations=["cn-south-1", "cn-east-2"]))
    made = copies(database)
    assert [(c.destination, c.image_id) for c in made] == [
        ("cn-south-1", "img-b"),
        ("cn-south-1", "img-a"),
        ("cn-east-2", "img-b"),
        ("cn-east-2", "img-a"),
    ]
    assert {(c.open, c.state, c.new_image_id) for c in made} == {(True, CopyState.PLANNED, None)}


def test_a_new_request_is_being_checked_and_nothing_of_it_is_due(database: Database) -> None:
    add(database, a_request(reason="扩容 🚀"))
    request = get(database)
    assert (request.state, request.version, request.run_at, request.lease) == (State.CHECKING, 1, None, None)
    assert (request.reason, request.created_at) == ("扩容 🚀", NOW)


def test_a_repeated_delivery_finds_its_first_effect(database: Database) -> None:
    add(database, a_request(1, delivery="same"))
    assert _added(database, a_request(2, delivery="same", images=["img-z"])) == ("cp-1", True, None)
    assert _count(database, "requests") == 1
    assert _count(database, "events") == 1


def test_the_same_button_pressed_again_finds_the_child_it_made(database: Database) -> None:
    add(database, a_request(1), a_request(2, images=["img-b"], parent_id="cp-1", parent_action="retry"))
    again = a_request(3, images=["img-c"], parent_id="cp-1", parent_action="retry")
    assert _added(database, again) == ("cp-2", True, None)
    other = a_request(4, images=["img-c"], parent_id="cp-1", parent_action="copy_rest")
    assert _added(database, other) == ("cp-4", False, None)
    with database.reading() as tx:
        assert requests.buttons_used(tx, "cp-1") == {"retry", "copy_rest"}


def test_requests_without_a_parent_are_not_each_others_repetition(database: Database) -> None:
    add(database, a_request(1), a_request(2, images=["img-b"]), a_request(3, images=["img-c"]))
    assert _count(database, "requests") == 3


def test_a_shared_image_and_destination_names_the_open_request(database: Database) -> None:
    add(database, a_request(1, images=["img-a", "img-b"]))
    assert _added(database, a_request(2, images=["img-b", "img-c"])) == (None, False, "cp-1")
    assert (_count(database, "requests"), _count(database, "copies")) == (1, 2)


def test_the_same_image_may_go_to_another_destination(database: Database) -> None:
    add(database, a_request(1), a_request(2, destinations=["cn-south-1"]))
    assert _count(database, "copies") == 2


def test_the_oldest_of_several_requests_in_the_way_is_named(database: Database) -> None:
    add(database, a_request(1, created_at=NOW + timedelta(seconds=1)), a_request(2, images=["img-b"]))
    assert _added(database, a_request(3, images=["img-a", "img-b"])) == (None, False, "cp-2")


def test_a_request_that_has_ended_is_in_nobodys_way(database: Database) -> None:
    add(database, a_request(1))
    with database.transaction() as tx:
        assert requests.move(tx, "cp-1", Move.CANCEL, at=NOW, actor="U1")
    assert [c.open for c in copies(database)] == [False]
    assert _added(database, a_request(2)) == ("cp-2", False, None)


def test_of_two_requests_at_once_for_the_same_copy_exactly_one_wins(database: Database) -> None:
    for round_ in range(5):
        first, second = (a_request(2 * round_ + n, images=[f"img-{round_}"]) for n in (1, 2))
        both = at_once(lambda: _added(database, first), lambda: _added(database, second))  # noqa: B023 - used at once
        winner = next(made for made, _, _ in both if made)
        assert sorted(both, key=str) == sorted([(winner, False, None), (None, False, winner)], key=str)


def test_one_delivery_arriving_twice_at_once_makes_one_request(database: Database) -> None:
    for round_ in range(5):
        pair = [
            a_request(2 * round_ + n, delivery=f"same-{round_}", images=[f"img-{round_}"]) for n in (1, 2)
        ]
        both = at_once(*(lambda r=r: _added(database, r) for r in pair))
        assert {made for made, _, _ in both} in ({pair[0].id}, {pair[1].id})
        assert sorted(repeated for _, repeated, _ in both) == [False, True]


def test_images_named_in_opposite_orders_at_once_do_not_deadlock(database: Database) -> None:
    images = [f"img-{n:02}" for n in range(40)]
    for round_ in range(3):
        there = a_request(2 * round_ + 1, images=images, destinations=["cn-east-2", "cn-south-1"])
        back = a_request(2 * round_ + 2, images=images[::-1], destinations=["cn-south-1", "cn-east-2"])
        both = at_once(lambda: _added(database, there), lambda: _added(database, back))  # noqa: B023 - used at once
        winner = next(made for made, _, _ in both if made)
        assert sorted(blocking or "" for _, _, blocking in both) == ["", winner]
        with database.transaction() as tx:
            assert requests.move(tx, winner, Move.CANCEL, at=NOW)


def test_who_waited_for_one_that_was_rolled_back_makes_the_request(on_postgres: Database) -> None:
    with ThreadPoolExecutor(1) as threads:
        with on_postgres.transaction() as tx:
            assert requests.add(tx, a_request(1)).request is not None
            waiting = threads.submit(_added, on_postgres, a_request(2))
            _wait_until(lambda: _someone_waits(on_postgres))
            tx.rollback()
        assert waiting.result() == ("cp-2", False, None)


def test_who_waited_for_one_that_was_made_is_told_of_it(on_postgres: Database) -> None:
    with ThreadPoolExecutor(1) as threads:
        with on_postgres.transaction() as tx:
            assert requests.add(tx, a_request(1)).request is not None
            waiting = threads.submit(_added, on_postgres, a_request(2))
            _wait_until(lambda: _someone_waits(on_postgres))
        assert waiting.result() == (None, False, "cp-1")


def test_an_id_that_is_taken_is_an_error_and_nothing_holds(database: Database) -> None:
    add(database, a_request(1))
    with pytest.raises(DatabaseError):
        _added(database, a_request(1, delivery="other", images=["img-b"]))
    assert (_count(database, "requests"), _count(database, "copies"), _count(database, "events")) == (1, 1, 1)


def test_a_refused_request_leaves_the_rest_of_its_transaction_alone(database: Database) -> None:
    add(database, a_request(1))
    with database.transaction() as tx:
        assert requests.add(tx, a_request(2)).blocking is not None
        assert requests.add(tx, a_request(3, images=["img-c"])).request is not None
    assert _count(database, "requests") == 2


def test_what_add_gives_back_can_be_read_after_the_transaction(database: Database) -> None:
    def work() -> Added:
        with database.transaction() as tx:
            added = requests.add(tx, a_request(1))
            requests.move(tx, "cp-1", Move.CLEAR, at=NOW)
            return added

    request = work().request
    assert request is not None
    assert (request.state, request.version) == (State.WAITING, 2)


def test_making_a_request_is_in_the_trail(database: Database) -> None:
    add(database, a_request(reason="扩容", source_region="cn-north-1"))
    with database.reading() as tx:
        entry = next(audit.entries(tx))
    assert (entry.kind, entry.actor, entry.team, entry.channel, entry.request_id) == (
        "requested",
        "U1",
        "T1",
        "C1",
        "cp-1",
    )
    assert entry.data == {
        "images": ["img-a"],
        "source": "cn-north-1",
        "destinations": ["cn-east-2"],
        "reason": "扩容",
        "parent": None,
    }
