"""Somebody left, or a user group has other members: whoever waits for their approval is looked at anew, at once."""

from collections.abc import Iterable
from datetime import datetime

from commands.ports import Ports
from commands.rule import load
from store import audience, people, permissions
from store.database import Transaction
from store.tables import LONG_AGO, Person, UserGroup


async def person_changed(ports: Ports, team: str, user: str, *, guest: bool, deleted: bool) -> bool:
    """What Slack says of somebody's account; False when it is nothing new, or nobody has asked about them.

    Raises:
        DatabaseError: nothing was written; at the latest the next reminder finds out.
    """
    done = await ports.db.run(lambda tx: _person(tx, team, user, ports.now(), guest=guest, deleted=deleted))
    if done:
        ports.wake()
    return done


async def group_changed(ports: Ports, team: str, group: str) -> bool:
    """A user group has other members; False when nobody has asked about it.

    Raises:
        DatabaseError: as above.
    """
    done = await ports.db.run(lambda tx: _group(tx, team, group, ports.now()))
    if done:
        ports.wake()
    return done


def _person(tx: Transaction, team: str, user: str, now: datetime, *, guest: bool, deleted: bool) -> bool:
    known = people.person(tx, team, user)
    if known is None or (known.guest, known.deleted) == (guest, deleted):
        return False
    # Asked about again before anything is decided: an event may be late, or come before an older one.
    forgotten = {"guest": guest, "deleted": deleted, "fetched_at": LONG_AGO}
    people.remember(tx, Person(**{**known.model_dump(), **forgotten}))
    groups = people.groups_of(tx, team, user)
    _look_again(tx, team, {user, *groups}, now)
    return True


def _group(tx: Transaction, team: str, group: str, now: datetime) -> bool:
    known = people.group(tx, team, group)
    if known is None:
        return False
    people.remember(tx, UserGroup(**{**known.model_dump(), "fetched_at": LONG_AGO}))
    _look_again(tx, team, {group}, now)
    return True


def _look_again(tx: Transaction, team: str, principals: Iterable[str], now: datetime) -> None:
    for row in permissions.everything(tx):
        if row.team == team and set(principals).intersection(load(row.rule).approve):
            audience.look_again(tx, team, row.channel, at=now)
