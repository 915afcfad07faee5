"""Every verb, one line each: a typed command and what carries it out."""

from collections.abc import Awaitable, Callable
from typing import Any

from commands import decide, help, history, pause, status  # noqa: A004 - the verb is called help
from commands.copy.follow import follow
from commands.copy.request import copy
from commands.ports import Caller, Ports
from commands.text import Message, Text
from commands.typed import (
    CancelCommand,
    CopyCommand,
    HelpCommand,
    HistoryCommand,
    PauseCommand,
    RetryCommand,
    StatusCommand,
)

Handler = Callable[[Ports, Caller, Any], Awaitable[Message]]

_NOT_YET = Text(
    "此命令尚未提供。可用的命令：/copy-image help",
    "This command is not available yet. What is: /copy-image help",
)


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
    PauseCommand: pause.pause,
    HelpCommand: _help,
}


async def carry_out(ports: Ports, caller: Caller, command: Any) -> Message:
    """Do what was asked, and give the answer for the one who asked.

    Raises:
        UnknowableError, DatabaseError: nothing was done (unless the latter is `uncertain`).
    """
    handler = HANDLERS.get(type(command))
    if handler is None:
        return Message((_NOT_YET.line(caller.language),))
    return await handler(ports, caller, command)
