"""Every verb, one line each: a typed command and what carries it out."""

from collections.abc import Awaitable, Callable
from typing import Any

from commands import decide, grants, help, history, pause, status, trail, why  # noqa: A004 - the verb is called help
from commands.copy.follow import follow
from commands.copy.request import copy
from commands.ports import Caller, Ports
from commands.text import Message
from commands.typed import (
    AuditVerifyCommand,
    CancelCommand,
    CopyCommand,
    GrantCommand,
    HelpCommand,
    HistoryCommand,
    PauseCommand,
    PermissionsCommand,
    RetryCommand,
    StatusCommand,
    WhyCommand,
)

Handler = Callable[[Ports, Caller, Any], Awaitable[Message]]


async def _cancel(ports: Ports, caller: Caller, command: CancelCommand) -> Message:
    return (await decide.cancel(ports, caller, command.request_id)).message


async def _retry(ports: Ports, caller: Caller, command: RetryCommand) -> Message:
    return await follow(ports, caller, command.request_id, "retry")


async def _help(ports: Ports, caller: Caller, _command: HelpCommand) -> Message:
    return await help.show(ports, caller)


HANDLERS: dict[type, Handler] = {
    CopyCommand: copy,
    HistoryCommand: history.show,
    StatusCommand: status.show,
    CancelCommand: _cancel,
    RetryCommand: _retry,
    PermissionsCommand: grants.show,
    GrantCommand: grants.grant,
    WhyCommand: why.why,
    PauseCommand: pause.pause,
    AuditVerifyCommand: trail.verify,
    HelpCommand: _help,
}


async def carry_out(ports: Ports, caller: Caller, command: Any) -> Message:
    """Do what was asked, and give the answer for the one who asked; a form is opened by the edge instead.

    Raises:
        UnknowableError, DatabaseError: nothing was done (unless the latter is `uncertain`).
    """
    return await HANDLERS[type(command)](ports, caller, command)
