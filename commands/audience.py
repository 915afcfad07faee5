"""Who could approve a request as things are now, whom of them to tell elsewhere, and who could change that."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from commands.current import rule_of
from commands.decide import approval_verdict, approvals_needed
from commands.permissions import Kind, may_administer
from commands.ports import Crowd, Ports, UnknowableError
from commands.rule import Rule
from commands.text import Language
from store import audience, permissions, requests
from store.database import Transaction
from store.tables import Audience, Request

_MOST_TOLD = 20
"""By direct message, of those outside the channel: a handful is enough to find one, and a big group is no list to spam."""
_BOUND_S = 5.0
_NOBODY = Crowd({}, {})


@dataclass(frozen=True)
class Found:
    """What one look found.

    Attributes:
        rule: by which it was judged; None: the channel allows nothing.
        able: the people and groups of the rule through which somebody could approve.
        short: approvals would still be missing if they all approved.
        changers: who could change that, where they are short; empty: nobody but whoever runs the bot.
        outside: person → language, of those who could approve but aren't in the channel.
        outside_known: whether Slack said who is in the channel.
    """

    rule: Rule | None
    able: tuple[str, ...] = ()
    short: bool = False
    changers: tuple[str, ...] = ()
    outside: Mapping[str, Language] = field(default_factory=dict)
    private: bool = False
    outside_known: bool = True


async def look(ports: Ports, request: Request, *, elsewhere: bool = True) -> Found | None:
    """Look at everybody whom the channel's rule lets approve; None: it can't be known now.

    Args:
        elsewhere: find out as well who of them isn't in the channel.
    """
    rule = await ports.db.read(lambda tx: rule_of(tx, request))
    try:
        async with asyncio.timeout(min(_BOUND_S, ports.timing.lease_s / 2)):
            return await _look(ports, request, rule, request.channel if elsewhere else None)
    except (UnknowableError, TimeoutError):
        return None


async def _look(ports: Ports, request: Request, rule: Rule | None, channel: str | None) -> Found:
    crowd = await _crowd(ports, request, channel, _asked_of(request, rule))
    if request.emergency:
        may = {u for u, who in crowd.known.items() if who.kind is Kind.MEMBER and u != request.requester}
        short, able = False, may
    else:
        may, able, short = await ports.db.read(lambda tx: _judged(tx, ports, request, rule, crowd))
    told = [user for user in crowd.outside or () if user in may and user != request.requester][:_MOST_TOLD]
    languages = await asyncio.gather(*(ports.people.language(request.team, user) for user in told))
    return Found(
        rule=rule,
        able=tuple(p for p, people in crowd.meant.items() if able.intersection(people)),
        short=short,
        changers=await _changers(ports, request, rule) if short else (),
        outside={u: language or ports.language for u, language in zip(told, languages, strict=True)},
        private=crowd.private,
        outside_known=crowd.outside is not None,
    )


def _asked_of(request: Request, rule: Rule | None) -> Sequence[str]:
    """Whom to look at; of an emergency administrators hear where there are no approvers."""
    if rule is None:
        return ()
    return rule.approve or (rule.admin if request.emergency else ())


async def _crowd(ports: Ports, request: Request, channel: str | None, principals: Sequence[str]) -> Crowd:
    return await ports.people.crowd(request.team, channel, principals) if principals else _NOBODY


def _judged(
    tx: Transaction, ports: Ports, request: Request, rule: Rule | None, crowd: Crowd
) -> tuple[set[str], set[str], bool]:
    """Who may approve and has not; the same with those who were too many to be looked at; whether they are short."""
    given = {approval.user for approval in requests.approvals(tx, request.id, request.round)}
    changers = permissions.changers_since(
        tx, permissions.Key(request.team, request.channel), request.created_at
    )
    may = {
        user
        for user, who in crowd.known.items()
        if approval_verdict(ports, request, rule, who, changed=user in changers).allowed
    }
    everybody = {user for people in crowd.meant.values() for user in people}
    hoped = everybody - crowd.known.keys() - {request.requester}
    able = (may | hoped) - given
    needed = approvals_needed(request, rule) if rule else request.approvals_needed
    return may - given, able, len(given) + len(able) < needed


async def _changers(ports: Ports, request: Request, rule: Rule | None) -> tuple[str, ...]:
    """The channel's administrators as far as they are still there, else `BOT_ADMINS`."""
    crowd = await _crowd(ports, request, None, rule.admin if rule else ())
    still = {u for u, who in crowd.known.items() if may_administer(rule, who, ports.admins).allowed}
    found = tuple(p for p, people in crowd.meant.items() if still.intersection(people))
    return found or ports.admins.users


def record(tx: Transaction, request: Request, found: Found, *, at: datetime) -> bool:
    """Remember what was found for the request's round; whether there is anything new to show."""
    before = audience.of(tx, request.id)
    if before is not None and before.round != request.round:
        before = None
    asked = [list(people) for people in before.asked] if before else []
    new = _never_asked(found.able, asked)
    shortages = (before.shortages if before else 0) + (found.short and not (before and before.short))
    now = Audience(
        request_id=request.id,
        round=request.round,
        able=list(found.able),
        asked=[*asked, new] if new else asked,
        short=found.short,
        shortages=shortages,
        changers=list(found.changers),
        outside=dict(found.outside),
        private=found.private,
        at=at,
    )
    differs = before is None or now.model_dump(exclude={"at"}) != before.model_dump(exclude={"at"})
    if differs:
        audience.remember(tx, now)
    return differs


def _never_asked(able: Iterable[str], asked: Sequence[Sequence[str]]) -> list[str]:
    return [p for p in able if not any(p in people for people in asked)]
