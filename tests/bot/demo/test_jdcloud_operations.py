"""The stand-in's other operations: listing, quotas, changing and deleting."""

import pytest

from bot.demo.jdcloud import Image
from tests.bot.demo.jdcloud_caller import Caller, calling, refused


def _fill(caller: Caller, count: int) -> None:
    for number in range(count):
        caller.cloud.add(Image(f"img-{number:02}", f"web-{number:02}", "cn-north-1"))


async def test_a_list_comes_in_pages_with_the_total_of_all() -> None:
    async with calling() as caller:
        _fill(caller, 25)
        pages = [
            (
                await caller.send(
                    "GET",
                    "images",
                    query={"imageSource": "private", "pageSize": "10", "pageNumber": str(page)},
                )
            ).json()["result"]
            for page in (1, 3, 4)
        ]

        assert [page["totalCount"] for page in pages] == [25, 25, 25]
        assert [[image["imageId"] for image in page["images"]] for page in pages] == [
            [f"img-{number:02}" for number in range(10)],
            [f"img-{number:02}" for number in range(20, 25)],
            [],
        ]


async def test_a_page_has_twenty_unless_told_otherwise() -> None:
    async with calling() as caller:
        _fill(caller, 25)

        answer = await caller.send("GET", "images", query={"imageSource": "private"})

        assert len(answer.json()["result"]["images"]) == 20


@pytest.mark.parametrize("size", ["9", "101", "-10"])
async def test_a_page_size_outside_ten_to_a_hundred_is_out_of_range(size: str) -> None:
    async with calling() as caller:
        answer = await caller.send("GET", "images", query={"imageSource": "private", "pageSize": size})

        assert refused(answer) == (400, "OUT_OF_RANGE", "PageSize out of range")


async def test_a_page_number_that_is_none_is_refused() -> None:
    async with calling() as caller:
        zero = await caller.send("GET", "images", query={"imageSource": "private", "pageNumber": "0"})
        word = await caller.send("GET", "images", query={"imageSource": "private", "pageNumber": "two"})

        assert refused(zero) == (400, "OUT_OF_RANGE", "PageNumber out of range")
        assert refused(word) == (400, "INVALID_ARGUMENT", "Invalid parameter pageNumber 'two'")


async def test_a_list_needs_a_source_or_ids() -> None:
    async with calling() as caller:
        _fill(caller, 3)

        answer = await caller.send("GET", "images")

        assert refused(answer) == (400, "FAILED_PRECONDITION", "Parameter ImageSource missing")
        assert [
            image["imageId"] for image in await caller.described("cn-north-1", "img-02", "img-00", "img-99")
        ] == [
            "img-00",
            "img-02",
        ]


async def test_a_list_takes_a_hundred_ids() -> None:
    async with calling() as caller:
        most = {f"ids.{number}": f"img-{number:02}" for number in range(1, 101)}

        assert (await caller.send("GET", "images", query=most)).status_code == 200
        more = await caller.send("GET", "images", query=most | {"ids.101": "img-101"})
        assert refused(more) == (400, "INVALID_ARGUMENT", "Parameter ids takes up to 100 images")


async def test_a_list_holds_only_its_region_and_what_its_conditions_say() -> None:
    async with calling() as caller:
        caller.cloud.add(Image("img-a", "web-1", "cn-north-1"))
        caller.cloud.add(Image("img-b", "api-1", "cn-north-1"))
        caller.cloud.add(Image("img-c", "web-2", "cn-north-1", status="error"))
        caller.cloud.add(Image("img-d", "web-3", "cn-north-1", source="public"))
        caller.cloud.add(Image("img-e", "web-4", "cn-east-2"))
        query = {"imageSource": "private", "imageName": "web", "status": "ready"}

        answer = await caller.send("GET", "images", query=query)

        assert [image["imageId"] for image in answer.json()["result"]["images"]] == ["img-a"]


