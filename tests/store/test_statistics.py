"""Counts for operators."""

from datetime import timedelta

from store import calls, listings, statistics
from store.database import Database
from store.lifecycle import State
from store.statistics import Counts
from store.tables import Listing
from tests.store.rows import NOW, a_request, add

_ON_TIME = dict.fromkeys(("work", "timers", "show", "reminders", "notices", "looks"), 0.0)


def test_an_empty_database_counts_nothing_and_is_not_late(database: Database) -> None:
    with database.reading() as tx:
        assert statistics.count(tx) == Counts({}, 0)
        assert statistics.lag_s(tx, NOW) == _ON_TIME


def test_requests_copies_and_lateness_are_counted(database: Database) -> None:
    add(
        database,
        a_request(1, run_at=NOW - timedelta(seconds=90)),
        a_request(2, images=["img-b"], state=State.WATCHING, show_at=NOW + timedelta(seconds=5)),
    )
    with database.transaction() as tx:
        key = ("cp-2", "img-b", "cn-east-2")
        calls.change_copy(tx, key, sent_at=NOW, look_at=NOW - timedelta(seconds=1.5))
    with database.reading() as tx:
        assert statistics.count(tx) == Counts({"checking": 1, "watching": 1}, 1)
        assert statistics.lag_s(tx, NOW) == {**_ON_TIME, "work": 90.0, "looks": 1.5}


def test_a_listing_that_is_kept_can_be_turned_on(database: Database) -> None:
    with database.transaction() as tx:
        listings.keep(tx, Listing(id="l-1", team="T1", user="U1", query={"last": "7d"}, created_at=NOW))
    with database.reading() as tx:
        kept = listings.get(tx, "l-1")
        assert listings.get(tx, "l-2") is None
    assert kept is not None
    assert (kept.user, kept.query) == ("U1", {"last": "7d"})
