"""The page's server: what each person sees, what they can do, and who is kept away."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.demo.jdcloud import CloudStandIn, Image, rows
from bot.demo.page import routes, usual_steps
from bot.demo.page.troubles import TROUBLES
from bot.demo.slack import SlackStandIn
from tests.bot.demo.page_office import (
    API,
    BEIJING,
    BOT,
    CAST,
    GLOBAL,
    GUEST,
    JANE,
    LI,
    SECRET,
    SUN,
    WANG,
    WEB,
    Jumps,
    Office,
    images,
    served,
    workspace,
)
from tests.bot.demo.slack_office import client_of


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with served() as office:
        yield office


@pytest.fixture
async def alone() -> AsyncIterator[Office]:
    """The page while no bot is connected."""
    async with served(with_bot=False) as office:
        yield office


async def seen(office: Office, user: str, channel: str = BEIJING, thread: str = "") -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=office.url) as http:
        answer = await http.get("/demo/state", params={"user": user, "channel": channel, "thread": thread})
    assert answer.status_code == 200
    state: dict[str, Any] = answer.json()
    return state


async def did(office: Office, path: str, **body: Any) -> httpx.Response:
    async with httpx.AsyncClient(base_url=office.url) as http:
        return await http.post(path, json=body)


async def console(office: Office) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=office.url) as http:
        state: dict[str, Any] = (await http.get("/cloud/state")).json()
    return state


async def asked(office: Office) -> str:
    """A request typed by 王磊; the timestamp of its card."""
    await did(office, "/demo/type", user=WANG, channel=BEIJING, text=f"/copy-image {WEB} 到 上海")
    return office.slack.messages(BEIJING)[0].ts


async def test_a_whisper_is_seen_by_its_author_alone_and_marked(office: Office) -> None:
    ts = await asked(office)
    own = (await seen(office, WANG))["messages"]
    assert [(m["ts"] == ts, m.get("only_you", False)) for m in own] == [(True, False), (False, True)]
    assert own[1]["text"] == "已受理，编号 `cp-1`"
    assert [m["ts"] for m in (await seen(office, LI))["messages"]] == [ts]


async def test_one_sees_the_channels_one_is_in_and_the_bots_direct_conversation(alone: Office) -> None:
    state = await seen(alone, GUEST)
    assert [(c["name"], c["direct"]) for c in state["channels"]] == [("ops-beijing", False), ("guest", True)]
    assert (await seen(alone, GUEST, GLOBAL))["channel"] == BEIJING
    assert state["people"][GUEST]["guest"] is True
    assert state["people"][WANG]["guest"] is False
    assert state["cast"][0] == {"user": WANG, "title": {"zh": "申请人", "en": "Requester"}}
    assert state["bot"] == BOT


async def test_a_public_channel_can_be_looked_into_and_joined_from_outside(alone: Office) -> None:
    await alone.slack.type(LI, GLOBAL, "before")
    state = await seen(alone, SUN, GLOBAL)
    assert [(c["name"], c["joined"]) for c in state["channels"]] == [
        ("ops-beijing", True),
        ("ops-global", False),
        ("sunwei", True),
    ]
    assert [m["text"] for m in state["messages"]] == ["before"]
    for status in (200, 409):
        assert (await did(alone, "/demo/join", user=SUN, channel=GLOBAL)).status_code == status
    assert (await did(alone, "/demo/type", user=SUN, channel=GLOBAL, text="hello")).status_code == 200
    assert (await seen(alone, SUN, GLOBAL))["channels"][1]["joined"] is True


async def test_guests_and_outsiders_of_private_channels_join_nothing(alone: Office) -> None:
    alone.slack.workspace.channels[1].is_private = True
    for user in (GUEST, SUN):
        assert (await did(alone, "/demo/join", user=user, channel=GLOBAL)).status_code == 409
        assert (await seen(alone, user, GLOBAL))["channel"] == BEIJING
    alone.slack.workspace.channels[1].is_private = False
    assert (await did(alone, "/demo/join", user=GUEST, channel=GLOBAL)).status_code == 409


async def test_time_is_let_pass_by_the_hour_or_the_day(alone: Office) -> None:
    before = (await seen(alone, WANG))["now"]
    assert [(await did(alone, "/demo/pass", hours=hours)).status_code for hours in (1, 24, 2)] == [
        200,
        200,
        400,
    ]
    assert alone.time.passed == [timedelta(hours=1), timedelta(days=1)]
    assert (await seen(alone, WANG))["now"] - before == pytest.approx(25 * 3600, abs=60)


async def test_without_a_user_the_first_of_the_cast_is_played_and_others_are_not_found(alone: Office) -> None:
    async with httpx.AsyncClient(base_url=alone.url) as http:
        assert (await http.get("/demo/state")).json()["user"] == WANG
        answer = await http.get("/demo/state", params={"user": BOT})
    assert (answer.status_code, answer.json()["error"]["en"]) == (404, "Not found: U0BOT.")


async def test_pressing_a_button_tells_the_bot_and_the_thread_is_summed_up(office: Office) -> None:
    ts = await asked(office)
    answer = await did(office, "/demo/press", user=LI, channel=BEIJING, ts=ts, action_id="approve")
    assert (answer.status_code, answer.json()) == (200, {})
    state = await seen(office, LI, thread=ts)
    (card,) = state["messages"]
    assert (card["edited"], card["replies"], card["repliers"]) == (True, 1, [BOT])
    assert [m["text"] for m in state["thread"]["replies"]] == [f"`{WEB} → img-q7d1m4s8re`"]
    assert card["latest"] == state["thread"]["replies"][0]["ts"]
    assert next(c["latest"] for c in state["channels"] if c["id"] == BEIJING) == card["latest"]


async def test_pressing_what_is_gone_is_a_plain_error(office: Office) -> None:
    ts = await asked(office)
    await did(office, "/demo/press", user=LI, channel=BEIJING, ts=ts, action_id="approve")
    answer = await did(office, "/demo/press", user=LI, channel=BEIJING, ts=ts, action_id="approve")
    assert (answer.status_code, answer.json()["error"]["en"]) == (
        404,
        "Not found: no 'approve' on this message.",
    )


async def test_a_form_is_open_for_its_person_until_it_is_right_or_closed(office: Office) -> None:
    await did(office, "/demo/type", user=WANG, channel=BEIJING, text="/copy-image")
    view = (await seen(office, WANG))["modal"]
    assert view["callback_id"] == "request"
    assert (await seen(office, LI))["modal"] is None
    filled = {"images": "img_8u2z", "reason": "扩容", "approve": [LI, WANG]}
    wrong = await did(office, "/demo/submit", user=WANG, values=filled, view_id=view["id"])
    assert wrong.json()["errors"] == {"images": "镜像 ID 无法识别：img_8u2z"}
    assert (await did(office, "/demo/submit", user=WANG, values={"images": WEB})).json() == {}
    assert (await seen(office, WANG))["modal"] is None
    await did(office, "/demo/type", user=WANG, channel=BEIJING, text="/copy-image")
    assert (await did(office, "/demo/close", user=WANG)).status_code == 200
    assert (await seen(office, WANG))["modal"] is None


async def test_a_bot_that_is_away_is_told_in_both_languages(alone: Office) -> None:
    answer = await did(alone, "/demo/type", user=WANG, channel=BEIJING, text="/copy-image")
    assert answer.status_code == 502
    assert answer.json()["error"] == {
        "zh": "机器人没有给出 Slack 能用的应答：dispatch_failed",
        "en": "The bot gave no answer Slack can use: dispatch_failed.",
    }


async def test_typing_where_one_is_not_is_a_plain_error(alone: Office) -> None:
    answer = await did(alone, "/demo/type", user=GUEST, channel=GLOBAL, text="hello")
    assert answer.status_code == 409
    assert alone.slack.messages(GLOBAL) == []


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"{", "JSON"),
        (b'{"user": "U0001", "channel": 1}', "channel, text"),
        (b'{"user": "U0001", "channel": "C0001", "text": "x", "as": "U0002"}', "as"),
    ],
)
async def test_a_malformed_body_is_refused_by_name(alone: Office, body: bytes, fields: str) -> None:
    async with httpx.AsyncClient(base_url=alone.url) as http:
        answer = await http.post("/demo/type", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["en"]) == (400, f"The request is malformed: {fields}.")
    assert alone.slack.messages(BEIJING) == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1:1"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
async def test_another_sites_post_has_no_effect(alone: Office, headers: dict[str, str], status: int) -> None:
    body = json.dumps({"user": WANG, "channel": BEIJING, "text": "hello"})
    async with httpx.AsyncClient(base_url=alone.url) as http:
        answer = await http.post(
            "/demo/type", content=body, headers={"Content-Type": "application/json"} | headers
        )
    assert answer.status_code == status
    assert alone.slack.messages(BEIJING) == []


async def test_the_pages_own_post_takes_effect(alone: Office) -> None:
    async with httpx.AsyncClient(base_url=alone.url) as http:
        answer = await http.post(
            "/demo/type",
            json={"user": WANG, "channel": BEIJING, "text": "hello"},
            headers={"Origin": alone.url, "Sec-Fetch-Site": "same-origin"},
        )
    assert answer.status_code == 200
    assert [m.text for m in alone.slack.messages(BEIJING)] == ["hello"]


async def test_a_name_rebound_to_this_machine_reads_nothing(alone: Office) -> None:
    async with httpx.AsyncClient(base_url=alone.url) as http:
        for path in ("/", "/demo/state", "/cloud/state", "/demo/events", "/page/app.js"):
            answer = await http.get(path, headers={"Host": "evil.example"})
            assert (path, answer.status_code) == (path, 403)


async def test_another_machine_is_kept_out() -> None:
    app = Starlette(routes=routes(SlackStandIn(workspace()), CloudStandIn(), Jumps(), cast=CAST))
    for address, status in (("10.0.0.5", 403), ("127.0.0.1", 200)):
        transport = httpx.ASGITransport(app, client=(address, 40000))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http:
            assert (await http.get("/demo/state")).status_code == status


async def test_the_page_may_load_nothing_from_elsewhere(alone: Office) -> None:
    async with httpx.AsyncClient(base_url=alone.url) as http:
        page = await http.get("/")
    assert page.status_code == 200
    assert page.headers["content-security-policy"].startswith("default-src 'self';")
    assert "http" not in page.text.replace('http-equiv="', "")


async def test_the_stream_tells_of_changes_on_both_sides(alone: Office) -> None:
    async with (
        httpx.AsyncClient(base_url=alone.url, timeout=5) as http,
        http.stream("GET", "/demo/events") as stream,
    ):
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = (line async for line in stream.aiter_lines() if line)
        assert await anext(lines) == "data: changed"
        await alone.slack.type(WANG, BEIJING, "hello")
        assert await anext(lines) == "data: changed"
        alone.cloud.add(Image("img-new", "new", "cn-north-1"))
        assert await anext(lines) == "data: changed"


async def test_the_stream_of_an_open_page_ends_when_the_demo_stops() -> None:
    async with (
        served(with_bot=False) as office,
        httpx.AsyncClient(base_url=office.url, timeout=5) as http,
        http.stream("GET", "/demo/events") as stream,
    ):
        lines = stream.aiter_lines()
        assert await anext(lines) == "data: changed"
        office.closing.set()
        assert [line async for line in lines if line] == []


async def test_an_uploaded_file_is_only_ever_downloaded(office: Office) -> None:
    await client_of(office.slack).files_upload_v2(
        channel=BEIJING, content="<b>x</b>", filename="history.html"
    )
    (file,) = (await seen(office, WANG))["messages"][0]["files"]
    async with httpx.AsyncClient(base_url=office.url) as http:
        answer = await http.get(f"/demo/file/{file['id']}/history.html")
        missing = await http.get("/demo/file/F9999/history.html")
    assert (answer.text, answer.headers["content-disposition"]) == ("<b>x</b>", "attachment")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert missing.status_code == 404


async def test_the_console_shows_regions_by_name_with_quotas_and_images(alone: Office) -> None:
    region = (await console(alone))["regions"][0]
    assert (region["id"], region["name"]) == ("cn-north-1", {"zh": "华北-北京", "en": "North China-Beijing"})
    assert region["quota"]["image"] == {"limit": 5, "used": 3}
    assert [image["id"] for image in region["images"]] == [WEB, API, SECRET]
    assert region["images"][0]["plays"] is None


async def test_a_trouble_is_armed_once_until_used_or_switched_off(alone: Office) -> None:
    def on(state: dict[str, Any]) -> list[str]:
        return [trouble["name"] for trouble in state["troubles"] if trouble["on"]]

    for _ in range(2):
        await did(alone, "/cloud/fault", name="lost_after", on=True)
    await did(alone, "/cloud/fault", name="rate_limit", on=True)
    assert [(f.drop, f.error, f.times) for f in alone.cloud.faults] == [
        ("after", None, 1),
        (None, "rate_limit", 1),
    ]
    assert on(await console(alone)) == ["lost_after", "rate_limit"]
    alone.cloud.faults[0].times = 0
    assert on(await console(alone)) == ["rate_limit"]
    await did(alone, "/cloud/fault", name="rate_limit", on=False)
    assert on(await console(alone)) == []
    await did(alone, "/cloud/fault", name="lost_after", on=True)
    assert on(await console(alone)) == ["lost_after"]
    assert TROUBLES["lost_after"].fault.times == 1


async def test_the_service_can_be_made_an_older_one_until_it_is_made_new_again(alone: Office) -> None:
    for on in (True, False):
        await did(alone, "/cloud/older", on=on)
        assert (await console(alone))["older"] is on
        assert alone.cloud.ignores_description is on


async def test_every_refusal_of_the_cloud_has_a_switch_with_a_name(alone: Office) -> None:
    listed = {trouble["name"]: trouble for trouble in (await console(alone))["troubles"]}
    assert {row.name for row in rows()} <= listed.keys()
    assert listed["image_quota"]["title"] == {"zh": "镜像配额不足", "en": "Image quota used up"}
    assert listed["image_quota"]["answer"] == "429 QUOTA_EXCEEDED"
    assert (await did(alone, "/cloud/fault", name="nothing", on=True)).status_code == 404


async def test_quotas_can_be_set_but_not_below_nothing(alone: Office) -> None:
    def limit() -> int:
        return alone.cloud.quotas["cn-east-2", "image"]

    body = {"region": "cn-east-2", "kind": "image"}
    assert (await did(alone, "/cloud/quota", **body, limit=0)).status_code == 200
    assert limit() == 0
    assert (await did(alone, "/cloud/quota", **body, limit=-1)).status_code == 409
    assert (await did(alone, "/cloud/quota", region="cn-x", kind="image", limit=1)).status_code == 404
    assert limit() == 0


async def test_a_running_copy_can_be_ended_either_way(alone: Office) -> None:
    for image_id in ("img-one", "img-two"):
        alone.cloud.add(Image(image_id, image_id, "cn-east-2", status="pending", copy_of=WEB, progress=10))
    await did(alone, "/cloud/finish", image="img-one", state="ready")
    await did(alone, "/cloud/finish", image="img-two", state="error")
    assert [alone.cloud.images[i].status for i in ("img-one", "img-two")] == ["ready", "error"]
    assert (await did(alone, "/cloud/finish", image="img-none", state="ready")).status_code == 404


async def test_calls_are_logged_newest_first(alone: Office) -> None:
    async with httpx.AsyncClient(base_url=alone.cloud.url) as http:
        await http.get("/v1/regions/cn-north-1/images")
        await http.post("/v1/regions/cn-north-1/images:copyImages", json={})
    calls = (await console(alone))["calls"]
    assert [(call["operation"], call["method"], call["status"]) for call in calls] == [
        ("copyImages", "POST", 401),
        ("describeImages", "GET", 401),
    ]


def test_the_usual_steps_copy_images_that_can_be_copied() -> None:
    cloud = CloudStandIn()
    cloud.add(Image("img-busy", "x", "cn-north-1", plays="busy"))
    for image in images():
        cloud.add(image)
    chinese = usual_steps("zh", cloud, requester=WANG, approver=(LI, "李娜"), channel=BEIJING)
    english = usual_steps("en", cloud, requester=JANE, approver=(LI, "李娜"), channel=GLOBAL)
    assert chinese[0].types == f"/copy-image {WEB} {API} 到 上海 因为 扩容"
    assert english[0].types == f"/copy-image {WEB} {API} to Shanghai because scaling out"
    assert [(s.text, s.user, s.shows) for s in english] == [
        ("Ask and press Enter", JANE, ""),
        ("Approve as 李娜", LI, ""),
        ("Open thread", JANE, "thread"),
        ("History", JANE, ""),
    ]


async def test_steps_are_given_to_the_page_by_language(alone: Office) -> None:
    steps = (await seen(alone, WANG))["steps"]
    assert steps["zh"][1] == {
        "text": "以李娜的身份批准",
        "user": LI,
        "channel": BEIJING,
        "types": "",
        "shows": "",
    }
    assert [step["channel"] for step in steps["en"]] == [GLOBAL] * 4
