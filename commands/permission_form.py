"""The form for a channel's permissions: what was entered → a rule, its effect in words, and saving it if nothing moved."""

import asyncio
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationError

from commands import administer
from commands.administer import DIRECT, NOTHING_CHANGES, Held, Saved, here, judge
from commands.grants import LAST_ADMIN, suits
from commands.permission_effect import effect
from commands.permission_mistakes import wrong_value
from commands.ports import Caller, Ports
from commands.rule import Rule
from commands.rule_words import cautions
from commands.text import Language, Line, Message, Span, Spans, Text, listed
from commands.whom import refused
from store import people
from store.database import Transaction

PEOPLE = ("request", "approve", "admin", "emergency")
GROUPS = "_groups"
"""`approve_groups` holds the user groups of `approve`: Slack has no input that takes both."""

_NUMBERS = frozenset({"approvals", "max_images", "daily_images", "open_requests"})
_SWITCHES = frozenset({"self_approval", "reason_required", "allow_same_region", "allow_shared"})
_DURATIONS = frozenset({"expires_after", "remind_after"})
_BETWEEN = re.compile(r"[\n,，、;；]+")

_MOVED = Text(
    "您打开此窗口后，此频道的权限已被更改。请关闭后重新打开再修改。",
    "This channel's permissions have changed since you opened this window. Close it and open it again.",
)
_UNSUITED = Text(
    "这些人是访客、机器人或已停用，不能有此权限：{people}",
    "These are guests, bots or deactivated and can't have this right: {people}",
)

Values = Mapping[str, str | Sequence[str] | None]
"""Field → what was entered: text, a chosen value, or several; a field that isn't there stays as it was."""
Errors = dict[str, Spans]
"""Field → what is wrong there."""


@dataclass(frozen=True)
class Editing:
    """What the form shows at first; `version` tells whether anybody changed it meanwhile."""

    rule: Rule
    version: int


@dataclass(frozen=True)
class Proposal:
    """A change that could be saved: the keys that differ, and what that means in words."""

    changes: dict[str, Any]
    lines: tuple[Line, ...]


async def begin(ports: Ports, caller: Caller) -> Editing | Message:
    """What to edit, or why this person may not.

    Raises:
        UnknowableError, DatabaseError: it can't be known now.
    """
    if caller.in_direct_message:
        return Message((DIRECT.line(caller.language),))
    held, who = await here(ports, caller)
    verdict = judge(held.rule, who, ports.admins)
    if not verdict.allowed:
        return await refused(ports, caller, verdict)
    return Editing(_base(held, caller.user), held.version)


async def propose(ports: Ports, caller: Caller, version: int, values: Values) -> Proposal | Errors | Message:
    """What saving would mean; or what is wrong at which field; or why this person may not.

    Raises:
        UnknowableError, DatabaseError: it can't be known now.
    """
    held, who = await here(ports, caller)
    verdict = judge(held.rule, who, ports.admins)
    if not verdict.allowed:
        return await refused(ports, caller, verdict)
    if held.version != version:
        return {"request": _MOVED.say(caller.language)}
    base = _base(held, caller.user)
    wanted = read(base, values, caller.language)
    if not isinstance(wanted, Rule):
        return wanted
    errors = await _unsuited(ports, caller, held.rule or Rule(), wanted)
    if _orphaned(held, wanted, ports, caller):
        errors["admin"] = LAST_ADMIN.say(caller.language)
    if errors:
        return errors
    if wanted == held.rule:
        return {"request": NOTHING_CHANGES.say(caller.language)}  # at a field, so that the form stays
    lines = (*effect(held.rule, wanted, caller.language), *cautions(wanted, caller.language))
    before = base.dump()
    return Proposal({k: v for k, v in wanted.dump().items() if v != before[k]}, lines)


