"""The last message of a thread: what became of the request, for the one who asked."""

from collections.abc import Sequence
from typing import Any

from commands import kept_verdict, names, refusals
from commands.clouds.cloud import UNCERTAIN, Fault, Region
from commands.copy.faults import explain
from commands.snapshot import Snapshot
from commands.text import Code, Language, Line, Mention, Message, Span, Spans, Text
from commands.view import invalid
from commands.view.clock import clock_off_words
from commands.view.problems import is_final, told_absent_by
from commands.view.words import duration_words
from store.lifecycle import CopyState, State
from store.tables import Copy

_READY = Text(
    "{who} {count} 个镜像已在 {regions} 可用，用时 {time}",
    "{who} {count:image} usable in {regions} after {time}",
)
_PARTLY = Text(
    "{who} {all} 个副本中 {ready} 个可用，{failed} 个失败。点击“重试”只会重新申请未成功的镜像",
    "{who} {ready} of {all} copies usable, {failed} failed. Retry asks for those that failed only.",
)
_FAILED = Text("{who} 没有镜像复制成功", "{who} no image was copied.")
_FAILED_SAID = Text("{who} 没有镜像复制成功，原因见上", "{who} no image was copied, for the reason above.")
_INVALID = Text("{who} 此申请无法继续", "{who} this request can't go on.")
_PRESENT = Text("{who} 无需复制", "{who} nothing needs to be copied.")
_REJECTED = Text(
    "{who} 您的申请已被 {decider} 驳回：“{reason}”",
    "{who} your request was rejected by {decider}: “{reason}”",
)
_CANCELLED = Text(
    "{who} 您的申请已被 {decider} 撤回，没有复制任何镜像",
    "{who} your request was cancelled by {decider}; nothing was copied.",
)
_WITHDRAWN = Text(
    "{who} 您已撤回此申请，没有复制任何镜像", "{who} you cancelled this request; nothing was copied."
)
_TOLD_NOT_COPIED = Text(
    "{who} 此申请已被 {decider} 撤回；据 {witness} 确认，没有复制任何镜像",
    "{who} this request was cancelled by {decider}; according to {witness}, nothing was copied.",
)
_EXPIRED = Text(
    "{who} 此申请已过期，没有复制任何镜像。仍需要的话，请点击卡片上的“重新申请”",
    "{who} this request has expired and nothing was copied. If you still need it, press Ask again on the card.",
)
_GONE = Text(
    "{image} 的副本 {copy} 已从 {region} 消失超过 10 分钟",
    "{copy}, the copy of {image}, has been gone from {region} for more than 10 minutes",
)
_COPY_ERROR = Text(
    "京东云报告 {image} 的副本 {copy} 复制出错", "JD Cloud reports that {copy}, the copy of {image}, failed"
)
_COPY_ERROR_TODO = Text(
    "请先在京东云控制台删除 {region} 中出错的副本 {copies}，再点击卡片上的“重试”",
    "Delete the broken copy in {region} in JD Cloud's console ({copies}), then press Retry on the card.",
)
_NOT_SENT = Text("{image} 未提交", "{image} was not sent")
_ABSENT = Text(
    "{image} 没有复制：京东云出错，已在 {region} 确认没有新镜像",
    "{image} was not copied: JD Cloud failed, and no new image is in {region}",
)
_REQUESTER_RIGHT = Text(
    "没有向 {region} 提交 {image}：按现在的权限，此申请已不被允许",
    "{image} was not sent to {region}: as permissions stand now, this request is not allowed",
)
_REQUESTER_RIGHT_WHY = Text(
    "没有向 {region} 提交 {image}：按现在的权限，此申请已不被允许。{why}",
    "{image} was not sent to {region}: as permissions stand now, this request is not allowed. {why}",
)
_APPROVER_RIGHT = Text(
    "没有向 {region} 提交 {image}：批准人已没有审批权限，其余批准不足",
    "{image} was not sent to {region}: who approved no longer may, and the other approvals are too few",
)
_COPIED = frozenset({State.READY, State.PARTLY_READY, State.FAILED})
"""The ends of requests that went to the cloud."""


def outcome(seen: Snapshot, regions: Sequence[Region], language: Language) -> Message | None:
    """None while the request has not ended."""
    request = seen.request
    values: dict[str, Any] = {"who": Mention(request.requester), "decider": Mention(request.decided_by or "")}
    match request.state:
        case state if state in _COPIED:
            return Message(tuple(_copied(seen, regions, language)))
        case State.INVALID:
            lines = invalid.lines(request, regions, language)
            head = _PRESENT if request.outcome.get("reason") == "present" else _INVALID
            return Message((head.line(language, who=values["who"]), *lines))
        case State.REJECTED:
            reason = " ".join((request.decision_reason or "").split())
            return Message((_REJECTED.line(language, reason=reason, **values),))
        case State.CANCELLED:
            return Message((_cancelled(seen, language, values),))
        case State.EXPIRED:
            return Message((_EXPIRED.line(language, who=values["who"]),))
        case _:
            return None


