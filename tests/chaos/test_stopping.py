"""A bot that is told to end while something becomes due ends all the same."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.worker import Job, Loop
from commands.ports import Ports


class _Nothing:
    """Ports of which a loop with nothing to do needs no more."""

    def __init__(self) -> None:
        self.db = self

    async def read(self, _work: Any) -> None:
        return None

    def now(self) -> datetime:
        return datetime.now(UTC)


async def _no_jobs(_limit: int) -> Sequence[Job]:
    return []


@pytest.mark.parametrize("rounds", range(4))
async def test_a_cancellation_that_meets_a_wake_up_is_not_lost(rounds: int) -> None:
    loop = Loop("idle", cast("Ports", _Nothing()), _no_jobs, lambda _tx, _now: None)
    task = asyncio.create_task(loop.run())
    for _ in range(10):
        await asyncio.sleep(0)
    loop.wake()
    for _ in range(rounds):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=2)
    assert done
