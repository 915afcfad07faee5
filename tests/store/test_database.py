"""Transactions: all or nothing, errors in our own words, and readers that nobody holds up."""

import asyncio
from datetime import UTC, datetime
from threading import get_ident

import pytest
from sqlalchemy import make_url, text

from store import due, requests
from store.database import Database, DatabaseError, Transaction
from store.lifecycle import Move, State
from store.tables import Person, Request
from tests.postgres import Server
from tests.store.rows import NOW, a_request, add, get
from tests.store.severing import severed_at


def _there(database: Database) -> bool:
    with database.reading() as tx:
        return requests.get(tx, "cp-1") is not None


def test_a_transaction_that_ends_well_is_committed(database: Database) -> None:
    with database.transaction() as tx:
        requests.add(tx, a_request())
    assert _there(database)


def test_a_transaction_that_raises_is_rolled_back_and_the_exception_passed_on(database: Database) -> None:
    def work(tx: Transaction) -> None:
        requests.add(tx, a_request())
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"), database.transaction() as tx:
        work(tx)
    assert not _there(database)


def test_the_databases_refusal_is_a_database_error_and_certain(database: Database) -> None:
    add(database, a_request())
    with pytest.raises(DatabaseError) as caught, database.transaction() as tx:
        tx.execute(text("UPDATE requests SET delivery = NULL"))
    assert caught.value.uncertain is False


def test_a_database_error_does_not_repeat_the_values(database: Database) -> None:
    add(database, a_request(requester="U7HUSH"))
    with pytest.raises(DatabaseError) as caught, database.transaction() as tx:
        tx.add(a_request(requester="U7HUSH", delivery="hush"))
    assert "hush" not in str(caught.value).lower()
    assert "cp-1" not in str(caught.value)


def test_a_refusal_found_only_at_the_end_is_certain_too(database: Database) -> None:
    add(database, a_request())
    with pytest.raises(DatabaseError) as caught, database.transaction() as tx:
        tx.add(a_request())
    assert caught.value.uncertain is False


def test_a_copy_of_no_request_is_refused(database: Database) -> None:
    with pytest.raises(DatabaseError, match=r"(?i)foreign key"), database.transaction() as tx:
        tx.execute(text("INSERT INTO approvals VALUES ('cp-404', 1, 'U1', 'd', '2026-03-01 08:00:00')"))


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(DatabaseError, match="naive"), database.transaction() as tx:
        requests.add(tx, a_request(created_at=naive))
    with pytest.raises(DatabaseError, match="naive"), database.transaction() as tx:
        due.claim(tx, due.WORK, now=naive, lease="L1", lease_s=25, limit=1)


def test_moments_come_back_in_utc(database: Database) -> None:
    moment = datetime.fromisoformat("2026-03-01T16:00:00.000001+08:00")
    add(database, a_request(created_at=moment))
    assert get(database).created_at == moment
    assert get(database).created_at.tzinfo is UTC


def test_readers_see_the_last_commit_while_a_writer_is_at_work(database: Database) -> None:
    add(database, a_request())
    with database.transaction() as tx:
        requests.move(tx, "cp-1", Move.CLEAR, at=NOW)
        assert get(database).state is State.CHECKING
    assert get(database).state is State.WAITING


def test_a_reader_sees_one_moment_whatever_is_committed_meanwhile(database: Database) -> None:
    with database.reading() as tx:
        assert requests.get(tx, "cp-1") is None
        add(database, a_request())
        assert requests.get(tx, "cp-1") is None
    assert _there(database)


def test_what_a_reader_changes_does_not_last(database: Database) -> None:
    add(database, a_request())
    with database.reading() as tx:
        request = requests.get(tx, "cp-1")
        assert request is not None
        request.reason = "by mistake"
    assert get(database).reason is None


def test_writers_wait_for_each_other(database: Database) -> None:
    async def count_up() -> None:
        def one(tx: Transaction) -> None:
            request = requests.lock(tx, "cp-1")
            assert request is not None
            requests.change(tx, "cp-1", at=NOW, reminders=request.reminders + 1)

        await asyncio.gather(*(database.run(one) for _ in range(12)))

    add(database, a_request())
    asyncio.run(count_up())
    assert get(database).reminders == 12


