"""Makes a change of a channel's permissions, and has the running bot tell the channel about it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from commands.rule import Rule, load
from store import former, permissions, posts
from store.database import Transaction
from store.permissions import Key
from store.tables import Notice

NOTICE_KIND = "permissions"


@dataclass(frozen=True)
class Change:
    """What a channel allows, before and after; None: nothing."""

    key: Key
    before: Rule | None
    after: Rule | None


def compare(tx: Transaction, wanted: Iterable[tuple[Key, Rule | None]]) -> list[Change]:
    """For each channel, named by whichever id, what holds and what is wanted, in the order given."""
    changes = []
    for named, rule in wanted:
        key = Key(named.team, former.now_called(tx, named.team, named.channel))
        row = permissions.current(tx, key)
        changes.append(Change(key, load(row.rule) if row else None, rule))
    return changes


def make(tx: Transaction, change: Change, *, by: str, at: datetime, new_token: Callable[[], str]) -> bool:
    """Let the channel allow what the change says and announce it there; False when that holds already.

    Args:
        by: a Slack user id, or `file`.
    """
    after = change.after.dump() if change.after else None
    if not permissions.put(tx, change.key, after, by=by, at=at):
        return False
    before = change.before.dump() if change.before else None
    shown = change.after or change.before
    notice = Notice(
        id=new_token(),
        team=change.key.team,
        channel=change.key.channel,
        kind=NOTICE_KIND,
        data={"by": by, "before": before, "after": after},
        language=shown.language if shown else "zh",
        created_at=at,
    )
    posts.add_notice(tx, notice)
    return True
