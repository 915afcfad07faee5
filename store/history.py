"""Past requests, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import and_, or_
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from store import former
from store.lifecycle import ENDS, State
from store.tables import Copy, Request

T = TypeVar("T")

_AT_ONCE = 1000  # a statement takes some 30,000 values on SQLite, 65,535 on PostgreSQL


@dataclass(frozen=True)
class Query:
    """Which requests; None or empty: any.

    Attributes:
        region: as source or destination.
        image: as source or as a copy.
    """

    team: str | None = None
    channels: Sequence[str] | None = None
    user: str | None = None
    image: str | None = None
    region: str | None = None
    states: Sequence[State] = ()
    since: datetime | None = None


def find(tx: Session, query: Query, *, limit: int | None, offset: int = 0) -> list[Request]:
    """The requests, newest first."""
    ordered = _filtered(tx, select(Request), query).order_by(
        col(Request.created_at).desc(), col(Request.id).desc()
    )
    return list(tx.exec(ordered.offset(offset).limit(limit)).all())


def count(tx: Session, query: Query) -> int:
    """How many there are."""
    return tx.exec(_filtered(tx, select(func.count(col(Request.id))), query)).one()


def mapping(tx: Session, request_ids: Sequence[str]) -> dict[str, list[Copy]]:
    """Request id → its copies that the cloud has begun or that were there before."""
    found: dict[str, list[Copy]] = {request_id: [] for request_id in request_ids}
    for start in range(0, len(request_ids), _AT_ONCE):
        rows = tx.exec(
            select(Copy)
            .where(
                col(Copy.request_id).in_(request_ids[start : start + _AT_ONCE]),
                col(Copy.new_image_id).is_not(None),
            )
            .order_by(col(Copy.request_id), col(Copy.destination), col(Copy.image_id))
        )
        for copy in rows:
            found[copy.request_id].append(copy)
    return found


def earlier_copies(tx: Session, images: Sequence[str], destination: str, *, not_by: str) -> list[Copy]:
    """Copies of these images that other requests have made usable there, newest first."""
    return list(
        tx.exec(
            select(Copy)
            .where(
                col(Copy.image_id).in_(images),
                Copy.destination == destination,
                Copy.request_id != not_by,
                col(Copy.new_image_id).is_not(None),
                col(Copy.ready_at).is_not(None),
            )
            .order_by(col(Copy.ready_at).desc())
        ).all()
    )


def open_requests_of(tx: Session, team: str, user: str) -> int:
    """How many of this person's requests have not ended."""
    return tx.exec(
        select(func.count(col(Request.id))).where(
            Request.team == team, Request.requester == user, col(Request.state).not_in(ENDS)
        )
    ).one()


def images_asked_since(tx: Session, team: str, channel: str, user: str, since: datetime) -> int:
    """How many image copies this person has asked for in this channel since then."""
    return tx.exec(
        select(func.count(col(Copy.image_id)))
        .join(Request, and_(col(Request.id) == col(Copy.request_id)))
        .where(
            Request.team == team,
            Request.channel == channel,
            Request.requester == user,
            col(Request.created_at) >= since,
            col(Request.state) != State.INVALID,
        )
    ).one()


def _filtered(tx: Session, select_: SelectOfScalar[T], query: Query) -> SelectOfScalar[T]:
    conditions = []
    if query.team is not None:
        conditions.append(col(Request.team) == query.team)
    if query.channels is not None:
        conditions.append(col(Request.channel).in_(former.all_now_called(tx, query.channels)))
    if query.user is not None:
        conditions.append(col(Request.requester) == query.user)
    if query.states:
        conditions.append(col(Request.state).in_(query.states))
    if query.since is not None:
        conditions.append(col(Request.created_at) >= query.since)
    if query.image is not None:
        copies = select(Copy.request_id).where(
            or_(col(Copy.image_id) == query.image, col(Copy.new_image_id) == query.image)
        )
        conditions.append(col(Request.id).in_(copies))
    if query.region is not None:
        to_region = select(Copy.request_id).where(Copy.destination == query.region)
        conditions.append(or_(col(Request.source_region) == query.region, col(Request.id).in_(to_region)))
    return select_.where(*conditions)
