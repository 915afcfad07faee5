"""Slack at its worst: refusals, pauses, lost answers, deleted messages, and text that wants to be markup."""

import json

import pytest

from bot.demo.jdcloud import Fault
from bot.demo.scene import BEIJING, LI_NA, WANG_LEI
from bot.demo.slack import Fault as SlackFault
from tests.end_to_end.stage import SHANGHAI, WEB, Stage, image, on_stage, part_of

COPY = f"/copy-image {WEB} to cn-east-2"
HOSTILE = "<!channel> *bold* `code` & <@U0001>"


async def ready(stage: Stage) -> None:
    await stage.later(lambda: stage.part("mapping-1"))
    stage.world.cloud.finish()
    await stage.until_state("ready")


def posted(stage: Stage) -> list[str]:
    """Which parts were sent to chat.postMessage, in order, refused and repeated ones too."""
    calls = [c for c in stage.world.slack.calls if c.method == "chat.postMessage"]
    return [c.args["metadata"]["event_payload"]["part"] for c in calls]


@pytest.mark.parametrize("error", ["not_in_channel", "is_archived", "channel_not_found"])
async def test_where_no_card_can_be_posted_its_author_is_told_directly_and_nothing_is_sent(
    error: str,
) -> None:
    async with on_stage() as stage:
        here = SlackFault("chat.postMessage", error=error, when=lambda args: args["channel"] == BEIJING)
        stage.world.slack.faults.append(here)
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("invalid")
        await stage.pass_time(minutes=10)
        told = stage.world.slack.dms(WANG_LEI)
        assert len(told) == 1
        assert "无法在频道中发布申请卡片，因此没有复制任何镜像" in told[0].text
        assert part_of(told[0]) == "outcome"
        assert stage.cards() == []
        assert stage.sent == []


async def test_a_bot_that_is_not_in_the_channel_says_so_at_once() -> None:
    async with on_stage() as stage:
        space = stage.world.slack.workspace
        channel = space.channel(BEIJING)
        assert channel is not None
        channel.members.remove(space.bot_user_id)
        assert await stage.type(WANG_LEI, COPY) == "请先将我加入此频道：`/invite @copy-image`"
        assert await stage.state() == ""


async def test_a_post_whose_answer_is_lost_is_found_and_not_repeated() -> None:
    async with on_stage() as stage:
        stage.world.slack.faults.append(SlackFault("chat.postMessage", drop="after", times=4))
        await stage.type(WANG_LEI, COPY)
        await ready(stage)
        assert posted(stage) == ["card", *stage.parts()]
        assert stage.parts()[-1] == "outcome"


async def test_a_post_that_never_arrived_is_looked_for_and_then_posted() -> None:
    async with on_stage() as stage:
        stage.world.slack.faults.append(SlackFault("chat.postMessage", drop="before"))
        await stage.type(WANG_LEI, COPY)
        await ready(stage)
        assert posted(stage) == ["card", "card", *stage.parts()]
        assert [c.method for c in stage.world.slack.calls].count("conversations.history") == 1


async def test_a_server_error_of_slack_holds_up_messages_but_not_the_copy() -> None:
    async with on_stage() as stage:
        broken = SlackFault(
            "chat.postMessage", status=500, times=50, when=lambda args: args.get("thread_ts") is not None
        )
        stage.world.slack.faults.append(broken)
        await stage.type(WANG_LEI, COPY)
        await stage.later(lambda: stage.world.cloud.accepted)
        stage.world.cloud.finish()
        await stage.later(lambda: stage.card().text.startswith("✅"))
        broken.times = 0
        await stage.later(lambda: stage.part("outcome"))
        assert [name for name in stage.parts() if name != "progress"] == ["mapping-1", "outcome"]


async def test_a_pause_that_slack_asks_for_is_kept() -> None:
    async with on_stage() as stage:
        stage.world.slack.faults.append(SlackFault("chat.postMessage", status=429, retry_after=2))
        await stage.type(WANG_LEI, COPY)
        start = stage.world.bot.ports.now()
        await stage.later(stage.cards)
        assert (stage.world.bot.ports.now() - start).total_seconds() >= 2
        assert posted(stage)[:2] == ["card", "card"]


