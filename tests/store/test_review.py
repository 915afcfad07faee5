"""What an operator looks at, on either database."""

from sqlalchemy import text

from store import people, permissions, requests, review
from store.database import Database
from store.lifecycle import Move, State
from store.permissions import Key
from store.review import Schema, Uses
from store.tables import Person, UserGroup
from tests.store.rows import NOW, a_request, add

OPS = Key("T1", "C1")


def test_whoever_used_a_right_is_known_by_channel(database: Database) -> None:
    with database.transaction() as tx:
        permissions.put(tx, OPS, {"a": 1}, by="U0003", at=NOW)
        permissions.put(tx, OPS, None, by="U0004", at=NOW)
    approved = a_request(1, requester="U0001")
    rejected = a_request(2, images=["img-b"], requester="U0002", emergency=True, state=State.WAITING)
    add(database, approved, rejected, a_request(3, images=["img-c"], channel="C2"))
    with database.transaction() as tx:
        requests.approve(tx, approved, user="U0005", at=NOW)
        requests.move(tx, "cp-2", Move.REJECT, at=NOW, actor="U0006", decided_by="U0006")
    with database.reading() as tx:
        assert review.uses(tx, OPS) == Uses(
            request=frozenset({"U0001", "U0002"}),
            approve=frozenset({"U0005", "U0006"}),
            admin=frozenset({"U0003", "U0004"}),
            emergency=frozenset({"U0002"}),
        )
        nobody: frozenset[str] = frozenset()
        assert review.uses(tx, Key("T2", "C1")) == Uses(nobody, nobody, nobody, nobody)


def test_only_people_and_groups_that_were_seen_are_known(database: Database) -> None:
    with database.transaction() as tx:
        people.remember(tx, Person(team="T1", user="U0001", deleted=True, fetched_at=NOW))
        people.remember(tx, UserGroup(team="T1", group="S0001", members=["U0001"], fetched_at=NOW))
    with database.reading() as tx:
        seen = review.people(tx, "T1", ["U0001", "U0002"])
        assert [(user, person.deleted) for user, person in seen.items()] == [("U0001", True)]
        assert review.members(tx, "T1", ["S0001", "S0002"]) == {"S0001": frozenset({"U0001"})}
        assert review.people(tx, "T2", ["U0001"]) == {}


def test_the_schemas_age_is_known(database: Database) -> None:
    found = []
    with database.transaction() as tx:
        found.append(review.schema(tx))
        for statement in ("UPDATE alembic_version SET version_num = 'newer'", "DROP TABLE alembic_version"):
            tx.execute(text(statement))
            found.append(review.schema(tx))
    assert found == [Schema.CURRENT, Schema.FOREIGN, Schema.OLDER]
