"""Faults on demand, and waiting for what the bot does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.demo.slack import Fault, SlackStandIn
from tests.bot.demo.slack_office import CLOUD, client_of, code_of, office


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    async with SlackStandIn(office()) as slack:
        yield slack


async def post(slack: SlackStandIn, text: str) -> None:
    await client_of(slack).chat_postMessage(channel=CLOUD, text=text)


def texts(slack: SlackStandIn) -> list[str]:
    return [message.text for message in slack.messages(CLOUD)]


async def test_a_fault_is_used_up(slack: SlackStandIn) -> None:
    slack.faults.append(Fault("chat.postMessage", times=2, error="not_in_channel"))
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await post(slack, "refused")
        assert code_of(caught.value) == "not_in_channel"
    await post(slack, "taken")
    assert texts(slack) == ["taken"]
    assert [(c.ok, c.error) for c in slack.calls] == [(False, "not_in_channel")] * 2 + [(True, None)]


async def test_a_fault_may_pick_its_call(slack: SlackStandIn) -> None:
    slack.faults.append(
        Fault("chat.postMessage", error="fatal_error", when=lambda args: args["text"] == "two")
    )
    await post(slack, "one")
    with pytest.raises(SlackApiError):
        await post(slack, "two")
    assert texts(slack) == ["one"]


async def test_a_rate_limit_says_when_to_come_back(slack: SlackStandIn) -> None:
    slack.faults.append(Fault("chat.postMessage", status=429, retry_after=7))
    with pytest.raises(SlackApiError) as caught:
        await post(slack, "too fast")
    assert (caught.value.response.status_code, caught.value.response.headers["retry-after"]) == (429, "7")
    assert texts(slack) == []


async def test_a_page_of_html_comes_back_as_it_is(slack: SlackStandIn) -> None:
    slack.faults.append(Fault("chat.postMessage", status=502, body="<html>Bad gateway</html>"))
    async with (
        aiohttp.ClientSession(headers={"Authorization": "Bearer xoxb-stand-in"}) as session,
        session.post(f"{slack.api_url}chat.postMessage", data={"channel": CLOUD, "text": "x"}) as response,
    ):
        assert (response.status, await response.text()) == (502, "<html>Bad gateway</html>")
    assert texts(slack) == []


@pytest.mark.parametrize(("drop", "kept"), [("before", []), ("after", ["lost"])])
async def test_a_dropped_connection_has_its_effect_or_not(
    slack: SlackStandIn, drop: str, kept: list[str]
) -> None:
    slack.faults.append(Fault("chat.postMessage", drop="after" if drop == "after" else "before"))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await post(slack, "lost")
    assert texts(slack) == kept
    assert [(c.ok, c.error) for c in slack.calls] == [(False, "dropped")]
    await post(slack, "next")
    assert texts(slack) == [*kept, "next"]


async def test_a_slow_answer_is_slow_but_an_answer(slack: SlackStandIn) -> None:
    slack.faults.append(Fault("chat.postMessage", latency_s=30))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await post(slack, "slow")
    assert texts(slack) == []


async def test_waiting_ends_with_the_first_truthy_value(slack: SlackStandIn) -> None:
    waiting = asyncio.create_task(slack.wait_for(lambda: slack.messages(CLOUD)[1:]))
    await post(slack, "one")
    await post(slack, "two")
    assert [message.text for message in await waiting] == ["two"]


async def test_waiting_in_vain_says_what_was_said(slack: SlackStandIn) -> None:
    await post(slack, "something else")
    with pytest.raises(TimeoutError, match="something else"):
        await slack.wait_for(lambda: False, timeout_s=0.01)


async def test_changes_are_told_as_they_come(slack: SlackStandIn) -> None:
    rung: list[int] = []
    slack.on_change(lambda: rung.append(len(slack.messages(CLOUD))))
    async with aclosing(slack.changes()) as changes:
        await anext(changes)
        await post(slack, "one")
        await anext(changes)
    assert rung == [1]
