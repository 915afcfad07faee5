"""What is looked at before anybody is asked and anything is sent, and what an image that fails it leads to."""

from typing import Any

import pytest

from bot.demo.jdcloud import Fault
from bot.demo.scene import LI_NA, WANG_LEI
from tests.end_to_end.stage import (
    API,
    DB,
    GUANGZHOU,
    SHANGHAI,
    SOURCE,
    WEB,
    Stage,
    buttons,
    image,
    on_stage,
    permissions,
)

COPY = f"/copy-image {WEB} to cn-east-2"

BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "encrypted": ({"encrypted": True}, "不支持带有加密快照的镜像", "encrypted snapshots"),
    "a local disk": ({"root_device_type": "localDisk"}, "只支持云盘系统盘类型的镜像", "a cloud disk can be"),
    "not ready": ({"status": "pending"}, "镜像状态错误（`pending`）", "the image's status is `pending`"),
    "public": ({"source": "public"}, "不能操作非私有镜像", "only private images can be"),
    "shared": ({"source": "shared"}, "不能操作非私有镜像", "only private images can be"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("what", BAD)
async def test_an_image_that_cannot_be_copied_is_named_and_the_others_can_be_asked_for(
    what: str, language: str
) -> None:
    facts, zh, en = BAD[what]
    images = [image(WEB, **facts), image(API), image(DB)]
    async with on_stage(images=images, language=language) as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} {API} {DB} to cn-east-2")
        await stage.until_state("invalid")
        said = stage.say("outcome")
        assert (zh if language == "zh" else en) in said
        assert f"`{WEB}`" in said
        assert buttons(stage.card()) == ["copy_rest"]
        assert stage.sent == []
        await stage.press(LI_NA, "copy_rest")
        await stage.later(lambda: stage.part("mapping-1"))
        assert [(sorted(images), region) for images, region in stage.sent] == [([API, DB], SHANGHAI)]
        assert f"申请人 <@{LI_NA}>" in stage.card().text or f"Requested by <@{LI_NA}>" in stage.card().text


async def test_an_image_that_does_not_exist_is_said_to_be_nowhere_and_can_be_asked_for_again() -> None:
    async with on_stage() as stage:
        await stage.type(WANG_LEI, "/copy-image img-none to cn-east-2")
        await stage.until_state("invalid")
        assert "无法复制 `img-none`：在 `cn-north-1` 华北-北京 找不到镜像" in stage.say("outcome")
        assert buttons(stage.card()) == ["ask_again"]
        stage.world.cloud.add(image("img-none"))
        await stage.press(WANG_LEI, "ask_again")
        await stage.later(lambda: stage.part("mapping-1"))
        assert stage.sent == [(["img-none"], SHANGHAI)]


async def test_an_image_in_another_source_region_is_found_there() -> None:
    async with on_stage(
        source_regions=[SOURCE, "cn-east-1"], images=[image(WEB, region="cn-east-1")]
    ) as stage:
        await stage.type(WANG_LEI, COPY)
        await stage.later(lambda: stage.part("mapping-1"))
        assert "cn-east-1" in stage.card().text.splitlines()[0]
        call = next(c for c in stage.world.cloud.calls if c.operation == "copyImages")
        assert call.path == "/v1/regions/cn-east-1/images:copyImages"


async def test_images_in_several_regions_are_refused_with_the_commands_that_would_work() -> None:
    images = [image(WEB), image(API, region="cn-east-1")]
    async with on_stage(source_regions=["*"], images=images) as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} {API} to cn-east-2 because growth")
        await stage.until_state("invalid")
        assert stage.say("outcome").splitlines()[-2:] == [
            f"`/copy-image {WEB} from cn-north-1 to cn-east-2 because growth`",
            f"`/copy-image {API} from cn-east-1 to cn-east-2 because growth`",
        ]
        assert stage.sent == []


async def test_a_name_that_no_pattern_allows_is_refused_once_the_name_is_known() -> None:
    images = [image(WEB, "web-1"), image(API, "api-1")]
    async with on_stage(images=images, permission_file=permissions(images=["name:web-*"])) as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} {API} to cn-east-2")
        await stage.until_state("invalid")
        assert f"此频道不允许复制 `{API}`" in stage.say("outcome")
        await stage.press(WANG_LEI, "copy_rest")
        await stage.later(lambda: stage.part("mapping-1"))
        assert stage.sent == [([WEB], SHANGHAI)]


async def test_a_name_that_cannot_be_looked_up_is_not_allowed_by_a_name_pattern() -> None:
    async with on_stage(permission_file=permissions(images=["name:web-*"])) as stage:
        stage.world.cloud.faults.append(Fault(operation="describeImages", html=True, times=None))
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("invalid")
        assert "名称暂时无法查询" in stage.say("outcome")
        assert buttons(stage.card()) == ["ask_again"]
        assert stage.sent == []


