"""Taking a request back: before the first intent it ends at once; what may have been sent can't be stopped."""

from datetime import datetime

from commands import late
from commands.text import Code, Language, Line, Text
from store import calls, requests
from store.database import Transaction
from store.lifecycle import CallState, CopyState, Move, State
from store.tables import Request

_CANCELLED = Text("已撤回 {id}", "{id} is cancelled")
_STOPPING = Text(
    "{id} 已有调用发往京东云，无法收回；不会再发出新的调用，已提交的部分会照常完成。",
    "{id} has a call on its way to JD Cloud that can't be taken back. Nothing more is sent; what was sent runs on.",
)
_STOPPING_ALREADY = Text("{id} 已在撤回中", "{id} is being cancelled already")


def take_back(
    tx: Transaction, request: Request, language: Language, *, by: str, at: datetime
) -> tuple[Line, bool]:
    """What whoever may cancel it is told, and whether anything has changed; the request's row is held."""
    identity = Code(request.id)
    if requests.move(tx, request.id, Move.CANCEL, at=at, actor=by, decided_by=by):
        return _CANCELLED.line(language, id=identity), True
    if request.state.ended:
        return late.told(request, requests.approvals(tx, request.id, request.round), language), False
    if _given_up(tx, request, by=by, at=at):
        return _CANCELLED.line(language, id=identity), True
    if request.cancel_wanted_by is not None:
        return _STOPPING_ALREADY.line(language, id=identity), False
    requests.change(tx, request.id, at=at, cancel_wanted_by=by, decided_by=by, run_at=at)
    return _STOPPING.line(language, id=identity), True


def _given_up(tx: Transaction, request: Request, *, by: str, at: datetime) -> bool:
    """End what has been planned and of which nothing has had an intent; False: something has."""
    planned = requests.calls(tx, request.id)
    untouched = all(call.state is CallState.PLANNED and call.attempt == 0 for call in planned)
    if request.state is not State.COPYING or not untouched:
        return False
    for call in planned:
        calls.end_copies(tx, call, CopyState.NOT_SENT, {})
        calls.settle_as(tx, call, CallState.NOT_SENT, attempt=call.attempt)
    return requests.move(tx, request.id, Move.END_CANCELLED, at=at, actor=by, decided_by=by)
