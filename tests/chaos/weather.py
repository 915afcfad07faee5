"""What goes wrong at Slack and JD Cloud, drawn at random: all that they are known for."""

import asyncio
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import TypeVar

from bot.demo.jdcloud import CloudStandIn
from bot.demo.jdcloud import Fault as CloudFault
from bot.demo.slack import Fault as SlackFault
from bot.demo.slack import SlackStandIn

T = TypeVar("T")

_EVERY_S = 0.25
_AT_ONCE = 2
"""How many faults wait for their call, of each side."""
_STALE = 0.1
"""How likely the oldest of them is given up at a time: its call may never come."""

# A name, how often relative to the others, and the fault itself. Effects come late by less than BOT_SETTLE_S.
_CLOUD: list[tuple[str, int, Callable[[Random], CloudFault]]] = [
    ("copy answered late", 3, lambda r: CloudFault(latency_s=r.uniform(0.1, 0.8))),
    ("copy begun, answer cut off", 4, lambda _: CloudFault(drop="after")),
    ("copy begun, no answer", 3, lambda _: CloudFault(hang=True)),
    ("copy begun late, answer lost", 2, lambda r: CloudFault(effect_after_s=r.uniform(1.1, 1.8))),
    ("copy not begun, cut off", 2, lambda _: CloudFault(drop="before")),
    ("copy begun, 500", 3, lambda _: CloudFault(error="internal", effect=True)),
    ("copy not begun, 500", 3, lambda _: CloudFault(error="unknown_server")),
    ("copy begun, 502 page", 1, lambda _: CloudFault(html=True, effect=True)),
    ("copy begun, garbage", 2, lambda _: CloudFault(garbage=True)),
    ("copy: busy", 2, lambda _: CloudFault(error="busy")),
    ("copy: rate limit", 2, lambda _: CloudFault(error="rate_limit")),
    ("copy: no such image", 1, lambda _: CloudFault(error="not_found")),
    ("images: 500", 2, lambda _: CloudFault("describeImages", error="internal")),
    ("images: cut off", 2, lambda _: CloudFault("describeImages", drop="before")),
    ("images: rate limit", 2, lambda _: CloudFault("describeImages", error="rate_limit")),
    ("images answered late", 2, lambda r: CloudFault("describeImages", latency_s=r.uniform(0.1, 1.2))),
]
_SLACK: list[tuple[str, int, Callable[[Random], SlackFault]]] = [
    ("posted, cut off", 4, lambda _: SlackFault("chat.postMessage", drop="after")),
    ("not posted, cut off", 2, lambda _: SlackFault("chat.postMessage", drop="before")),
    ("post: 429", 2, lambda _: SlackFault("chat.postMessage", status=429, retry_after=1)),
    ("post: 500", 2, lambda _: SlackFault("chat.postMessage", status=500)),
    ("posted late", 3, lambda r: SlackFault("chat.postMessage", latency_s=r.uniform(0.1, 0.8))),
    ("edited, cut off", 2, lambda _: SlackFault("chat.update", drop="after")),
    ("edit: 429", 1, lambda _: SlackFault("chat.update", status=429, retry_after=1)),
    ("edit: 500", 1, lambda _: SlackFault("chat.update", status=500)),
    ("history: 500", 1, lambda _: SlackFault("conversations.history", status=500)),
    ("replies: 429", 1, lambda _: SlackFault("conversations.replies", status=429, retry_after=1)),
    ("person: 500", 1, lambda _: SlackFault("users.info", status=500)),
]


class Weather:
    """Puts faults where they wait for a call that they suit.

    Attributes:
        played: fault → how often it went wrong so.
    """

    def __init__(self, slack: SlackStandIn, cloud: CloudStandIn, random: Random) -> None:
        self.played: Counter[str] = Counter()
        self._slack = slack
        self._cloud = cloud
        self._random = random
        self._waiting: list[tuple[str, CloudFault | SlackFault]] = []

    async def blow(self) -> None:
        """Until cancelled."""
        while True:
            self._count()
            self._add()
            await asyncio.sleep(_EVERY_S)

    def clear(self) -> None:
        """From now on nothing goes wrong."""
        self._count()
        self._slack.faults.clear()
        self._cloud.faults.clear()

    def _count(self) -> None:
        for name, fault in self._waiting:
            if not fault.times:
                self.played[name] += 1
        self._waiting = [(name, fault) for name, fault in self._waiting if fault.times]
        self._slack.faults[:] = [fault for fault in self._slack.faults if fault.times]
        self._cloud.faults[:] = [fault for fault in self._cloud.faults if fault.times]
        for faults in (self._slack.faults, self._cloud.faults):
            if len(faults) == _AT_ONCE and self._random.random() < _STALE:
                del faults[0]

    def _add(self) -> None:
        if len(self._cloud.faults) < _AT_ONCE:
            name, cloud = self._drawn(_CLOUD)
            self._cloud.faults.append(cloud)
            self._waiting.append((name, cloud))
        if len(self._slack.faults) < _AT_ONCE:
            name, slack = self._drawn(_SLACK)
            self._slack.faults.append(slack)
            self._waiting.append((name, slack))

    def _drawn(self, kinds: list[tuple[str, int, Callable[[Random], T]]]) -> tuple[str, T]:
        name, _, make = self._random.choices(kinds, [weight for _, weight, _ in kinds])[0]
        return name, make(self._random)
