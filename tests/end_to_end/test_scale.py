"""Many at once: a thousand copies being watched, and ten thousand reminders that are nobody's obstacle."""

import asyncio
import re
from collections import Counter
from datetime import datetime, timedelta

from sqlmodel import col, select, update

from bot.demo.jdcloud import Image
from bot.demo.scene import BEIJING, GLOBAL, LI_NA, TEAM, WANG_LEI
from store import requests
from store.database import Transaction
from store.lifecycle import CopyState, State
from store.tables import Copy, Request
from tests.end_to_end.stage import GUANGZHOU, SHANGHAI, WEB, Stage, buttons, on_stage

SUQIAN = "cn-east-1"
REGIONS = (SUQIAN, SHANGHAI, GUANGZHOU)
_NUMBER = re.compile(r"ids\.\d+")


def _watched(tx: Transaction, count: int, began: datetime, spread_s: float) -> None:
    """So many running copies of 400 requests, in turn in three regions, each last looked at just now."""
    for number in range(400):
        images = [f"img-{n}" for n in range(number, count, 400)]
        made = Request(
            id=f"cp-{number}",
            team=TEAM,
            channel=BEIJING,
            requester=WANG_LEI,
            delivery=f"d-{number}",
            state=State.WATCHING,
            images=images,
            destinations=[REGIONS[number % 3]],
            created_at=began,
        )
        requests.add(tx, made)
    for copy in tx.exec(select(Copy)).all():
        number = int(copy.image_id.removeprefix("img-"))
        copy.state = CopyState.RUNNING
        copy.new_image_id, copy.progress, copy.sent_at = f"img-new{number}", 10, began
        copy.look_at, copy.look_interval_s = began + timedelta(seconds=5 + spread_s * number / count), 5


def _images(count: int) -> list[Image]:
    return [
        Image(id=f"img-new{n}", name=f"n{n}", region=REGIONS[n % 400 % 3], status="pending", progress=10)
        for n in range(count)
    ]


def _looks(stage: Stage) -> list[tuple[datetime, str, int]]:
    """When a region was asked about how many images."""
    found = []
    for call in stage.world.cloud.calls:
        assert call.operation == "describeImages", call.operation
        region = next(region for region in REGIONS if f"/{region}/" in call.path)
        found.append((call.at, region, sum(1 for name in call.query if _NUMBER.fullmatch(name))))
    return found


async def _watching(stage: Stage, spread_s: float) -> None:
    began = stage.world.bot.ports.now()
    await stage.world.bot.ports.db.run(lambda tx: _watched(tx, 1_000, began, spread_s))


async def test_a_thousand_copies_are_looked_at_with_a_call_per_hundred_and_region() -> None:
    async with on_stage(images=_images(1_000), bot_poll_s=5) as stage:
        began = stage.world.bot.ports.now()
        await _watching(stage, spread_s=0)
        await stage.pass_time(seconds=100)
        rounds = Counter(round((at - began).total_seconds()) for at, _, _ in _looks(stage))
        assert rounds == dict.fromkeys([5, 12, 20, 31, 45, 64, 88], 12)  # 5, then 1.3 times as long each time
        in_first = Counter((region, images) for _, region, images in _looks(stage)[:12])
        assert in_first == {
            (SUQIAN, 100): 3,
            (SUQIAN, 35): 1,
            (SHANGHAI, 100): 3,
            (SHANGHAI, 33): 1,
            (GUANGZHOU, 100): 3,
            (GUANGZHOU, 32): 1,
        }


async def test_copies_that_began_at_different_moments_come_to_be_looked_at_together() -> None:
    async with on_stage(images=_images(1_000), bot_poll_s=5) as stage:
        began = stage.world.bot.ports.now()
        await _watching(stage, spread_s=30)
        await stage.pass_time(seconds=300)
        late = [images for at, _, images in _looks(stage) if (at - began).total_seconds() > 240]
        assert (len(late), sum(late)) == (24, 2_400)  # as many calls as if all had begun at once


async def test_a_copy_that_takes_more_than_a_day_is_looked_at_seldom_and_the_thread_says_so() -> None:
    async with on_stage(copy_seconds=10 * 86_400) as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} 到 上海")
        await stage.until_state("watching")
        copy = stage.world.cloud.accepted[0][2]
        began = stage.world.bot.ports.now() - timedelta(hours=23, minutes=59)
        await stage.world.bot.ports.db.run(lambda tx: tx.execute(update(Copy).values(sent_at=began)))
        await stage.later(lambda: stage.part("slow"))
        assert stage.say("slow") == (
            f"`{copy}`（`cn-east-2` 华东-上海）已复制超过 24 小时仍未完成，今后每 10 分钟查看一次。"
            "请在京东云控制台查看该镜像；若已不再需要，可在那里删除"
        )
        before = len(stage.world.cloud.calls)
        await stage.pass_time(minutes=60)
        assert [call.operation for call in stage.world.cloud.calls[before:]] == ["describeImages"] * 6
        stage.world.cloud.finish()
        await stage.until_state("ready")
        assert stage.parts().count("slow") == 1


def _reminded(tx: Transaction, count: int, now: datetime) -> None:
    """So many requests of another channel, whose reminders have been due for a while."""
    for number in range(count):
        waiting = Request(
            id=f"cp-{number}",
            team=TEAM,
            channel=GLOBAL,
            requester=WANG_LEI,
            delivery=f"d-{number}",
            state=State.WAITING,
            images=[f"img-{number}"],
            destinations=[SHANGHAI],
            created_at=now - timedelta(hours=3),
            waiting_since=now - timedelta(hours=3),
            remind_at=now - timedelta(minutes=1),
            run_at=now - timedelta(minutes=1),
            expires_at=now + timedelta(days=1),
        )
        requests.add(tx, waiting)


def _not_yet_reminded(tx: Transaction) -> int:
    return len(tx.exec(select(Request.id).where(Request.channel == GLOBAL, Request.reminders == 0)).all())


def _not_yet_shown(tx: Transaction) -> int:
    lagging = select(Request.id).where(Request.channel == GLOBAL, col(Request.show_at).is_not(None))
    return len(tx.exec(lagging).all())


async def test_what_was_just_approved_is_not_behind_reminders_that_are_due_for_longer() -> None:
    async with on_stage(approvals=1) as stage:
        ports, cloud = stage.world.bot.ports, stage.world.cloud
        await stage.type(WANG_LEI, f"/copy-image {WEB} 到 上海")
        await stage.later(lambda: stage.cards() and "approve" in buttons(stage.card()))
        await ports.db.run(lambda tx: _reminded(tx, 800, ports.now()))
        ports.wake()
        known = len(cloud.calls)
        await stage.press(LI_NA, "approve")
        await cloud.wait_for(lambda: len(cloud.calls) > known)
        assert await ports.db.read(_not_yet_reminded) > 400


async def test_a_new_card_is_not_behind_reminders_that_wait_to_be_posted() -> None:
    async with on_stage(approvals=1) as stage:
        ports = stage.world.bot.ports
        await ports.db.run(lambda tx: _reminded(tx, 100, ports.now()))
        ports.wake()
        async with asyncio.timeout(10):
            while await ports.db.read(_not_yet_reminded):  # noqa: ASYNC110 - asks the database
                await asyncio.sleep(0.01)
        await stage.type(WANG_LEI, f"/copy-image {WEB} 到 上海")
        await stage.world.slack.wait_for(lambda: stage.cards() and "approve" in buttons(stage.card()))
        assert await ports.db.read(_not_yet_shown) > 50
