"""A transaction whose connection the server ends: told as an outage, whatever was being done, and nothing is left over."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from store import flags
from store.database import Database, DatabaseError, Transaction
from tests.postgres import Server

_END_MINE = "SELECT pg_terminate_backend({pid}, 5000)"


@pytest.fixture
def cut_off(postgres_server: Server) -> Callable[[Transaction], None]:
    """Ends the connection of a transaction."""

    def cut_off(tx: Transaction) -> None:
        pid = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
        postgres_server.execute(_END_MINE.format(pid=pid))

    return cut_off


async def test_a_reader_that_only_has_to_end_hears_of_an_outage(
    on_postgres: Database, cut_off: Callable[[Transaction], None], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(DatabaseError, match="terminating connection") as caught:
        await on_postgres.read(cut_off)
    assert caught.value.away is True
    assert on_postgres.outage.under_way is True
    assert caplog.records == []


@pytest.mark.parametrize("writes", [True, False])
async def test_whoever_has_more_to_ask_hears_of_an_outage_without_effect(
    on_postgres: Database,
    cut_off: Callable[[Transaction], None],
    caplog: pytest.LogCaptureFixture,
    *,
    writes: bool,
) -> None:
    def work(tx: Transaction) -> None:
        cut_off(tx)
        flags.paused(tx)

    with pytest.raises(DatabaseError, match="terminating connection") as caught:
        await (on_postgres.run(work) if writes else on_postgres.read(work))
    assert (caught.value.away, caught.value.uncertain) == (True, False)
    assert caplog.records == []


async def test_a_commit_on_a_connection_that_has_ended_is_not_certain(
    on_postgres: Database, cut_off: Callable[[Transaction], None]
) -> None:
    with pytest.raises(DatabaseError) as caught:
        await on_postgres.run(cut_off)
    assert (caught.value.away, caught.value.uncertain) == (True, True)


async def test_what_failed_before_is_what_is_told(
    on_postgres: Database, cut_off: Callable[[Transaction], None]
) -> None:
    def work(tx: Transaction) -> None:
        cut_off(tx)
        raise LookupError

    with pytest.raises(LookupError):
        await on_postgres.run(work)


async def test_connections_that_were_ended_are_replaced(
    on_postgres: Database, cut_off: Callable[[Transaction], None]
) -> None:
    for _ in range(12):  # more than there may be at once
        with pytest.raises(DatabaseError):
            await on_postgres.read(cut_off)
    assert await on_postgres.read(flags.paused) is False
