"""Messages: a row before the first attempt, and notices that one presenter at a time holds."""

from datetime import datetime, timedelta

from store import due, posts
from store.database import Database
from store.tables import LONG_AGO, Notice
from tests.store.rows import NOW, a_request, add, at_once

_LATER = NOW + timedelta(seconds=30)


def _begin(database: Database, at: datetime = NOW) -> datetime | None:
    with database.transaction() as tx:
        return posts.begin(tx, "cp-1", "card", "C1", at=at).sending_since


def _notice(number: int, at: datetime = NOW) -> Notice:
    return Notice(id=f"n-{number}", team="T1", channel="C1", kind="permissions", created_at=at)


def _add(database: Database, *notices: Notice) -> None:
    for notice in notices:
        with database.transaction() as tx:
            posts.add_notice(tx, notice)


def _claim(database: Database, lease: str, now: datetime = NOW, limit: int = 10) -> list[str]:
    with database.transaction() as tx:
        rows = due.claim(tx, due.NOTICES, now=now, lease=lease, lease_s=10, limit=limit)
        return [notice.id for notice in rows]


def _notices(database: Database) -> dict[str, Notice]:
    with database.reading() as tx:
        return {f"n-{n}": notice for n in range(9) if (notice := tx.get(Notice, f"n-{n}"))}


def test_the_first_attempts_moment_stays(database: Database) -> None:
    add(database, a_request())
    assert _begin(database) == NOW
    assert _begin(database, _LATER) == NOW


def test_a_post_to_be_sent_anew_gets_a_new_moment(database: Database) -> None:
    add(database, a_request())
    _begin(database)
    with database.transaction() as tx:
        posts.done(tx, "cp-1", "card", sending_since=None)
    assert _begin(database, _LATER) == _LATER


def test_what_became_of_a_post_is_remembered(database: Database) -> None:
    add(database, a_request())
    with database.reading() as tx:
        assert posts.card_of(tx, "cp-1") is None
    _begin(database)
    with database.transaction() as tx:
        posts.begin(tx, "cp-1", "outcome", "C1", at=NOW)
        posts.done(tx, "cp-1", "card", ts="1.2", shown="digest", posted_channel="C1")
    with database.reading() as tx:
        card = posts.card_of(tx, "cp-1")
        assert card is not None
        assert (card.ts, card.shown, card.posted_channel, card.dead) == ("1.2", "digest", "C1", None)
        assert {part: post.ts for part, post in posts.posts(tx, "cp-1").items()} == {
            "card": "1.2",
            "outcome": None,
        }


def test_due_notices_are_taken_oldest_first_by_one_presenter(database: Database) -> None:
    _add(database, _notice(1), _notice(2, NOW - timedelta(seconds=1)), _notice(3, _LATER))
    assert _claim(database, "P1", limit=1) == ["n-2"]
    assert _claim(database, "P2") == ["n-1"]
    assert _claim(database, "P3") == []


def test_several_notices_come_in_the_order_in_which_they_were_due(database: Database) -> None:
    _add(database, *(_notice(n, NOW - timedelta(seconds=n)) for n in range(1, 6)))
    assert _claim(database, "P1") == ["n-5", "n-4", "n-3", "n-2", "n-1"]


def test_presenters_that_look_at_once_never_get_the_same_notice(database: Database) -> None:
    _add(database, *(_notice(n) for n in range(9)))
    batches = at_once(*(lambda n=n: _claim(database, f"P{n}", limit=4) for n in range(3)))
    ids = [notice for batch in batches for notice in batch]
    assert len(ids) == len(set(ids))


def test_a_notice_of_a_lost_presenter_comes_free_and_the_lost_one_changes_nothing(database: Database) -> None:
    _add(database, _notice(1))
    _claim(database, "P1")
    assert _claim(database, "P2", NOW + timedelta(seconds=10)) == ["n-1"]
    with database.transaction() as tx:
        posts.finish_notice(tx, "n-1", lease="P1", ts="1.2", again_at=None)
    notice = _notices(database)["n-1"]
    assert (notice.ts, notice.lease, notice.attempts) == (None, "P2", 2)


def test_a_posted_notice_is_done_and_another_tried_again(database: Database) -> None:
    _add(database, _notice(1), _notice(2))
    _claim(database, "P1")
    with database.transaction() as tx:
        posts.finish_notice(tx, "n-1", lease="P1", ts="1.2", again_at=None)
        posts.finish_notice(tx, "n-2", lease="P1", ts=None, again_at=_LATER)
    notices = _notices(database)
    assert (notices["n-1"].ts, notices["n-1"].run_at, notices["n-1"].lease_until) == ("1.2", None, LONG_AGO)
    assert (notices["n-2"].ts, notices["n-2"].run_at) == (None, _LATER)
    assert _claim(database, "P2", _LATER) == ["n-2"]


def test_the_next_notice_counts_leases_in(database: Database) -> None:
    with database.reading() as tx:
        assert due.soonest(tx, NOW)["notices"] is None
    _add(database, _notice(1), _notice(2, _LATER))
    with database.reading() as tx:
        assert due.soonest(tx, NOW)["notices"] == NOW
    _claim(database, "P1")
    with database.reading() as tx:
        assert due.soonest(tx, NOW)["notices"] == NOW + timedelta(seconds=10)
