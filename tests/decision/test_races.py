"""Two replicas and several people in the same moment: one of the possible orders happened, once, and everyone is told it."""

import asyncio

from bot.demo.scene import LI_NA, SARAH, WANG_LEI, ZHAO_MIN
from tests.decision.front import two_replicas
from tests.decision.racing import (
    ALREADY,
    APPROVED,
    CANCELLED,
    ENDS,
    MORE,
    STOPPING,
    TIMES,
    approvers,
    fits,
    late,
    opened,
    press,
    rule_now,
    save,
)
from tests.end_to_end.stage import SHANGHAI


async def test_of_two_approvers_on_two_replicas_one_sets_it_going(postgres_url: str) -> None:
    async with two_replicas(postgres_url, approvals=1, approve=[LI_NA, SARAH]) as front:
        for n in TIMES:
            image = front.image(f"img-a{n}")
            request_id, card = await front.asked(WANG_LEI, image)
            first = press(front, LI_NA, "approve", request_id, card, n % 2)
            second = press(front, SARAH, "approve", request_id, card, 1 - n % 2)
            told = {LI_NA: await first, SARAH: await second}
            winner = next(who for who, text in told.items() if APPROVED.fullmatch(text))
            (loser,) = {LI_NA, SARAH} - {winner}
            assert fits(late("批准", winner), told[loser])
            assert await front.until(request_id, *ENDS) == "ready"
            assert (await approvers(front, request_id), front.sent(image)) == ([winner], 1)


async def test_one_person_on_two_replicas_approves_once(postgres_url: str) -> None:
    async with two_replicas(postgres_url, approvals=2, approve=[LI_NA, SARAH]) as front:
        for n in TIMES:
            image = front.image(f"img-b{n}")
            request_id, card = await front.asked(WANG_LEI, image)
            click = front.click(LI_NA, "approve", f"{request_id}.1", card)
            told = await front.told(LI_NA, click, 0, 1)
            assert sorted([fits(MORE, text), fits(ALREADY, text)] for text in told) == [
                [False, True],
                [True, False],
            ]
            assert (await front.request(request_id)).state == "waiting"
            assert (await approvers(front, request_id), front.sent(image)) == ([LI_NA], 0)


async def test_approving_and_rejecting_at_once_is_one_of_them(postgres_url: str) -> None:
    async with two_replicas(postgres_url, approvals=1, approve=[LI_NA, SARAH]) as front:
        for n in TIMES:
            image = front.image(f"img-c{n}")
            request_id, card = await front.asked(WANG_LEI, image)
            await front.send(front.click(SARAH, "reject", f"{request_id}.1", card))
            reason = {"reason": {"type": "plain_text_input", "value": "not now"}}
            window = front.window(SARAH, await opened(front, SARAH), reason)
            rejecting = asyncio.create_task(front.send(window, n % 2))
            approving = press(front, LI_NA, "approve", request_id, card, 1 - n % 2)
            told, answered = await approving, await rejecting
            await front.slack.close(SARAH)
            if answered == {}:
                assert (await front.request(request_id)).state == "rejected"
                assert fits(late("驳回", SARAH), told)
                assert front.sent(image) == 0
            else:
                assert fits(APPROVED, told)
                assert f"<@{LI_NA}> approved this request" in str(answered["view"]["blocks"])
                assert await front.until(request_id, *ENDS) == "ready"
                assert front.sent(image) == 1


async def test_approving_and_cancelling_at_once_ends_as_everyone_is_told(postgres_url: str) -> None:
    async with two_replicas(postgres_url, approvals=1, approve=[LI_NA]) as front:
        for n in TIMES:
            image = front.image(f"img-d{n}")
            request_id, card = await front.asked(WANG_LEI, image)
            approving = press(front, LI_NA, "approve", request_id, card, n % 2)
            cancelling = press(front, WANG_LEI, "cancel", request_id, card, 1 - n % 2)
            approved, cancelled = await approving, await cancelling
            end = await front.until(request_id, *ENDS)
            if fits(CANCELLED, cancelled):
                assert (end, front.sent(image)) == ("cancelled", 0)
                assert fits(APPROVED, approved) or fits(late("撤回", WANG_LEI), approved)
            else:
                assert fits(APPROVED, approved)
                assert fits(STOPPING, cancelled)
                assert (end, front.sent(image)) == ("ready", 1)


