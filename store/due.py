"""What is due, and who has it: rows claimed under a lease, one shape for work, threads to show, and notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Generic, TypeVar

from sqlalchemy import bindparam, case, null, or_, sql, text, true
from sqlmodel import Session, col, func, select

from store import wakeup
from store.lease_clock import lease_now
from store.rows import set_where
from store.tables import LONG_AGO, Copy, Notice, Request
from store.tables.columns import UtcDateTime
from store.tables.requests import AT_REST, AT_WORK, NEWS, REMINDER

Row = TypeVar("Row", Request, Notice)


@dataclass(frozen=True)
class Queue(Generic[Row]):
    """Rows of one table with one kind of due work, as the columns that say so.

    Attributes:
        at: when there is something to do; NULL: nothing by itself.
        lease: the token of whoever has the row; NULL: nobody.
        until: when that lease ends.
        attempts: how often the row has been claimed.
        only: of rows for which this holds; word for word the condition of the index that finds them.
    """

    name: str
    table: type[Row]
    at: Any
    lease: Any
    until: Any
    attempts: Any
    only: Any


_STEP = (Request, Request.run_at, Request.lease, Request.lease_until, Request.attempts)
_THREAD = (Request, Request.show_at, Request.show_lease, Request.show_lease_until, Request.show_attempts)

WORK = Queue("work", *_STEP, text(AT_WORK))
"""Requests with something for the worker to do."""

TIMERS = Queue("timers", *_STEP, text(AT_REST))
"""Requests that wait for a person, and whose reminder or end has come; released and freed like any in `WORK`."""

SHOW = Queue("show", *_THREAD, text(NEWS))
"""Requests whose thread lags."""

REMINDERS = Queue("reminders", *_THREAD, text(REMINDER))
"""Requests whose thread lags most probably by a reminder; released and freed like any in `SHOW`."""

NOTICES = Queue("notices", Notice, Notice.run_at, Notice.lease, Notice.lease_until, Notice.attempts, true())
"""Messages about no request."""

QUEUES: tuple[Queue[Any], ...] = (WORK, TIMERS, SHOW, REMINDERS, NOTICES)


def claim(
    tx: Session, queue: Queue[Row], *, now: datetime, lease: str, lease_s: float, limit: int
) -> list[Row]:
    """Take up to `limit` rows that are due, oldest first, for `lease_s` seconds; a dead claimer's come free then."""
    at = lease_now(tx, now)
    identity = col(queue.table.id)
    due = (
        select(identity)
        .where(queue.at <= now, queue.until <= at, queue.only)
        .order_by(queue.at)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    )
    ids = list(tx.exec(due).all())
    if not ids:
        return []
    taken = {
        queue.lease: lease,
        queue.until: at + timedelta(seconds=lease_s),
        queue.attempts: queue.attempts + 1,
    }
    set_where(tx, queue.table, [identity.in_(ids)], taken)
    rows = tx.exec(select(queue.table).where(identity.in_(ids))).all()
    return sorted(rows, key=lambda row: ids.index(row.id))


def holds(tx: Session, queue: Queue[Any], identity: str, lease: str) -> bool:
    """Whether the row is held under `lease` at this moment; waits for nobody."""
    query = select(queue.lease).where(col(queue.table.id) == identity)
    return bool(tx.exec(query).first() == lease)


def keep(tx: Session, queue: Queue[Any], identity: str, lease: str) -> bool:
    """Whether the row is still held under `lease`; then nobody takes it until this transaction ends."""
    query = select(queue.lease).where(col(queue.table.id) == identity).with_for_update(key_share=True)
    return bool(tx.exec(query).first() == lease)


def release(
    tx: Session,
    queue: Queue[Any],
    identity: str,
    *,
    lease: str,
    at: datetime | None,
    only: Sequence[Any] = (),
    **values: Any,
) -> bool:
    """Give the row back, due at `at`; False, and nothing is changed, when the lease was lost.

    Args:
        only: what must hold of the row besides.
        values: other columns to set in the same UPDATE.
    """
    if at is not None:
        wakeup.mark(tx)
    where = [col(queue.table.id) == identity, queue.lease == lease, *only]
    freed = {queue.lease: None, queue.until: LONG_AGO, queue.at: at}
    return set_where(tx, queue.table, where, {**freed, **values})


def free(tx: Session, queue: Queue[Any], identity: str, *, lease: str) -> bool:
    """Give the row back as it is; False when the lease was lost."""
    where = [col(queue.table.id) == identity, queue.lease == lease]
    return set_where(tx, queue.table, where, {queue.lease: None, queue.until: LONG_AGO})


def soonest(tx: Session, now: datetime) -> dict[str, datetime | None]:
    """Of each queue, and of `looks` at running copies: when the next becomes due, leases included.

    An idle bot asks nothing else, so it is one statement, and what it looks at are the first rows of indexes.
    """
    found = tx.execute(_SOONEST, {"now": now}).one()
    return {
        name: min((moment for moment in moments if moment is not None), default=None)
        for name, *moments in zip(_NAMES, found[0::2], found[1::2], strict=True)
    }


def _first_of(queue: Queue[Any]) -> tuple[Any, Any]:
    """When the next free row is due; and if that is not yet, when the next lease on a due row ends."""
    now = bindparam("now", type_=UtcDateTime())
    free = select(queue.at).where(queue.at.is_not(None), queue.lease.is_(None), queue.only)
    first = free.order_by(queue.at).limit(1).scalar_subquery()
    later = case((queue.until > queue.at, queue.until), else_=queue.at)
    held = select(func.min(later)).where(queue.at <= now, queue.lease.is_not(None), queue.only)
    return first, case((or_(first.is_(None), first > now), held.scalar_subquery()))


LOOKS = "looks"
_NAMES = (*(queue.name for queue in QUEUES), LOOKS)
_LOOK = select(func.min(Copy.look_at)).where(col(Copy.look_at).is_not(None)).scalar_subquery()
_SOONEST = sql.select(*chain.from_iterable(_first_of(queue) for queue in QUEUES), _LOOK, null())
