"""Who somebody is when Slack is slow, failing or away; and in which language each is answered."""

import asyncio
from typing import Any

import pytest

from bot.demo.scene import CHEN_YU, GUEST, LEADS, LI_NA, SARAH, WANG_LEI, ZHAO_MIN
from bot.demo.slack import Fault, User
from tests.end_to_end.stage import SHANGHAI, WEB, Stage, on_stage
from tests.end_to_end.test_approval import COMMAND, asked, click_of

UNKNOWABLE = "Slack 暂时没有答复您的身份与用户组，因此没有执行任何操作。请稍后再试。"


def asked_of_slack(stage: Stage, method: str) -> int:
    return len([call for call in stage.world.slack.calls if call.method == method])


@pytest.mark.parametrize(
    "trouble",
    [{"latency_s": 30}, {"status": 500}, {"status": 429}, {"error": "internal_error"}, {"body": "garbage"}],
    ids=str,
)
async def test_a_command_is_refused_while_slack_does_not_say_who_asks(trouble: dict[str, Any]) -> None:
    async with on_stage(approvals=1) as stage:
        stage.world.slack.faults.append(Fault("users.info", times=50, **trouble))
        assert await stage.type(WANG_LEI, COMMAND) == UNKNOWABLE
        assert await stage.state() == ""
        stage.world.slack.faults.clear()
        await asked(stage)


@pytest.mark.parametrize("method", ["users.info", "usergroups.users.list"])
async def test_a_click_is_refused_while_slack_does_not_say_who_clicks(method: str) -> None:
    async with on_stage(approvals=1, approve=[LEADS]) as stage:
        identity = await asked(stage)
        await stage.pass_time(seconds=61)
        stage.world.slack.faults.append(Fault(method, times=50, latency_s=30))
        assert await stage.press(CHEN_YU, "approve") == UNKNOWABLE
        assert (await stage.state(identity), stage.sent) == ("waiting", [])
        stage.world.slack.faults.clear()
        assert await stage.press(CHEN_YU, "approve") == f"您已批准 `{identity}`"
        await stage.later(lambda: stage.sent)


async def test_a_rejection_keeps_its_words_while_slack_does_not_say_who_rejects() -> None:
    async with on_stage(approvals=1) as stage:
        identity = await asked(stage)
        slack = stage.world.slack
        await slack.press(LI_NA, stage.channel, stage.card().ts, "reject")
        await slack.wait_for(lambda: slack.modal(LI_NA))
        await stage.pass_time(seconds=61)
        slack.faults.append(Fault("users.info", times=50, status=500))
        assert await slack.submit(LI_NA, {"reason": "no"}) == {
            "response_action": "errors",
            "errors": {"reason": UNKNOWABLE},
        }
        assert await stage.state(identity) == "waiting"
        slack.faults.clear()
        assert await slack.submit(LI_NA, {"reason": "no"}) == {}
        await stage.until_state("rejected")


async def test_a_slack_slow_in_everything_is_still_answered_in_time() -> None:
    async with on_stage(approvals=1, request=[LEADS]) as stage:
        for method in ("users.info", "usergroups.users.list", "conversations.info"):
            stage.world.slack.faults.append(Fault(method, times=50, latency_s=1.3))
        # The stand-in gives up after three seconds, as Slack does: whatever comes is an answer in time.
        answer = await stage.type(CHEN_YU, COMMAND)
        assert "已受理" in answer or answer == UNKNOWABLE
        assert (await stage.state() != "") is ("已受理" in answer)


async def test_nothing_is_sent_while_slack_does_not_say_who_the_people_of_a_request_are() -> None:
    async with on_stage(approvals=1, bot_admins=SARAH) as stage:
        await asked(stage)
        await stage.type(SARAH, "/copy-image pause")
        await stage.press(LI_NA, "approve")
        await stage.pass_time(seconds=61)
        stage.world.slack.faults.append(Fault("users.info", times=1000, status=500))
        await stage.type(SARAH, "/copy-image resume")  # refused: nobody can say who asks
        stage.world.slack.faults.clear()
        await stage.type(SARAH, "/copy-image resume")
        stage.world.slack.faults.append(
            Fault("users.info", times=1000, status=500, when=lambda args: args["user"] == LI_NA)
        )
        await stage.pass_time(seconds=20)
        assert (await stage.state(), stage.sent) == ("approved", [])
        stage.world.slack.faults.clear()
        await stage.pass_time(seconds=6)
        assert stage.sent == [([WEB], SHANGHAI)]


