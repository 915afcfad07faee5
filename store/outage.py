"""Whether the database fails at the moment, for whoever would rather wait than ask it in vain."""

import asyncio


class Outage:
    """One for all who use a database; of one event loop.

    Attributes:
        reason: of the one under way, or the last: the database's own words.
        suspected: it only took long, so that it may be no outage at all.
    """

    def __init__(self) -> None:
        self.reason = ""
        self.suspected = False
        self._begun = asyncio.Event()

    @property
    def under_way(self) -> bool:
        return self._begun.is_set()

    def begin(self, reason: str, *, suspected: bool = False) -> None:
        """Something failed; of an outage that is under way only its first reason is kept."""
        if not self.under_way:
            self.reason, self.suspected = reason, suspected
            self._begun.set()

    def end(self) -> None:
        """The database works again."""
        self._begun.clear()

    async def wait(self) -> None:
        """Until there is one."""
        await self._begun.wait()
