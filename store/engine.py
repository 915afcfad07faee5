"""Makes SQLAlchemy's engine for either kind of database, with what each needs said on every connection."""

from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

BUSY_MS = "busy_ms"
"""An engine's option: how long SQLite waits for whoever else is writing."""
_BUSY_MS = 5_000
_URL = "DATABASE_URL must begin with sqlite:/// or postgresql://"
_IDLE = 0.8  # of a lease
_WATCHFUL = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
"""A server that went without a word is noticed within half a minute; libpq's words, seconds but for the last."""


def engine_for(url: str, connections: int, lease_s: float) -> Engine:
    """An engine that has connected nowhere yet.

    Args:
        connections: how many at once at most.
        lease_s: of a process that freezes within a transaction the locks are taken before such a lease ends.

    Raises:
        ValueError: the URL is of neither kind.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError(_URL) from None
    if parsed.get_backend_name() in {"postgresql", "postgres"}:
        engine = create_engine(
            watchful(parsed).set(drivername="postgresql+psycopg"),
            pool_size=connections,
            max_overflow=0,
            pool_pre_ping=True,
        )
        event.listen(engine, "connect", partial(_prepare_postgres, int(lease_s * _IDLE * 1000)))
        return engine
    if parsed.drivername != "sqlite":
        raise ValueError(_URL)
    engine = create_engine(parsed, pool_size=connections, max_overflow=0)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def watchful(url: URL) -> URL:
    """The URL of a PostgreSQL server with our time limits, where it doesn't state its own."""
    return url.update_query_dict({name: value for name, value in _WATCHFUL.items() if name not in url.query})


def one_moment(engine: Engine) -> dict[str, Any]:
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
    for pragma in (_busy_timeout(_BUSY_MS), "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("read_only", False):
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql(f"PRAGMA {_busy_timeout(options.get(BUSY_MS, _BUSY_MS))}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _busy_timeout(milliseconds: int) -> str:
    return f"busy_timeout={milliseconds}"
