"""Input blocks of modals, and what was entered in them; every input's action is `value`. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from commands.text import Language, Text

Block = dict[str, Any]
Option = tuple[str, str]
"""What is chosen, and how it is called."""

LONGEST_TEXT = 3_000
"""What a text input takes."""
MOST_OPTIONS = 100

_LONGEST_LABEL = 75
_VALUES = {
    "plain_text_input": "value",
    "static_select": "selected_option",
    "multi_static_select": "selected_options",
    "multi_users_select": "selected_users",
}


@dataclass(frozen=True)
class Field:
    """What all inputs have: where they are, what they are called, whether they may stay empty."""

    block: str
    label: Text
    hint: Text | None = None
    optional: bool = False


def text_input(field: Field, language: Language, *, initial: str = "", multiline: bool = False) -> Block:
    element: Block = {"type": "plain_text_input", "multiline": multiline, "max_length": LONGEST_TEXT}
    return _input(field, language, element | ({"initial_value": initial} if initial else {}))


def people_input(field: Field, language: Language, *, initial: Sequence[str]) -> Block:
    element: Block = {"type": "multi_users_select"}
    return _input(field, language, element | ({"initial_users": list(initial)} if initial else {}))


def choice_input(
    field: Field, language: Language, options: Sequence[Option], *, initial: str | None = None
) -> Block:
    """One of up to a hundred options; `initial` is one of theirs."""
    offered = {value: _option(value, label) for value, label in options[:MOST_OPTIONS]}
    element: Block = {"type": "static_select", "options": list(offered.values())}
    chosen = {"initial_option": offered[initial]} if initial in offered else {}
    return _input(field, language, element | chosen)


def choices_input(
    field: Field, language: Language, options: Sequence[Option], *, initial: Sequence[str] = ()
) -> Block:
    """Any of up to a hundred options; `initial` are theirs, in the order in which they were chosen."""
    offered = {value: _option(value, label) for value, label in options[:MOST_OPTIONS]}
    chosen = [offered[value] for value in initial if value in offered]
    element: Block = {"type": "multi_static_select", "options": list(offered.values())}
    return _input(field, language, element | ({"initial_options": chosen} if chosen else {}))


def plain_text(text: Text, language: Language) -> Block:
    return {"type": "plain_text", "text": getattr(text, language)}


def entered(view: dict[str, Any]) -> dict[str, str | list[str] | None]:
    """Block → what was entered: text or a chosen value (None: nothing), or a list of those."""
    values: dict[str, dict[str, Any]] = view.get("state", {}).get("values", {})
    return {block: _entered(inputs.get("value") or {}) for block, inputs in values.items()}


def _entered(element: dict[str, Any]) -> str | list[str] | None:
    told = element.get(_VALUES.get(str(element.get("type")), "value"))
    if isinstance(told, list):
        return [_chosen(one) for one in told]
    return None if told is None else _chosen(told)


def _chosen(told: Any) -> str:
    return str(told["value"] if isinstance(told, dict) else told)


def _option(value: str, label: str) -> Block:
    return {"text": {"type": "plain_text", "text": label[:_LONGEST_LABEL]}, "value": value}


def _input(field: Field, language: Language, element: Block) -> Block:
    block: Block = {
        "type": "input",
        "block_id": field.block,
        "label": plain_text(field.label, language),
        "element": {**element, "action_id": "value"},
        "optional": field.optional,
    }
    return block | ({"hint": plain_text(field.hint, language)} if field.hint else {})
