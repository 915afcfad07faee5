"""What the checks find out, and what they make of answers that are missing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from commands.clouds.cloud import CloudError, CloudImage, Copied, Fault, Quota
from commands.copy.examine import (
    Findings,
    Question,
    Unchecked,
    Wrong,
    examine,
    needed_for,
    shortage,
    wrong_with,
)
from commands.rule import Rule
from tests.commands.copy.test_content import IMAGE

HERE, THERE, DESTINATION = "cn-north-1", "cn-east-1", "cn-east-2"
REFUSED = CloudError(Fault.RATE_LIMIT, "too many")


class Shelf:
    """A cloud of fixed answers; a region or a quota that is missing can't be looked up."""

    def __init__(
        self, images: Mapping[str, Sequence[CloudImage]], quotas: Mapping[str, Quota] | None = None
    ) -> None:
        self._images = images
        self._quotas = {DESTINATION: Quota(5, 1)} if quotas is None else quotas

    async def describe_images(self, region: str, image_ids: Sequence[str]) -> list[CloudImage]:
        if region not in self._images:
            raise REFUSED
        return [image for image in self._images[region] if image.id in image_ids]

    async def describe_image(self, region: str, image_id: str) -> CloudImage | None:
        raise NotImplementedError

    async def image_quota(self, region: str) -> Quota:
        return await self.snapshot_quota(region)

    async def snapshot_quota(self, region: str) -> Quota:
        if region not in self._quotas:
            raise REFUSED
        return self._quotas[region]

    async def private_images(self, region: str) -> list[CloudImage]:
        raise NotImplementedError

    async def copy_images(self, **_: Any) -> Copied:
        raise AssertionError("the checks change nothing")


def image(identity: str, **facts: Any) -> CloudImage:
    return replace(IMAGE, id=identity, **facts)


async def asked(
    cloud: Shelf, *candidates: str, earlier: dict[str, dict[str, list[str]]] | None = None
) -> Findings:
    return await examine(cloud, Question(["img-a", "img-b"], candidates, [DESTINATION], earlier or {}))


async def test_the_source_is_where_all_images_are() -> None:
    found = await asked(Shelf({HERE: [], THERE: [image("img-b"), image("img-a")]}), HERE, THERE)
    assert found.source == THERE
    assert found.found == {THERE: ["img-a", "img-b"]}
    assert found.unchecked == frozenset()


async def test_images_in_two_regions_have_no_one_source() -> None:
    found = await asked(Shelf({HERE: [image("img-a")], THERE: [image("img-b")]}), HERE, THERE)
    assert found.source is None
    assert found.found == {HERE: ["img-a"], THERE: ["img-b"]}


async def test_an_image_that_two_regions_have_counts_where_it_is_likeliest() -> None:
    both = [image("img-a"), image("img-b")]
    assert (await asked(Shelf({HERE: both, THERE: both}), HERE, THERE)).source == HERE


async def test_an_image_is_missing_only_where_every_region_answered() -> None:
    some = [image("img-a")]
    assert (await asked(Shelf({HERE: some, THERE: []}), HERE, THERE)).missing == ["img-b"]
    unsure = await asked(Shelf({HERE: some}), HERE, THERE)
    assert unsure.missing == []
    assert unsure.source is None
    assert unsure.unchecked == {Unchecked.IMAGES}


async def test_a_named_source_stands_even_when_nothing_can_be_looked_up() -> None:
    found = await asked(Shelf({}, quotas={}), HERE)
    assert found.source == HERE
    assert found.images == {}
    assert found.quotas == {DESTINATION: {}}
    assert found.unchecked == {Unchecked.IMAGES, Unchecked.QUOTA}


@pytest.mark.parametrize(("status", "there"), [("ready", True), ("pending", True), ("error", False)])
async def test_an_earlier_copy_counts_while_it_is_usable_or_will_be(status: str, *, there: bool) -> None:
    cloud = Shelf({HERE: [image("img-a"), image("img-b")], DESTINATION: [image("img-n", status=status)]})
    found = await asked(cloud, HERE, earlier={DESTINATION: {"img-a": ["img-n"]}})
    assert found.present == {DESTINATION: {"img-a": "img-n"} if there else {}}


async def test_an_earlier_copy_that_cannot_be_looked_up_is_not_taken_to_be_there() -> None:
    cloud = Shelf({HERE: [image("img-a"), image("img-b")]})
    found = await asked(cloud, HERE, earlier={DESTINATION: {"img-a": ["img-n"]}})
    assert found.present == {DESTINATION: {}}
    assert found.unchecked == {Unchecked.PRESENT}


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({}, None),
        ({"source": "self"}, None),
        ({"source": ""}, None),
        ({"status": "", "root_device_type": "", "encrypted": None}, None),
        ({"source": "public"}, Wrong.NOT_PRIVATE),
        ({"source": "shared"}, Wrong.NOT_PRIVATE),
        ({"status": "error"}, Wrong.STATUS),
        ({"root_device_type": "localDisk"}, Wrong.LOCAL_DISK),
        ({"encrypted": True}, Wrong.ENCRYPTED),
    ],
)
async def test_what_the_cloud_says_of_an_image_decides_whether_it_can_be_copied(
    facts: dict[str, Any], wrong: Wrong | None
) -> None:
    found = await asked(Shelf({HERE: [image("img-a", **facts), image("img-b")]}), HERE)
    expected = {"img-a": wrong} if wrong else {}
    assert wrong_with(Rule(images=["img-*"]), ["img-a", "img-b"], found) == expected


async def test_shared_images_can_be_copied_where_the_rule_allows_it() -> None:
    found = await asked(Shelf({HERE: [image("img-a", source="shared"), image("img-b")]}), HERE)
    assert wrong_with(Rule(images=["img-*"], allow_shared=True), ["img-a", "img-b"], found) == {}


async def test_a_name_pattern_needs_the_name() -> None:
    rule = Rule(images=["name:web-*"])
    known = await asked(Shelf({HERE: [image("img-a"), image("img-b", name="api")]}), HERE)
    assert wrong_with(rule, ["img-a", "img-b"], known) == {"img-b": Wrong.NOT_ALLOWED}
    unknown = await asked(Shelf({}), HERE)
    assert set(wrong_with(rule, ["img-a", "img-b"], unknown).values()) == {Wrong.NAME_UNKNOWN}


def test_a_copy_needs_one_image_and_a_snapshot_per_disk() -> None:
    known = {
        "img-a": image("img-a", snapshot_ids=("s1", "s2", "s3")),
        "img-b": image("img-b", snapshot_ids=()),
    }
    assert needed_for(["img-a", "img-b", "img-c"], known) == {"image": 3, "snapshot": 5}


def test_only_a_quota_that_is_known_can_be_too_small() -> None:
    needed = {"image": 2, "snapshot": 4}
    assert shortage(needed, {"image": Quota(5, 3), "snapshot": Quota(15, 11)}) == []
    assert shortage(needed, {"image": Quota(5, 4), "snapshot": Quota(15, 12)}) == ["image", "snapshot"]
    assert shortage(needed, {"snapshot": Quota(3, 0)}) == ["snapshot"]
    assert shortage(needed, {}) == []