async def test_work_is_done_off_the_event_loop(database: Database) -> None:
    here = get_ident()
    assert await database.run(lambda _: get_ident()) != here
    assert await database.read(lambda _: get_ident()) != here


async def test_rows_can_be_used_after_their_transaction_whatever_was_changed_in_it(
    database: Database,
) -> None:
    def work(tx: Transaction) -> tuple[Request, Person]:
        request, person = a_request(), Person(team="T1", user="U1", fetched_at=NOW)
        requests.add(tx, request)
        tx.add(person)
        requests.move(tx, "cp-1", Move.CLEAR, at=NOW)
        person.name = "Ann"
        requests.change(tx, "cp-1", at=NOW, reminders=3)
        return request, person

    request, person = await database.run(work)
    assert (request.state, request.reminders, person.name) == (State.WAITING, 3, "Ann")


def test_a_change_made_on_a_row_survives_an_update_of_another_column(database: Database) -> None:
    add(database, a_request())
    with database.transaction() as tx:
        request = requests.lock(tx, "cp-1")
        assert request is not None
        request.reason = "扩容"
        requests.change(tx, "cp-1", at=NOW, reminders=1)
    assert (get(database).reason, get(database).reminders) == ("扩容", 1)


def test_a_commit_whose_answer_got_lost_is_uncertain_and_may_hold(
    postgres_server: Server, postgres_url: str, on_postgres: Database
) -> None:
    name = make_url(postgres_url).database
    with severed_at(b"COMMIT", delivered=True, port=postgres_server.port) as port:
        database = Database(f"postgresql://postgres@127.0.0.1:{port}/{name}")
        with pytest.raises(DatabaseError) as caught, database.transaction() as tx:
            requests.add(tx, a_request())
        database.close()
    assert caught.value.uncertain is True
    assert _there(on_postgres)


def test_a_connection_lost_before_the_commit_is_certain(
    postgres_server: Server, postgres_url: str, on_postgres: Database
) -> None:
    name = make_url(postgres_url).database
    with severed_at(b"INSERT INTO copies", delivered=True, port=postgres_server.port) as port:
        database = Database(f"postgresql://postgres@127.0.0.1:{port}/{name}")
        with pytest.raises(DatabaseError) as caught, database.transaction() as tx:
            requests.add(tx, a_request())
        database.close()
    assert caught.value.uncertain is False
    assert not _there(on_postgres)


def test_a_server_that_is_away_is_a_certain_database_error(postgres_server: Server) -> None:
    database = Database(f"postgresql://postgres@/postgres?host={postgres_server.folder}/nowhere")
    with pytest.raises(DatabaseError) as caught, database.transaction() as tx:
        requests.get(tx, "cp-1")
    assert caught.value.uncertain is False
    database.close()


def test_connections_that_the_server_closed_are_replaced(
    postgres_server: Server, on_postgres: Database
) -> None:
    add(on_postgres, a_request())
    postgres_server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'migrated'"
    )
    assert _there(on_postgres)


def test_a_frozen_process_loses_its_locks_before_its_leases_are_taken_over(on_postgres: Database) -> None:
    with on_postgres.transaction() as tx:
        assert tx.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one() == "20s"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_is_reached_through_a_socket_or_an_address(
    postgres_server: Server, postgres_url: str, scheme: str
) -> None:
    name = make_url(postgres_url).database
    for url in (postgres_url, postgres_server.tcp_url(str(name))):
        database = Database(url.replace("postgresql", scheme, 1))
        assert not _there(database)
        database.close()


@pytest.mark.parametrize("url", ["mysql://u:hush@localhost/db", "sqlite+aiosqlite:///x.db.", "hush", ""])
def test_any_other_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match="must begin with sqlite:/// or postgresql://") as caught:
        Database(url)
    assert "hush" not in str(caught.value)
