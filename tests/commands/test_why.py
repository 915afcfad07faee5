"""The steps of `why` that follow from the rule alone."""

from typing import Any

import pytest

from bot.plain import plain
from commands.clouds.jdcloud.regions import known_regions
from commands.permissions import Kind, Standing
from commands.rule import Rule
from commands.why import approvers, check_step, steps_of
from store.tables import Request

REGIONS = known_regions(())
WHO = Standing("U0001", Kind.MEMBER)


def rule(**changes: Any) -> Rule:
    usual = {"request": ["everyone"], "approve": ["U0002", "S0001"], "admin": ["U0003"]}
    return Rule.model_validate({**usual, **changes})


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
            "It needs 2 approvals from U0002 or S0001 (you are in S0001, but can't approve your own)",
        ),
        (
            {"self_approval": True},
            Standing("U0002", Kind.MEMBER),
            "It needs 1 approval from U0002 or S0001 (you may approve your own)",
        ),
        (
            {"approve": []},
            WHO,
            "It needs 1 approval, but nobody else can approve at present (rule: approve). U0003 can name approvers",
        ),
    ],
)
def test_who_approves_and_what_the_asker_can_t(changes: dict[str, Any], who: Standing, said: str) -> None:
    assert plain(approvers(rule(**changes), who, "en")) == said


def test_regions_to_confirm_belong_to_the_approval() -> None:
    steps = steps_of(rule(confirm_regions=["cn-east-2"]), WHO, REGIONS, "en", invited=True)
    assert [plain(line) for line in steps[1]] == [
        "It needs 1 approval from U0002 or S0001",
        "For copies to cn-east-2 Shanghai the last approver types the region's id",
    ]


def test_without_approval_nothing_expires() -> None:
    steps = steps_of(rule(approvals=0), WHO, REGIONS, "en", invited=True)
    assert len(steps) == 2


def test_what_the_cloud_did_not_say_is_not_checked() -> None:
    request = Request(id="cp-1", team="T1", channel="C1", requester="U1", delivery="d")
    assert [plain(line) for line in check_step(None, request, REGIONS, "en")] == [
        "Images and quota: JD Cloud didn't answer in time, not checked"
    ]
