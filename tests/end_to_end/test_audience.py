"""Who could approve as things are now: approvers elsewhere are told, and a request that nobody can approve says so."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.demo.scene import BEIJING, CHEN_YU, GUEST, LEADS, LI_NA, SARAH, TEAM, WANG_LEI, ZHAO_MIN
from bot.demo.slack import Fault, Message, User, payloads
from store import permissions
from tests.end_to_end.stage import SHANGHAI, WEB, Stage, buttons, on_stage, part_of, shown
from tests.end_to_end.test_approval import COMMAND, asked, change_rule, dated

NOBODY = "目前没有人可以批准此申请（规则 approve）"
CAN_CHANGE = f"<@{ZHAO_MIN}> 可以用 `/copy-image permissions` 指定审批人"


def leave(stage: Stage, *people: str) -> None:
    """These people are not in the channel."""
    channel = stage.world.slack.workspace.channel(BEIJING)
    assert channel is not None
    channel.members = [user for user in channel.members if user not in people]


def told(stage: Stage, user: str) -> list[Message]:
    return stage.world.slack.dms(user)


def broken(method: str, user: str, **fault: Any) -> Fault:
    """Something that goes wrong with direct messages to one person only."""
    keys = {"conversations.open": "users", "chat.postMessage": "channel"}
    here = {user, f"D{user[1:]}"}
    return Fault(method, when=lambda args: args.get(keys[method]) in here, **{"times": 50, **fault})


async def test_an_approver_outside_the_channel_is_told_in_their_language_with_a_link_to_the_card() -> None:
    async with on_stage(approvals=1, approve=[LI_NA, SARAH]) as stage:
        leave(stage, SARAH, LI_NA)
        identity = await asked(stage, f"{COMMAND} because more <load>")
        link = f"<https://demo.slack.com/archives/{BEIJING}/p{stage.card().ts.replace('.', '')}|{{}}>"
        english, chinese = told(stage, SARAH), told(stage, LI_NA)
        assert [m.text.splitlines() for m in english] == [
            [
                f"<@{WANG_LEI}> asks to copy 1 image to `cn-east-2` Shanghai; you can approve it",
                f"In <#{BEIJING}> · reason: more &lt;load&gt; · `{identity}`",
                f"`{WEB}` web-base",
                "Open the card, then approve or reject there. If you aren't in the channel yet, join it first.",
                link.format("Open the card"),
            ]
        ]
        assert [m.text.splitlines()[0] for m in chinese] == [
            f"<@{WANG_LEI}> 申请将 1 个镜像复制到 `cn-east-2` 华东-上海，请您审批"
        ]
        assert chinese[0].text.splitlines()[-1] == link.format("打开申请卡片")
        assert (buttons(english[0]), part_of(english[0])) == ([], f"direct-{SARAH}")


async def test_who_cannot_see_a_private_channel_is_told_who_can_invite_them() -> None:
    async with on_stage(approvals=1, approve=[SARAH]) as stage:
        leave(stage, SARAH)
        channel = stage.world.slack.workspace.channel(BEIJING)
        assert channel is not None
        channel.is_private = True
        await asked(stage)
        assert told(stage, SARAH)[0].text.splitlines()[3] == (
            f"This channel is private and you aren't in it. Ask <@{WANG_LEI}> to invite you, "
            "then approve or reject on the card."
        )


async def test_members_of_a_named_group_are_told_and_nobody_twice() -> None:
    async with on_stage(approvals=1, approve=[CHEN_YU, LEADS]) as stage:
        leave(stage, CHEN_YU)
        await asked(stage)
        assert [part_of(m) for m in told(stage, CHEN_YU)] == [f"direct-{CHEN_YU}"]
        assert told(stage, LI_NA) == []
        await stage.pass_time(hours=7)
        assert stage.part("reminder-2") is not None
        assert len(told(stage, CHEN_YU)) == 1


async def test_neither_requesters_nor_the_deactivated_nor_bots_nor_guests_nor_strangers_are_told() -> None:
    people = ["U0007", "U0008", "U0009"]
    async with on_stage(approvals=1, approve=[WANG_LEI, LI_NA, GUEST, *people]) as stage:
        leave(stage, WANG_LEI, GUEST)
        stage.world.slack.workspace.channels[0].members.append(WANG_LEI)
        space = stage.world.slack.workspace
        space.users += [
            User("U0007", "gone", "Gone", deleted=True),
            User("U0008", "bot", "Bot", is_bot=True),
            User("U0009", "other", "Other", team_id="T0009"),
        ]
        await asked(stage)
        await stage.pass_time(minutes=5)
        opened = [c.args["users"] for c in stage.world.slack.calls if c.method == "conversations.open"]
        assert opened == []
        assert f"需要 1 人批准：<@{LI_NA}>；" in stage.card().text


async def test_at_most_twenty_people_are_told() -> None:
    people = [f"U01{number:02}" for number in range(25)]
    async with on_stage(approvals=1, approve=[LEADS]) as stage:
        space = stage.world.slack.workspace
        space.users += [User(user, user, user) for user in people]
        space.groups[0].members[:] = people
        await asked(stage)
        await stage.pass_time(minutes=5)
        assert [user for user in people if told(stage, user)] == people[:20]


@pytest.mark.parametrize(
    ("method", "error"),
    [
        ("conversations.open", "user_not_found"),
        ("conversations.open", "cannot_dm_bot"),
        ("conversations.open", "missing_scope"),
        ("chat.postMessage", "messages_tab_disabled"),
        ("chat.postMessage", "user_disabled"),
        ("chat.postMessage", "invalid_blocks"),
    ],
)
async def test_a_message_to_one_person_that_slack_refuses_holds_up_nothing(method: str, error: str) -> None:
    async with on_stage(approvals=1, approve=[CHEN_YU, SARAH]) as stage:
        leave(stage, CHEN_YU, SARAH)
        fault = broken(method, CHEN_YU, error=error)
        stage.world.slack.faults.append(fault)
        await asked(stage)
        await stage.pass_time(hours=1)
        tried = 2 if error == "invalid_blocks" else 1  # as plain text too
        assert (told(stage, CHEN_YU), len(told(stage, SARAH)), fault.times) == ([], 1, 50 - tried)
        assert stage.parts() == ["approval"]
        await stage.press(LI_NA, "cancel", value="nothing")
        await stage.press(WANG_LEI, "cancel")
        await stage.until_state("cancelled")
        assert stage.part("outcome") is not None


@pytest.mark.parametrize("method", ["conversations.open", "chat.postMessage"])
async def test_a_message_to_one_person_that_slack_puts_off_comes_later_and_holds_up_nothing(
    method: str,
) -> None:
    async with on_stage(approvals=1, approve=[CHEN_YU, SARAH]) as stage:
        leave(stage, CHEN_YU, SARAH)
        stage.world.slack.faults.append(broken(method, CHEN_YU, status=429, retry_after=1, times=1))
        await asked(stage)
        assert (len(told(stage, SARAH)), stage.parts()) == (1, ["approval"])
        await stage.later(lambda: told(stage, CHEN_YU))


async def test_a_lost_answer_to_a_message_to_one_person_is_not_repeated_where_it_cannot_be_looked_for() -> (
    None
):
    async with on_stage(approvals=1, approve=[SARAH]) as stage:
        leave(stage, SARAH)
        stage.world.slack.faults.append(broken("chat.postMessage", SARAH, drop="after", times=1))
        await asked(stage)
        await stage.pass_time(hours=3)
        assert stage.part("reminder-1") is not None
        assert len(told(stage, SARAH)) == 1


async def test_with_the_scope_to_read_them_messages_to_one_person_are_posted_exactly_once() -> None:
    async with on_stage(approvals=1, approve=[SARAH, LI_NA]) as stage:
        stage.world.slack.workspace.scopes.append("im:history")
        leave(stage, SARAH, LI_NA)
        stage.world.slack.faults.append(broken("chat.postMessage", SARAH, drop="after", times=1))
        stage.world.slack.faults.append(broken("chat.postMessage", LI_NA, drop="before", times=1))
        await asked(stage)
        await stage.later(lambda: told(stage, LI_NA))
        assert (len(told(stage, SARAH)), len(told(stage, LI_NA))) == (1, 1)


async def test_of_an_emergency_approvers_outside_the_channel_are_told_too() -> None:
    async with on_stage(approvals=1, approve=[SARAH, LI_NA], emergency=[WANG_LEI]) as stage:
        leave(stage, SARAH)
        await stage.type(WANG_LEI, f"/copy-image emergency {WEB} to {SHANGHAI} because db-01 down")
        await stage.later(lambda: told(stage, SARAH))
        lines = told(stage, SARAH)[0].text.splitlines()
        assert lines[0] == (
            f"<@{WANG_LEI}> copies 1 image to `cn-east-2` Shanghai in an emergency, without approval; "
            "for your information"
        )
        assert lines[3] == "You aren't in this channel, so you are told here."
        assert told(stage, LI_NA) == []


@pytest.mark.parametrize("fault", [{"status": 500}, {"error": "missing_scope"}], ids=str)
@pytest.mark.parametrize("copied", [False, True], ids=["while it copies", "when it has ended"])
async def test_of_an_emergency_approvers_elsewhere_hear_later_once_slack_says_who_is_elsewhere(
    fault: dict[str, Any], *, copied: bool
) -> None:
    async with on_stage(approvals=1, approve=[SARAH, LI_NA], emergency=[WANG_LEI]) as stage:
        leave(stage, SARAH)
        away = Fault("conversations.members", times=999, **fault)
        stage.world.slack.faults.append(away)
        await stage.type(WANG_LEI, f"/copy-image emergency {WEB} to {SHANGHAI} because db-01 down")
        await stage.later(lambda: stage.part("mapping-1"))
        if copied:
            stage.world.cloud.finish()
            await stage.until_state("ready")
        await stage.pass_time(minutes=2)
        assert told(stage, SARAH) == []
        away.times = 0
        await stage.pass_time(minutes=3)
        assert [part_of(m) for m in told(stage, SARAH)] == [f"direct-{SARAH}"]
        await stage.pass_time(hours=3)
        assert (len(told(stage, SARAH)), told(stage, LI_NA)) == (1, [])


async def test_of_an_emergency_slack_is_asked_ever_more_rarely_and_in_the_end_no_more() -> None:
    async with on_stage(approvals=1, approve=[SARAH], emergency=[WANG_LEI]) as stage:
        leave(stage, SARAH)
        never = Fault("conversations.members", times=999, error="missing_scope")
        stage.world.slack.faults.append(never)
        with capture_logs() as logs:
            await stage.type(WANG_LEI, f"/copy-image emergency {WEB} to {SHANGHAI} because db-01 down")
            await stage.pass_time(minutes=5)
            assert 999 - never.times == 1 + 5  # at 5, 15, 35, 75 and 155 seconds
            await stage.pass_time(days=1)
        assert 999 - never.times == 1 + 12
        given_up = [log for log in logs if log["event"] == "emergency_told_in_the_channel_alone"]
        assert [(log["log_level"], log["tries"]) for log in given_up] == [("error", 12)]


async def test_while_slack_does_not_say_who_is_in_the_channel_people_are_asked_there_and_told_later() -> None:
    async with on_stage(approvals=1, approve=[SARAH]) as stage:
        leave(stage, SARAH)
        away = Fault("conversations.members", status=500, times=50)
        stage.world.slack.faults.append(away)
        await asked(stage)
        assert (stage.parts(), told(stage, SARAH)) == (["approval"], [])
        away.times = 0
        await stage.later(lambda: told(stage, SARAH))
        assert stage.parts() == ["approval"]


async def test_a_bot_that_may_not_read_members_tells_nobody_directly_and_asks_all_the_same() -> None:
    async with on_stage(approvals=1, approve=[SARAH]) as stage:
        leave(stage, SARAH)
        stage.world.slack.faults.append(Fault("conversations.members", error="missing_scope", times=50))
        await asked(stage)
        await stage.pass_time(minutes=10)
        assert (stage.parts(), told(stage, SARAH)) == (["approval"], [])
        assert stage.world.slack.faults[0].times == 49


def gone(stage: Stage, people: Iterable[str]) -> None:
    for user in stage.world.slack.workspace.users:
        user.deleted = user.deleted or user.id in people


async def test_a_request_that_nobody_can_approve_says_so_at_once_and_names_who_can_change_that() -> None:
    async with on_stage(approvals=1, approve=[LI_NA, LEADS], remind_after="2h") as stage:
        gone(stage, [LI_NA, CHEN_YU])
        await asked(stage)
        assert dated(stage.card().text).splitlines()[-3:] == [NOBODY, CAN_CHANGE, "… 前未获批准将自动失效"]
        assert NOBODY in shown(stage.card())
        assert stage.parts() == ["shortage-1"]
        assert stage.say("shortage-1").splitlines() == [NOBODY, CAN_CHANGE]
        await stage.pass_time(hours=3)
        assert dated(stage.say("reminder-1")).splitlines() == [
            "提醒：此申请已等待 2 小时，… 失效",
            NOBODY,
            CAN_CHANGE,
        ]


async def test_where_the_channels_administrators_are_gone_too_the_bots_are_named() -> None:
    async with on_stage(approvals=1, approve=[LI_NA], admin=[CHEN_YU], bot_admins=SARAH) as stage:
        gone(stage, [LI_NA, CHEN_YU])
        await asked(stage)
        assert f"<@{SARAH}> 可以用 `/copy-image permissions` 指定审批人" in stage.say("shortage-1")


async def test_a_group_that_is_emptied_while_a_request_waits_is_noticed_at_the_next_reminder() -> None:
    async with on_stage(approvals=1, approve=[LEADS], remind_after="2h") as stage:
        await asked(stage)
        assert stage.parts() == ["approval"]
        stage.world.slack.workspace.groups[0].members.clear()
        await stage.pass_time(hours=2, seconds=1)
        assert stage.parts() == ["approval", "shortage-1", "reminder-1"]
        assert NOBODY in stage.card().text
        stage.world.slack.workspace.groups[0].members.append(CHEN_YU)
        await stage.pass_time(hours=2)
        assert NOBODY not in stage.card().text
        assert f"需要 1 人批准：<!subteam^{LEADS}>；" in stage.card().text


async def test_a_changed_rule_is_on_the_card_at_once_and_new_approvers_are_asked() -> None:
    async with on_stage(approvals=1, approve=[LI_NA]) as stage:
        await asked(stage)
        leave(stage, SARAH)
        await stage.pass_time(seconds=61)
        await change_rule(stage, approve=[CHEN_YU, SARAH], approvals=2)
        await stage.quiet()
        await stage.later(lambda: stage.part("asked-2"))
        assert f"需要 2 人批准：<@{CHEN_YU}> 和 <@{SARAH}>；" in stage.card().text
        assert stage.say("asked-2").startswith(f"<@{CHEN_YU}>、<@{SARAH}> 请审批：")
        assert len(told(stage, SARAH)) == 1
        assert stage.parts() == ["approval", "asked-2"]


async def test_too_few_are_left_and_then_enough_again() -> None:
    async with on_stage(approvals=2, approve=[LI_NA, SARAH]) as stage:
        await asked(stage)
        await change_rule(stage, approve=[LI_NA])
        await stage.later(lambda: stage.part("shortage-1"))
        assert f"还需 2 人批准，但目前只有 <@{LI_NA}> 可以批准（规则 approve）" in stage.card().text
        await change_rule(stage, approve=[LI_NA, CHEN_YU])
        await stage.later(lambda: stage.part("asked-2"))
        assert f"需要 2 人批准：<@{LI_NA}> 和 <@{CHEN_YU}>；" in stage.card().text
        await change_rule(stage, approve=[])
        await stage.later(lambda: stage.part("shortage-2"))
        assert stage.parts() == ["approval", "shortage-1", "asked-2", "shortage-2"]


async def test_who_changes_the_permissions_cannot_approve_and_so_is_no_longer_named() -> None:
    async with on_stage(approvals=1, approve=[LI_NA, ZHAO_MIN]) as stage:
        await asked(stage)
        assert f"需要 1 人批准：<@{LI_NA}> 或 <@{ZHAO_MIN}>；" in stage.card().text
        await stage.type(ZHAO_MIN, f"/copy-image revoke <@{LI_NA}> approve")
        await stage.later(lambda: NOBODY in stage.card().text)


async def forget(stage: Stage) -> None:
    """The channel allows nothing any more."""
    ports = stage.world.bot.ports
    key = permissions.Key(TEAM, BEIJING)
    await ports.db.run(lambda tx: permissions.put(tx, key, None, by="file", at=ports.now()))


async def test_a_channel_that_is_forgotten_while_a_request_waits_is_for_the_bots_administrators() -> None:
    async with on_stage(approvals=1, bot_admins=SARAH) as stage:
        await asked(stage)
        await forget(stage)
        await stage.later(lambda: stage.part("shortage-1"))
        assert f"<@{SARAH}> 可以用" in stage.card().text


async def test_what_people_are_told_directly_pings_nobody_by_force() -> None:
    async with on_stage(approvals=1, approve=[SARAH]) as stage:
        leave(stage, SARAH)
        await asked(stage, f"{COMMAND} because <!channel> <@{LI_NA}>")
        said = told(stage, SARAH)[0]
        assert "<!channel>" not in said.text + json.dumps(said.blocks)


async def happens(stage: Stage, kind: str, **said: Any) -> None:
    await stage.world.slack.deliver(
        "events_api", payloads.event_callback(stage.world.slack._state, {"type": kind, **said})
    )


async def test_when_the_last_approver_leaves_slack_the_request_says_so_at_once() -> None:
    async with on_stage(approvals=1, approve=[LI_NA], remind_after="0") as stage:
        await asked(stage)
        person = stage.world.slack.workspace.user(LI_NA)
        assert person is not None
        person.deleted = True
        await happens(stage, "user_change", user={"id": LI_NA, "team_id": TEAM, "deleted": True})
        await stage.quiet()
        assert NOBODY in stage.say("shortage-1")
        assert CAN_CHANGE in stage.say("shortage-1")
        person.deleted = False
        await happens(stage, "user_change", user={"id": LI_NA, "team_id": TEAM, "deleted": False})
        await stage.quiet()
        assert NOBODY not in stage.card().text
        assert stage.parts() == ["approval", "shortage-1"]


@pytest.mark.parametrize(
    "event",
    [("subteam_members_changed", {"subteam_id": LEADS}), ("subteam_updated", {"subteam": {"id": LEADS}})],
)
async def test_when_a_group_of_approvers_is_emptied_the_request_says_so_at_once(
    event: tuple[str, dict[str, Any]],
) -> None:
    async with on_stage(approvals=1, approve=[LEADS], remind_after="0") as stage:
        await asked(stage)
        next(g for g in stage.world.slack.workspace.groups if g.id == LEADS).members.clear()
        await happens(stage, event[0], **event[1])
        await stage.quiet()
        assert NOBODY in stage.say("shortage-1")


async def test_a_new_name_or_a_stranger_makes_nobody_look_at_slack() -> None:
    async with on_stage(approvals=1, approve=[LI_NA], remind_after="0") as stage:
        await asked(stage)
        before = len(stage.world.slack.calls)
        await happens(stage, "user_change", user={"id": LI_NA, "team_id": TEAM, "real_name": "Li"})
        await happens(stage, "user_change", user={"id": "U0777", "deleted": True})
        await happens(stage, "user_change", user="garbage")
        await happens(stage, "subteam_updated", subteam="garbage")
        await stage.quiet()
        assert len(stage.world.slack.calls) == before


async def test_members_that_slack_fails_to_list_once_are_asked_for_again() -> None:
    async with on_stage(approvals=1, approve=[SARAH]) as stage:
        leave(stage, SARAH)
        stage.world.slack.faults.append(Fault("conversations.members", error="fetch_members_failed"))
        await asked(stage)
        assert told(stage, SARAH) == []
        await stage.later(lambda: told(stage, SARAH))
