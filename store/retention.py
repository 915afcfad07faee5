"""Removes what is older than it is to be kept; the audit trail stays whole."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from store.lifecycle import ENDS
from store.tables import Approval, Audience, Call, Copy, Listing, Post, Problem, Request

_LISTINGS = timedelta(days=7)
"""How long the page buttons of a history work."""


def remove_requests(tx: Session, *, ended_before: datetime, limit: int) -> int:
    """Remove up to `limit` requests that ended before then, with all that belongs to them; gives how many."""
    old = select(Request.id).where(col(Request.state).in_(ENDS), col(Request.ended_at) < ended_before)
    ids = list(tx.exec(old.order_by(col(Request.ended_at)).limit(limit)).all())
    if not ids:
        return 0
    for table in (Approval, Audience, Call, Copy, Post, Problem):
        tx.execute(delete(table).where(col(table.request_id).in_(ids)))
    tx.execute(delete(Request).where(col(Request.id).in_(ids)))
    return len(ids)


def remove_listings(tx: Session, now: datetime) -> None:
    """Remove histories whose pages nobody turns any more."""
    tx.execute(delete(Listing).where(col(Listing.created_at) < now - _LISTINGS))
