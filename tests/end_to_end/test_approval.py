"""Four eyes: who may approve, how many are needed, and what a click is told that comes too late."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import pytest

from bot.demo.scene import CHEN_YU, GUEST, LEADS, LI_NA, SARAH, TEAM, WANG_LEI, ZHAO_MIN
from bot.demo.slack import User
from store import permissions as rules
from tests.end_to_end.stage import SHANGHAI, WEB, Stage, buttons, on_stage, permissions

COMMAND = f"/copy-image {WEB} to {SHANGHAI}"
ELSEWHERE = "C0003"
NOT_HERE = "没有此申请，或不属于此频道。/copy-image history 列出已有的申请。"


async def asked(stage: Stage, line: str = COMMAND, user: str = WANG_LEI) -> str:
    """Ask, let the checks pass, and give the request's id."""
    answer = await stage.type(user, line)
    await stage.until_state("waiting")
    return answer.split("`")[1]


def dated(text: str) -> str:
    """The text with its moment in Slack's markup left out."""
    head, _, rest = text.partition("<!date^")
    return f"{head}…{rest.partition('>')[2]}" if rest else text


async def change_rule(stage: Stage, by: str = "file", **changes: Any) -> None:
    """Change the channel's rule in the store, as `permissions apply` or an administrator does."""
    ports = stage.world.bot.ports
    key = rules.Key(TEAM, stage.channel)

    def work(tx: Any) -> None:
        row = rules.current(tx, key)
        assert row is not None
        rules.put(tx, key, {**row.rule, **changes}, by=by, at=ports.now())

    await ports.db.run(work)


async def test_nobody_approves_their_own_request_and_they_are_told_who_can() -> None:
    async with on_stage(approvals=1, approve=[WANG_LEI, LI_NA, LEADS]) as stage:
        identity = await asked(stage)
        assert await stage.press(WANG_LEI, "approve") == (
            "您不能批准或驳回自己的申请（规则 self_approval）；不需要时可以撤回。\n"
            f"可以审批的人：<@{LI_NA}>、<!subteam^{LEADS}>"
        )
        assert (await stage.state(identity), stage.sent) == ("waiting", [])


async def test_a_channel_may_let_approvers_approve_their_own_requests() -> None:
    async with on_stage(approvals=1, approve=[WANG_LEI], self_approval=True) as stage:
        identity = await asked(stage)
        assert await stage.press(WANG_LEI, "approve") == f"您已批准 `{identity}`"
        await stage.later(lambda: stage.sent)
        assert len(stage.sent) == 1


@pytest.mark.parametrize("needed", [2, 3])
async def test_as_many_people_as_the_rule_says_must_approve(needed: int) -> None:
    approvers = [LI_NA, ZHAO_MIN, SARAH][:needed]
    async with on_stage(approvals=needed, approve=[LI_NA, ZHAO_MIN, SARAH]) as stage:
        identity = await asked(stage)
        for given, who in enumerate(approvers[:-1], 1):
            answer = await stage.press(who, "approve")
            assert answer == f"您已批准 `{identity}`，还需 {needed - given} 人批准"
            await stage.quiet()
            assert f"已批准，还需 {needed - given} 人" in stage.card().text
            assert (await stage.state(), stage.sent) == ("waiting", [])
        await stage.press(approvers[-1], "approve")
        await stage.until_state("ready")
        assert len(stage.sent) == 1


async def test_one_persons_second_yes_does_not_count() -> None:
    async with on_stage(approvals=2, approve=[LI_NA, ZHAO_MIN]) as stage:
        identity = await asked(stage)
        await stage.press(LI_NA, "approve")
        assert await stage.press(LI_NA, "approve") == f"您已经批准过 `{identity}`，还需 1 人批准"
        assert (await stage.state(), stage.sent) == ("waiting", [])


async def test_a_member_of_a_named_group_approves() -> None:
    async with on_stage(approvals=1, approve=[LEADS]) as stage:
        identity = await asked(stage)
        assert await stage.press(CHEN_YU, "approve") == f"您已批准 `{identity}`"
        await stage.later(lambda: stage.sent)


