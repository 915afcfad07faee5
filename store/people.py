"""The directory: people, user groups and channels as Slack last described them."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from store.locks import alone
from store.tables import ChannelInfo, ChannelMembers, Person, UserGroup


def person(tx: Session, team: str, user: str) -> Person | None:
    return tx.get(Person, (team, user))


def group(tx: Session, team: str, group: str) -> UserGroup | None:
    return tx.get(UserGroup, (team, group))


def groups_of(tx: Session, team: str, user: str) -> list[str]:
    """The user groups that somebody was in when Slack was last asked about them."""
    rows = tx.exec(select(UserGroup).where(UserGroup.team == team)).all()
    return [row.group for row in rows if user in row.members]


def user_groups(tx: Session, team: str, groups: Sequence[str]) -> list[UserGroup]:
    """Those of them that are known."""
    return list(
        tx.exec(select(UserGroup).where(UserGroup.team == team, col(UserGroup.group).in_(groups))).all()
    )


def persons(tx: Session, team: str, users: Sequence[str]) -> list[Person]:
    """Those of them that are known."""
    return list(tx.exec(select(Person).where(Person.team == team, col(Person.user).in_(users))).all())


def channel(tx: Session, team: str, channel: str) -> ChannelInfo | None:
    return tx.get(ChannelInfo, (team, channel))


def members(tx: Session, team: str, channel: str) -> ChannelMembers | None:
    return tx.get(ChannelMembers, (team, channel))


def remember(tx: Session, row: Person | UserGroup | ChannelInfo | ChannelMembers) -> None:
    """Replace what was known by what Slack says now."""
    alone(tx, "directory")
    tx.merge(row)
