"""What a person enters in a view: its `state.values`, and what Slack's own window asks for before sending."""

from dataclasses import dataclass
from typing import Any

from bot.demo.slack.wire import Json
from commands.text import Text

_REQUIRED = Text("请填写此必填字段。", "Please complete this required field.")
_TOO_LONG = Text("最多 {limit} 个字符。", "Must be at most {limit} characters.")
_TOO_SHORT = Text("至少 {limit} 个字符。", "Must be at least {limit} characters.")

Entered = str | list[str]


@dataclass(frozen=True)
class Kind:
    """How one kind of input tells its value: under `key`, first from `initial`, as one or `many`."""

    key: str
    initial: str
    many: bool = False
    options: bool = False


KINDS = {
    "plain_text_input": Kind("value", "initial_value"),
    "number_input": Kind("value", "initial_value"),
    "email_text_input": Kind("value", "initial_value"),
    "url_text_input": Kind("value", "initial_value"),
    "static_select": Kind("selected_option", "initial_option", options=True),
    "radio_buttons": Kind("selected_option", "initial_option", options=True),
    "multi_static_select": Kind("selected_options", "initial_options", many=True, options=True),
    "checkboxes": Kind("selected_options", "initial_options", many=True, options=True),
    "users_select": Kind("selected_user", "initial_user"),
    "channels_select": Kind("selected_channel", "initial_channel"),
    "conversations_select": Kind("selected_conversation", "initial_conversation"),
    "multi_users_select": Kind("selected_users", "initial_users", many=True),
    "multi_channels_select": Kind("selected_channels", "initial_channels", many=True),
    "multi_conversations_select": Kind("selected_conversations", "initial_conversations", many=True),
    "datepicker": Kind("selected_date", "initial_date"),
    "timepicker": Kind("selected_time", "initial_time"),
}


def initial_state(blocks: list[Json]) -> Json:
    """The values of a view's inputs before anybody has touched it."""
    return {block["block_id"]: values for block in blocks if (values := _values(block))}


def entered_state(view: Json, entered: dict[str, Entered]) -> Json:
    """The values of a view's inputs once `entered`, by block id, was typed and chosen.

    Raises:
        KeyError: the view has no such input, or the input no such option.
    """
    state = {block_id: dict(values) for block_id, values in view["state"]["values"].items()}
    inputs = {block["block_id"]: block for block in view["blocks"] if block["block_id"] in state}
    for block_id, value in entered.items():
        element = _elements(inputs[block_id])[0]
        state[block_id][element["action_id"]] = entered_value(element, value)
    return state


def missing(view: Json, state: Json, locale: str) -> dict[str, str]:
    """What Slack's window objects to, by block id, in the person's language, without asking the app."""
    words: dict[str, str] = {}
    for block in view["blocks"]:
        if block["type"] == "input" and block["block_id"] in state:
            element = _elements(block)[0]
            value = state[block["block_id"]][element["action_id"]][KINDS[element["type"]].key]
            said = _objection(element, value, locale) if value or not block.get("optional") else None
            words |= {block["block_id"]: said} if said else {}
    return words


def entered_value(element: Json, value: Entered) -> Json:
    """One input's part of `state.values`, and the like of an action in a message."""
    kind = KINDS[element["type"]]
    wanted = [value] if isinstance(value, str) else value
    chosen: list[Any] = [option_of(element, one) for one in wanted if one] if kind.options else wanted
    one = chosen[0] if chosen and chosen[0] != "" else None
    return {"type": element["type"], kind.key: chosen if kind.many else one}


def option_of(element: Json, value: str) -> Json:
    """The option with this value.

    Raises:
        KeyError: there is none.
    """
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    for group in groups:
        for option in group["options"]:
            if option["value"] == value:
                return dict(option)
    raise KeyError(f"{value!r} is no option of {element.get('action_id')!r}")


def _elements(block: Json) -> list[Json]:
    if block["type"] == "input":
        return [block["element"]]
    return block.get("elements", []) if block["type"] == "actions" else [block.get("accessory", {})]


def _values(block: Json) -> Json:
    values: Json = {}
    if block["type"] in {"input", "actions", "section"}:
        for element in _elements(block):
            if kind := KINDS.get(element.get("type", "")):
                element.setdefault("action_id", f"{block['block_id']}-action")
                value = element.get(kind.initial, [] if kind.many else None)
                values[element["action_id"]] = {"type": element["type"], kind.key: value}
    return values


def _objection(element: Json, value: Any, locale: str) -> str | None:
    most, least = element.get("max_length", 3000), element.get("min_length", 0)
    if not value:
        return _said(_REQUIRED, locale)
    if isinstance(value, str) and len(value) > most:
        return _said(_TOO_LONG, locale, limit=most)
    if isinstance(value, str) and len(value) < least:
        return _said(_TOO_SHORT, locale, limit=least)
    return None


def _said(text: Text, locale: str, **values: int) -> str:
    return (text.zh if locale.startswith("zh") else text.en).format_map(values)
