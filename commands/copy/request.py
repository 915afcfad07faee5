"""`/copy-image IMAGE… to REGION`: judge, remember, answer; everything else happens afterwards."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

from commands import confirm, names
from commands.current import rule_of
from commands.permissions import Standing, Verdict, Wish, may_request
from commands.ports import Caller, Ports
from commands.rule import ANY_REGION, Rule
from commands.text import Code, Language, Message, Text
from commands.typed import CopyCommand
from commands.view.stand import name, stands
from commands.who import standing
from commands.whom import refused
from store import flags, history, requests
from store.database import Transaction
from store.tables import Request

_ACCEPTED = Text("已受理，编号 {id}", "Accepted as {id}")
_WHILE_PAUSED = Text(
    "目前已暂停向京东云提交：恢复后才会复制",
    "Sending to JD Cloud is paused: nothing is copied until it is resumed.",
)
_REPEATED = Text("此命令已受理过，编号 {id}", "This was accepted before, as {id}")
_EMERGENCY_AGAIN = Text(
    "这仍是紧急复制：无需批准，会通知所有审批人",
    "This is an emergency copy again: no approval is needed, and all approvers are told.",
)
_ORDINARY = Text(
    "这是普通申请，不再是紧急复制：您在此频道不能使用紧急复制（规则 emergency）",
    "This is an ordinary request, no longer an emergency: you may not start emergency copies in this channel "
    "(rule: emergency).",
)
_OPEN = Text(
    "{id} 已申请将其中的镜像复制到同一地域，尚未结束，因此没有新建申请。",
    "{id} asks for one of these images in the same region and is still open, so no new request was made.",
)
_OPEN_NOW = Text(
    "{id} 已申请将其中的镜像复制到同一地域，尚未结束；现在提交不会新建申请。",
    "{id} asks for one of these images in the same region and is still open; asking now would make no new request.",
)
_OPEN_SAME_CHANNEL = Text(
    "该申请的状态：{state}。可用 {command} 查看进展。",
    "Its state: {state}. See how it stands with {command}",
)
_INVITE = Text("请先将我加入此频道：{command}", "Please invite me to this channel first: {command}")
_DIRECT = Text(
    "请在频道中申请复制：权限按频道设置。私信中可用 {commands}。",
    "Ask for copies in a channel: permissions belong to channels. Here you can use {commands}.",
)


@dataclass(frozen=True)
class Origin:
    """Where a request comes from when a button made it: its parent and the button.

    Attributes:
        again: to be copied although it was before.
        emergency: the parent is one.
    """

    parent_id: str | None = None
    action: str | None = None
    again: bool = False
    emergency: bool = False


@dataclass(frozen=True)
class Asked:
    """What came of asking.

    Attributes:
        made: the request stands, made now or by the same delivery before.
        verdict: why it was refused, where a rule did that.
        confirm: regions whose ids are to be typed first.
    """

    message: Message
    made: bool = False
    verdict: Verdict | None = None
    confirm: tuple[str, ...] = ()


async def copy(ports: Ports, caller: Caller, command: CopyCommand, origin: Origin | None = None) -> Message:
    """Make the request if this person may, and say which id it has, or why there is none.

    Raises:
        UnknowableError, DatabaseError: as `ask`.
    """
    return (await ask(ports, caller, command, origin)).message


async def ask(
    ports: Ports, caller: Caller, command: CopyCommand, origin: Origin | None = None, typed: str = ""
) -> Asked:
    """Make the request if this person may; an emergency, where the rule says so, after typing the regions.

    Args:
        typed: the regions' ids, which nobody else will be asked to type.

    Raises:
        UnknowableError: Slack did not say in time who the caller is.
        DatabaseError: nothing was made, unless `uncertain`.
    """
    if caller.in_direct_message and origin is None:
        return Asked(direct(caller))
    rule = await ports.db.read(lambda tx: rule_of(tx, caller))
    who, is_bot_in = await asyncio.gather(
        standing(ports, caller, rule.groups() if rule else ()),
        ports.people.is_bot_in(caller.team, caller.channel),
    )
    if is_bot_in is False:
        return Asked(invite(caller.language))
    asked = await ports.db.run(lambda tx: _make(tx, ports, caller, command, who, origin or Origin(), typed))
    ports.wake()
    if asked.verdict is not None:
        return replace(asked, message=await refused(ports, caller, asked.verdict))
    return asked


def invite(language: Language) -> Message:
    """What to do before anything can be posted in the channel."""
    return Message((_INVITE.line(language, command=Code("/invite @copy-image")),))


def direct(caller: Caller) -> Message:
    """Why nothing can be asked for in a direct message."""
    commands = names.codes(caller.language, ["history mine", "status ID", "help"])
    return Message((_DIRECT.line(caller.language, commands=commands),))


def _make(
    tx: Transaction,
    ports: Ports,
    caller: Caller,
    command: CopyCommand,
    who: Standing,
    origin: Origin,
    typed: str,
) -> Asked:
    """Judge again inside the transaction that makes the request: the rule may have changed meanwhile."""
    requests.one_at_a_time(tx, caller.team, caller.user)
    rule = rule_of(tx, caller)
    verdict = judge(tx, ports, caller, command, who)
    request = draft(ports, caller, command, rule, origin)
    repeated = requests.find_repeated(tx, request)
    if repeated is not None:
        return Asked(_accepted_before(caller, repeated.id), made=True)
    if rule is None or not verdict.allowed:
        return Asked(Message(()), verdict=verdict)  # put into words once nobody waits for this transaction
    regions = confirm.to_type(rule, command.destinations) if command.emergency else ()
    if regions and not confirm.is_typed(typed, regions):
        return Asked(Message((confirm.to_be_typed(regions, caller.language),)), confirm=regions)
    added = requests.add(tx, request)
    if added.blocking is not None:
        return Asked(blocked(tx, added.blocking, caller))
    if added.repeated and added.request is not None:  # the same delivery, handled at the same moment
        return Asked(_accepted_before(caller, added.request.id), made=True)
    if origin.parent_id is not None:
        requests.change(tx, origin.parent_id, at=ports.now())  # its card loses the button
    return Asked(_accepted(caller, request, origin, paused=flags.paused(tx)), made=True)


def _accepted(caller: Caller, request: Request, origin: Origin, *, paused: bool) -> Message:
    """What follows an emergency says whether it is one too."""
    lines = [_ACCEPTED.line(caller.language, id=Code(request.id))]
    if origin.emergency:
        lines.append((_EMERGENCY_AGAIN if request.emergency else _ORDINARY).line(caller.language))
    if paused:
        lines.append(_WHILE_PAUSED.line(caller.language))
    return Message(tuple(lines))


def _accepted_before(caller: Caller, request_id: str) -> Message:
    return Message((_REPEATED.line(caller.language, id=Code(request_id)),))


def judge(tx: Transaction, ports: Ports, caller: Caller, command: CopyCommand, who: Standing) -> Verdict:
    """The verdict on a wish by the rule that holds now; several possible sources are judged in the checks."""
    rule = rule_of(tx, caller)
    sources = candidates(rule, command.source, ports) if rule else []
    day_ago = ports.now() - timedelta(days=1)
    wish = Wish(
        images=command.images,
        destinations=command.destinations,
        source=sources[0] if len(sources) == 1 else None,
        reason=command.reason,
        emergency=command.emergency,
        asked_today=history.images_asked_since(tx, caller.team, caller.channel, caller.user, day_ago),
        open_requests=history.open_requests_of(tx, caller.team, caller.user),
    )
    return may_request(rule, who, wish, ports.admins)


def candidates(rule: Rule, source: str | None, ports: Ports) -> list[str]:
    """The regions where the images may be, the likeliest first."""
    if source is not None:
        return [source]
    if ANY_REGION in rule.source_regions:
        return [region.id for region in ports.regions]
    return list(rule.source_regions)


def draft(ports: Ports, caller: Caller, command: CopyCommand, rule: Rule | None, origin: Origin) -> Request:
    """The request as it would be remembered; not in the store yet."""
    now = ports.now()
    rule = rule or Rule()
    sources = candidates(rule, command.source, ports)
    return Request(
        id=ports.new_id(),
        team=caller.team,
        channel=caller.channel,
        requester=caller.user,
        delivery=caller.delivery,
        parent_id=origin.parent_id,
        parent_action=origin.action,
        source_region=sources[0] if len(sources) == 1 else None,
        source_candidates=sources,
        destinations=list(command.destinations),
        images=list(command.images),
        reason=command.reason,
        language=rule.language,
        again=origin.again,
        emergency=command.emergency,
        rule=rule.dump(),
        approvals_needed=0 if command.emergency else rule.approvals,
        created_at=now,
        show_at=now,
    )


def blocked(tx: Transaction, blocking: Request, caller: Caller, *, asked: bool = True) -> Message:
    """Why no request is made (or, not `asked` yet, would be) while another one wants one of its images there."""
    text = _OPEN if asked else _OPEN_NOW
    lines = [text.line(caller.language, id=Code(blocking.id))]
    if (blocking.team, blocking.channel) == (caller.team, caller.channel):
        stand = stands(blocking, requests.calls(tx, blocking.id), requests.copies(tx, blocking.id))
        state, command = name(stand, caller.language), Code(f"/copy-image status {blocking.id}")
        lines.append(_OPEN_SAME_CHANNEL.line(caller.language, state=state, command=command))
    return Message(tuple(lines))
