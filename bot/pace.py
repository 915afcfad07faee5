"""How fast we may speak to Slack: a message a second per channel, edits by the workspace, and pauses it asks for."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf


@dataclass
class _Bucket:
    """`promised`: line → until when turns have been promised to those of it who would not wait."""

    tokens: float
    at: float
    promised: dict[str, float] = field(default_factory=dict)


class Pace:
    """Token buckets by key, and moments before which a key may not be used at all.

    Args:
        clock: seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}
        self._not_before: dict[str, float] = {}

    async def wait(
        self, key: str, *, per_s: float, burst: float, at_most_s: float = inf, line: str = ""
    ) -> float:
        """Return when `key` may be used once more: `burst` at once, then `per_s` each second.

        Args:
            line: those who are sent away are told moments one after the other within their line. Who would wait longer
                should stand in a line of their own: they need not come back behind those who would not.

        Returns:
            0; or at once, and without having taken a turn, in how many seconds to come back, if it may not be used
            within `at_most_s`. Each who is sent away is told a later moment, so that of thousands one comes back for
            each turn, not all of them for every turn.
        """
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(burst, now))
        tokens = min(burst, bucket.tokens + (now - bucket.at) * per_s) - 1
        delay = max(-tokens / per_s, self._not_before.get(key, 0) - now, 0)
        if delay > at_most_s:
            turn = max(now + delay, bucket.promised.get(line, now))
            bucket.promised[line] = turn + 1 / per_s
            return turn - now
        bucket.tokens, bucket.at = tokens, now
        if delay > 0:
            await asyncio.sleep(delay)
        return 0

    def hold(self, key: str, seconds: float) -> None:
        """Slack said to wait: nobody uses `key` for so long."""
        self._not_before[key] = self._clock() + seconds
