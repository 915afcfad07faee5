"""Commands as they are typed: who is answered what, and what is left unchanged."""

import asyncio
import re
from dataclasses import replace
from typing import Any

import pytest

from bot.demo.scene import BEIJING, CHEN_YU, GLOBAL, GUEST, LI_NA, SARAH, WANG_LEI, ZHAO_MIN
from bot.demo.slack import User
from commands.clouds.jdcloud.regions import known_regions
from commands.mistakes import Mistake
from commands.parse import parse
from commands.typed import CopyCommand
from tests.end_to_end.stage import API, DB, GUANGZHOU, SHANGHAI, WEB, Stage, on_stage, permissions
from tests.end_to_end.test_approval import COMMAND, asked

RANDOM = "C0003"


async def nothing_happened(stage: Stage) -> bool:
    """No request, no message: only the author's own answer."""
    await stage.quiet()
    posted = [call for call in stage.world.slack.calls if call.method.startswith("chat.")]
    return await stage.state() == "" and posted == [] and stage.sent == []


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (f"/copy-image {WEB} to cn-esat-2", f"`/copy-image {WEB} to cn-east-2`"),
        (f"/copy-image {WEB} 到 上诲", f"`/copy-image {WEB} to cn-east-2`"),
        ("/copy-image histroy", "`/copy-image history`"),
        (f"/copy-image {WEB}", "/copy-image"),
        (f"/copy-image {WEB} to {SHANGHAI} because {'x' * 501}", "500"),
        ("/copy-image img_web to cn-east-2", "`img_web`"),
        ("/copy-image cancel", "/copy-image cancel"),
        ("/copy-image what is this", "/copy-image help"),
    ],
)
async def test_a_wrong_command_is_answered_at_once_to_its_author_and_changes_nothing(
    line: str, answer: str
) -> None:
    async with on_stage() as stage:
        told = await stage.type(WANG_LEI, line)
        assert answer in told
        assert await nothing_happened(stage)


async def test_a_channel_that_nobody_set_up_allows_nothing_and_names_who_can_set_it_up() -> None:
    async with on_stage(bot_admins=f"{ZHAO_MIN},{SARAH}") as stage:
        for who in (WANG_LEI, ZHAO_MIN):
            assert await stage.type(who, COMMAND, RANDOM) == (
                f"此频道尚未开通镜像复制，不允许任何操作。\n请联系 <@{ZHAO_MIN}>、<@{SARAH}> 进行设置。"
            )
        assert await nothing_happened(stage)


async def test_without_bot_admins_the_answer_says_who_runs_the_bot_can_help() -> None:
    async with on_stage() as stage:
        assert "BOT_ADMINS" in await stage.type(WANG_LEI, COMMAND, RANDOM)
        assert await nothing_happened(stage)


async def test_a_bot_that_is_not_in_the_channel_asks_to_be_invited() -> None:
    async with on_stage() as stage:
        channel = stage.world.slack.workspace.channel(BEIJING)
        assert channel is not None
        channel.members.remove("U0BOT")
        assert await stage.type(WANG_LEI, COMMAND) == "请先将我加入此频道：`/invite @copy-image`"
        assert await nothing_happened(stage)


async def test_a_region_the_channel_does_not_allow_is_refused_with_who_can_change_that() -> None:
    async with on_stage(destination_regions=[SHANGHAI]) as stage:
        assert await stage.type(SARAH, f"/copy-image {WEB} to {SHANGHAI},{GUANGZHOU}") == (
            "This channel doesn't allow copies to `cn-south-1` Guangzhou (rule: destination_regions).\n"
            f"<@{ZHAO_MIN}> can change that."
        )
        assert await nothing_happened(stage)


@pytest.mark.parametrize(
    "line",
    [
        COMMAND,
        f"/copy-image emergency {WEB} to {SHANGHAI} because db-01 is down",
        "/copy-image history all",
        f"/copy-image history <@{LI_NA}>",
    ],
)
async def test_in_a_direct_message_nothing_of_a_channel_can_be_done(line: str) -> None:
    async with on_stage(emergency=[WANG_LEI]) as stage:
        answer = await stage.type(WANG_LEI, line, WANG_LEI)
        assert answer.startswith(("请在频道中申请复制", "私信中只能查看您自己的记录"))
        assert await nothing_happened(stage)


async def test_in_a_direct_message_the_requester_sees_and_takes_back_their_own() -> None:
    async with on_stage(approvals=1) as stage:
        identity = await asked(stage)
        assert f"编号 `{identity}`" in await stage.type(WANG_LEI, f"/copy-image status {identity}", WANG_LEI)
        assert identity in await stage.type(WANG_LEI, "/copy-image history mine", WANG_LEI)
        for verb in ("status", "cancel", "retry"):
            for who, place in ((LI_NA, LI_NA), (ZHAO_MIN, ZHAO_MIN), (LI_NA, RANDOM), (WANG_LEI, RANDOM)):
                told = await stage.type(who, f"/copy-image {verb} {identity}", place)
                assert told == "没有此申请，或不属于此频道。/copy-image history 列出已有的申请。"
        assert await stage.state(identity) == "waiting"
        assert (
            await stage.type(WANG_LEI, f"/copy-image cancel {identity}", WANG_LEI) == f"已撤回 `{identity}`"
        )