async def test_a_deleted_card_stops_neither_the_copy_nor_the_rest_of_the_story() -> None:
    async with on_stage() as stage:
        await stage.type(WANG_LEI, COPY)
        await stage.later(lambda: stage.part("mapping-1"))
        stage.world.slack.faults.append(SlackFault("chat.update", error="message_not_found", times=1))
        stage.world.cloud.finish()
        await stage.until_state("ready")
        assert stage.part("outcome") is not None


async def test_a_refused_edit_does_not_come_back_for_ever() -> None:
    async with on_stage() as stage:
        await stage.type(WANG_LEI, COPY)
        await stage.later(lambda: stage.part("mapping-1"))
        stage.world.slack.faults.append(SlackFault("chat.update", error="edit_window_closed", times=100))
        stage.world.cloud.finish()
        await stage.until_state("ready")
        await stage.pass_time(hours=1)
        assert 100 - stage.world.slack.faults[0].times <= 2


async def test_hostile_text_of_images_reasons_and_the_cloud_stays_text() -> None:
    async with on_stage(images=[image(WEB, HOSTILE, os=f"{HOSTILE} 1")], approvals=1) as stage:
        answer = {"requestId": HOSTILE, "error": {"code": 400, "status": HOSTILE, "message": HOSTILE * 200}}
        stage.world.cloud.faults.append(Fault(status=400, body=json.dumps(answer)))
        await stage.type(WANG_LEI, f"{COPY} because {HOSTILE}")
        await stage.until_state("waiting")
        await stage.press(LI_NA, "approve")
        await stage.until_state("failed")
        escaped = "&lt;!channel&gt; *bold* `code` &amp; &lt;@U0001&gt;"
        assert escaped in stage.card().text
        assert escaped in stage.say("error-1")
        assert "<!channel>" not in json.dumps([m.blocks for m in stage.everything()])
        assert stage.sent == [([WEB], SHANGHAI)]


async def test_a_huge_message_of_the_cloud_is_cut_to_what_slack_takes() -> None:
    async with on_stage() as stage:
        answer = {"requestId": "r-1", "error": {"code": 400, "status": "REFUSED", "message": "&" * 50_000}}
        stage.world.cloud.faults.append(Fault(status=400, body=json.dumps(answer)))
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("failed")
        assert "requestId `r-1`" in stage.say("error-1")


@pytest.mark.parametrize("content_type", ["text/html", "application/json"])
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_a_garbled_answer_of_slack_is_survived(method: str, content_type: str) -> None:
    async with on_stage() as stage:
        page = SlackFault(method, body="<html>", content_type=content_type, times=2)
        stage.world.slack.faults.append(page)
        await stage.type(WANG_LEI, COPY)
        await ready(stage)
        assert stage.parts() == ["mapping-1", "progress", "outcome"]


async def test_a_message_that_slack_refuses_for_good_does_not_keep_the_others_from_being_posted() -> None:
    async with on_stage() as stage:
        refused = SlackFault(
            "chat.postMessage",
            error="invalid_blocks",
            times=99,
            when=lambda args: args["metadata"]["event_payload"]["part"] == "mapping-1",
        )
        stage.world.slack.faults.append(refused)
        await stage.type(WANG_LEI, COPY)
        await stage.later(lambda: stage.world.cloud.accepted)
        stage.world.cloud.finish()
        await stage.later(lambda: stage.part("outcome"))
        assert refused.times == 97  # with blocks, and as plain text


async def test_a_card_whose_edit_slack_refused_once_still_shows_the_end() -> None:
    async with on_stage() as stage:
        refused = SlackFault(
            "chat.update", error="invalid_blocks", when=lambda args: args["text"].startswith("⏳")
        )
        stage.world.slack.faults.append(refused)
        await stage.type(WANG_LEI, COPY)
        await ready(stage)
        assert refused.times == 0
        assert stage.card().text.startswith("✅")
