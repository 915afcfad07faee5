"""Another process holds SQLite's lock: people are told at once, nothing is half done, and it goes on afterwards."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlmodel import select

from bot.demo.scene import LI_NA, SARAH, WANG_LEI
from store.database import Database
from store.tables import Request
from tests.end_to_end.stage import API, SHANGHAI, WEB, buttons
from tests.ground.site import site

ZH = "数据库暂时不可用，因此没有执行任何操作。请稍后再试。"
EN = "The database can't be reached, so nothing was done. Try again in a moment."


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Nobody else writes within the block."""
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


def images_asked_for(url: str) -> list[str]:
    """The first image of every request."""
    database = Database(url, threads=1)
    with database.reading() as tx:
        found = [request.images[0] for request in tx.exec(select(Request)).all()]
    database.close()
    return found


async def test_a_locked_database_is_told_of_and_gone_on_with(sqlite_url: str) -> None:
    async with site(sqlite_url, rule={"approvals": 1}) as bots:
        stage = bots.stage
        await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}")
        await bots.until(lambda: stage.cards() and "approve" in buttons(stage.card()))

        with locked(Path(sqlite_url.removeprefix("sqlite:///"))):
            assert await stage.type(SARAH, f"/copy-image {API} to {SHANGHAI}") == EN
            assert await stage.type(WANG_LEI, f"/copy-image {API} to {SHANGHAI}") == ZH
            assert await stage.press(LI_NA, "approve") == ZH
            assert [await bots.ready() for _ in range(5)] == [503] * 5
        await bots.until_ready()

        assert images_asked_for(sqlite_url) == [WEB]
        assert stage.sent == []
        assert "您已批准" in await stage.press(LI_NA, "approve")
        await bots.until(lambda: stage.part("mapping-1"))
        assert "Accepted" in await stage.type(SARAH, f"/copy-image {API} to {SHANGHAI}")
        assert len(bots.log("database_available")) == 1
        assert bots.errors() == ["database_unavailable"]


async def test_what_becomes_due_while_it_is_locked_is_done_afterwards(sqlite_url: str) -> None:
    async with site(sqlite_url) as bots:
        stage = bots.stage
        await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}")
        await bots.until(lambda: stage.part("mapping-1"))

        with locked(Path(sqlite_url.removeprefix("sqlite:///"))):
            bots.cloud.finish()
            await bots.until(lambda: bots.log("database_unavailable"))
            assert await bots.ready() == 503

        await bots.until(lambda: stage.card().text.startswith("✅"))
        assert len(stage.sent) == 1
        assert len(bots.log("database_unavailable")) == 1
