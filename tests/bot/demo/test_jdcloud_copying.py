"""copyImages of the stand-in: the page's rows in its own words, and copies that come along with time."""

from datetime import timedelta
from typing import Any

import pytest

from bot.demo.jdcloud import Image, rows
from tests.bot.demo.jdcloud_caller import Caller, calling, refused


def _add(caller: Caller, image_id: str = "img-aaa", **facts: Any) -> Image:
    return caller.cloud.add(Image(image_id, f"web-{image_id[4:]}", "cn-north-1", **facts))


async def test_a_copy_appears_at_once_with_the_name_of_its_source_and_the_description_asked_for() -> None:
    async with calling() as caller:
        _add(caller, os="Ubuntu 22.04 64位", size_gb=60, data_disks=1)

        answer = await caller.copy("img-aaa", description="marker-1")

        [(source, destination, new)] = caller.cloud.accepted
        assert (source, destination) == ("img-aaa", "cn-east-2")
        assert answer.json()["result"] == {
            "copyImages": [{"sourceImageId": "img-aaa", "destinationImageId": new}]
        }
        [image] = await caller.described("cn-east-2", new)
        told = {key: image[key] for key in ("name", "desc", "imageSource", "status", "progress", "platform")}
        assert told == {
            "name": "web-aaa",
            "desc": "marker-1",
            "imageSource": "private",
            "status": "pending",
            "progress": "0",
            "platform": "Ubuntu",
        }
        assert (image["osVersion"], image["systemDiskSizeGB"], len(image["dataDisks"])) == (
            "22.04 64位",
            60,
            1,
        )
        assert image["createTime"] == "2026-01-15 16:30:00"


async def test_a_new_id_is_img_and_ten_characters() -> None:
    async with calling() as caller:
        _add(caller)
        await caller.copy("img-aaa")

        [(_, _, new)] = caller.cloud.accepted
        assert new.startswith("img-")
        assert len(new) == 14
        assert new[4:].isalnum()


async def test_progress_rises_with_time_until_the_copy_is_ready() -> None:
    async with calling(copy_seconds=20.0) as caller:
        _add(caller)
        await caller.copy("img-aaa")
        [(_, _, new)] = caller.cloud.accepted
        seen = []
        for seconds in (5, 10, 4, 1):
            caller.clock.forward(seconds)
            [image] = await caller.described("cn-east-2", new)
            seen.append((image["status"], image["progress"]))

        assert seen == [("pending", "25"), ("pending", "75"), ("pending", "95"), ("ready", "100")]


async def test_several_images_are_mapped_in_the_order_asked() -> None:
    async with calling() as caller:
        for image_id in ("img-aaa", "img-bbb", "img-ccc"):
            _add(caller, image_id)

        answer = await caller.copy("img-ccc", "img-aaa", "img-bbb")

        pairs = answer.json()["result"]["copyImages"]
        assert [pair["sourceImageId"] for pair in pairs] == ["img-ccc", "img-aaa", "img-bbb"]
        assert [pair["destinationImageId"] for pair in pairs] == [new for _, _, new in caller.cloud.accepted]


async def test_without_a_description_the_cloud_writes_one_that_names_the_source() -> None:
    async with calling() as caller:
        _add(caller)
        await caller.copy("img-aaa")

        [copy] = caller.cloud.region("cn-east-2")
        assert copy.description == "Copied from cn-north-1 img-aaa"


async def test_an_older_api_writes_its_own_description_whatever_was_asked() -> None:
    async with calling(ignores_description=True) as caller:
        _add(caller)
        await caller.copy("img-aaa", description="marker-1")

        [copy] = caller.cloud.region("cn-east-2")
        assert copy.description == "Copied from cn-north-1 img-aaa"


async def test_one_name_may_be_given_to_all_copies() -> None:
    async with calling() as caller:
        _add(caller)
        await caller.copy("img-aaa", name="网站_1.0-a")

        assert [image.name for image in caller.cloud.region("cn-east-2")] == ["网站_1.0-a"]


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"root_device_type": "localDisk"}, "Only support cloudDisk image"),
        ({"status": "error"}, "Invalid image status 'error'"),
        ({"source": "public"}, "Can't use this image"),
        ({"encrypted": True}, "Copy encrypted snapshot 'snapshot-aaa' is not support."),
    ],
)
async def test_an_image_that_cannot_be_copied_is_refused_in_the_pages_words(
    facts: dict[str, Any], message: str
) -> None:
    async with calling() as caller:
        _add(caller, **facts)

        assert refused(await caller.copy("img-aaa")) == (400, "FAILED_PRECONDITION", message)
        assert caller.cloud.accepted == []


