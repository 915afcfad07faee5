"""A copy that another request made before, where it can't be seen during the checks: it is never made a second time."""

from bot.demo.jdcloud import Fault
from bot.demo.scene import LI_NA, WANG_LEI, ZHAO_MIN
from tests.end_to_end.stage import API, SHANGHAI, WEB, Stage, buttons, on_stage

COPY = f"/copy-image {WEB} to cn-east-2"
BOTH = f"/copy-image {WEB} {API} to cn-east-2"
HELD = "目前查不到目标地域的镜像列表：查到后自动继续，以免重复复制"


async def copied(stage: Stage) -> str:
    """The id of a usable copy that a request has made."""
    await stage.type(WANG_LEI, COPY)
    return await usable(stage)


async def usable(stage: Stage) -> str:
    await stage.later(lambda: stage.part("mapping-1"))
    stage.world.cloud.finish()
    await stage.until_state("ready")
    return stage.world.cloud.accepted[0][2]


async def copied_and_approved(stage: Stage) -> str:
    """The same where somebody has to approve it."""
    await stage.type(WANG_LEI, COPY)
    await stage.until_state("waiting")
    await stage.press(LI_NA, "approve")
    return await usable(stage)


def unseen(stage: Stage, copy: str, *, times: int | None) -> Fault:
    """From now on asking for that copy fails, so many times."""
    fault = Fault(operation="describeImages", error="internal", image=copy, times=times)
    stage.world.cloud.faults.append(fault)
    return fault


async def test_a_copy_that_the_checks_could_not_look_for_is_found_before_anything_is_sent() -> None:
    async with on_stage() as stage:
        copy = await copied(stage)
        unseen(stage, copy, times=1)
        await stage.type(LI_NA, COPY)
        await stage.until_state("invalid")
        assert stage.card().text.startswith("ℹ️ 已有副本，无需复制")
        assert f"`{WEB} → {copy}`" in stage.say("outcome")
        assert buttons(stage.card()) == ["copy_again"]
        assert len(stage.sent) == 1


async def test_approvers_who_were_told_that_it_was_not_checked_do_not_make_a_second_copy() -> None:
    async with on_stage(approvals=1) as stage:
        unseen(stage, await copied_and_approved(stage), times=1)
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("waiting")
        assert "未能确认之前的副本是否仍在，未检查" in stage.card().text
        await stage.press(LI_NA, "approve")
        await stage.until_state("invalid")
        assert len(stage.sent) == 1


async def test_while_it_cannot_be_seen_nothing_is_sent_and_the_card_says_why() -> None:
    async with on_stage() as stage:
        copy = await copied(stage)
        fault = unseen(stage, copy, times=None)
        await stage.type(LI_NA, COPY)
        await stage.pass_time(minutes=30)
        assert (await stage.state(), len(stage.sent)) == ("approved", 1)
        assert HELD in stage.card().text
        looks = [c for c in stage.world.cloud.calls if copy in str(c)]
        assert len(looks) < 40  # growing pauses
        stage.world.cloud.faults.remove(fault)
        await stage.until_state("invalid")
        assert HELD not in stage.card().text
        assert len(stage.sent) == 1


async def test_a_copy_that_turns_out_to_be_gone_is_made_anew() -> None:
    async with on_stage() as stage:
        copy = await copied(stage)
        fault = unseen(stage, copy, times=None)
        await stage.type(LI_NA, COPY)
        await stage.pass_time(minutes=1)
        stage.world.cloud.images.pop(copy)
        stage.copied_again[WEB, SHANGHAI] = 1
        stage.world.cloud.faults.remove(fault)
        await stage.later(lambda: stage.part("mapping-1"))
        assert len(stage.sent) == 2


async def test_of_images_only_the_one_that_turns_out_to_be_there_is_left_out() -> None:
    async with on_stage() as stage:
        copy = await copied(stage)
        unseen(stage, copy, times=1)
        await stage.type(LI_NA, BOTH)
        await stage.later(lambda: stage.part("mapping-1"))
        stage.world.cloud.finish()
        await stage.until_state("ready")
        assert stage.sent[1:] == [([API], SHANGHAI)]
        assert f"`{WEB}` 之前已复制到 `{SHANGHAI}` 华东-上海，不再重复：`{copy}`" in stage.card().text
        assert f"`{WEB} → {copy}`" in stage.say("outcome")


