"""Channels whose ids change: everything moves along, and the former ids stay known."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, SQLModel, col, select

from store import audit
from store.lifecycle import State
from store.locks import alone
from store.permissions import Key, current
from store.rows import set_where
from store.tables import (
    LONG_AGO,
    ChannelInfo,
    ChannelMembers,
    ChannelRule,
    FormerChannel,
    Notice,
    Post,
    Request,
)

_BEFORE_SENDING = (State.CHECKING, State.WAITING, State.APPROVED)


def move(tx: Session, key: Key, new: str, *, at: datetime) -> bool:
    """The channel is called `new` from now on; False when that was known, or older than what is known.

    What was set up for the new id already holds; else the channel keeps its permissions.

    Args:
        at: when it happened, as Slack says.
    """
    alone(tx, "permissions")
    if _known_better(tx, key, new, at):
        return False
    _move_rules(tx, key, new, at)
    _call_anew(tx, key, new)
    _remember(tx, key, new, at)
    data = {"before": key.channel, "after": new}
    audit.note(tx, audit.Entry("channel_id_changed", at, key.team, new, "bot", data=data))
    return True


def _known_better(tx: Session, key: Key, new: str, at: datetime) -> bool:
    """Slack delivers an event again, and sometimes late."""
    ids = [key.channel, new]
    about = col(FormerChannel.old).in_(ids) | col(FormerChannel.new).in_(ids)
    rows = tx.exec(select(FormerChannel).where(FormerChannel.team == key.team, about)).all()
    return key.channel == new or any(row.at >= at for row in rows)


def _move_rules(tx: Session, key: Key, new: str, at: datetime) -> None:
    """All versions; unless the new id has rules of its own: then the old one's end here."""
    own = select(ChannelRule).where(*_of(ChannelRule, Key(key.team, new))).limit(1)
    if tx.exec(own).first() is None:
        set_where(tx, ChannelRule, _of(ChannelRule, key), {ChannelRule.channel: new})
    elif (rule := current(tx, key)) is not None:
        rule.valid_to, rule.ended_by = max(at, rule.valid_from), "bot"
        tx.add(rule)
        tx.flush()


def _call_anew(tx: Session, key: Key, new: str) -> None:
    """Every row that names the channel; whoever is at work on one that is not yet sent begins anew with the new id."""
    free = {col(Request.lease): None, col(Request.lease_until): LONG_AGO}
    set_where(tx, Request, [*_of(Request, key), col(Request.state).in_(_BEFORE_SENDING)], free)
    for table in (Notice, Request):
        set_where(tx, table, _of(table, key), {table.channel: new})
    ours = col(Post.request_id).in_(
        select(Request.id).where(Request.team == key.team, Request.channel == new)
    )
    for column in (Post.channel, Post.posted_channel):
        set_where(tx, Post, [ours, column == key.channel], {column: new})
    for known in (ChannelInfo, ChannelMembers):  # Slack is asked again
        tx.execute(delete(known).where(*_of(known, key)))
    tx.flush()


def _of(table: type[SQLModel], key: Key) -> list[Any]:
    where: Any = table
    return [where.team == key.team, where.channel == key.channel]


def _remember(tx: Session, key: Key, new: str, at: datetime) -> None:
    """An id that it had before leads to the newest one at once; an id that it has again is no former one."""
    before = [FormerChannel.team == key.team, FormerChannel.new == key.channel]
    set_where(tx, FormerChannel, before, {FormerChannel.new: new, FormerChannel.at: at})
    tx.execute(
        delete(FormerChannel).where(col(FormerChannel.team) == key.team, col(FormerChannel.old) == new)
    )
    tx.merge(FormerChannel(team=key.team, old=key.channel, new=new, at=at))
    tx.flush()
