"""Everything that can happen in a drawn world."""

from dataclasses import dataclass
from typing import Any

from tests.decision.facts import Kind, Rule, Wish

PEOPLE = ("U1", "U2", "U3", "U4", "U5", "U6")
GROUPS = ("S1", "S2")
IMAGES = ("img-a", "img-b", "ami-c", "img-s")
PLACES = ("C1", "C2", "D")
REGIONS = ("cn-north-1", "cn-east-2", "cn-south-1")


@dataclass(frozen=True)
class Ask:
    who: str
    wish: Wish
    typed: bool
    place: str
    twice: bool


@dataclass(frozen=True)
class Decide:
    """A click; `which` counts back from the newest request, `back` from its present round; `typed`: what was typed."""

    act: str
    who: str
    which: int
    back: int
    typed: str
    place: str


@dataclass(frozen=True)
class Follow:
    """A button of a request that has ended; no name: whichever it has."""

    who: str
    which: int
    button: str
    place: str


@dataclass(frozen=True)
class Grant:
    who: str
    give: bool
    right: str
    principal: str


@dataclass(frozen=True)
class Edit:
    """A saved form, or by `file` a permission file; no changes at all: the channel is forgotten."""

    who: str
    changes: tuple[tuple[str, Any], ...] | None


@dataclass(frozen=True)
class Person:
    """Somebody becomes something else, joins a group or leaves it."""

    who: str
    kind: Kind | None = None
    group: str = ""


@dataclass(frozen=True)
class Turn:
    """A switch: `pause` by somebody; Slack `silent`; the cloud `refusing`."""

    what: str
    on: bool
    who: str = ""


@dataclass(frozen=True)
class Image:
    """An image gets another name, or becomes shared or private."""

    image: str
    renamed: bool


@dataclass(frozen=True)
class Wait:
    seconds: int


Act = Ask | Decide | Follow | Grant | Edit | Person | Turn | Image | Wait


@dataclass(frozen=True)
class World:
    """How it begins, and what happens.

    Attributes:
        eager: the worker does what is due after each act; else only when time passes.
    """

    rule: Rule | None
    kinds: tuple[Kind, ...]
    groups: tuple[frozenset[str], ...]
    bot_admins: tuple[str, ...]
    homes: tuple[str, ...]
    acts: tuple[Act, ...]
    eager: bool
