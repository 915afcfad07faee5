"""What tests of several parts share: a clock that only moves when told, and a fresh database of either kind."""

import itertools
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from store.database import Database
from tests.postgres import Server, postgres

_NUMBERS = itertools.count(1)
_END_OTHERS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A server for this test process, with a migrated database; started when a test first wants it."""
    with postgres() as server:
        server.execute("CREATE DATABASE migrated")
        _migrate(server.url("migrated"))
        yield server


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """A migrated PostgreSQL database with nothing in it: always the same, as making one takes longer than most tests."""
    yield postgres_server.url("migrated")
    postgres_server.execute(f"{_END_OTHERS}; {_empty_tables()}", "migrated")


@pytest.fixture
def empty_postgres_url(postgres_server: Server) -> Iterator[str]:
    """A PostgreSQL database of the test's own without any tables."""
    name = f"empty_{next(_NUMBERS)}"
    postgres_server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield postgres_server.url(name)
    postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A migrated SQLite file of the test's own."""
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'test.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of the test's own, of each kind."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.close()


@pytest.fixture
def on_postgres(postgres_url: str) -> Iterator[Database]:
    """For what SQLite, with one writer at a time, has no counterpart of."""
    made = Database(postgres_url)
    yield made
    made.close()


def _empty_tables() -> str:
    return "; ".join(f"DELETE FROM {table.name}" for table in reversed(SQLModel.metadata.sorted_tables))  # noqa: S608 - names of ours


def _migrate(url: str) -> None:
    database = Database(url)
    database.migrate()
    database.close()
