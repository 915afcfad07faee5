"""PostgreSQL goes away and comes back: people are told at once, no answer of the cloud's is lost, nothing restarts."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest

from bot.demo.jdcloud import Fault
from bot.demo.scene import SARAH, WANG_LEI
from store.database import Database
from store.wakeup import listen, mark
from tests.end_to_end.stage import API, DB, SHANGHAI, WEB
from tests.ground.power import Plug, gate, plugged_in
from tests.ground.site import site
from tests.postgres import Server

ZH = "数据库暂时不可用，因此没有执行任何操作。请稍后再试。"
UNSURE_ZH = "没有及时得到结果，不确定是否已执行。请用 /copy-image history 查看后再决定是否重试。"
EN = "The database can't be reached, so nothing was done. Try again in a moment."


@pytest.fixture(scope="module")
def plug() -> Iterator[Plug]:
    with plugged_in() as made:
        yield made


async def test_an_answer_that_comes_while_the_server_is_stopped_is_written_when_it_is_back(
    plug: Plug,
) -> None:
    environ = {"JDCLOUD_TIMEOUT_S": "8", "BOT_LEASE_S": "60"}  # nobody waits for a lease to end
    async with site(plug.new_database(), environ=environ) as bots:
        stage = bots.stage
        bots.cloud.faults += [Fault(latency_s=0.5), Fault("describeImages", image=DB, latency_s=0.5)]
        await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}")
        await stage.type(WANG_LEI, f"/copy-image {DB} to {SHANGHAI}")
        await bots.until(lambda: not any(fault.pending for fault in bots.cloud.faults))

        await asyncio.to_thread(plug.pull)
        await bots.until(lambda: bots.log("answer_waits_for_database"))
        assert await stage.type(SARAH, f"/copy-image {API} to {SHANGHAI}") == EN
        assert await bots.ready() == 503
        await asyncio.to_thread(plug.plug_in)

        first, second = stage.cards()
        await bots.until(lambda: stage.part("mapping-1", first) and stage.part("mapping-1", second))
        assert await bots.ready() == 200
        assert stage.sent == [([WEB], SHANGHAI), ([DB], SHANGHAI)]
        copies = {source: copy for source, _, copy in bots.cloud.accepted}
        assert f"{WEB} → {copies[WEB]}" in str(stage.part("mapping-1", first))
        assert "unknown-1" not in stage.parts(first)
        assert "Accepted" in await stage.type(SARAH, f"/copy-image {API} to {SHANGHAI}")
        await bots.until(lambda: len(stage.sent) == 3)
        assert len(bots.log("database_available")) == 1
        assert bots.errors() == ["database_unavailable"]


async def test_a_server_that_stood_still_for_a_while_is_told_of_once(plug: Plug) -> None:
    async with site(plug.new_database(), rule={"approvals": 1}) as bots:
        stage = bots.stage
        await stage.type(WANG_LEI, f"/copy-image {DB} to {SHANGHAI}")
        with plug.stopped():
            for _ in range(2):  # longer than any transaction may be left alone
                assert await stage.type(WANG_LEI, f"/copy-image {API} to {SHANGHAI}") == ZH
            assert await bots.ready() == 503
        await bots.until_ready()
        assert "已受理" in await stage.type(WANG_LEI, f"/copy-image {API} to {SHANGHAI}")
        await bots.until(lambda: len(stage.cards()) == 2 and stage.part("approval"))
        assert len(bots.log("database_available")) == 1
        assert bots.errors() == ["database_unavailable"]


async def test_an_answer_lost_with_its_process_while_the_server_is_stopped_is_found_by_listing(
    plug: Plug,
) -> None:
    async with site(plug.new_database()) as bots:
        stage = bots.stage
        bots.cloud.faults.append(Fault(latency_s=0.3))
        await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}")
        await bots.until(lambda: stage.sent)

        await asyncio.to_thread(plug.pull)
        await bots.until(lambda: bots.log("answer_waits_for_database"))
        bots.replicas.all[0].process.kill()
        await asyncio.to_thread(plug.plug_in)
        bots.replicas.kill(bots.replicas.all[0])  # and another takes its place

        await bots.until(lambda: stage.part("mapping-1"))
        assert stage.sent == [([WEB], SHANGHAI)]
        assert f"{WEB} → {bots.cloud.accepted[0][2]}" in stage.say("mapping-1")


async def test_a_server_out_of_reach_is_told_of_and_gone_on_with(
    postgres_url: str, postgres_server: Server
) -> None:
    async with gate(postgres_server) as way:
        url = f"postgresql://postgres@127.0.0.1:{way.port}/migrated"
        async with site(url) as bots:
            stage = bots.stage
            await way.shut()
            assert await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}") == ZH
            assert await stage.type(SARAH, f"/copy-image {WEB} to {SHANGHAI}") == EN
            assert await bots.ready() == 503
            await way.open()
            await bots.until_ready()

            way.freeze()
            assert await stage.type(SARAH, f"/copy-image {WEB} to {SHANGHAI}") == EN
            await bots.until(lambda: len(bots.log("database_unavailable")) == 2)
            assert await bots.ready() == 503
            await way.open()
            await bots.until_ready()

            assert "已受理" in await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}")
            await bots.until(lambda: stage.part("mapping-1"))
            assert len(bots.log("database_available")) == 2
            assert bots.errors() == ["database_unavailable"] * 2


async def test_a_commit_without_an_answer_is_told_of_as_not_certain(
    postgres_url: str, postgres_server: Server
) -> None:
    async with gate(postgres_server) as way:
        url = f"postgresql://postgres@127.0.0.1:{way.port}/migrated"
        async with site(url, rule={"approvals": 1}) as bots:
            stage = bots.stage
            way.severed_after = WEB.encode()
            said = await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}")
            way.severed_after = None
            assert said == UNSURE_ZH
            await bots.until_ready()
            await bots.until(lambda: stage.part("approval"))  # it did hold
            assert "您的复制 · 1 条" in await stage.type(WANG_LEI, "/copy-image history mine")
            again = await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}")
            assert "已受理" not in again
            assert len(stage.cards()) == 1


async def test_replicas_hear_of_each_other_again_when_the_server_is_back(
    postgres_url: str, postgres_server: Server
) -> None:
    async with gate(postgres_server) as way:
        listener = Database(f"postgresql://postgres@127.0.0.1:{way.port}/migrated")
        woken = asyncio.Queue[None]()
        listening = asyncio.create_task(listen(listener.engine, lambda: woken.put_nowait(None)))
        await asyncio.wait_for(woken.get(), 10)  # it listens
        await way.shut()
        await way.open()
        await asyncio.wait_for(woken.get(), 10)  # it listens again

        speaker = Database(postgres_url)
        await speaker.run(mark)
        await asyncio.wait_for(woken.get(), 10)

        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        speaker.close()
        listener.close()
