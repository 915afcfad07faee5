"""What is due, and who has it: rows claimed under a lease, one shape for work, threads to show, and notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import case
from sqlmodel import Session, col, func, select

from store import wakeup
from store.lease_clock import lease_now
from store.rows import set_where
from store.tables import LONG_AGO, Notice, Request

Row = TypeVar("Row", Request, Notice)


@dataclass(frozen=True)
class Queue(Generic[Row]):
    """Rows of one table with one kind of due work, as the columns that say so.

    Attributes:
        at: when there is something to do; NULL: nothing by itself.
        lease: the token of whoever has the row; NULL: nobody.
        until: when that lease ends.
        attempts: how often the row has been claimed.
    """

    table: type[Row]
    at: Any
    lease: Any
    until: Any
    attempts: Any


WORK = Queue(Request, Request.run_at, Request.lease, Request.lease_until, Request.attempts)
"""Requests with something for the worker to do."""

SHOW = Queue(Request, Request.show_at, Request.show_lease, Request.show_lease_until, Request.show_attempts)
"""Requests whose thread lags."""

NOTICES = Queue(Notice, Notice.run_at, Notice.lease, Notice.lease_until, Notice.attempts)
"""Messages about no request."""


def claim(
    tx: Session, queue: Queue[Row], *, now: datetime, lease: str, lease_s: float, limit: int
) -> list[Row]:
    """Take up to `limit` rows that are due, oldest first, for `lease_s` seconds; a dead claimer's come free then."""
    at = lease_now(tx, now)
    identity = col(queue.table.id)
    due = (
        select(identity)
        .where(queue.at <= now, queue.until <= at)
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


def next_due(tx: Session, queue: Queue[Any], now: datetime) -> datetime | None:
    """When the next row becomes due, leases included: the first of the index, unless that is held."""
    first = select(queue.at).where(queue.at.is_not(None), queue.lease.is_(None)).order_by(queue.at).limit(1)
    free_at: datetime | None = tx.exec(first).first()
    if free_at is not None and free_at <= now:
        return free_at
    later = case((queue.until > queue.at, queue.until), else_=queue.at)
    held = select(func.min(later)).where(queue.at <= now, queue.lease.is_not(None))
    held_until: datetime | None = tx.exec(held).one()
    return min((moment for moment in (free_at, held_until) if moment is not None), default=None)
