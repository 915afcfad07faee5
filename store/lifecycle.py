"""The states of a request and the only moves between them.

checking ─▶ waiting ─approve×n─▶ approved ─▶ copying ─▶ watching ─▶ ready
   │  └──────────────────────────▶  │  └▶ waiting (changed) │ └▶ partly_ready, failed
   ├▶ invalid   ├▶ rejected         ├▶ expired, invalid     ├▶ unknown ─a person─▶ copying | watching | ends
   └▶ cancelled ├▶ expired          └▶ cancelled            └▶ ready, partly_ready, failed, cancelled
                └▶ cancelled
"""

from collections.abc import Iterable
from enum import StrEnum


class State(StrEnum):
    """Where a request stands (the values are part of the outside contract)."""

    CHECKING = "checking"
    WAITING = "waiting"
    APPROVED = "approved"
    COPYING = "copying"
    WATCHING = "watching"
    UNKNOWN = "unknown"
    READY = "ready"
    PARTLY_READY = "partly_ready"
    FAILED = "failed"
    INVALID = "invalid"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def ended(self) -> bool:
        return self in ENDS


ENDS = frozenset(
    {
        State.READY,
        State.PARTLY_READY,
        State.FAILED,
        State.INVALID,
        State.REJECTED,
        State.CANCELLED,
        State.EXPIRED,
    }
)


class Move(StrEnum):
    """A step from one state to another."""

    CLEAR = "clear"  # the checks passed
    CLEAR_UNASKED = "clear_unasked"  # … and no approval is needed
    REFUSE = "refuse"
    APPROVE = "approve"
    REJECT = "reject"
    EXPIRE = "expire"
    CANCEL = "cancel"
    CHANGE = "change"
    START = "start"
    WATCH = "watch"
    ASK = "ask"
    RESUME = "resume"
    END_READY = "end_ready"
    END_PARTLY = "end_partly"
    END_FAILED = "end_failed"
    END_CANCELLED = "end_cancelled"


_UNDER_WAY = frozenset({State.COPYING, State.WATCHING, State.UNKNOWN})

MOVES: dict[Move, tuple[frozenset[State], State]] = {
    Move.CLEAR: (frozenset({State.CHECKING}), State.WAITING),
    Move.CLEAR_UNASKED: (frozenset({State.CHECKING}), State.APPROVED),
    Move.REFUSE: (frozenset({State.CHECKING, State.APPROVED}), State.INVALID),
    Move.APPROVE: (frozenset({State.WAITING}), State.APPROVED),
    Move.REJECT: (frozenset({State.WAITING}), State.REJECTED),
    Move.EXPIRE: (frozenset({State.WAITING, State.APPROVED}), State.EXPIRED),
    Move.CANCEL: (frozenset({State.CHECKING, State.WAITING, State.APPROVED}), State.CANCELLED),
    Move.CHANGE: (frozenset({State.APPROVED}), State.WAITING),
    Move.START: (frozenset({State.APPROVED}), State.COPYING),
    Move.WATCH: (frozenset({State.COPYING, State.UNKNOWN}), State.WATCHING),
    Move.ASK: (frozenset({State.COPYING, State.WATCHING}), State.UNKNOWN),
    Move.RESUME: (frozenset({State.WATCHING, State.UNKNOWN}), State.COPYING),
    Move.END_READY: (_UNDER_WAY, State.READY),
    Move.END_PARTLY: (_UNDER_WAY, State.PARTLY_READY),
    Move.END_FAILED: (_UNDER_WAY, State.FAILED),
    Move.END_CANCELLED: (_UNDER_WAY, State.CANCELLED),
}


class CallState(StrEnum):
    """Where one call to the cloud stands."""

    PLANNED = "planned"  # no intent yet: nothing can have reached the cloud
    SENDING = "sending"  # intent written; found so without an answer, it is settled
    SETTLING = "settling"  # the answer was lost or says nothing certain
    SENT = "sent"  # answered with the copies' ids
    REFUSED = "refused"  # answered with a refusal
    NOT_SENT = "not_sent"  # given up before any intent
    UNKNOWN = "unknown"  # only a person can say what happened


class CopyState(StrEnum):
    """Where the copy of one image to one destination stands."""

    PLANNED = "planned"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    NOT_SENT = "not_sent"
    PRESENT = "present"  # copied by an earlier request and still there


COPY_ENDS = frozenset({CopyState.READY, CopyState.FAILED, CopyState.NOT_SENT, CopyState.PRESENT})


def derive(calls: Iterable[CallState], copies: Iterable[CopyState]) -> State:
    """Where a request under way stands, from its calls and its copies.

    Copies that an earlier request made are not counted: nobody waited for them.
    """
    states = set(calls)
    if states & {CallState.PLANNED, CallState.SENDING, CallState.SETTLING}:
        return State.COPYING
    if CallState.UNKNOWN in states:
        return State.UNKNOWN
    wanted = [copy for copy in copies if copy is not CopyState.PRESENT]
    if any(copy not in COPY_ENDS for copy in wanted):
        return State.WATCHING
    ready = sum(copy is CopyState.READY for copy in wanted)
    if ready == len(wanted):
        return State.READY
    if ready:
        return State.PARTLY_READY
    return State.CANCELLED if set(wanted) == {CopyState.NOT_SENT} else State.FAILED


def move_to(state: State) -> Move:
    """The move of a request under way that leads to `state`."""
    return {
        State.COPYING: Move.RESUME,
        State.WATCHING: Move.WATCH,
        State.UNKNOWN: Move.ASK,
        State.READY: Move.END_READY,
        State.PARTLY_READY: Move.END_PARTLY,
        State.FAILED: Move.END_FAILED,
        State.CANCELLED: Move.END_CANCELLED,
    }[state]
