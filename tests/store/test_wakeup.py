"""Replicas wake each other through PostgreSQL."""

import asyncio
from contextlib import suppress

from store import requests
from store.database import Database
from store.wakeup import listen
from tests.store.rows import NOW, a_request, add


async def test_what_one_replica_commits_wakes_another(postgres_url: str) -> None:
    one, other = Database(postgres_url), Database(postgres_url)
    woken = asyncio.Queue[None]()
    listening = asyncio.create_task(listen(other.engine, lambda: woken.put_nowait(None)))
    await asyncio.wait_for(woken.get(), 10)  # it listens

    await asyncio.to_thread(add, one, a_request())
    await asyncio.wait_for(woken.get(), 10)

    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening
    one.close()
    other.close()


async def test_what_is_rolled_back_wakes_nobody(postgres_url: str) -> None:
    one, other = Database(postgres_url), Database(postgres_url)
    woken = asyncio.Queue[None]()
    listening = asyncio.create_task(listen(other.engine, lambda: woken.put_nowait(None)))
    await asyncio.wait_for(woken.get(), 10)

    def given_up() -> None:
        with suppress(KeyError), one.transaction() as tx:
            requests.add(tx, a_request(1))
            raise KeyError

    await asyncio.to_thread(given_up)
    await asyncio.to_thread(add, one, a_request(2))  # a later one proves that the first would have come
    await asyncio.wait_for(woken.get(), 10)
    assert woken.empty()

    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening
    one.close()
    other.close()


def test_one_machine_alone_has_nobody_to_wake(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    asyncio.run(listen(database.engine, lambda: None))  # returns at once
    with database.transaction() as tx:
        requests.add(tx, a_request(created_at=NOW))
    database.close()
