"""A bot that is told to end while something becomes due ends all the same."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.demo.scene import WANG_LEI
from bot.demo.slack import Fault
from bot.loop import Job, Kind, Loop
from commands.ports import Ports, Timing
from store.outage import Outage
from tests.end_to_end.stage import SHANGHAI, WEB, on_stage


class _Nothing:
    """Ports of which a loop with nothing to do needs no more."""

    def __init__(self) -> None:
        self.db = self
        self.outage = Outage()
        self.timing = Timing(lease_s=25, settle_s=60, poll_s=5)

    async def read(self, _work: Any) -> dict[str, None]:
        return {"idle": None}

    def now(self) -> datetime:
        return datetime.now(UTC)


async def test_a_command_on_its_way_through_the_socket_is_answered_before_it_closes() -> None:
    async with on_stage() as stage:
        slack = stage.world.slack
        slack.faults.append(Fault("users.info", latency_s=0.5))
        typing = asyncio.create_task(stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}"))
        await slack.wait_for(lambda: not slack.faults[0].times)
    assert "已受理" in await typing


async def _no_jobs(_limit: int) -> Sequence[Job]:
    return []


@pytest.mark.parametrize("rounds", range(4))
async def test_a_cancellation_that_meets_a_wake_up_is_not_lost(rounds: int) -> None:
    loop = Loop(cast("Ports", _Nothing()), [Kind("idle", _no_jobs)])
    task = asyncio.create_task(loop.run())
    for _ in range(10):
        await asyncio.sleep(0)
    assert not task.done()
    loop.wake()
    for _ in range(rounds):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=2)
    assert done
    assert task.cancelled()
