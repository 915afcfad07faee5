"""Databases to measure on, and how many statements are run there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.postgres import postgres

_EACH = (b"LOG:  statement: ", b"LOG:  execute ")


@dataclass(frozen=True)
class Place:
    """An empty database.

    Attributes:
        statements: how many it has run so far, BEGIN and ROLLBACK too; on SQLite nobody counts them: 0.
    """

    url: str
    statements: Callable[[], float]


@contextmanager
def on_postgresql() -> Iterator[Place]:
    """A database of a server of its own, whose commits reach the disk."""
    with postgres(durable=True) as server:
        server.execute("CREATE DATABASE bench")
        server.execute("ALTER DATABASE bench SET log_statement = 'all'")
        yield Place(server.url("bench"), lambda: _logged(server.folder / "log"))


@contextmanager
def on_sqlite() -> Iterator[Place]:
    """A new file."""
    with TemporaryDirectory(prefix="bench-") as folder:
        yield Place(f"sqlite:///{folder}/bench.db", lambda: 0)


def _logged(log: Path) -> int:
    said = log.read_bytes()
    return sum(said.count(each) for each in _EACH)
