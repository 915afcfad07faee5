"""Whoever is refused reads which rule says no and who can help: only people who are able to."""

from typing import Any

import pytest

from bot.demo.scene import CHEN_YU, GUEST, LEADS, LI_NA, SARAH, WANG_LEI, ZHAO_MIN
from bot.demo.slack import Fault, User
from tests.end_to_end.stage import API, DB, SHANGHAI, SOURCE, WEB, Stage, on_stage
from tests.end_to_end.test_approval import COMMAND, asked, change_rule

GONE, MACHINE = "U0007", "U0008"
UNABLE = [GONE, MACHINE, GUEST]


def came(stage: Stage) -> None:
    """People who can never act are known to Slack."""
    space = stage.world.slack.workspace
    space.users += [User(GONE, "gone", "Gone", deleted=True), User(MACHINE, "bot", "Bot", is_bot=True)]


@pytest.mark.parametrize(
    ("rule", "line", "rule_named"),
    [
        ({"destination_regions": ["*"]}, f"{WEB} from {SOURCE} to {SOURCE}", "allow_same_region"),
        ({"open_requests": 1}, f"{API} to {SHANGHAI}", "open_requests"),
        ({"daily_images": 1}, f"{API} to {SHANGHAI}", "daily_images"),
        ({"max_images": 1}, f"{API} {DB} to {SHANGHAI}", "max_images"),
        ({"reason_required": True}, f"{API} to {SHANGHAI}", "reason_required"),
        ({"source_regions": ["cn-south-1"]}, f"{API} from {SOURCE} to {SHANGHAI}", "source_regions"),
    ],
)
@pytest.mark.parametrize(
    ("admin", "named"), [([*UNABLE, ZHAO_MIN], ZHAO_MIN), (UNABLE, SARAH), ([], SARAH)], ids=str
)
async def test_a_limit_is_named_with_who_can_change_it(
    rule: dict[str, Any], line: str, rule_named: str, admin: list[str], named: str
) -> None:
    async with on_stage(**rule, admin=admin, bot_admins=SARAH) as stage:
        came(stage)
        if rule_named in {"open_requests", "daily_images"}:
            await stage.type(WANG_LEI, COMMAND)
        what, whom = (await stage.type(WANG_LEI, f"/copy-image {line}")).splitlines()
        assert f"（规则 {rule_named}" in what
        assert whom == f"如需调整，请联系频道管理员 <@{named}>。"


async def test_somebody_whom_slack_does_not_describe_in_time_is_named_all_the_same() -> None:
    async with on_stage(max_images=1, admin=[GONE, ZHAO_MIN]) as stage:
        came(stage)
        stage.world.slack.faults.append(
            Fault("users.info", times=9, latency_s=30, when=lambda args: args["user"] == GONE)
        )
        told = await stage.type(WANG_LEI, f"/copy-image {WEB} {API} to {SHANGHAI}")
        assert told.splitlines()[1] == f"如需调整，请联系频道管理员 <@{GONE}>、<@{ZHAO_MIN}>。"


async def test_an_emergency_that_nobody_can_start_is_said_not_to_be_open_to_anybody() -> None:
    async with on_stage(emergency=UNABLE[:2], bot_admins=SARAH) as stage:
        came(stage)
        told = await stage.type(WANG_LEI, f"/copy-image emergency {WEB} to {SHANGHAI} because down")
        assert told.splitlines() == [
            "此频道没有开通紧急复制（规则 emergency）。",
            f"如需调整，请联系频道管理员 <@{ZHAO_MIN}>。",
        ]


async def test_who_changed_the_permissions_is_not_sent_to_others_who_did_or_to_who_has_approved() -> None:
    approvers = [LI_NA, ZHAO_MIN, SARAH, CHEN_YU, LEADS]
    async with on_stage(approvals=3, approve=approvers) as stage:
        stage.world.slack.workspace.groups[0].members[:] = [SARAH, WANG_LEI]
        await asked(stage)
        await stage.pass_time(minutes=1)
        await change_rule(stage, by=SARAH, approve=approvers, max_images=20)
        await change_rule(stage, by=ZHAO_MIN, approve=approvers, max_images=30)
        await stage.press(CHEN_YU, "approve")
        assert (await stage.press(ZHAO_MIN, "approve")).splitlines()[1] == f"可以审批的人：<@{LI_NA}>"
        assert (await stage.press(WANG_LEI, "approve")).splitlines()[1] == f"可以审批的人：<@{LI_NA}>"


async def test_where_nobody_else_is_left_that_is_said() -> None:
    async with on_stage(approvals=1, approve=[WANG_LEI, GONE, LEADS]) as stage:
        came(stage)
        stage.world.slack.workspace.groups[0].members[:] = [MACHINE, WANG_LEI]
        await asked(stage)
        assert (await stage.press(WANG_LEI, "approve")).splitlines()[1].startswith("目前没有其他人可以审批")


@pytest.mark.parametrize("verb", ["grant <@U0004> approve", "audit verify", "cancel {id}"])
async def test_who_may_not_administer_reads_who_can(verb: str) -> None:
    async with on_stage(approvals=1, admin=[*UNABLE, ZHAO_MIN]) as stage:
        came(stage)
        identity = await asked(stage)
        told = await stage.type(LI_NA, f"/copy-image {verb.format(id=identity)}")
        others = f"<@{WANG_LEI}>、" if "cancel" in verb else ""
        assert told.splitlines()[1] == f"可以这样做的人：{others}<@{ZHAO_MIN}>"
