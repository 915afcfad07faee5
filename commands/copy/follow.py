"""Retry, ask again, copy again, the rest: an ended request followed by another, once per button."""

from dataclasses import replace

from commands.copy.request import Asked, Origin, ask
from commands.current import rule_of
from commands.decide import NOT_FOUND
from commands.permissions import may_ask, may_start_emergency
from commands.ports import Caller, Ports
from commands.rule import Rule
from commands.snapshot import Snapshot, take
from commands.text import Code, Message, Text
from commands.typed import CopyCommand
from commands.view.card import after
from commands.who import standing
from commands.whom import refused
from store.database import Transaction
from store.lifecycle import CopyState

_NOT_NOW = Text("{id} 现在不能这样操作", "This can't be done with {id} now")
_NOTHING_FAILED = Text(
    "{id} 没有需要重试的镜像：只有失败或部分完成的申请可以重试",
    "{id} has nothing to retry: only requests that failed, or partly, have",
)


async def follow(ports: Ports, caller: Caller, request_id: str, action: str) -> Message:
    """As `ask_again`, without typing anything: what there is to say.

    Raises:
        UnknowableError, DatabaseError: as `ask`.
    """
    return (await ask_again(ports, caller, request_id, action)).message


async def ask_again(ports: Ports, caller: Caller, request_id: str, action: str, typed: str = "") -> Asked:
    """Make the request that the button `action` of an ended request stands for, in its channel, by its presser.

    What follows an emergency is one too if its presser may start one. Who may ask for nothing there is told so,
    and nothing of the request.

    Args:
        typed: the regions' ids, which an emergency's starter may have to type.

    Raises:
        UnknowableError, DatabaseError: as `ask`.
    """
    seen, rule = await ports.db.read(lambda tx: _read(tx, request_id))
    if seen is None or not _in_place(seen, caller):
        return Asked(Message((NOT_FOUND.line(caller.language),)))
    who = await standing(ports, caller, rule.groups() if rule else ())
    emergency = seen.request.emergency and rule is not None and may_start_emergency(rule, who)
    verdict = may_ask(rule, who, ports.admins)
    if not verdict.allowed and not emergency:
        return Asked(await refused(ports, caller, verdict), verdict=verdict)
    if action not in after(seen.request):
        text = _NOTHING_FAILED if action == "retry" else _NOT_NOW
        return Asked(Message((text.line(caller.language, id=Code(request_id)),)))
    command = replace(_command(seen, action), emergency=emergency)
    origin = Origin(request_id, action, again=action == "copy_again", emergency=seen.request.emergency)
    here = replace(caller, channel=seen.request.channel)
    return await ask(ports, here, command, origin, typed)


def _read(tx: Transaction, request_id: str) -> tuple[Snapshot | None, Rule | None]:
    seen = take(tx, request_id)
    return seen, rule_of(tx, seen.request) if seen else None


def _in_place(seen: Snapshot, caller: Caller) -> bool:
    request = seen.request
    if request.team != caller.team:
        return False
    return caller.channel == request.channel or (
        caller.in_direct_message and caller.user == request.requester
    )


def _command(seen: Snapshot, action: str) -> CopyCommand:
    """The same again, or the part of it that the button names."""
    request = seen.request
    images, destinations = list(request.images), list(request.destinations)
    if action == "retry":
        failed = seen.in_state(CopyState.FAILED, CopyState.NOT_SENT)
        images = [i for i in images if any(c.image_id == i for c in failed)]
        destinations = [d for d in destinations if any(c.destination == d for c in failed)]
    elif action == "copy_rest":
        images = [i for i in images if i not in request.outcome["wrong"]]
    named = request.source_region if len(request.source_candidates) == 1 or action == "retry" else None
    return CopyCommand(tuple(images), tuple(destinations), named, request.reason)