@pytest.mark.parametrize("source", ["private", "self", "shared"])
async def test_own_and_shared_images_may_be_copied(source: str) -> None:
    async with calling() as caller:
        _add(caller, source=source)

        assert (await caller.copy("img-aaa")).status_code == 200
        assert [image.source for image in caller.cloud.region("cn-east-2")] == ["private"]


async def test_a_copy_within_the_region_is_allowed() -> None:
    async with calling() as caller:
        _add(caller)

        assert (await caller.copy("img-aaa", to="cn-north-1")).status_code == 200
        assert len(caller.cloud.region("cn-north-1")) == 2


async def test_an_image_is_busy_while_it_is_being_copied_anywhere() -> None:
    async with calling() as caller:
        _add(caller)
        await caller.copy("img-aaa", to="cn-east-2")

        second = await caller.copy("img-aaa", to="cn-south-1")
        caller.cloud.finish()
        third = await caller.copy("img-aaa", to="cn-south-1")

        assert refused(second) == (400, "FAILED_PRECONDITION", "The image 'img-aaa' is busy")
        assert third.status_code == 200
        assert [destination for _, destination, _ in caller.cloud.accepted] == ["cn-east-2", "cn-south-1"]


async def test_an_image_of_another_region_is_not_found() -> None:
    async with calling() as caller:
        caller.cloud.add(Image("img-aaa", "web", "cn-south-1"))

        assert refused(await caller.copy("img-aaa")) == (404, "NOT_FOUND", "Image 'img-aaa' not found")


async def test_an_unknown_region_is_refused_in_the_path_and_as_destination() -> None:
    async with calling() as caller:
        _add(caller)
        wanted = (400, "INVALID_ARGUMENT", "Invalid region 'cn-west-9'")

        assert refused(await caller.copy("img-aaa", to="cn-west-9")) == wanted
        assert refused(await caller.send("GET", "images", region="cn-west-9")) == wanted


async def test_one_bad_image_keeps_the_others_from_being_copied() -> None:
    async with calling() as caller:
        _add(caller, "img-aaa")
        _add(caller, "img-bbb", encrypted=True)

        assert refused(await caller.copy("img-aaa", "img-bbb"))[0] == 400
        assert (caller.cloud.accepted, caller.cloud.region("cn-east-2")) == ([], [])


async def test_the_image_quota_admits_all_images_of_a_call_or_none() -> None:
    async with calling() as caller:
        _add(caller, "img-aaa")
        _add(caller, "img-bbb")
        caller.cloud.quotas["cn-east-2", "image"] = 1

        both = await caller.copy("img-aaa", "img-bbb")
        one = await caller.copy("img-aaa")

        assert refused(both) == (429, "QUOTA_EXCEEDED", "Image quota limit exceeded")
        assert one.status_code == 200
        assert [source for source, _, _ in caller.cloud.accepted] == ["img-aaa"]


async def test_a_copy_needs_a_snapshot_for_each_disk() -> None:
    async with calling() as caller:
        _add(caller, data_disks=2)
        caller.cloud.quotas["cn-east-2", "snapshot"] = 2

        short = await caller.copy("img-aaa")
        caller.cloud.quotas["cn-east-2", "snapshot"] = 3
        enough = await caller.copy("img-aaa")

        assert refused(short) == (429, "QUOTA_EXCEEDED", "Snapshot quota limit exceeded")
        assert enough.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"destinationRegion": "cn-east-2"},
        {"sourceImageIds": [], "destinationRegion": "cn-east-2"},
        {"sourceImageIds": "img-aaa", "destinationRegion": "cn-east-2"},
        {"sourceImageIds": [f"img-{number}" for number in range(11)], "destinationRegion": "cn-east-2"},
        {"sourceImageIds": ["img-aaa", "img-aaa"], "destinationRegion": "cn-east-2"},
        {"sourceImageIds": ["img-aaa"]},
        {"sourceImageIds": ["img-aaa"], "destinationRegion": "cn-east-2", "name": "a b"},
        {"sourceImageIds": ["img-aaa"], "destinationRegion": "cn-east-2", "name": "n" * 33},
        {"sourceImageIds": ["img-aaa"], "destinationRegion": "cn-east-2", "description": "d" * 257},
        ["img-aaa"],
    ],
)
async def test_a_body_that_is_not_as_documented_is_an_invalid_argument(body: Any) -> None:
    async with calling() as caller:
        _add(caller)

        answer = await caller.send("POST", "images:copyImages", body=body)

        assert refused(answer)[:2] == (400, "INVALID_ARGUMENT")
        assert caller.cloud.accepted == []


