"""The messages below the card, each a part with a name that never changes."""

from collections.abc import Sequence
from typing import Any

from commands import names
from commands.clouds.cloud import Fault, Region
from commands.copy.faults import cloud_words, explain
from commands.snapshot import Snapshot
from commands.text import Button, Code, Language, Line, Mention, Message, Span, Text
from commands.view.approvers import may_approve
from commands.view.asking import approvals, emergency, reminders
from commands.view.card import card
from commands.view.clock import clock_off_words
from commands.view.direct import directs
from commands.view.outcome import outcome
from commands.view.part import Part
from commands.view.slow import slow
from commands.view.words import progress_words
from store.lifecycle import CallState
from store.tables import Call, Copy, Problem, Request

_SUBMITTED = Text(
    "复制任务已提交，新镜像如下，完成前暂不可用",
    "Copying has begun. The new images, not usable until it is done:",
)
_SUBMITTED_TO = Text(
    "{region} 的复制任务已提交，新镜像如下，完成前暂不可用",
    "Copying to {region} has begun. The new images, not usable until it is done:",
)
_QUESTION = Text(
    "仍无法确认是否已开始复制 {image}。请在京东云控制台查看 {region} 的镜像后选择：",
    "It is still unknown whether copying {image} has begun. Look at the images in {region} in JD Cloud's console, then choose:",
)
_CANDIDATE = Text("可能的镜像：{id}（{name}，创建于 {at}）", "It could be {id} ({name}, created {at})")
_NO_CANDIDATE = Text("在 {region} 没有找到可能的镜像", "No image in {region} looks like it")
_NOT_LISTED = Text(
    "机器人的访问密钥不能列出 {region} 的镜像，因此无法自行核对。授予该密钥列出镜像的权限后点击“未复制，重新提交”，将先核对，已开始的复制不会重复提交",
    "The bot's access key may not list the images in {region}, so the bot can't look for itself. Grant the key that right, "
    "then press “Not copied, send again”: it looks first, and what has begun is not sent again.",
)
_WHO_MAY = Text("可以选择的人：{people}", "Who may choose: {people}")
_ANSWERED = Text("{who} 已选择：{answer}", "{who} chose: {answer}")
_BEGUN = Text("已确认：{images} 的复制已开始", "Settled: copying {images} has begun.")
_NOT_BEGUN = Text("已确认：没有开始复制 {images}", "Settled: copying {images} has not begun.")
_ADOPT = Text("确认是此镜像", "It's this one")
_RESEND = Text("未复制，重新提交", "Not copied, send again")


_OUR_WORDS = frozenset({Fault.LOST, Fault.NOT_SENT, Fault.GARBLED, Fault.SERVER})
"""Here a message without a status text is not the cloud's: for the log, not for the thread."""
_UNSETTLED = frozenset({CallState.SETTLING, CallState.UNKNOWN})


def parts(seen: Snapshot, regions: Sequence[Region], link: str | None = None) -> list[Part]:
    """All messages of the thread as they should be now, the card first; to people alone last.

    Args:
        link: the card's address; None: not known.
    """
    request = seen.request
    language: Language = "en" if request.language == "en" else "zh"
    last = outcome(seen, regions, language)
    if request.outcome.get("reason") == "no_card" and last is not None:
        return [Part("outcome", last, fixed=True, to=request.requester)]
    return [
        Part("card", card(seen, regions, language)),
        *emergency(seen, regions, language),
        *approvals(seen, regions, language),
        *_problems(seen, regions, language),
        *_mappings(seen, regions, language),
        *reminders(seen, language),
        *_progress(seen, language),
        *slow(seen, regions, language),
        *([Part("outcome", last, fixed=True)] if last is not None else []),
        *directs(seen, regions, link),
    ]


def _mappings(seen: Snapshot, regions: Sequence[Region], language: Language) -> list[Part]:
    return [
        _mapping(seen, call, regions, language)
        for call in seen.calls
        if any(c.call_number == call.number and c.new_image_id for c in seen.copies)
    ]


def _mapping(seen: Snapshot, call: Call, regions: Sequence[Region], language: Language) -> Part:
    """One message per call, one line per image: source → copy."""
    request = seen.request
    copies = [c for c in seen.copies if c.call_number == call.number and c.new_image_id]
    if len(request.destinations) > 1:
        first = _SUBMITTED_TO.line(language, region=names.region(regions, call.destination, language))
    else:
        first = _SUBMITTED.line(language)
    value = f"{request.id}.{call.number}"
    buttons = (Button("mapping_json", "JSON", value), Button("mapping_terraform", "Terraform", value))
    return Part(f"mapping-{call.number}", Message((first, *map(arrow, copies)), buttons), fixed=True)