@pytest.mark.parametrize(("kind", "word"), [("image", "镜像配额不足"), ("snapshot", "快照配额不足")])
async def test_too_little_quota_ends_the_request_with_the_numbers(kind: Any, word: str) -> None:
    images = [image(WEB), image(API), image("img-there", region=SHANGHAI)]
    async with on_stage(images=images) as stage:
        stage.world.cloud.quotas[SHANGHAI, kind] = 2
        await stage.type(WANG_LEI, f"/copy-image {WEB} {API} to cn-east-2")
        await stage.until_state("invalid")
        assert f"`cn-east-2` 华东-上海 {word}，未复制任何镜像：需要 2 个，已用 1 个，共 2 个" in stage.say(
            "outcome"
        )
        assert buttons(stage.card()) == ["ask_again"]
        stage.world.cloud.quotas[SHANGHAI, kind] = 3
        await stage.press(WANG_LEI, "ask_again")
        await stage.later(lambda: stage.part("mapping-1"))
        assert len(stage.world.cloud.accepted) == 2


async def test_checks_that_cannot_be_made_are_named_as_such_and_the_request_goes_on() -> None:
    async with on_stage(approvals=1) as stage:
        stage.world.cloud.faults += [
            Fault(operation="describeImages", error="rate_limit", times=None),
            Fault(operation="describeQuotas", html=True, times=None),
            Fault(operation="describeQuota", drop="before", times=None),
        ]
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("waiting")
        assert "未能查询镜像状态，未检查" in stage.card().text
        assert "未能查询目标地域配额，未检查" in stage.card().text
        await stage.press(LI_NA, "approve")
        await stage.later(lambda: stage.part("mapping-1"))
        assert stage.sent == [([WEB], SHANGHAI)]


async def test_a_cloud_that_does_not_answer_the_checks_holds_up_a_request_only_for_their_deadline() -> None:
    async with on_stage(jdcloud_timeout_s=0.2) as stage:
        stage.world.cloud.faults.append(Fault(operation="describeImages", hang=True, times=2))
        await stage.type(WANG_LEI, COPY)
        await stage.later(lambda: stage.part("mapping-1"))
        assert stage.sent == [([WEB], SHANGHAI)]


async def copied(stage: Stage, command: str) -> None:
    await stage.type(WANG_LEI, command)
    await stage.later(lambda: stage.part("mapping-1"))
    stage.world.cloud.finish()
    await stage.until_state("ready")


async def test_what_was_copied_before_is_answered_with_its_copies_and_copied_again_on_demand() -> None:
    async with on_stage() as stage:
        await copied(stage, COPY)
        copy = stage.world.cloud.accepted[0][2]
        await stage.type(LI_NA, COPY)
        await stage.until_state("invalid")
        assert f"`{WEB} → {copy}`" in stage.say("outcome")
        assert buttons(stage.card()) == ["copy_again"]
        assert len(stage.sent) == 1
        stage.copied_again[WEB, SHANGHAI] = 1
        await stage.press(LI_NA, "copy_again")
        await stage.later(lambda: stage.part("mapping-1"))
        assert len(stage.sent) == 2


async def test_of_images_copied_in_part_before_only_the_others_are_copied() -> None:
    async with on_stage() as stage:
        await copied(stage, COPY)
        copy = stage.world.cloud.accepted[0][2]
        await stage.type(LI_NA, f"/copy-image {WEB} {API} to cn-east-2,cn-south-1")
        await stage.later(lambda: len(stage.sent) == 2)
        stage.world.cloud.finish()
        await stage.later(lambda: len(stage.sent) == 3)
        stage.world.cloud.finish()
        await stage.until_state("ready")
        assert [(sorted(images), region) for images, region in stage.sent[1:]] == [
            ([API], SHANGHAI),
            ([API, WEB], GUANGZHOU),
        ]
        assert f"`{WEB} → {copy}`" in stage.say("outcome")


async def test_a_copy_that_was_deleted_since_is_made_anew() -> None:
    async with on_stage() as stage:
        await copied(stage, COPY)
        del stage.world.cloud.images[stage.world.cloud.accepted[0][2]]
        stage.copied_again[WEB, SHANGHAI] = 1
        await stage.type(WANG_LEI, COPY)
        await stage.later(lambda: stage.part("mapping-1"))
        assert len(stage.sent) == 2


async def test_a_destination_where_the_images_are_is_refused() -> None:
    async with on_stage(source_regions=["*"], destination_regions=["*"]) as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} to cn-north-1")
        await stage.until_state("invalid")
        assert "镜像已在目标地域 `cn-north-1` 华北-北京" in stage.say("outcome")
        assert stage.sent == []
