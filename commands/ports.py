"""What commands need from outside, and who is asking: plain values, made in `bot/app.py`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from commands.clouds.cloud import Cloud, Region
from commands.permissions import Admins, Standing
from commands.text import Language
from store.database import Database


class UnknowableError(Exception):
    """Slack did not say in time who somebody is; whoever asks is refused for now."""


@dataclass(frozen=True)
class Crowd:
    """Everybody whom a list of people and groups means.

    Attributes:
        meant: each of the list → the people it means: themselves, or a group's members.
        known: person → who they are now; those beyond a bound were not asked about.
        outside: those of them who are not in the channel, in the list's order, groups' members last; None: not known.
        private: whether the channel can be seen by its members only.
    """

    meant: Mapping[str, tuple[str, ...]]
    known: Mapping[str, Standing]
    outside: tuple[str, ...] | None = ()
    private: bool = False


class People(Protocol):
    """The directory of people and user groups, at most a minute old."""

    async def standing(self, team: str, user: str, groups: Iterable[str]) -> Standing:
        """Who somebody is in the workspace, and which of `groups` they are in.

        Raises:
            UnknowableError: it can't be known now.
        """
        ...

    async def last_known(self, team: str, user: str, groups: Iterable[str]) -> Standing:
        """The same without asking Slack, however old.

        Raises:
            UnknowableError: nobody has ever asked about them.
        """
        ...

    async def language(self, team: str, user: str) -> Language | None:
        """The language of somebody's Slack; None: not known, or neither Chinese nor English."""
        ...

    async def crowd(self, team: str, channel: str | None, principals: Sequence[str]) -> Crowd:
        """Everybody whom `principals` (people and user groups) mean, and who of them is not in the channel.

        Args:
            channel: None: who is in the channel does not matter.

        Raises:
            UnknowableError: it can't be known now.
        """
        ...

    async def meet(self, team: str, principals: Sequence[str]) -> None:
        """Ask about those whom nobody has asked about yet, as far as Slack answers within a moment."""
        ...

    async def knows_group(self, team: str, group: str) -> bool | None:
        """Whether there is such a user group in the workspace; None: Slack refuses to tell us.

        Raises:
            UnknowableError: it can't be known now.
        """
        ...

    async def is_bot_in(self, team: str, channel: str) -> bool | None:
        """Whether the bot can post in the channel; None: not known."""
        ...


@dataclass(frozen=True)
class Timing:
    """Settings in seconds; see `BOT_LEASE_S` and its neighbours in the README."""

    lease_s: float
    settle_s: float
    poll_s: float


@dataclass(frozen=True)
class Ports:
    """The world as commands see it.

    Attributes:
        now: the clock, aware, UTC.
        new_id: a request's id, such as `cp-7f3k2m`.
        new_token: an opaque random text for leases and button values.
        wake: says that something became due.
        permalink: (channel, ts) → the message's address; None: not known.
        language: where neither channel nor person says.
    """

    db: Database
    people: People
    cloud: Cloud
    regions: tuple[Region, ...]
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    new_token: Callable[[], str]
    wake: Callable[[], None]
    permalink: Callable[[str, str], str | None]
    admins: Admins
    language: Language
    timing: Timing


@dataclass(frozen=True)
class Caller:
    """Somebody who typed or pressed something.

    Attributes:
        team: of the workspace where it happened.
        user_team: the person's own workspace as the payload says it; empty: it should and doesn't; None: it never does.
        delivery: the same for every delivery of the same act, and for no other.
    """

    team: str
    channel: str
    user: str
    user_team: str | None
    delivery: str
    language: Language

    @property
    def in_direct_message(self) -> bool:
        return self.channel.startswith("D")
