"""What the stand-in refuses in blocks, and what it lets pass."""

from typing import Any

import pytest

from bot.demo.slack.limits import message_problems, view_problems
from tests.bot.demo.slack_office import actions, button, modal, section, text_input


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value), "value": value}


def select(**more: Any) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "s", "options": [option("a")], **more}


LONGEST = [
    section("x" * 3000),
    {"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2000}] * 10},
    {"type": "header", "text": plain("x" * 150)},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 10},
    actions(*[button(f"a{n}", "x" * 2000) for n in range(25)]),
    {"type": "divider"},
    actions(select(initial_option=option("a"), placeholder=plain("x" * 150))),
    {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"},
    {"type": "markdown", "text": "x" * 12_000},
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [{"type": "text", "text": "a", "style": {"code": True}}],
            },
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}]}],
            },
        ],
    },
]


def test_blocks_at_their_limits_pass() -> None:
    assert message_problems(LONGEST) == []


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        (section("x" * 3001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
        ({"type": "section"}, "must define either `text` or `fields` [json-pointer:/blocks/0]"),
        ({"type": "section", "text": "x"}, "must be an object [json-pointer:/blocks/0/text]"),
        (
            {"type": "section", "text": {"type": "markdown", "text": "x"}},
            "unsupported type: markdown [json-pointer:/blocks/0/text/type]",
        ),
        (
            {"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}},
            "invalid additional property: emoji [json-pointer:/blocks/0/text]",
        ),
        (
            {"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]},
            "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
        ),
        (
            {"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11},
            "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
        ),
        (section() | {"colour": "red"}, "invalid additional property: colour [json-pointer:/blocks/0]"),
        (
            section() | {"block_id": "x" * 256},
            "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
        ),
        ({"type": "banner"}, "unsupported type: banner [json-pointer:/blocks/0/type]"),
        ({"type": "alert", "text": plain("x")}, "unsupported type: alert [json-pointer:/blocks/0/type]"),
        ({"text": plain("x")}, "missing required field: type [json-pointer:/blocks/0]"),
        (
            {"type": "header", "text": plain("x" * 151)},
            "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
        ),
        (
            {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
        ),
        (
            {"type": "actions", "elements": []},
            "no less than 1 items allowed [json-pointer:/blocks/0/elements]",
        ),
        (
            actions(*[button(f"a{n}") for n in range(26)]),
            "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
        ),
        (
            actions(button("same"), button("same")),
            "action_id must be unique within the block [json-pointer:/blocks/0]",
        ),
        (
            actions(text_input("x")["element"]),
            "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
        ),
        (
            actions(button("a", style="loud")),
            "value must be one of primary, danger [json-pointer:/blocks/0/elements/0/style]",
        ),
        (
            actions(button("a", "x" * 2001)),
            "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
        ),
        (
            actions(button("a", text=plain("x" * 76))),
            "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
        ),
        (
            actions(button("a", confirm={"title": plain("t"), "text": plain("x"), "confirm": plain("ok")})),
            "missing required field: deny [json-pointer:/blocks/0/elements/0/confirm]",
        ),
        (
            actions(select(options=[option(str(n)) for n in range(101)])),
            "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
        ),
        (
            actions(select(initial_option=option("b"))),
            "initial option must match one of the options exactly [json-pointer:/blocks/0/elements/0]",
        ),
        (
            actions({"type": "static_select", "action_id": "s"}),
            "must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]",
        ),
        (
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11},
            "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
        ),
        (
            {"type": "context", "elements": [button("a")]},
            "unsupported type: button [json-pointer:/blocks/0/elements/0/type]",
        ),
        (
            {"type": "image", "image_url": "https://x"},
            "missing required field: alt_text [json-pointer:/blocks/0]",
        ),
        (
            {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 21]},
            "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]",
        ),
    ],
)
def test_a_block_that_slack_refuses_is_refused(block: dict[str, Any], problem: str) -> None:
    assert message_problems([block]) == [problem]


@pytest.mark.parametrize(
    ("blocks", "problem"),
    [
        ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        (
            [section() | {"block_id": "a"}, section() | {"block_id": "a"}],
            "block_id must be unique: a [json-pointer:/blocks]",
        ),
        (
            [{"type": "markdown", "text": "x" * 7000}] * 2,
            "markdown blocks must be less than 12001 characters together [json-pointer:/blocks]",
        ),
        (
            [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}] * 2,
            "only_one_table_allowed [json-pointer:/blocks]",
        ),
        ({"type": "divider"}, "must be an array [json-pointer:/blocks]"),
    ],
)
def test_blocks_that_do_not_go_together_are_refused(blocks: Any, problem: str) -> None:
    assert message_problems(blocks) == [problem]


def test_a_modal_at_its_limits_passes() -> None:
    blocks = [text_input(f"b{n}") for n in range(100)]
    assert view_problems(modal(*blocks, title=plain("x" * 24), private_metadata="x" * 3000)) == []
    assert view_problems({"type": "home", "blocks": [section()]}) == []


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (
            modal(private_metadata="x" * 3001),
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (modal(text_input("a"), text_input("a")), "block_id must be unique: a [json-pointer:/view/blocks]"),
        (
            {"type": "modal", "title": plain("t"), "blocks": [text_input("a")]},
            "missing required field: submit [json-pointer:/view]",
        ),
        ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
        (
            modal({"type": "markdown", "text": "x"}),
            "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
        ),
        (
            {"type": "home", "blocks": [{"type": "alert", "text": plain("x")}]},
            "unsupported type: alert [json-pointer:/view/blocks/0/type]",
        ),
        (
            modal(text_input("a", initial_value="x" * 3001)),
            "must be less than 3001 characters [json-pointer:/view/blocks/0/element/initial_value]",
        ),
    ],
)
def test_a_view_that_slack_refuses_is_refused(view: dict[str, Any], problem: str) -> None:
    assert view_problems(view) == [problem]