@pytest.mark.parametrize(
    ("who", "told"),
    [
        (ZHAO_MIN, f"您在此频道没有审批权限（规则 approve）。\n可以审批的人：<@{LI_NA}>"),
        (GUEST, f"访客账号在此频道没有这项权限（规则 approve）。\n可以审批的人：<@{LI_NA}>"),
        (
            SARAH,
            (
                "You may not approve or reject requests in this channel (rule: approve).\n"
                f"People who can: <@{LI_NA}>"
            ),
        ),
    ],
)
@pytest.mark.parametrize("button", ["approve", "reject"])
async def test_who_is_no_approver_is_told_so_in_their_language(who: str, told: str, button: str) -> None:
    async with on_stage(approvals=1, approve=[LI_NA, GUEST], bot_admins=ZHAO_MIN) as stage:
        identity = await asked(stage)
        assert await stage.press(who, button) == told
        assert stage.world.slack.modal(who) is None
        assert (await stage.state(identity), stage.sent) == ("waiting", [])


@pytest.mark.parametrize("kind", ["bot", "deactivated", "stranger", "stranger by the payload", "nobody"])
async def test_only_people_of_the_workspace_decide(kind: str) -> None:
    sentence = {
        "bot": "机器人不能使用此功能。",
        "deactivated": "您的 Slack 账号已停用，不能使用此功能。",
    }.get(kind, "您不是此工作区的成员，不能使用此功能。")
    async with on_stage(approvals=1, approve=["U0007"], admin=["U0007"]) as stage:
        identity = await asked(stage)
        space = stage.world.slack.workspace
        if kind != "nobody":
            foreign = "T0009" if kind == "stranger" else ""
            space.users.append(User("U0007", "x", "X", is_bot=kind == "bot", team_id=foreign))
            space.users[-1].deleted = kind == "deactivated"
            await stage.pass_time(seconds=61)  # what Slack said of them before is out of date by then
        click = click_of(stage, "approve", f"{identity}.1", "U0007")
        if kind == "stranger by the payload":
            click["user"]["team_id"] = "T0009"
        for action in ("approve", "cancel"):
            click["actions"][0]["action_id"] = action
            await stage.world.slack.deliver("interactive", click)
        await stage.world.slack.wait_for(lambda: len(stage.world.slack.whispers("U0007")) == 2)
        told = [whisper.text for whisper in stage.world.slack.whispers("U0007")]
        assert sentence in told
        assert (await stage.state(identity), stage.sent) == ("waiting", [])


def click_of(stage: Stage, action: str, value: str, who: str, **changes: Any) -> dict[str, Any]:
    """A click as Slack would send it, to be changed by the test before it is delivered."""
    state = stage.world.slack._state
    return {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "demo"},
        "user": {"id": who, "username": "x", "team_id": TEAM},
        "api_app_id": stage.world.slack.workspace.app_id,
        "trigger_id": state.new_trigger(who),
        "channel": {"id": stage.channel, "name": "x"},
        "container": {"type": "message", "message_ts": stage.card().ts, "channel_id": stage.channel},
        "actions": [
            {"type": "button", "action_id": action, "block_id": "b", "value": value, "action_ts": "1.1"}
        ],
        "response_url": state.new_response_url(stage.channel, who),
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"channel": {"id": ELSEWHERE}, "container": {}}, NOT_HERE),
        ({"channel": {"id": f"D{LI_NA[1:]}"}, "container": {}}, NOT_HERE),
        (
            {"team": {"id": "T0009"}, "user": {"id": LI_NA, "team_id": "T0009"}},
            NOT_HERE,
        ),
        ({"team": None}, "无法确定您所在的工作区，因此没有执行任何操作。"),
        ({"team": {}}, "无法确定您所在的工作区，因此没有执行任何操作。"),
    ],
)
async def test_a_click_from_elsewhere_does_nothing(changes: dict[str, Any], told: str) -> None:
    async with on_stage(approvals=1) as stage:
        identity = await asked(stage)
        slack = stage.world.slack
        await slack.deliver("interactive", click_of(stage, "approve", f"{identity}.1", LI_NA, **changes))
        whispers = await slack.wait_for(lambda: slack.whispers(LI_NA))
        assert whispers[0].text == told
        assert (await stage.state(identity), stage.sent) == ("waiting", [])


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("", "此按钮已不可用。"),
        ("cp-000000", "此按钮已不可用。"),
        ("cp-000000.1", NOT_HERE),
        ("cp-000000.²", "此按钮已不可用。"),
        ("{id}.1'; DROP TABLE request", "此按钮已不可用。"),
        ("{id}.9", "此申请的内容已变化，之前显示的卡片已失效。请查看更新后的卡片再决定。"),
        ("{id}.0", "此申请的内容已变化，之前显示的卡片已失效。请查看更新后的卡片再决定。"),
    ],
)
@pytest.mark.parametrize("button", ["approve", "reject"])
async def test_a_forged_or_stale_button_does_nothing(value: str, told: str, button: str) -> None:
    async with on_stage(approvals=1) as stage:
        identity = await asked(stage)
        slack = stage.world.slack
        click = click_of(stage, button, value.format(id=identity), LI_NA)
        await slack.deliver("interactive", click)
        whispers = await slack.wait_for(lambda: slack.whispers(LI_NA))
        assert whispers[0].text == told
        assert slack.modal(LI_NA) is None
        assert (await stage.state(identity), stage.sent) == ("waiting", [])


