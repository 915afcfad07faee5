"""A channel's rule: its defaults, its limits, and what it does not accept."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from commands.rule import Rule, duration, load


def test_a_rule_that_says_nothing_allows_nobody_anything() -> None:
    rule = Rule()
    assert (rule.request, rule.approve, rule.admin, rule.emergency) == ([], [], [], [])
    assert (rule.approvals, rule.self_approval, rule.max_images) == (1, False, 50)
    assert (rule.expires, rule.remind) == (timedelta(hours=24), timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("24h", timedelta(hours=24)),
        ("7d", timedelta(days=7)),
        ("0", timedelta()),
    ],
)
def test_durations(text: str, found: timedelta) -> None:
    assert duration(text) == found


@pytest.mark.parametrize("text", ["", "h", "24", "1w", "-1h", "1.5h", "1h30m", " 1h", "１h", "99999999h"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="a duration is"):
        duration(text)


@pytest.mark.parametrize(
    "changes",
    [
        {"approve": ["everyone"]},
        {"admin": ["everyone"]},
        {"emergency": ["S0001"]},
        {"emergency": ["everyone"]},
        {"request": ["@lina"]},
        {"request": ["U1", "U1"]},
        {"approvals": -1},
        {"approvals": True},
        {"approvals": "1"},
        {"max_images": 0},
        {"max_images": 101},
        {"daily_images": -1},
        {"source_regions": []},
        {"source_regions": ["*", "cn-north-1"]},
        {"destination_regions": ["Shanghai"]},
        {"images": [" "]},
        {"images": ["name:"]},
        {"expires_after": "0"},
        {"expires_after": "soon"},
        {"confirm_regions": ["cn-east-2"], "approvals": 0},
        {"language": "de"},
        {"aprove": ["U1"]},
    ],
    ids=str,
)
def test_what_a_rule_does_not_accept(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Rule.model_validate(changes)


def test_only_the_groups_among_those_named_are_asked_for() -> None:
    rule = Rule(request=["everyone", "S1"], approve=["U1", "S2"], admin=["S1", "W3"], emergency=["U9"])
    assert rule.groups() == {"S1", "S2"}


def test_what_is_stored_is_the_same_rule_when_it_is_read() -> None:
    rule = Rule(request=["everyone"], remind_after="0", confirm_regions=["cn-east-2"])
    assert load(rule.dump()) == rule
