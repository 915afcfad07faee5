"""Moves: only those of the table, each by one winner, and what they leave behind."""

from datetime import timedelta

import pytest

from store import audit, due, requests
from store.database import Database
from store.lifecycle import ENDS, MOVES, Move, State
from store.tables import LONG_AGO
from tests.store.rows import NOW, a_request, add, at_once, claim, copies, get


def _moved(database: Database, move: Move, actor: str) -> bool:
    with database.transaction() as tx:
        return requests.move(tx, "cp-1", move, at=NOW, actor=actor)


@pytest.mark.parametrize("start", State)
def test_every_move_is_made_where_the_table_says_and_refused_elsewhere(
    database: Database, start: State
) -> None:
    moves = list(Move)
    made = [a_request(n, images=[f"img-{n}"], state=start) for n in range(len(moves))]
    with database.transaction() as tx:
        for request in made:
            requests.add(tx, request)
        results = {m: requests.move(tx, f"cp-{n}", m, at=NOW) for n, m in enumerate(moves)}
    allowed = {move for move, (starts, _) in MOVES.items() if start in starts}
    assert {move for move, moved in results.items() if moved} == allowed
    with database.reading() as tx:
        ends = [requests.get(tx, f"cp-{n}") for n in range(len(moves))]
    assert [r.state for r in ends if r] == [MOVES[m][1] if m in allowed else start for m in moves]
    assert [r.version for r in ends if r] == [2 if m in allowed else 1 for m in moves]


@pytest.mark.parametrize("end", sorted(ENDS))
def test_an_end_leaves_nothing_due_and_frees_the_copies(database: Database, end: State) -> None:
    move = next(m for m, (_, to) in MOVES.items() if to is end)
    start = min(MOVES[move][0])
    add(database, a_request(state=start, run_at=NOW))
    later = NOW + timedelta(minutes=1)
    with database.transaction() as tx:
        assert requests.move(tx, "cp-1", move, at=later, run_at=later)
    request = get(database)
    assert (request.state, request.run_at, request.ended_at) == (end, None, later)
    assert [(c.open, c.look_at) for c in copies(database)] == [(False, None)]


def test_a_move_on_the_way_keeps_the_copies_to_itself(database: Database) -> None:
    add(database, a_request())
    assert _moved(database, Move.CLEAR, "bot")
    assert [c.open for c in copies(database)] == [True]
    assert get(database).ended_at is None


def test_a_move_of_a_request_that_does_not_exist_is_refused(database: Database) -> None:
    with database.transaction() as tx:
        assert requests.move(tx, "cp-404", Move.CLEAR, at=NOW) is False


def test_of_two_moves_at_once_one_wins_and_only_it_is_in_the_trail(database: Database) -> None:
    add(database, a_request(state=State.WAITING))
    results = at_once(
        lambda: _moved(database, Move.REJECT, "U2"), lambda: _moved(database, Move.APPROVE, "U3")
    )
    assert sorted(results) == [False, True]
    with database.reading() as tx:
        trail = [(e.kind, e.actor) for e in audit.entries(tx)]
    assert trail == [("requested", "U1"), ("reject", "U2") if results[0] else ("approve", "U3")]


def test_a_move_shows_itself_and_sets_what_else_it_is_given(database: Database) -> None:
    add(database, a_request(state=State.WAITING, show_attempts=3))
    later = NOW + timedelta(seconds=5)
    with database.transaction() as tx:
        requests.move(
            tx, "cp-1", Move.REJECT, at=later, actor="U2", decided_by="U2", decision_reason="not now"
        )
    request = get(database)
    assert (request.decided_by, request.decision_reason) == ("U2", "not now")
    assert (request.version, request.show_at, request.show_attempts) == (2, later, 0)
    with database.reading() as tx:
        entry = list(audit.entries(tx))[-1]
    assert (entry.kind, entry.actor, entry.at, entry.data) == (
        "reject",
        "U2",
        later,
        {"to": "rejected", "reason": "not now"},
    )


def test_a_click_takes_the_lease_away_so_that_the_workers_write_finds_nothing(database: Database) -> None:
    add(database, a_request(state=State.WAITING, run_at=NOW))
    assert claim(database, "L1", queue=due.TIMERS) == ["cp-1"]
    assert _moved(database, Move.APPROVE, "U2")
    request = get(database)
    assert (request.lease, request.lease_until, request.attempts) == (None, LONG_AGO, 0)
    with database.transaction() as tx:
        assert requests.change(tx, "cp-1", at=NOW, lease="L1", reminders=1) is False
        assert due.release(tx, due.WORK, "cp-1", lease="L1", at=None) is False
        assert requests.move(tx, "cp-1", Move.START, at=NOW, lease="L1") is False
    assert (get(database).state, get(database).reminders) == (State.APPROVED, 0)


def test_a_worker_moves_while_its_lease_holds(database: Database) -> None:
    add(database, a_request(run_at=NOW))
    claim(database, "L1")
    with database.transaction() as tx:
        assert requests.move(tx, "cp-1", Move.CLEAR, at=NOW, lease="L1") is True
    assert (get(database).state, get(database).lease) == (State.WAITING, None)


def test_a_change_keeps_the_state_and_shows_unless_told_not_to(database: Database) -> None:
    add(database, a_request())
    with database.transaction() as tx:
        assert requests.change(tx, "cp-1", at=NOW, show=False, reminders=1)
        assert requests.change(tx, "cp-1", at=NOW, reminders=2)
    request = get(database)
    assert (request.state, request.reminders, request.version) == (State.CHECKING, 2, 2)


def test_a_locked_request_is_changed_by_nobody_else(database: Database) -> None:
    add(database, a_request(approvals_needed=0))

    def raise_by_one() -> None:
        with database.transaction() as tx:
            request = requests.lock(tx, "cp-1")
            assert request is not None
            requests.change(tx, "cp-1", at=NOW, approvals_needed=request.approvals_needed + 1)

    at_once(*[raise_by_one] * 4)
    assert get(database).approvals_needed == 4


def test_a_row_read_before_a_move_is_as_the_move_left_it_afterwards(database: Database) -> None:
    add(database, a_request())
    with database.transaction() as tx:
        request = requests.lock(tx, "cp-1")
        made = requests.copies(tx, "cp-1")
        requests.move(tx, "cp-1", Move.CANCEL, at=NOW)
    assert request is not None
    assert (request.state, request.ended_at, made[0].open) == (State.CANCELLED, NOW, False)


def test_a_yes_counts_once_per_person_and_round(database: Database) -> None:
    add(database, a_request(state=State.WAITING, digest="d1"))

    def yes(user: str) -> bool:
        with database.transaction() as tx:
            request = requests.lock(tx, "cp-1")
            assert request is not None
            return requests.approve(tx, request, user=user, at=NOW)

    assert sorted(at_once(lambda: yes("U2"), lambda: yes("U2"))) == [False, True]
    assert yes("U3") is True
    with database.transaction() as tx:
        requests.change(tx, "cp-1", at=NOW, round=2, digest="d2")
    assert yes("U2") is True
    with database.reading() as tx:
        assert [(a.user, a.digest) for a in requests.approvals(tx, "cp-1", 2)] == [("U2", "d2")]
        assert len(requests.approvals(tx, "cp-1")) == 3
        assert [e.kind for e in audit.entries(tx)].count("approved_by") == 3
