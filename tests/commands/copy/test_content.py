"""What an approval counts for, and what makes it void."""

from dataclasses import replace
from typing import Any

import pytest

from commands.clouds.cloud import CloudImage
from commands.copy.content import differences, digest, facts
from commands.rule import Rule

IMAGE = CloudImage(
    id="img-a",
    name="web-base",
    description="",
    source="private",
    status="ready",
    root_device_type="cloudDisk",
    platform="CentOS",
    os_version="7.9 64位",
    architecture="x86_64",
    progress=100,
    size_gb=40,
    snapshot_ids=("snapshot-a",),
    encrypted=False,
    created_at="2025-09-15 10:00:00",
)
FACTS = facts({"img-a": IMAGE})
CHANGED: dict[str, Any] = {
    "name": "web-base-2",
    "created_at": "2025-09-16 10:00:00",
    "size_gb": 60,
    "snapshot_ids": ("snapshot-a", "snapshot-b"),
    "encrypted": True,
}


def digest_of(**changes: Any) -> str:
    usual = {
        "source": "cn-north-1",
        "destinations": ["cn-east-2"],
        "images": ["img-a"],
        "known": FACTS,
        "rule": Rule(),
    }
    return digest(**{**usual, **changes})


def test_the_same_content_has_the_same_digest() -> None:
    assert digest_of() == digest_of(known=dict(FACTS))


@pytest.mark.parametrize("fact", CHANGED)
def test_each_fact_that_was_approved_is_part_of_the_digest_and_of_the_differences(fact: str) -> None:
    after = facts({"img-a": replace(IMAGE, **{fact: CHANGED[fact]})})
    assert digest_of(known=after) != digest_of()
    (found,) = differences(FACTS, after)
    assert (found["image"], found["key"]) == ("img-a", fact)
    assert (found["before"], found["after"]) == (FACTS["img-a"][fact], after["img-a"][fact])


@pytest.mark.parametrize(
    "change",
    [
        {"source": "cn-east-1"},
        {"destinations": ["cn-south-1"]},
        {"destinations": ["cn-east-2", "cn-south-1"]},
        {"images": ["img-a", "img-b"]},
        {"rule": Rule(approvals=2)},
        {"rule": Rule(self_approval=True)},
    ],
)
def test_regions_images_and_the_rule_are_part_of_the_digest(change: dict[str, Any]) -> None:
    assert digest_of(**change) != digest_of()


def test_what_moves_by_itself_is_not() -> None:
    after = facts({"img-a": replace(IMAGE, status="pending", progress=3, description="new")})
    assert digest_of(known=after) == digest_of()
    assert differences(FACTS, after) == []


def test_an_image_that_was_not_known_before_or_is_not_now_makes_no_difference() -> None:
    assert differences({}, FACTS) == []
    assert differences(FACTS, {}) == []