async def test_an_image_by_itself_tells_its_disks() -> None:
    async with calling() as caller:
        caller.cloud.add(Image("img-aaa", "web", "cn-north-1", data_disks=1, encrypted=True, size_gb=60))

        image = (await caller.send("GET", "images/img-aaa")).json()["result"]["image"]

        assert image["snapshotId"] == "snapshot-aaa"
        assert image["systemDisk"]["cloudDisk"] == {
            "snapshotId": "snapshot-aaa",
            "diskSizeGB": 60,
            "diskType": "ssd.gp1",
            "encrypted": True,
        }
        assert [disk["cloudDisk"]["snapshotId"] for disk in image["dataDisks"]] == ["snapshot-aaa-1"]


async def test_an_image_on_a_local_disk_has_no_snapshot_of_it() -> None:
    async with calling() as caller:
        caller.cloud.add(Image("img-aaa", "web", "cn-north-1", root_device_type="localDisk"))

        image = (await caller.send("GET", "images/img-aaa")).json()["result"]["image"]

        assert (image["snapshotId"], image["systemDisk"]) == ("", {"diskCategory": "local"})


async def test_an_image_that_is_not_there_is_not_found() -> None:
    async with calling() as caller:
        _fill(caller, 1)
        wanted = (404, "NOT_FOUND", "Image 'img-00' not found")

        assert refused(await caller.send("GET", "images/img-00", region="cn-east-2")) == wanted
        assert refused(await caller.send("DELETE", "images/img-00", region="cn-east-2")) == wanted


async def test_quotas_count_own_images_and_a_snapshot_for_each_disk() -> None:
    async with calling() as caller:
        caller.cloud.add(Image("img-a", "web", "cn-north-1", data_disks=2))
        caller.cloud.add(Image("img-b", "web", "cn-north-1", status="pending"))
        caller.cloud.add(Image("img-c", "web", "cn-north-1", source="public"))
        vm = {"filters.1.name": "resourceTypes", "filters.1.values.1": "image"}

        images = await caller.send("GET", "quotas", query=vm)
        snapshots = await caller.send("GET", "quotas", query={"type": "snapshot"}, service="disk")

        assert images.json()["result"] == {"quotas": [{"resourceType": "image", "limit": 5, "used": 2}]}
        assert snapshots.json()["result"] == {"quota": {"limit": 15, "used": 4}}


async def test_name_and_description_can_be_changed() -> None:
    async with calling() as caller:
        _fill(caller, 1)

        answer = await caller.send("POST", "images/img-00:modifyImageAttribute", body={"description": "说明"})
        nothing = await caller.send("POST", "images/img-00:modifyImageAttribute", body={})

        assert answer.json()["result"] == {}
        assert (caller.cloud.images["img-00"].name, caller.cloud.images["img-00"].description) == (
            "web-00",
            "说明",
        )
        assert refused(nothing)[:2] == (400, "INVALID_ARGUMENT")


async def test_an_image_can_be_deleted_except_while_it_is_being_copied() -> None:
    async with calling() as caller:
        _fill(caller, 1)
        await caller.copy("img-00")

        [(_, _, new)] = caller.cloud.accepted
        busy = await caller.send("DELETE", "images/img-00")
        unfinished = await caller.send("DELETE", f"images/{new}", region="cn-east-2")
        caller.cloud.finish()
        free = await caller.send("DELETE", "images/img-00")

        assert refused(busy) == (400, "FAILED_PRECONDITION", "The image 'img-00' is busy")
        assert refused(unfinished) == (400, "FAILED_PRECONDITION", f"The image '{new}' is busy")
        assert free.status_code == 200
        assert caller.cloud.region("cn-north-1") == []


async def test_an_image_of_somebody_else_can_be_neither_changed_nor_deleted() -> None:
    async with calling() as caller:
        caller.cloud.add(Image("img-a", "web", "cn-north-1", source="public"))
        wanted = (400, "FAILED_PRECONDITION", "Can't use this image")

        assert refused(await caller.send("DELETE", "images/img-a")) == wanted
        assert (
            refused(await caller.send("POST", "images/img-a:modifyImageAttribute", body={"name": "x"}))
            == wanted
        )


async def test_an_unknown_path_or_method_is_not_found() -> None:
    async with calling() as caller:
        assert refused(await caller.send("GET", "instances"))[:2] == (404, "NOT_FOUND")
        assert refused(await caller.send("PUT", "images"))[:2] == (404, "NOT_FOUND")
