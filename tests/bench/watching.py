"""A thousand running copies of 400 requests in three regions: what watching them costs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic

from sqlmodel import select

from bot.demo.jdcloud import CloudStandIn, Image
from bot.demo.world import load_permissions
from store import requests
from store.database import Database, Transaction
from store.lifecycle import CopyState, State
from store.tables import Copy, Request
from tests.bench.bots import (
    CHANNELS,
    DESTINATIONS,
    PERMISSIONS,
    REQUESTER,
    SOURCE,
    TEAM,
    Cost,
    cost,
    running,
    stand_ins,
)
from tests.bench.databases import Place

_REQUESTS = 400
_SETTLE_S = 80
"""By then the cards are posted, and the looks have come to their longest interval."""
_PERCENT_S = 12
"""How long a copy takes for one percent: twenty minutes for all of it."""


@dataclass(frozen=True)
class Watched:
    """What a bot costs that watches.

    Attributes:
        calls: to the cloud, a minute.
        images: looked at in a call, on average.
    """

    spent: Cost
    calls: float
    images: float


async def watch(place: Place, count: int, *, seconds: float) -> Watched:
    """So many copies, which come along, and whose threads say so."""
    await asyncio.to_thread(_fill, place.url, count)
    async with stand_ins() as (slack, cloud):
        for number in range(count):
            region = DESTINATIONS[number % _REQUESTS % len(DESTINATIONS)]
            cloud.add(Image(f"img-{number}c", f"web-{number}", region, status="pending", progress=0))
        async with running(place.url, slack, cloud) as bot, _coming_along(cloud):
            await asyncio.sleep(_SETTLE_S)
            before, began = len(cloud.calls), monotonic()
            spent = await cost(bot.pid, seconds, place.statements)
            made, took = cloud.calls[before:], monotonic() - began
    images = sum(1 for call in made for name in call.query if name.startswith("ids."))
    return Watched(spent, len(made) * 60 / took, images / max(1, len(made)))


@asynccontextmanager
async def _coming_along(cloud: CloudStandIn) -> AsyncIterator[None]:
    async def rise() -> None:
        while True:
            await asyncio.sleep(_PERCENT_S)
            for image in cloud.images.values():
                image.progress = min(99, image.progress + 1)

    rising = asyncio.create_task(rise())
    try:
        yield
    finally:
        rising.cancel()


def _fill(url: str, count: int) -> None:
    load_permissions(url, PERMISSIONS, datetime.now(UTC))
    database = Database(url)
    try:
        with database.transaction() as tx:
            for number in range(_REQUESTS):
                images = [f"img-{n}" for n in range(number, count, _REQUESTS)]
                _runs(tx, number, images, datetime.now(UTC))
    finally:
        database.close()


def _runs(tx: Transaction, number: int, images: list[str], at: datetime) -> None:
    request = Request(
        id=f"cp-r{number}",
        team=TEAM,
        channel=CHANNELS[number % len(CHANNELS)],
        requester=REQUESTER,
        delivery=f"delivery-{number}",
        state=State.WATCHING,
        source_region=SOURCE,
        images=images,
        destinations=[DESTINATIONS[number % len(DESTINATIONS)]],
        created_at=at,
        started_at=at,
        show_at=at,
    )
    requests.add(tx, request)
    for copy in tx.exec(select(Copy).where(Copy.request_id == request.id)).all():
        copy.state, copy.new_image_id = CopyState.RUNNING, f"{copy.image_id}c"
        copy.sent_at, copy.look_at = at, at + timedelta(seconds=5 + number / 20)
        copy.look_interval_s = 5
