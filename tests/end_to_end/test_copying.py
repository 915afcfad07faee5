"""The whole story of a copy, in both languages and over both transports."""

import json
from typing import Literal

import pytest

from bot.demo.scene import LI_NA, SARAH, WANG_LEI
from bot.demo.slack import Fault as SlackFault
from tests.end_to_end.stage import API, GUANGZHOU, SHANGHAI, WEB, buttons, on_stage, shown


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_a_request_is_approved_copied_and_reported_in_chinese(
    transport: Literal["socket", "http"],
) -> None:
    async with on_stage(approvals=1, transport=transport, copy_seconds=1) as stage:
        answer = await stage.type(WANG_LEI, f"/copy-image {WEB} {API} 到 上海 因为 扩容")
        await stage.later(lambda: stage.cards() and "approve" in buttons(stage.card()))
        card = stage.card()
        identity = card.metadata["event_payload"]["request_id"] if card.metadata else ""
        assert answer == f"已受理，编号 `{identity}`"
        assert card.text.splitlines()[0] == "⏳ 复制 2 个镜像：cn-north-1 华北-北京 → cn-east-2 华东-上海"
        assert "申请人 <@U0001> · 原因：扩容" in card.text
        assert stage.sent == []
        assert await stage.press(LI_NA, "approve") == f"您已批准 `{identity}`"
        await stage.later(lambda: stage.part("outcome") and stage.card().text.startswith("✅"))
        copies = {source: copy for source, _, copy in stage.world.cloud.accepted}
        lines = [f"`{WEB} → {copies[WEB]}`", f"`{API} → {copies[API]}`"]
        assert sorted(stage.say("mapping-1").splitlines()[1:]) == sorted(lines)
        mapping = stage.part("mapping-1")
        assert mapping is not None
        assert all(line in shown(mapping) for line in lines)
        assert buttons(mapping) == ["mapping_json", "mapping_terraform"]
        assert (
            stage.card().text.splitlines()[0]
            == "✅ 已复制 2 个镜像：cn-north-1 华北-北京 → cn-east-2 华东-上海"
        )
        assert buttons(stage.card()) == []
        assert f"<@{WANG_LEI}> 2 个镜像已在 `cn-east-2` 华东-上海 可用" in stage.say("outcome")
        assert all(line in stage.say("outcome") for line in lines)
        assert [name for name in stage.parts() if name != "progress"] == ["approval", "mapping-1", "outcome"]
        assert [(sorted(images), region) for images, region in stage.sent] == [([API, WEB], SHANGHAI)]


async def test_the_same_story_in_english() -> None:
    async with on_stage(approvals=1, language="en", approve=[LI_NA, SARAH]) as stage:
        answer = await stage.type(SARAH, f"/copy-image {WEB} to Shanghai because more traffic")
        assert answer.startswith("Accepted as `cp-")
        await stage.until_state("waiting")
        assert stage.card().text.splitlines()[0] == "⏳ Copy 1 image: cn-north-1 Beijing → cn-east-2 Shanghai"
        assert "reason: more traffic" in stage.card().text
        assert stage.say("approval").startswith(f"<@{LI_NA}>, please review: <@{SARAH}> asks")
        await stage.press(LI_NA, "approve")
        await stage.later(lambda: stage.part("mapping-1"))
        assert stage.say("mapping-1").startswith(
            "Copying has begun. The new images, not usable until it is done:"
        )
        stage.world.cloud.finish()
        await stage.until_state("ready")
        assert stage.card().text.startswith("✅ 1 image copied: cn-north-1 Beijing → cn-east-2 Shanghai")
        assert "1 image usable in `cn-east-2` Shanghai after" in stage.say("outcome")


async def test_every_message_says_which_request_and_part_it_is() -> None:
    async with on_stage() as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} to cn-east-2")
        await stage.later(lambda: stage.part("mapping-1"))
        stage.world.cloud.finish()
        await stage.until_state("ready")
        metadata = [message.metadata or {} for message in stage.everything()]
        identity = metadata[0]["event_payload"]["request_id"]
        assert [m["event_type"] for m in metadata] == ["copy_image"] * len(metadata)
        assert {m["event_payload"]["request_id"] for m in metadata} == {identity}
        assert [m["event_payload"]["part"] for m in metadata] == ["card", "mapping-1", "progress", "outcome"]


