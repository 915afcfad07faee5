"""Ten thousand requests that wait for approval: what they cost an idle bot, and whether a click is held up by them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter

from sqlmodel import SQLModel, col, update

from bot.demo.jdcloud import Image
from bot.demo.slack import Message
from bot.demo.world import load_permissions
from store.database import Database
from store.lifecycle import State
from store.tables import Approval, Copy, Post, Request
from tests.bench.bots import (
    APPROVER,
    CHANNELS,
    DESTINATIONS,
    PERMISSIONS,
    REQUESTER,
    SOURCE,
    TEAM,
    Cost,
    Running,
    cost,
    running,
    stand_ins,
)
from tests.bench.databases import Place

_SETTLE_S = 8
_AT_ONCE = 500


@dataclass(frozen=True)
class Measured:
    """What so many waiting requests cost.

    Attributes:
        spent: by a bot that has nothing to do.
        clicks: seconds from each approving click to the first call that the cloud gets.
        clicks_among_reminders: the same while every waiting request's reminder is due.
    """

    spent: Cost
    clicks: list[float]
    clicks_among_reminders: list[float]


async def idle(place: Place, waiting: int, *, seconds: float, clicks: int) -> Measured:
    """What an idle bot costs, and how long an approval takes."""
    await asyncio.to_thread(fill, place.url, waiting)
    async with stand_ins() as (slack, cloud), running(place.url, slack, cloud) as bot:
        await asyncio.sleep(_SETTLE_S)
        spent = await cost(bot.pid, seconds, place.statements)
        await _asked(bot, clicks + clicks // 3)
        cards = [card for channel in CHANNELS for card in _cards(bot, channel)]
        calmly = await _approved(bot, cards[:clicks])
        await asyncio.to_thread(_remind, place.url)
        return Measured(spent, calmly, await _approved(bot, cards[clicks:]))


def _remind(url: str) -> None:
    """All reminders are due now."""
    now, database = datetime.now(UTC), Database(url)
    try:
        with database.transaction() as tx:
            due = {"run_at": now, "remind_at": now}
            tx.execute(update(Request).where(col(Request.id).like("cp-w%")).values(due))
    finally:
        database.close()


def fill(url: str, count: int) -> None:
    """So many requests waiting, their cards posted, half of them with one of two approvals, reminders to come."""
    load_permissions(url, PERMISSIONS, datetime.now(UTC))
    database = Database(url)
    try:
        for first in range(0, count, _AT_ONCE):
            with database.transaction() as tx:
                numbers = range(first, min(first + _AT_ONCE, count))
                made = [_waiting(number, datetime.now(UTC) - timedelta(minutes=30)) for number in numbers]
                tx.add_all(made)
                tx.flush()
                tx.add_all(row for request in made for row in _belongings(request))
    finally:
        database.close()


def _waiting(number: int, asked_at: datetime) -> Request:
    images = [f"img-w{number}a", f"img-w{number}b"]
    remind_at = asked_at + timedelta(hours=2, seconds=number)
    return Request(
        id=f"cp-w{number}",
        team=TEAM,
        channel=CHANNELS[number % len(CHANNELS)],
        requester=f"U{number % 500:04}",
        delivery=f"delivery-{number}",
        state=State.WAITING,
        source_region=SOURCE,
        images=images,
        destinations=[DESTINATIONS[number % len(DESTINATIONS)]],
        reason="扩容",
        facts={image: {"name": f"web-{image}", "size_gb": 40} for image in images},
        approvals_needed=1 + number % 2,
        created_at=asked_at,
        waiting_since=asked_at,
        expires_at=asked_at + timedelta(hours=24),
        remind_at=remind_at,
        run_at=remind_at,
    )


def _belongings(request: Request) -> list[SQLModel]:
    """Its copies, its card, and the first of two approvals."""
    identity, (destination,), channel = request.id, request.destinations, request.channel
    given = Approval(request_id=identity, round=1, user=APPROVER, digest="", at=request.created_at)
    return [
        *(Copy(request_id=identity, image_id=image, destination=destination) for image in request.images),
        Post(request_id=identity, part="card", channel=channel, posted_channel=channel, ts=f"{identity}.1"),
        *([given] if request.approvals_needed > 1 else []),
    ]


async def _approved(bot: Running, cards: Sequence[Message]) -> list[float]:
    """Click on the cards, one after the other."""
    taken = []
    for message in cards:
        known = len(bot.cloud.calls)
        called = asyncio.Event()
        bot.cloud.on_change(lambda known=known, called=called: _note(bot, known, called))  # type: ignore[misc]
        began = perf_counter()
        await bot.slack.press(APPROVER, message.channel, message.ts, "approve")
        await asyncio.wait_for(called.wait(), 60)
        taken.append(perf_counter() - began)
        await _quiet(bot)
    return taken


def _note(bot: Running, known: int, called: asyncio.Event) -> None:
    if len(bot.cloud.calls) > known:
        called.set()


async def _asked(bot: Running, count: int) -> None:
    """Requests typed by a person, each with its card and its buttons."""
    for number in range(count):
        image = bot.cloud.add(Image(id=f"img-click{number}", name=f"click-{number}", region=SOURCE))
        await bot.slack.type(REQUESTER, CHANNELS[number % len(CHANNELS)], f"/copy-image {image.id} 到 上海")
    await bot.slack.wait_for(lambda: sum(len(_cards(bot, c)) for c in CHANNELS) == count, 120)
    await _quiet(bot)


def _cards(bot: Running, channel: str) -> Sequence[Message]:
    """The cards that can be approved."""
    return [
        message
        for message in bot.slack.messages(channel)
        if any(e.get("action_id") == "approve" for b in message.blocks for e in b.get("elements", []))
    ]


async def _quiet(bot: Running) -> None:
    """Until the cloud has not been called for a while: what comes next is then the click's."""
    seen = -1
    while seen != (seen := len(bot.cloud.calls)):  # noqa: ASYNC110 - silence is no event
        await asyncio.sleep(0.3)
