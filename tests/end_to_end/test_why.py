"""`why`: what would happen and why, step by step, with nothing done and nothing remembered."""

import asyncio
import re
from typing import Any

import pytest

from bot.demo.jdcloud import Fault
from bot.demo.scene import CHEN_YU, GUEST, LEADS, LI_NA, SARAH, WANG_LEI
from bot.demo.slack import Fault as SlackFault
from bot.demo.slack import User
from tests.end_to_end.stage import API, DB, SHANGHAI, WEB, Stage, image, on_stage
from tests.end_to_end.windows import change_rule

WHY = f"/copy-image why {WEB} to {SHANGHAI}"


async def nothing_was_done(stage: Stage) -> bool:
    await stage.quiet()
    return (await stage.state(), stage.cards(), stage.sent) == ("", [], [])


async def test_every_step_is_named_with_its_rule() -> None:
    async with on_stage(approvals=1, approve=[LI_NA, LEADS], reason_required=True) as stage:
        assert (await stage.type(CHEN_YU, WHY)).splitlines() == [
            "如果您现在提交：",
            "1. 您可以申请：此频道允许所有人申请复制 `img-*` 到 `cn-east-2` 华东-上海、`cn-south-1` 华南-广州",
            "    还须写明原因（规则 reason_required），例如在末尾加上：因为 扩容",
            "2. 需要 1 人批准：<@U0002> 或 <!subteam^S0001>（您是 <!subteam^S0001> 成员，但不能批准自己的申请）",
            "3. 24 小时内无人批准则失效，2 小时后开始提醒",
            "4. 镜像检查：可用，云硬盘系统盘，未加密",
            "    `cn-east-2` 华东-上海 配额充足：剩余镜像 5 个，快照 15 个",
        ]
        assert await nothing_was_done(stage)


async def test_the_steps_are_in_the_asker_s_language() -> None:
    async with on_stage() as stage:
        lines = (await stage.type(SARAH, WHY)).splitlines()
        assert lines[0] == "If you asked now:"
        assert lines[2] == "2. No approval is needed: it is copied as soon as the checks have passed"
        assert lines[3] == "3. Images: available, on cloud disks, not encrypted"


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ({"request": [LI_NA]}, "1. 您不能申请。您在此频道没有申请复制镜像的权限（规则 request）。"),
        (
            {"destination_regions": ["cn-south-1"]},
            "1. 您不能申请。此频道不允许复制到 `cn-east-2` 华东-上海（规则 destination_regions）。",
        ),
    ],
)
async def test_who_may_not_ask_reads_why_and_whom_to_ask(rule: dict[str, Any], line: str) -> None:
    async with on_stage(**rule) as stage:
        lines = (await stage.type(WANG_LEI, WHY)).splitlines()
        assert lines[1:] == [line, "    如需调整，请联系频道管理员 <@U0003>。"]
        assert await nothing_was_done(stage)


async def test_a_guest_without_a_right_is_told_nothing_of_the_channel() -> None:
    async with on_stage() as stage:
        assert (await stage.type(GUEST, WHY)).startswith("访客账号在此频道没有这项权限（规则 request）。")


async def test_an_approver_who_is_alone_hears_that_nobody_else_can() -> None:
    async with on_stage(approvals=1, approve=[LI_NA]) as stage:
        lines = (await stage.type(LI_NA, WHY)).splitlines()
        assert lines[2:4] == [
            "2. 需要 1 人批准，但目前没有其他人可以批准（规则 approve）",
            "    <@U0003> 可以用 `/copy-image permissions` 指定审批人",
        ]


async def test_approvers_who_can_t_act_are_not_named() -> None:
    async with on_stage(approvals=1, approve=["U0007", GUEST, "U0008", LI_NA, LEADS]) as stage:
        space = stage.world.slack.workspace
        space.users += [User("U0007", "gone", "Gone", deleted=True), User("U0008", "bot", "Bot", is_bot=True)]
        space.groups[0].members.clear()
        assert f"2. 需要 1 人批准：<@{LI_NA}>" in (await stage.type(WANG_LEI, WHY)).splitlines()