def _cancelled(seen: Snapshot, language: Language, values: dict[str, Any]) -> Line:
    """Whose word it is that nothing was copied, where it is one."""
    witness = next((who for call in seen.calls if (who := told_absent_by(seen, call))), None)
    if witness is not None:
        return _TOLD_NOT_COPIED.line(language, witness=Mention(witness), **values)
    own = seen.request.decided_by == seen.request.requester
    return (_WITHDRAWN if own else _CANCELLED).line(language, **values)


def _copied(seen: Snapshot, regions: Sequence[Region], language: Language) -> list[Line]:
    usable, failed = _usable(seen), _failed(seen)
    if seen.request.state is not State.FAILED:
        head = _head(seen, len(usable), len(failed), regions, language)
        return [head, *_each(seen, usable, failed, regions, language)]
    said = _refused(seen)
    new = [copy for copy in failed if (copy.image_id, copy.destination) not in said]
    head = (_FAILED if len(new) == len(failed) else _FAILED_SAID).line(
        language, who=Mention(seen.request.requester)
    )
    return [head, *_each(seen, usable, new, regions, language)]


def _usable(seen: Snapshot) -> list[Copy]:
    return seen.in_state(CopyState.READY, CopyState.PRESENT)


def _failed(seen: Snapshot) -> list[Copy]:
    return seen.in_state(CopyState.FAILED, CopyState.NOT_SENT)


def _refused(seen: Snapshot) -> set[tuple[str, str]]:
    """The images and destinations whose refusal stands in a message of its own, often a second before the outcome."""
    return {(image, p.destination) for p in seen.problems if is_final(p) for image in p.images}


def each(seen: Snapshot, regions: Sequence[Region], language: Language) -> list[Line]:
    """What became of each copy, whether the thread has said so or not; empty where nothing was copied."""
    if seen.request.state not in _COPIED:
        return []
    return _each(seen, _usable(seen), _failed(seen), regions, language)


def _each(
    seen: Snapshot,
    usable: Sequence[Copy],
    failed: Sequence[Copy],
    regions: Sequence[Region],
    language: Language,
) -> list[Line]:
    return [
        *(_mapping(seen, copy, regions, language) for copy in usable),
        *(Line(("❌ ", _why(seen, copy, regions, language))) for copy in failed),
        *_to_delete(failed, regions, language),
    ]


def _to_delete(failed: Sequence[Copy], regions: Sequence[Region], language: Language) -> list[Line]:
    """What the cloud began and broke stays there: one line per destination."""
    broken: dict[str, list[str]] = {}
    for copy in failed:
        if copy.problem.get("fault") == "copy_error":
            broken.setdefault(copy.destination, []).append(str(copy.new_image_id))
    return [
        _COPY_ERROR_TODO.line(
            language,
            region=names.region(regions, destination, language),
            copies=names.codes(language, copies),
        )
        for destination, copies in broken.items()
    ]


def _head(seen: Snapshot, usable: int, failed: int, regions: Sequence[Region], language: Language) -> Line:
    request = seen.request
    who = Mention(request.requester)
    if request.state is State.PARTLY_READY:
        return _PARTLY.line(language, who=who, ready=usable, failed=failed, all=len(seen.copies))
    time = (request.ended_at or request.created_at) - (request.started_at or request.created_at)
    return _READY.line(
        language,
        who=who,
        count=len(request.images),
        regions=names.region_list(regions, request.destinations, language),
        time=duration_words(time, language),
    )


def _mapping(seen: Snapshot, copy: Copy, regions: Sequence[Region], language: Language) -> Line:
    where: tuple[Span, ...] = ()
    if len(seen.request.destinations) > 1:
        where = (" · ", names.region(regions, copy.destination, language))
    return Line((names.mapping(copy.image_id, copy.new_image_id), *where))


def _why(seen: Snapshot, copy: Copy, regions: Sequence[Region], language: Language) -> Spans:
    region = names.region(regions, copy.destination, language)
    image = Code(copy.image_id)
    if copy.state is CopyState.NOT_SENT:
        return _NOT_SENT.say(language, image=image)
    fault = copy.problem.get("fault", "")
    if "verdict" in copy.problem:
        what = refusals.what(kept_verdict.load(copy.problem["verdict"]), language, regions)
        return _REQUESTER_RIGHT_WHY.say(language, image=image, region=region, why=Spans(what.parts))
    if fault in _OWN:
        return _OWN[fault].say(language, image=image, copy=Code(str(copy.new_image_id)), region=region)
    if fault in UNCERTAIN:
        return _ABSENT.say(language, image=image, region=region)
    source = names.region(regions, seen.request.source_region or "", language)
    if fault in set(Fault):
        off = clock_off_words(copy.problem.get("clock_off_s", 0), language)
        happened, _ = explain(
            Fault(fault), language, images=image, source=source, destination=region, clock_off=off
        )
        return happened
    return Spans((image,))


_OWN = {
    "gone": _GONE,
    "copy_error": _COPY_ERROR,
    "requester_right": _REQUESTER_RIGHT,
    "approver_right": _APPROVER_RIGHT,
}
