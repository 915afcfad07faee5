"""Transactions that meet on the same rows from different sides wait for each other, but never in a circle."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

from sqlalchemy import text

from store import calls, due, posts, requests
from store.calls import Planned
from store.database import Database, Transaction
from store.lifecycle import CallState, CopyState, Move, State
from store.tables import Problem
from tests.store.rows import NOW, a_request, add, at_once, call, planned

_KEY = ("cp-1", "img-a", "cn-east-2")


def _met(
    database: Database, *steps: tuple[Callable[[Transaction], object], Callable[[Transaction], object]]
) -> None:
    """Two transactions, of which each does its first step before either does its second, if it can."""
    meeting = Barrier(2)

    def run(first: Callable[[Transaction], object], second: Callable[[Transaction], object]) -> None:
        with database.transaction() as tx:
            first(tx)
            with suppress(BrokenBarrierError):  # broken when the other one waits for us: as it should be
                meeting.wait(0.2)
            second(tx)

    at_once(*(lambda s=s: run(*s) for s in steps))


def test_a_late_answer_and_a_new_intent_do_not_wait_in_a_circle(on_postgres: Database) -> None:
    made = planned(on_postgres)
    _met(
        on_postgres,
        (
            lambda tx: calls.settle_as(tx, made, CallState.SETTLING, attempt=0),
            lambda tx: requests.change(tx, "cp-1", at=NOW),
        ),
        (
            lambda tx: requests.lock(tx, "cp-1"),
            lambda tx: calls.intend(tx, made, lease="L1", at=NOW),
        ),
    )
    assert call(on_postgres).state in {CallState.SENDING, CallState.SETTLING}


def _until_somebody_waits(database: Database) -> None:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with database.reading() as tx:
            if tx.execute(waiting).scalar():
                return
    raise TimeoutError


def test_an_intent_waits_for_a_cancellation_on_its_way_and_is_not_written_after_it(
    on_postgres: Database,
) -> None:
    made = planned(on_postgres)

    def intend() -> int | None:
        with on_postgres.transaction() as tx:
            return calls.intend(tx, made, lease="L1", at=NOW)

    with ThreadPoolExecutor(1) as beside:
        with on_postgres.transaction() as tx:
            requests.change(tx, "cp-1", at=NOW, cancel_wanted_by="U1")
            intent = beside.submit(intend)
            _until_somebody_waits(on_postgres)
        assert intent.result(10) is None
    assert (call(on_postgres).state, call(on_postgres).attempt) == (CallState.PLANNED, 0)


def test_a_look_and_an_end_do_not_wait_in_a_circle(on_postgres: Database) -> None:
    add(on_postgres, a_request(state=State.WATCHING))
    _met(
        on_postgres,
        (
            lambda tx: calls.change_copy(tx, _KEY, state=CopyState.READY),
            lambda tx: requests.change(tx, "cp-1", at=NOW, run_at=NOW),
        ),
        (
            lambda tx: requests.lock(tx, "cp-1"),
            lambda tx: requests.move(tx, "cp-1", Move.END_READY, at=NOW),
        ),
    )


def test_problems_from_two_sides_do_not_wait_in_a_circle(on_postgres: Database) -> None:
    planned(on_postgres)

    def problem(tx: Transaction) -> None:
        calls.add_problem(tx, Problem(request_id="cp-1", number=0, kind="error", at=NOW))

    def lock(tx: Transaction) -> None:
        requests.lock(tx, "cp-1")

    _met(on_postgres, (problem, lock), (problem, lock))


def test_posting_about_a_request_waits_for_nobody_who_holds_it(on_postgres: Database) -> None:
    add(on_postgres, a_request(show_at=NOW))
    with on_postgres.transaction() as tx:
        requests.lock(tx, "cp-1")
        with on_postgres.transaction() as other:
            posts.begin(other, "cp-1", "card", "C1", at=NOW)
    with on_postgres.transaction() as tx:
        posts.begin(tx, "cp-1", "outcome", "C1", at=NOW)
        with on_postgres.transaction() as other:
            taken = due.claim(other, due.SHOW, now=NOW, lease="P1", lease_s=10, limit=1)
            assert [request.id for request in taken] == ["cp-1"]


def test_plans_from_two_sides_get_numbers_of_their_own(on_postgres: Database) -> None:
    add(on_postgres, a_request(images=["img-a", "img-b"]))

    def plan(image: str) -> None:
        with on_postgres.transaction() as tx:
            calls.plan(tx, "cp-1", [Planned("cn-east-2", f"m-{image}", (image,))])

    at_once(lambda: plan("img-a"), lambda: plan("img-b"))
    assert {call(on_postgres, 1).marker, call(on_postgres, 2).marker} == {"m-img-a", "m-img-b"}
