"""The messages that ask people to approve, remind them, or tell them that nobody was asked."""

from collections.abc import Sequence
from typing import Any

from commands import names
from commands.clouds.cloud import Region
from commands.rule import load
from commands.snapshot import Snapshot
from commands.text import Code, Language, Line, Mention, Message, Text, When
from commands.view.approvers import able, is_short, shortage
from commands.view.part import Part
from commands.view.words import duration_words
from store.lifecycle import State
from store.tables import Request

_ASK = Text(
    "{people} 请审批：{who} 申请将 {count} 个镜像复制到 {regions}",
    "{people}, please review: {who} asks to copy {count:image} to {regions}",
)
_EMERGENCY = Text(
    "{people} 请知悉：{who} 未经批准紧急将 {count} 个镜像复制到 {regions}，原因：{reason}",
    "{people}, for your information: {who} copies {count:image} to {regions} in an emergency, without approval: {reason}",
)
_CHANGED = Text(
    "此申请获批后内容有变化，之前的批准作废，请重新审批：",
    "This request has changed since it was approved. Earlier approvals are void; please review it again:",
)
_CHANGED_FACT = Text("{image} 的{fact}：{before} → {after}", "{image}, {fact}: {before} → {after}")
_CHANGED_APPROVER = Text("{who} 已没有审批权限", "{who} may no longer approve")
_CHANGED_COPY = Text(
    "{image} 之前在 {region} 的副本 {copy} 已不存在，因此也要复制",
    "The earlier copy {copy} of {image} in {region} is gone, so it is to be copied too",
)
_CHANGED_COUNT = Text(
    "现在需要 {after} 人批准，之前只有 {before} 人", "Now {after} approvals are needed; there were {before}"
)
_CHANGED_CONFIRM = Text(
    "批准时现在须键入目标地域：{regions}", "Approving now takes typing the destination: {regions}"
)
_FACTS = {
    "name": Text("名称", "name"),
    "created_at": Text("创建时间", "created"),
    "size_gb": Text("大小（GB）", "size (GB)"),
    "snapshot_ids": Text("快照", "snapshots"),
    "encrypted": Text("加密", "encrypted"),
}
_REMINDER_SHORT = Text(
    "提醒：此申请已等待 {waited}，{at} 失效",
    "Reminder: this request has been waiting for {waited} and expires {at}.",
)
_REMINDER = Text(
    "提醒：此申请已等待 {waited}，还需 {count} 人批准：{people}（{at} 失效）",
    "Reminder: this request has been waiting for {waited}. {count:more approval} needed from {people} (expires {at})",
)


def emergency(seen: Snapshot, regions: Sequence[Region], language: Language) -> list[Part]:
    """Tells all approvers, or the administrators where there are none, once it has started."""
    request = seen.request
    rule = load(request.rule)
    people = [p for p in rule.approve or rule.admin if p != request.requester]
    goes_on = request.approved_at is not None and request.state is not State.INVALID
    if not request.emergency or not goes_on or not people:
        return []
    told = _EMERGENCY.line(
        language,
        people=names.people(people, language),
        who=Mention(request.requester),
        count=len(request.images),
        regions=names.region_list(regions, request.destinations, language),
        reason=" ".join((request.reason or "").split()),
    )
    return [Part("emergency", Message((told,)), fixed=True)]


def approvals(seen: Snapshot, regions: Sequence[Region], language: Language) -> list[Part]:
    """Asks the approvers once per round, those again whom a change has made approvers since; or whom to ask for some."""
    request = seen.request
    if request.waiting_since is None or request.state is not State.WAITING:
        return []
    lost = {change["before"] for change in request.changes if change["key"] == "approver"}
    likely = [p for p in able(seen) if p not in lost]
    asked = seen.audience.asked if seen.audience is not None else [likely]
    parts = []
    for number, principals in enumerate(asked, 1):
        people = [p for p in principals if p in able(seen)]
        if people and number == 1:
            parts.append(_first_ask(request, people, regions, language))
        elif people:
            ask = _ask(request, people, regions, language)
            parts.append(Part(f"asked-{_numbered(request, number)}", Message((ask,)), fixed=True))
    if seen.audience is not None and seen.audience.short:
        name = f"shortage-{_numbered(request, seen.audience.shortages)}"
        parts.append(Part(name, Message(tuple(shortage(seen, language))), fixed=True))
    return parts


def _first_ask(
    request: Request, people: Sequence[str], regions: Sequence[Region], language: Language
) -> Part:
    ask = _ask(request, people, regions, language)
    if request.round == 1:
        return Part("approval", Message((ask,)), fixed=True)
    changes = [_change(change, language) for change in request.changes]
    message = Message((_CHANGED.line(language), *changes, ask))
    return Part(f"approval-{request.round}", message, fixed=True)


def _ask(request: Request, people: Sequence[str], regions: Sequence[Region], language: Language) -> Line:
    return _ASK.line(
        language,
        people=names.people(people, language),
        who=Mention(request.requester),
        count=len(request.images),
        regions=names.region_list(regions, request.destinations, language),
    )


def _numbered(request: Request, number: int) -> str:
    return f"{number}" if request.round == 1 else f"{request.round}-{number}"


def _change(change: dict[str, Any], language: Language) -> Line:
    if change["key"] == "approver":
        return _CHANGED_APPROVER.line(language, who=Mention(change["before"]))
    if change["key"] == "copy":
        copy, image = Code(change["before"]), Code(change["image"])
        return _CHANGED_COPY.line(language, copy=copy, image=image, region=Code(change["destination"]))
    if change["key"] == "approvals":
        return _CHANGED_COUNT.line(language, before=change["before"], after=change["after"])
    if change["key"] == "confirm_regions":
        return _CHANGED_CONFIRM.line(language, regions=names.codes(language, change["after"]))
    fact = _FACTS[change["key"]].say(language)
    before, after = Code(_plain(change["before"])), Code(_plain(change["after"]))
    return _CHANGED_FACT.line(language, image=Code(change["image"]), fact=fact, before=before, after=after)


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def reminders(seen: Snapshot, language: Language) -> list[Part]:
    """The newest reminder only: the earlier ones are posted already, or came too late to matter."""
    request = seen.request
    if request.state is not State.WAITING or not request.reminders or not request.waiting_since:
        return []
    waited = load(request.rule).remind * 2 ** (request.reminders - 1)
    values: dict[str, Any] = {
        "waited": duration_words(waited, language),
        "at": When(request.expires_at or request.created_at),
    }
    if is_short(seen):
        lines = [_REMINDER_SHORT.line(language, **values), *shortage(seen, language)]
    else:
        count = request.approvals_needed - len(seen.approvers)
        people = names.some_of(able(seen), count, language)
        lines = [_REMINDER.line(language, count=count, people=people, **values)]
    return [Part(f"reminder-{_numbered(request, request.reminders)}", Message(tuple(lines)), fixed=True)]
