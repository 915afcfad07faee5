"""The form behind `/copy-image` alone: what it offers, what it refuses at which field, and that it asks once."""

from typing import Literal

import pytest

from bot.demo.scene import BEIJING, GUEST, LI_NA, SARAH, WANG_LEI
from bot.demo.slack import Fault
from tests.end_to_end.stage import API, GUANGZHOU, SHANGHAI, SOURCE, WEB, on_stage
from tests.end_to_end.windows import change_rule, inputs, opened, said, sent, whispered, window

Transport = Literal["socket", "http"]
TRANSPORTS: list[Transport] = ["socket", "http"]


async def test_the_form_offers_what_the_channel_allows() -> None:
    async with on_stage(source_regions=[SOURCE], destination_regions=[SHANGHAI, GUANGZHOU]) as stage:
        view = await opened(stage)
        assert (view["callback_id"], view["title"]["text"]) == ("request", "申请复制镜像")
        fields = inputs(view)
        assert list(fields) == ["images", "source", "destinations", "reason"]
        assert {element["action_id"] for element in fields.values()} == {"value"}
        offered = [option["text"]["text"] for option in fields["destinations"]["options"]]
        assert offered == ["cn-east-2 华东-上海", "cn-south-1 华南-广州"]
        assert [option["value"] for option in fields["source"]["options"]] == [SOURCE]
        assert [block["optional"] for block in view["blocks"]] == [False, True, False, True]


async def test_the_form_speaks_its_opener_s_language() -> None:
    async with on_stage() as stage:
        view = await opened(stage, SARAH)
        assert (view["title"]["text"], view["submit"]["text"]) == ("Copy images", "Request")


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_images_pasted_as_a_column_become_one_request(transport: Transport) -> None:
    async with on_stage(transport=transport) as stage:
        await opened(stage)
        answer = await sent(stage, images="IMG-WEB\nimg-api，\n", destinations=[SHANGHAI], reason="扩容 <b>")
        assert answer == {}
        assert (await whispered(stage)).startswith("已受理，编号 `cp-")
        await stage.world.slack.wait_for(lambda: stage.sent)
        assert stage.sent == [([API, WEB], SHANGHAI)]
        assert "扩容 &lt;b&gt;" in stage.card().text


async def test_the_accepted_form_answers_its_author_alone_in_the_channel() -> None:
    async with on_stage() as stage:
        await opened(stage, SARAH)
        await sent(stage, SARAH, images=WEB, destinations=[SHANGHAI, GUANGZHOU], source=SOURCE)
        assert (await whispered(stage, SARAH)).startswith("Accepted as `cp-")
        assert stage.world.slack.whispers(SARAH, BEIJING) != []
        assert stage.world.slack.modal(SARAH) is None
        await stage.until_state("watching", "copying")


