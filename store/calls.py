"""Calls to the cloud and the copies they make: intent first, then the answer, each written once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from store.lease_clock import lease_now
from store.lifecycle import CallState, CopyState
from store.locks import hold
from store.rows import set_where
from store.tables import Call, Copy, Problem, Request

_OPEN = (CallState.PLANNED, CallState.SENDING, CallState.SETTLING, CallState.UNKNOWN)


@dataclass(frozen=True)
class Planned:
    """A call to be made: its marker, and the images it takes to one destination."""

    destination: str
    marker: str
    images: tuple[str, ...]


def plan(tx: Session, request_id: str, planned: Sequence[Planned]) -> None:
    """Add calls after those there are, and give each copy its call."""
    hold(tx, request_id)
    last = tx.exec(select(func.max(Call.number)).where(Call.request_id == request_id)).one() or 0
    for number, call in enumerate(planned, last + 1):
        tx.add(Call(request_id=request_id, number=number, destination=call.destination, marker=call.marker))
        tx.flush()
        for image in call.images:
            change_copy(
                tx, (request_id, image, call.destination), call_number=number, state=CopyState.PLANNED
            )


def split_off(tx: Session, call: Call, images: Sequence[str], marker: Callable[[int], str]) -> None:
    """Plan a new call for images of this one that have not begun."""
    hold(tx, call.request_id)
    number = next_number(tx, call.request_id)
    plan(tx, call.request_id, [Planned(call.destination, marker(number), tuple(images))])


def next_number(tx: Session, request_id: str) -> int:
    """The number that the next planned call will get."""
    return (tx.exec(select(func.max(Call.number)).where(Call.request_id == request_id)).one() or 0) + 1


def images_of(tx: Session, call: Call) -> list[Copy]:
    """The copies that a call is to make, in a fixed order."""
    query = select(Copy).where(Copy.request_id == call.request_id, Copy.call_number == call.number)
    return list(tx.exec(query.order_by(col(Copy.image_id)).execution_options(populate_existing=True)).all())


def intend(tx: Session, call: Call, *, lease: str, at: datetime) -> int | None:
    """Write down that the call is about to be sent, while the request is held under `lease`.

    Returns:
        The attempt's number, or None when the lease is lost, somebody cancels, or the call has gone out already.
    """
    held = (
        select(Request.id)
        .where(
            Request.id == call.request_id,
            Request.lease == lease,
            col(Request.lease_until) > lease_now(tx, at),
            col(Request.cancel_wanted_by).is_(None),
        )
        .with_for_update(key_share=True)
    )
    if tx.exec(held).first() is None:
        return None
    attempt = call.attempt + 1
    sendable = (CallState.PLANNED, CallState.SETTLING)
    taken = _change_call(
        tx,
        (call.request_id, call.number),
        [col(Call.state).in_(sendable), col(Call.attempt) == call.attempt],
        state=CallState.SENDING,
        attempt=attempt,
        intent_at=at,
        run_at=None,
    )
    return attempt if taken else None


def answered(
    tx: Session, call: Call, mapping: dict[str, str], *, request_id: str, at: datetime, interval_s: float
) -> bool:
    """The cloud has begun the copies: true for whichever attempt it answers, whoever holds the lease.

    Returns:
        False when it was known already.
    """
    first = _change_call(
        tx,
        (call.request_id, call.number),
        [col(Call.state).in_(_OPEN), col(Call.attempt) > 0],
        state=CallState.SENT,
        answered_at=at,
        cloud_request_id=request_id,
        unresolved=False,
        run_at=None,
    )
    if first:
        _begun(tx, call, mapping, at, interval_s)
    return first


def adopt(tx: Session, call: Call, mapping: dict[str, str], *, at: datetime, interval_s: float) -> None:
    """Copies that an earlier call began after all are this call's, which is not sent."""
    where = [col(Call.state) == CallState.PLANNED, col(Call.attempt) == call.attempt]
    key = (call.request_id, call.number)
    if _change_call(tx, key, where, state=CallState.SENT, answered_at=at, unresolved=False, run_at=None):
        _begun(tx, call, mapping, at, interval_s)


