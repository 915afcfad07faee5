"""`/copy-image status ID`: how one request stands, in the asker's language."""

from commands.current import rule_of
from commands.decide import NOT_FOUND
from commands.permissions import may_look
from commands.ports import Caller, Ports
from commands.rule import Rule
from commands.snapshot import Snapshot, take
from commands.text import Line, Message, Text
from commands.typed import StatusCommand
from commands.view.card import card
from commands.view.held import WOULD_WAIT
from commands.view.outcome import each, outcome
from commands.view.problems import problem_lines
from commands.view.stand import name, stands
from commands.view.thread import arrow
from commands.who import standing
from commands.whom import refused
from store import flags
from store.database import Transaction
from store.lifecycle import State

_STATE = Text("状态：{state}", "State: {state}")


async def show(ports: Ports, caller: Caller, command: StatusCommand) -> Message:
    """In the request's channel, or in a direct message for its requester."""
    seen, rule, paused = await ports.db.read(lambda tx: _read(tx, command.request_id, caller))
    who = await standing(ports, caller, rule.groups() if rule else ())
    if seen is None:
        return Message((NOT_FOUND.line(caller.language),))
    verdict = may_look(rule, who, ports.admins, own=caller.user == seen.request.requester)
    if not verdict.allowed:
        return await refused(ports, caller, verdict)
    return Message(tuple(_lines(seen, ports, caller, paused=paused)))


def _read(tx: Transaction, request_id: str, caller: Caller) -> tuple[Snapshot | None, Rule | None, bool]:
    seen, paused = take(tx, request_id), flags.paused(tx)
    if seen is None or seen.request.team != caller.team:
        return None, None, paused
    request = seen.request
    mine = caller.in_direct_message and caller.user == request.requester
    if caller.channel != request.channel and not mine:
        return None, None, paused
    return seen, rule_of(tx, request), paused


def _lines(seen: Snapshot, ports: Ports, caller: Caller, *, paused: bool) -> list[Line]:
    language = caller.language
    lines = [
        *card(seen, ports.regions, language).lines,
        _STATE.line(language, state=name(stands(seen.request, seen.calls, seen.copies), language)),
    ]
    if paused and seen.request.state in {State.CHECKING, State.WAITING}:
        lines.append(WOULD_WAIT.line(language))
    errors = [p for p in seen.problems if p.kind != "question"]
    if errors:
        lines += problem_lines(seen, errors[-1], ports.regions, language)
    last = outcome(seen, ports.regions, language)
    if last is not None and seen.copies:
        more = each(seen, ports.regions, language) or last.lines[1:]
        return lines + [line for line in more if line not in lines]
    return lines + [arrow(copy) for copy in seen.copies if copy.new_image_id]