async def test_the_same_copy_asked_for_in_another_channel_names_the_open_request_by_its_id_only() -> None:
    file = permissions(BEIJING, approvals=1)[:-2] + "," + permissions(GLOBAL)[len('{"channels": [') :]
    async with on_stage(permission_file=file) as stage:
        identity = await asked(stage, f"/copy-image {WEB} {API} to {SHANGHAI}")
        answer = await stage.type(LI_NA, f"/copy-image {API} {DB} to {SHANGHAI},{GUANGZHOU}", GLOBAL)
        assert answer == f"`{identity}` 已申请将其中的镜像复制到同一地域，尚未结束，因此没有新建申请。"
        assert "已受理" in await stage.type(LI_NA, f"/copy-image {API} to {GUANGZHOU}", GLOBAL)


async def test_of_identical_commands_at_once_one_makes_a_request() -> None:
    async with on_stage(approvals=1) as stage:
        told = await asyncio.gather(*(stage.type(who, COMMAND) for who in (WANG_LEI, LI_NA, SARAH, CHEN_YU)))
        accepted = [text for text in told if "已受理" in text or "Accepted" in text]
        assert len(accepted) == 1
        identity = accepted[0].split("`")[1]
        assert all(identity in text for text in told)
        await stage.until_state("waiting")
        assert len(stage.cards()) == 1


async def test_a_command_delivered_twice_takes_effect_once() -> None:
    async with on_stage() as stage:
        slack = stage.world.slack
        first, second = await asyncio.gather(
            *(slack.type(WANG_LEI, BEIJING, COMMAND, trigger_id="1.2.same") for _ in range(2))
        )
        identity = first.text.split("`")[1]
        assert sorted([first.text, second.text]) == sorted(
            [f"已受理，编号 `{identity}`", f"此命令已受理过，编号 `{identity}`"]
        )
        await stage.later(lambda: stage.sent)
        again = await slack.type(WANG_LEI, BEIJING, COMMAND, trigger_id="1.2.same")
        assert again.text == f"此命令已受理过，编号 `{identity}`"
        assert len(stage.sent) == 1


ASKING = ["img-", "表单", "why", "cancel", "retry"]
OWN = ["history mine", "status"]
READING = ["history last", "permissions", *OWN]


@pytest.mark.parametrize(
    ("who", "place", "lines"),
    [
        (WANG_LEI, BEIJING, [*ASKING, *READING]),
        (LI_NA, BEIJING, ["img-", "审批", *ASKING[1:], *READING]),
        (
            ZHAO_MIN,
            BEIJING,
            [*ASKING, "cancel", "grant", "history last", "permissions", "audit verify", *OWN, "pause"],
        ),
        (CHEN_YU, BEIJING, [*ASKING, "emergency", *READING]),
        (GUEST, BEIJING, OWN),
        (WANG_LEI, RANDOM, OWN),
        (WANG_LEI, WANG_LEI, [*OWN, "申请与审批都在频道中进行"]),
    ],
)
async def test_help_lists_what_the_caller_may_do_here_and_nothing_else(
    who: str, place: str, lines: list[str]
) -> None:
    async with on_stage(approvals=1, bot_admins=ZHAO_MIN, emergency=[CHEN_YU]) as stage:
        title, *items = (await stage.type(who, "/copy-image help", place)).splitlines()
        assert title == "您在此处可以使用："
        assert len(items) == len(lines)
        assert all(word in item for word, item in zip(lines, items, strict=True))


async def test_every_line_of_the_help_is_understood_as_it_stands() -> None:
    everything: dict[str, Any] = {"bot_admins": WANG_LEI, "emergency": [WANG_LEI], "admin": [WANG_LEI]}
    async with on_stage(destination_regions=["*"], **everything) as stage:
        told = await stage.type(WANG_LEI, "/copy-image help")
        assert (
            "申请复制镜像：`/copy-image img-8u2z9kyzdk img-p3f0c1x7ab to cn-east-1 because scaling up` 或 "
            "`/copy-image img-8u2z9kyzdk img-p3f0c1x7ab 到 宿迁 因为 扩容`"
        ) in told.splitlines()
        lines = re.findall("`/copy-image ([^`]+)`", told)
        assert len(lines) == 26
        commands: list[Any] = [parse(line.replace("@user", "<@U0002>"), known_regions(())) for line in lines]
        assert [one for one in commands if isinstance(one, Mistake)] == []
        assert (
            commands[::2]
            == [  # the same in both languages, apart from what a reason says
                replace(one, reason=two.reason) if isinstance(two, CopyCommand) else two
                for one, two in zip(commands[1::2], commands[::2], strict=True)
            ]
        )


