"""What Slack last said of people, groups and channels, and the switch for the whole bot."""

from datetime import timedelta

from store import audit, flags, people
from store.database import Database
from store.tables import ChannelInfo, Person, UserGroup
from tests.store.rows import NOW, at_once

_LATER = NOW + timedelta(minutes=1)


def test_nobody_is_known_at_first(database: Database) -> None:
    with database.reading() as tx:
        assert people.person(tx, "T1", "U1") is None
        assert people.group(tx, "T1", "S1") is None
        assert people.channel(tx, "T1", "C1") is None


def test_what_slack_says_now_replaces_what_it_said_before(database: Database) -> None:
    with database.transaction() as tx:
        people.remember(tx, Person(team="T1", user="U1", name="Ann", guest=True, fetched_at=NOW))
        people.remember(tx, UserGroup(team="T1", group="S1", members=["U1", "U2"], fetched_at=NOW))
        people.remember(tx, ChannelInfo(team="T1", channel="C1", member=True, fetched_at=NOW))
    with database.transaction() as tx:
        people.remember(tx, Person(team="T1", user="U1", name="Ann", fetched_at=_LATER))
        people.remember(tx, UserGroup(team="T1", group="S1", members=[], fetched_at=_LATER))
    with database.reading() as tx:
        ann, group, channel = (
            people.person(tx, "T1", "U1"),
            people.group(tx, "T1", "S1"),
            people.channel(tx, "T1", "C1"),
        )
    assert ann is not None
    assert (ann.name, ann.guest, ann.fetched_at) == ("Ann", False, _LATER)
    assert group is not None
    assert (group.members, group.fetched_at) == ([], _LATER)
    assert channel is not None
    assert channel.member is True


def test_replicas_that_learn_of_the_same_people_at_once_do_not_disturb_each_other(database: Database) -> None:
    def learn(*users: str) -> None:
        with database.transaction() as tx:
            for user in users:
                people.remember(tx, Person(team="T1", user=user, name=user.lower(), fetched_at=NOW))

    users = [f"U{n}" for n in range(20)]
    at_once(lambda: learn(*users), lambda: learn(*reversed(users)))
    with database.reading() as tx:
        assert [p.name for user in users if (p := people.person(tx, "T1", user))] == [
            u.lower() for u in users
        ]


def test_pausing_holds_until_resumed_and_both_are_in_the_trail(database: Database) -> None:
    def pause(*, on: bool) -> bool:
        with database.transaction() as tx:
            return flags.pause(tx, on=on, by="U9", at=NOW)

    with database.reading() as tx:
        assert flags.paused(tx) is False
    assert pause(on=False) is False
    assert sorted(at_once(lambda: pause(on=True), lambda: pause(on=True))) == [False, True]
    with database.reading() as tx:
        assert flags.paused(tx) is True
    assert pause(on=False) is True
    with database.reading() as tx:
        assert flags.paused(tx) is False
        assert [(e.kind, e.actor) for e in audit.entries(tx)] == [("paused", "U9"), ("resumed", "U9")]
