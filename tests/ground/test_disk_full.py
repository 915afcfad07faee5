"""SQLite's disk is full: people are told at once, nothing is half done, and it goes on when there is room again."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.demo.scene import LI_NA, SARAH, WANG_LEI
from tests.chaos.replicas import Replica, _pid
from tests.end_to_end.stage import API, SHANGHAI, WEB, buttons
from tests.ground.site import site
from tests.ground.test_sqlite_locked import EN, ZH, images_asked_for


@contextmanager
def full(replica: Replica, file: Path) -> Iterator[None]:
    """The process can't make the file any longer; the same to SQLite as a disk without room."""
    pid = _pid(replica.process)
    _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (file.stat().st_size, most))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="Only Linux limits a process that runs already.")
async def test_a_full_disk_is_told_of_and_gone_on_with(sqlite_url: str) -> None:
    async with site(sqlite_url, rule={"approvals": 1}) as bots:
        stage = bots.stage
        await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}")
        await bots.until(lambda: stage.cards() and "approve" in buttons(stage.card()))

        with full(bots.replicas.all[0], Path(sqlite_url.removeprefix("sqlite:///") + "-wal")):
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
        assert [line["error"] for line in bots.log("database_unavailable")] == ["disk I/O error"]
        assert len(bots.log("database_available")) == 1
        assert bots.errors() == ["database_unavailable"]
