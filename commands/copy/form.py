"""The form behind `/copy-image` alone: what it offers, and what becomes of what was entered."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from commands import refusals
from commands.clouds.cloud import Region
from commands.copy.request import Asked, ask, candidates, direct, invite, judge
from commands.current import rule_of
from commands.mistakes import LONGEST_REASON, Mistake
from commands.parse_images import read_images
from commands.permissions import Reason, Verdict
from commands.ports import Caller, Ports
from commands.rule import ANY_REGION
from commands.text import Language, Line, Message, Text
from commands.typed import CopyCommand
from commands.who import standing
from commands.whom import refused
from commands.words.normal import normalise

_FIELDS = {
    Reason.SOURCE: "source",
    Reason.DESTINATION: "destinations",
    Reason.SAME_REGION: "destinations",
    Reason.IMAGE: "images",
    Reason.TOO_MANY: "images",
    Reason.REASON_REQUIRED: "reason",
}
"""Where in the form a refusal can be mended; the others concern the person."""

_NO_DESTINATION = Text("请选择目标地域。", "Choose a destination.")
_NO_REASON = Text(
    "此频道的申请须写明原因（规则 reason_required）。",
    "Requests in this channel need a reason (rule: reason_required).",
)
_LONG_REASON = Text(
    "原因有 {length} 个字符，最多 {most} 个。请缩短。",
    "The reason has {length} characters; at most {most} are allowed. Make it shorter.",
)
_WHO_CAN = Text(
    "{what}/copy-image permissions 会列出可以调整的人。",
    "{what} /copy-image permissions says who can change that.",
)
_CHANGERS = frozenset({Reason.SOURCE, Reason.DESTINATION, Reason.SAME_REGION, Reason.IMAGE, Reason.TOO_MANY})


@dataclass(frozen=True)
class Offer:
    """What the form offers in this channel: regions to choose from, whether a reason is needed."""

    sources: tuple[Region, ...]
    destinations: tuple[Region, ...]
    reason_required: bool
    max_images: int


@dataclass(frozen=True)
class Entered:
    """What was entered, as it came."""

    images: str
    source: str | None
    destinations: tuple[str, ...]
    reason: str


Errors = dict[str, Line]
"""Field → what is wrong there."""


async def offer(ports: Ports, caller: Caller) -> Offer | Message:
    """What the form offers, or why this person gets none.

    Raises:
        UnknowableError, DatabaseError: it can't be known now.
    """
    if caller.in_direct_message:
        return direct(caller)
    rule = await ports.db.read(lambda tx: rule_of(tx, caller))
    who, is_bot_in = await asyncio.gather(
        standing(ports, caller, rule.groups() if rule else ()),
        ports.people.is_bot_in(caller.team, caller.channel),
    )
    wish = CopyCommand((), (), None, reason="…")  # what any request would be told
    verdict = await ports.db.read(lambda tx: judge(tx, ports, caller, wish, who))
    if rule is None or not verdict.allowed:
        return await refused(ports, caller, verdict)
    if is_bot_in is False:
        return invite(caller.language)
    return Offer(
        sources=_regions(candidates(rule, None, ports), ports.regions),
        destinations=_regions(rule.destination_regions, ports.regions),
        reason_required=rule.reason_required,
        max_images=rule.max_images,
    )


async def send(ports: Ports, caller: Caller, entered: Entered) -> Asked | Errors:
    """Make the request, or say what is wrong at which field; refusals that no field can mend are in the answer.

    Raises:
        UnknowableError, DatabaseError: nothing was made (unless the latter is `uncertain`).
    """
    command, errors = read(entered, ports.regions, caller.language)
    if command is None:
        return errors
    asked = await ask(ports, caller, command)
    if asked.verdict is not None and asked.verdict.reason in _FIELDS:
        return {_FIELDS[asked.verdict.reason]: _said(asked.verdict, ports, caller.language)}
    return asked


def read(
    entered: Entered, regions: Sequence[Region], language: Language
) -> tuple[CopyCommand | None, Errors]:
    """The command that the form stands for, or everything that is wrong; None exactly when something is."""
    errors: Errors = {}
    images = read_images(entered.images, regions)
    if isinstance(images, Mistake):
        errors["images"] = images.message(language).lines[0]
        images = ()
    if not entered.destinations:
        errors["destinations"] = _NO_DESTINATION.line(language)
    written = normalise(entered.reason)
    reason = written.raw.strip() if written.text.strip() else ""
    if len(reason) > LONGEST_REASON:
        errors["reason"] = _LONG_REASON.line(language, length=len(reason), most=LONGEST_REASON)
    if errors:
        return None, errors
    return CopyCommand(images, entered.destinations, entered.source, reason or None), {}


def _said(verdict: Verdict, ports: Ports, language: Language) -> Line:
    """A field's error is plain text, where nobody can be mentioned."""
    if verdict.reason is Reason.REASON_REQUIRED:
        return _NO_REASON.line(language)
    what = refusals.what(verdict, language, ports.regions)
    if verdict.reason not in _CHANGERS:
        return what
    return _WHO_CAN.line(language, what=what.parts[0])


def _regions(ids: Sequence[str], regions: Sequence[Region]) -> tuple[Region, ...]:
    """The regions with these ids, in the order given; one that isn't known goes by its id."""
    if ANY_REGION in ids:
        return tuple(regions)
    known = {region.id: region for region in regions}
    return tuple(known.get(i, Region(i, i, i)) for i in ids)