async def test_a_rejection_asks_for_a_reason_and_ends_the_request_with_it() -> None:
    async with on_stage(approvals=1) as stage:
        identity = await asked(stage)
        slack = stage.world.slack
        await slack.press(LI_NA, stage.channel, stage.card().ts, "reject")
        await slack.wait_for(lambda: slack.modal(LI_NA))
        assert await slack.submit(LI_NA, {"reason": " \n "}) == {
            "response_action": "errors",
            "errors": {"reason": "请写明原因。"},
        }
        assert await slack.submit(LI_NA, {"reason": "先清理 <旧> 镜像\n再来"}) == {}
        await stage.until_state("rejected")
        assert f"由 <@{LI_NA}> 驳回：先清理 &lt;旧&gt; 镜像 再来" in stage.card().text
        assert buttons(stage.card()) == ["ask_again"]
        assert stage.say("outcome") == (
            f"<@{WANG_LEI}> 您的申请已被 <@{LI_NA}> 驳回：“先清理 &lt;旧&gt; 镜像 再来”"
        )
        assert dated(await stage.press(ZHAO_MIN, "cancel", value=f"{identity}.1")) == (
            f"此申请已由 <@{LI_NA}> 于 … 驳回"
        )
        assert stage.sent == []


async def test_who_lost_the_right_while_writing_the_reason_rejects_nothing() -> None:
    async with on_stage(approvals=1) as stage:
        identity = await asked(stage)
        slack = stage.world.slack
        await slack.press(LI_NA, stage.channel, stage.card().ts, "reject")
        await slack.wait_for(lambda: slack.modal(LI_NA))
        await change_rule(stage, approve=[SARAH])
        answer = await slack.submit(LI_NA, {"reason": "no"})
        assert answer["response_action"] == "update"
        assert answer["view"]["blocks"][0]["text"]["text"] == (
            f"您在此频道没有审批权限（规则 approve）。\n可以审批的人：<@{SARAH}>"
        )
        assert await stage.state(identity) == "waiting"


async def test_a_reason_that_comes_too_late_says_who_decided_and_when() -> None:
    async with on_stage(approvals=1, approve=[LI_NA, SARAH]) as stage:
        await asked(stage)
        slack = stage.world.slack
        await slack.press(SARAH, stage.channel, stage.card().ts, "reject")
        await slack.wait_for(lambda: slack.modal(SARAH))
        await stage.press(LI_NA, "approve")
        answer = await slack.submit(SARAH, {"reason": "no"})
        assert dated(answer["view"]["blocks"][0]["text"]["text"]) == (
            f"<@{LI_NA}> approved this request at …"
        )
        await stage.later(lambda: stage.sent)


@pytest.mark.parametrize("who", [WANG_LEI, ZHAO_MIN, CHEN_YU])
async def test_the_requester_and_administrators_may_cancel(who: str) -> None:
    async with on_stage(approvals=1, bot_admins=CHEN_YU) as stage:
        identity = await asked(stage)
        assert await stage.press(who, "cancel") == f"已撤回 `{identity}`"
        await stage.until_state("cancelled")
        assert f"由 <@{who}> 撤回" in stage.card().text
        late = await stage.press(SARAH, "approve", value=f"{identity}.1")
        assert "may not approve" in late or dated(late) == f"<@{who}> cancelled this request at …"
        assert stage.sent == []


