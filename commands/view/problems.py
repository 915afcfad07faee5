"""What went wrong with a call, each time once, and how what was uncertain or only for a while turned out."""

from collections.abc import Sequence

from commands import names
from commands.clouds.cloud import PASSING, UNCERTAIN, Fault, Region
from commands.copy.faults import explain
from commands.snapshot import Snapshot
from commands.text import Language, Line, Mention, Message, Text
from commands.view.card import actions
from commands.view.clock import clock_off_words
from commands.view.part import Part
from commands.view.question import question
from commands.view.their_words import their_words
from store.lifecycle import CallState
from store.tables import Call, Problem

_BEGUN = Text(
    "已确认：{images} 的复制已开始，您无需操作",
    "Settled: copying {images} has begun; there is nothing you need to do.",
)
_NOT_BEGUN = Text("已确认：没有开始复制 {images}", "Settled: copying {images} has not begun.")
_TOLD_NOT_BEGUN = Text(
    "据 {who} 确认：没有开始复制 {images}", "According to {who}, copying {images} has not begun."
)
_SENT_AGAIN = Text(
    "已确认：没有开始复制 {images}，将自动重新提交，您无需操作",
    "Settled: copying {images} has not begun. It is sent again by itself; there is nothing you need to do.",
)
_RETRY = Text(
    "可在卡片上点击“重试”；如果多次尝试失败，请提交工单",
    "Press Retry on the card; if that fails several times, open a ticket with JD Cloud.",
)

_OPEN = frozenset({CallState.SETTLING, CallState.UNKNOWN})
_TO_BE_SENT = frozenset({CallState.PLANNED, CallState.SENDING})
_OVER = frozenset({CallState.SENT, CallState.REFUSED, CallState.NOT_SENT})


def problems(seen: Snapshot, regions: Sequence[Region], language: Language) -> list[Part]:
    """A message for each: refusals say what they say, all else is edited once it is known how it turned out."""
    found = []
    counts = {"error": 0, "unknown": 0}
    for problem in seen.problems:
        family = "error" if problem.kind == "error" else "unknown"
        counts[family] += 1
        if problem.kind == "question":
            message = question(seen, problem, regions, language)
        else:
            message = Message(tuple(problem_lines(seen, problem, regions, language)))
        found.append(Part(f"{family}-{counts[family]}", message, fixed=is_final(problem)))
    return found


def is_final(problem: Problem) -> bool:
    """Whether the cloud refused for good; not: it may have begun, or is tried again."""
    return problem.kind == "error" and Fault(problem.fault) not in PASSING | UNCERTAIN


def problem_lines(
    seen: Snapshot, problem: Problem, regions: Sequence[Region], language: Language
) -> list[Line]:
    """What happened, what to do or how it turned out, and the cloud's own words."""
    happened, to_do = explain(
        Fault(problem.fault),
        language,
        images=names.codes(language, problem.images),
        source=names.region(regions, seen.request.source_region or "", language),
        destination=names.region(regions, problem.destination, language),
        clock_off=clock_off_words(problem.clock_off_s or 0, language),
    )
    mark = "❌ " if is_final(problem) else "⚠️ "
    words = their_words(problem)
    told = _settled(seen, problem, language) or [Line((to_do,))]
    return [Line((mark, happened)), *told, *([words] if words.parts else [])]


def _settled(seen: Snapshot, problem: Problem, language: Language) -> list[Line]:
    """How it turned out; empty while that isn't known, and for a refusal."""
    call = next((c for c in seen.calls if c.number == problem.call_number), None)
    if call is None or is_final(problem) or not _is_over(seen, problem, call):
        return []
    begun = {c.image_id for c in seen.copies if c.destination == call.destination and c.new_image_id}
    absent = [image for image in problem.images if image not in begun]
    not_begun = _TOLD_NOT_BEGUN if told_absent_by(seen, call) else _NOT_BEGUN
    texts = {
        _BEGUN: [image for image in problem.images if image in begun],
        _SENT_AGAIN if call.state in _TO_BE_SENT else not_begun: absent,
    }
    who = Mention(told_absent_by(seen, call) or "")
    lines = [text.line(language, images=names.codes(language, i), who=who) for text, i in texts.items() if i]
    can_retry = absent and problem.kind == "unknown" and "retry" in actions(seen)
    return [*lines, _RETRY.line(language)] if can_retry else lines


def told_absent_by(seen: Snapshot, call: Call) -> str | None:
    """Who said that a call has copied nothing, where nobody looked any further: it was cancelled meanwhile."""
    if call.state is not CallState.NOT_SENT:
        return None
    said = (p.answered_by for p in seen.problems if p.call_number == call.number and p.answer == "resend")
    return next(said, None)


def _is_over(seen: Snapshot, problem: Problem, call: Call) -> bool:
    """What was tried again is over with its call; what was uncertain, once the call has come further."""
    if problem.kind == "error":
        return call.state in _OVER
    mine = [p for p in seen.problems if p.call_number == call.number]
    newest = max(p.number for p in mine if p.kind != "question")  # to ask settles nothing
    return call.state not in _OPEN or problem.number != newest
