"""A real Bolt app against the stand-in, over Socket Mode and over signed HTTP."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Literal

import pytest
from slack_bolt.async_app import AsyncApp

from bot.demo.slack import Oddities, SlackStandIn, Unacknowledged, UnusableAnswer
from tests.bot.demo.slack_office import (
    ALICE,
    BOB,
    CLOUD,
    PRIVATE,
    STRANGER,
    actions,
    bolt,
    button,
    connected,
    modal,
    office,
    section,
    text_input,
)


@pytest.fixture(params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def slack(transport: str) -> AsyncIterator[SlackStandIn]:
    async with SlackStandIn(
        office(), transport="http" if transport == "http" else "socket", ack_timeout_s=0.5
    ) as slack:
        yield slack


@pytest.fixture
def app(slack: SlackStandIn) -> AsyncApp:
    return bolt(slack)


@pytest.fixture
async def heard(slack: SlackStandIn, app: AsyncApp, transport: str) -> AsyncIterator[list[dict[str, Any]]]:
    """Every body the app gets; connected."""
    bodies: list[dict[str, Any]] = []

    @app.middleware
    async def listen(body: dict[str, Any], next_: Any) -> None:
        bodies.append(body)
        await next_()

    async with connected(slack, app, transport=transport):
        yield bodies


async def test_a_command_arrives_escaped_and_complete(
    slack: SlackStandIn, app: AsyncApp, heard: list[dict[str, Any]]
) -> None:
    @app.command("/copy-image")
    async def command(ack: Any) -> None:
        await ack("accepted")

    typed = "grant @bob @ops, @nobody a@bob.com <x> & #cloud"
    reply = await slack.type(ALICE, CLOUD, f"/copy-image {typed}")
    assert (reply.status, reply.text) == (200, "accepted")
    (body,) = heard
    assert body.pop("response_url").startswith(slack.api_url.removesuffix("/api/"))
    assert body.pop("trigger_id")
    assert body == {
        "token": "verification-token",
        "team_id": "T0001",
        "team_domain": "demo",
        "channel_id": CLOUD,
        "channel_name": "cloud",
        "user_id": ALICE,
        "user_name": "alice",
        "command": "/copy-image",
        "text": "grant <@U0002> <!subteam^S0001>, @nobody a@bob.com &lt;x&gt; &amp; <#C0001|cloud>",
        "api_app_id": "A0001",
        "is_enterprise_install": "false",
    }


async def test_the_answer_to_a_command_is_whispered_to_its_author(
    slack: SlackStandIn, app: AsyncApp, heard: list[dict[str, Any]]
) -> None:
    @app.command("/copy-image")
    async def command(ack: Any) -> None:
        await ack(text="no", blocks=[section("no")])

    reply = await slack.type(ALICE, PRIVATE, "/copy-image")
    assert [(w.channel, w.text) for w in slack.whispers(ALICE)] == [(PRIVATE, "no")]
    assert (reply.text, reply.blocks[0]["type"], reply.ts) == ("no", "section", slack.whispers(ALICE)[0].ts)
    assert slack.whispers(BOB) == []
    assert slack.messages(PRIVATE) == []
    assert (heard[0]["channel_name"], heard[0]["text"]) == ("privategroup", "")


async def test_an_answer_in_channel_is_seen_by_all(
    slack: SlackStandIn, app: AsyncApp, heard: list[dict[str, Any]]
) -> None:
    @app.command("/copy-image")
    async def command(ack: Any) -> None:
        await ack(text="for all", response_type="in_channel")

    await slack.type(ALICE, CLOUD, "/copy-image")
    assert [m.text for m in slack.messages(CLOUD)] == ["for all"]
    assert slack.whispers(ALICE) == []


async def test_an_answer_with_blocks_slack_refuses_is_not_shown(
    slack: SlackStandIn, app: AsyncApp, heard: list[dict[str, Any]]
) -> None:
    @app.command("/copy-image")
    async def command(ack: Any) -> None:
        await ack(text="x", blocks=[section("")])

    with pytest.raises(UnusableAnswer, match="must be more than 0 characters"):
        await slack.type(ALICE, CLOUD, "/copy-image")
    assert [w.text for w in slack.whispers(ALICE) if w.text == "x"] == []


async def test_a_command_in_a_direct_conversation_says_so(
    slack: SlackStandIn, app: AsyncApp, heard: list[dict[str, Any]]
) -> None:
    @app.command("/copy-image")
    async def command(ack: Any) -> None:
        await ack("here")

    await slack.type(ALICE, ALICE, "/copy-image history")
    assert (heard[0]["channel_id"], heard[0]["channel_name"]) == ("D0001", "directmessage")
    assert [w.text for w in slack.whispers(ALICE, ALICE)] == ["here"]


async def test_an_unacknowledged_command_times_out_before_its_author(transport: str) -> None:
    over: Literal["socket", "http"] = "http" if transport == "http" else "socket"
    async with SlackStandIn(office(), transport=over, ack_timeout_s=0.05) as slack:
        app = bolt(slack)

        @app.command("/copy-image")
        async def command() -> None:
            pass

        async with connected(slack, app, transport=transport):
            with pytest.raises(Unacknowledged, match="operation_timeout"):
                await slack.type(ALICE, CLOUD, "/copy-image")
            assert [w.text for w in slack.whispers(ALICE)] == ["/copy-image failed: operation_timeout"]


async def test_pressing_a_button_tells_everything_about_its_message(
    slack: SlackStandIn, app: AsyncApp, heard: list[dict[str, Any]]
) -> None:
    @app.action("approve")
    async def approve(ack: Any) -> None:
        await ack()

    card = await app.client.chat_postMessage(channel=CLOUD, text="card")
    metadata = {"event_type": "copy_image", "event_payload": {"part": "approval"}}
    blocks = [actions(button("approve", "cp-1", style="primary"), button("reject", "cp-1"))]
    asked = await app.client.chat_postMessage(
        channel=CLOUD, text="may I?", blocks=blocks, thread_ts=card["ts"], metadata=metadata
    )
    assert (await slack.press(BOB, CLOUD, asked["ts"], "approve")).status == 200
    (body,) = heard
    assert body["type"] == "block_actions"
    assert body["team"] == {"id": "T0001", "domain": "demo"}
    assert body["user"] == {"id": BOB, "username": "bob", "name": "bob", "team_id": "T0001"}
    assert body["container"] == {
        "type": "message",
        "message_ts": asked["ts"],
        "channel_id": CLOUD,
        "is_ephemeral": False,
        "thread_ts": card["ts"],
    }
    assert body["channel"] == {"id": CLOUD, "name": "cloud"}
    assert (body["message"]["ts"], body["message"]["metadata"]) == (asked["ts"], metadata)
    (action,) = body["actions"]
    assert (action["action_id"], action["value"], action["style"]) == ("approve", "cp-1", "primary")
    assert action["block_id"] == slack.thread(CLOUD, card["ts"])[0].blocks[0]["block_id"]


async def test_a_button_that_is_gone_is_pressed_only_with_a_value(
    slack: SlackStandIn, app: AsyncApp, heard: list[dict[str, Any]]
) -> None:
    @app.action("approve")
    async def approve(ack: Any) -> None:
        await ack()

    posted = await app.client.chat_postMessage(
        channel=CLOUD, text="x", blocks=[actions(button("approve", "cp-1"))]
    )
    await app.client.chat_update(channel=CLOUD, ts=posted["ts"], text="done")
    with pytest.raises(KeyError, match="approve"):
        await slack.press(BOB, CLOUD, posted["ts"], "approve")
    assert heard == []
    await slack.press(STRANGER, CLOUD, posted["ts"], "approve", value="cp-1", user_team="T0009")
    assert heard[0]["actions"][0]["value"] == "cp-1"
    assert heard[0]["user"]["team_id"] == "T0009"


async def test_a_menu_and_a_whisper_can_be_used(
    slack: SlackStandIn, app: AsyncApp, heard: list[dict[str, Any]]
) -> None:
    options = [{"text": {"type": "plain_text", "text": v}, "value": v} for v in ("csv", "json")]

    @app.command("/copy-image")
    async def command(ack: Any) -> None:
        menu = {"type": "static_select", "action_id": "export", "options": options}
        await ack(text="history", blocks=[actions(menu)])

    @app.action("export")
    async def export(ack: Any, respond: Any, action: dict[str, Any]) -> None:
        await respond(text=action["selected_option"]["value"], replace_original=True)
        await ack()

    reply = await slack.type(ALICE, CLOUD, "/copy-image history")
    assert reply.ts is not None
    await slack.press(ALICE, CLOUD, reply.ts, "export", value="json")
    assert [w.text for w in slack.whispers(ALICE)] == ["json"]
    assert "message" not in heard[1]
    assert heard[1]["container"]["is_ephemeral"] is True
    with pytest.raises(KeyError, match="sees no message"):
        await slack.press(BOB, CLOUD, reply.ts, "export", value="json")


async def test_a_form_is_opened_filled_in_and_refused_until_right(
    slack: SlackStandIn, app: AsyncApp, heard: list[dict[str, Any]]
) -> None:
    people = {"type": "multi_users_select", "action_id": "value", "initial_users": [BOB]}
    label = {"type": "plain_text", "text": "who"}
    form = modal(
        text_input("images"),
        text_input("reason", max_length=5),
        {"type": "input", "block_id": "approve", "label": label, "element": people},
        private_metadata="opaque",
    )

    @app.command("/copy-image")
    async def command(ack: Any, body: dict[str, Any], client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=form)
        await ack()

    @app.view("request")
    async def request(ack: Any, view: dict[str, Any]) -> None:
        value = view["state"]["values"]["images"]["value"]["value"]
        await (
            ack() if value == "img-a" else ack(response_action="errors", errors={"images": "no such image"})
        )

    assert (await slack.type(ALICE, CLOUD, "/copy-image")).text == ""
    assert await slack.submit(ALICE, {"images": "img-b"}) == {
        "response_action": "errors",
        "errors": {"reason": "请填写此必填字段。"},
    }
    assert len(heard) == 1
    assert (await slack.submit(ALICE, {"images": "img-b", "reason": "scale"}))["errors"] == {
        "images": "no such image"
    }
    assert slack.modal(ALICE) is not None
    assert await slack.submit(ALICE, {"images": "img-a"}) == {}
    assert slack.modal(ALICE) is None
    submitted = heard[-1]
    assert (submitted["type"], submitted["user"]["team_id"]) == ("view_submission", "T0001")
    assert submitted["view"]["private_metadata"] == "opaque"
    assert submitted["view"]["state"]["values"] == {
        "images": {"value": {"type": "plain_text_input", "value": "img-a"}},
        "reason": {"value": {"type": "plain_text_input", "value": "scale"}},
        "approve": {"value": {"type": "multi_users_select", "selected_users": [BOB]}},
    }


async def test_a_form_can_become_another_and_be_stacked(
    slack: SlackStandIn, app: AsyncApp, heard: list[dict[str, Any]]
) -> None:
    answers: Iterator[dict[str, Any]] = iter(
        [
            {"response_action": "update", "view": modal(text_input("second"))},
            {"response_action": "push", "view": modal(text_input("third"))},
            {"response_action": "clear"},
        ]
    )

    @app.command("/copy-image")
    async def command(ack: Any, body: dict[str, Any], client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal(text_input("first")))
        await ack()

    @app.view("request")
    async def request(ack: Any) -> None:
        await ack(**next(answers))

    await slack.type(ALICE, CLOUD, "/copy-image")
    first = slack.modal(ALICE)
    assert first is not None
    await slack.submit(ALICE, {"first": "1"})
    second = slack.modal(ALICE)
    assert second is not None
    assert (second["id"], second["blocks"][0]["block_id"]) == (first["id"], "second")
    await slack.submit(ALICE, {"second": "2"})
    third = slack.modal(ALICE)
    assert third is not None
    assert third["previous_view_id"] == second["id"]
    await slack.submit(ALICE, {"third": "3"})
    assert slack.modal(ALICE) is None


async def test_choosing_in_a_form_tells_the_choice_and_keeps_it(
    slack: SlackStandIn, app: AsyncApp, heard: list[dict[str, Any]]
) -> None:
    choices = [{"text": {"type": "plain_text", "text": v}, "value": v} for v in ("a", "b")]
    menu = {"type": "static_select", "action_id": "region", "options": choices}

    @app.command("/copy-image")
    async def command(ack: Any, body: dict[str, Any], client: Any) -> None:
        view = modal(actions(menu) | {"block_id": "regions"})
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    @app.action("region")
    async def region(ack: Any) -> None:
        await ack()

    await slack.type(ALICE, CLOUD, "/copy-image")
    await slack.press_in_modal(ALICE, "region", value="b")
    chosen = {"type": "static_select", "selected_option": choices[1]}
    assert heard[-1]["view"]["state"]["values"] == {"regions": {"region": chosen}}
    assert heard[-1]["actions"][0]["selected_option"] == choices[1]


async def test_opening_the_home_tab_is_an_event_and_the_tab_is_kept(
    slack: SlackStandIn, app: AsyncApp, heard: list[dict[str, Any]]
) -> None:
    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], client: Any) -> None:
        view = {"type": "home", "blocks": [section(), actions(button("refresh"))]}
        await client.views_publish(user_id=event["user"], view=view)

    @app.action("refresh")
    async def refresh(ack: Any) -> None:
        await ack()

    await slack.open_home(BOB)
    home = await slack.wait_for(lambda: slack.home(BOB))
    assert [block["type"] for block in home["blocks"]] == ["section", "actions"]
    assert (heard[0]["event"]["tab"], heard[0]["event"]["channel"]) == ("home", "D0002")
    await slack.press_in_home(BOB, "refresh")
    assert heard[1]["container"] == {"type": "view", "view_id": home["id"]}


async def test_the_same_payload_can_be_delivered_again(
    slack: SlackStandIn, app: AsyncApp, heard: list[dict[str, Any]]
) -> None:
    @app.command("/copy-image")
    async def command(ack: Any) -> None:
        await ack("once")

    await slack.type(ALICE, CLOUD, "/copy-image x")
    again = await slack.deliver("slash_commands", slack.delivered[0].payload)
    assert (again.status, again.body) == (200, {"text": "once"})
    assert heard[0] == heard[1]
    assert len(slack.whispers(ALICE)) == 1


async def test_an_event_delivered_again_says_so(
    slack: SlackStandIn, app: AsyncApp, heard: list[dict[str, Any]]
) -> None:
    numbers: list[str] = []

    @app.event("tokens_revoked")
    async def revoked(request: Any) -> None:
        numbers.extend(request.headers.get("x-slack-retry-num", ["-"]))

    await slack.send_event({"type": "tokens_revoked"})
    await slack.deliver("events_api", slack.delivered[0].payload, Oddities(retry_num=1))
    await slack.wait_for(lambda: len(numbers) == 2)
    assert numbers == ["-", "1"]
    assert heard[0]["event_id"] == heard[1]["event_id"]


async def test_nobody_types_where_they_are_not(slack: SlackStandIn) -> None:
    with pytest.raises(ValueError, match="no member"):
        await slack.type(BOB, PRIVATE, "/copy-image")
    with pytest.raises(ValueError, match="another workspace"):
        await slack.type(STRANGER, CLOUD, "/copy-image")
    bob = slack.workspace.user(BOB)
    assert bob is not None
    bob.deleted = True
    with pytest.raises(KeyError, match="U0002"):
        await slack.type(BOB, CLOUD, "/copy-image")


async def test_without_a_bot_the_command_fails_at_once(slack: SlackStandIn) -> None:
    with pytest.raises(Unacknowledged, match="dispatch_failed"):
        await slack.type(ALICE, CLOUD, "/copy-image")