async def test_nobody_else_may_cancel() -> None:
    async with on_stage(approvals=1) as stage:
        identity = await asked(stage)
        told = f"只有申请人和频道管理员可以撤回此申请（规则 admin）。\n可以这样做的人：<@{WANG_LEI}>、<@{ZHAO_MIN}>"
        assert await stage.press(LI_NA, "cancel") == told
        assert await stage.type(LI_NA, f"/copy-image cancel {identity}") == told
        assert await stage.state(identity) == "waiting"


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_of_two_approvers_pressing_at_once_one_wins_and_one_call_is_made(
    transport: Literal["socket", "http"],
) -> None:
    async with on_stage(
        approvals=1, approve=[LI_NA, SARAH, CHEN_YU], transport=transport, copy_seconds=1
    ) as stage:
        answer = await stage.type(WANG_LEI, COMMAND)
        identity = answer.split("`")[1]
        await stage.later(lambda: stage.cards() and "approve" in buttons(stage.card()))
        card = stage.card()
        people = (LI_NA, SARAH, CHEN_YU)
        told = await asyncio.gather(*(stage.press(who, "approve", card) for who in people))
        winner = next(who for who, text in zip(people, told, strict=True) if text.endswith(f"`{identity}`"))
        expected = {
            LI_NA: f"此申请已由 <@{winner}> 于 … 批准",
            SARAH: f"<@{winner}> approved this request at …",
            CHEN_YU: f"此申请已由 <@{winner}> 于 … 批准",
        }
        for who, text in zip(people, told, strict=True):
            assert who == winner or dated(text) == expected[who]
        await stage.later(lambda: stage.part("outcome"))
        assert stage.sent == [([WEB], SHANGHAI)]


@pytest.mark.parametrize("order", list(itertools.permutations(["approve", "reject", "cancel"])))
async def test_of_approve_reject_and_cancel_at_once_exactly_one_happens(order: tuple[str, ...]) -> None:
    async with on_stage(approvals=1, approve=[LI_NA, SARAH]) as stage:
        identity = await asked(stage)
        slack, card = stage.world.slack, stage.card()
        await slack.press(SARAH, stage.channel, card.ts, "reject")
        await slack.wait_for(lambda: slack.modal(SARAH))
        acts: dict[str, Callable[[], Awaitable[Any]]] = {
            "approve": lambda: stage.press(LI_NA, "approve", card),
            "reject": lambda: slack.submit(SARAH, {"reason": "not now"}),
            "cancel": lambda: stage.press(WANG_LEI, "cancel", card),
        }
        found = await asyncio.gather(*(acts[name]() for name in order))
        told: dict[str, Any] = dict(zip(order, found, strict=True))
        rejected, cancelled = told["reject"] == {}, told["cancel"] == f"已撤回 `{identity}`"
        approved = told["approve"] == f"您已批准 `{identity}`"
        await stage.until_state("ready", "rejected", "cancelled")
        state = await stage.state(identity)
        # An approved request may still be cancelled before its first call; a rejected or cancelled one is over.
        assert {
            "ready": (True, False, False),
            "rejected": (False, True, False),
            "cancelled": (approved, False, True),
        }[state] == (approved, rejected, cancelled)
        assert len(stage.sent) == (1 if state == "ready" else 0)


async def test_only_two_of_three_simultaneous_approvals_are_needed_and_counted() -> None:
    async with on_stage(approvals=2, approve=[LI_NA, SARAH, CHEN_YU]) as stage:
        await asked(stage)
        card = stage.card()
        told = await asyncio.gather(
            *(stage.press(who, "approve", card) for who in (LI_NA, LI_NA, SARAH, CHEN_YU))
        )
        await stage.until_state("ready")
        assert len(stage.sent) == 1
        assert len([text for text in told if "还需 1 人" in text or "1 more" in text]) in {1, 2}


async def test_bot_admins_are_not_a_way_round_approval() -> None:
    async with on_stage(approvals=1, bot_admins=f"{WANG_LEI},{ZHAO_MIN}") as stage:
        identity = await asked(stage)
        assert "不能批准或驳回自己的申请" in await stage.press(WANG_LEI, "approve")
        assert "没有审批权限" in await stage.press(ZHAO_MIN, "approve")
        assert (await stage.state(identity), stage.sent) == ("waiting", [])


async def test_who_gave_themselves_the_right_after_the_request_cannot_approve_it() -> None:
    async with on_stage(approvals=1, approve=[LI_NA]) as stage:
        identity = await asked(stage)
        await stage.pass_time(minutes=1)
        await change_rule(stage, by=ZHAO_MIN, approve=[LI_NA, ZHAO_MIN])
        assert await stage.press(ZHAO_MIN, "approve") == (
            f"您在此申请提交后修改过此频道的权限，因此不能批准它（规则 approve）。\n可以审批的人：<@{LI_NA}>"
        )
        assert await stage.state(identity) == "waiting"
        await stage.press(LI_NA, "approve")
        await stage.later(lambda: stage.sent)


