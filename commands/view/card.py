"""The card: the one message of a request that is edited as its state changes."""

from collections.abc import Sequence
from typing import Any

from commands import names
from commands.buttons import Pressed
from commands.clouds.cloud import Region
from commands.snapshot import Snapshot
from commands.text import Button, Code, Language, Line, Mention, Message, Span, Text, When, join
from commands.view import invalid
from commands.view.approvers import able, is_short, shortage
from commands.view.doubt import doubts
from commands.view.emergency import emergency_words
from commands.view.findings import findings, left_out
from commands.view.held import held, in_vain
from commands.view.rule_lines import rule_lines
from commands.view.stand import mark, stands
from commands.view.words import age, copy_count, duration_words, headline, progress_words
from store.lifecycle import State
from store.tables import Request

_MOST_IMAGES = 10
_MOST_LINES = 15
_BETWEEN = "\u00a0· "
"""So that a line which is broken never begins with the dot."""

_REQUESTED = Text("申请人 {who}", "Requested by {who}")
_REASON = Text("原因：{reason}", "reason: {reason}")
_ID = Text("编号 {id}", "{id}")
_APPROVED_BY = Text("由 {people} 批准", "approved by {people}")
_UNASKED = Text("无需批准", "no approval needed")
_TOOK = Text("用时 {time}", "{time}")
_REJECTED_BY = Text("由 {who} 驳回", "Rejected by {who}")
_REJECTED_WHY = Text("由 {who} 驳回：{reason}", "Rejected by {who}: {reason}")
_CANCELLED_BY = Text("由 {who} 撤回", "Cancelled by {who}")
_EXPIRED = Text("无人在 {at} 前批准，已自动失效", "Nobody approved it by {at}, so it has expired")
_EXPIRED_APPROVED = Text("批准已过期，没有复制任何镜像", "The approval has expired, so nothing was copied")
_CHECKING = Text("正在检查镜像状态与目标地域配额…", "Checking the images and the quota in the destination…")
_MORE = Text("…另有 {count} 个镜像", "…and {count} more")
_NEEDS = Text(
    "需要 {count} 人批准：{people}；{at} 前无人批准将自动失效",
    "Needs {count:approval} from {people}; expires {at}",
)
_NEEDS_MORE = Text(
    "{given} 已批准，还需 {count} 人：{people}；{at} 前未获批准将自动失效",
    "{given} approved; {count} more needed from {people}; expires {at}",
)
_ENDS = Text("{at} 前未获批准将自动失效", "Without approval it expires {at}")
_CHOOSE = Text(
    "请审批人或频道管理员在消息列中选择", "An approver or a channel administrator has to choose in the thread"
)
_CHANGED = Text("内容有变化，需要重新批准", "Something changed, so it needs approval again")
_STOPPING = Text(
    "{who} 要求撤回：不再发出新的调用，已提交的部分会照常完成",
    "{who} asked to cancel: nothing more is sent; what was sent runs on",
)

BUTTONS = {
    "approve": Text("批准", "Approve"),
    "reject": Text("驳回", "Reject"),
    "cancel": Text("撤回", "Cancel"),
    "retry": Text("重试", "Retry"),
    "ask_again": Text("重新申请", "Ask again"),
    "copy_again": Text("仍要复制", "Copy again"),
    "copy_rest": Text("申请其余镜像", "Request the rest"),
}


def card(seen: Snapshot, regions: Sequence[Region], language: Language) -> Message:
    """What the card shows now."""
    lines = [
        _title(seen, regions, language),
        Line((join(_facts(seen, language), " · "),), "context"),
        *_images(seen.request, language),
        *_state_lines(seen, regions, language)[:_MOST_LINES],
    ]
    return Message(tuple(lines), tuple(_buttons(seen, language)))


def _title(seen: Snapshot, regions: Sequence[Region], language: Language) -> Line:
    stand = stands(seen.request, seen.calls, seen.copies)
    return Line((f"{mark(stand)} ", headline(seen, regions, language)), "title")


def _facts(seen: Snapshot, language: Language) -> list[Span]:
    request = seen.request
    facts: list[Span] = [_REQUESTED.say(language, who=Mention(request.requester))]
    if request.reason:
        facts.append(_REASON.say(language, reason=" ".join(request.reason.split())))
    if request.emergency:
        facts.append(emergency_words(seen, language))
    if request.approved_at is not None and seen.approvers:
        facts.append(_APPROVED_BY.say(language, people=names.people(seen.approvers, language)))
    elif request.approved_at is not None and not request.emergency:
        facts.append(_UNASKED.say(language))
    facts.append(_ID.say(language, id=Code(request.id)))
    if request.state is State.READY and request.started_at and request.ended_at:
        took = duration_words(request.ended_at - request.started_at, language)
        facts.append(_TOOK.say(language, time=took))
    return facts


def _images(request: Request, language: Language) -> list[Line]:
    shown = [Line(tuple(_image(request, image, language))) for image in request.images[:_MOST_IMAGES]]
    more = len(request.images) - _MOST_IMAGES
    return [*shown, _MORE.line(language, count=more)] if more > 0 else shown


