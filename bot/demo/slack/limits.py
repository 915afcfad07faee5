"""What Slack refuses in the blocks of messages and views, with its own words for it."""

import json
from collections.abc import Iterator
from typing import Any, Literal

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
from bot.demo.slack.elements import IMAGE_SOURCE, IN_ACTIONS, IN_CONTEXT, IN_INPUT, IN_SECTION, text
from bot.demo.slack.wire import Json

BLOCKS_PER_MESSAGE = 50
BLOCKS_PER_VIEW = 100
BLOCKS_JSON = 13_200  # seen by others, not documented
MARKDOWN_PER_MESSAGE = 12_000
TEXT_POSTED = 40_000
TEXT_UPDATED = 4_000
METADATA_JSON = 8_192  # no figure is documented
VIEW_JSON = 250_000

Surface = Literal["message", "modal", "home"]

BLOCK: dict[str, Checker] = {"block_id": string(255)}


def _repeated_action(block: Any) -> bool:
    elements = block.get("elements")
    ids = [e.get("action_id") for e in elements if isinstance(e, dict)] if isinstance(elements, list) else []
    given = [action_id for action_id in ids if action_id is not None]
    return len(given) != len(set(given))


_STYLED: dict[str, Checker] = {"style": anything}
_INLINE = tagged(
    {
        "text": shape({"text": string(12_000)}, _STYLED),
        "link": shape({"url": string(3000)}, _STYLED | {"text": string(12_000), "unsafe": boolean}),
        "user": shape({"user_id": string(64)}, _STYLED),
        "usergroup": shape({"usergroup_id": string(64)}, _STYLED),
        "channel": shape({"channel_id": string(64)}, _STYLED),
        "emoji": shape({"name": string(100)}, _STYLED | {"unicode": string(100), "url": string(3000)}),
        "date": shape(
            {"timestamp": integer(0, 9_999_999_999), "format": string(200)},
            _STYLED | {"fallback": string(200), "url": string(3000)},
        ),
        "broadcast": shape({"range": one_of("here", "channel", "everyone")}, _STYLED),
        "color": shape({"value": string(20)}),
    }
)
_INLINES: dict[str, Checker] = {"elements": array(_INLINE, 0, 1000)}
_BORDER: dict[str, Checker] = {"border": integer(0, 1)}
_RICH: dict[str, Checker] = {
    "rich_text_section": shape(_INLINES),
    "rich_text_preformatted": shape(_INLINES, _BORDER | {"language": string(50)}),
    "rich_text_quote": shape(_INLINES, _BORDER),
    "rich_text_list": shape(
        {
            "style": one_of("bullet", "ordered"),
            "elements": array(tagged({"rich_text_section": shape(_INLINES)}), 1, 1000),
        },
        _BORDER | {"indent": integer(0, 8), "offset": integer(0, 10_000)},
    ),
}
RICH_TEXT = shape({"elements": array(tagged(_RICH), 1, 1000)}, BLOCK)
_CELL = tagged(
    {"raw_text": shape({"text": string(12_000)}), "raw_number": anything, "rich_text": RICH_TEXT},
)

EVERYWHERE: dict[str, Checker] = {
    "section": shape(
        {},
        BLOCK
        | {
            "text": text(3000),
            "fields": array(text(2000), 1, 10),
            "accessory": tagged(IN_SECTION),
            "expand": boolean,
        },
        wrong(
            lambda block: "text" not in block and "fields" not in block,
            "must define either `text` or `fields`",
        ),
    ),
    "actions": shape(
        {"elements": array(tagged(IN_ACTIONS), 1, 25)},
        BLOCK,
        wrong(_repeated_action, "action_id must be unique within the block"),
    ),
    "context": shape({"elements": array(tagged(IN_CONTEXT), 1, 10)}, BLOCK),
    "divider": shape({}, BLOCK),
    "header": shape({"text": text(150, plain=True)}, BLOCK),
    "image": shape(
        {"alt_text": string(2000)},
        BLOCK | {"image_url": string(3000), "slack_file": anything, "title": text(2000, plain=True)},
        IMAGE_SOURCE,
    ),
    "input": shape(
        {"label": text(2000, plain=True), "element": tagged(IN_INPUT)},
        BLOCK | {"hint": text(2000, plain=True), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": RICH_TEXT,
    "video": anything,
}
TABLE = shape(
    {"rows": array(array(_CELL, 1, 20), 1, 100)},
    BLOCK | {"column_settings": array(anything, 0, 20), "caption": string(1000)},
)
MARKDOWN = shape({"text": string(MARKDOWN_PER_MESSAGE)}, BLOCK)
ALERT = shape({"text": text(3000)}, BLOCK | {"level": string(20)})
# Blocks the bot does not use: known by the surfaces they may stand on, not looked into.
ONLY: dict[Surface, dict[str, Checker]] = {
    "message": {
        "markdown": MARKDOWN,
        "table": TABLE,
        **dict.fromkeys(
            ("container", "context_actions", "plan", "task_card", "data_visualization"), anything
        ),
        **dict.fromkeys(("data_table", "carousel", "card", "file"), anything),
    },
    "modal": {"alert": ALERT, "card": anything},
    "home": {"table": TABLE, **dict.fromkeys(("data_table", "carousel", "card"), anything)},
}
KINDS = {surface: tagged(EVERYWHERE | only) for surface, only in ONLY.items()}

_VIEW: dict[str, Checker] = {
    "callback_id": string(255),
    "external_id": string(255, 0),
    "private_metadata": string(3000, 0),
    "clear_on_close": boolean,
    "notify_on_close": boolean,
    "submit_disabled": boolean,
}
_WORD = text(24, plain=True)


def message_problems(blocks: Any) -> list[str]:
    """What is wrong with a message's blocks; empty when Slack would take them."""
    found = list(array(KINDS["message"], 0, BLOCKS_PER_MESSAGE)(blocks, "/blocks"))
    return found or list(_together(blocks, "/blocks"))


def view_problems(view: Any) -> list[str]:
    """What is wrong with a modal or Home tab; empty when Slack would take it."""
    found = list(_VIEWS(view, "/view"))
    return found or list(_together(view["blocks"], "/view/blocks"))


def too_long(blocks: list[Json]) -> bool:
    """Whether a message's blocks are too much taken together."""
    return len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > BLOCKS_JSON


def _together(blocks: list[Json], at: str) -> Iterator[str]:
    """The rules about all blocks of one message or view."""
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    for repeated in sorted({block_id for block_id in ids if ids.count(block_id) > 1}):
        yield f"block_id must be unique: {repeated} [json-pointer:{at}]"
    if sum(block["type"] in {"table", "data_table"} for block in blocks) > 1:
        yield f"only_one_table_allowed [json-pointer:{at}]"
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_PER_MESSAGE:
        yield f"markdown blocks must be less than {MARKDOWN_PER_MESSAGE + 1} characters together [json-pointer:{at}]"


def _unsubmittable(view: Any) -> bool:
    blocks = view.get("blocks")
    has_input = isinstance(blocks, list) and any(
        isinstance(b, dict) and b.get("type") == "input" for b in blocks
    )
    return has_input and "submit" not in view


_VIEWS = tagged(
    {
        "modal": shape(
            {"title": _WORD, "blocks": array(KINDS["modal"], 0, BLOCKS_PER_VIEW)},
            _VIEW | {"submit": _WORD, "close": _WORD},
            wrong(_unsubmittable, "missing required field: submit"),
        ),
        "home": shape({"blocks": array(KINDS["home"], 0, BLOCKS_PER_VIEW)}, _VIEW | {"title": anything}),
    }
)
