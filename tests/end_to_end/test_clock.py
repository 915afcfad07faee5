"""A wrong clock, and one that is set while the bot runs: said plainly, nothing too early, nothing twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.clock import watch_clock
from bot.demo.jdcloud import CloudStandIn, Fault
from bot.demo.scene import LI_NA, WANG_LEI
from tests.bot.test_cli_check import found, outside
from tests.conftest import Clock
from tests.end_to_end.stage import SHANGHAI, WEB, Stage, on_stage
from tests.end_to_end.test_edge import at_the_edge

COPY = f"/copy-image {WEB} to {SHANGHAI}"


def clock_of(stage: Stage) -> Clock:
    assert stage.clock is not None
    return stage.clock


@pytest.mark.parametrize(
    ("language", "hours", "happened", "to_do"),
    [
        ("zh", 3, "机器人所在主机的时钟慢了 3 小时", "请机器人的管理员校准该主机的时钟"),
        ("en", 3, "the clock of the bot's host is 3 hours behind", "should set that clock right"),
        ("en", -8, "the clock of the bot's host is 8 hours ahead", "should set that clock right"),
    ],
)
async def test_a_signature_refused_for_its_date_is_blamed_on_the_clock(
    language: str, hours: int, happened: str, to_do: str
) -> None:
    async with on_stage(language=language) as stage:
        clock, answering = clock_of(stage), stage.world.cloud._answering
        answering._now = answering._verifier._now = lambda: clock() + timedelta(hours=hours)
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("failed")
        said = stage.say("error-1")
        assert happened in said
        assert to_do in said
        assert f"`401 ACCESS_ERROR` x-jdcloud-date is expired [gw] · requestId `{_last_id(stage)}`" in said
        assert stage.world.cloud.accepted == []


def _last_id(stage: Stage) -> str:
    return [call for call in stage.world.cloud.calls if call.operation == "copyImages"][-1].request_id


async def test_another_refusal_of_the_key_is_not_blamed_on_the_clock() -> None:
    async with on_stage() as stage:
        stage.world.cloud.faults.append(Fault(error="unauthenticated"))
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("failed")
        assert "京东云未接受机器人的访问密钥" in stage.say("error-1")


async def test_check_says_how_far_the_clock_is_off(tmp_path: Path) -> None:
    async with (
        outside(tmp_path) as (_, values),
        CloudStandIn(now=lambda: datetime.now(UTC) + timedelta(hours=2)) as cloud,
    ):
        urls = {"jdcloud_vm_url": cloud.url, "jdcloud_disk_url": cloud.url}
        english = await found(values, **urls)
        chinese = await found(values, **urls, bot_language="zh")
    assert english[5].startswith(
        "✗ JD Cloud vm (cn-north-1): 401 ACCESS_ERROR x-jdcloud-date is expired [gw]"
    )
    assert f"(requestId {cloud.calls[0].request_id})" in english[5]
    assert "This machine's clock is 2 hours behind" in english[5]
    assert "本机时钟慢了 2 小时" in chinese[6]


async def test_that_slacks_requests_look_stale_is_logged_once_with_the_difference() -> None:
    async with at_the_edge() as edge:
        body = edge.command()
        with capture_logs() as logs:
            for _ in range(3):
                assert (await edge.post(body, edge.signed(body, at=-10_800))).status_code == 401
            forged = {**edge.signed(body, at=-20_000), "X-Slack-Signature": "v0=0"}
            assert (await edge.post(body, forged)).status_code == 401
        stale = [log for log in logs if log["event"] == "slack_requests_look_stale"]
        assert [round(log["clock_off_s"], -2) for log in stale] == [10_800]


async def test_a_clock_set_ahead_while_a_call_is_under_way_sends_nothing_twice() -> None:
    async with on_stage() as stage:
        stage.world.cloud.faults.append(Fault(latency_s=0.5))
        await stage.type(WANG_LEI, COPY)
        await stage.world.cloud.wait_for(lambda: stage.sent)
        clock_of(stage).advance(3 * 3_600)  # every lease is over, by the clock
        stage.world.bot.ports.wake()
        await stage.until_state("ready")
        assert stage.sent == [([WEB], SHANGHAI)]
        assert f"{WEB} → {stage.world.cloud.accepted[0][2]}" in stage.say("mapping-1")


async def test_a_clock_set_ahead_ends_a_request_only_past_the_moment_its_card_named() -> None:
    async with on_stage(approvals=1, expires_after="24h") as stage:
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("waiting")
        clock_of(stage).advance(23 * 3_600)
        stage.world.bot.ports.wake()
        await stage.quiet()
        assert await stage.state() == "waiting"
        clock_of(stage).advance(2 * 3_600)
        stage.world.bot.ports.wake()
        await stage.quiet()
        assert await stage.state() == "expired"
        assert stage.sent == []


async def test_a_clock_set_back_ends_nothing_and_sends_nothing_twice() -> None:
    async with on_stage(approvals=1) as stage:
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("waiting")
        clock_of(stage).advance(-8 * 3_600)
        stage.world.bot.ports.wake()
        await stage.press(LI_NA, "approve")
        await stage.until_state("watching")
        assert stage.sent == [([WEB], SHANGHAI)]


@asynccontextmanager
async def clock_watched(stage: Stage) -> AsyncIterator[None]:
    """As in a bot whose clock is the host's."""
    task = asyncio.create_task(watch_clock(stage.world.bot.ports, lambda: 0.0, every_s=0.01))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_copy_is_looked_at_without_delay_when_the_clock_has_been_set_back() -> None:
    async with on_stage() as stage, clock_watched(stage):
        await stage.type(WANG_LEI, COPY)
        await stage.later(lambda: stage.part("mapping-1"))
        stage.world.cloud.finish()
        with capture_logs() as logs:
            clock_of(stage).advance(-8 * 3_600)
            await stage.world.slack.wait_for(lambda: stage.card().text.startswith("✅"))
        assert [log["by_s"] for log in logs if log["event"] == "clock_was_set"] == [-28_800]


async def test_a_lost_answer_is_settled_without_delay_when_the_clock_has_been_set_back() -> None:
    async with on_stage() as stage:
        stage.world.cloud.faults.append(Fault(drop="before"))
        await stage.type(WANG_LEI, COPY)
        await stage.later(lambda: stage.part("unknown-1"))
        async with clock_watched(stage):
            await asyncio.sleep(0)
            clock_of(stage).advance(-8 * 3_600)
            looks = len(stage.world.cloud.calls)
            await stage.world.cloud.wait_for(lambda: len(stage.world.cloud.calls) > looks)
        began = clock_of(stage)()
        await stage.later(lambda: len(stage.sent) == 2)
        assert clock_of(stage)() - began <= timedelta(minutes=2)
