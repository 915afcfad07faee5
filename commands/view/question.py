"""The questions of a thread: what only a person can know about a call, who may say it, and what was said."""

from collections.abc import Sequence
from typing import Any

from commands import names
from commands.clouds.cloud import Region
from commands.snapshot import Snapshot
from commands.text import Button, Code, Language, Line, Mention, Message, Span, Text
from commands.view.approvers import may_approve
from commands.view.their_words import their_words
from store.tables import Problem, Request

_QUESTION = Text(
    "仍无法确认是否已开始复制 {image}。请在京东云控制台查看 {region} 的镜像后选择：",
    "It is still unknown whether copying {image} has begun. Look at the images in {region} in JD Cloud's console, then choose:",
)
_CANDIDATE = Text(
    "可能的镜像：{id}（{name}，京东云记录的创建时间为 {at}）",
    "It could be {id} ({name}, created {at} as JD Cloud's console shows it)",
)
_NO_CANDIDATE = Text("在 {region} 没有找到可能的镜像", "No image in {region} looks like it")
_NOT_LISTED = Text(
    "机器人的访问密钥不能列出 {region} 的镜像，因此无法自行核对。授予该密钥列出镜像的权限后点击“未复制，重新提交”，将先核对，已开始的复制不会重复提交",
    "The bot's access key may not list the images in {region}, so the bot can't look for itself. Grant the key that right, "
    "then press “Not copied, send again”: it looks first, and what has begun is not sent again.",
)
_WHO_MAY = Text("可以选择的人：{people}", "Who may choose: {people}")
_ANSWERED = Text("{who} 已选择：{answer}", "{who} chose: {answer}")
_ADOPT = Text("确认是此镜像", "It's this one")
_RESEND = Text("未复制，重新提交", "Not copied, send again")
_NOT_COPIED = Text("未复制", "Not copied")
"""Once somebody has cancelled, nothing is sent again."""


def question(seen: Snapshot, problem: Problem, regions: Sequence[Region], language: Language) -> Message:
    request = seen.request
    region = names.region(regions, problem.destination, language)
    image = Code(problem.images[0])
    lines = [Line(("⚠️ ", _QUESTION.say(language, image=image, region=region)))]
    for candidate in problem.candidates:
        values: dict[str, Any] = {key: Code(candidate[key]) for key in ("id", "name")}
        lines.append(_CANDIDATE.line(language, at=str(candidate["created_at"]), **values))
    if problem.fault:
        lines += [_NOT_LISTED.line(language, region=region), their_words(problem)]
    elif not problem.candidates:
        lines.append(_NO_CANDIDATE.line(language, region=region))
    if problem.answer is not None:
        lines.append(_answered(request, problem, language))
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
    resend = Button("resend", getattr(_no(request), language), f"{request.id}.{problem.number}", "danger")
    return Message(tuple(lines), (*adopt, resend))


def _no(request: Request) -> Text:
    return _RESEND if request.cancel_wanted_by is None else _NOT_COPIED


def _answered(request: Request, problem: Problem, language: Language) -> Line:
    answer = problem.answer or ""
    words: Span = (
        Code(answer.removeprefix("adopt ")) if answer.startswith("adopt ") else _no(request).say(language)
    )
    return _ANSWERED.line(language, who=Mention(problem.answered_by or ""), answer=words)
