"""The database: an engine, transactions off the event loop, and bringing the schema up to date."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlmodel import Session

from store import audit, wakeup
from store.lease_clock import DATABASE_CLOCK

T = TypeVar("T")

Transaction = Session
"""What a transaction is to everybody outside `store`: a value to pass along."""

_BUSY_MS = 5_000
_URL = "DATABASE_URL must begin with sqlite:/// or postgresql://"
_IDLE = 0.8  # of a lease
_MIGRATION_LOCK = 0x636F7079  # "copy": any constant that all replicas share


class DatabaseError(Exception):
    """The database could not do it; nothing of the transaction holds, unless `uncertain`.

    Attributes:
        uncertain: the commit was under way when the connection broke: it may hold.
    """

    def __init__(self, message: str, *, uncertain: bool = False) -> None:
        super().__init__(message)
        self.uncertain = uncertain


class Database:
    """One database. Synchronous inside, called off the loop through a small thread pool.

    Args:
        url: `sqlite:///file.db` (one process) or `postgresql://…` (any number).
        threads: how many transactions at once.
        lease_s: a process that freezes within a transaction loses its locks before such a lease ends.
        database_clock: leases run by the database's clock, if replicas share it, not by the one passed in.

    Raises:
        ValueError: the URL is of neither kind.
    """

    def __init__(
        self, url: str, *, threads: int = 4, lease_s: float = 25, database_clock: bool = False
    ) -> None:
        engine = _engine(url, threads, lease_s)
        shared = database_clock and engine.dialect.name == "postgresql"
        self.engine = engine.execution_options(**{DATABASE_CLOCK: shared})
        self._reader = self.engine.execution_options(read_only=True, **_one_moment(self.engine))
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="database")

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction that writes: committed at the end of the block, rolled back on any exception.

        Raises:
            DatabaseError: the database refused, is away, or lost the commit's answer.
        """
        with self._session(self.engine) as session:
            yield session
            audit.write_pending(session)
            wakeup.notify(session)
            _load_expired(session)
            _commit(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads, never waits for a writer, and sees the database at one moment."""
        with self._session(self._reader) as session:
            yield session

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        with Session(engine, expire_on_commit=False) as session:
            try:
                yield session
            except SQLAlchemyError as error:
                raise DatabaseError(_plain(error)) from error

    async def run(self, work: Callable[[Session], T]) -> T:
        """Run `work` in a writing transaction, off the event loop."""
        return await self._off_the_loop(self._within, self.transaction, work)

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` in a reading transaction, off the event loop."""
        return await self._off_the_loop(self._within, self.reading, work)

    async def _off_the_loop(self, function: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, function, *args)

    @staticmethod
    def _within(transaction: Callable[[], Any], work: Callable[[Session], T]) -> T:
        with transaction() as session:
            return work(session)

    def migrate(self) -> None:
        """Bring the schema to the newest version; safe from several processes at once.

        Raises:
            DatabaseError: the database is away or refused.
        """
        try:
            with self.engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
                command.upgrade(alembic_config(connection), "head")
        except SQLAlchemyError as error:
            raise DatabaseError(_plain(error)) from error
        except CommandError as error:
            raise DatabaseError("a newer version of the bot made this database") from error

    def close(self) -> None:
        """Wait for running transactions, then let go of the connections."""
        self._pool.shutdown()
        self.engine.dispose()


def alembic_config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _engine(url: str, threads: int, lease_s: float) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError(_URL) from None
    if parsed.get_backend_name() in {"postgresql", "postgres"}:
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_size=threads,
            max_overflow=0,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 5},
        )
        event.listen(engine, "connect", partial(_prepare_postgres, int(lease_s * _IDLE * 1000)))
        return engine
    if parsed.drivername != "sqlite":
        raise ValueError(_URL)
    engine = create_engine(parsed, pool_size=threads, max_overflow=0)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _one_moment(engine: Engine) -> dict[str, Any]:
    """What makes all statements of a reading transaction see the same moment; on SQLite they do anyway."""
    if engine.dialect.name == "sqlite":
        return {}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _prepare_postgres(idle_ms: int, connection: Any, _record: Any) -> None:
    """A process that froze within a transaction loses its locks before its leases are taken over."""
    connection.autocommit = True
    connection.execute(f"SET idle_in_transaction_session_timeout = {idle_ms}")
    connection.autocommit = False


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (f"busy_timeout={_BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _load_expired(session: Session) -> None:
    """What an UPDATE has overtaken is loaded again, so that rows stay usable when the transaction is over."""
    for row in list(session):
        if inspect(row).expired:
            session.refresh(row)


def _commit(session: Session) -> None:
    try:
        session.flush()
    except SQLAlchemyError as error:
        raise DatabaseError(_plain(error)) from error
    try:
        session.commit()
    except DBAPIError as error:
        raise DatabaseError(_plain(error), uncertain=error.connection_invalidated) from error


def _plain(error: SQLAlchemyError) -> str:
    """The driver's own words, without the values that SQLAlchemy's and PostgreSQL's details would repeat."""
    cause = getattr(error, "orig", None) or type(error).__name__
    diagnosis = getattr(cause, "diag", None)
    return str(getattr(diagnosis, "message_primary", None) or cause).strip()
