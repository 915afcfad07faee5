"""What happens between asking, approving and sending: changes, lost rights, reminders and expiry."""

from datetime import timedelta
from typing import Any

from bot.demo.scene import CHEN_YU, LEADS, LI_NA, SARAH, WANG_LEI, ZHAO_MIN
from tests.end_to_end.stage import API, DB, SHANGHAI, WEB, Stage, buttons, on_stage
from tests.end_to_end.test_approval import COMMAND, asked, change_rule, dated


async def approved_but_held(stage: Stage, *approvers: str) -> None:
    """Everyone approves while sending is paused, so that something can happen before anything is sent."""
    await stage.type(ZHAO_MIN, "/copy-image pause")
    for approver in approvers:
        await stage.press(approver, "approve")
    await stage.quiet()
    assert (await stage.state(), stage.sent) == ("approved", [])


async def go_on(stage: Stage) -> None:
    await stage.type(ZHAO_MIN, "/copy-image resume")
    await stage.pass_time(seconds=3)


def held(**rule: Any) -> Any:
    return on_stage(**{"approvals": 1, "approve": [LI_NA, SARAH], "bot_admins": ZHAO_MIN, **rule})


async def test_an_image_that_changed_after_the_request_is_shown_and_approved_anew() -> None:
    async with held() as stage:
        identity = await asked(stage)
        first_card = f"{identity}.1"
        changed = stage.world.cloud.images[WEB]
        changed.name, changed.size_gb = "web-other", 80
        await stage.press(LI_NA, "approve")
        await stage.later(lambda: stage.part("approval-2"))
        assert stage.say("approval-2").splitlines()[:3] == [
            "此申请获批后内容有变化，之前的批准作废，请重新审批：",
            f"`{WEB}` 的名称：`web-base` → `web-other`",
            f"`{WEB}` 的大小（GB）：`40` → `80`",
        ]
        assert (await stage.state(), stage.sent) == ("waiting", [])
        assert "web-other" in stage.card().text
        assert "内容有变化，需要重新批准" in stage.card().text
        assert await stage.press(SARAH, "approve", value=first_card) == (
            "This request has changed since the card you pressed. Look at the updated card, then decide."
        )
        assert stage.sent == []
        assert await stage.press(LI_NA, "approve") == f"您已批准 `{identity}`"
        await stage.later(lambda: stage.sent)
        assert stage.sent == [([WEB], SHANGHAI)]


async def test_an_image_that_vanished_after_the_request_ends_it() -> None:
    async with held() as stage:
        await asked(stage)
        del stage.world.cloud.images[WEB]
        await stage.press(LI_NA, "approve")
        await stage.until_state("invalid")
        assert f"无法复制 `{WEB}`：在 `cn-north-1` 华北-北京 找不到镜像" in stage.card().text
        assert stage.sent == []


async def test_a_quota_that_vanished_after_the_request_ends_it() -> None:
    async with held() as stage:
        await asked(stage)
        stage.world.cloud.quotas[SHANGHAI, "image"] = 0
        await stage.press(LI_NA, "approve")
        await stage.until_state("invalid")
        assert "镜像配额不足，未复制任何镜像：需要 1 个，已用 0 个，共 0 个" in stage.card().text
        assert stage.sent == []


async def test_an_approver_who_lost_the_right_before_sending_has_to_be_replaced() -> None:
    async with held() as stage:
        await asked(stage)
        await approved_but_held(stage, LI_NA)
        await change_rule(stage, approve=[SARAH])
        await go_on(stage)
        _, lost, ask = stage.say("approval-2").splitlines()
        assert lost == f"<@{LI_NA}> 已没有审批权限"
        assert ask.startswith(f"<@{SARAH}> 请审批")
        assert (await stage.state(), stage.sent) == ("waiting", [])
        await stage.press(SARAH, "approve")
        await stage.later(lambda: stage.sent)


async def test_an_approver_who_left_the_group_before_sending_has_to_be_replaced() -> None:
    async with held(approve=[LEADS]) as stage:
        await asked(stage)
        await approved_but_held(stage, CHEN_YU)
        await stage.pass_time(seconds=61)
        stage.world.slack.workspace.groups[0].members.remove(CHEN_YU)
        await go_on(stage)
        assert stage.say("approval-2").splitlines()[1] == f"<@{CHEN_YU}> 已没有审批权限"
        assert stage.sent == []


async def test_approvals_raised_after_the_last_click_are_asked_for() -> None:
    async with held() as stage:
        await asked(stage)
        await approved_but_held(stage, LI_NA)
        await change_rule(stage, approvals=2)
        await go_on(stage)
        assert stage.say("approval-2").splitlines()[1] == "现在需要 2 人批准，之前只有 1 人"
        assert "需要 2 人批准" in stage.card().text
        await stage.press(LI_NA, "approve")
        await stage.press(SARAH, "approve")
        await stage.later(lambda: stage.sent)


async def test_a_requester_who_lost_the_right_before_sending_ends_the_request() -> None:
    async with held() as stage:
        await asked(stage)
        await approved_but_held(stage, LI_NA)
        await change_rule(stage, request=[SARAH])
        await go_on(stage)
        assert await stage.state() == "invalid"
        assert "按现在的权限，此申请已不被允许，因此已结束" in stage.card().text
        assert stage.sent == []