async def save(ports: Ports, caller: Caller, version: int, changes: Mapping[str, Any]) -> Saved:
    """Save a proposal, unless the rule is no longer the one it was made from.

    Raises:
        UnknowableError, DatabaseError: nothing was changed (unless the latter is `uncertain`).
    """
    _, who = await here(ports, caller)

    def edit(now: Held) -> Rule | Message:
        if now.version != version:
            return Message((_MOVED.line(caller.language),))
        try:
            wanted = Rule.model_validate({**_base(now, caller.user).dump(), **changes})
        except ValidationError:  # proposed by another version of the bot
            return Message((_MOVED.line(caller.language),))
        orphaned = _orphaned(now, wanted, ports, caller)
        return Message((LAST_ADMIN.line(caller.language),)) if orphaned else wanted

    return await administer.save(ports, caller, who, edit)


def read(before: Rule, values: Values, language: Language) -> Rule | Errors:
    """The rule that was entered, or everything that is wrong with it, by field."""
    raw = {**before.dump(), **_entered(before, values)}
    try:
        return Rule.model_validate(raw)
    except ValidationError as error:
        wrong: Errors = {}
        for one in error.errors(include_url=False):
            # What concerns the whole rule begins with the key that has to give way.
            key = str(one["loc"][0] if one["loc"] else str(one["ctx"]["error"]).split()[0])
            wrong.setdefault(key, wrong_value(key, _shown(raw[key]), language))
        return wrong


def _entered(before: Rule, values: Values) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in Rule.model_fields:
        if key in PEOPLE:
            found[key] = _people(getattr(before, key), values, key)
        elif key in values:
            found[key] = _value(key, values[key])
    return found


def _people(before: Sequence[str], values: Values, key: str) -> list[str]:
    """Both inputs of one right; who was named stays in place, so that an untouched form changes nothing."""
    groups = [p for p in before if not p.startswith(("U", "W"))]
    persons = [p for p in before if p not in groups]
    chosen = [*_list(values.get(key, persons)), *_list(values.get(key + GROUPS, groups))]
    kept = [p for p in before if p in chosen]
    return [*kept, *(p for p in chosen if p not in kept)]


def _value(key: str, entered: str | Sequence[str] | None) -> Any:
    if key == "images":
        pieces = (piece.strip() for piece in _BETWEEN.split(str(entered or "")))
        return [piece for piece in pieces if piece]
    if key in _NUMBERS or key in _DURATIONS:
        text = "".join(unicodedata.normalize("NFKC", str(entered or "")).lower().split())
        return int(text) if key in _NUMBERS and re.fullmatch("[0-9]{1,9}", text) else text
    if key in _SWITCHES:
        return entered == "true"
    return entered if key == "language" else _list(entered)


def _list(entered: str | Sequence[str] | None) -> list[str]:
    return [entered] if isinstance(entered, str) else list(entered or ())


def _shown(value: Any) -> str | None:
    """The value as it was entered; None: nothing."""
    return (", ".join(map(str, value)) if isinstance(value, list) else str(value)) or None


def _base(held: Held, user: str) -> Rule:
    """What the form starts from; in a new channel, the one who sets it up administers it."""
    return held.rule or Rule(admin=[user])


def _orphaned(held: Held, wanted: Rule, ports: Ports, caller: Caller) -> bool:
    """Whether a channel administrator would leave the channel without one; `BOT_ADMINS` can still change it."""
    had = held.rule is not None and bool(held.rule.admin)
    return had and not wanted.admin and caller.user not in ports.admins.users


async def _unsuited(ports: Ports, caller: Caller, before: Rule, wanted: Rule) -> Errors:
    """Rights newly given to people who can't have them."""
    errors: Errors = {}
    for key in PEOPLE:
        new = [p for p in getattr(wanted, key) if p[0] in "UW" and p not in getattr(before, key)]
        standings = await asyncio.gather(*(ports.people.standing(caller.team, p, ()) for p in new))
        wrong = [who.user for who in standings if not suits(who.kind, key)]
        if wrong:
            named = await ports.db.read(partial(_names, team=caller.team, users=wrong))
            errors[key] = _UNSUITED.say(caller.language, people=listed(caller.language, named))
    return errors


def _names(tx: Transaction, team: str, users: Iterable[str]) -> list[Span]:
    """Plain names: where they are shown, nobody can be mentioned."""
    rows = ((user, people.person(tx, team, user)) for user in users)
    return [f"@{row.name}" if row and row.name else user for user, row in rows]
