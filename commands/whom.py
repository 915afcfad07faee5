"""Whom a refused person can ask: not those who can never act, as far as the directory knows."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from commands import refusals
from commands.permissions import Admins, Kind, Reason, Verdict
from commands.ports import Caller, Ports
from commands.text import Message
from commands.who import kind_of
from store import people
from store.database import Transaction

_NOT_ADMINISTRATORS = frozenset({"approve", "self_approval", "emergency", "BOT_ADMINS"})
"""Where these rules decide, those who are asked are others than who administers the channel."""


async def refused(ports: Ports, caller: Caller, verdict: Verdict) -> Message:
    """What somebody is told who may not: why, and who of those that can help is able to.

    Raises:
        DatabaseError: it can't be known now.
    """
    if verdict.ask_whom or verdict.reason is Reason.GROUP_UNREAD:
        await ports.people.meet(caller.team, (*verdict.ask_whom, *verdict.or_else))
        verdict = await ports.db.read(lambda tx: to_ask(tx, caller.team, verdict, ports.admins))
    return refusals.refusal(verdict, caller.language, ports.regions)


def to_ask(tx: Transaction, team: str, verdict: Verdict, admins: Admins) -> Verdict:
    """The verdict without guests, bots and people who left among those whom it names; `BOT_ADMINS` where none is left.

    Of a group it suffices that one member can help, or that nobody knows yet who is in it.
    """
    able = _able(tx, team, verdict.ask_whom, verdict.but_not)
    if (
        not able and verdict.reason is Reason.GROUP_UNREAD
    ):  # naming people instead of the group is the way out
        return replace(verdict, ask_whom=_able(tx, team, admins.users))
    if able or not verdict.ask_whom:
        return replace(verdict, ask_whom=able)
    if verdict.reason is Reason.EMERGENCY:  # nobody can start one, whoever is named
        left = _able(tx, team, verdict.or_else) or _able(tx, team, admins.users)
        return replace(verdict, reason=Reason.EMERGENCY_OFF, ask_whom=left)
    left = () if verdict.rule in _NOT_ADMINISTRATORS else _able(tx, team, admins.users)
    return replace(verdict, ask_whom=left)


def _able(
    tx: Transaction, team: str, principals: Sequence[str], but_not: Iterable[str] = ()
) -> tuple[str, ...]:
    named = [p for p in principals if p.startswith("S")]
    groups = {row.group: row.members for row in people.user_groups(tx, team, named)}
    meant = {p: groups.get(p, [p]) for p in principals}
    users = [user for users in meant.values() for user in users]
    unable = {p.user for p in people.persons(tx, team, users) if kind_of(p, team) is not Kind.MEMBER}
    unable |= set(but_not)
    return tuple(p for p in principals if any(user not in unable for user in meant[p]))
