"""People who ask, approve, reject, cancel and retry at random, and remember what they were told."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from random import Random

from bot.demo.jdcloud import CloudStandIn, Image
from bot.demo.slack import Channel, Message, SlackStandIn, Unacknowledged, User, Workspace

TEAM, SOURCE, DESTINATIONS = "T0001", "cn-north-1", ("cn-east-1", "cn-east-2", "cn-south-1")
REQUESTERS, APPROVERS = ("U0001", "U0002", "U0003"), ("U0004", "U0005", "U0006")
CHANNELS = {f"C000{number}": approvals for number, approvals in enumerate((0, 0, 1, 1, 1, 2), 1)}
"""Channel → how many approvals it asks for."""

_OPEN_AT_MOST = 24
_ACCEPTED = re.compile(r"已受理，编号 `(cp-\w+)`")
_APPROVED = re.compile(r"您已批准 `(cp-\w+)`")
_CANCELLED = re.compile(r"已撤回 `(cp-\w+)`")
_CHANCES = {"approve": 0.5, "reject": 0.04, "cancel": 0.02, "retry": 0.15, "resend": 0.2}
"""How likely somebody presses a button that is to be seen, each time they look."""

PERMISSIONS = "channels:\n" + "".join(
    f"  - {{team: {TEAM}, channel: {channel}, source_regions: [{SOURCE}], destination_regions: ['*'],"
    f" images: ['img-*'], request: [everyone], approve: [{', '.join(APPROVERS)}], approvals: {approvals}}}\n"
    for channel, approvals in CHANNELS.items()
)


def workspace() -> Workspace:
    """Everybody is in every channel."""
    people = [*REQUESTERS, *APPROVERS]
    return Workspace(
        team_id=TEAM,
        users=[User(user, user.lower(), user) for user in people],
        groups=[],
        channels=[Channel(channel, channel.lower(), [*people, "U0BOT"]) for channel in CHANNELS],
    )


@dataclass
class Told:
    """What was acknowledged, and so must hold.

    Attributes:
        accepted: request → the command that made it.
        rejected: requests whose rejection was acknowledged.
    """

    accepted: dict[str, str] = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set)
    approvals: set[tuple[str, str]] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)


class People:
    """Six people in six channels.

    Args:
        address: where Slack reaches a bot at the moment; None: nowhere.
    """

    def __init__(
        self, slack: SlackStandIn, cloud: CloudStandIn, address: Callable[[], str | None], random: Random
    ) -> None:
        self.told = Told()
        self.asked = 0
        self._slack = slack
        self._cloud = cloud
        self._address = address
        self._random = random
        self._images = 0

    async def ask(self) -> None:
        """Until cancelled: type commands, mostly for images that nobody has copied."""
        while True:
            if self._address() and len(self.buttons()["cancel"]) < _OPEN_AT_MOST:
                await self._type()
            await asyncio.sleep(self._random.uniform(0.1, 0.6))

    async def decide(self) -> None:
        """Until cancelled: press buttons."""
        while True:
            seen = self.buttons()
            for action, chance in _CHANCES.items():
                for message in seen[action]:
                    if self._random.random() < chance:
                        await self.press(message, action)
            await asyncio.sleep(self._random.uniform(0.1, 0.4))

    async def settle(self) -> bool:
        """Press everything that lets requests come to their end; False when there is nothing to press."""
        seen = self.buttons(newest_s=inf)
        waiting = [(m, action) for action in ("approve", "retry", "resend") for m in seen[action]]
        for message, action in waiting:
            await self.press(message, action)
        return bool(waiting)

    def buttons(self, newest_s: float = 120) -> dict[str, list[Message]]:
        """Button → the messages that have it, of the last so many seconds."""
        found: dict[str, list[Message]] = defaultdict(list)
        oldest = datetime.now(UTC).timestamp() - newest_s
        for message in reversed(self._slack._state.conversations.all):
            if float(message.ts) < oldest:
                break
            for action in _actions(message):
                found[action].append(message)
        return found

    async def press(self, message: Message, action: str) -> None:
        """Whoever it may be presses it; a bot that isn't there is a bad moment, no more."""
        user = self._random.choice(APPROVERS if action in {"approve", "reject", "resend"} else REQUESTERS)
        if action == "cancel":
            user = next((r for r in REQUESTERS if f"<@{r}>" in message.text), user)
        self._slack.events_url = self._address()
        with suppress(Unacknowledged, KeyError):
            await self._slack.press(user, message.channel, message.ts, action)
            if action == "reject":
                await self._reject(user, message)

    async def _reject(self, user: str, message: Message) -> None:
        if self._slack.modal(user) is None:
            return
        self._slack.events_url = self._address()
        answer = await self._slack.submit(user, {"reason": "不需要"})
        if answer == {}:
            self.told.rejected.add(request_of(message))

    async def _type(self) -> None:
        images = [self._image() for _ in range(self._random.choice((1, 1, 2, 3)))]
        destinations = self._random.sample(DESTINATIONS, self._random.choice((1, 1, 2)))
        line = f"/copy-image {' '.join(images)} to {','.join(destinations)}"
        self.asked += 1
        self._slack.events_url = self._address()
        with suppress(Unacknowledged):
            reply = await self._slack.type(
                self._random.choice(REQUESTERS), self._random.choice(list(CHANNELS)), line
            )
            if found := _ACCEPTED.search(reply.text):
                self.told.accepted[found[1]] = line

    def _image(self) -> str:
        """A new one, or one that was asked for before; some share their name."""
        if self._images and self._random.random() < 0.15:
            return f"img-{self._random.randint(max(1, self._images - 8), self._images):05}"
        self._images += 1
        name = self._random.choice((f"web-{self._images}", "base"))
        return self._cloud.add(Image(id=f"img-{self._images:05}", name=name, region=SOURCE)).id

    def hear(self) -> Told:
        """All they were told, by now."""
        for user in (*REQUESTERS, *APPROVERS):
            for whisper in self._slack.whispers(user):
                self.told.approvals |= {(request, user) for request in _APPROVED.findall(whisper.text)}
                self.told.cancelled |= set(_CANCELLED.findall(whisper.text))
        return self.told


def request_of(message: Message) -> str:
    """The request that a message of the bot's is about."""
    return str((message.metadata or {}).get("event_payload", {}).get("request_id", ""))


def _actions(message: Message) -> list[str]:
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [str(element.get("action_id")) for row in rows for element in row]
