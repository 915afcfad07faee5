"""Once an hour: forget what is older than it is to be kept."""

import asyncio
from datetime import timedelta

import structlog

from commands.ports import Ports
from store import retention
from store.database import DatabaseError

_EVERY_S = 3600
_AT_ONCE = 200
"""Requests per transaction, so that nobody waits long for it."""

log = structlog.get_logger(__name__)


async def tidy(ports: Ports, keep: timedelta | None) -> None:
    """Until cancelled; `keep` None: requests are kept for ever."""
    while True:
        try:
            await once(ports, keep)
        except DatabaseError as error:
            if not error.away:  # an outage is logged once, by who watches it
                log.error("database_refused", loop="tidy", error=str(error))  # noqa: TRY400 - its words say it
        except Exception:
            log.exception("tidy_failed")
        await asyncio.sleep(_EVERY_S)


async def once(ports: Ports, keep: timedelta | None) -> int:
    """Gives how many requests were removed."""
    now = ports.now()
    await ports.db.run(lambda tx: retention.remove_listings(tx, now))
    if keep is None:
        return 0
    before, removed, some = now - keep, 0, _AT_ONCE
    while some == _AT_ONCE:
        some = await ports.db.run(
            lambda tx: retention.remove_requests(tx, ended_before=before, limit=_AT_ONCE)
        )
        removed += some
    if removed:
        log.info("requests_removed", count=removed)
    return removed
