"""What a click is told that comes too late: who did what, and when; pure."""

from collections.abc import Sequence
from datetime import datetime

from commands import names
from commands.states import state_name
from commands.text import Language, Line, Text, When
from store.lifecycle import State
from store.tables import Approval, Request

_APPROVED = Text("此申请已由 {people} 于 {at} 批准", "{people} approved this request at {at}")
_REJECTED = Text("此申请已由 {people} 于 {at} 驳回", "{people} rejected this request at {at}")
_CANCELLED = Text("此申请已由 {people} 于 {at} 撤回", "{people} cancelled this request at {at}")
_EXPIRED = Text("此申请已于 {at} 过期", "This request expired at {at}")
_NOW = Text(
    "此申请现在的状态是“{state}”，不能再这样操作",
    "This request is now “{state}”, so this can't be done any more",
)


def told(request: Request, given: Sequence[Approval], language: Language) -> Line:
    """What became of the request; `given`: the approvals of its newest round."""
    texts = {State.REJECTED: _REJECTED, State.CANCELLED: _CANCELLED}
    if request.state in texts and request.decided_by and request.ended_at:
        people = names.people([request.decided_by], language)
        return texts[request.state].line(language, people=people, at=When(request.ended_at, "time"))
    if request.state is State.EXPIRED and request.ended_at:
        return expired(request.ended_at, language)
    if request.approved_at and given:
        people = names.people([approval.user for approval in given], language)
        return _APPROVED.line(language, people=people, at=When(request.approved_at, "time"))
    return _NOW.line(language, state=state_name(request.state, language))


def expired(at: datetime, language: Language) -> Line:
    """Its time was over at this moment."""
    return _EXPIRED.line(language, at=When(at, "time"))
