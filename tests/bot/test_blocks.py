"""Neutral messages as Slack takes them: escaped, within its limits, whole in text and in blocks alike."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import Rendered, escape, mrkdwn, pages, render
from bot.demo.slack.limits import message_problems, too_long
from commands.text import Button, Code, Line, Link, Mention, Message, Span, Spans, Style, When

HOSTILE = "<!channel> *bold* `code` & <@U0001>"
STYLES: list[Style] = ["title", "body", "context", "pre"]

spans: st.SearchStrategy[Span] = st.one_of(
    st.text(max_size=4_000), st.builds(Code, st.text(max_size=4_000)), st.builds(Mention, st.just("U1"))
)
lines = st.builds(
    Line, st.lists(spans, min_size=1, max_size=30).map(tuple), st.sampled_from(["body", "context", "body"])
)
messages = st.builds(Message, st.lists(lines, min_size=1, max_size=60).map(tuple))


@given(messages)
def test_slack_refuses_no_page(message: Message) -> None:
    for page in pages(message):
        assert len(page.text) <= 3_900
        assert message_problems(page.blocks) == []
        assert not too_long(page.blocks)


@given(messages)
def test_no_foreign_text_becomes_markup(message: Message) -> None:
    for page in pages(message):
        everything = page.text + json.dumps(page.blocks)
        assert "<!" not in everything
        assert everything.replace("<@U1>", "").count("<") == 0


@given(messages)
def test_no_escaped_character_is_cut_in_two(message: Message) -> None:
    for page in pages(message):
        assert page.text.count("&") == sum(page.text.count(f"&{name};") for name in ("amp", "lt", "gt"))


def test_what_wants_to_be_markup_stays_text() -> None:
    assert escape("a\u202eb \u2066c\u2069") == "ab c"
    assert escape(HOSTILE) == "&lt;!channel&gt; *bold* `code` &amp; &lt;@U0001&gt;"
    assert mrkdwn(Line((Code("a`b\nc"),))) == "`a′b c`"


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (Mention("U0001"), "<@U0001>"),
        (Mention("W0001"), "<@W0001>"),
        (Mention("S0001"), "<!subteam^S0001>"),
        (Mention("everyone"), "everyone"),
        (Link("https://a.example/x", "a|b<c"), "<https://a.example/x|a b&lt;c>"),
        (
            When(datetime(2026, 3, 1, 8, tzinfo=UTC)),
            "<!date^1772352000^\u2060{date_short_pretty} {time}|2026-03-01 08:00 UTC>",
        ),
        (When(datetime(2026, 3, 1, 8, tzinfo=UTC), "time"), "<!date^1772352000^{time}|2026-03-01 08:00 UTC>"),
        (Spans(("a ", Code("b"))), "a `b`"),
        (Code(""), ""),
    ],
)
def test_each_kind_of_span_has_its_markup(span: Span, text: str) -> None:
    assert mrkdwn(Line((span,))) == text


def test_a_line_of_many_spans_is_broken_between_them_and_loses_nothing() -> None:
    ids = [f"img-{n:03}" for n in range(900)]
    parts = Spans(tuple(Code(each) for each in ids))
    told = "".join(page.text.replace("\n", "") for page in pages(Message((Line((parts,)),))))
    assert told == "".join(f"`{each}`" for each in ids)


def test_text_and_blocks_say_the_same() -> None:
    message = Message(tuple(Line((f"line {style}",), style) for style in STYLES))
    shown = render(message)
    assert shown.text == "line title\nline body\nline context\n```line pre```"
    assert [block["type"] for block in shown.blocks] == ["section", "section", "context", "section"]
    assert shown.blocks[0]["text"]["text"] == "*line title*"


def test_the_buttons_are_on_the_last_page() -> None:
    many = tuple(Line(("x" * 1_000,)) for _ in range(8))
    found = pages(Message(many, (Button("retry", "Retry", "v"),)))
    assert [_actions(page) for page in found] == [[], [], ["retry"]]


def test_a_repeated_action_begins_another_block_as_slack_demands() -> None:
    adopt = [Button("adopt", f"It's {n}", str(n)) for n in range(3)]
    (shown,) = pages(Message((Line(("?",)),), (*adopt, Button("resend", "Send again", "r", "danger"))))
    groups = [b["elements"] for b in shown.blocks if b["type"] == "actions"]
    assert [[e["action_id"] for e in group] for group in groups] == [
        ["adopt"],
        ["adopt"],
        ["adopt", "resend"],
    ]
    assert groups[2][1]["style"] == "danger"


def test_a_buttons_label_is_no_longer_than_slack_takes() -> None:
    (shown,) = pages(Message((Line(("?",)),), (Button("adopt", "x" * 200, "v"),)))
    assert len(shown.blocks[-1]["elements"][0]["text"]["text"]) == 75


def _actions(page: Rendered) -> list[str]:
    found: list[Any] = [e for b in page.blocks if b["type"] == "actions" for e in b["elements"]]
    return [element["action_id"] for element in found]
