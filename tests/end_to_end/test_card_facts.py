"""What approvers can read off the card before they decide: the rule, and images of the same name."""

from typing import Any

import pytest

from bot.demo.jdcloud import Fault
from bot.demo.scene import LI_NA, WANG_LEI
from tests.end_to_end.stage import API, GUANGZHOU, SHANGHAI, WEB, image, on_stage, permissions
from tests.end_to_end.test_approval import COMMAND, asked, dated


async def test_the_card_names_image_quota_rule_and_approvers_in_this_order() -> None:
    async with on_stage(approvals=1, images=[image(WEB, "web-1", os="Ubuntu 22.04", size_gb=60)]) as stage:
        identity = await asked(stage, f"{COMMAND} because more load")
        first, facts, named, *rest = dated(stage.card().text).splitlines()
        assert first == "⏳ 复制 1 个镜像：cn-north-1 华北-北京 → cn-east-2 华东-上海"
        assert facts == f"申请人 <@{WANG_LEI}> · 原因：more load · 编号 `{identity}`"
        assert named.startswith(f"`{WEB}` web-1\u00a0· ")
        assert "60 GB" in named
        assert rest[0].startswith("`cn-east-2` 华东-上海 剩余配额：")
        assert rest[1:] == [
            "依据此频道的规则：所有人可以申请复制 `img-*` 到 `cn-east-2` 华东-上海",
            f"需要 1 人批准：<@{LI_NA}>；… 前无人批准将自动失效",
        ]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("zh", "⚠️ `cn-east-2` 华东-上海 已有名为 `web-base` 的私有镜像：`img-twin`"),
        ("en", "⚠️ A private image named `web-base` exists in `cn-east-2` Shanghai already: `img-twin`"),
    ],
)
async def test_an_image_of_the_same_name_in_the_destination_is_named(language: str, line: str) -> None:
    twins = [
        image("img-twin", "web-base", region=SHANGHAI),
        image("img-public", "web-base", region=SHANGHAI, source="public"),
        image("img-elsewhere", "web-base", region=GUANGZHOU),
        image("img-other", "web-base-2", region=SHANGHAI),
    ]
    async with on_stage(approvals=1, images=[image(WEB, "web-base"), *twins], language=language) as stage:
        await asked(stage)
        assert [said for said in stage.card().text.splitlines() if "⚠️" in said] == [line]
        await stage.press(LI_NA, "approve")
        await stage.later(lambda: stage.sent)


async def test_where_nothing_can_be_listed_nothing_is_said_of_names_and_it_goes_on() -> None:
    images = [image(WEB), image("img-twin", "web-base", region=SHANGHAI)]
    async with on_stage(approvals=1, images=images) as stage:
        stage.world.cloud.faults.append(Fault(operation="describeImages", html=True, times=None))
        await asked(stage)
        assert "未能查询镜像状态，未检查" in stage.card().text
        assert "⚠️" not in stage.card().text


async def test_the_copy_that_was_made_before_is_not_taken_for_another_image_of_its_name() -> None:
    async with on_stage(approvals=1) as stage:
        await asked(stage)
        await stage.press(LI_NA, "approve")
        await stage.later(lambda: stage.part("mapping-1"))
        stage.world.cloud.finish()
        await stage.until_state("ready")
        await asked(stage, f"/copy-image {WEB} {API} to {SHANGHAI}")
        said = stage.card().text
        assert f"`{WEB}` 之前已复制到 `cn-east-2` 华东-上海，不再重复：" in said
        assert "⚠️" not in said


async def test_who_is_to_type_the_region_is_said_beforehand() -> None:
    async with on_stage(approvals=1, confirm_regions=[SHANGHAI]) as stage:
        await asked(stage)
        assert "最后一位审批人须输入目标地域的 ID：`cn-east-2` 华东-上海" in stage.card().text


async def test_only_patterns_that_let_these_images_in_are_named() -> None:
    patterns: dict[str, Any] = {"images": ["img-w*", "name:web-*", "name:db-*", "img-x*"]}
    async with on_stage(permission_file=permissions(approvals=1, **patterns)) as stage:
        await asked(stage)
        assert "申请复制 `img-w*`、`name:web-*` 到" in stage.card().text
