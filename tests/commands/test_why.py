"""The steps of `why` that follow from the rule alone."""

from typing import Any

import pytest

from bot.plain import plain
from commands.audience import Found
from commands.clouds.jdcloud.regions import known_regions
from commands.permissions import Admins, Kind, Standing
from commands.rule import Rule
from commands.text import Line
from commands.why import check_step, steps_of
from commands.why_approvers import approvers, by_the_rule
from store.tables import Request

REGIONS = known_regions(())
WHO = Standing("U0001", Kind.MEMBER)


def rule(**changes: Any) -> Rule:
    usual = {"request": ["everyone"], "approve": ["U0002", "S0001"], "admin": ["U0003"]}
    return Rule.model_validate({**usual, **changes})


def steps(rule: Rule) -> list[list[Line]]:
    return steps_of(rule, WHO, by_the_rule(rule, WHO, Admins()), REGIONS, "en", invited=True)


@pytest.mark.parametrize(
    ("changes", "who", "said"),
    [
        ({}, WHO, "It needs 1 approval from U0002 or S0001"),
        ({"approvals": 0}, WHO, "No approval is needed: it is copied as soon as the checks have passed"),
        (
            {},
            Standing("U0002", Kind.MEMBER),
            "It needs 1 approval from S0001 (you are an approver, but can't approve your own)",
        ),
        (
            {"approvals": 2},
            Standing("U0004", Kind.MEMBER, frozenset({"S0001"})),
            "It needs 2 approvals from any 2 of U0002, S0001 (you are in S0001, but can't approve your own)",
        ),
        (
            {"self_approval": True},
            Standing("U0002", Kind.MEMBER),
            "It needs 1 approval from U0002 or S0001 (you may approve your own)",
        ),
        (
            {"approve": []},
            WHO,
            (
                "It needs 1 approval, but nobody else can approve at present (rule: approve)\n"
                "U0003 can name more approvers with /copy-image permissions"
            ),
        ),
        (
            {"approve": ["U0001"], "admin": []},
            WHO,
            (
                "It needs 1 approval, but nobody else can approve at present (rule: approve)\n"
                "U0009 can name more approvers with /copy-image permissions"
            ),
        ),
    ],
)
def test_who_approves_and_what_the_asker_can_t(changes: dict[str, Any], who: Standing, said: str) -> None:
    assert told(rule(**changes), who) == said


def told(rule: Rule, who: Standing, found: Found | None = None) -> str:
    found = found or by_the_rule(rule, who, Admins(("U0009",)))
    return "\n".join(plain(line) for line in approvers(rule, who, found, "en"))


@pytest.mark.parametrize(
    ("able", "short", "said"),
    [
        (("S0001",), False, "It needs 2 approvals from S0001"),
        (
            ("U0002",),
            True,
            (
                "It needs 2 approvals, but at present only U0002 can approve (rule: approve)\n"
                "U0003 can name more approvers with /copy-image permissions"
            ),
        ),
    ],
)
def test_only_who_could_act_is_named(able: tuple[str, ...], short: bool, said: str) -> None:  # noqa: FBT001 - a column
    found = Found(None, able, short=short, changers=("U0003",))
    assert told(rule(approvals=2), WHO, found) == said


def test_regions_to_confirm_belong_to_the_approval() -> None:
    assert [plain(line) for line in steps(rule(confirm_regions=["cn-east-2"]))[1]] == [
        "It needs 1 approval from U0002 or S0001",
        "For copies to cn-east-2 Shanghai the last approver types the region's id",
    ]


def test_without_approval_nothing_expires() -> None:
    assert len(steps(rule(approvals=0))) == 2


def test_what_the_cloud_did_not_say_is_not_checked() -> None:
    request = Request(id="cp-1", team="T1", channel="C1", requester="U1", delivery="d")
    assert [plain(line) for line in check_step(None, request, REGIONS, "en")] == [
        "Images and quota: JD Cloud didn't answer in time, not checked"
    ]
