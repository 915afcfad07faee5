"""While the database fails: one line in the log when it begins and one when it ends, and everybody woken then."""

import asyncio
import time

import structlog

from commands.ports import Ports
from store import flags
from store.database import Database, DatabaseError

_EVERY_S = 1.0

log = structlog.get_logger(__name__)


async def watch(ports: Ports, hurried: Database) -> None:
    """Until cancelled: whenever the database has failed, look every second whether it can be written to again.

    Args:
        hurried: the same database, for somebody who can't wait.
    """
    outage = ports.db.outage
    while True:
        await outage.wait()
        if outage.suspected and await _works(hurried):
            outage.end()
            ports.wake()
            continue
        began = time.monotonic()
        log.error("database_unavailable", error=outage.reason)
        while not await _works(hurried):  # noqa: ASYNC110 - asks the database
            await asyncio.sleep(_EVERY_S)
        outage.end()
        log.warning("database_available", after_s=round(time.monotonic() - began, 1))
        ports.wake()


async def _works(hurried: Database) -> bool:
    """Whether something can be written, to the end: a full disk can still be read, and a lock be taken on it."""
    try:
        await hurried.run(flags.note_writing)
    except DatabaseError:
        return False
    return True


async def is_ready(hurried: Database) -> bool:
    """Whether the database lets itself be written to, as far as can be told without writing."""
    if hurried.outage.under_way:
        return False
    try:
        await hurried.run(flags.paused)
    except DatabaseError:
        return False
    return True
