"""Who is looked at again when what a channel allows has changed, and who is known to have changed it."""

from datetime import timedelta
from typing import Any

from store import audience, permissions
from store.database import Database
from store.lifecycle import State
from store.permissions import Key
from store.tables import Audience
from tests.store.rows import NOW, a_request, add, get

HERE = Key("T1", "C1")
LATER = NOW + timedelta(hours=1)


def test_a_changed_rule_makes_what_waits_in_its_channel_due_and_takes_it_from_whoever_holds_it(
    database: Database,
) -> None:
    waits: dict[str, Any] = {"state": State.WAITING, "run_at": LATER, "lease": "token"}
    add(
        database,
        a_request(1, **waits),
        a_request(2, images=["img-b"], channel="C2", **waits),
        a_request(3, images=["img-c"], **{**waits, "state": State.APPROVED}),
    )
    with database.transaction() as tx:
        assert permissions.put(tx, HERE, {"approvals": 1}, by="U1", at=NOW) is True
    found = [get(database, f"cp-{number}") for number in (1, 2, 3)]
    assert [(request.run_at, request.lease) for request in found] == [
        (NOW, None),
        (LATER, "token"),
        (LATER, "token"),
    ]


def test_the_same_rule_again_makes_nothing_due(database: Database) -> None:
    with database.transaction() as tx:
        permissions.put(tx, HERE, {"approvals": 1}, by="U1", at=NOW)
    add(database, a_request(1, state=State.WAITING, run_at=LATER))
    with database.transaction() as tx:
        assert permissions.put(tx, HERE, {"approvals": 1}, by="U1", at=NOW) is False
    assert get(database).run_at == LATER


def test_who_changed_the_permissions_is_known_from_a_moment_on(database: Database) -> None:
    with database.transaction() as tx:
        permissions.put(tx, HERE, {"approvals": 1}, by="U1", at=NOW)
        permissions.put(tx, HERE, {"approvals": 2}, by="U2", at=LATER)
        permissions.put(tx, HERE, None, by="U3", at=LATER + timedelta(hours=1))
    with database.reading() as tx:
        assert permissions.changers_since(tx, HERE, NOW) == {"U1", "U2", "U3"}
        assert permissions.changers_since(tx, HERE, LATER) == {"U2", "U3"}
        assert permissions.changers_since(tx, HERE, LATER + timedelta(hours=2)) == frozenset()
        assert permissions.changers_since(tx, Key("T1", "C2"), NOW) == frozenset()


def test_the_newest_look_replaces_the_one_before(database: Database) -> None:
    add(database, a_request(1))
    for able, short in ((["U2"], False), ([], True)):
        with database.transaction() as tx:
            looked = Audience(request_id="cp-1", able=able, short=short, outside={"U9": "en"}, at=NOW)
            audience.remember(tx, looked)
    with database.reading() as tx:
        found = audience.of(tx, "cp-1")
        assert audience.of(tx, "cp-2") is None
    assert found is not None
    assert (found.able, found.short, found.outside) == ([], True, {"U9": "en"})