async def test_a_quorum_that_can_t_be_reached_is_said_with_who_can_change_that() -> None:
    async with on_stage(
        approvals=2, approve=[WANG_LEI, LI_NA, GUEST], admin=[GUEST], bot_admins=SARAH
    ) as stage:
        assert (await stage.type(WANG_LEI, WHY)).splitlines()[2:4] == [
            f"2. 需要 2 人批准，但目前只有 <@{LI_NA}> 可以批准（规则 approve）",
            f"    <@{SARAH}> 可以用 `/copy-image permissions` 指定审批人",
        ]


async def test_approvers_are_named_by_the_rule_while_slack_does_not_say_who_they_are() -> None:
    async with on_stage(approvals=1, approve=[LI_NA, GUEST]) as stage:
        stage.world.slack.faults.append(
            SlackFault("users.info", times=50, status=500, when=lambda args: args["user"] == LI_NA)
        )
        lines = (await stage.type(WANG_LEI, WHY)).splitlines()
        assert lines[2] == f"2. 需要 1 人批准：<@{LI_NA}> 或 <@{GUEST}>"


async def test_checks_that_would_not_pass_are_explained() -> None:
    async with on_stage(images=[image(WEB, encrypted=True)]) as stage:
        lines = (await stage.type(WANG_LEI, WHY)).splitlines()
        assert lines[3:] == [
            "3. 镜像检查不会通过：",
            "    无法复制 `img-web`：不支持带有加密快照的镜像",
            "    请改用由未加密云硬盘创建的镜像后重新申请",
        ]
        assert await nothing_was_done(stage)


async def test_a_copy_made_before_is_shown() -> None:
    async with on_stage(copy_seconds=1) as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}")
        await stage.until_state("ready")
        copy = stage.world.cloud.accepted[0][2]
        lines = (await stage.type(WANG_LEI, WHY)).splitlines()
        assert lines[3:] == [
            "3. 这些镜像之前已复制过，副本仍在，提交后不会再次复制：",
            f"    `{WEB} → {copy}`",
            "    可以直接使用；如需再复制一份，提交后可在卡片上点击“仍要复制”",
        ]
        both = (await stage.type(WANG_LEI, f"/copy-image why {WEB} {API} to {SHANGHAI}")).splitlines()
        assert both[-1] == f"    `{WEB}` 之前已复制到 `cn-east-2` 华东-上海，不再重复：`{copy}`"


async def test_an_open_request_for_the_same_is_named() -> None:
    async with on_stage() as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} {DB} to {SHANGHAI}")
        lines = (await stage.type(SARAH, WHY)).splitlines()
        assert (
            "asks for one of these images in the same region and is still open; asking now would make no"
            in lines[-2]
        )
        assert re.match(
            "    Its state: [A-Z][a-z ]+\\. See how it stands with `/copy-image status cp-", lines[-1]
        )


async def test_a_pause_is_mentioned() -> None:
    async with on_stage(bot_admins=(SARAH,)) as stage:
        await stage.type(SARAH, "/copy-image pause")
        lines = (await stage.type(WANG_LEI, WHY)).splitlines()
        assert lines[-1] == "4. 目前已暂停向京东云提交：获批后会等到恢复"


async def test_a_cloud_that_is_slow_leaves_it_unchecked_in_time() -> None:
    async with on_stage() as stage:
        stage.world.cloud.faults.append(Fault("*", times=20, latency_s=8))
        began = asyncio.get_running_loop().time()
        lines = (await stage.type(WANG_LEI, WHY)).splitlines()
        assert lines[-1] == "3. 镜像与配额：京东云没有及时回答，未检查"
        assert asyncio.get_running_loop().time() - began < 2.9


async def test_who_may_start_an_emergency_reads_that_here() -> None:
    async with on_stage(approvals=1, emergency=[WANG_LEI]) as stage:
        assert "紧急时您可以不经批准复制：`/copy-image emergency`" in await stage.type(WANG_LEI, WHY)
        await change_rule(stage, emergency=[])
        assert "紧急" not in await stage.type(WANG_LEI, WHY)


async def test_a_channel_without_the_bot_is_said_to_need_an_invitation() -> None:
    async with on_stage() as stage:
        stage.world.slack.workspace.channels[0].members.remove("U0BOT")
        lines = (await stage.type(WANG_LEI, WHY)).splitlines()
        assert lines[2] == "2. 需要先将我加入此频道：`/invite @copy-image`"


async def test_in_a_direct_message_there_is_nothing_to_explain() -> None:
    async with on_stage() as stage:
        assert (await stage.type(WANG_LEI, WHY, WANG_LEI)).startswith("请在频道中申请复制")
