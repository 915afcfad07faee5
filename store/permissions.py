"""What channels allow: each change supersedes a row, so that the store can be read as it was at any time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from store import audience, audit, former
from store.locks import alone
from store.tables import ChannelRule


@dataclass(frozen=True)
class Key:
    """A channel of a workspace, by ids, never by names."""

    team: str
    channel: str


def current(tx: Session, key: Key) -> ChannelRule | None:
    """What the channel allows now; None: nothing."""
    return tx.exec(_of(key).where(col(ChannelRule.valid_to).is_(None))).first()


def everything(tx: Session, *, at: datetime | None = None, channel: str | None = None) -> list[ChannelRule]:
    """All channels' rules, now or as they were at `at`, in the order of team and channel."""
    query = select(ChannelRule).order_by(col(ChannelRule.team), col(ChannelRule.channel))
    if channel is not None:
        query = query.where(col(ChannelRule.channel).in_(former.all_now_called(tx, [channel])))
    if at is None:
        return list(tx.exec(query.where(col(ChannelRule.valid_to).is_(None))).all())
    then = col(ChannelRule.valid_to).is_(None) | (col(ChannelRule.valid_to) > at)
    return list(tx.exec(query.where(col(ChannelRule.valid_from) <= at, then)).all())


def put(tx: Session, key: Key, rule: dict[str, Any] | None, *, by: str, at: datetime) -> bool:
    """Let the channel allow `rule` from now on (None: forget the channel); False when that changes nothing."""
    alone(tx, "permissions")
    newest = tx.exec(_of(key).order_by(col(ChannelRule.id).desc()).limit(1)).first()
    old = newest if newest is not None and newest.valid_to is None else None
    if (old.rule if old else None) == rule:
        return False
    if newest is not None:  # replicas' clocks differ: at no moment may two rules hold
        at = max(at, newest.valid_to or newest.valid_from)
    if old is not None:
        old.valid_to = at
        old.ended_by = by
        tx.add(old)
        tx.flush()
    if rule is not None:
        tx.add(ChannelRule(team=key.team, channel=key.channel, rule=rule, changed_by=by, valid_from=at))
        tx.flush()
    audit.note(
        tx,
        audit.Entry(
            "permissions",
            at,
            key.team,
            key.channel,
            by,
            data={"before": old.rule if old else None, "after": rule},
        ),
    )
    audience.look_again(tx, key.team, key.channel, at=at)
    return True


def changed_since(tx: Session, key: Key, by: str, since: datetime) -> bool:
    """Whether this person has changed the channel's permissions since then."""
    return by in changers_since(tx, key, since)


def changers_since(tx: Session, key: Key, since: datetime) -> frozenset[str]:
    """Who has changed the channel's permissions since then."""
    changed = (col(ChannelRule.valid_from) >= since) | (col(ChannelRule.valid_to) >= since)
    rows = tx.exec(_of(key).where(changed)).all()
    began = {row.changed_by for row in rows if row.valid_from >= since}
    ended = {row.ended_by for row in rows if row.ended_by and row.valid_to and row.valid_to >= since}
    return frozenset(began | ended)


def _of(key: Key) -> SelectOfScalar[ChannelRule]:
    return select(ChannelRule).where(ChannelRule.team == key.team, ChannelRule.channel == key.channel)
