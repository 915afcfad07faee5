"""`/copy-image status ID`: how one request stands, in the asker's language."""

from commands import refusals
from commands.current import rule_of
from commands.decide import NOT_FOUND
from commands.permissions import may_look
from commands.ports import Caller, Ports
from commands.rule import Rule
from commands.snapshot import Snapshot, take
from commands.states import state_name
from commands.text import Line, Message, Text
from commands.typed import StatusCommand
from commands.view.card import card
from commands.view.outcome import outcome
from commands.view.thread import arrow, problem_lines, settled
from commands.who import standing
from store.database import Transaction

_STATE = Text("状态：{state}", "State: {state}")


async def show(ports: Ports, caller: Caller, command: StatusCommand) -> Message:
    """In the request's channel, or in a direct message for its requester."""
    seen, rule = await ports.db.read(lambda tx: _read(tx, command.request_id, caller))
    who = await standing(ports, caller, rule.groups() if rule else ())
    if seen is None:
        return Message((NOT_FOUND.line(caller.language),))
    verdict = may_look(rule, who, ports.admins, own=caller.user == seen.request.requester)
    if not verdict.allowed:
        return refusals.refusal(verdict, caller.language, ports.regions)
    return Message(tuple(_lines(seen, ports, caller)))


def _read(tx: Transaction, request_id: str, caller: Caller) -> tuple[Snapshot | None, Rule | None]:
    seen = take(tx, request_id)
    if seen is None or seen.request.team != caller.team:
        return None, None
    request = seen.request
    mine = caller.in_direct_message and caller.user == request.requester
    if caller.channel != request.channel and not mine:
        return None, None
    return seen, rule_of(tx, request)


def _lines(seen: Snapshot, ports: Ports, caller: Caller) -> list[Line]:
    language = caller.language
    lines = [
        *card(seen, ports.regions, language).lines,
        _STATE.line(language, state=state_name(seen.request.state, language)),
    ]
    errors = [p for p in seen.problems if p.kind != "question"]
    if errors:
        lines += problem_lines(seen.request, errors[-1], ports.regions, language)
        lines += settled(seen, errors[-1], language)
    last = outcome(seen, ports.regions, language)
    if last is not None and seen.copies:
        return lines + [line for line in last.lines[1:] if line not in lines]
    return lines + [arrow(copy) for copy in seen.copies if copy.new_image_id]