async def test_slack_is_asked_once_a_minute_about_the_same_person() -> None:
    async with on_stage() as stage:
        for _ in range(3):
            await stage.type(WANG_LEI, "/copy-image help")
        assert asked_of_slack(stage, "users.info") == 1
        await stage.pass_time(seconds=60)
        await stage.type(WANG_LEI, "/copy-image help")
        assert asked_of_slack(stage, "users.info") == 1
        await stage.pass_time(seconds=1)
        await asyncio.gather(*(stage.type(WANG_LEI, "/copy-image help") for _ in range(3)))
        assert asked_of_slack(stage, "users.info") == 2


@pytest.mark.parametrize(
    ("locale", "default", "answer"),
    [
        ("zh-CN", "en", "已受理，编号"),
        ("zh-TW", "en", "已受理，编号"),
        ("en-US", "zh", "Accepted as"),
        ("en-GB", "zh", "Accepted as"),
        ("de-DE", "zh", "已受理，编号"),
        ("de-DE", "en", "Accepted as"),
    ],
)
async def test_everyone_is_answered_in_the_language_of_their_slack(
    locale: str, default: str, answer: str
) -> None:
    async with on_stage(bot_language=default) as stage:
        person = stage.world.slack.workspace.user(WANG_LEI)
        assert person is not None
        person.locale = locale
        assert (await stage.type(WANG_LEI, COMMAND)).startswith(answer)


async def test_what_the_channel_sees_is_in_the_channels_language() -> None:
    async with on_stage(approvals=1, language="en") as stage:
        answer = await stage.type(WANG_LEI, COMMAND)
        assert answer.startswith("已受理，编号")
        await stage.until_state("waiting")
        assert stage.card().text.splitlines()[0].startswith("⏳ Copy 1 image")
        assert stage.say("approval").endswith("asks to copy 1 image to `cn-east-2` Shanghai")


async def test_a_click_without_its_own_address_for_answers_is_answered_all_the_same() -> None:
    async with on_stage(approvals=1) as stage:
        identity = await asked(stage)
        slack = stage.world.slack
        click = click_of(stage, "approve", f"{identity}.1", LI_NA)
        del click["response_url"]
        await slack.deliver("interactive", click)
        whispers = await slack.wait_for(lambda: slack.whispers(LI_NA))
        assert whispers[0].text == f"您已批准 `{identity}`"


UNREAD = (
    f"现在无法从 Slack 读取用户组 <!subteam^{LEADS}> 的成员，因此不能确定您是否有这项权限（规则 {{}}）。"
    "请稍后再试；如一直如此，请让机器人管理员运行 copy-image-bot check。"
)


async def test_a_member_of_a_group_that_slack_never_tells_of_hears_that_and_who_is_named_by_id_goes_on() -> (
    None
):
    async with on_stage(approvals=1, request=[LEADS, WANG_LEI], approve=[LEADS, LI_NA]) as stage:
        fault = Fault("usergroups.users.list", times=999, error="plan_upgrade_required")
        stage.world.slack.faults.append(fault)
        change = f"如需调整，请联系频道管理员 <@{ZHAO_MIN}>。"
        assert await stage.type(CHEN_YU, COMMAND) == f"{UNREAD.format('request')}\n{change}"
        identity = await asked(stage)
        can = f"可以审批的人：<@{LI_NA}>"
        assert await stage.press(CHEN_YU, "approve") == f"{UNREAD.format('approve')}\n{can}"
        assert (await stage.state(identity), stage.sent) == ("waiting", [])
        await stage.press(LI_NA, "approve")
        await stage.later(lambda: stage.sent)


async def test_where_only_groups_that_cannot_be_read_are_named_bot_admins_can_help() -> None:
    async with on_stage(request=[LEADS], admin=[LEADS], bot_admins=SARAH) as stage:
        fault = Fault("usergroups.users.list", times=999, error="missing_scope")
        stage.world.slack.faults.append(fault)
        change = f"如需调整，请联系频道管理员 <@{SARAH}>。"
        assert await stage.type(CHEN_YU, COMMAND) == f"{UNREAD.format('request')}\n{change}"


