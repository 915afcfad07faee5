"""Interactive elements and text objects of Block Kit, with the limits Slack documents for them."""

from typing import Any

from bot.demo.slack.checkers import (
    Checker,
    anything,
    array,
    boolean,
    integer,
    one_of,
    shape,
    string,
    tagged,
    wrong,
)


def text(most: int, *, plain: bool = False) -> Checker:
    """A text object of at most so many characters; `plain`: no mrkdwn."""
    kinds = {"plain_text": shape({"text": string(most)}, {"emoji": boolean})}
    if not plain:
        kinds["mrkdwn"] = shape({"text": string(most)}, {"verbatim": boolean})
    return tagged(kinds)


STYLE = one_of("primary", "danger")
PLACEHOLDER = text(150, plain=True)
CONFIRM = shape(
    {
        "title": text(100, plain=True),
        "text": text(300),
        "confirm": text(30, plain=True),
        "deny": text(30, plain=True),
    },
    {"style": STYLE},
)
OPTION = shape(
    {"text": text(75, plain=True), "value": string(150)},
    {"description": text(75, plain=True), "url": string(3000)},
)
CHOICE = shape({"text": text(75), "value": string(150)}, {"description": text(75)})
OPTION_GROUP = shape({"label": text(75, plain=True), "options": array(OPTION, 1, 100)})
FILTER = shape(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)

ACTION: dict[str, Checker] = {"action_id": string(255), "confirm": CONFIRM}
INPUT: dict[str, Checker] = {"action_id": string(255), "placeholder": PLACEHOLDER, "focus_on_load": boolean}
MENU: dict[str, Checker] = INPUT | {"confirm": CONFIRM}
MANY: dict[str, Checker] = MENU | {"max_selected_items": integer(1, 10_000)}
ID = string(64)
IDS = array(ID, 1, 10_000)


def _options(element: dict[str, Any]) -> list[Any]:
    groups = element.get("option_groups") or [{"options": element.get("options") or []}]
    return [option for group in groups for option in group.get("options", [])]


def _initial_not_offered(element: Any) -> bool:
    chosen = element.get("initial_options", [])
    if "initial_option" in element:
        chosen = [*chosen, element["initial_option"]]
    return any(option not in _options(element) for option in chosen)


OFFERED = wrong(_initial_not_offered, "initial option must match one of the options exactly")
EITHER = wrong(
    lambda element: ("options" in element) == ("option_groups" in element),
    "must define either `options` or `option_groups`",
)
OPTIONS: dict[str, Checker] = {"options": array(OPTION, 1, 100), "option_groups": array(OPTION_GROUP, 1, 100)}
CHOICES = array(CHOICE, 1, 10)

IMAGE_SOURCE = wrong(
    lambda image: ("image_url" in image) == ("slack_file" in image),
    "must define either `image_url` or `slack_file`",
)
IMAGE = shape({"alt_text": string(2000)}, {"image_url": string(3000), "slack_file": anything}, IMAGE_SOURCE)
BUTTON = shape(
    {"text": text(75, plain=True)},
    ACTION | {"value": string(2000), "url": string(3000), "style": STYLE, "accessibility_label": string(75)},
)
OVERFLOW = shape({"options": array(OPTION, 1, 5)}, ACTION)
RADIO = shape({"options": CHOICES}, ACTION | {"initial_option": CHOICE, "focus_on_load": boolean}, OFFERED)
CHECKBOXES = shape(
    {"options": CHOICES}, ACTION | {"initial_options": CHOICES, "focus_on_load": boolean}, OFFERED
)
SELECTS: dict[str, Checker] = {
    "static_select": shape({}, MENU | OPTIONS | {"initial_option": OPTION}, EITHER, OFFERED),
    "users_select": shape({}, MENU | {"initial_user": ID}),
    "channels_select": shape({}, MENU | {"initial_channel": ID, "response_url_enabled": boolean}),
    "conversations_select": shape(
        {},
        MENU
        | {
            "initial_conversation": ID,
            "default_to_current_conversation": boolean,
            "filter": FILTER,
            "response_url_enabled": boolean,
        },
    ),
    "external_select": shape({}, MENU | {"initial_option": OPTION, "min_query_length": integer(0, 1000)}),
}
MULTI_SELECTS: dict[str, Checker] = {
    "multi_static_select": shape(
        {}, MANY | OPTIONS | {"initial_options": array(OPTION, 1, 100)}, EITHER, OFFERED
    ),
    "multi_users_select": shape({}, MANY | {"initial_users": IDS}),
    "multi_channels_select": shape({}, MANY | {"initial_channels": IDS}),
    "multi_conversations_select": shape(
        {},
        MANY | {"initial_conversations": IDS, "default_to_current_conversation": boolean, "filter": FILTER},
    ),
    "multi_external_select": shape({}, MANY | {"initial_options": array(OPTION, 1, 100)}),
}
PICKERS: dict[str, Checker] = {
    "datepicker": shape({}, MENU | {"initial_date": string(10, 10)}),
    "timepicker": shape({}, MENU | {"initial_time": string(5, 5), "timezone": string(64)}),
    "datetimepicker": shape(
        {}, ACTION | {"initial_date_time": integer(0, 9_999_999_999), "focus_on_load": boolean}
    ),
}
TYPED: dict[str, Checker] = INPUT | {"dispatch_action_config": anything, "initial_value": string(3000, 0)}
INPUTS: dict[str, Checker] = {
    "plain_text_input": shape(
        {}, TYPED | {"multiline": boolean, "min_length": integer(0, 3000), "max_length": integer(1, 3000)}
    ),
    "number_input": shape(
        {"is_decimal_allowed": boolean}, TYPED | {"min_value": string(40), "max_value": string(40)}
    ),
    "email_text_input": shape({}, TYPED),
    "url_text_input": shape({}, TYPED),
    "rich_text_input": shape({}, TYPED | {"initial_value": anything}),
    "file_input": shape({}, {"action_id": string(255), "filetypes": anything, "max_files": integer(1, 10)}),
}

IN_ACTIONS: dict[str, Checker] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    "radio_buttons": RADIO,
    "checkboxes": CHECKBOXES,
    "workflow_button": anything,
    **SELECTS,
    **PICKERS,
}
IN_SECTION: dict[str, Checker] = {**IN_ACTIONS, **MULTI_SELECTS, "image": IMAGE}
IN_INPUT: dict[str, Checker] = {
    **INPUTS,
    **SELECTS,
    **MULTI_SELECTS,
    **PICKERS,
    "radio_buttons": RADIO,
    "checkboxes": CHECKBOXES,
}
IN_CONTEXT: dict[str, Checker] = {
    "image": IMAGE,
    "plain_text": shape({"text": string(3000)}, {"emoji": boolean}),
    "mrkdwn": shape({"text": string(3000)}, {"verbatim": boolean}),
}