async def test_a_requester_who_left_the_company_before_sending_ends_the_request() -> None:
    async with held() as stage:
        await asked(stage)
        await approved_but_held(stage, LI_NA)
        await stage.pass_time(seconds=61)
        person = stage.world.slack.workspace.user(WANG_LEI)
        assert person is not None
        person.deleted = True
        await go_on(stage)
        assert (await stage.state(), stage.sent) == ("invalid", [])


async def test_what_was_approved_can_still_be_cancelled_before_it_is_sent() -> None:
    async with held() as stage:
        identity = await asked(stage)
        await approved_but_held(stage, LI_NA)
        assert await stage.press(WANG_LEI, "cancel") == f"已撤回 `{identity}`"
        await go_on(stage)
        assert (await stage.state(), stage.sent) == ("cancelled", [])


async def test_an_approval_is_not_worth_more_than_the_time_a_request_may_wait() -> None:
    async with held(expires_after="20s", remind_after=0) as stage:
        await asked(stage)
        await approved_but_held(stage, LI_NA)
        await stage.pass_time(seconds=20)
        assert (await stage.state(), stage.sent) == ("expired", [])


async def test_reminders_come_at_doubling_intervals_until_the_request_expires() -> None:
    async with held(expires_after="24h", remind_after="2h") as stage:
        await asked(stage)
        begun = stage.world.bot.ports.now()
        seen: list[tuple[str, timedelta]] = []
        while await stage.state() == "waiting":
            assert await stage.jump()
            await stage.quiet()
            new = [part for part in stage.parts() if part.startswith("reminder")][len(seen) :]
            seen += [(part, stage.world.bot.ports.now() - begun) for part in new]
        hours = [timedelta(hours=h) for h in (2, 4, 8, 16)]
        assert seen == list(zip([f"reminder-{n}" for n in (1, 2, 3, 4)], hours, strict=True))
        assert stage.world.bot.ports.now() - begun == timedelta(hours=24)
        assert dated(stage.say("reminder-3")) == (
            f"提醒：此申请已等待 8 小时，还需 1 人批准：<@{LI_NA}> 或 <@{SARAH}>（… 失效）"
        )
        assert (await stage.state(), buttons(stage.card()), stage.sent) == ("expired", ["ask_again"], [])


async def test_no_reminders_where_the_rule_wants_none() -> None:
    async with held(expires_after="24h", remind_after=0) as stage:
        await asked(stage)
        await stage.pass_time(hours=25)
        assert await stage.state() == "expired"
        assert [part for part in stage.parts() if part.startswith("reminder")] == []


async def test_an_expired_request_can_be_asked_for_again_once_and_not_be_approved() -> None:
    async with held(expires_after="1h") as stage:
        identity = await asked(stage)
        await stage.pass_time(hours=1)
        old = stage.card()
        late = await stage.press(LI_NA, "approve", old, value=f"{identity}.1")
        assert dated(late) == "此申请已于 … 过期"
        answer = await stage.press(WANG_LEI, "ask_again", old)
        again = answer.split("`")[1]
        assert answer == f"已受理，编号 `{again}`"
        assert await stage.press(WANG_LEI, "ask_again", old, value=f"{identity}.1") == (
            f"此命令已受理过，编号 `{again}`"
        )
        await stage.until_state("waiting")
        assert len(stage.cards()) == 2
        assert stage.sent == []


async def test_a_click_after_the_time_is_too_late_even_before_the_request_has_been_ended() -> None:
    async with held(expires_after="1h") as stage:
        await asked(stage)
        card = stage.card()
        assert stage.clock is not None
        stage.clock.advance(3_600)  # the worker has not been woken
        assert dated(await stage.press(LI_NA, "approve", card)) == "此申请已于 … 过期"
        assert stage.sent == []


async def test_an_open_request_for_the_same_copy_stands_in_the_way_wherever_it_was_made() -> None:
    async with held() as stage:
        identity = await asked(stage, f"/copy-image {WEB} {API} to {SHANGHAI}")
        answer = await stage.type(SARAH, f"/copy-image {WEB} {DB} to {SHANGHAI}")
        assert answer == (
            f"`{identity}` asks for one of these images in the same region and is still open, "
            f"so no new request was made.\nIts state: Waiting for approval. See how it stands with `/copy-image status {identity}`"
        )
        assert (
            await stage.type(LI_NA, "/copy-image cancel cp-000000")
            == "没有此申请，或不属于此频道。/copy-image history 列出已有的申请。"
        )
        await stage.type(WANG_LEI, f"/copy-image cancel {identity}")
        assert "Accepted as" in await stage.type(SARAH, COMMAND)


async def test_a_destination_that_became_sensitive_before_sending_is_approved_anew_by_typing_it() -> None:
    async with held() as stage:
        await asked(stage)
        await approved_but_held(stage, LI_NA)
        await stage.pass_time(seconds=1)
        await change_rule(stage, confirm_regions=[SHANGHAI])
        await go_on(stage)
        assert stage.say("approval-2").splitlines()[1] == f"批准时现在须键入目标地域：`{SHANGHAI}`"
        assert (await stage.state(), stage.sent) == ("waiting", [])
