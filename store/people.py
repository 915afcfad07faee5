"""The directory: people, user groups and channels as Slack last described them."""

from sqlmodel import Session

from store.locks import alone
from store.tables import ChannelInfo, ChannelMembers, Person, UserGroup


def person(tx: Session, team: str, user: str) -> Person | None:
    return tx.get(Person, (team, user))


def group(tx: Session, team: str, group: str) -> UserGroup | None:
    return tx.get(UserGroup, (team, group))


def channel(tx: Session, team: str, channel: str) -> ChannelInfo | None:
    return tx.get(ChannelInfo, (team, channel))


def members(tx: Session, team: str, channel: str) -> ChannelMembers | None:
    return tx.get(ChannelMembers, (team, channel))


def remember(tx: Session, row: Person | UserGroup | ChannelInfo | ChannelMembers) -> None:
    """Replace what was known by what Slack says now."""
    alone(tx, "directory")
    tx.merge(row)
