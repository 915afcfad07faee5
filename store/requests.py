"""Requests: made once, moved by compare-and-set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from store import audit, due, locks, permissions, wakeup
from store.lifecycle import ENDS, MOVES, Move, State
from store.rows import set_where
from store.tables import LONG_AGO, Approval, Call, Copy, Problem, Request


@dataclass(frozen=True)
class Added:
    """The request stands, or why it doesn't.

    Attributes:
        request: the new one, or for a repeated delivery or button the one it made before.
        repeated: this delivery or button had its effect already.
        blocking: the open request that wants one of the same copies; then `request` is None.
    """

    request: Request | None
    repeated: bool = False
    blocking: Request | None = None


def add(tx: Session, request: Request) -> Added:
    """Make a request with its copies, unless it is there already or another one has one of its copies open."""
    known = _in_the_way(tx, request)
    if known is not None:
        return known
    try:
        _insert(tx, request)
    except IntegrityError:
        known = _in_the_way(tx, request)
        if known is not None:
            return known
        _insert(tx, request)  # what was in the way has ended meanwhile
    data = {
        "images": request.images,
        "source": request.source_region,
        "destinations": request.destinations,
        "reason": request.reason,
        "parent": request.parent_id,
    }
    wakeup.mark(tx)
    audit.note(
        tx,
        audit.Entry(
            "requested",
            request.created_at,
            request.team,
            request.channel,
            request.requester,
            request.id,
            data,
        ),
    )
    return Added(request)


def _in_the_way(tx: Session, request: Request) -> Added | None:
    blocking = find_open(tx, request.images, request.destinations)
    repeated = find_repeated(tx, request)  # looked for last: what is in the way may be its own repetition
    if repeated is not None:
        return Added(repeated, repeated=True)
    return Added(None, blocking=blocking) if blocking is not None else None


def _insert(tx: Session, request: Request) -> None:
    wanted = sorted((d, i) for d in request.destinations for i in request.images)
    with tx.begin_nested():
        tx.add(request)
        tx.flush()
        # In a fixed order, so that two requests for the same images never wait for each other.
        tx.add_all(Copy(request_id=request.id, image_id=i, destination=d) for d, i in wanted)
        tx.flush()


def one_at_a_time(tx: Session, team: str, requester: str) -> None:
    """Until this transaction ends, nothing else is made for this person: what is counted for a limit holds."""
    locks.alone(tx, f"requests of {team} {requester}")


def find_repeated(tx: Session, request: Request) -> Request | None:
    """The request that the same delivery, or the same button of the same request, made before."""
    same = col(Request.delivery) == request.delivery
    if request.parent_id is not None:
        same |= (col(Request.parent_id) == request.parent_id) & (
            col(Request.parent_action) == request.parent_action
        )
    return tx.exec(select(Request).where(same)).first()


def find_open(tx: Session, images: Sequence[str], destinations: Sequence[str]) -> Request | None:
    """The oldest open request that wants one of these images in one of these destinations."""
    wanted = select(Copy.request_id).where(
        col(Copy.open), col(Copy.image_id).in_(images), col(Copy.destination).in_(destinations)
    )
    query = select(Request).where(col(Request.id).in_(wanted)).order_by(col(Request.created_at))
    return tx.exec(query).first()


def open_places(tx: Session) -> list[permissions.Key]:
    """The channels in which a request has not ended."""
    of_open = select(Copy.request_id).where(col(Copy.open))
    rows = tx.exec(select(Request.team, Request.channel).where(col(Request.id).in_(of_open)).distinct())
    return [permissions.Key(team, channel) for team, channel in rows.all()]


def get(tx: Session, request_id: str) -> Request | None:
    """The request as it is now."""
    return tx.get(Request, request_id, populate_existing=True)


def lock(tx: Session, request_id: str) -> Request | None:
    """The request as it is now; nobody else moves it until this transaction ends."""
    return tx.get(Request, request_id, populate_existing=True, with_for_update={"key_share": True})


def copies(tx: Session, request_id: str) -> list[Copy]:
    """In the order the request names destinations and images."""
    request = tx.get_one(Request, request_id)
    rows = tx.exec(
        select(Copy).where(Copy.request_id == request_id).execution_options(populate_existing=True)
    ).all()
    place = {(d, i): (m, n) for m, d in enumerate(request.destinations) for n, i in enumerate(request.images)}
    return sorted(rows, key=lambda copy: place[copy.destination, copy.image_id])


def calls(tx: Session, request_id: str) -> list[Call]:
    """In the order of their numbers."""
    query = select(Call).where(Call.request_id == request_id).order_by(col(Call.number))
    return list(tx.exec(query.execution_options(populate_existing=True)).all())


def problems(tx: Session, request_id: str) -> list[Problem]:
    """In the order in which they came up."""
    return list(
        tx.exec(select(Problem).where(Problem.request_id == request_id).order_by(col(Problem.number))).all()
    )


def approvals(tx: Session, request_id: str, round_: int | None = None) -> list[Approval]:
    """Oldest first; of one round, or of all."""
    query = select(Approval).where(Approval.request_id == request_id).order_by(col(Approval.at))
    if round_ is not None:
        query = query.where(Approval.round == round_)
    return list(tx.exec(query).all())


def buttons_used(tx: Session, request_id: str) -> frozenset[str]:
    """The buttons of this request from which another request came."""
    actions = tx.exec(select(Request.parent_action).where(Request.parent_id == request_id)).all()
    return frozenset(action for action in actions if action)


def move(
    tx: Session,
    request_id: str,
    move: Move,
    *,
    at: datetime,
    actor: str = "bot",
    lease: str | None = None,
    **changes: Any,
) -> bool:
    """Make `move` if the request still stands where that move starts.

    One compare-and-set UPDATE: of two clicks, or two replicas, one wins. It gives up whatever lease is on the
    request, so a click beats the worker that holds it.

    Args:
        at: when it happened, in UTC.
        actor: who did it: a Slack user id, or `bot`.
        lease: when given, the request must still be held under it.
        changes: other columns to set in the same UPDATE.

    Returns:
        False if somebody else moved the request or took the lease first, or it does not exist.
    """
    starts, end = MOVES[move]
    where = [col(Request.id) == request_id, col(Request.state).in_(starts)]
    if lease is not None:
        where.append(col(Request.lease) == lease)
    values = {"state": end, "held": None, "lease": None, "lease_until": LONG_AGO, "attempts": 0}
    values |= {**_shown(at), **changes}
    if end in ENDS:
        values |= {"run_at": None, "ended_at": at}  # whatever the caller said: nothing is due any more
    if not _updated(tx, where, values):
        return False
    if end in ENDS:
        set_where(tx, Copy, [col(Copy.request_id) == request_id], {"open": False, "look_at": None})
    _note_move(tx, request_id, move, end, at, actor)
    return True


def change(
    tx: Session, request_id: str, *, at: datetime, lease: str | None = None, show: bool = True, **changes: Any
) -> bool:
    """Set columns without moving; False when the lease is lost. `show`: the thread has something new to say."""
    where = [col(Request.id) == request_id]
    if lease is not None:
        where.append(col(Request.lease) == lease)
    return _updated(tx, where, {**(_shown(at) if show else {}), **changes})


def _shown(at: datetime) -> dict[str, Any]:
    return {"version": col(Request.version) + 1, "show_at": at, "show_attempts": 0}


def _updated(tx: Session, where: list[Any], values: dict[str, Any]) -> bool:
    if values.get("show_at") is not None or values.get("run_at") is not None:
        wakeup.mark(tx)
    return set_where(tx, Request, where, values)


def _note_move(tx: Session, request_id: str, move: Move, end: State, at: datetime, actor: str) -> None:
    request = tx.get_one(Request, request_id)
    data = {"to": end.value}
    if request.decision_reason and move is Move.REJECT:
        data["reason"] = request.decision_reason
    audit.note(tx, audit.Entry(move.value, at, request.team, request.channel, actor, request_id, data))


def shown(
    tx: Session,
    request_id: str,
    *,
    lease: str,
    version: int,
    again_at: datetime | None,
    counted: bool = True,
) -> None:
    """The thread shows `version`, or is to be brought up to date again at `again_at`; a newer version stays due.

    Args:
        counted: whether this was an attempt; waiting for one's turn is none.
    """
    values = {} if counted else {"show_attempts": col(Request.show_attempts) - 1}
    newest = [col(Request.version) == version]
    if not due.release(tx, due.SHOW, request_id, lease=lease, at=again_at, only=newest, **values):
        due.free(tx, due.SHOW, request_id, lease=lease)


def approve(tx: Session, request: Request, *, user: str, at: datetime) -> bool:
    """Remember a person's yes to what the request shows now; False when they gave it before."""
    if tx.get(Approval, (request.id, request.round, user)) is not None:
        return False
    tx.add(Approval(request_id=request.id, round=request.round, user=user, digest=request.digest, at=at))
    tx.flush()
    data = {"round": request.round, "digest": request.digest}
    audit.note(tx, audit.Entry("approved_by", at, request.team, request.channel, user, request.id, data))
    return True


def begin_checking(tx: Session, request_id: str, *, at: datetime) -> None:
    """The card exists: from now on the worker may look at the request."""
    where = [
        col(Request.id) == request_id,
        col(Request.state) == State.CHECKING,
        col(Request.run_at).is_(None),
    ]
    _updated(tx, where, {"run_at": at})
