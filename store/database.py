"""The database: transactions, off the event loop where asked for there, and bringing the schema up to date."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from copy import copy
from functools import partial
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionError
from sqlmodel import Session

from store import audit, wakeup
from store.engine import BUSY_MS, engine_for, one_moment
from store.errand import Errand
from store.lease_clock import DATABASE_CLOCK
from store.outage import Outage

T = TypeVar("T")

Transaction = Session
"""What a transaction is to everybody outside `store`: a value to pass along."""

_OF_PATIENCE = 0.85
_MIGRATION_LOCK = 0x636F7079  # "copy": any constant that all replicas share
_AWAY = (OperationalError, InterfaceError, InternalError, NoConnectionError)
"""What is wrong is the database (locked, gone, full, read-only), not what we asked of it."""


class DatabaseError(Exception):
    """The database could not do it; nothing of the transaction holds, unless `uncertain`.

    Attributes:
        uncertain: the commit was under way when the connection broke, or whoever asked waited no longer: it may hold.
        away: the database itself is unwell: anything else would have failed too.
    """

    def __init__(self, message: str, *, uncertain: bool = False, away: bool = False) -> None:
        super().__init__(message)
        self.uncertain = uncertain
        self.away = away


class Database:
    """One database. Synchronous inside, called off the loop through a small thread pool.

    Args:
        url: `sqlite:///file.db` (one process) or `postgresql://…` (any number).
        threads: how many transactions at once.
        lease_s: a process that freezes within a transaction loses its locks before such a lease ends.
        database_clock: leases run by the database's clock, if replicas share it, not by the one passed in.

    Attributes:
        outage: begun by whatever fails when called off the loop; ended by `bot.outage`, which looks.

    Raises:
        ValueError: the URL is of neither kind.
    """

    def __init__(
        self, url: str, *, threads: int = 4, lease_s: float = 25, database_clock: bool = False
    ) -> None:
        # As many again for those who are in a hurry, and one for whoever calls from a thread of their own.
        engine = engine_for(url, 2 * threads + 1, lease_s)
        shared = database_clock and engine.dialect.name == "postgresql"
        self.engine = engine.execution_options(**{DATABASE_CLOCK: shared})
        self.outage = Outage()
        self._reader = self.engine.execution_options(read_only=True, **one_moment(self.engine))
        self._threads = threads
        self._patience_s: float | None = None
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="database")
        self._pools = [self._pool]

    def in_a_hurry(self, patience_s: float) -> "Database":
        """The same database for somebody who can't wait: `run` and `read` end within so many seconds.

        It has threads of its own, so that nobody who can wait stands in the way.
        """
        hurried = copy(self)
        # It ends by itself, and says why, before it is given up: no thread is left waiting for nobody.
        hurried.engine = self.engine.execution_options(**{BUSY_MS: int(patience_s * _OF_PATIENCE * 1000)})
        hurried._patience_s = patience_s  # noqa: SLF001 - one of us
        hurried._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="hurried")  # noqa: SLF001 - one of us
        self._pools.append(hurried._pool)  # noqa: SLF001 - one of us
        return hurried

    @contextmanager
    def transaction(self, before_commit: Callable[[], None] = lambda: None) -> Iterator[Session]:
        """A transaction that writes: committed at the end of the block, rolled back on any exception.

        Args:
            before_commit: may still raise; after it nothing can be taken back.

        Raises:
            DatabaseError: the database refused, is away, or lost the commit's answer.
        """
        with self._session(self.engine) as session:
            yield session
            audit.write_pending(session)
            wakeup.notify(session)
            _load_expired(session)
            _flush(session)
            before_commit()
            _commit(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads, never waits for a writer, and sees the database at one moment."""
        with self._session(self._reader) as session:
            yield session

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        session = Session(engine, expire_on_commit=False)
        try:
            yield session
        except BaseException as error:
            with suppress(SQLAlchemyError):  # of what has failed already nothing more need be said
                session.close()
            if isinstance(error, SQLAlchemyError):
                raise _ours(error) from error
            raise
        try:
            session.close()
        except SQLAlchemyError as error:
            raise _ours(error) from error

    async def run(self, work: Callable[[Session], T]) -> T:
        """Run `work` in a writing transaction, off the event loop; if cancelled before its commit, it never happens.

        Raises:
            DatabaseError: as `transaction`; or, in a hurry, there was no answer in time.
        """
        errand = Errand()
        return await self._off_the_loop(errand, partial(self._write, work, errand))

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` in a reading transaction, off the event loop.

        Raises:
            DatabaseError: the database is away; or, in a hurry, there was no answer in time.
        """
        return await self._off_the_loop(Errand(), partial(self._read, work))

    async def _off_the_loop(self, errand: Errand, work: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(self._patience_s):
                return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        except TimeoutError as error:
            said = f"no answer within {self._patience_s:g} s"
            self.outage.begin(said, suspected=True)
            raise DatabaseError(said, uncertain=not errand.give_up(), away=True) from error
        except DatabaseError as error:
            if error.away:
                self.outage.begin(str(error))
            raise
        except asyncio.CancelledError:
            errand.give_up()
            raise

    def _write(self, work: Callable[[Session], T], errand: Errand) -> T:
        with self.transaction(errand.commit) as session:
            return work(session)

    def _read(self, work: Callable[[Session], T]) -> T:
        with self.reading() as session:
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
            raise _ours(error) from error
        except CommandError as error:
            raise DatabaseError("a newer version of the bot made this database") from error

    def close(self) -> None:
        """Wait for running transactions, then let go of the connections; also of those in a hurry."""
        for pool in self._pools:
            pool.shutdown(cancel_futures=True)
        self.engine.dispose()


def alembic_config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _load_expired(session: Session) -> None:
    """What an UPDATE has overtaken is loaded again, so that rows stay usable when the transaction is over."""
    for row in list(session):
        if inspect(row).expired:
            session.refresh(row)


def _flush(session: Session) -> None:
    try:
        session.flush()
    except SQLAlchemyError as error:
        raise _ours(error) from error


def _commit(session: Session) -> None:
    try:
        session.commit()
    except DBAPIError as error:
        raise _ours(error, uncertain=error.connection_invalidated or _half_written(error)) from error


def _half_written(error: DBAPIError) -> bool:
    """SQLite could not make sure that what it had written is on the disk."""
    return getattr(error.orig, "sqlite_errorname", "") == "SQLITE_IOERR_FSYNC"


def _ours(error: SQLAlchemyError, *, uncertain: bool = False) -> DatabaseError:
    """With the driver's own words, without the values that SQLAlchemy's and PostgreSQL's details would repeat."""
    cause = getattr(error, "orig", None) or type(error).__name__
    diagnosis = getattr(cause, "diag", None)
    said = " ".join(str(getattr(diagnosis, "message_primary", None) or cause).split())
    return DatabaseError(said, uncertain=uncertain, away=isinstance(error, _AWAY))
