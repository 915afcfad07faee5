"""How a request stands, where its state alone would say too much or too little: what is in doubt, its mark, its name."""

from collections.abc import Sequence
from enum import StrEnum

from commands.states import MARKS, NAMES
from commands.text import Language, Text
from store.lifecycle import CallState, CopyState, State
from store.tables import Call, Copy, Request


class Special(StrEnum):
    """What a person is told apart although it is one state."""

    IN_DOUBT = "in_doubt"  # copying, and of a call it isn't known yet whether it has begun
    PRESENT = "present"  # invalid, since everything has been copied before


_MARKS = {Special.IN_DOUBT: "⚠️", Special.PRESENT: "ℹ️"}
_NAMES = {
    Special.IN_DOUBT: Text("确认中", "Checking the outcome"),
    Special.PRESENT: Text("已有副本", "Copied before"),
}


def stands(request: Request, calls: Sequence[Call], copies: Sequence[Copy]) -> State | Special:
    """How the request is shown to stand; once a copy runs and nothing is in doubt, it is copying."""
    if request.state is State.INVALID and request.outcome.get("reason") == "present":
        return Special.PRESENT
    if request.state is not State.COPYING:
        return request.state
    if in_doubt(calls):
        return Special.IN_DOUBT
    running = any(copy.state is CopyState.RUNNING and copy.new_image_id for copy in copies)
    return State.WATCHING if running else State.COPYING


def in_doubt(calls: Sequence[Call]) -> list[Call]:
    """The calls that may have begun: sent, and not answered with anything certain."""
    return [call for call in calls if call.state is CallState.SETTLING and call.unresolved]


def mark(stand: State | Special) -> str:
    """At the start of a line that says how a request stands."""
    return _MARKS[stand] if isinstance(stand, Special) else MARKS[stand]


def name(stand: State | Special, language: Language) -> str:
    """In a sentence."""
    text = _NAMES[stand] if isinstance(stand, Special) else NAMES[stand]
    return text.zh if language == "zh" else text.en
