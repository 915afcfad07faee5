"""The same asked, pressed or saved on two replicas in the same moment: it happens once, and everyone is told so."""

import asyncio
import re
from collections import Counter
from typing import Any

import pytest

from bot.demo.scene import CHEN_YU, LI_NA, SARAH, WANG_LEI, ZHAO_MIN
from bot.demo.slack import Message
from tests.decision.front import Front, two_replicas
from tests.decision.racing import (
    AGAIN,
    APPROVED,
    ENDS,
    MADE,
    TIMES,
    everyone,
    fits,
    late,
    press,
    rule_now,
    summary,
)
from tests.end_to_end.stage import SHANGHAI, SOURCE


async def test_retry_on_two_replicas_makes_one_request(postgres_url: str) -> None:
    async with two_replicas(postgres_url, approvals=0) as front:
        for n in TIMES:
            failing = front.cloud.images[front.image(f"img-h{n}", plays="image_quota")]
            request_id, card = await front.asked(WANG_LEI, failing.id, "failed")
            failing.plays = None
            await _followed_once(front, request_id, card, "retry")
            assert front.sent(failing.id) == 2


async def test_asking_again_on_two_replicas_makes_one_request(postgres_url: str) -> None:
    async with two_replicas(postgres_url, approvals=1, approve=[LI_NA]) as front:
        for n in TIMES:
            image = front.image(f"img-i{n}")
            request_id, card = await front.asked(WANG_LEI, image)
            await front.type(WANG_LEI, f"cancel {request_id}")
            await _followed_once(front, request_id, card, "ask_again")
            assert front.sent(image) == 0


async def _followed_once(front: Front, request_id: str, card: Message, button: str) -> None:
    """Two people press it at once, on two replicas."""
    told = await asyncio.gather(
        press(front, CHEN_YU, button, request_id, card, 0), press(front, LI_NA, button, request_id, card, 1)
    )
    assert sorted([fits(MADE, text), fits(AGAIN, text)] for text in told) == [[False, True], [True, False]]
    children = [r.id for r in await everyone(front) if r.parent_id == request_id]
    assert {text.split("`")[1] for text in told} == set(children)
    assert len(children) == 1
    await front.until(children[0], *ENDS, "waiting")


async def test_the_same_delivery_at_both_replicas_takes_effect_once(postgres_url: str) -> None:
    async with two_replicas(postgres_url, approvals=1, approve=[LI_NA]) as front:
        for n in TIMES:
            image = front.image(f"img-j{n}")
            command = front.line(WANG_LEI, f"{image} to {SHANGHAI}")
            texts = await asyncio.gather(front.say(command, 0), front.say(command, 1))
            assert Counter(bool(MADE.fullmatch(text)) for text in texts) == {True: 1, False: 1}
            (request_id,) = {text.split("`")[1] for text in texts}
            card = await front.card(request_id)
            await front.until(request_id, "waiting")
            click = front.click(LI_NA, "approve", f"{request_id}.1", card)
            told = await front.told(LI_NA, click, 0, 1)
            assert Counter(bool(APPROVED.fullmatch(text)) for text in told) == {True: 1, False: 1}
            assert any(fits(late("批准", LI_NA), text) for text in told)
            assert await front.until(request_id, *ENDS) == "ready"
            assert front.sent(image) == 1


async def test_of_two_requests_for_the_same_copy_one_is_made(postgres_url: str) -> None:
    async with two_replicas(postgres_url, approvals=1, approve=[LI_NA]) as front:
        for n in TIMES:
            line = f"{front.image(f'img-k{n}')} to {SHANGHAI}"
            texts = await asyncio.gather(front.type(WANG_LEI, line, 0), front.type(CHEN_YU, line, 1))
            made = [text for text in texts if MADE.fullmatch(text)]
            (other,) = set(texts) - set(made)
            assert len(made) == 1
            assert other.startswith(f"`{made[0].split('`')[1]}` 已申请将其中的镜像复制到同一地域，尚未结束")


async def test_of_two_administrators_who_save_at_once_the_second_overwrites_nothing(
    postgres_url: str,
) -> None:
    async with two_replicas(postgres_url, admin=[ZHAO_MIN, SARAH]) as front:
        for n in TIMES:
            mine, hers = f"{20 + n}", f"{40 + n}"
            summaries = [
                await summary(front, ZHAO_MIN, 0, max_images=mine),
                await summary(front, SARAH, 1, daily_images=hers),
            ]
            before = await rule_now(front)
            answers = await asyncio.gather(
                front.send(front.window(ZHAO_MIN, summaries[0], {}), 0),
                front.send(front.window(SARAH, summaries[1], {}), 1),
            )
            saved = [answer == {"response_action": "clear"} for answer in answers]
            assert sorted(saved) == [False, True]
            moved = answers[saved.index(False)]
            assert re.search(
                "此频道的权限已被更改|permissions have changed since", str(moved["view"]["blocks"])
            )
            change = {"max_images": int(mine)} if saved[0] else {"daily_images": int(hers)}
            assert await rule_now(front) == before.model_copy(update=change)


@pytest.mark.parametrize(
    ("limit", "says"), [("daily_images", "规则 daily_images"), ("open_requests", "规则 open_requests")]
)
async def test_a_limit_holds_under_twenty_commands_at_once(postgres_url: str, limit: str, says: str) -> None:
    rule: dict[str, Any] = {"approvals": 1, "approve": [LI_NA], limit: 5}
    async with two_replicas(postgres_url, **rule) as front:
        images = [front.image(f"img-m{n:02}") for n in range(20)]
        texts = await asyncio.gather(
            *(
                front.type(WANG_LEI, f"{image} from {SOURCE} to {SHANGHAI}", n % 2)
                for n, image in enumerate(images)
            )
        )
        made = [text for text in texts if MADE.fullmatch(text) or AGAIN.fullmatch(text)]
        assert (len(made), len(await everyone(front))) == (5, 5)
        assert [text for text in texts if text not in made and says not in text] == []
