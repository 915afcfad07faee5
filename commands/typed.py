"""What a person can ask for, each as one frozen value, and how it is typed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from commands.words.normal import escape


@dataclass(frozen=True)
class FormCommand:
    """Nothing after the command: the form."""


@dataclass(frozen=True)
class HelpCommand:
    """What the caller may do here."""


@dataclass(frozen=True)
class PermissionsCommand:
    """What holds in this channel."""


@dataclass(frozen=True)
class AuditVerifyCommand:
    """Check the audit trail's chain."""


@dataclass(frozen=True)
class CopyCommand:
    """Copy images; ids in lower case, in the order typed, each once.

    Attributes:
        source: a region's id, or None to look in the channel's source regions.
        reason: as typed, at most 500 characters; None when none was given (never with `emergency`).
    """

    images: tuple[str, ...]
    destinations: tuple[str, ...]
    source: str | None
    reason: str | None
    emergency: bool = False


@dataclass(frozen=True)
class WhyCommand:
    """What would happen if the same were asked as a copy."""

    images: tuple[str, ...]
    destinations: tuple[str, ...]
    source: str | None


@dataclass(frozen=True)
class HistoryCommand:
    """Past requests that pass every filter given.

    Attributes:
        everywhere: `all`: every channel that the asker administers.
        user: `U…` or `W…`.
        states: any of these, in the order of a request's life; empty for all.
    """

    mine: bool = False
    everywhere: bool = False
    user: str | None = None
    image: str | None = None
    region: str | None = None
    states: tuple[str, ...] = ()
    last: timedelta | None = None


@dataclass(frozen=True)
class StatusCommand:
    request_id: str


@dataclass(frozen=True)
class CancelCommand:
    request_id: str


@dataclass(frozen=True)
class RetryCommand:
    request_id: str


Right = Literal["request", "approve", "admin"]


@dataclass(frozen=True)
class GrantCommand:
    """Give a right, or take it back; `principal` is `U…`, `W…`, `S…` or `everyone`."""

    give: bool
    right: Right
    principal: str


@dataclass(frozen=True)
class PauseCommand:
    """Stop sending to the cloud, or go on."""

    pause: bool


Command = (
    FormCommand
    | HelpCommand
    | PermissionsCommand
    | AuditVerifyCommand
    | CopyCommand
    | WhyCommand
    | HistoryCommand
    | StatusCommand
    | CancelCommand
    | RetryCommand
    | GrantCommand
    | PauseCommand
)


def type_out(command: Command, *, chinese: bool = False) -> str:
    """What to type after `/copy-image ` to get this command; parsing it gives an equal one.

    Args:
        chinese: a copy in Chinese words; the other commands are typed the same.
    """
    match command:
        case CopyCommand() | WhyCommand():
            return _copy(command, in_chinese if chinese else str)
        case HistoryCommand():
            return _history(command)
        case StatusCommand() | CancelCommand() | RetryCommand():
            return f"{_VERBS[type(command)]} {command.request_id}"
        case GrantCommand():
            return f"{'grant' if command.give else 'revoke'} {_mention(command.principal)} {command.right}"
        case PauseCommand():
            return "pause" if command.pause else "resume"
        case _:
            return _VERBS[type(command)]


_VERBS: dict[type[Command], str] = {
    FormCommand: "",
    HelpCommand: "help",
    PermissionsCommand: "permissions",
    AuditVerifyCommand: "audit verify",
    StatusCommand: "status",
    CancelCommand: "cancel",
    RetryCommand: "retry",
}


_IN_CHINESE = {"why": "为什么", "emergency": "紧急", "from": "从", "to": "到", "because": "因为"}


def in_chinese(word: str) -> str:
    """What a word of a copy is in Chinese."""
    return _IN_CHINESE[word]


def is_chinese(word: str) -> bool:
    """Whether it is one of these."""
    return word in _IN_CHINESE.values()


def _copy(command: CopyCommand | WhyCommand, word: Callable[[str], str]) -> str:
    verb = "why" if isinstance(command, WhyCommand) else "emergency" if command.emergency else None
    parts = [word(verb)] if verb else []
    parts += command.images
    if command.source:
        parts += [word("from"), command.source]
    parts += [word("to"), ",".join(command.destinations)]
    if isinstance(command, CopyCommand) and command.reason:
        parts += [word("because"), escape(command.reason)]
    return " ".join(parts)


def _history(command: HistoryCommand) -> str:
    parts = ["history"]
    parts += ["mine"] if command.mine else []
    parts += ["all"] if command.everywhere else []
    parts += [_mention(command.user)] if command.user else []
    parts += [word for word in (command.image, command.region) if word]
    parts += _states(command.states)
    parts += [f"last {_duration(command.last)}"] if command.last else []
    return " ".join(parts)


def _states(states: tuple[str, ...]) -> list[str]:
    """The words for these states; `copying` is typed for two of them, as `vocabulary` says."""
    if "copying" not in states:
        return list(states)
    if "watching" in states:
        return [state for state in states if state != "watching"]
    return ["submitting" if state == "copying" else state for state in states]


def _duration(last: timedelta) -> str:
    seconds = int(last.total_seconds())
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def _mention(principal: str) -> str:
    if re.match("[UW]", principal):
        return f"<@{principal}>"
    return f"<!subteam^{principal}>" if principal.startswith("S") else principal
