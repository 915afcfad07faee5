"""Looks at running copies: which are due, many of one destination at a time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from store.lifecycle import CopyState
from store.rows import set_where
from store.tables import Copy, Request

_SOON = timedelta(seconds=15)


def claim(tx: Session, *, now: datetime, limit: int, busy_s: float) -> list[Copy]:
    """Up to `limit` running copies of one destination whose look is due, each put off by `busy_s` meanwhile.

    Copies of the same destination that are due soon are taken along, so that what began at different moments comes
    to be looked at together. Two lookers would only read the cloud twice: no lease is needed.
    """
    coming = (
        select(Copy)
        .where(col(Copy.look_at).is_not(None))
        .order_by(col(Copy.look_at))
        .with_for_update(skip_locked=True)
    )
    first = tx.exec(coming.where(col(Copy.look_at) <= now).limit(1)).first()
    if first is None:
        return []
    # Further ahead are those that somebody looks at now.
    soon = now + min(_SOON, timedelta(seconds=busy_s / 2))
    rows = tx.exec(
        coming.where(Copy.destination == first.destination, col(Copy.look_at) <= soon).limit(limit)
    ).all()
    taken = [copy for copy in rows if _due_by(copy) <= now]
    for copy in taken:
        copy.look_at = now + timedelta(seconds=busy_s)
    tx.flush()
    return taken


def _due_by(copy: Copy) -> datetime:
    """From when on a look is worth it: not before half of the interval is over."""
    assert copy.look_at is not None  # noqa: S101 - asked for; for the type checker
    return copy.look_at - timedelta(seconds=copy.look_interval_s / 2)


def still_running(tx: Session, copies: Sequence[Copy]) -> list[Copy]:
    """Those of the copies that still run, as they are now; nobody else changes them until this transaction ends."""
    requests = sorted({copy.request_id for copy in copies})
    tx.exec(
        select(Request.id)
        .where(col(Request.id).in_(requests))
        .order_by(col(Request.id))
        .with_for_update(key_share=True)
    ).all()
    known = {(copy.request_id, copy.image_id, copy.destination) for copy in copies}
    rows = tx.exec(
        select(Copy)
        .where(col(Copy.request_id).in_(requests), Copy.state == CopyState.RUNNING)
        .execution_options(populate_existing=True)
    ).all()
    return [copy for copy in rows if (copy.request_id, copy.image_id, copy.destination) in known]


def give_back(tx: Session, copies: Sequence[Copy], at: datetime) -> None:
    """Claimed looks that were not made are due at `at`, unless somebody else made them meanwhile."""
    for copy in copies:
        same = (
            col(Copy.request_id) == copy.request_id,
            col(Copy.image_id) == copy.image_id,
            col(Copy.destination) == copy.destination,
        )
        set_where(tx, Copy, [*same, col(Copy.look_at) == copy.look_at], {Copy.look_at: at})
