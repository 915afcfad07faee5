"""The demo's account: enough to copy and room for it, and one image for each thing that can be wrong."""

import re
from datetime import UTC, datetime

from bot.demo import inventory, scene
from bot.demo.jdcloud import CloudStandIn
from bot.demo.page import usual_steps

NOW = datetime(2025, 11, 24, 6, 0, tzinfo=UTC)


def test_fourteen_images_of_beijing_can_be_copied_and_two_have_the_same_name() -> None:
    fine = [
        image
        for image in inventory.images(NOW)
        if (image.region, image.root_device_type) == ("cn-north-1", "cloudDisk")
        and not (image.encrypted or image.plays)
    ]
    names = [image.name for image in fine]
    assert len(fine) == 14
    assert [name for name in set(names) if names.count(name) == 2] == ["nginx-gateway-1022"]
    assert (fine[0].id, fine[0].name, fine[0].created_at.day) == ("img-8u2z9kyzdk", "web-base-0915", 15)


def test_every_id_looks_like_the_clouds_own_and_is_there_once() -> None:
    ids = [image.id for image in inventory.images(NOW)]
    assert [one for one in ids if not re.fullmatch("img-[a-z0-9]{10}", one)] == []
    assert len(set(ids)) == len(ids)


def test_there_is_room_for_several_stories_in_each_region() -> None:
    cloud = CloudStandIn()
    inventory.fill(cloud, NOW)
    regions = {region["id"]: region["quota"] for region in cloud.as_json()["regions"]}
    assert regions["cn-north-1"]["image"] == {"limit": 20, "used": 17}
    assert regions["cn-north-1"]["snapshot"] == {"limit": 60, "used": 22}
    assert regions["cn-east-2"]["image"] == {"limit": 20, "used": 1}


def test_the_image_that_plays_a_quota_error_says_so_in_its_name() -> None:
    (played,) = [image for image in inventory.images(NOW) if image.plays]
    assert (played.id, played.name, played.plays) == ("img-busy2n8h6s", "quota-demo", "image_quota")


def test_the_first_suggestion_copies_the_images_that_the_tour_copies() -> None:
    cloud = CloudStandIn()
    inventory.fill(cloud, NOW)
    steps = usual_steps(
        "zh", cloud, requester=scene.WANG_LEI, approver=(scene.LI_NA, "李娜"), channel=scene.BEIJING
    )
    assert steps[0].types == "/copy-image img-8u2z9kyzdk img-p3f0c1x7ab 到 上海 因为 扩容"
