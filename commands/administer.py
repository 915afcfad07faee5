"""Changing what a channel allows: judged, saved, audited and announced in one transaction, once per act."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from commands.permission_change import Change, make
from commands.permission_effect import effect
from commands.permissions import Admins, Reason, Standing, Verdict, may_administer
from commands.ports import Caller, Ports
from commands.rule import Rule, load
from commands.rule_words import cautions
from commands.text import Message, Text
from commands.who import standing
from commands.whom import refused
from store import permissions, posts
from store.database import Transaction
from store.locks import alone
from store.permissions import Key

DIRECT = Text(
    "权限按频道设置，请在频道中使用此命令。", "Permissions belong to channels: use this command in a channel."
)
_SAVED = Text(
    "已更改此频道的权限，并会在频道中公布：",
    "This channel's permissions are changed, and the channel is told:",
)
_SET_UP = Text(
    "已为此频道开通镜像复制，并会在频道中公布：",
    "Image copies are set up in this channel, and the channel is told:",
)
NOTHING_CHANGES = Text("权限没有变化，无需保存。", "Nothing changes, so nothing was saved.")


@dataclass(frozen=True)
class Held:
    """What a channel allows now.

    Attributes:
        rule: None: nothing; the channel is not set up.
        version: differs whenever anything was changed in between; 0: not set up.
    """

    rule: Rule | None
    version: int = 0
    changed_by: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Saved:
    """What came of a change.

    Attributes:
        done: it holds now.
        refused: why this person may not, to be put into words.
    """

    message: Message
    done: bool = False
    refused: Verdict | None = None


def key_of(caller: Caller) -> Key:
    """The channel that the caller acts in."""
    return Key(caller.team, caller.channel)


def held(tx: Transaction, key: Key) -> Held:
    """The channel's rule as it is now."""
    row = permissions.current(tx, key)
    return Held(load(row.rule), row.id or 0, row.changed_by, row.valid_from) if row else Held(None)


def judge(rule: Rule | None, who: Standing, admins: Admins) -> Verdict:
    """Whether this person may change what the channel allows; in one that isn't set up, who can set it up."""
    verdict = may_administer(rule, who, admins)
    if rule is None and verdict.reason is Reason.MAY_NOT_ADMINISTER:
        return replace(verdict, reason=Reason.NOT_SET_UP)
    return verdict


async def here(ports: Ports, caller: Caller) -> tuple[Held, Standing]:
    """What holds in the caller's channel, and who they are there.

    Raises:
        UnknowableError: Slack did not say in time who the caller is.
    """
    now = await ports.db.read(lambda tx: held(tx, key_of(caller)))
    who = await standing(ports, caller, now.rule.groups() if now.rule else ())
    return now, who


async def save(ports: Ports, caller: Caller, who: Standing, edit: Callable[[Held], Rule | Message]) -> Saved:
    """Let the channel allow what `edit` makes of what it allows now; a repeated delivery is only told again.

    Args:
        edit: gives the new rule, or what to say instead.
    """
    saved = await ports.db.run(lambda tx: _save(tx, ports, caller, who, edit))
    if saved.done:
        ports.wake()
    if saved.refused is not None:
        return replace(saved, message=await refused(ports, caller, saved.refused))
    return saved


def _save(
    tx: Transaction, ports: Ports, caller: Caller, who: Standing, edit: Callable[[Held], Rule | Message]
) -> Saved:
    alone(tx, "permissions")  # whoever edits at the same moment reads what this leaves behind
    before = posts.notice(tx, caller.delivery)
    if before is not None:
        old, new = before.data["before"], before.data["after"]
        return Saved(_told(caller, load(old) if old else None, load(new)), done=True)
    now = held(tx, key_of(caller))
    verdict = judge(now.rule, who, ports.admins)
    if not verdict.allowed:
        return Saved(Message(()), refused=verdict)
    after = edit(now)
    if isinstance(after, Message):
        return Saved(after)
    change = Change(key_of(caller), now.rule, after)
    made = make(tx, change, by=caller.user, at=ports.now(), new_token=lambda: caller.delivery)
    if not made:
        return Saved(Message((NOTHING_CHANGES.line(caller.language),)))
    return Saved(_told(caller, now.rule, after), done=True)


def _told(caller: Caller, before: Rule | None, after: Rule) -> Message:
    language = caller.language
    lines = (*effect(before, after, language), *cautions(after, language))
    return Message(((_SAVED if before else _SET_UP).line(language), *lines))
