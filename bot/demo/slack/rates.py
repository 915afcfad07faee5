"""Slack's rate limits for writing: one message a second in a channel, fifty updates a minute."""

import math
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime


class Rates:
    """Buckets that refill with time; a burst of `size` is let through before the pace applies."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._posts: dict[str, _Bucket] = defaultdict(lambda: _Bucket(size=4, per_s=1.0, at=now()))
        self._updates = _Bucket(size=50, per_s=50 / 60, at=now())

    def wait_s(self, method: str, channel: str) -> int:
        """Take one call from its bucket: 0, or after how many whole seconds to come back."""
        if method in {"chat.postMessage", "chat.postEphemeral"}:
            return self._posts[channel].take(self._now())
        return self._updates.take(self._now()) if method == "chat.update" else 0


class _Bucket:
    def __init__(self, *, size: int, per_s: float, at: datetime) -> None:
        self._size, self._per_s = size, per_s
        self._left, self._at = float(size), at

    def take(self, now: datetime) -> int:
        self._left = min(self._size, self._left + (now - self._at).total_seconds() * self._per_s)
        self._at = now
        if self._left < 1:
            return math.ceil((1 - self._left) / self._per_s)
        self._left -= 1
        return 0
