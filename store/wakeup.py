"""Tells the other replicas that something became due: LISTEN and NOTIFY on PostgreSQL, nothing on SQLite."""

import asyncio
from collections.abc import Callable

import psycopg
from sqlalchemy import Engine, text
from sqlmodel import Session

from store.engine import watchful

_CHANNEL = "copy_image_due"
_MARK = "due"
_PAUSE_S = 1.0
"""Between attempts to listen again; meanwhile each replica still looks by itself every few seconds."""


def mark(tx: Session) -> None:
    """Something becomes due when this transaction commits."""
    tx.info[_MARK] = True


def notify(tx: Session) -> None:
    """Part of the transaction: sent when it commits, and not otherwise."""
    if tx.info.pop(_MARK, False) and tx.get_bind().dialect.name == "postgresql":
        tx.execute(text("SELECT pg_notify(:channel, '')"), {"channel": _CHANNEL})


async def listen(engine: Engine, wake: Callable[[], None]) -> None:
    """Call `wake` whenever any replica says that something became due; until cancelled."""
    if engine.dialect.name != "postgresql":
        return
    where = watchful(engine.url).set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(where, autocommit=True) as connection:
                await connection.execute(f"LISTEN {_CHANNEL}")
                wake()
                while True:
                    await _something_to_read(connection.fileno())
                    async for _ in connection.notifies(timeout=0):
                        wake()
        except psycopg.Error:
            pass  # the database is away: whoever needs it says so
        await asyncio.sleep(_PAUSE_S)


async def _something_to_read(socket: int) -> None:
    """Psycopg itself would look ten times a second; the event loop is told."""
    loop, readable = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(socket, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(socket)
