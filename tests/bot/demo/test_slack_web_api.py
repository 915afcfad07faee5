"""The stand-in's Web API, asked by slack_sdk's own client."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack import SlackStandIn, User
from tests.bot.demo.slack_office import (
    ALICE,
    ARCHIVED,
    BOB,
    BOT,
    CLOUD,
    ELSEWHERE,
    PRIVATE,
    STRANGER,
    Clock,
    client_of,
    code_of,
    office,
    section,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[SlackStandIn]:
    async with SlackStandIn(office(), now=clock) as slack:
        yield slack


@pytest.fixture
def client(slack: SlackStandIn) -> AsyncWebClient:
    return client_of(slack)


async def refused(client: AsyncWebClient, method: str, **args: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=args)
    return code_of(caught.value)


async def test_auth_test_tells_who_the_bot_is_and_its_scopes(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    answer = await client.auth_test()
    told = {name: answer[name] for name in ("team_id", "user_id", "bot_id")}
    assert told == {"team_id": "T0001", "user_id": BOT, "bot_id": "B0BOT"}
    assert answer.headers["x-oauth-scopes"] == ",".join(slack.workspace.scopes)


@pytest.mark.parametrize(
    ("token", "error"), [("xoxb-other", "invalid_auth"), ("xapp-stand-in", "not_allowed_token_type")]
)
async def test_a_wrong_token_is_refused(slack: SlackStandIn, token: str, error: str) -> None:
    assert await refused(client_of(slack, token), "auth.test") == error


async def test_no_token_is_refused(slack: SlackStandIn) -> None:
    async with aiohttp.ClientSession() as session, session.post(f"{slack.api_url}auth.test") as response:
        assert await response.json() == {"ok": False, "error": "not_authed"}


async def test_an_unknown_method_is_refused_and_remembered(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    assert await refused(client, "chat.shout", text="x") == "unknown_method"
    call = slack.calls[-1]
    assert (call.method, call.args, call.ok, call.error) == (
        "chat.shout",
        {"text": "x"},
        False,
        "unknown_method",
    )


async def test_a_missing_scope_is_named(slack: SlackStandIn, client: AsyncWebClient) -> None:
    slack.workspace.scopes.remove("usergroups:read")
    with pytest.raises(SlackApiError) as caught:
        await client.usergroups_list()
    assert (caught.value.response["error"], caught.value.response["needed"]) == (
        "missing_scope",
        "usergroups:read",
    )


async def test_a_post_is_kept_with_blocks_and_metadata(slack: SlackStandIn, client: AsyncWebClient) -> None:
    metadata = {"event_type": "copy_image", "event_payload": {"request_id": "cp-1", "part": "card"}}
    answer = await client.chat_postMessage(channel=CLOUD, text="card", blocks=[section()], metadata=metadata)
    (message,) = slack.messages(CLOUD)
    assert (message.ts, message.user, message.text, message.metadata) == (answer["ts"], BOT, "card", metadata)
    assert [block["type"] for block in message.blocks] == ["section"]
    assert message.blocks[0]["block_id"]


async def test_a_form_says_the_same_as_json(slack: SlackStandIn, client: AsyncWebClient) -> None:
    form = {
        "token": slack.workspace.bot_token,
        "channel": CLOUD,
        "text": "a + b",
        "blocks": json.dumps([section()]),
        "metadata": json.dumps({"event_type": "x", "event_payload": {}}),
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.api_url}chat.postMessage", data=form) as said,
    ):
        assert (await said.json())["ok"] is True
    (message,) = slack.messages(CLOUD)
    assert (message.text, message.metadata) == ("a + b", {"event_type": "x", "event_payload": {}})
    assert "token" not in slack.calls[-1].args


async def test_timestamps_never_repeat_though_the_clock_stands_still(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    for text in ("one", "two"):
        await client.chat_postMessage(channel=CLOUD, text=text)
    assert [m.ts for m in slack.messages(CLOUD)] == ["1772355600.000000", "1772355600.000001"]


async def test_a_reply_stands_in_the_thread_only(slack: SlackStandIn, client: AsyncWebClient) -> None:
    card = await client.chat_postMessage(channel=CLOUD, text="card")
    reply = await client.chat_postMessage(channel=CLOUD, text="reply", thread_ts=card["ts"])
    assert [m.text for m in slack.messages(CLOUD)] == ["card"]
    assert [m.ts for m in slack.thread(CLOUD, card["ts"])] == [reply["ts"]]
    assert (
        await refused(client, "chat.postMessage", channel=CLOUD, text="x", thread_ts="1.000001")
        == "thread_not_found"
    )


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        (ELSEWHERE, "not_in_channel"),
        (PRIVATE, "channel_not_found"),
        (ARCHIVED, "is_archived"),
        ("C9999", "channel_not_found"),
        (BOT, "cannot_dm_bot"),
    ],
)
async def test_a_post_where_the_bot_may_not_write_is_refused(
    slack: SlackStandIn, client: AsyncWebClient, channel: str, error: str
) -> None:
    assert await refused(client, "chat.postMessage", channel=channel, text="x") == error
    assert slack.messages(ELSEWHERE) == []


async def test_chat_write_public_opens_public_channels(slack: SlackStandIn, client: AsyncWebClient) -> None:
    slack.workspace.scopes.append("chat:write.public")
    await client.chat_postMessage(channel=ELSEWHERE, text="hello")
    assert [m.text for m in slack.messages(ELSEWHERE)] == ["hello"]
    assert await refused(client, "chat.postMessage", channel=PRIVATE, text="x") == "channel_not_found"


async def test_a_post_to_a_person_opens_the_direct_conversation(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    answer = await client.chat_postMessage(channel=BOB, text="for you")
    assert answer["channel"] == "D0002"
    assert [m.text for m in slack.dms(BOB)] == ["for you"]
    assert (await client.conversations_open(users=ALICE))["channel"] == {"id": "D0001"}


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({}, "no_text"),
        ({"text": " "}, "no_text"),
        ({"text": "x", "blocks": [section("")]}, "invalid_blocks"),
        ({"text": "x", "blocks": "no json"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [section("x" * 2900)] * 5}, "msg_blocks_too_long"),
        ({"text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_schema"),
        (
            {"text": "x", "metadata": {"event_type": "x", "event_payload": {"a": "b" * 9000}}},
            "metadata_too_large",
        ),
    ],
)
async def test_a_post_that_slack_would_not_take_is_refused(
    slack: SlackStandIn, client: AsyncWebClient, args: dict[str, Any], error: str
) -> None:
    assert await refused(client, "chat.postMessage", channel=CLOUD, **args) == error
    assert slack.messages(CLOUD) == []


async def test_a_text_too_long_is_cut_when_posted_and_refused_when_updated(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    answer = await client.chat_postMessage(channel=CLOUD, text="x" * 40_001)
    assert len(slack.messages(CLOUD)[0].text) == 40_000
    assert (
        await refused(client, "chat.update", channel=CLOUD, ts=answer["ts"], text="x" * 4_001)
        == "msg_too_long"
    )
    await client.chat_update(channel=CLOUD, ts=answer["ts"], text="x" * 4_000)


async def test_an_update_keeps_metadata_and_drops_blocks_not_sent(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    metadata = {"event_type": "copy_image", "event_payload": {"part": "card"}}
    posted = await client.chat_postMessage(
        channel=CLOUD, text="before", blocks=[section()], metadata=metadata
    )
    await client.chat_update(channel=CLOUD, ts=posted["ts"], text="after")
    (message,) = slack.messages(CLOUD)
    assert (message.text, message.blocks, message.metadata) == ("after", [], metadata)
    assert (message.edited, message.history) == (True, ["before"])


async def test_only_its_own_messages_can_be_changed(slack: SlackStandIn, client: AsyncWebClient) -> None:
    reply = await slack.type(ALICE, CLOUD, "hello @bob")
    assert slack.messages(CLOUD)[0].text == "hello <@U0002>"
    assert await refused(client, "chat.update", channel=CLOUD, ts=reply.ts, text="x") == "cant_update_message"
    assert await refused(client, "chat.delete", channel=CLOUD, ts=reply.ts) == "cant_delete_message"
    assert await refused(client, "chat.update", channel=CLOUD, ts="1.000001", text="x") == "message_not_found"


async def test_a_whisper_is_seen_by_one_person_and_by_members_only(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    await client.chat_postEphemeral(channel=CLOUD, user=BOB, text="psst")
    assert [w.text for w in slack.whispers(BOB)] == ["psst"]
    assert slack.whispers(ALICE) == []
    assert slack.messages(CLOUD) == []
    slack.workspace.users.append(User("U0009", "new", "New"))
    assert (
        await refused(client, "chat.postEphemeral", channel=CLOUD, user="U0009", text="x")
        == "user_not_in_channel"
    )


async def test_history_gives_metadata_on_demand_newest_first(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    metadata = {"event_type": "copy_image", "event_payload": {"part": "card"}}
    for text in ("one", "two", "three"):
        await client.chat_postMessage(channel=CLOUD, text=text, metadata=metadata)
    first = await client.conversations_history(channel=CLOUD, limit=2, include_all_metadata=True)
    assert [m["text"] for m in first["messages"]] == ["three", "two"]
    assert [m["metadata"] for m in first["messages"]] == [metadata, metadata]
    assert first["has_more"] is True
    rest = await client.conversations_history(channel=CLOUD, cursor=first["response_metadata"]["next_cursor"])
    assert [m["text"] for m in rest["messages"]] == ["one"]
    assert "metadata" not in rest["messages"][0]


async def test_history_keeps_within_its_bounds(
    slack: SlackStandIn, client: AsyncWebClient, clock: Clock
) -> None:
    for text in ("one", "two", "three"):
        await client.chat_postMessage(channel=CLOUD, text=text)
        clock.turn(1)
    one, two, _three = slack.messages(CLOUD)
    after = await client.conversations_history(channel=CLOUD, oldest=one.ts)
    assert [m["text"] for m in after["messages"]] == ["three", "two"]
    between = await client.conversations_history(channel=CLOUD, oldest=one.ts, latest=two.ts, inclusive=True)
    assert [m["text"] for m in between["messages"]] == ["two", "one"]


async def test_replies_come_after_their_parent_oldest_first(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    card = await client.chat_postMessage(channel=CLOUD, text="card")
    for text in ("one", "two"):
        await client.chat_postMessage(channel=CLOUD, text=text, thread_ts=card["ts"])
    answer = await client.conversations_replies(channel=CLOUD, ts=card["ts"])
    assert [m["text"] for m in answer["messages"]] == ["card", "one", "two"]
    assert answer["messages"][0]["reply_count"] == 2
    assert await refused(client, "conversations.replies", channel=CLOUD, ts="1.000001") == "thread_not_found"


async def test_reading_a_direct_conversation_needs_a_scope_of_its_own(client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=BOB, text="for you")
    assert await refused(client, "conversations.history", channel="D0002") == "missing_scope"


async def test_people_are_told_with_their_locale_unless_from_elsewhere(client: AsyncWebClient) -> None:
    bob = (await client.users_info(user=BOB, include_locale=True))["user"]
    assert (bob["locale"], bob["tz"], bob["team_id"]) == ("en-US", "UTC", "T0001")
    stranger = (await client.users_info(user=STRANGER, include_locale=True))["user"]
    assert (stranger["team_id"], "locale" in stranger) == ("T0002", False)
    assert await refused(client, "users.info", user="U9999") == "user_not_found"


async def test_lists_come_in_pages(client: AsyncWebClient) -> None:
    seen = [user["id"] async for page in await client.users_list(limit=2) for user in page["members"]]
    assert seen == [ALICE, BOB, "U0003", STRANGER, BOT]
    members = await client.conversations_members(channel=CLOUD, limit=3)
    assert members["members"] == [ALICE, BOB, "U0003"]
    assert members["response_metadata"]["next_cursor"] == "3"


async def test_user_groups_that_are_off_are_not_told(client: AsyncWebClient) -> None:
    assert [g["id"] for g in (await client.usergroups_list(include_users=True))["usergroups"]] == ["S0001"]
    assert (await client.usergroups_users_list(usergroup="S0001"))["users"] == [BOB]
    assert await refused(client, "usergroups.users.list", usergroup="S0002") == "no_such_subteam"


async def test_conversations_are_told_with_the_bots_membership(client: AsyncWebClient) -> None:
    assert (await client.conversations_info(channel=CLOUD))["channel"]["is_member"] is True
    assert (await client.conversations_info(channel=ELSEWHERE))["channel"]["is_member"] is False
    assert await refused(client, "conversations.info", channel=PRIVATE) == "channel_not_found"
    assert [c["id"] for c in (await client.users_conversations(user=ALICE))["channels"]] == [
        CLOUD,
        ELSEWHERE,
        ARCHIVED,
    ]


async def test_a_file_is_shared_in_the_thread(slack: SlackStandIn, client: AsyncWebClient) -> None:
    card = await client.chat_postMessage(channel=CLOUD, text="card")
    await client.files_upload_v2(channel=CLOUD, thread_ts=card["ts"], filename="history.csv", content="a,b\n")
    (message,) = slack.thread(CLOUD, card["ts"])
    assert [file["name"] for file in message.files] == ["history.csv"]
    assert slack.file(message.files[0]["id"]) == b"a,b\n"


async def test_a_permalink_leads_to_the_message(client: AsyncWebClient) -> None:
    card = await client.chat_postMessage(channel=CLOUD, text="card")
    link = await client.chat_getPermalink(channel=CLOUD, message_ts=card["ts"])
    assert link["permalink"] == f"https://demo.slack.com/archives/{CLOUD}/p1772355600000000"


async def test_the_pace_is_kept_where_asked_for(clock: Clock) -> None:
    async with SlackStandIn(office(), now=clock, enforce_rates=True) as slack:
        client = client_of(slack)
        for _ in range(4):
            await client.chat_postMessage(channel=CLOUD, text="burst")
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=CLOUD, text="too much")
        assert (caught.value.response.status_code, caught.value.response.headers["retry-after"]) == (429, "1")
        clock.turn(1)
        await client.chat_postMessage(channel=CLOUD, text="in time")
        assert [m.text for m in slack.messages(CLOUD)] == ["burst"] * 4 + ["in time"]