async def test_unset_optionals_may_be_null_as_the_sdk_sends_them() -> None:
    async with calling() as caller:
        _add(caller)

        answer = await caller.copy("img-aaa", regionId="cn-north-1", name=None, description=None)

        assert answer.status_code == 200


@pytest.mark.parametrize("row", [row for row in rows() if row.status], ids=lambda row: row.name)
async def test_an_image_plays_a_row_whenever_it_is_copied(row: Any) -> None:
    async with calling() as caller:
        _add(caller, plays=row.name)

        answers = [refused(await caller.copy("img-aaa")) for _ in range(2)]

        values = {"image": "img-aaa", "region": "cn-east-2", "status": "ready", "snapshot": "snapshot-aaa"}
        assert answers == [(row.http_status, row.status, row.message.format(**values))] * 2
        assert caller.cloud.accepted == []


async def test_an_image_may_play_a_page_of_a_proxy() -> None:
    async with calling() as caller:
        _add(caller, plays="bad_gateway")

        answer = await caller.copy("img-aaa")

        assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
        assert "502 Bad Gateway" in answer.text


def test_the_rows_are_those_of_the_page_and_of_the_gateway() -> None:
    assert [(row.name, row.http_status, row.status) for row in rows()] == [
        ("invalid_region", 400, "INVALID_ARGUMENT"),
        ("not_cloud_disk", 400, "FAILED_PRECONDITION"),
        ("image_status", 400, "FAILED_PRECONDITION"),
        ("not_private", 400, "FAILED_PRECONDITION"),
        ("task_conflict", 400, "FAILED_PRECONDITION"),
        ("busy", 400, "FAILED_PRECONDITION"),
        ("encrypted", 400, "FAILED_PRECONDITION"),
        ("image_quota", 429, "QUOTA_EXCEEDED"),
        ("snapshot_quota", 429, "QUOTA_EXCEEDED"),
        ("not_found", 404, "NOT_FOUND"),
        ("internal", 500, "INTERNAL"),
        ("unknown_server", 500, "UNKNOWN"),
        ("unauthenticated", 401, "ACCESS_ERROR"),
        ("forbidden", 403, "HTTP_FORBIDDEN"),
        ("rate_limit", 429, "RATE_LIMIT"),
        ("bad_gateway", 502, ""),
    ]


async def test_a_copy_can_be_driven_without_waiting() -> None:
    async with calling() as caller:
        for image_id in ("img-aaa", "img-bbb", "img-ccc"):
            _add(caller, image_id)
        await caller.copy("img-aaa", "img-bbb", "img-ccc")
        first, second, third = (new for _, _, new in caller.cloud.accepted)

        caller.cloud.set_progress(first, 71)
        caller.cloud.fail(second)
        caller.cloud.finish(third)
        caller.clock.forward(3600)

        told = [
            (image["status"], image["progress"])
            for image in await caller.described("cn-east-2", first, second, third)
        ]
        assert told == [("pending", "71"), ("error", "0"), ("ready", "100")]
        caller.cloud.finish()
        assert [image.status for image in caller.cloud.region("cn-east-2")] == ["ready", "error", "ready"]


async def test_a_copy_without_duration_is_ready_at_once() -> None:
    async with calling(copy_seconds=0.0) as caller:
        _add(caller)
        await caller.copy("img-aaa")

        assert [image.status for image in caller.cloud.region("cn-east-2")] == ["ready"]


async def test_a_copy_that_was_removed_stays_gone() -> None:
    async with calling() as caller:
        _add(caller)
        await caller.copy("img-aaa")
        [(_, _, new)] = caller.cloud.accepted

        del caller.cloud.images[new]
        caller.clock.at += timedelta(seconds=5)

        assert await caller.described("cn-east-2", new) == []
        assert (await caller.copy("img-aaa")).status_code == 200


async def test_a_status_set_by_hand_is_not_moved_by_time() -> None:
    async with calling() as caller:
        _add(caller)
        await caller.copy("img-aaa")
        [(_, _, new)] = caller.cloud.accepted

        caller.cloud.images[new].status = "error"
        caller.clock.forward(3600)

        assert caller.cloud.images[new].status == "error"
