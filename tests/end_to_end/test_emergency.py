"""Emergency copies: all approvers are told at once, and who starts one types the regions that are to be confirmed."""

from typing import Literal

import pytest

from bot.demo.scene import LEADS, LI_NA, SARAH, WANG_LEI, ZHAO_MIN
from tests.end_to_end.stage import GUANGZHOU, SHANGHAI, WEB, Stage, image, on_stage
from tests.end_to_end.windows import change_rule, inputs, said, sent, whispered, window

LINE = f"/copy-image emergency {WEB} to {SHANGHAI} because db-01 <down>"


async def nothing_was_made(stage: Stage) -> bool:
    await stage.quiet()
    return (await stage.state(), stage.cards(), stage.sent) == ("", [], [])


async def test_all_approvers_are_told_at_once_in_the_thread() -> None:
    async with on_stage(approvals=1, approve=[LI_NA, LEADS, WANG_LEI], emergency=[WANG_LEI]) as stage:
        await stage.type(WANG_LEI, LINE)
        await stage.until_state("watching", "copying")
        assert stage.say("emergency") == (
            "<@U0002>、<!subteam^S0001> 请知悉：<@U0001> 未经批准紧急将 1 个镜像复制到 `cn-east-2` 华东-上海，"
            "原因：db-01 &lt;down&gt;"
        )
        assert "approval" not in stage.parts()


async def test_an_emergency_that_can_t_be_copied_alarms_nobody() -> None:
    async with on_stage(images=[image(WEB, encrypted=True)], approvals=1, emergency=[WANG_LEI]) as stage:
        await stage.type(WANG_LEI, LINE)
        await stage.until_state("invalid")
        assert "emergency" not in stage.parts()


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_its_starter_types_the_region_that_is_to_be_confirmed(
    transport: Literal["socket", "http"],
) -> None:
    async with on_stage(
        approvals=1, emergency=[WANG_LEI], confirm_regions=[SHANGHAI], transport=transport
    ) as stage:
        assert await stage.type(WANG_LEI, LINE) == ""
        view = window(stage, WANG_LEI)
        assert (view["title"]["text"], list(inputs(view))) == ("确认紧急复制", ["region"])
        wrong = await sent(stage, region=GUANGZHOU)
        assert wrong["errors"] == {"region": "请输入目标地域的 ID 以确认：cn-east-2"}
        assert (await stage.state(), stage.cards()) == ("", [])
        assert await sent(stage, region=" CN-East-2 ") == {}
        assert (await whispered(stage)).startswith("已受理，编号")
        await stage.world.slack.wait_for(lambda: stage.sent)
        assert "原因：db-01 &lt;down&gt;" in stage.card().text


async def test_other_destinations_need_no_typing() -> None:
    async with on_stage(approvals=1, emergency=[SARAH], confirm_regions=[GUANGZHOU]) as stage:
        assert (await stage.type(SARAH, LINE)).startswith("Accepted as")


async def test_who_may_not_start_one_gets_no_window() -> None:
    async with on_stage(approvals=1, emergency=[WANG_LEI], confirm_regions=[SHANGHAI]) as stage:
        assert (await stage.type(ZHAO_MIN, LINE)).startswith("您在此频道不能使用紧急复制")
        assert stage.world.slack.modal(ZHAO_MIN) is None


async def test_the_right_is_judged_again_when_the_region_has_been_typed() -> None:
    async with on_stage(approvals=1, emergency=[WANG_LEI], confirm_regions=[SHANGHAI]) as stage:
        await stage.type(WANG_LEI, LINE)
        await change_rule(stage, emergency=[SARAH])
        assert (await sent(stage, region=SHANGHAI))["response_action"] == "update"
        assert said(window(stage, WANG_LEI)).startswith("您在此频道不能使用紧急复制")
        assert await nothing_was_made(stage)


async def test_a_confirmation_delivered_twice_starts_one_copy() -> None:
    async with on_stage(approvals=1, emergency=[WANG_LEI], confirm_regions=[SHANGHAI]) as stage:
        await stage.type(WANG_LEI, LINE)
        await sent(stage, region=SHANGHAI)
        again = stage.world.slack.delivered[-1].payload
        await stage.world.slack.deliver("interactive", {**again, "trigger_id": "another"})
        await stage.until_state("watching")
        assert (len(stage.cards()), stage.sent) == (1, [([WEB], SHANGHAI)])


async def test_it_is_marked_in_the_history() -> None:
    async with on_stage(approvals=1, emergency=[WANG_LEI]) as stage:
        await stage.type(WANG_LEI, LINE)
        await stage.until_state("watching", "copying")
        told = await stage.type(LI_NA, "/copy-image history last 7d")
        assert f"cn-north-1 → {SHANGHAI} · 紧急 · 1 个镜像 · " in told
