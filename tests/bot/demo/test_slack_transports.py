"""What is particular to one transport: connections of Socket Mode, signatures of HTTP."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp

from bot.demo.slack import Oddities, SlackStandIn, Unacknowledged
from bot.demo.slack.delivery import sign
from tests.bot.demo.slack_office import ALICE, CLOUD, bolt, client_of, connected, office


def answering(slack: SlackStandIn, answer: str) -> AsyncApp:
    app = bolt(slack)

    @app.command("/copy-image")
    async def command(ack: Any) -> None:
        await ack(answer)

    return app


async def test_payloads_go_to_the_connections_in_turn() -> None:
    async with (
        SlackStandIn(office()) as slack,
        connected(slack, answering(slack, "one"), transport="socket"),
        connected(slack, answering(slack, "two"), transport="socket"),
    ):
        await slack.wait_for(lambda: slack.connections == 2)
        answers = [(await slack.type(ALICE, CLOUD, "/copy-image")).text for _ in range(4)]
        assert sorted(answers[:2]) == ["one", "two"]
        assert answers[:2] == answers[2:]


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled"])
async def test_the_bot_comes_back_when_told_to_reconnect(reason: Any) -> None:
    async with (
        SlackStandIn(office()) as slack,
        connected(slack, answering(slack, "here"), transport="socket"),
    ):
        await slack.disconnect_sockets(reason)
        assert slack.connections == 0
        await slack.wait_connected()
        assert (await slack.type(ALICE, CLOUD, "/copy-image")).text == "here"


async def test_an_acknowledgement_may_come_over_the_next_connection() -> None:
    async with SlackStandIn(office()) as slack:
        app, reconnected = bolt(slack), asyncio.Event()

        @app.command("/copy-image")
        async def command(ack: Any) -> None:
            await reconnected.wait()
            await ack("late, but here")

        async with connected(slack, app, transport="socket"):
            typing = asyncio.create_task(slack.type(ALICE, CLOUD, "/copy-image"))
            await slack.wait_for(lambda: slack.delivered)
            await slack.disconnect_sockets()
            await slack.wait_connected()
            reconnected.set()
            assert (await typing).text == "late, but here"


async def test_the_bot_comes_back_after_a_silent_end() -> None:
    async with (
        SlackStandIn(office()) as slack,
        connected(slack, answering(slack, "here"), transport="socket"),
    ):
        await slack.drop_sockets()
        assert slack.connections == 0
        await slack.wait_connected()
        assert (await slack.type(ALICE, CLOUD, "/copy-image")).text == "here"


async def test_a_socket_url_serves_once_and_only_with_its_ticket() -> None:
    async with SlackStandIn(office()) as slack, aiohttp.ClientSession() as session:
        opened = await client_of(slack, "xapp-stand-in").apps_connections_open(app_token="xapp-stand-in")
        async with session.ws_connect(opened["url"]) as socket:
            hello = await socket.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        for url in (opened["url"], opened["url"].split("?")[0]):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(url)


async def test_an_eleventh_connection_is_turned_away() -> None:
    async with SlackStandIn(office()) as slack, aiohttp.ClientSession() as session:
        client = client_of(slack)
        sockets = []
        for _ in range(11):
            opened = await client.apps_connections_open(app_token="xapp-stand-in")
            sockets.append(await session.ws_connect(opened["url"]))
        last = await sockets[-1].receive_json()
        assert (last["type"], last["reason"]) == ("disconnect", "too_many_websockets")
        assert slack.connections == 10
        await asyncio.gather(*(socket.close() for socket in sockets))


def test_the_signature_is_slacks_documented_one() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    expected = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert sign("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body) == expected


@pytest.mark.parametrize(
    "odd",
    [
        Oddities(signature="v0=0000"),
        Oddities(timestamp=1_000_000_000),
        Oddities(headers={"X-Slack-Signature": ""}),
    ],
)
async def test_a_wrongly_signed_delivery_reaches_the_app_as_such(odd: Oddities) -> None:
    async with (
        SlackStandIn(office(), transport="http") as slack,
        connected(slack, answering(slack, "here"), transport="http"),
    ):
        await slack.type(ALICE, CLOUD, "/copy-image")
        refused = await slack.deliver("slash_commands", slack.delivered[0].payload, odd)
        assert refused.status == 401


async def test_a_url_is_verified() -> None:
    async with (
        SlackStandIn(office(), transport="http") as slack,
        connected(slack, bolt(slack), transport="http"),
    ):
        challenge = {"type": "url_verification", "token": "x", "challenge": "say this"}
        answer = await slack.deliver("events_api", challenge)
        assert (answer.status, answer.body) == (200, {"challenge": "say this"})


async def test_an_answer_that_is_not_200_fails_before_the_author() -> None:
    async with (
        SlackStandIn(office(), transport="http") as slack,
        connected(slack, bolt(slack), transport="http"),
    ):
        reply = await slack.type(ALICE, CLOUD, "/copy-image")
        assert reply.status == 404
        assert [w.text for w in slack.whispers(ALICE)] == ["dispatch_failed"]


async def test_nobody_listening_is_a_failed_dispatch() -> None:
    async with SlackStandIn(office(), transport="http") as slack:
        async with connected(slack, bolt(slack), transport="http"):
            pass
        with pytest.raises(Unacknowledged, match="dispatch_failed"):
            await slack.type(ALICE, CLOUD, "/copy-image")


async def test_slack_comes_back_at_the_same_address_after_an_outage() -> None:
    slack = SlackStandIn(office())
    async with slack:
        address = slack.api_url
        await client_of(slack).chat_postMessage(channel=CLOUD, text="before")
    with pytest.raises(aiohttp.ClientConnectorError):
        await client_of(slack).auth_test()
    async with slack:
        assert slack.api_url == address
        await client_of(slack).chat_postMessage(channel=CLOUD, text="after")
        assert [m.text for m in slack.messages(CLOUD)] == ["before", "after"]
