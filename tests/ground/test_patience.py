"""Transactions asked for by somebody who can't wait: given up in time, and then certainly without effect, or said not to be."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event

import pytest
from sqlalchemy import event

from store import requests
from store.database import Database, DatabaseError, Transaction
from tests.store.rows import a_request


@asynccontextmanager
async def held() -> AsyncIterator[Event]:
    """Set at the end of the block at the latest, so that no thread waits for it for ever."""
    made = Event()
    try:
        yield made
    finally:
        made.set()


def is_there(tx: Transaction) -> bool:
    return requests.get(tx, "cp-1") is not None


async def test_what_is_given_up_before_it_commits_never_happens(database: Database) -> None:
    hurried = database.in_a_hurry(0.1)
    async with held() as until:

        def work(tx: Transaction) -> None:
            requests.add(tx, a_request())
            until.wait(10)

        with pytest.raises(DatabaseError, match=r"no answer within 0\.1 s") as caught:
            await hurried.run(work)
        assert caught.value.uncertain is False
        assert caught.value.away is True
    database.close()  # waits for the thread
    again = Database(database.engine.url.render_as_string(hide_password=False))
    assert await again.read(is_there) is False
    again.close()


async def test_what_is_given_up_while_it_commits_is_not_certain(database: Database) -> None:
    hurried = database.in_a_hurry(0.3)
    async with held() as until:
        event.listen(database.engine, "commit", lambda _connection: until.wait(10))
        with pytest.raises(DatabaseError) as caught:
            await hurried.run(lambda tx: requests.add(tx, a_request()))
        assert caught.value.uncertain is True
    database.close()
    again = Database(database.engine.url.render_as_string(hide_password=False))
    assert await again.read(is_there) is True
    again.close()


async def test_what_is_cancelled_before_it_commits_never_happens(database: Database) -> None:
    async with held() as until:
        begun = Event()

        def work(tx: Transaction) -> None:
            requests.add(tx, a_request())
            begun.set()
            until.wait(10)

        running = asyncio.create_task(database.run(work))
        await asyncio.to_thread(begun.wait, 10)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    database.close()
    again = Database(database.engine.url.render_as_string(hide_password=False))
    assert await again.read(is_there) is False
    again.close()


async def test_who_can_wait_stands_in_nobodys_way(database: Database) -> None:
    hurried = database.in_a_hurry(10)
    async with held() as until:
        patient = [asyncio.create_task(database.read(lambda _tx: until.wait(10))) for _ in range(20)]
        assert await hurried.read(is_there) is False
        assert not any(task.done() for task in patient)
        until.set()
        await asyncio.gather(*patient)


async def test_only_what_would_have_failed_anyhow_counts_as_an_outage(database: Database) -> None:
    with pytest.raises(DatabaseError) as caught:
        await database.run(lambda tx: tx.add(a_request(delivery=None)))
    assert caught.value.away is False
    assert database.outage.under_way is False
