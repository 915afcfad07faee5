"""What a channel allows now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from commands.clouds.cloud import Region
from commands.permissions import region_allowed
from commands.ports import Caller, Ports
from commands.rule import Rule, load
from store import former, permissions
from store.database import Transaction


class Place(Protocol):
    """Whatever happens in a channel: a caller, a request."""

    @property
    def team(self) -> str: ...

    @property
    def channel(self) -> str: ...


def rule_of(tx: Transaction, place: Place) -> Rule | None:
    """The rule of its channel, by whichever id; None: it is not set up, and allows nothing."""
    channel = former.now_called(tx, place.team, place.channel)
    row = permissions.current(tx, permissions.Key(place.team, channel))
    return load(row.rule) if row else None


def rule_at(tx: Transaction, place: Place, at: datetime) -> Rule | None:
    """The rule of its channel as it was at a moment; None: it was not set up then."""
    channel = former.now_called(tx, place.team, place.channel)
    rows = permissions.everything(tx, at=at, channel=channel)
    return next((load(row.rule) for row in rows if row.team == place.team), None)


async def likely_regions(ports: Ports, caller: Caller) -> list[Region]:
    """All known regions, the likeliest destination first: what is suggested should be allowed here."""
    rule = await ports.db.read(lambda tx: rule_of(tx, caller))
    return likeliest(rule or Rule(), ports.regions)


def likeliest(rule: Rule, regions: Sequence[Region]) -> list[Region]:
    """The regions, the likeliest destination first; of those allowed, where the images most likely are comes last."""

    def unlikely(region: Region) -> tuple[bool, bool, bool]:
        allowed = region_allowed(rule.destination_regions, region.id)
        return not allowed, region.id == rule.source_regions[0], region.id in rule.source_regions

    return sorted(regions, key=unlikely)
