"""What follows an emergency: pressed by who may start one it is one too, pressed by others it says that it isn't."""

from typing import Any

from bot.demo.scene import LI_NA, SARAH, WANG_LEI
from tests.end_to_end.stage import GUANGZHOU, SHANGHAI, WEB, Stage, buttons, image, on_stage
from tests.end_to_end.windows import sent, whispered, window

LINE = f"/copy-image emergency {WEB} to {SHANGHAI} because db-01 down"
RULE: dict[str, Any] = {"approvals": 1, "emergency": [WANG_LEI]}


async def copied_before(stage: Stage) -> str:
    """An emergency for what has been copied already; the copy that is there."""
    await stage.type(WANG_LEI, LINE)
    await stage.later(lambda: stage.part("mapping-1"))
    stage.world.cloud.finish()
    await stage.until_state("ready")
    await stage.type(WANG_LEI, LINE)
    await stage.until_state("invalid")
    stage.copied_again[WEB, SHANGHAI] += 1
    return stage.world.cloud.accepted[0][2]


async def test_an_emergency_for_which_a_copy_is_there_is_not_said_to_have_started() -> None:
    async with on_stage(**RULE) as stage:
        copy = await copied_before(stage)
        title, facts, *lines = stage.card().text.splitlines()
        assert title == "ℹ️ 已有副本，无需复制：1 个镜像，cn-north-1 华北-北京 → cn-east-2 华东-上海"
        assert " · 以紧急方式申请，无需复制 · " in facts
        assert lines[-2:] == [
            f"`{WEB} → {copy}`",
            "可以直接使用；如需再复制一份，请点击“仍要复制”：可以紧急复制的人点击后仍无需批准，其他人点击则为普通申请",
        ]
        assert "emergency" not in stage.parts()
        assert len(stage.sent) == 1
        told = await stage.type(WANG_LEI, "/copy-image history last 7d")
        assert "ℹ️ " in told.splitlines()[1]
        assert told.splitlines()[1].split(" · ")[1:4] == ["紧急", "1 个镜像", "已有副本"]


async def test_copy_again_by_who_may_start_emergencies_starts_at_once_with_the_same_reason() -> None:
    async with on_stage(**RULE) as stage:
        await copied_before(stage)
        told = await stage.press(WANG_LEI, "copy_again")
        assert told.splitlines()[0].startswith("已受理，编号 ")
        assert told.splitlines()[1] == "这仍是紧急复制：无需批准，会通知所有审批人"
        await stage.later(lambda: stage.part("mapping-1"))
        assert "原因：db-01 down · 紧急：未经批准启动 · " in stage.card().text
        assert stage.say("emergency").startswith(f"<@{LI_NA}> 请知悉：")
        assert stage.sent == [([WEB], SHANGHAI)] * 2


async def test_copy_again_by_others_is_an_ordinary_request_and_says_so() -> None:
    async with on_stage(**RULE) as stage:
        await copied_before(stage)
        told = await stage.press(SARAH, "copy_again")
        assert told.splitlines()[1] == (
            "This is an ordinary request, no longer an emergency: you may not start emergency copies in this channel "
            "(rule: emergency)."
        )
        await stage.until_state("waiting")
        assert "紧急" not in stage.card().text
        assert buttons(stage.card()) == ["approve", "reject", "cancel"]
        assert len(stage.sent) == 1


async def test_copy_again_takes_typing_the_region_where_an_emergency_does() -> None:
    async with on_stage(**RULE, confirm_regions=[SHANGHAI]) as stage:
        await stage.type(WANG_LEI, LINE)
        await sent(stage, region=SHANGHAI)
        await stage.later(lambda: stage.part("mapping-1"))
        stage.world.cloud.finish()
        await stage.until_state("ready")
        await stage.type(WANG_LEI, LINE)
        await sent(stage, region=SHANGHAI)
        await stage.until_state("invalid")
        stage.copied_again[WEB, SHANGHAI] += 1
        known, card = len(stage.world.slack.whispers(WANG_LEI)), stage.card()
        await stage.world.slack.press(WANG_LEI, card.channel, card.ts, "copy_again")
        await stage.world.slack.wait_for(lambda: stage.world.slack.modal(WANG_LEI))
        assert window(stage, WANG_LEI)["title"]["text"] == "确认紧急复制"
        wrong = await sent(stage, region=GUANGZHOU)
        assert wrong["errors"] == {"region": "请输入目标地域的 ID 以确认：cn-east-2"}
        assert len(stage.cards()) == 2
        assert await sent(stage, region=SHANGHAI) == {}
        assert "这仍是紧急复制" in await whispered(stage, known=known)
        await stage.later(lambda: stage.part("mapping-1"))
        assert stage.sent == [([WEB], SHANGHAI)] * 2


async def test_a_retry_that_was_typed_takes_typing_the_region_too() -> None:
    failing = image(WEB, plays="image_quota")
    async with on_stage(images=[failing], **RULE, confirm_regions=[SHANGHAI]) as stage:
        await stage.type(WANG_LEI, LINE)
        await sent(stage, region=SHANGHAI)
        await stage.until_state("failed")
        failing.plays = None
        identity = str((stage.card().metadata or {})["event_payload"]["request_id"])
        assert await stage.type(WANG_LEI, f"/copy-image retry {identity}") == ""
        assert await sent(stage, region=SHANGHAI) == {}
        await stage.later(lambda: stage.part("mapping-1"))
        assert "紧急：未经批准启动" in stage.card().text
        assert "approval" not in stage.parts()


async def test_who_may_only_start_emergencies_may_follow_one() -> None:
    async with on_stage(**RULE, request=[SARAH]) as stage:
        await copied_before(stage)
        assert "这仍是紧急复制" in await stage.press(WANG_LEI, "copy_again")
        await stage.later(lambda: stage.part("mapping-1"))
