"""Once copying has begun, rights are judged again before anything more is sent."""

from bot.demo.jdcloud import Fault
from bot.demo.scene import CHEN_YU, LI_NA, SARAH, WANG_LEI, ZHAO_MIN
from bot.demo.slack import Fault as SlackFault
from tests.end_to_end.stage import GUANGZHOU, SHANGHAI, WEB, Stage, buttons, on_stage
from tests.end_to_end.test_approval import asked, change_rule

TWO = f"/copy-image {WEB} to {SHANGHAI},{GUANGZHOU}"


async def lost(stage: Stage) -> None:
    """A copy was sent, never begun, and its answer lost: it is to be sent again."""
    stage.world.cloud.faults.append(Fault(drop="before"))
    await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}")
    await stage.later(lambda: stage.part("unknown-1"))
    assert len(stage.sent) == 1


async def first_of_two(stage: Stage) -> None:
    """The copy to the first destination runs; the second waits for it."""
    await asked(stage, TWO)
    await stage.press(LI_NA, "approve")
    await stage.later(lambda: stage.part("mapping-1"))
    assert stage.sent == [([WEB], SHANGHAI)]


async def test_a_requester_without_the_right_gets_nothing_sent_again() -> None:
    async with on_stage() as stage:
        await lost(stage)
        await change_rule(stage, request=[CHEN_YU])
        await stage.until_state("failed")
        assert len(stage.sent) == 1
        assert stage.say("outcome").splitlines() == [
            f"<@{WANG_LEI}> 没有镜像复制成功",
            (
                f"❌ 没有向 `{SHANGHAI}` 华东-上海 提交 `{WEB}`：按现在的权限，此申请已不被允许。"
                "您在此频道没有申请复制镜像的权限（规则 request）。"
            ),
        ]
        assert buttons(stage.card()) == ["retry"]


async def test_who_retries_what_was_given_up_needs_the_right() -> None:
    async with on_stage() as stage:
        await lost(stage)
        await change_rule(stage, request=[CHEN_YU])
        await stage.until_state("failed")
        assert "（规则 request）" in await stage.press(WANG_LEI, "retry")
        await stage.press(CHEN_YU, "retry")
        await stage.until_state("watching")
        assert stage.sent == [([WEB], SHANGHAI)] * 2


async def test_a_destination_that_was_taken_out_of_the_rule_gets_nothing_more() -> None:
    async with on_stage(approvals=1) as stage:
        await first_of_two(stage)
        await change_rule(stage, destination_regions=[SHANGHAI])
        stage.world.cloud.finish()
        await stage.until_state("partly_ready")
        assert stage.sent == [([WEB], SHANGHAI)]
        assert (
            f"没有向 `{GUANGZHOU}` 华南-广州 提交 `{WEB}`：按现在的权限，此申请已不被允许。"
            f"此频道不允许复制到 `{GUANGZHOU}` 华南-广州（规则 destination_regions）。"
        ) in stage.say("outcome")


async def test_an_approver_without_the_right_lets_nothing_more_be_sent() -> None:
    async with on_stage(approvals=1, language="en") as stage:
        await first_of_two(stage)
        await change_rule(stage, approve=[SARAH])
        stage.world.cloud.finish()
        await stage.until_state("partly_ready")
        assert stage.sent == [([WEB], SHANGHAI)]
        assert (
            f"`{WEB}` was not sent to `{GUANGZHOU}` Guangzhou: who approved no longer may, "
            "and the other approvals are too few" in stage.say("outcome")
        )


async def test_one_of_two_approvers_is_enough_where_one_approval_was_asked_for() -> None:
    async with on_stage(approvals=1, approve=[LI_NA, SARAH]) as stage:
        await first_of_two(stage)
        await change_rule(stage, approve=[LI_NA], approvals=2)
        stage.world.cloud.finish()
        await stage.later(lambda: len(stage.sent) == 2)


async def test_an_approver_who_edits_the_permissions_meanwhile_stops_nothing() -> None:
    async with on_stage(approvals=1, approve=[LI_NA]) as stage:
        await first_of_two(stage)
        await change_rule(stage, by=LI_NA, max_images=7)
        stage.world.cloud.finish()
        await stage.later(lambda: len(stage.sent) == 2)


async def test_a_copy_under_way_does_not_wait_for_a_silent_slack() -> None:
    async with on_stage(approvals=1, bot_admins=ZHAO_MIN) as stage:
        await first_of_two(stage)
        await stage.pass_time(minutes=2)
        stage.world.slack.faults.append(SlackFault("users.info", status=500, times=1_000))
        stage.world.cloud.finish()
        await stage.later(lambda: len(stage.sent) == 2)


async def test_a_person_who_left_counts_once_slack_has_said_so() -> None:
    async with on_stage(approvals=1) as stage:
        await first_of_two(stage)
        await stage.pass_time(minutes=2)
        person = next(u for u in stage.world.slack.workspace.users if u.id == LI_NA)
        person.deleted = True
        stage.world.cloud.finish()
        await stage.until_state("partly_ready")
        assert stage.sent == [([WEB], SHANGHAI)]