async def test_who_wants_another_copy_is_not_held_up() -> None:
    async with on_stage() as stage:
        copy = await copied(stage)
        await stage.type(LI_NA, COPY)
        await stage.until_state("invalid")
        unseen(stage, copy, times=None)
        stage.copied_again[WEB, SHANGHAI] = 1
        await stage.press(LI_NA, "copy_again")
        await stage.later(lambda: len(stage.sent) == 2)


async def test_an_older_copy_counts_too_where_the_newest_has_been_deleted() -> None:
    async with on_stage() as stage:
        oldest = await copied(stage)
        await stage.type(LI_NA, COPY)
        await stage.until_state("invalid")
        stage.copied_again[WEB, SHANGHAI] = 1
        await stage.press(LI_NA, "copy_again")
        await stage.later(lambda: len(stage.sent) == 2)
        stage.world.cloud.finish()
        await stage.until_state("ready")
        stage.world.cloud.images.pop(stage.world.cloud.accepted[1][2])
        await stage.type(LI_NA, COPY)
        await stage.until_state("invalid")
        assert f"`{WEB} → {oldest}`" in stage.card().text
        assert len(stage.sent) == 2


async def test_what_expires_while_it_cannot_be_seen_says_so() -> None:
    async with on_stage(expires_after="10m") as stage:
        unseen(stage, await copied(stage), times=None)
        await stage.type(LI_NA, COPY)
        await stage.until_state("expired")
        assert "而直到失效都查不到目标地域的镜像列表，因此没有复制任何镜像" in stage.card().text
        assert len(stage.sent) == 1


async def test_once_it_was_copied_again_the_card_does_not_ask_for_it_any_more() -> None:
    async with on_stage() as stage:
        await copied(stage)
        await stage.type(LI_NA, COPY)
        await stage.until_state("invalid")
        card = stage.card()
        assert "请点击“仍要复制”" in card.text
        stage.copied_again[WEB, SHANGHAI] = 1
        await stage.press(LI_NA, "copy_again")
        await stage.later(lambda: len(stage.sent) == 2)
        await stage.quiet()
        assert "请点击“仍要复制”" not in stage.cards()[-2].text


async def test_a_copy_that_is_gone_by_the_approval_is_shown_approved_anew_and_made() -> None:
    async with on_stage(approvals=1) as stage:
        copy = await copied_and_approved(stage)
        await stage.type(WANG_LEI, BOTH)
        await stage.until_state("waiting")
        stage.world.cloud.images.pop(copy)
        await stage.press(LI_NA, "approve")
        await stage.later(lambda: stage.part("approval-2"))
        assert f"`{WEB}` 之前在 `{SHANGHAI}` 的副本 `{copy}` 已不存在，因此也要复制" in stage.say(
            "approval-2"
        )
        assert len(stage.sent) == 1
        stage.copied_again[WEB, SHANGHAI] = 1
        await stage.press(LI_NA, "approve")
        await stage.later(lambda: len(stage.sent) == 2)
        assert sorted(stage.sent[1][0]) == [API, WEB]


async def test_where_nobody_approves_a_copy_that_is_gone_by_now_is_made() -> None:
    async with on_stage(bot_admins=ZHAO_MIN) as stage:
        copy = await copied(stage)
        await stage.type(ZHAO_MIN, "/copy-image pause")
        await stage.type(LI_NA, BOTH)
        await stage.until_state("approved")
        stage.world.cloud.images.pop(copy)
        stage.copied_again[WEB, SHANGHAI] = 1
        await stage.type(ZHAO_MIN, "/copy-image resume")
        await stage.later(lambda: len(stage.sent) == 2)
        assert sorted(stage.sent[1][0]) == [API, WEB]
