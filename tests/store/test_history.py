"""Past requests: newest first, by whatever somebody asks for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from store import calls, history, requests
from store.database import Database
from store.history import Query
from store.lifecycle import CopyState, Move, State
from store.tables import Copy
from tests.store.rows import NOW, a_request, add


@pytest.fixture
def several(database: Database) -> Database:
    """Four requests, a minute apart."""
    moments = [NOW + timedelta(minutes=n) for n in range(4)]
    add(
        database,
        a_request(1, images=["img-a"], created_at=moments[0], source_region="cn-north-1"),
        a_request(2, images=["img-b"], created_at=moments[1], requester="U2", channel="C2"),
        a_request(
            3, images=["img-a"], created_at=moments[2], destinations=["cn-south-1"], state=State.WAITING
        ),
        a_request(4, images=["img-c", "img-d"], created_at=moments[3], team="T2", requester="U2"),
    )
    with database.transaction() as tx:
        calls.change_copy(
            tx, ("cp-1", "img-a", "cn-east-2"), state=CopyState.READY, new_image_id="img-a2", ready_at=NOW
        )
    return database


def _found(database: Database, query: Query, limit: int | None = None, offset: int = 0) -> list[str]:
    with database.reading() as tx:
        return [request.id for request in history.find(tx, query, limit=limit, offset=offset)]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({}, [4, 3, 2, 1]),
        ({"team": "T1"}, [3, 2, 1]),
        ({"channels": ["C2"]}, [2]),
        ({"channels": ["C1", "C2"], "team": "T1"}, [3, 2, 1]),
        ({"channels": []}, []),
        ({"user": "U2"}, [4, 2]),
        ({"image": "img-a"}, [3, 1]),
        ({"image": "img-a2"}, [1]),
        ({"image": "img-z"}, []),
        ({"region": "cn-south-1"}, [3]),
        ({"region": "cn-north-1"}, [1]),
        ({"region": "cn-east-2"}, [4, 2, 1]),
        ({"states": [State.WAITING]}, [3]),
        ({"states": [State.WAITING, State.CHECKING]}, [4, 3, 2, 1]),
        ({"since": NOW + timedelta(minutes=2)}, [4, 3]),
        ({"user": "U1", "image": "img-a", "since": NOW + timedelta(seconds=1)}, [3]),
    ],
)
def test_requests_are_found_by_what_is_asked_newest_first(
    several: Database, query: dict[str, Any], ids: Sequence[int]
) -> None:
    asked = Query(**query)
    assert _found(several, asked) == [f"cp-{n}" for n in ids]
    with several.reading() as tx:
        assert history.count(tx, asked) == len(ids)


def test_pages_follow_each_other_without_gap_or_overlap(several: Database) -> None:
    assert _found(several, Query(), 2, 0) == ["cp-4", "cp-3"]
    assert _found(several, Query(), 2, 2) == ["cp-2", "cp-1"]
    assert _found(several, Query(), 2, 4) == []
    assert _found(several, Query(), None, 3) == ["cp-1"]
    assert _found(several, Query(), 0) == []


def test_requests_of_the_same_moment_keep_one_order(database: Database) -> None:
    add(database, *(a_request(n, images=[f"img-{n}"]) for n in (2, 1, 3)))
    assert _found(database, Query()) == ["cp-3", "cp-2", "cp-1"]


def test_the_mapping_names_only_copies_that_exist(several: Database) -> None:
    with several.reading() as tx:
        found = history.mapping(tx, ["cp-1", "cp-4"])
    assert {key: [(c.image_id, c.new_image_id) for c in rows] for key, rows in found.items()} == {
        "cp-1": [("img-a", "img-a2")],
        "cp-4": [],
    }


def test_the_mapping_of_more_requests_than_a_statement_takes_values(several: Database) -> None:
    ids = [f"none-{n}" for n in range(70_000)]
    with several.reading() as tx:
        found = history.mapping(tx, [*ids, "cp-1"])
    assert len(found) == 70_001
    assert [c.new_image_id for c in found["cp-1"]] == ["img-a2"]


def test_earlier_copies_are_usable_ones_of_other_requests_newest_first(database: Database) -> None:
    def copied(number: int, ready_at: datetime | None) -> None:
        add(database, a_request(number))
        with database.transaction() as tx:
            key = (f"cp-{number}", "img-a", "cn-east-2")
            calls.change_copy(tx, key, new_image_id=f"img-a{number}", ready_at=ready_at)
            requests.move(tx, f"cp-{number}", Move.CANCEL, at=NOW)

    def earlier(image: str, destination: str, not_by: str) -> list[str | None]:
        with database.reading() as tx:
            rows: list[Copy] = history.earlier_copies(tx, [image], destination, not_by=not_by)
            return [row.new_image_id for row in rows]

    copied(1, NOW)
    copied(2, NOW + timedelta(seconds=1))
    copied(3, None)
    assert earlier("img-a", "cn-east-2", "cp-9") == ["img-a2", "img-a1"]
    assert earlier("img-a", "cn-east-2", "cp-2") == ["img-a1"]
    assert earlier("img-a", "cn-south-1", "cp-9") == []
    assert earlier("img-b", "cn-east-2", "cp-9") == []


def test_what_a_person_has_open_and_has_asked_for_is_counted(several: Database) -> None:
    with several.transaction() as tx:
        assert history.open_requests_of(tx, "T1", "U1") == 2
        assert history.images_asked_since(tx, "T1", "C1", "U1", NOW) == 2
        assert history.images_asked_since(tx, "T1", "C1", "U1", NOW + timedelta(seconds=1)) == 1
        assert history.images_asked_since(tx, "T2", "C1", "U2", NOW) == 2
        requests.move(tx, "cp-1", Move.REFUSE, at=NOW)
        assert history.open_requests_of(tx, "T1", "U1") == 1
        assert history.images_asked_since(tx, "T1", "C1", "U1", NOW) == 1
