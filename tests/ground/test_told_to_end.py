"""SIGTERM: what is under way is ended, the rest given back, in ten seconds."""

import asyncio
import os
import signal
import time

from bot.demo.jdcloud import Fault
from bot.demo.scene import WANG_LEI
from tests.chaos.replicas import _pid
from tests.end_to_end.stage import API, SHANGHAI, WEB
from tests.ground.site import site

LEASE_S = 60


async def test_what_is_under_way_is_ended_and_the_rest_given_back_in_ten_seconds(postgres_url: str) -> None:
    environ = {"JDCLOUD_TIMEOUT_S": "20", "BOT_LEASE_S": str(LEASE_S)}
    async with site(postgres_url, environ=environ) as bots:
        stage, replica = bots.stage, bots.replicas.all[0]
        bots.cloud.faults += [Fault(image=WEB, latency_s=1), Fault(image=API, hang=True)]
        await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}")
        await stage.type(WANG_LEI, f"/copy-image {API} to {SHANGHAI}")
        await bots.until(lambda: len(stage.sent) == 2)

        began = time.monotonic()
        os.kill(_pid(replica.process), signal.SIGTERM)
        await bots.until(lambda: bots.log("draining"))
        os.kill(_pid(replica.process), signal.SIGTERM)  # a second one changes nothing
        os.kill(_pid(replica.process), signal.SIGINT)
        await asyncio.to_thread(replica.process.join, 20)
        assert replica.process.exitcode == 0
        assert time.monotonic() - began < 10
        assert len(bots.log("stopped")) == 1
        assert bots.log("leases_not_given_back") == []

        bots.replicas.kill(replica)  # it is dead already: another takes its place
        cards = {WEB: stage.cards()[0], API: stage.cards()[1]}
        took = await bots.until(lambda: all(stage.part("mapping-1", card) for card in cards.values()))
        assert took < LEASE_S / 2
        copies = {source: copy for source, _, copy in bots.cloud.accepted}
        for source, card in cards.items():
            mapping = stage.part("mapping-1", card)
            assert mapping is not None
            assert f"{source} → {copies[source]}" in mapping.text
        assert sorted(stage.sent) == [([API], SHANGHAI), ([WEB], SHANGHAI)]