async def test_an_approval_by_a_group_that_can_no_longer_be_read_is_waited_for_and_not_undone() -> None:
    async with on_stage(approvals=1, approve=[LEADS], bot_admins=SARAH) as stage:
        await asked(stage)
        await stage.type(SARAH, "/copy-image pause")
        await stage.press(CHEN_YU, "approve")
        await stage.pass_time(seconds=61)
        fault = Fault("usergroups.users.list", times=999, error="missing_scope")
        stage.world.slack.faults.append(fault)
        await stage.type(SARAH, "/copy-image resume")
        await stage.pass_time(seconds=30)
        assert (await stage.state(), stage.sent) == ("approved", [])
        fault.times = 0
        await stage.later(lambda: stage.sent)


@pytest.mark.parametrize("team", ["left out", None, ""])
@pytest.mark.parametrize("action", ["approve", "reject", "cancel", "retry"])
async def test_a_click_that_does_not_say_whose_workspace_is_the_clicker_s_is_refused(
    action: str, team: str | None
) -> None:
    async with on_stage(approvals=1, approve=[LI_NA], admin=[LI_NA]) as stage:
        identity = await asked(stage)
        click = click_of(stage, action, f"{identity}.1", LI_NA)
        del click["user"]["team_id"]
        if team != "left out":
            click["user"]["team_id"] = team
        slack = stage.world.slack
        await slack.deliver("interactive", click)
        whispers = await slack.wait_for(lambda: slack.whispers(LI_NA))
        assert whispers[0].text == "无法确定您所在的工作区，因此没有执行任何操作。"
        assert (await stage.state(identity), stage.sent, slack.modal(LI_NA)) == ("waiting", [], None)


GONE, MACHINE = "U0007", "U0008"
NO_RIGHT = f"您在此频道没有申请复制镜像的权限（规则 request）。\n如需调整，请联系频道管理员 <@{ZHAO_MIN}>。"
GUESTS = "访客账号在此频道没有这项权限（规则 request）。\n如需调整，请联系频道管理员 <@U0003>。"


@pytest.mark.parametrize(
    ("user", "answer"),
    [
        (GONE, "您的 Slack 账号已停用，不能使用此功能。"),
        (MACHINE, "机器人不能使用此功能。"),
        (GUEST, GUESTS),
        (CHEN_YU, NO_RIGHT),
    ],
)
async def test_who_may_ask_for_nothing_hears_nothing_of_a_request_that_could_be_followed(
    user: str, answer: str
) -> None:
    async with on_stage(approvals=1, request=[WANG_LEI]) as stage:
        space = stage.world.slack.workspace
        space.users += [User(GONE, "gone", "Gone", deleted=True), User(MACHINE, "bot", "Bot", is_bot=True)]
        for person in space.users:
            person.locale = "zh-CN"
        identity = await asked(stage)

        slack = stage.world.slack

        async def told() -> list[str]:
            known = len(slack.whispers(user))
            for action in ("retry", "ask_again"):
                await slack.deliver("interactive", click_of(stage, action, f"{identity}.1", user))
            whispers = await slack.wait_for(
                lambda: found if len(found := slack.whispers(user)[known:]) == 2 else []
            )
            return [whisper.text for whisper in whispers]

        assert await told() == [answer] * 2
        await slack.press(LI_NA, stage.channel, stage.card().ts, "reject")
        await slack.wait_for(lambda: slack.modal(LI_NA))
        await slack.submit(LI_NA, {"reason": "no"})
        await stage.until_state("rejected")
        assert (await stage.press(WANG_LEI, "ask_again")).startswith("已受理，编号")
        assert await told() == [answer] * 2


async def test_a_stranger_in_a_shared_channel_sees_and_does_nothing() -> None:
    async with on_stage(approvals=1) as stage:
        identity = await asked(stage)
        slack = stage.world.slack
        slack.workspace.users.append(User("U0007", "guest", "Guest", team_id="T0009"))
        for action in ("approve", "reject", "cancel", "retry"):
            await slack.deliver("interactive", click_of(stage, action, f"{identity}.1", "U0007"))
        await slack.wait_for(lambda: len(slack.whispers("U0007")) == 4)
        assert [w.text for w in slack.whispers("U0007")] == ["您不是此工作区的成员，不能使用此功能。"] * 4
        assert (await stage.state(identity), stage.sent) == ("waiting", [])
