"""A look at the audit trail: bounded, and honest about how far it went."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.plain import plain
from commands.trail import in_words, look
from store import audit
from store.database import Database

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = Database(f"sqlite:///{tmp_path / 'bot.db'}")
    db.migrate()
    yield db
    db.close()


def said(db: Database, most: int) -> list[str]:
    with db.reading() as tx:
        return [plain(line) for line in in_words(look(tx, most=most), "en")]


def add(db: Database, entries: int) -> None:
    with db.transaction() as tx:
        for _ in range(entries):
            audit.note(tx, audit.Entry("resumed", AT))


def test_an_empty_trail_is_empty(db: Database) -> None:
    assert said(db, 10) == ["The audit trail is empty"]


def test_a_whole_trail_is_whole_and_names_its_head(db: Database) -> None:
    add(db, 3)
    with db.reading() as tx:
        head = audit.head(tx)[1]
    first, second = said(db, 3)
    assert first == "✅ The audit trail is whole: 3 entries, each tied to the one before"
    assert head in second


def test_a_long_trail_says_how_much_of_it_was_read(db: Database) -> None:
    add(db, 5)
    assert said(db, 2) == [
        "✅ The first 2 of 5 entries are whole. To check all, run copy-image-bot audit verify on the server"
    ]
