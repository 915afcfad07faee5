"""What a channel allows now."""

from typing import Protocol

from commands.rule import Rule, load
from store import permissions
from store.database import Transaction


class Place(Protocol):
    """Whatever happens in a channel: a caller, a request."""

    @property
    def team(self) -> str: ...

    @property
    def channel(self) -> str: ...


def rule_of(tx: Transaction, place: Place) -> Rule | None:
    """The rule of its channel; None: it is not set up, and allows nothing."""
    row = permissions.current(tx, permissions.Key(place.team, place.channel))
    return load(row.rule) if row else None
