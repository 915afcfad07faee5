"""Who somebody is when Slack is slow, failing or away; and in which language each is answered."""

import asyncio
from typing import Any

import pytest

from bot.demo.scene import CHEN_YU, LEADS, LI_NA, SARAH, WANG_LEI
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


async def test_a_stranger_in_a_shared_channel_sees_and_does_nothing() -> None:
    async with on_stage(approvals=1) as stage:
        identity = await asked(stage)
        slack = stage.world.slack
        slack.workspace.users.append(User("U0007", "guest", "Guest", team_id="T0009"))
        for action in ("approve", "reject", "cancel", "retry"):
            await slack.deliver("interactive", click_of(stage, action, f"{identity}.1", "U0007"))
        await slack.wait_for(lambda: len(slack.whispers("U0007")) == 4)
        assert sorted(w.text for w in slack.whispers("U0007")) == [
            f"`{identity}` 没有需要重试的镜像：只有失败或部分完成的申请可以重试",
            *["您不是此工作区的成员，不能使用此功能。"] * 3,
        ]
        assert (await stage.state(identity), stage.sent) == ("waiting", [])