def arrow(copy: Copy) -> Line:
    """`source → copy`."""
    return Line((names.mapping(copy.image_id, copy.new_image_id),))


def _problems(seen: Snapshot, regions: Sequence[Region], language: Language) -> list[Part]:
    found = []
    counts = {"error": 0, "unknown": 0}
    for problem in seen.problems:
        family = "error" if problem.kind == "error" else "unknown"
        counts[family] += 1
        if problem.kind == "question":
            message = _question(seen, problem, regions, language)
        else:
            lines = problem_lines(seen.request, problem, regions, language)
            message = Message((*lines, *settled(seen, problem, language)))
        found.append(Part(f"{family}-{counts[family]}", message, fixed=family == "error"))
    return found


def settled(seen: Snapshot, problem: Problem, language: Language) -> list[Line]:
    """How a call that may have begun turned out; empty while that isn't known, and for a refusal."""
    if problem.kind != "unknown":
        return []
    call = next((c for c in seen.calls if c.number == problem.call_number), None)
    newest = max(p.number for p in seen.problems if p.call_number == problem.call_number)
    if call is None or (call.state in _UNSETTLED and problem.number == newest):
        return []
    begun = [c.image_id for c in seen.copies if c.call_number == call.number and c.new_image_id]
    texts = {_BEGUN: [i for i in problem.images if i in begun]}
    texts[_NOT_BEGUN] = [i for i in problem.images if i not in begun]
    return [text.line(language, images=names.codes(language, i)) for text, i in texts.items() if i]


def problem_lines(
    request: Request, problem: Problem, regions: Sequence[Region], language: Language
) -> list[Line]:
    """What happened, what to do, and the cloud's own words."""
    source = names.region(regions, request.source_region or "", language)
    destination = names.region(regions, problem.destination, language)
    images = names.codes(language, problem.images)
    happened, to_do = explain(
        Fault(problem.fault),
        language,
        images=images,
        source=source,
        destination=destination,
        clock_off=clock_off_words(problem.clock_off_s or 0, language),
    )
    mark = "❌ " if problem.kind == "error" else "⚠️ "
    words = _words(problem)
    return [Line((mark, happened)), Line((to_do,)), *([words] if words.parts else [])]


def _words(problem: Problem) -> Line:
    ours = Fault(problem.fault) in _OUR_WORDS and not problem.status
    return cloud_words(
        http_status=problem.http_status,
        status=problem.status,
        message="" if ours else problem.message,
        request_id=problem.cloud_request_id,
    )


def _question(seen: Snapshot, problem: Problem, regions: Sequence[Region], language: Language) -> Message:
    request = seen.request
    region = names.region(regions, problem.destination, language)
    image = Code(problem.images[0])
    lines = [Line(("⚠️ ", _QUESTION.say(language, image=image, region=region)))]
    for candidate in problem.candidates:
        values: dict[str, Any] = {key: Code(candidate[key]) for key in ("id", "name")}
        lines.append(_CANDIDATE.line(language, at=str(candidate["created_at"]), **values))
    if problem.fault:
        lines += [_NOT_LISTED.line(language, region=region), _words(problem)]
    elif not problem.candidates:
        lines.append(_NO_CANDIDATE.line(language, region=region))
    if problem.answer is not None:
        lines.append(_answered(problem, language))
        return Message(tuple(lines))
    people = [p for p in [*may_approve(request), *request.rule.get("admin", [])] if p != request.requester]
    lines.append(_WHO_MAY.line(language, people=names.people(dict.fromkeys(people), language)))
    adopt = [
        Button(
            "adopt",
            f"{getattr(_ADOPT, language)} {candidate['id']}",
            f"{request.id}.{problem.number}.{index}",
        )
        for index, candidate in enumerate(problem.candidates)
    ]
    resend = Button("resend", getattr(_RESEND, language), f"{request.id}.{problem.number}", "danger")
    return Message(tuple(lines), (*adopt, resend))


def _answered(problem: Problem, language: Language) -> Line:
    answer = problem.answer or ""
    words: Span = (
        Code(answer.removeprefix("adopt ")) if answer.startswith("adopt ") else _RESEND.say(language)
    )
    return _ANSWERED.line(language, who=Mention(problem.answered_by or ""), answer=words)


def _progress(seen: Snapshot, language: Language) -> list[Part]:
    words = progress_words(seen, language)
    if words is None:
        return []
    return [Part("progress", Message((Line((words,)),)), late=seen.request.state.ended)]
