"""Counts for operators."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from store import due
from store.tables import Copy, Request


@dataclass(frozen=True)
class Statistics:
    """How much there is, and how late.

    Attributes:
        requests: state → how many.
        copies: how many copies the cloud has begun, ever.
        lag_s: a queue's name, or `looks` → by how many seconds its oldest due work is late.
    """

    requests: dict[str, int]
    copies: int
    lag_s: dict[str, float]


def read(tx: Session, now: datetime) -> Statistics:
    """As of now."""
    by_state = tx.exec(select(Request.state, func.count(col(Request.id))).group_by(col(Request.state))).all()
    begun = tx.exec(select(func.count(col(Copy.image_id))).where(col(Copy.sent_at).is_not(None))).one()
    oldest = due.soonest(tx, now)
    lag_s = {kind: max(0.0, (now - at).total_seconds()) if at else 0.0 for kind, at in oldest.items()}
    return Statistics({str(state): count for state, count in by_state}, begun, lag_s)
