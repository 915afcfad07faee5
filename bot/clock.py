"""Notices that somebody set the clock of this host, says so, and leaves nothing undone for that."""

import asyncio
from collections.abc import Callable

import structlog

from commands.ports import Ports
from store import set_back
from store.database import DatabaseError

_EVERY_S = 5.0
_WORTH_A_WORD_S = 5.0

log = structlog.get_logger(__name__)


async def watch_clock(ports: Ports, clock: Callable[[], float], every_s: float = _EVERY_S) -> None:
    """Until cancelled.

    Args:
        clock: seconds, which nobody can set, counting sleep too.
    """
    ahead_s = ports.now().timestamp() - clock()
    while True:
        await asyncio.sleep(every_s)
        before_s, ahead_s = ahead_s, ports.now().timestamp() - clock()
        by_s = round(ahead_s - before_s)
        if abs(by_s) < _WORTH_A_WORD_S:
            continue
        log.warning("clock_was_set", by_s=by_s)
        if by_s < 0:
            await _make_due(ports)


async def _make_due(ports: Ports) -> None:
    now, lease_s = ports.now(), ports.timing.lease_s
    try:
        await ports.db.run(lambda tx: set_back.make_due(tx, now, lease_s))
    except DatabaseError as error:
        log.error("late_by_the_clock", error=str(error))  # noqa: TRY400 - its words say it
    ports.wake()
