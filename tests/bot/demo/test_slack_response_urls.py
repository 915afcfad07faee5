"""The rules of response_url, and of trigger ids and views."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.demo.slack import Fault, SlackStandIn
from tests.bot.demo.slack_office import (
    ALICE,
    BOB,
    CLOUD,
    Clock,
    actions,
    bolt,
    button,
    client_of,
    code_of,
    connected,
    modal,
    office,
    section,
    text_input,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[SlackStandIn]:
    async with SlackStandIn(office(), now=clock) as slack:
        app = bolt(slack)

        @app.command("/copy-image")
        @app.action("press")
        async def any_act(ack: Any) -> None:
            await ack()

        async with connected(slack, app, transport="socket"):
            yield slack


async def typed(slack: SlackStandIn) -> AsyncWebhookClient:
    await slack.type(ALICE, CLOUD, "/copy-image")
    return AsyncWebhookClient(slack.delivered[-1].payload["response_url"])


async def pressed(slack: SlackStandIn, ts: str) -> AsyncWebhookClient:
    await slack.press(BOB, CLOUD, ts, "press")
    return AsyncWebhookClient(slack.delivered[-1].payload["response_url"])


async def test_five_answers_and_no_more(slack: SlackStandIn) -> None:
    hook = await typed(slack)
    statuses = [(await hook.send(text=f"answer {n}")).status_code for n in range(6)]
    assert statuses == [200] * 5 + [404]
    assert [w.text for w in slack.whispers(ALICE)] == [f"answer {n}" for n in range(5)]


async def test_half_an_hour_and_no_longer(slack: SlackStandIn, clock: Clock) -> None:
    hook = await typed(slack)
    clock.turn(30 * 60)
    assert (await hook.send(text="in time")).status_code == 200
    clock.turn(1)
    late = await hook.send(text="late")
    assert (late.status_code, late.body) == (404, '{"ok":false,"error":"expired_url"}')
    assert [w.text for w in slack.whispers(ALICE)] == ["in time"]


async def test_an_answer_is_a_whisper_unless_in_channel(slack: SlackStandIn) -> None:
    hook = await typed(slack)
    card = await client_of(slack).chat_postMessage(channel=CLOUD, text="card")
    await hook.send_dict({"text": "private", "thread_ts": card["ts"]})
    await hook.send_dict({"text": "public", "response_type": "in_channel", "thread_ts": card["ts"]})
    assert [w.text for w in slack.whispers(ALICE)] == ["private"]
    assert [m.text for m in slack.thread(CLOUD, card["ts"])] == ["public"]


async def test_a_message_acted_upon_can_be_replaced_and_deleted(slack: SlackStandIn) -> None:
    posted = await client_of(slack).chat_postMessage(
        channel=CLOUD, text="x", blocks=[actions(button("press"))]
    )
    hook = await pressed(slack, posted["ts"])
    await hook.send(text="replaced", replace_original=True)
    assert [(m.ts, m.text, m.blocks) for m in slack.messages(CLOUD)] == [(posted["ts"], "replaced", [])]
    await hook.send(delete_original=True)
    assert slack.messages(CLOUD) == []


async def test_a_typed_command_cannot_be_replaced(slack: SlackStandIn) -> None:
    hook = await typed(slack)
    await hook.send(text="new", replace_original=True)
    assert [w.text for w in slack.whispers(ALICE)] == ["new"]


async def test_an_answer_slack_would_not_take_is_refused_without_costing_a_use(slack: SlackStandIn) -> None:
    hook = await typed(slack)
    assert (await hook.send(text="x", blocks=[section("")])).status_code == 400
    assert (await hook.send(text="")).status_code == 400
    assert [(await hook.send(text="x")).status_code for _ in range(5)] == [200] * 5


async def test_a_response_url_can_fail(slack: SlackStandIn) -> None:
    hook = await typed(slack)
    slack.faults.append(Fault("response_url", status=500))
    assert (await hook.send(text="lost")).status_code == 500
    assert (await hook.send(text="kept")).status_code == 200
    assert [w.text for w in slack.whispers(ALICE)] == ["kept"]


async def refused_view(slack: SlackStandIn, method: str, **args: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await client_of(slack).api_call(method, json=args)
    return code_of(caught.value)


async def test_a_trigger_opens_one_modal_within_three_seconds(slack: SlackStandIn, clock: Clock) -> None:
    await slack.type(ALICE, CLOUD, "/copy-image")
    first = slack.delivered[-1].payload["trigger_id"]
    await slack.type(BOB, CLOUD, "/copy-image")
    second = slack.delivered[-1].payload["trigger_id"]
    view = modal(text_input("images"))
    clock.turn(3)
    await client_of(slack).views_open(trigger_id=first, view=view)
    assert await refused_view(slack, "views.open", trigger_id=first, view=view) == "exchanged_trigger_id"
    clock.turn(1)
    assert await refused_view(slack, "views.open", trigger_id=second, view=view) == "expired_trigger_id"
    assert await refused_view(slack, "views.open", trigger_id="1.2.x", view=view) == "invalid_trigger_id"
    assert slack.modal(ALICE) is not None
    assert slack.modal(BOB) is None


async def test_a_bad_view_is_refused_with_words_and_keeps_the_trigger(slack: SlackStandIn) -> None:
    await slack.type(ALICE, CLOUD, "/copy-image")
    trigger_id = slack.delivered[-1].payload["trigger_id"]
    with pytest.raises(SlackApiError) as caught:
        await client_of(slack).views_open(trigger_id=trigger_id, view={"type": "modal", "blocks": []})
    assert caught.value.response["error"] == "invalid_arguments"
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] missing required field: title [json-pointer:/view]"
    ]
    await client_of(slack).views_open(trigger_id=trigger_id, view=modal(text_input("images")))


async def test_an_update_of_a_view_minds_the_hash(slack: SlackStandIn) -> None:
    await slack.type(ALICE, CLOUD, "/copy-image")
    client, view = client_of(slack), modal(text_input("images"))
    opened = (await client.views_open(trigger_id=slack.delivered[-1].payload["trigger_id"], view=view))[
        "view"
    ]
    await client.views_update(view_id=opened["id"], hash=opened["hash"], view=view)
    again = {"view_id": opened["id"], "hash": opened["hash"], "view": view}
    assert await refused_view(slack, "views.update", **again) == "hash_conflict"
    await slack.close(ALICE)
    assert await refused_view(slack, "views.update", view_id=opened["id"], view=view) == "not_found"