async def test_nothing_is_sent_to_the_cloud_before_the_card_exists() -> None:
    async with on_stage() as stage:
        stage.world.slack.faults.append(SlackFault("chat.postMessage", status=500, times=3))
        await stage.type(WANG_LEI, f"/copy-image {WEB} to cn-east-2")
        await stage.later(lambda: stage.world.slack.faults[0].times == 0)
        assert stage.sent == []
        await stage.later(lambda: stage.part("mapping-1"))
        posted = next(c.at for c in stage.world.slack.calls if c.method == "chat.postMessage" and c.ok)
        assert all(c.at >= posted for c in stage.world.cloud.calls if c.operation == "copyImages")


async def test_progress_is_one_message_that_is_edited_and_ends_when_the_copies_are_usable() -> None:
    async with on_stage() as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} {API} to cn-east-2")
        await stage.later(lambda: stage.part("progress"))
        first, second = [copy for _, _, copy in stage.world.cloud.accepted]
        stage.world.cloud.set_progress(first, 71)
        stage.world.cloud.set_progress(second, 53)
        await stage.later(lambda: "62%" in stage.say("progress"))
        assert stage.say("progress").startswith("▓▓▓▓▓▓░░░░ 62% · ")
        assert f"`{first}` 71%" in stage.say("progress")
        assert f"`{second}` 53%" in stage.say("progress")
        assert stage.say("progress") in stage.card().text
        stage.world.cloud.set_progress(first, 74)
        await stage.pass_time(minutes=2)
        edits = len(stage.part("progress").history)  # type: ignore[union-attr]
        assert "71%" in stage.say("progress"), "less than ten points further is not worth an edit"
        stage.world.cloud.finish()
        await stage.until_state("ready")
        assert stage.parts().count("progress") == 1
        assert "100%" in stage.say("progress")
        assert len(stage.part("progress").history) == edits + 1  # type: ignore[union-attr]


async def test_the_buttons_under_a_mapping_give_it_as_json_and_for_terraform() -> None:
    async with on_stage() as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} to cn-east-2")
        await stage.later(lambda: stage.part("mapping-1"))
        copy = stage.world.cloud.accepted[0][2]
        mapping = stage.part("mapping-1")
        said = await stage.press(WANG_LEI, "mapping_json", mapping)
        assert stage.world.slack.whispers(WANG_LEI)[-1].thread_ts == stage.card().ts
        assert json.loads(said.strip("`")) == {WEB: copy}
        terraform = await stage.press(LI_NA, "mapping_terraform", mapping)
        assert f'"{WEB}" = "{copy}"' in terraform


async def test_several_destinations_are_copied_to_one_after_the_other() -> None:
    async with on_stage() as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} to cn-east-2,cn-south-1")
        await stage.later(lambda: stage.part("mapping-1"))
        await stage.pass_time(minutes=5)
        assert stage.sent == [([WEB], SHANGHAI)]
        stage.world.cloud.finish()
        await stage.later(lambda: stage.part("mapping-2"))
        assert stage.sent == [([WEB], SHANGHAI), ([WEB], GUANGZHOU)]
        assert "`cn-south-1` 华南-广州" in stage.say("mapping-2")
        stage.world.cloud.finish()
        await stage.until_state("ready")
        assert stage.parts() == ["mapping-1", "progress", "mapping-2", "outcome"]


async def test_two_requests_for_one_copy_are_one() -> None:
    async with on_stage() as stage:
        first = await stage.type(WANG_LEI, f"/copy-image {WEB} {API} to cn-east-2")
        second = await stage.type(LI_NA, f"/copy-image {WEB} to cn-east-2")
        identity = first.split("`")[1]
        assert second.startswith(f"`{identity}` 已申请将其中的镜像复制到同一地域，尚未结束")
        await stage.until_state("watching")
        assert len(stage.cards()) == 1
