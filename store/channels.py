"""Channels whose ids change: everything moves along, and the former ids stay known."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, SQLModel, col, select

from store import audit, former
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
    """The channel that was `key` is called `new` from `at` on, unless a later change is known; False: nothing new.

    Slack delivers an event again, late, or before an older one. Each says no more than that two ids are one
    channel's, and which of them it had at that moment: so ids are joined, and the latest moment's is the one of now,
    in whichever order they are heard. What was set up for that one already holds; else the channel keeps its
    permissions.

    Args:
        at: when it happened, as Slack says.
    """
    alone(tx, "permissions")
    if key.channel == new:
        return False
    known = [_newest(tx, key.team, channel) for channel in (key.channel, new)]
    target, moment = max([*known, (new, at)], key=lambda one: one[1])
    others = {key.channel, *(channel for channel, _ in known), new} - {target}
    moving = [channel for channel in sorted(others) if former.now_called(tx, key.team, channel) != target]
    for channel in moving:
        _move(tx, Key(key.team, channel), target, moment)
    so_called = [FormerChannel.team == key.team, FormerChannel.new == target]
    set_where(tx, FormerChannel, so_called, {FormerChannel.at: moment})
    return bool(moving)


def _newest(tx: Session, team: str, channel: str) -> tuple[str, datetime]:
    """The id that the channel has now, as far as is known, and since when."""
    newest = former.now_called(tx, team, channel)
    rows = tx.exec(select(FormerChannel).where(FormerChannel.team == team, FormerChannel.new == newest))
    return newest, max((row.at for row in rows), default=LONG_AGO)


def _move(tx: Session, key: Key, new: str, at: datetime) -> None:
    _move_rules(tx, key, new, at)
    _call_anew(tx, key, new)
    _remember(tx, key, new, at)
    data = {"before": key.channel, "after": new}
    audit.note(tx, audit.Entry("channel_id_changed", at, key.team, new, "bot", data=data))


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
    set_where(tx, FormerChannel, before, {FormerChannel.new: new})
    tx.execute(
        delete(FormerChannel).where(col(FormerChannel.team) == key.team, col(FormerChannel.old) == new)
    )
    tx.merge(FormerChannel(team=key.team, old=key.channel, new=new, at=at))
    tx.flush()
