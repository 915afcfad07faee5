"""`/copy-image why IMAGE… to REGION`: what would happen and why, step by step; nothing is done, nothing stored."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from commands import audience, names
from commands.audience import Found
from commands.clouds.cloud import Region
from commands.copy import request as requesting
from commands.copy.check import Checked, earlier_copies, look
from commands.copy.examine import Unchecked
from commands.copy.request import Origin, draft, judge
from commands.current import rule_of
from commands.permissions import Standing, Verdict, may_look, may_start_emergency
from commands.ports import Caller, Ports
from commands.rule import Rule
from commands.rule_words import confirm_line, deadline
from commands.text import Code, Language, Line, Message, Text
from commands.typed import CopyCommand, WhyCommand
from commands.view import invalid
from commands.view.held import WOULD_WAIT
from commands.who import standing
from commands.whom import refused
from commands.why_approvers import approvers, by_the_rule
from store import flags, requests
from store.database import Transaction
from store.tables import Request

T = TypeVar("T")

_BOUND_S = 1.5
"""Of the three seconds that Slack waits; what the cloud has not said by then is not checked."""

_TITLE = Text("如果您现在提交：", "If you asked now:")
_MAY = Text(
    "您可以申请：此频道允许 {people} 申请复制 {images} 到 {regions}",
    "You may ask: this channel allows {people} to ask for copies of {images} to {regions}",
)
_MAY_NOT = Text("您不能申请。{why}", "You may not ask. {why}")
_REASON = Text(
    "还须写明原因（规则 reason_required），例如在末尾加上：因为 扩容",
    "It needs a reason (rule: reason_required): add to its end, for example, because scaling up",
)
_INVITE = Text("需要先将我加入此频道：{command}", "I have to be invited to this channel first: {command}")
_EMERGENCY = Text(
    "紧急时您可以不经批准复制：{command}", "In an emergency you may copy without approval: {command}"
)
_PASSED = Text("镜像检查：可用，云硬盘系统盘，未加密", "Images: available, on cloud disks, not encrypted")
_FAILED = Text("镜像检查不会通过：", "The checks would not pass:")
_ALREADY = Text(
    "这些镜像之前已复制过，副本仍在，提交后不会再次复制：",
    "These images were copied before, the copies are still there, and nothing more would be copied:",
)
_ALREADY_TODO = Text(
    "可以直接使用；如需再复制一份，提交后可在卡片上点击“仍要复制”",
    "Use those; if you need another copy of each, ask, then press Copy again on the card.",
)
_UNKNOWN = Text(
    "镜像与配额：京东云没有及时回答，未检查", "Images and quota: JD Cloud didn't answer in time, not checked"
)
_UNCHECKED = {
    Unchecked.IMAGES: Text("镜像状态：未能查询，未检查", "Images: couldn't be looked up, not checked"),
    Unchecked.QUOTA: Text("目标地域配额：未能查询，未检查", "Quota: couldn't be looked up, not checked"),
    Unchecked.PRESENT: Text(
        "之前的副本是否仍在：未能查询，未检查", "Whether earlier copies are still there: not checked"
    ),
}
_QUOTA = Text(
    "{region} 配额充足：剩余镜像 {images} 个，快照 {snapshots} 个",
    "{region} has enough quota: {images:image} and {snapshots:snapshot} left",
)
_PRESENT = Text(
    "{image} 之前已复制到 {region}，不再重复：{copy}",
    "{image} was copied to {region} before and would be left out: {copy}",
)


@dataclass(frozen=True)
class Seen:
    """What the store says of a wish, read at one moment."""

    verdict: Verdict
    rule: Rule | None
    request: Request
    earlier: dict[str, dict[str, list[str]]]
    blocked: Message | None
    paused: bool


async def why(ports: Ports, caller: Caller, command: WhyCommand) -> Message:
    """The steps that such a request would go through, as far as they can be known now.

    Raises:
        UnknowableError, DatabaseError: it can't be known now.
    """
    if caller.in_direct_message:
        return requesting.direct(caller)
    bound = asyncio.get_running_loop().time() + _BOUND_S
    rule = await ports.db.read(lambda tx: rule_of(tx, caller))
    who, is_bot_in = await asyncio.gather(
        standing(ports, caller, rule.groups() if rule else ()),
        ports.people.is_bot_in(caller.team, caller.channel),
    )
    may_read = may_look(rule, who, ports.admins, own=False)
    if not may_read.allowed:
        return await refused(ports, caller, may_read)
    seen = await ports.db.read(lambda tx: _read(tx, ports, caller, command, who))
    if seen.rule is None or not seen.verdict.allowed:
        return _numbered([await _refused(ports, caller, seen.verdict)], caller.language)
    found, checked = await asyncio.gather(
        _by(bound, _could_approve(ports, seen.request, seen.rule)),
        _by(bound, look(ports, seen.request, seen.rule, seen.earlier)),
    )
    found = found or by_the_rule(seen.rule, who, ports.admins)
    steps = [
        *steps_of(seen.rule, who, found, ports.regions, caller.language, invited=is_bot_in is not False),
        check_step(checked, seen.request, ports.regions, caller.language),
        *_obstacles(seen, caller),
    ]
    return _numbered(steps, caller.language)


def _read(tx: Transaction, ports: Ports, caller: Caller, command: WhyCommand, who: Standing) -> Seen:
    """A reason can be added, so a missing one is no reason against it."""
    rule = rule_of(tx, caller)
    wish = CopyCommand(command.images, command.destinations, command.source, reason="…")
    request = draft(ports, caller, wish, rule, Origin())
    return Seen(
        verdict=judge(tx, ports, caller, wish, who),
        rule=rule,
        request=request,
        earlier=earlier_copies(tx, request),
        blocked=_blocked(tx, caller, command),
        paused=flags.paused(tx),
    )


def _blocked(tx: Transaction, caller: Caller, command: WhyCommand) -> Message | None:
    """That another request wants the same, if one does."""
    blocking = requests.find_open(tx, command.images, command.destinations)
    return requesting.blocked(tx, blocking, caller, asked=False) if blocking else None


async def _could_approve(ports: Ports, request: Request, rule: Rule) -> Found | None:
    """As on its card, if it were made."""
    return await audience.look(ports, request, elsewhere=False) if rule.approvals else None


async def _by(bound: float, looking: Awaitable[T]) -> T | None:
    """What is found by then (a time of the loop's); None: nothing yet."""
    try:
        async with asyncio.timeout_at(bound):
            return await looking
    except TimeoutError:
        return None


async def _refused(ports: Ports, caller: Caller, verdict: Verdict) -> list[Line]:
    first, *more = (await refused(ports, caller, verdict)).lines
    return [_MAY_NOT.line(caller.language, why=first.parts[0]), *more]


def steps_of(
    rule: Rule,
    who: Standing,
    found: Found,
    regions: Sequence[Region],
    language: Language,
    *,
    invited: bool,
) -> list[list[Line]]:
    """What the rule says of a wish that it allows: who may ask, who approves, what if nobody does."""
    may = _MAY.line(
        language,
        people=names.people(rule.request, language),
        images=names.codes(language, rule.images),
        regions=names.region_list(regions, rule.destination_regions, language),
    )
    first = [may, *([_REASON.line(language)] if rule.reason_required else [])]
    steps = [first, approvers(rule, who, found, language)]
    if rule.approvals and rule.confirm_regions:
        steps[-1].append(confirm_line(rule.confirm_regions, regions, language))
    if rule.approvals:
        steps.append([Line((deadline(rule, language),))])
    if may_start_emergency(rule, who):
        steps[1].append(_EMERGENCY.line(language, command=Code("/copy-image emergency")))
    if not invited:
        steps.insert(1, [_INVITE.line(language, command=Code("/invite @copy-image"))])
    return steps


def check_step(
    checked: Checked | None, request: Request, regions: Sequence[Region], language: Language
) -> list[Line]:
    """What the cloud says of the images and the room in the destinations."""
    if checked is None:
        return [_UNKNOWN.line(language)]
    if checked.outcome:
        request.outcome = checked.outcome
        lines = invalid.lines(request, regions, language)
        if checked.outcome["reason"] == "present":
            return [_ALREADY.line(language), *lines[1:-1], _ALREADY_TODO.line(language)]
        advised = checked.outcome["reason"] == "quota"  # there is no button here to press
        return [_FAILED.line(language), *(lines[:-1] if advised else lines)]
    findings = checked.findings
    lines = [] if Unchecked.IMAGES in findings.unchecked else [_PASSED.line(language)]
    for destination, quotas in findings.quotas.items():
        if {"image", "snapshot"} <= quotas.keys():
            region = names.region(regions, destination, language)
            images, snapshots = quotas["image"].left, quotas["snapshot"].left
            lines.append(_QUOTA.line(language, region=region, images=images, snapshots=snapshots))
    for destination, copies in findings.present.items():
        region = names.region(regions, destination, language)
        lines += [
            _PRESENT.line(language, image=Code(image), region=region, copy=Code(copy))
            for image, copy in copies.items()
        ]
    return [*lines, *(_UNCHECKED[check].line(language) for check in sorted(findings.unchecked))]


def _obstacles(seen: Seen, caller: Caller) -> list[list[Line]]:
    """What stands in the way besides: an open request for the same, and a pause."""
    found = [list(seen.blocked.lines)] if seen.blocked else []
    return [*found, [WOULD_WAIT.line(caller.language)]] if seen.paused else found


def _numbered(steps: Sequence[Sequence[Line]], language: Language) -> Message:
    lines = [_TITLE.line(language, "title")]
    for number, step in enumerate(steps, 1):
        marks = (f"{number}. ", *["    "] * (len(step) - 1))
        lines += [Line((mark, *line.parts)) for mark, line in zip(marks, step, strict=True)]
    return Message(tuple(lines))
