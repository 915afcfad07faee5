"""Lets time pass in the demo: its clock goes forward from one due moment to the next, and the bot keeps up."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from bot.app import Bot, utc_now
from store import due

_PATIENCE_S = 20.0
"""How long the bot may be busy with one moment; longer than a call that gets no answer takes."""
_LOOK_AGAIN_S = 0.02
_SOON = timedelta(seconds=2)
"""What is due so soon comes by itself: posts are paced by a clock that nobody can put forward."""


class DemoClock:
    """The time of this machine, ahead by as much as was let pass."""

    def __init__(self, real: Callable[[], datetime] = utc_now) -> None:
        self._real = real
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return self._real() + self._ahead

    def put_forward(self, to: datetime) -> None:
        """To this moment, unless it has been already."""
        self._ahead += max(timedelta(), to - self())


class Passing:
    """Hours in seconds, with everything that is due within them happening when it is due."""

    def __init__(self, bot: Bot, clock: DemoClock) -> None:
        self._bot = bot
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()

    def now(self) -> datetime:
        """The time in the demo, in UTC."""
        return self._clock()

    async def let_pass(self, time: timedelta) -> None:
        """Return once it has passed and the bot has done what was due."""
        async with self._one_at_a_time:
            end = self._clock() + time
            while (now := self._clock()) < end:
                await self._until_idle()
                coming = min((at for at in await self._due() if at > now), default=end)
                if coming - now < min(_SOON, end - now):
                    await asyncio.sleep(_LOOK_AGAIN_S)
                else:
                    self._clock.put_forward(min(coming, end))
                    self._bot.ports.wake()
            await self._until_idle()

    async def _until_idle(self) -> None:
        """A bot that hangs on something is not waited for longer: it finds its lease ended, as after a freeze."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_S):
                while not self._bot.idle() or any(at <= self._clock() for at in await self._due()):  # noqa: ASYNC110 - asks the database
                    await asyncio.sleep(_LOOK_AGAIN_S)

    async def _due(self) -> list[datetime]:
        now = self._clock()
        soonest = await self._bot.ports.db.read(lambda tx: due.soonest(tx, now))
        return [at for at in soonest.values() if at is not None]