async def test_rights_are_judged_at_the_click_not_at_the_request() -> None:
    async with on_stage(approvals=1, approve=[LI_NA]) as stage:
        await asked(stage)
        await change_rule(stage, approve=[SARAH])
        assert await stage.press(LI_NA, "approve") == (
            f"您在此频道没有审批权限（规则 approve）。\n可以审批的人：<@{SARAH}>"
        )
        await stage.press(SARAH, "approve")
        await stage.later(lambda: stage.sent)


async def test_more_approvals_needed_meanwhile_are_needed_for_what_already_waits() -> None:
    async with on_stage(approvals=1, approve=[LI_NA, SARAH]) as stage:
        identity = await asked(stage)
        await change_rule(stage, approvals=2)
        assert await stage.press(LI_NA, "approve") == f"您已批准 `{identity}`，还需 1 人批准"
        await stage.quiet()
        assert f"<@{LI_NA}> 已批准，还需 1 人" in stage.card().text
        assert stage.sent == []
        await stage.press(SARAH, "approve")
        await stage.later(lambda: stage.sent)


async def test_fewer_approvals_needed_meanwhile_change_nothing_for_what_already_waits() -> None:
    async with on_stage(approvals=2, approve=[LI_NA, SARAH]) as stage:
        identity = await asked(stage)
        await change_rule(stage, approvals=1)
        assert await stage.press(LI_NA, "approve") == f"您已批准 `{identity}`，还需 1 人批准"
        assert stage.sent == []


async def test_a_channel_forgotten_meanwhile_allows_no_approval() -> None:
    async with on_stage(approvals=1, bot_admins=SARAH) as stage:
        identity = await asked(stage)
        ports = stage.world.bot.ports
        key = rules.Key(TEAM, stage.channel)
        await ports.db.run(lambda tx: rules.put(tx, key, None, by="file", at=ports.now()))
        assert await stage.press(LI_NA, "approve") == (
            f"此频道尚未开通镜像复制，不允许任何操作。\n请联系 <@{SARAH}> 进行设置。"
        )
        assert (await stage.state(identity), stage.sent) == ("waiting", [])


@pytest.mark.parametrize(("requester", "may"), [(GUEST, True), (WANG_LEI, False)])
async def test_a_guest_named_by_id_may_request(requester: str, *, may: bool) -> None:
    file = permissions(request=[GUEST], approvals=1)
    async with on_stage(permission_file=file) as stage:
        answer = await stage.type(requester, COMMAND)
        assert ("已受理" in answer) is may


async def test_everyone_means_no_guests() -> None:
    async with on_stage(approvals=1) as stage:
        assert await stage.type(GUEST, COMMAND) == (
            f"访客账号在此频道没有这项权限（规则 request）。\n如需调整，请联系频道管理员 <@{ZHAO_MIN}>。"
        )
        await stage.quiet()
        assert stage.world.slack.messages(stage.channel) == []


async def test_where_the_rule_says_so_the_last_approver_types_the_region() -> None:
    async with on_stage(approvals=2, approve=[LI_NA, SARAH], confirm_regions=[SHANGHAI]) as stage:
        await asked(stage)
        slack = stage.world.slack
        assert "还需 1 人批准" in await stage.press(LI_NA, "approve")
        await slack.press(SARAH, stage.channel, stage.card().ts, "approve")
        modal = await slack.wait_for(lambda: slack.modal(SARAH))
        assert modal["callback_id"] == "confirm_region"
        assert await slack.submit(SARAH, {"region": "cn-south-1"}) == {
            "response_action": "errors",
            "errors": {"region": "To confirm, type the id of the destination: cn-east-2"},
        }
        assert (await stage.state(), stage.sent) == ("waiting", [])
        assert await slack.submit(SARAH, {"region": " CN-East-2 "}) == {}
        await stage.later(lambda: stage.sent)


async def test_other_regions_need_no_typing() -> None:
    async with on_stage(approvals=1, confirm_regions=["cn-south-1"]) as stage:
        identity = await asked(stage)
        assert await stage.press(LI_NA, "approve") == f"您已批准 `{identity}`"
