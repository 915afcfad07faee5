"""What was entered in the permission form becomes a rule, or says what is wrong at which field."""

from typing import Any

import pytest

from bot.plain import plain
from commands.permission_form import read
from commands.rule import Rule

USUAL = Rule(
    request=["everyone", "U0001"],
    approve=["S0001", "U0002"],
    admin=["U0003"],
    source_regions=["cn-north-1", "cn-east-2"],
)


def entered(**values: Any) -> Rule:
    rule = read(USUAL, values, "en")
    assert isinstance(rule, Rule), {key: plain(what) for key, what in rule.items()}
    return rule


def wrong(**values: Any) -> dict[str, str]:
    errors = read(USUAL, values, "en")
    assert not isinstance(errors, Rule)
    return {key: plain(what) for key, what in errors.items()}


def test_a_field_that_isn_t_there_stays_as_it_was() -> None:
    assert entered() == USUAL


def test_what_is_entered_as_it_was_changes_nothing() -> None:
    values = {
        "request": ["U0001"],
        "request_groups": ["everyone"],
        "approve": ["U0002"],
        "approve_groups": ["S0001"],
        "admin": ["U0003"],
        "admin_groups": [],
        "emergency": [],
        "source_regions": ["cn-north-1", "cn-east-2"],
        "images": "img-*\nname:web-*",
        "approvals": "1",
        "self_approval": "false",
        "expires_after": "24h",
        "language": "zh",
        "confirm_regions": [],
    }
    assert entered(**values) == USUAL


def test_people_and_groups_are_kept_in_place_and_new_ones_come_last() -> None:
    rule = entered(approve=["U0009", "U0002"], approve_groups=["S0001", "S0002"])
    assert rule.approve == ["S0001", "U0002", "U0009", "S0002"]


def test_the_order_of_regions_is_the_one_chosen() -> None:
    assert entered(source_regions=["cn-east-2", "cn-north-1"]).source_regions == ["cn-east-2", "cn-north-1"]


@pytest.mark.parametrize(
    "text", ["img-a*\nname:web *", " img-a* ,name:web *,", "img-a*，name:web *；", "img-a*\r\nname:web *"]
)
def test_patterns_are_separated_by_lines_or_commas_and_may_hold_spaces(text: str) -> None:
    assert entered(images=text).images == ["img-a*", "name:web *"]


@pytest.mark.parametrize("text", ["12", " 12 ", "１２"])
def test_numbers_may_be_full_width(text: str) -> None:
    assert entered(max_images=text).max_images == 12


@pytest.mark.parametrize(("text", "kept"), [("3D", "3d"), ("９０ｍ", "90m"), ("1 h", "1h")])
def test_durations_may_be_full_width_capital_or_spaced(text: str, kept: str) -> None:
    assert entered(expires_after=text).expires_after == kept


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"approvals": "-1"}, "approvals", "-1 is wrong. It must be a whole number from 0 to 20."),
        ({"approvals": None}, "approvals", "It is missing. It must be a whole number from 0 to 20."),
        ({"approvals": "1.5"}, "approvals", "1.5 is wrong. It must be a whole number from 0 to 20."),
        ({"max_images": "101"}, "max_images", "101 is wrong. It must be a whole number from 1 to 100."),
        (
            {"daily_images": "none"},
            "daily_images",
            "none is wrong. It must be a whole number; 0 means no limit.",
        ),
        (
            {"images": "img-*, img-*"},
            "images",
            "img-*, img-* is wrong. It must be a list of patterns, each once, such as [img-*, name:web-*].",
        ),
        (
            {"approve_groups": ["everyone"]},
            "approve",
            "U0002, everyone is wrong. It must be a list of U… (people) or S… (user groups), each once, never everyone.",
        ),
        ({"language": "fr"}, "language", "fr is wrong. It must be zh or en."),
    ],
)
def test_a_wrong_value_is_explained_at_its_field(values: dict[str, Any], field: str, said: str) -> None:
    assert wrong(**values) == {field: said}


def test_a_field_left_empty_is_missing() -> None:
    assert wrong(source_regions=[])["source_regions"].startswith(
        "It is missing. It must be a list of region ids"
    )


def test_everything_that_is_wrong_is_named_at_once() -> None:
    assert wrong(approvals="x", max_images="0", remind_after="soon").keys() == {
        "approvals",
        "max_images",
        "remind_after",
    }


def test_regions_to_confirm_need_an_approver() -> None:
    assert wrong(approvals="0", confirm_regions=["cn-east-2"]).keys() == {"confirm_regions"}