def _image(request: Request, image: str, language: Language) -> list[Span]:
    facts = request.facts.get(image)
    if facts is None:
        return [Code(image)]
    system = " ".join(filter(None, (facts.get("platform"), facts.get("os_version"))))
    size = f"{facts['size_gb']} GB" if facts.get("size_gb") else ""
    words = filter(None, (facts.get("name"), system, size, age(facts.get("created_at"), language)))
    return [Code(image), " ", _BETWEEN.join(words)]


def _state_lines(seen: Snapshot, regions: Sequence[Region], language: Language) -> list[Line]:
    request = seen.request
    match request.state:
        case State.CHECKING:
            return [_CHECKING.line(language)]
        case State.WAITING:
            waiting = [*rule_lines(request, regions, language), *_waiting(seen, language)]
            return [*findings(seen, regions, language)[: _MOST_LINES - len(waiting)], *waiting]
        case State.APPROVED | State.COPYING | State.WATCHING | State.UNKNOWN:
            return [*_under_way(seen, regions, language)]
        case State.INVALID:
            followed = "copy_again" in seen.pressed
            return invalid.lines(request, regions, language, followed=followed)
        case _:
            return _ended(seen, regions, language)


def _waiting(seen: Snapshot, language: Language) -> list[Line]:
    request = seen.request
    lines = [_CHANGED.line(language)] if request.round > 1 else []
    if is_short(seen):
        ends = _ENDS.line(language, at=When(request.expires_at or request.created_at))
        return [*lines, *shortage(seen, language), ends]
    missing = request.approvals_needed - len(seen.approvers)
    values: dict[str, Any] = {
        "count": missing,
        "people": names.some_of(able(seen), missing, language),
        "at": When(request.expires_at or request.created_at),
    }
    if seen.approvers:
        given = names.people(seen.approvers, language)
        return [*lines, _NEEDS_MORE.line(language, given=given, **values)]
    return [*lines, _NEEDS.line(language, **values)]


def _under_way(seen: Snapshot, regions: Sequence[Region], language: Language) -> list[Line]:
    lines = doubts(seen, regions, language)
    if seen.request.cancel_wanted_by:
        lines.append(_STOPPING.line(language, who=Mention(seen.request.cancel_wanted_by)))
    if seen.request.state is State.UNKNOWN:
        lines.append(_CHOOSE.line(language))
    lines += [*held(seen.request, language), *left_out(seen, regions, language)]
    words = progress_words(seen, language)
    return [*lines, Line((words,))] if words is not None else lines


def _ended(seen: Snapshot, regions: Sequence[Region], language: Language) -> list[Line]:
    request = seen.request
    values: dict[str, Any] = {
        "who": Mention(request.decided_by or ""),
        "reason": " ".join((request.decision_reason or "").split()),
        "at": When(request.expires_at or request.created_at),
    }
    texts = {
        State.REJECTED: _REJECTED_WHY if request.decision_reason else _REJECTED_BY,
        State.CANCELLED: _CANCELLED_BY,
        State.EXPIRED: _EXPIRED if request.approved_at is None else _EXPIRED_APPROVED,
    }
    if request.state is State.EXPIRED and request.held:
        return [in_vain(request, language)]
    if request.state in texts:
        return [texts[request.state].line(language, **values)]
    counted = request.state is not State.READY and len(seen.copies) > 1
    counts = [Line((copy_count(seen, language),))] if counted else []
    return [*counts, *left_out(seen, regions, language)]


def _buttons(seen: Snapshot, language: Language) -> list[Button]:
    request = seen.request
    value = Pressed(request.id, request.round).value
    styles: dict[str, Any] = {"approve": "primary", "reject": "danger"}
    return [
        Button(action, getattr(BUTTONS[action], language), value, styles.get(action))
        for action in actions(seen)
    ]


def actions(seen: Snapshot) -> list[str]:
    """What can be pressed now; a button that made a child request is gone."""
    request = seen.request
    match request.state:
        case State.WAITING:
            return ["approve", "reject", "cancel"]
        case State.CHECKING | State.APPROVED | State.COPYING | State.WATCHING | State.UNKNOWN:
            can_stop = request.cancel_wanted_by is None and request.state is not State.WATCHING
            return ["cancel"] if can_stop else []
        case _:
            return [action for action in after(request) if action not in seen.pressed]


def after(request: Request) -> list[str]:
    """The buttons with which an ended request can be followed by another."""
    match request.state, request.outcome.get("reason"):
        case ((State.FAILED | State.PARTLY_READY), _):
            return ["retry"]
        case ((State.EXPIRED | State.REJECTED | State.CANCELLED), _):
            return ["ask_again"]
        case State.INVALID, "present":
            return ["copy_again"]
        case State.INVALID, "images" if len(request.outcome["wrong"]) < len(request.images):
            return ["copy_rest"]
        case State.INVALID, ("quota" | "images" | "no_card"):
            return ["ask_again"]
        case _:
            return []
