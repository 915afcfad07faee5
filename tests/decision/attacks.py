"""A request that waits in each of two channels, and payloads that Slack's own windows never send, rightly signed."""

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from bot.demo.scene import BEIJING, GLOBAL, GUEST, LEADS, LI_NA, SARAH, WANG_LEI, ZHAO_MIN
from bot.demo.slack import Group, Message, User
from bot.demo.slack.wire import Json
from store.tables import Approval, ChannelRule, Request
from tests.decision.front import Front, form, two_replicas
from tests.end_to_end.stage import SHANGHAI, SOURCE, permissions

MACHINE, FOREIGN, FORMER, MATES = "U0007", "U0008", "U0009", "S0002"
OURS, THEIRS = "img-ours", "img-theirs"
HOSTILE = "<!channel> <https://evil.example|click> *bold* `code` <@U0003> "

_RULE: dict[str, Any] = {
    "source_regions": [SOURCE],
    "destination_regions": [SHANGHAI],
    "images": ["img-*"],
    "request": ["everyone"],
    "approve": [LI_NA, LEADS, MATES, GUEST, MACHINE, FOREIGN, FORMER],
    "admin": [ZHAO_MIN],
    "emergency": [LI_NA],
}


@dataclass(frozen=True)
class Scene:
    """A request that waits in each of two channels, and the one card that attackers see.

    Attributes:
        version: of the first channel's rule.
    """

    front: Front
    ours: str
    theirs: str
    card: Message
    version: int

    def click(self, who: str, action: str = "approve", value: str | None = None, **changes: Any) -> bytes:
        return form(
            self.front.click(who, action, f"{self.ours}.1" if value is None else value, self.card, **changes)
        )

    def window(self, who: str, callback: str, metadata: str, **values: Any) -> bytes:
        """A window that was never opened, sent in."""
        inputs = [{"type": "input", "block_id": block} for block in ("images", "region", "reason", "request")]
        view: Json = {"id": "V1", "callback_id": callback, "private_metadata": metadata, "blocks": inputs}
        view |= {"type": "modal", "hash": "1", "title": {"type": "plain_text", "text": "x"}}
        typed = {block: {"type": "plain_text_input", "value": value} for block, value in values.items()}
        return form(self.front.window(who, view, typed))

    def change(
        self, who: str, *, channel: str = BEIJING, version: int | None = None, **changes: Any
    ) -> bytes:
        """A change of permissions confirmed, that was never shown in words."""
        kept = {
            "channel": channel,
            "version": self.version if version is None else version,
            "changes": changes,
        }
        return self.window(who, "permissions_confirm", json.dumps(kept))

    async def standing(self) -> Any:
        """Everything that an attack could have changed."""
        rows = await self.front.bots[0].ports.db.read(
            lambda tx: (
                tx.exec(select(Request.id, Request.state, Request.round, Request.cancel_wanted_by)).all(),
                tx.exec(select(Approval.request_id, Approval.user)).all(),
                tx.exec(select(ChannelRule.id).order_by(col(ChannelRule.id))).all(),
            )
        )
        calls = [call for call in self.front.cloud.calls if call.operation == "copyImages"]
        return sorted(rows[0]), rows[1], rows[2], calls

    async def withstands(self, attacks: Iterable[tuple[str, bytes]]) -> dict[str, int]:
        """After none of them anything has changed; how each was answered."""
        before, answers = await self.standing(), {}
        for name, body in attacks:
            answers[name] = (await self.front.deliver(body)).status_code
            assert await self.standing() == before, name
        return answers


@asynccontextmanager
async def scene(url: str) -> AsyncIterator[Scene]:
    one, other = (
        json.loads(permissions(channel, **{**_RULE, "approvals": 1, **changes}))["channels"]
        for channel, changes in ((BEIJING, {}), (GLOBAL, {"admin": [SARAH], "approve": [SARAH, LI_NA]}))
    )
    async with two_replicas(url, replicas=1, file=json.dumps({"channels": [*one, *other]})) as front:
        space = front.slack.workspace
        space.users += [
            User(MACHINE, "machine", "Machine", is_bot=True),
            User(FOREIGN, "foreign", "Foreign", team_id="T0009"),
            User(FORMER, "former", "Former", deleted=True),
        ]
        space.groups.append(Group(MATES, "mates", "Mates", [WANG_LEI, GUEST, FORMER]))
        front.image(OURS)
        front.image(THEIRS)
        ours, card = await front.asked(WANG_LEI, OURS)
        answer = await front.type(SARAH, f"{THEIRS} to {SHANGHAI}", channel=GLOBAL)
        theirs = answer.split("`")[1]
        await front.until(theirs, "waiting")
        rows = await front.bots[0].ports.db.read(
            lambda tx: tx.exec(select(ChannelRule.id).where(ChannelRule.channel == BEIJING)).all()
        )
        yield Scene(front, ours, theirs, card, rows[0] or 0)
