"""What a thread consists of, page by page, as Slack takes it; pure."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.blocks import Rendered, pages
from commands.ports import Ports
from commands.snapshot import Snapshot
from commands.view import parts


@dataclass(frozen=True)
class Shown:
    """One page of one part, ready to be posted."""

    part: str
    rendered: Rendered
    fixed: bool
    to: str | None
    late: bool

    @property
    def digest(self) -> str:
        content = json.dumps([self.rendered.text, self.rendered.blocks], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


def to_show(seen: Snapshot, ports: Ports) -> Sequence[Shown]:
    """Every page of every part, the card first."""
    card = seen.card
    link = ports.permalink(card.posted_channel or card.channel, card.ts) if card and card.ts else None
    shown = []
    for part in parts(seen, ports.regions, link):
        for number, rendered in enumerate(pages(part.message), 1):
            name = part.name if number == 1 else f"{part.name}.{number}"
            shown.append(Shown(name, rendered, part.fixed, part.to, part.late))
    return shown
