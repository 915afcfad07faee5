"""A process that is stopped while it answers somebody: late as it is, the answer is given, and heard."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from bot.app import Bot
from bot.demo.scene import WANG_LEI, ZHAO_MIN
from bot.demo.slack import Fault
from tests.chaos.replicas import _pid
from tests.decision.front import Front, form
from tests.end_to_end.stage import SHANGHAI, WEB
from tests.ground.site import Site, site

_STOPPED_S = 3.2
"""Longer than Slack waits for an answer."""


def _front(bots: Site) -> Front:
    return Front(bots.slack, bots.cloud, [cast("Bot", replica) for replica in bots.replicas.all], bots.http)


@asynccontextmanager
async def _stopped_while_asking_about(user: str, bots: Site) -> AsyncIterator[None]:
    """What is done within reaches a bot that is stopped while it first asks Slack who that is."""
    asked = Fault("users.info", latency_s=0.3, when=lambda args: args["user"] == user)
    bots.slack.faults.append(asked)
    pid = _pid(bots.replicas.all[0].process)

    async def stop() -> None:
        await bots.slack.wait_for(lambda: not asked.times)
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(_STOPPED_S)
        os.kill(pid, signal.SIGCONT)

    async with asyncio.TaskGroup() as group:
        group.create_task(stop())
        yield


async def test_a_command_that_nobody_waits_for_any_more_is_answered_all_the_same(sqlite_url: str) -> None:
    async with site(sqlite_url) as bots:
        front = _front(bots)
        async with _stopped_while_asking_about(WANG_LEI, bots):
            answer = await front.deliver(front.line(WANG_LEI, f"{WEB} to {SHANGHAI}"))
        assert answer.status_code == 200
        assert "已受理" in answer.json()["text"]
        told = await bots.slack.wait_for(lambda: bots.slack.whispers(WANG_LEI))
        assert [whisper.text for whisper in told] == [answer.json()["text"]]
        await bots.until(lambda: bots.stage.part("mapping-1"))
        assert bots.errors() == []


async def test_a_click_that_nobody_waits_for_any_more_counts_and_is_acknowledged(sqlite_url: str) -> None:
    async with site(sqlite_url, rule={"approvals": 1}) as bots:
        stage, front = bots.stage, _front(bots)
        await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}")
        await bots.until(lambda: stage.part("approval"))
        value = stage.card().blocks[-1]["elements"][0]["value"]
        async with _stopped_while_asking_about(ZHAO_MIN, bots):
            answer = await front.deliver(form(front.click(ZHAO_MIN, "cancel", value, stage.card())))
        assert answer.status_code == 200
        told = await bots.slack.wait_for(lambda: bots.slack.whispers(ZHAO_MIN))
        assert [whisper.text for whisper in told] == [f"已撤回 `{value.partition('.')[0]}`"]
        assert bots.errors() == []
