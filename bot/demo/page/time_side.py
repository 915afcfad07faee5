"""The page's clock: what time it is in the demo, and letting it pass."""

from datetime import datetime, timedelta
from typing import Literal, Protocol

from starlette.routing import BaseRoute

from bot.demo.page.answers import Asked, Json, post


class Time(Protocol):
    """The demo's time, and how to let it pass."""

    def now(self) -> datetime:
        """The time in the demo, aware."""

    async def let_pass(self, time: timedelta) -> None:
        """Return once so much of it has passed, and what was due has happened."""


class Passed(Asked):
    """Some time to let pass."""

    hours: Literal[1, 24]


class TimeSide:
    """Lets time pass for everybody on the page."""

    def __init__(self, time: Time) -> None:
        self._time = time

    def routes(self) -> list[BaseRoute]:
        return [post("/demo/pass", Passed, self.let_pass)]

    async def let_pass(self, asked: Passed) -> Json:
        await self._time.let_pass(timedelta(hours=asked.hours))
        return {}
