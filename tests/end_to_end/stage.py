"""The real bot between its two stand-ins, on a clock that jumps to whatever is due next once the bot is idle."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import text
from sqlmodel import col, or_, select
from structlog.testing import capture_logs

from bot.app import utc_now
from bot.demo.jdcloud import Image
from bot.demo.scene import BEIJING, LI_NA, TEAM, ZHAO_MIN, workspace
from bot.demo.slack import Message, Whisper
from bot.demo.world import World, world
from store import due, requests
from store.database import Transaction
from store.tables import Copy, Notice, Request
from tests.conftest import Clock

SOURCE, SHANGHAI, GUANGZHOU = "cn-north-1", "cn-east-2", "cn-south-1"
WEB, API, DB = "img-web", "img-api", "img-db"
_LONGEST_TEXT = 3_900
_LONG = timedelta(days=3)


def permissions(channel: str = BEIJING, **changes: Any) -> str:
    """A permission file (JSON is YAML) for one channel where everyone may copy without approval."""
    rule = {
        "source_regions": [SOURCE],
        "destination_regions": [SHANGHAI, GUANGZHOU],
        "images": ["img-*"],
        "request": ["everyone"],
        "approve": [LI_NA],
        "admin": [ZHAO_MIN],
        "approvals": 0,
        **changes,
    }
    return json.dumps({"channels": [{"team": TEAM, "channel": channel, **rule}]})


def image(identity: str, name: str | None = None, **facts: Any) -> Image:
    """A private image in the source region that can be copied."""
    return Image(**{"id": identity, "name": name or f"{identity[4:]}-base", "region": SOURCE, **facts})


@asynccontextmanager
async def on_stage(
    *,
    images: Iterable[Image] | None = None,
    permission_file: str | None = None,
    channel: str = BEIJING,
    transport: Literal["socket", "http"] = "socket",
    copy_seconds: float = 3_600,
    **rule_or_settings: Any,
) -> AsyncIterator["Stage"]:
    """A bot at work in one channel; what must hold of every story is asserted when it ends.

    Over HTTP the clock is the real one, since Slack's signatures are judged by it; else it is driven.

    Args:
        images: what the account has; by default three images that can be copied.
        permission_file: the whole file; by default `permissions(channel, …)`.
        rule_or_settings: `bot_…`, `jdcloud_…` and `database_…` are settings, all else keys of the channel's rule.
    """
    settings = {k: v for k, v in rule_or_settings.items() if k.startswith(("bot_", "jdcloud_", "database_"))}
    rule = {k: v for k, v in rule_or_settings.items() if k not in settings}
    clock = Clock() if transport == "socket" else None
    file = permission_file or permissions(channel, **rule)
    with capture_logs() as logs:
        async with world(
            workspace(),
            file,
            transport=transport,
            copy_seconds=copy_seconds,
            now=clock or utc_now,
            **settings,
        ) as made:
            for one in [image(WEB), image(API), image(DB)] if images is None else images:
                made.cloud.add(one)
            stage = Stage(made, clock, channel)
            yield stage
            stage.assert_sound()
    assert [log for log in logs if log["event"] in {"step_failed", "listener_failed"}] == []


@dataclass
class Stage:
    """What people do, and what is to be seen, in one channel.

    Attributes:
        copied_again: (image, destination) pairs that somebody wants a second copy of.
    """

    world: World
    clock: Clock | None
    channel: str
    copied_again: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def type(self, user: str, line: str, channel: str | None = None) -> str:
        """Type a line; what the bot answers to its author alone."""
        return (await self.world.slack.type(user, channel or self.channel, line)).text

    async def press(
        self, user: str, action: str, message: Message | None = None, *, value: str | None = None
    ) -> str:
        """Press a button of a message (by default the newest card); what the bot whispers about it."""
        slack, where = self.world.slack, message or self.card()
        before = len(slack.whispers(user))
        await slack.press(user, where.channel, where.ts, action, value=value)
        whispers: list[Whisper] = await slack.wait_for(lambda: slack.whispers(user)[before:])
        return whispers[0].text

    def cards(self) -> list[Message]:
        """The channel's cards, oldest first."""
        return [m for m in self.world.slack.messages(self.channel) if part_of(m) == "card"]

    def card(self) -> Message:
        """The newest card."""
        return self.cards()[-1]

    def thread(self, card: Message | None = None) -> list[Message]:
        """The messages below a card, oldest first; none while there is no card."""
        where = card or (self.card() if self.cards() else None)
        return self.world.slack.thread(self.channel, where.ts) if where else []

    def part(self, name: str, card: Message | None = None) -> Message | None:
        """One message of the thread by its part's name, or None."""
        return next((m for m in self.thread(card) if part_of(m) == name), None)

    def parts(self, card: Message | None = None) -> list[str]:
        """The names of the parts in the thread, in the order in which they were posted."""
        return [part_of(m) for m in self.thread(card)]

    def say(self, name: str) -> str:
        """The text of one part of the newest thread."""
        message = self.part(name)
        assert message is not None, f"no {name} in {self.parts()}"
        return message.text

    @property
    def sent(self) -> list[tuple[list[str], str]]:
        """Every copyImages that came in: its images and destination."""
        return [
            (call.body["sourceImageIds"], call.body["destinationRegion"])
            for call in self.world.cloud.calls
            if call.operation == "copyImages"
        ]

    async def state(self, request_id: str | None = None) -> str:
        """The state of a request, by default the newest."""
        found = await self.world.bot.ports.db.read(lambda tx: _request(tx, request_id))
        return found.state.value if found else ""

    async def until_state(self, *states: str) -> None:
        """Let the newest request come to one of these states, and its thread say so."""
        while True:
            await self.quiet()
            if (now := await self.state()) in states:
                return
            assert await self.jump(), f"nothing more will happen; the request is {now}"

    async def later(self, predicate: Callable[[], object]) -> None:
        """Let time pass until the predicate holds."""
        if self.clock is None:
            await self.world.slack.wait_for(predicate)
            return
        while True:
            await self.quiet()
            if predicate():
                return
            assert await self.jump(), f"nothing more will happen; the thread has {self.parts()}"

    async def pass_time(self, **units: float) -> None:
        """Let so much time pass, with everything that is due within it happening when it is due."""
        assert self.clock is not None
        end = self.clock() + timedelta(**units)
        await self.quiet()
        while await self.jump(end):
            await self.quiet()

    async def jump(self, end: datetime | None = None) -> bool:
        """Move the clock to the next due moment, or to `end` if that is sooner; False: there is none."""
        assert self.clock is not None
        now = self.clock()
        coming = await self.world.bot.ports.db.read(lambda tx: _next(tx, now))
        wanted = min((moment for moment in (coming, end) if moment is not None), default=None)
        if wanted is None or wanted > self.clock() + _LONG or end == self.clock():
            return False
        self.clock.now = max(wanted, self.clock())  # a look may have ended just now, and made something due
        self.world.bot.ports.wake()
        return True

    async def quiet(self, timeout_s: float = 20) -> None:
        """Wait until the bot has done everything that is due."""
        ports = self.world.bot.ports
        async with asyncio.timeout(timeout_s):
            while await ports.db.read(lambda tx: _busy(tx, ports.now(), ports.timing.lease_s)):  # noqa: ASYNC110 - asks the database
                await asyncio.sleep(0.01)

    def everything(self) -> list[Message]:
        """Every message the bot has posted in channels and direct messages."""
        slack = self.world.slack
        places = [*(c.id for c in slack.workspace.channels), *(u.id for u in slack.workspace.users)]
        said = {}
        for top in [m for place in places for m in slack.messages(place)]:
            for message in [top, *slack.thread(top.channel, top.ts)]:
                said[message.channel, message.ts] = message
        return [m for m in said.values() if m.user == slack.workspace.bot_user_id]

    def assert_sound(self) -> None:
        """What holds of every story: no copy twice, no message twice, nothing too long, nobody pinged by force."""
        begun = Counter((source, region) for source, region, _ in self.world.cloud.accepted)
        assert {pair: n for pair, n in begun.items() if n > 1 + self.copied_again[pair]} == {}
        said = self.everything()
        identities = Counter(json.dumps(m.metadata, sort_keys=True) for m in said if m.metadata)
        assert {what: n for what, n in identities.items() if n > 1} == {}
        assert [m.text for m in said if len(m.text) > _LONGEST_TEXT] == []
        assert [m.text for m in said if "<!channel>" in m.text or "<!channel>" in json.dumps(m.blocks)] == []


