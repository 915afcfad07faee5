"""The schema: made from nothing, by anyone who starts first, and exactly what the tables say."""

import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

import store.migrations
from store.database import Database, DatabaseError

_MIGRATE = (
    "import sys; from store.database import Database; d = Database(sys.argv[1]); d.migrate(); d.close()"
)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


def _schema(database: Database) -> dict[str, Any]:
    """Everything the database says of its tables, in a form that can be compared."""
    found = inspect(database.engine)
    tables = [name for name in found.get_table_names() if name != "alembic_version"]
    return {
        name: (
            [{**column, "type": str(column["type"])} for column in found.get_columns(name)],
            found.get_pk_constraint(name),
            found.get_foreign_keys(name),
            {str(index["name"]): _index(index) for index in found.get_indexes(name)},
            {tuple(unique["column_names"]) for unique in found.get_unique_constraints(name)},
        )
        for name in tables
    }


def _index(index: Any) -> tuple[Any, ...]:
    options = {key: str(value) for key, value in index.get("dialect_options", {}).items()}
    return index["column_names"], bool(index["unique"]), options


def test_the_migrations_make_exactly_what_the_tables_describe(empty_url: str) -> None:
    made = Database(empty_url)
    made.migrate()
    migrated = _schema(made)
    SQLModel.metadata.drop_all(made.engine)
    SQLModel.metadata.create_all(made.engine)
    assert migrated == _schema(made)
    assert len(migrated) == len(SQLModel.metadata.tables)
    made.close()


def test_alembic_finds_no_difference_between_the_tables_and_the_migrations(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def _plain(condition: str) -> str:
    """Without the parentheses and kinds that PostgreSQL adds."""
    return condition.replace("(", "").replace(")", "").replace("::text", "")


def test_partial_indexes_keep_their_conditions(database: Database) -> None:
    dialect = database.engine.dialect.name
    found = inspect(database.engine)
    conditions = {
        index["name"]: _plain(str(index["dialect_options"][f"{dialect}_where"]))
        for table in found.get_table_names()
        for index in found.get_indexes(table)
        if f"{dialect}_where" in index.get("dialect_options", {})
    }
    assert conditions == {
        "channel_rules_now": "valid_to IS NULL",
        "copies_open": "open = 1" if dialect == "sqlite" else "open",
        "copies_to_look_at": "look_at IS NOT NULL",
        "notices_due": "run_at IS NOT NULL",
        "requests_to_step": "run_at IS NOT NULL AND state <> 'waiting'",
        "requests_to_time": "run_at IS NOT NULL AND state = 'waiting'",
        "requests_with_news": "show_at IS NOT NULL AND state <> 'waiting' OR reminders = 0",
        "requests_with_reminders": "show_at IS NOT NULL AND state = 'waiting' AND reminders > 0",
    }


def test_migrating_twice_changes_nothing_the_second_time(empty_url: str) -> None:
    made = Database(empty_url)
    made.migrate()
    before = _schema(made)
    made.migrate()
    assert _schema(made) == before
    assert "requests" in before
    made.close()


def test_processes_that_start_at_once_migrate_one_after_the_other(empty_url: str) -> None:
    command = [sys.executable, "-W", "error", "-c", _MIGRATE, empty_url]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603 - our own words
        for _ in range(3)
    ]
    ends = [(*process.communicate(timeout=60), process.returncode) for process in started]
    assert ends == [(b"", b"", 0)] * 3
    made = Database(empty_url)
    with made.reading() as tx:
        assert tx.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
    made.close()


def test_migrating_prints_and_logs_nothing(
    empty_url: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    made = Database(empty_url)
    with caplog.at_level(logging.WARNING):
        made.migrate()
    made.close()
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_a_failed_migration_leaves_nothing_behind(empty_url: str) -> None:
    made = Database(empty_url)
    with made.engine.begin() as connection:
        connection.execute(text("CREATE TABLE requests (id INTEGER)"))
    with pytest.raises(DatabaseError, match="requests"):
        made.migrate()
    assert inspect(made.engine).get_table_names() == ["requests"]
    made.close()


def test_a_database_of_a_newer_version_is_refused_in_words(empty_url: str) -> None:
    made = Database(empty_url)
    made.migrate()
    with made.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="newer version"):
        made.migrate()
    made.close()


def test_a_database_that_cannot_be_opened_is_a_database_error(tmp_path: Path) -> None:
    made = Database(f"sqlite:///{tmp_path / 'nowhere' / 'file.db'}")
    with pytest.raises(DatabaseError, match="unable to open database file"):
        made.migrate()
    made.close()


def test_a_file_that_is_no_database_is_a_database_error(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("milk, bread, and a good deal more text than a header has" * 20)
    made = Database(f"sqlite:///{file}")
    with pytest.raises(DatabaseError, match="not a database"):
        made.migrate()
    made.close()


def test_migrations_are_numbered_one_after_the_other() -> None:
    versions = Path(store.migrations.__file__).parent / "versions"
    numbers = sorted(file.name[:4] for file in versions.glob("[0-9]*.py"))
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
