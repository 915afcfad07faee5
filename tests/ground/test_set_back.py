"""What a clock dated ahead put off is due when it has been set back; what waits for a person still waits."""

from datetime import timedelta

from store import due, looks, set_back
from store.database import Database
from store.lifecycle import State
from store.tables import Copy
from tests.store.rows import NOW, a_request, add, copies, get

LATER = NOW + timedelta(hours=8)
LEASE_S = 25


def test_everything_put_off_is_due_except_what_waits_for_a_person(database: Database) -> None:
    add(
        database,
        a_request(1, images=["img-a"], state=State.COPYING, run_at=LATER, show_at=LATER),
        a_request(2, images=["img-b"], state=State.WAITING, run_at=LATER),
        a_request(3, images=["img-c"], state=State.COPYING, run_at=NOW - timedelta(minutes=1)),
    )
    with database.transaction() as tx:
        copy = tx.get_one(Copy, ("cp-1", "img-a", "cn-east-2"))
        copy.look_at = LATER
    with database.transaction() as tx:
        set_back.make_due(tx, NOW, LEASE_S)
    assert (get(database, "cp-1").run_at, get(database, "cp-1").show_at) == (NOW, NOW)
    assert get(database, "cp-2").run_at == LATER
    assert get(database, "cp-3").run_at == NOW - timedelta(minutes=1)
    assert [one.look_at for one in copies(database)] == [NOW]


def test_a_lease_taken_by_the_old_clock_ends_as_soon_as_one_taken_now(database: Database) -> None:
    add(database, a_request(state=State.COPYING, run_at=NOW))
    with database.transaction() as tx:
        due.claim(tx, due.WORK, now=LATER, lease="old", lease_s=LEASE_S, limit=1)
    with database.transaction() as tx:
        set_back.make_due(tx, NOW, LEASE_S)
    assert get(database).lease_until == NOW + timedelta(seconds=LEASE_S)
    assert get(database).lease == "old"


def test_looks_that_were_not_made_are_given_back_unless_somebody_made_them(database: Database) -> None:
    add(database, a_request(images=["img-a", "img-b"], state=State.WATCHING))
    with database.transaction() as tx:
        for image in ("img-a", "img-b"):
            tx.get_one(Copy, ("cp-1", image, "cn-east-2")).look_at = NOW
    with database.transaction() as tx:
        claimed = looks.claim(tx, now=NOW, limit=100, busy_s=LEASE_S)
    with database.transaction() as tx:
        tx.get_one(Copy, ("cp-1", "img-b", "cn-east-2")).look_at = LATER  # somebody else looked
    with database.transaction() as tx:
        looks.give_back(tx, claimed, NOW)
    assert {one.image_id: one.look_at for one in copies(database)} == {"img-a": NOW, "img-b": LATER}
