"""The audit trail: one chain, whoever writes, and no change of the past goes unseen."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import delete, text
from sqlmodel import col

from store import audit
from store.audit import Entry
from store.database import Database, Transaction
from store.tables import Event
from tests.store.rows import NOW, a_request, add, at_once


def _note(database: Database, *kinds: str, **values: Any) -> None:
    with database.transaction() as tx:
        for kind in kinds:
            audit.note(tx, Entry(kind, **{"at": NOW, **values}))


def _trail(database: Database) -> list[Event]:
    with database.reading() as tx:
        return list(audit.entries(tx))


def _broken(database: Database) -> int | None:
    broken = audit.first_broken(_trail(database))
    return broken.seq if broken else None


def _tamper(database: Database, statement: str) -> None:
    with database.transaction() as tx:
        tx.execute(text(statement))


def test_an_empty_trail_is_whole_and_begins_at_zero(database: Database) -> None:
    with database.reading() as tx:
        assert audit.head(tx) == (0, audit.START)
    assert _broken(database) is None


def test_entries_are_chained_within_and_across_transactions(database: Database) -> None:
    _note(database, "a", "b")
    _note(database, "c")
    trail = _trail(database)
    assert [(e.seq, e.kind) for e in trail] == [(1, "a"), (2, "b"), (3, "c")]
    assert [e.previous for e in trail] == [audit.START, trail[0].hash, trail[1].hash]
    assert _broken(database) is None
    with database.reading() as tx:
        assert audit.head(tx) == (3, trail[2].hash)


def test_the_hash_is_the_documented_one(database: Database) -> None:
    _note(database, "requested", team="T1", channel="C1", actor="U1", request_id="cp-1", data={"n": 1})
    with database.reading() as tx:
        assert audit.as_json(next(audit.entries(tx))) == {
            "seq": 1,
            "at": "2026-03-01T08:00:00+00:00",
            "team": "T1",
            "channel": "C1",
            "actor": "U1",
            "kind": "requested",
            "request_id": "cp-1",
            "data": {"n": 1},
            "previous": "0" * 64,
        }
        assert audit.head(tx)[1] == "9dbc44fe22ec29639824f817ce2b704f999d8f0f00b6dbff46ef8f8e52f7fa25"


def test_what_is_undone_is_not_in_the_trail(database: Database) -> None:
    def work(tx: Transaction) -> None:
        audit.note(tx, Entry("a", NOW))
        raise RuntimeError

    with pytest.raises(RuntimeError), database.transaction() as tx:
        work(tx)
    assert _trail(database) == []


@pytest.mark.parametrize(
    "entry",
    [
        Entry("a", datetime(2026, 3, 1, 16, tzinfo=timezone(timedelta(hours=8)))),
        Entry("a", datetime(2026, 3, 1, 8, 0, 0, 120_000, tzinfo=UTC)),
        Entry("a", NOW, data={"10": "x", "9": (1, 2), "原因": "扩容 🚀", "half": 0.5, "none": None}),
        Entry("a", NOW, data={10: "x", 9: "y"}),  # type: ignore[dict-item]  # JSON makes them strings
    ],
)
def test_an_entry_verifies_in_whatever_form_it_was_noted(database: Database, entry: Entry) -> None:
    with database.transaction() as tx:
        audit.note(tx, entry)
    assert _broken(database) is None
    assert _trail(database)[0].at == entry.at


@pytest.mark.parametrize(
    "change",
    [
        "at = '2026-03-01 09:00:00.000000+00:00'",
        "team = 'T2'",
        "channel = 'C2'",
        "actor = 'U2'",
        "kind = 'approve'",
        "request_id = 'cp-2'",
        "request_id = NULL",
        'data = \'{"to": "rejected"}\'',
        "previous = hash",
        "hash = previous",
        "seq = 9",
    ],
)
def test_a_change_of_any_field_is_found(database: Database, change: str) -> None:
    _note(
        database, "a", "b", "c", team="T1", channel="C1", actor="U1", request_id="cp-1", data={"to": "ready"}
    )
    if database.engine.dialect.name == "sqlite":
        change = change.removesuffix("+00:00'") + "'" if change.endswith("+00:00'") else change
    _tamper(database, f"UPDATE events SET {change} WHERE seq = 2")  # noqa: S608 - words of ours
    assert _broken(database) == (3 if change.startswith("seq") else 2)


@pytest.mark.parametrize(("removed", "broken"), [(1, 2), (2, 3)])
def test_a_removed_entry_is_found(database: Database, removed: int, broken: int) -> None:
    _note(database, "a", "b", "c")
    _tamper(database, f"DELETE FROM events WHERE seq = {removed}")  # noqa: S608 - a number of ours
    assert _broken(database) == broken


def test_a_removed_tail_shows_in_the_head_that_was_kept_elsewhere(database: Database) -> None:
    _note(database, "a", "b", "c")
    with database.reading() as tx:
        kept = audit.head(tx)
    _tamper(database, "DELETE FROM events WHERE seq = 3")
    assert _broken(database) is None
    with database.reading() as tx:
        assert audit.head(tx) != kept


def test_swapped_entries_are_found(database: Database) -> None:
    _note(database, "a", "b", "c")
    for change in ("seq = 9 WHERE seq = 2", "seq = 2 WHERE seq = 3", "seq = 3 WHERE seq = 9"):
        _tamper(database, f"UPDATE events SET {change}")  # noqa: S608 - words of ours
    assert _broken(database) == 2


def test_an_entry_rehashed_after_a_change_breaks_the_next(database: Database) -> None:
    _note(database, "a", "b", "c")
    with database.transaction() as tx:
        event = tx.get_one(Event, 2)
        forged = audit._link(Entry("forged", NOW), 2, event.previous)  # what a forger would work out
        event.kind, event.hash = forged.kind, forged.hash
    assert _broken(database) == 3


def test_writers_at_once_keep_one_chain(database: Database) -> None:
    def write(number: int) -> None:
        for _ in range(5):
            _note(database, f"{number}", f"{number} again")

    at_once(*(lambda n=n: write(n) for n in range(4)))
    assert len(_trail(database)) == 40
    assert _broken(database) is None


def test_the_trail_can_be_read_from_a_moment_on(database: Database) -> None:
    _note(database, "a")
    _note(database, "b", at=NOW + timedelta(microseconds=1))
    with database.reading() as tx:
        assert [e.kind for e in audit.entries(tx, since=NOW + timedelta(microseconds=1))] == ["b"]
        assert [e.kind for e in audit.entries(tx, since=NOW)] == ["a", "b"]


def test_a_long_trail_is_read_in_portions_and_in_order(database: Database) -> None:
    _note(database, *(f"{n}" for n in range(1_200)))
    assert [e.seq for e in _trail(database)] == list(range(1, 1_201))
    assert _broken(database) is None


def test_entries_cut_off_the_end_are_noticed_by_the_requests_they_were_about(database: Database) -> None:
    add(database, a_request(1), a_request(2, images=["img-b"]))
    with database.reading() as tx:
        assert audit.unrecorded(tx) is None
    with database.transaction() as tx:
        tx.execute(delete(Event).where(col(Event.seq) == 2))
    with database.reading() as tx:
        assert audit.first_broken(audit.entries(tx)) is None
        assert audit.unrecorded(tx) == "cp-2"