async def test_help_in_english_has_no_chinese() -> None:
    async with on_stage() as stage:
        told = await stage.type(SARAH, "/copy-image help")
        assert (
            "ask for a copy: `/copy-image img-8u2z9kyzdk img-p3f0c1x7ab to cn-east-2 because scaling up`"
            in told
        )
        assert told.isascii()


async def test_help_offers_nothing_to_a_bot_whatever_the_rule_says() -> None:
    async with on_stage(request=["U0007"], approve=["U0007"], emergency=["U0007"]) as stage:
        workspace = stage.world.slack.workspace
        workspace.users.append(User("U0007", "x", "X", is_bot=True))
        next(c for c in workspace.channels if c.id == stage.channel).members.append("U0007")
        assert await stage.type("U0007", "/copy-image help") == "此频道尚未为您开通任何操作。"


async def test_only_bot_admins_pause_and_resume_and_nothing_is_sent_meanwhile() -> None:
    async with on_stage(bot_admins=ZHAO_MIN) as stage:
        for who in (WANG_LEI, LI_NA):
            assert await stage.type(who, "/copy-image pause") == (
                f"只有机器人管理员（BOT_ADMINS）可以这样做。\n可以这样做的人：<@{ZHAO_MIN}>"
            )
        paused = (
            "已暂停：恢复之前不会向京东云提交新的复制，已提交的照常进行。有申请未结束的频道都会收到通知。"
            "恢复：`/copy-image resume`"
        )
        assert await stage.type(ZHAO_MIN, "/copy-image pause") == paused
        assert await stage.type(ZHAO_MIN, "/copy-image pause") == "之前已经暂停，无需更改。"
        await stage.type(WANG_LEI, COMMAND)
        await stage.pass_time(minutes=2)
        assert (await stage.state(), stage.sent) == ("approved", [])
        assert await stage.type(ZHAO_MIN, "/copy-image resume") == (
            "已恢复：等待中的复制将继续提交。有申请未结束的频道都会收到通知。"
        )
        await stage.later(lambda: stage.sent)


@pytest.mark.parametrize(
    "verb",
    [
        "",
        " permissions",
        f" grant <@{LI_NA}> approve",
        f" revoke <@{LI_NA}> approve",
        f" why {WEB} to {SHANGHAI}",
        " audit verify",
    ],
)
async def test_every_verb_gets_an_answer_in_words(verb: str) -> None:
    async with on_stage(approvals=1, bot_admins=ZHAO_MIN) as stage:
        stage.world.slack.workspace.users[0].locale = "en-US"
        told = await stage.type(WANG_LEI, f"/copy-image{verb}")
        opened = stage.world.slack.modal(WANG_LEI)
        assert opened is not None or told
        assert "went wrong" not in told
        assert await nothing_happened(stage)


async def test_an_emergency_starts_at_once_for_whom_the_channel_names_and_says_so() -> None:
    async with on_stage(approvals=2, emergency=[SARAH]) as stage:
        line = f"/copy-image emergency {WEB} to {SHANGHAI}"
        assert "because" in await stage.type(SARAH, line)
        for who in (WANG_LEI, LI_NA, ZHAO_MIN, GUEST):
            told = await stage.type(who, f"{line} because db-01 is down")
            assert told == f"您在此频道不能使用紧急复制（规则 emergency）。\n可以这样做的人：<@{SARAH}>"
        assert await nothing_happened(stage)
        assert (await stage.type(SARAH, f"{line} because db-01 is down")).startswith("Accepted as")
        await stage.later(lambda: stage.sent)
        await stage.quiet()
        assert stage.sent == [([WEB], SHANGHAI)]
        assert "紧急：未经批准启动" in stage.card().text
        assert "原因：db-01 is down" in stage.card().text


async def test_an_emergency_without_names_is_for_nobody_not_even_bot_admins() -> None:
    async with on_stage(approvals=1, bot_admins=ZHAO_MIN) as stage:
        told = await stage.type(ZHAO_MIN, f"/copy-image emergency {WEB} to {SHANGHAI} because now")
        assert told == "此频道没有开通紧急复制（规则 emergency）。\n如需调整，请联系频道管理员 <@U0003>。"
        assert await nothing_happened(stage)


async def test_limits_of_a_requester_are_told_with_the_number() -> None:
    async with on_stage(approvals=1, max_images=2, daily_images=3, open_requests=1) as stage:
        assert "2 个镜像（规则 max_images）" in await stage.type(
            WANG_LEI, f"/copy-image {WEB} {API} {DB} to {SHANGHAI}"
        )
        await asked(stage, f"/copy-image {WEB} {API} to {SHANGHAI}")
        assert "24 小时内最多申请 3 个镜像（规则 daily_images，每个目标地域各算一次）" in await stage.type(
            WANG_LEI, f"/copy-image {DB} to {SHANGHAI},{GUANGZHOU}"
        )
        assert "最多可有 1 个未完成的申请，其他频道的也算在内（规则 open_requests）" in await stage.type(
            WANG_LEI, f"/copy-image {DB} to {SHANGHAI}"
        )
