"""Taking a request back at every moment of its life: the intent to send is the line."""

import pytest

from bot.demo.jdcloud import Fault
from bot.demo.scene import CHEN_YU, LI_NA, WANG_LEI, ZHAO_MIN
from tests.end_to_end.stage import GUANGZHOU, SHANGHAI, WEB, Stage, buttons, image, on_stage

COPY = f"/copy-image {WEB} to cn-east-2"


async def cancel(stage: Stage, user: str = WANG_LEI) -> str:
    return await stage.press(user, "cancel")


async def test_a_request_that_is_still_being_checked_can_be_taken_back() -> None:
    async with on_stage() as stage:
        stage.world.cloud.faults.append(Fault(operation="describeImages", latency_s=1))
        await stage.type(WANG_LEI, COPY)
        await stage.world.cloud.wait_for(lambda: stage.world.cloud.calls)
        assert (await cancel(stage)).startswith("已撤回 `cp-")
        await stage.until_state("cancelled")
        await stage.pass_time(minutes=5)
        assert stage.sent == []
        assert stage.parts() == ["outcome"]
        assert f"<@{WANG_LEI}> 您已撤回此申请，没有复制任何镜像" in stage.say("outcome")


@pytest.mark.parametrize("who", [WANG_LEI, ZHAO_MIN])
async def test_a_waiting_request_is_taken_back_by_its_requester_or_an_administrator(who: str) -> None:
    async with on_stage(approvals=1) as stage:
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("waiting")
        await cancel(stage, who)
        await stage.until_state("cancelled")
        assert stage.card().text.startswith("🚫 ")
        assert f"由 <@{who}> 撤回" in stage.card().text
        assert buttons(stage.card()) == ["ask_again"]
        late = await stage.press(LI_NA, "approve", value=f"{_id(stage)}.1")
        assert f"此申请已由 <@{who}> 于 " in late
        assert stage.sent == []


async def test_nobody_else_may_take_a_request_back() -> None:
    async with on_stage(approvals=1) as stage:
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("waiting")
        for other in (LI_NA, CHEN_YU):
            assert f"<@{ZHAO_MIN}>" in await cancel(stage, other)
        assert await stage.state() == "waiting"


async def test_a_request_whose_image_is_busy_is_taken_back_and_not_sent_again() -> None:
    async with on_stage(images=[image(WEB, plays="busy")]) as stage:
        await stage.type(WANG_LEI, COPY)
        await stage.later(lambda: stage.part("error-1"))
        before = len(stage.sent)
        assert "不会再发出新的调用" in await cancel(stage)
        await stage.until_state("cancelled")
        await stage.pass_time(hours=1)
        assert len(stage.sent) == before
        assert stage.world.cloud.accepted == []


async def test_with_two_destinations_the_second_is_not_sent_any_more() -> None:
    async with on_stage() as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} to cn-east-2,cn-south-1")
        await stage.later(lambda: stage.part("mapping-1"))
        assert buttons(stage.card()) == ["cancel"]
        assert "已提交的部分会照常完成" in await cancel(stage)
        await stage.quiet()
        assert f"<@{WANG_LEI}> 要求撤回" in stage.card().text
        assert "cancel" not in buttons(stage.card())
        stage.world.cloud.finish()
        await stage.until_state("partly_ready")
        assert stage.sent == [([WEB], SHANGHAI)]
        assert f"`{WEB}` 未提交" in stage.say("outcome")
        await stage.press(WANG_LEI, "retry")
        await stage.later(lambda: stage.part("mapping-1"))
        assert stage.sent[1:] == [([WEB], GUANGZHOU)]


async def test_a_call_whose_answer_is_lost_settles_after_the_request_was_taken_back() -> None:
    async with on_stage() as stage:
        cloud = stage.world.cloud
        not_listed = Fault(operation="describeImages", html=True, times=0)
        cloud.faults += [Fault(drop="after"), not_listed]
        cloud.on_change(lambda: setattr(not_listed, "times", 1_000 * bool(cloud.accepted)))
        await stage.type(WANG_LEI, COPY)
        await stage.later(lambda: "cancel" in buttons(stage.card()) and stage.part("unknown-1"))
        await cancel(stage)
        cloud.on_change(cloud.faults.clear)
        await stage.later(lambda: stage.part("mapping-1"))
        stage.world.cloud.finish()
        await stage.until_state("ready")
        assert len(stage.sent) == 1


async def test_a_lost_call_is_not_sent_again_once_the_request_was_taken_back() -> None:
    async with on_stage() as stage:
        stage.world.cloud.faults.append(Fault(drop="before"))
        await stage.type(WANG_LEI, COPY)
        await stage.later(lambda: stage.part("unknown-1"))
        await cancel(stage)
        await stage.until_state("cancelled")
        await stage.pass_time(hours=1)
        assert len(stage.sent) == 1
        assert stage.world.cloud.accepted == []


async def test_a_running_copy_can_not_be_taken_back() -> None:
    async with on_stage() as stage:
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("watching")
        assert buttons(stage.card()) == []
        said = await stage.press(WANG_LEI, "cancel", value=f"{_id(stage)}.1")
        assert "无法收回" in said
        stage.world.cloud.finish()
        await stage.until_state("ready")


def _id(stage: Stage) -> str:
    return str((stage.card().metadata or {})["event_payload"]["request_id"])
