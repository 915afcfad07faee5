"""Requests to put into a database, and threads that start at the same moment."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any, TypeVar

from store import calls, due, requests
from store.calls import Planned
from store.database import Database
from store.lifecycle import Move
from store.tables import Call, Copy, Request

T = TypeVar("T")

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def a_request(
    number: int = 1,
    *,
    images: Sequence[str] = ("img-a",),
    destinations: Sequence[str] = ("cn-east-2",),
    **values: Any,
) -> Request:
    """A request that differs from others by its number, with images of its own unless they are named."""
    standing = {
        "team": "T1",
        "channel": "C1",
        "requester": "U1",
        "created_at": NOW,
        "delivery": f"d-{number}",
    }
    return Request(
        id=f"cp-{number}", images=list(images), destinations=list(destinations), **{**standing, **values}
    )


def add(database: Database, *added: Request) -> None:
    """Make the requests, which nothing stands against."""
    for request in added:
        with database.transaction() as tx:
            assert requests.add(tx, request).request is not None


def get(database: Database, request_id: str = "cp-1") -> Request:
    with database.reading() as tx:
        found = requests.get(tx, request_id)
    assert found is not None
    return found


def copies(database: Database, request_id: str = "cp-1") -> list[Copy]:
    with database.reading() as tx:
        return requests.copies(tx, request_id)


def call(database: Database, number: int = 1, request_id: str = "cp-1") -> Call:
    with database.reading() as tx:
        return next(c for c in requests.calls(tx, request_id) if c.number == number)


def claim(
    database: Database,
    lease: str,
    *,
    now: datetime = NOW,
    limit: int = 10,
    queue: due.Queue[Request] = due.WORK,
) -> list[str]:
    """The ids of the requests that were due."""
    with database.transaction() as tx:
        return [r.id for r in due.claim(tx, queue, now=now, lease=lease, lease_s=25, limit=limit)]


def planned(database: Database, *, images: Sequence[str] = ("img-a", "img-b"), lease: str = "L1") -> Call:
    """A request being copied, held under a lease, with one call that has not been sent."""
    add(database, a_request(images=images, run_at=NOW))
    with database.transaction() as tx:
        assert requests.move(tx, "cp-1", Move.CLEAR_UNASKED, at=NOW)
        assert requests.move(tx, "cp-1", Move.START, at=NOW, run_at=NOW)
        calls.plan(tx, "cp-1", [Planned("cn-east-2", "marker-1", tuple(images))])
    assert claim(database, lease) == ["cp-1"]
    return call(database)


def at_once(*works: Callable[[], T]) -> list[T]:
    """What the works return, each done in a thread of its own, all starting together."""
    start = Barrier(len(works))

    def begin(work: Callable[[], T]) -> T:
        start.wait(10)
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(begin, works))