def part_of(message: Message) -> str:
    """Which part of a request's thread a message is; empty when it is none."""
    return str((message.metadata or {}).get("event_payload", {}).get("part", ""))


def buttons(message: Message) -> list[str]:
    """The buttons of a message, by action."""
    return [e["action_id"] for b in message.blocks if b["type"] == "actions" for e in b["elements"]]


def shown(message: Message) -> str:
    """What the blocks of a message say, a line each."""
    found = []
    for block in message.blocks:
        said: Sequence[Any] = block.get("elements", []) if block["type"] == "context" else [block.get("text")]
        found += [one["text"] for one in said if one]
    return "\n".join(found)


def _request(tx: Transaction, request_id: str | None) -> Request | None:
    if request_id is not None:
        return requests.get(tx, request_id)
    return tx.exec(
        select(Request).order_by(text("rowid DESC"))
    ).first()  # a standing clock can't tell them apart


def _next(tx: Transaction, now: datetime) -> datetime | None:
    return min((at for at in due.soonest(tx, now).values() if at is not None), default=None)


def _busy(tx: Transaction, now: datetime, lease_s: float) -> bool:
    at_work = select(Request.id).where(
        or_(
            col(Request.lease).is_not(None),
            col(Request.show_lease).is_not(None),
            col(Request.run_at) <= now,
            col(Request.show_at) <= now,
        )
    )
    under_way = now + timedelta(seconds=lease_s)
    looks = select(Copy.request_id).where(or_(col(Copy.look_at) <= now, col(Copy.look_at) == under_way))
    notices = select(Notice.id).where(col(Notice.run_at) <= now)
    return any(tx.exec(query.limit(1)).first() is not None for query in (at_work, looks, notices))
