"""Old requests go, the audit trail stays."""

from datetime import timedelta

from store import audit, calls, requests, retention
from store.calls import Planned
from store.database import Database
from store.lifecycle import Move
from tests.store.rows import NOW, a_request, add


def _ended(database: Database, number: int, days_ago: int) -> None:
    add(database, a_request(number, images=[f"img-{number}"]))
    with database.transaction() as tx:
        calls.plan(tx, f"cp-{number}", [Planned("cn-east-2", "marker", (f"img-{number}",))])
        assert requests.move(tx, f"cp-{number}", Move.CANCEL, at=NOW - timedelta(days=days_ago))


def test_only_requests_that_ended_before_the_date_are_removed(database: Database) -> None:
    _ended(database, 1, days_ago=500)
    _ended(database, 2, days_ago=300)
    add(database, a_request(3, images=["img-3"]))
    with database.transaction() as tx:
        assert retention.remove_requests(tx, ended_before=NOW - timedelta(days=400), limit=10) == 1
    with database.reading() as tx:
        assert requests.get(tx, "cp-1") is None
        assert requests.get(tx, "cp-2") is not None
        assert requests.get(tx, "cp-3") is not None


def test_an_open_request_is_kept_however_old_it_is(database: Database) -> None:
    add(database, a_request(created_at=NOW - timedelta(days=5000)))
    with database.transaction() as tx:
        assert retention.remove_requests(tx, ended_before=NOW, limit=10) == 0


def test_no_more_than_the_limit_go_at_once(database: Database) -> None:
    for number in range(3):
        _ended(database, number, days_ago=500)
    with database.transaction() as tx:
        assert retention.remove_requests(tx, ended_before=NOW, limit=2) == 2
    with database.transaction() as tx:
        assert retention.remove_requests(tx, ended_before=NOW, limit=2) == 1


def test_the_audit_trail_is_whole_after_requests_are_gone(database: Database) -> None:
    _ended(database, 1, days_ago=500)
    with database.transaction() as tx:
        retention.remove_requests(tx, ended_before=NOW, limit=10)
    with database.reading() as tx:
        trail = list(audit.entries(tx))
    assert audit.first_broken(trail) is None
    assert [event.kind for event in trail] == ["requested", "cancel"]