async def test_cancelling_while_it_is_being_sent_tells_what_became_of_it(postgres_url: str) -> None:
    async with two_replicas(postgres_url, approvals=1, approve=[LI_NA]) as front:
        for n in TIMES:
            image = front.image(f"img-e{n}")
            request_id, card = await front.asked(WANG_LEI, image)
            await press(front, LI_NA, "approve", request_id, card, n % 2)
            told = await press(front, WANG_LEI, "cancel", request_id, card, 1 - n % 2)
            end = await front.until(request_id, *ENDS)
            expected = ("cancelled", 0) if fits(CANCELLED, told) else ("ready", 1)
            assert (end, front.sent(image)) == expected
            assert fits(CANCELLED, told) or fits(STOPPING, told)


async def test_a_right_revoked_at_the_click_counts_or_not_but_never_half(postgres_url: str) -> None:
    async with two_replicas(postgres_url, approvals=1, approve=[LI_NA, SARAH]) as front:
        for n in TIMES:
            image = front.image(f"img-f{n}")
            request_id, card = await front.asked(WANG_LEI, image)
            approving = press(front, LI_NA, "approve", request_id, card, n % 2)
            revoking = asyncio.create_task(front.type(ZHAO_MIN, f"revoke <@{LI_NA}> approve", 1 - n % 2))
            told, revoked = await approving, await revoking
            assert "已更改此频道的权限" in revoked
            assert (await rule_now(front)).approve == [SARAH]
            if fits(APPROVED, told):  # either it was on its way by then, or somebody else is asked
                end = await front.until(request_id, *ENDS, "waiting")
                found = await front.request(request_id)
                assert (end, found.round, front.sent(image)) in {
                    ("ready", 1, 1),
                    ("waiting", 2, 0),
                    ("failed", 1, 0),
                }
            else:
                assert told.startswith("您在此频道没有审批权限（规则 approve）。")
                assert ((await front.request(request_id)).state, front.sent(image)) == ("waiting", 0)
            await front.type(WANG_LEI, f"cancel {request_id}")
            await front.type(ZHAO_MIN, f"grant <@{LI_NA}> approve")


async def test_more_approvals_wanted_at_the_click_are_wanted_or_come_too_late(postgres_url: str) -> None:
    async with two_replicas(postgres_url, approvals=1, approve=[LI_NA, SARAH]) as front:
        for n in TIMES:
            image = front.image(f"img-g{n}")
            request_id, card = await front.asked(WANG_LEI, image)
            saving = asyncio.create_task(save(front, ZHAO_MIN, 1 - n % 2, approvals="2"))
            told = await press(front, LI_NA, "approve", request_id, card, n % 2)
            assert await saving == {"response_action": "clear"}
            if fits(MORE, told):
                assert ((await front.request(request_id)).state, front.sent(image)) == ("waiting", 0)
                await press(front, SARAH, "approve", request_id, card)
                assert await front.until(request_id, *ENDS) == "ready"
            else:
                assert fits(APPROVED, told)
                end = await front.until(request_id, *ENDS, "waiting")
                found = await front.request(request_id)
                assert (end, found.round, front.sent(image)) in {("ready", 1, 1), ("waiting", 2, 0)}
            await front.type(WANG_LEI, f"cancel {request_id}")
            assert await save(front, ZHAO_MIN, 0, approvals="1") == {"response_action": "clear"}


async def test_a_typed_region_sent_to_both_replicas_approves_once(postgres_url: str) -> None:
    async with two_replicas(postgres_url, approvals=1, approve=[LI_NA], confirm_regions=[SHANGHAI]) as front:
        for n in TIMES:
            image = front.image(f"img-l{n}")
            request_id, card = await front.asked(WANG_LEI, image)
            await front.send(front.click(LI_NA, "approve", f"{request_id}.1", card))
            typed = {"region": {"type": "plain_text_input", "value": SHANGHAI}}
            window = front.window(LI_NA, await opened(front, LI_NA), typed)
            answers = await asyncio.gather(front.send(window, 0), front.send(window, 1))
            await front.slack.close(LI_NA)
            done = [answer for answer in answers if answer == {}]
            assert len(done) == 1
            (other,) = [answer for answer in answers if answer]
            assert f"此申请已由 <@{LI_NA}>" in str(other["view"]["blocks"])
            assert await front.until(request_id, *ENDS) == "ready"
            assert (await approvers(front, request_id), front.sent(image)) == ([LI_NA], 1)
