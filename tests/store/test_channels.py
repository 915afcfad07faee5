"""A channel whose id changes: every row goes along, and each former id leads to the newest."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest

from store import audit, channels, former, history, permissions, posts
from store.database import Database
from store.permissions import Key
from tests.store.rows import NOW, a_request, add, get

OLD, NEW, NEWEST, LAST = Key("T1", "C1"), Key("T1", "C2"), Key("T1", "C3"), Key("T1", "C4")


def moved(database: Database, key: Key, new: Key, at: datetime = NOW) -> bool:
    with database.transaction() as tx:
        return channels.move(tx, key, new.channel, at=at)


def now_called(database: Database, key: Key) -> str:
    with database.reading() as tx:
        return former.now_called(tx, key.team, key.channel)


def put(database: Database, key: Key, **rule: int) -> None:
    with database.transaction() as tx:
        permissions.put(tx, key, dict(rule), by="U1", at=NOW)


def test_requests_posts_and_rules_go_along_and_other_channels_stay(database: Database) -> None:
    put(database, OLD, approvals=1)
    add(database, a_request(1), a_request(2, images=["img-b"], channel="C9"))
    with database.transaction() as tx:
        for number, channel in ((1, "C1"), (2, "C9")):
            posts.begin(tx, f"cp-{number}", "card", channel, at=NOW)
            posts.done(tx, f"cp-{number}", "card", ts="1.0", posted_channel=channel)
    assert moved(database, OLD, NEW) is True
    with database.reading() as tx:
        cards = [posts.card_of(tx, f"cp-{number}") for number in (1, 2)]
        rule = permissions.current(tx, NEW)
        left = permissions.current(tx, OLD)
        found = history.find(tx, history.Query(channels=["C1"]), limit=None)
    assert [get(database, f"cp-{number}").channel for number in (1, 2)] == ["C2", "C9"]
    assert [(c.channel, c.posted_channel) for c in cards if c] == [("C2", "C2"), ("C9", "C9")]
    assert (rule.rule if rule else None, left) == ({"approvals": 1}, None)
    assert [request.id for request in found] == ["cp-1"]


def test_what_a_person_to_be_told_directly_is_called_stays(database: Database) -> None:
    add(database, a_request(1))
    with database.transaction() as tx:
        posts.begin(tx, "cp-1", "direct-U2", "U2", at=NOW)
    moved(database, OLD, NEW)
    with database.reading() as tx:
        assert posts.posts(tx, "cp-1")["direct-U2"].channel == "U2"


Change = tuple[Key, Key, datetime]
"""A channel's former id, its new one, and when that was."""


def at(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


CHAIN: list[Change] = [(OLD, NEW, at(1)), (NEW, NEWEST, at(2))]
LONG_CHAIN: list[Change] = [*CHAIN, (NEWEST, LAST, at(3))]
CIRCLE: list[Change] = [*CHAIN, (NEWEST, OLD, at(3))]
THERE_AND_BACK: list[Change] = [(OLD, NEW, at(1)), (NEW, OLD, at(2))]
TWICE_AWAY: list[Change] = [*THERE_AND_BACK, (OLD, NEW, at(3))]
EIGHT: list[Change] = [*THERE_AND_BACK, (OLD, NEWEST, at(3)), (NEWEST, NEW, at(4))]
HISTORIES = {
    "chain": CHAIN,
    "long chain": LONG_CHAIN,
    "circle": CIRCLE,
    "there and back": THERE_AND_BACK,
    "twice away": TWICE_AWAY,
    "eight": EIGHT,
}


@pytest.mark.parametrize("changes", HISTORIES.values(), ids=HISTORIES)
def test_in_whichever_order_and_however_often_changes_are_heard_the_latest_counts(
    database: Database, changes: list[Change]
) -> None:
    heard = list(permutations(changes))
    heard += [(*order, *reversed(order), order[0]) for order in heard]
    for number, order in enumerate(heard):
        team = f"T{number}"
        put(database, Key(team, OLD.channel), approvals=1)
        for old, new, when in order:
            moved(database, Key(team, old.channel), new, when)
        ids = {key.channel for old, new, _ in changes for key in (old, new)}
        led = {now_called(database, Key(team, channel)) for channel in ids}
        assert led == {changes[-1][1].channel}, order
        with database.reading() as tx:
            assert permissions.current(tx, Key(team, changes[-1][1].channel)) is not None, order


def test_the_same_event_again_changes_nothing_and_an_older_one_not_what_the_channel_is_called(
    database: Database,
) -> None:
    assert moved(database, OLD, NEW) is True
    assert moved(database, OLD, NEW) is False
    assert moved(database, NEWEST, OLD, NOW - timedelta(seconds=1)) is True
    assert [now_called(database, key) for key in (OLD, NEW, NEWEST)] == ["C2", "C2", "C2"]
    with database.reading() as tx:
        kinds = [event.kind for event in audit.entries(tx)]
        assert audit.first_broken(audit.entries(tx)) is None
    assert kinds == ["channel_id_changed"] * 2


def test_each_former_id_leads_to_the_newest(database: Database) -> None:
    moved(database, OLD, NEW)
    moved(database, NEW, NEWEST, NOW + timedelta(seconds=1))
    assert [now_called(database, key) for key in (OLD, NEW, NEWEST)] == ["C3", "C3", "C3"]
    assert now_called(database, Key("T2", "C1")) == "C1"


def test_an_id_that_a_channel_has_again_is_no_former_one(database: Database) -> None:
    moved(database, OLD, NEW)
    moved(database, NEW, OLD, NOW + timedelta(seconds=1))
    assert [now_called(database, key) for key in (OLD, NEW)] == ["C1", "C1"]


def test_rules_of_the_new_id_hold_and_those_of_the_old_one_end(database: Database) -> None:
    put(database, OLD, approvals=1)
    put(database, NEW, approvals=2)
    moved(database, OLD, NEW, NOW + timedelta(seconds=1))
    with database.reading() as tx:
        assert [(row.channel, row.rule) for row in permissions.everything(tx)] == [("C2", {"approvals": 2})]
        before = permissions.everything(tx, at=NOW)
    assert [(row.channel, row.rule) for row in before] == [("C1", {"approvals": 1}), ("C2", {"approvals": 2})]


def test_a_request_not_yet_sent_is_begun_anew_by_whoever_holds_it(database: Database) -> None:
    add(database, a_request(1, lease="token"))
    moved(database, OLD, NEW)
    assert get(database).lease is None
