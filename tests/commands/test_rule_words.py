"""A rule in words, and what about it will surprise somebody."""

from typing import Any

import pytest

from bot.plain import plain
from commands.clouds.jdcloud.regions import known_regions
from commands.rule import Rule
from commands.rule_words import cautions, in_words

REGIONS = known_regions(())
USUAL = {"request": ["everyone"], "approve": ["U0002"], "admin": ["U0003"]}


def rule(**changes: Any) -> Rule:
    return Rule.model_validate({**USUAL, **changes})


def test_every_key_that_matters_is_in_the_words() -> None:
    said = "\n".join(
        plain(line)
        for line in in_words(
            rule(
                source_regions=["*"],
                destination_regions=["cn-south-1"],
                approvals=2,
                self_approval=True,
                expires_after="7d",
                remind_after="0",
                reason_required=True,
                daily_images=9,
                open_requests=3,
                allow_same_region=True,
                allow_shared=True,
                confirm_regions=["cn-south-1"],
                emergency=["U0004"],
                language="en",
            ),
            REGIONS,
            "en",
        )
    )
    assert said == (
        "May request: everyone\n"
        "Allowed: from any region to cn-south-1 Guangzhou\n"
        "Images: img-*, name:web-*\n"
        "Each request needs 2 approvals: U0002\n"
        "Requesters may approve their own requests\n"
        "Without approval a request expires after 7 days; no reminders\n"
        "A request needs a reason\n"
        "At most 50 images in one request\n"
        "At most 9 images per person in 24 hours\n"
        "At most 3 open requests per person\n"
        "Copies within one region are allowed\n"
        "Shared images may be copied\n"
        "May start emergency copies without approval: U0004\n"
        "For copies to cn-south-1 Guangzhou the last approver types the region's id\n"
        "May administer: U0003\n"
        "Channel language: English"
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, []),
        ({"approve": ["S0001"], "approvals": 3}, []),
        ({"request": []}, ["request is empty"]),
        ({"approve": []}, ["approve is empty"]),
        ({"approvals": 2}, ["2 approvals needed, but only 1 person can approve"]),
        ({"approvals": 0, "approve": []}, ["No approval is needed"]),
        ({"admin": []}, ["admin is empty"]),
        ({"request": [], "admin": []}, ["request is empty", "admin is empty"]),
    ],
)
def test_what_will_surprise_somebody_is_said(changes: dict[str, Any], words: list[str]) -> None:
    said = [plain(line) for line in cautions(rule(**changes), "en")]
    assert len(said) == len(words)
    assert all(word in line for word, line in zip(words, said, strict=True))
