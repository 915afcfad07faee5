"""What an operator looks at: who has used which right in a channel, who is still there, and the schema's age."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import Session, col, select

from store.lifecycle import State
from store.permissions import Key
from store.tables import Approval, ChannelRule, Person, Request, UserGroup


@dataclass(frozen=True)
class Uses:
    """The people who have ever used each right in one channel."""

    request: frozenset[str]
    approve: frozenset[str]
    admin: frozenset[str]
    emergency: frozenset[str]


def uses(tx: Session, key: Key) -> Uses:
    """Who has requested, approved or rejected, changed permissions, or started an emergency copy here."""
    here = (Request.team == key.team, Request.channel == key.channel)
    asked = tx.exec(select(Request.requester, Request.emergency).where(*here).distinct()).all()
    approved = tx.exec(
        select(Approval.user)
        .join(Request, col(Request.id) == col(Approval.request_id))
        .where(*here)
        .distinct()
    ).all()
    rejected = tx.exec(
        select(Request.decided_by).where(*here, col(Request.state) == State.REJECTED).distinct()
    ).all()
    rules = tx.exec(
        select(ChannelRule.changed_by, ChannelRule.ended_by).where(
            ChannelRule.team == key.team, ChannelRule.channel == key.channel
        )
    ).all()
    return Uses(
        request=frozenset(user for user, _ in asked),
        approve=frozenset([*approved, *(user for user in rejected if user)]),
        admin=frozenset(user for row in rules for user in row if user),
        emergency=frozenset(user for user, emergency in asked if emergency),
    )


def versions(tx: Session, key: Key) -> list[ChannelRule]:
    """What the channel has ever allowed, newest first."""
    here = (ChannelRule.team == key.team, ChannelRule.channel == key.channel)
    return list(tx.exec(select(ChannelRule).where(*here).order_by(col(ChannelRule.id).desc())).all())


def people(tx: Session, team: str, users: Iterable[str]) -> dict[str, Person]:
    """Those of the people whom the directory has seen, by id."""
    query = select(Person).where(Person.team == team, col(Person.user).in_(list(users)))
    return {person.user: person for person in tx.exec(query).all()}


def members(tx: Session, team: str, groups: Iterable[str]) -> dict[str, frozenset[str]]:
    """The members of those of the groups that the directory has seen, by id."""
    query = select(UserGroup).where(UserGroup.team == team, col(UserGroup.group).in_(list(groups)))
    return {group.group: frozenset(group.members) for group in tx.exec(query).all()}


class Schema(Enum):
    """A database's schema, as this program sees it."""

    CURRENT = auto()
    OLDER = auto()  # or there is none yet
    FOREIGN = auto()  # of a version that this program does not know


def schema(tx: Session) -> Schema:
    """How the schema compares with the newest one that this program knows."""
    known = ScriptDirectory(str(Path(__file__).parent / "migrations"))
    found = MigrationContext.configure(tx.connection()).get_current_revision()
    if found == known.get_current_head():
        return Schema.CURRENT
    return Schema.OLDER if found in {None, *(r.revision for r in known.walk_revisions())} else Schema.FOREIGN