@pytest.mark.parametrize(
    ("entered", "errors"),
    [
        (
            {"images": "img_web", "destinations": [SHANGHAI]},
            {"images": "镜像 ID 应形如 img-8u2z9kyzdk。无法识别：img_web"},
        ),
        (
            {"images": "img-we**", "destinations": [SHANGHAI]},
            {"images": "img-we** 有几位被星号遮住。请从控制台复制完整的镜像 ID。"},
        ),
        (
            {"images": "，、", "destinations": [SHANGHAI], "reason": "长" * 501},
            {
                "images": "没有写要复制的镜像。请填写镜像 ID。",
                "reason": "原因有 501 个字符，最多 500 个。请缩短。",
            },
        ),
        (
            {"images": "img-1 img-2 img-3", "destinations": [SHANGHAI]},
            {
                "images": "一次最多申请 2 个镜像（规则 max_images）。请分几次申请。"
                "/copy-image permissions 会列出可以调整的人。"
            },
        ),
        (
            {"images": "img-web", "destinations": [SHANGHAI], "reason": " “ ” "},
            {"reason": "此频道的申请须写明原因（规则 reason_required）。"},
        ),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_made(
    entered: dict[str, str | list[str]], errors: dict[str, str]
) -> None:
    async with on_stage(max_images=2, reason_required=True) as stage:
        await opened(stage)
        answer = await sent(stage, WANG_LEI, **{"reason": "扩容", **entered})
        assert answer == {"response_action": "errors", "errors": errors}
        assert await stage.state() == ""
        assert stage.world.slack.modal(WANG_LEI) is not None


async def test_a_wrong_field_is_explained_in_english_too() -> None:
    async with on_stage() as stage:
        await opened(stage, SARAH)
        answer = await sent(stage, SARAH, images="web-base", destinations=[SHANGHAI])
        assert answer["errors"] == {
            "images": "An image ID looks like img-8u2z9kyzdk. Not understood: web-base"
        }


async def test_what_was_allowed_when_the_form_opened_is_judged_again_when_it_is_sent() -> None:
    async with on_stage() as stage:
        await opened(stage)
        await change_rule(stage, destination_regions=[GUANGZHOU])
        answer = await sent(stage, images=WEB, destinations=[SHANGHAI])
        assert answer["errors"] == {
            "destinations": "此频道不允许复制到 cn-east-2 华东-上海（规则 destination_regions）。"
            "/copy-image permissions 会列出可以调整的人。"
        }
        assert await stage.state() == ""


async def test_who_lost_the_right_meanwhile_reads_in_the_window_whom_to_ask() -> None:
    async with on_stage() as stage:
        await opened(stage)
        await change_rule(stage, request=[LI_NA])
        answer = await sent(stage, images=WEB, destinations=[SHANGHAI])
        assert answer["response_action"] == "update"
        words = said(window(stage, WANG_LEI))
        assert (
            words
            == "您在此频道没有申请复制镜像的权限（规则 request）。\n如需调整，请联系频道管理员 <@U0003>。"
        )
        assert await stage.state() == ""


async def test_an_open_request_for_the_same_is_named_at_the_images() -> None:
    async with on_stage() as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}")
        await stage.quiet()
        first = (stage.card().metadata or {})["event_payload"]["request_id"]
        await opened(stage)
        answer = await sent(stage, images=WEB, destinations=[SHANGHAI])
        assert answer["errors"]["images"].startswith(f"{first} 已申请将其中的镜像复制到同一地域")
        assert len(stage.cards()) == 1


async def test_the_same_form_delivered_twice_asks_once() -> None:
    async with on_stage() as stage:
        await opened(stage)
        await sent(stage, images=WEB, destinations=[SHANGHAI])
        await stage.quiet()
        payload = next(
            d.payload for d in stage.world.slack.delivered if d.payload.get("type") == "view_submission"
        )
        answer = await stage.world.slack.deliver("interactive", {**payload, "trigger_id": "another"})
        assert answer.body == {}
        await stage.until_state("watching")
        answers = [whisper.text[:4] for whisper in stage.world.slack.whispers(WANG_LEI)]
        assert answers == ["已受理，", "此命令已"]
        assert len(stage.cards()) == 1
        assert stage.sent == [([WEB], SHANGHAI)]


@pytest.mark.parametrize(
    ("user", "refusal"),
    [(GUEST, "访客账号在此频道没有这项权限"), (LI_NA, "您在此频道没有申请复制镜像的权限")],
)
async def test_who_may_not_ask_gets_no_form(user: str, refusal: str) -> None:
    async with on_stage(request=[WANG_LEI]) as stage:
        assert refusal in await stage.type(user, "/copy-image")
        assert stage.world.slack.modal(user) is None


async def test_in_a_direct_message_the_form_is_explained_instead() -> None:
    async with on_stage() as stage:
        assert (await stage.type(WANG_LEI, "/copy-image", WANG_LEI)).startswith("请在频道中申请复制")
        assert stage.world.slack.modal(WANG_LEI) is None


@pytest.mark.parametrize("error", ["expired_trigger_id", "internal_error"])
async def test_a_window_that_slack_does_not_open_is_explained(error: str) -> None:
    async with on_stage() as stage:
        stage.world.slack.faults.append(Fault("views.open", error=error))
        assert (await stage.type(WANG_LEI, "/copy-image")).startswith("Slack 没有及时打开窗口")
        assert (await stage.type(SARAH, "/copy-image")) == ""


async def test_a_slow_window_is_given_up_in_time() -> None:
    async with on_stage() as stage:
        stage.world.slack.faults.append(Fault("views.open", latency_s=2.5))
        assert (await stage.type(SARAH, "/copy-image")).startswith("Slack didn't open the window in time")