def _begun(tx: Session, call: Call, mapping: dict[str, str], at: datetime, interval_s: float) -> None:
    for image, new_image in mapping.items():
        change_copy(
            tx,
            (call.request_id, image, call.destination),
            state=CopyState.RUNNING,
            new_image_id=new_image,
            sent_at=at,
            look_at=at + timedelta(seconds=interval_s),
            look_interval_s=interval_s,
        )


def earlier(tx: Session, images: Sequence[str], destination: str) -> list[tuple[Request, Call]]:
    """Calls of any request that were sent there and may have copied one of these images without our knowing."""
    unknown = select(Copy.request_id).where(
        col(Copy.image_id).in_(images), Copy.destination == destination, col(Copy.new_image_id).is_(None)
    )
    sent = select(Request, Call).where(
        Request.id == Call.request_id,
        Call.destination == destination,
        col(Call.attempt) > 0,
        col(Call.request_id).in_(unknown),
    )
    return [(request, call) for request, call in tx.exec(sent).all()]


def known(tx: Session, copies: Iterable[str]) -> set[str]:
    """Which of these images a request knows as its copies."""
    return {str(c) for c in tx.exec(select(Copy.new_image_id).where(col(Copy.new_image_id).in_(copies)))}


def settle_as(tx: Session, call: Call, state: CallState, *, attempt: int, **changes: Any) -> bool:
    """Change a call's state while `attempt` is its newest; False when an answer or a newer attempt came first."""
    where = [col(Call.attempt) == attempt, col(Call.state).in_(_OPEN)]
    return _change_call(tx, (call.request_id, call.number), where, state=state, **changes)


def change_copy(tx: Session, key: tuple[str, str, str], **values: Any) -> None:
    """Set columns of one copy, by (request, image, destination)."""
    request_id, image, destination = key
    hold(tx, request_id)
    where = [
        col(Copy.request_id) == request_id,
        col(Copy.image_id) == image,
        col(Copy.destination) == destination,
    ]
    set_where(tx, Copy, where, values)


def end_copies(
    tx: Session, call: Call, state: CopyState, problem: dict[str, Any], *, only: Iterable[str] | None = None
) -> None:
    """End the call's copies that have not begun (or `only` these images) with a problem."""
    where = [
        col(Copy.request_id) == call.request_id,
        col(Copy.call_number) == call.number,
        col(Copy.new_image_id).is_(None),
    ]
    if only is not None:
        where.append(col(Copy.image_id).in_(list(only)))
    hold(tx, call.request_id)
    set_where(tx, Copy, where, {"state": state, "problem": problem})


def add_problem(tx: Session, problem: Problem) -> None:
    """Give the problem the next number of its request, unless the newest of its call says the same, unanswered."""
    hold(tx, problem.request_id)
    of_request = select(Problem).where(Problem.request_id == problem.request_id)
    newest = tx.exec(
        of_request.where(Problem.call_number == problem.call_number)
        .order_by(col(Problem.number).desc())
        .limit(1)
    ).first()
    same = ("kind", "fault", "message", "images", "destination")
    asked = newest is not None and newest.answer is None
    if asked and all(getattr(newest, name) == getattr(problem, name) for name in same):
        return
    last = tx.exec(select(func.max(Problem.number)).where(Problem.request_id == problem.request_id)).one()
    problem.number = (last or 0) + 1
    tx.add(problem)
    tx.flush()


def _change_call(tx: Session, key: tuple[str, int], where: list[Any], **values: Any) -> bool:
    hold(tx, key[0])
    return set_where(tx, Call, [col(Call.request_id) == key[0], col(Call.number) == key[1], *where], values)
