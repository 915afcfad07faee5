"""Counts for operators."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from store import due
from store.tables import Copy, Request


@dataclass(frozen=True)
class Counts:
    """How much there is.

    Attributes:
        requests: state → how many.
        copies: how many copies the cloud has begun, ever.
    """

    requests: dict[str, int]
    copies: int


def count(tx: Session) -> Counts:
    """As of now; looks at every request and copy."""
    by_state = tx.exec(select(Request.state, func.count(col(Request.id))).group_by(col(Request.state))).all()
    begun = tx.exec(select(func.count(col(Copy.image_id))).where(col(Copy.sent_at).is_not(None))).one()
    return Counts({str(state): number for state, number in by_state}, begun)


def lag_s(tx: Session, now: datetime) -> dict[str, float]:
    """A queue's name, or `looks` → by how many seconds its oldest due work is late; looks at the first rows of indexes."""
    oldest = due.soonest(tx, now)
    return {kind: max(0.0, (now - at).total_seconds()) if at else 0.0 for kind, at in oldest.items()}
