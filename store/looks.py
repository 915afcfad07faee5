"""Looks at running copies: which are due, many of one destination at a time."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from store.tables import Copy


def claim(tx: Session, *, now: datetime, limit: int, busy_s: float) -> list[Copy]:
    """Up to `limit` running copies of one destination that are due for a look, each put off by `busy_s` meanwhile.

    Two lookers would only read the cloud twice: no lease is needed.
    """
    due = (
        select(Copy)
        .where(col(Copy.look_at) <= now)
        .order_by(col(Copy.look_at))
        .with_for_update(skip_locked=True)
    )
    first = tx.exec(due.limit(1)).first()
    if first is None:
        return []
    rows = tx.exec(due.where(Copy.destination == first.destination).limit(limit)).all()
    for copy in rows:
        copy.look_at = now + timedelta(seconds=busy_s)
        tx.add(copy)
    return list(rows)


def next_look(tx: Session) -> datetime | None:
    """When the next running copy is due for a look."""
    return tx.exec(select(func.min(Copy.look_at)).where(col(Copy.look_at).is_not(None))).one()
