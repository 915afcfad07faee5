"""A message whose content Slack doesn't take: said in plain text instead, and never tried for ever."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.demo.scene import WANG_LEI
from bot.demo.slack import Fault
from bot.demo.slack.wire import Json
from tests.end_to_end.stage import Stage, on_stage, part_of
from tests.end_to_end.test_approval import COMMAND

ERRORS = ["invalid_blocks", "msg_blocks_too_long", "msg_too_long"]


def refused(part: str, error: str, *, plain_too: bool = False, method: str = "chat.postMessage") -> Fault:
    """Slack doesn't take this part with blocks, or at all."""

    def here(args: Json) -> bool:
        said = args.get("metadata", {}).get("event_payload", {}).get("part", "card")
        return said == part and (plain_too or bool(args.get("blocks")))

    return Fault(method, error=error, times=1_000, when=here)


def errors(logs: list[Any]) -> list[str]:
    return [log["event"] for log in logs if log["log_level"] == "error"]


async def ready(stage: Stage) -> None:
    await stage.later(lambda: stage.world.cloud.accepted)
    stage.world.cloud.finish()
    await stage.until_state("ready")


@pytest.mark.parametrize("error", ERRORS)
async def test_a_card_whose_blocks_slack_refuses_is_posted_as_plain_text_and_the_copy_goes_on(
    error: str,
) -> None:
    async with on_stage() as stage:
        stage.world.slack.faults.append(refused("card", error))
        await stage.type(WANG_LEI, COMMAND)
        await ready(stage)
        assert [bool(card.blocks) for card in stage.cards()] == [True]  # the edits that came later were taken
        assert stage.cards()[0].history[0].startswith("🔎 复制 1 个镜像")


@pytest.mark.parametrize("error", ERRORS)
async def test_a_card_that_slack_refuses_altogether_ends_the_request_and_its_author_is_told(
    error: str,
) -> None:
    async with on_stage() as stage:
        fault = refused("card", error, plain_too=True)
        stage.world.slack.faults.append(fault)
        with capture_logs() as logs:
            await stage.type(WANG_LEI, COMMAND)
            await stage.until_state("invalid")
            await stage.pass_time(hours=24)
        assert errors(logs) == ["slack_refused"]
        assert (1_000 - fault.times, stage.cards(), stage.sent) == (2, [], [])
        assert [(part_of(m), m.text.splitlines()[-1]) for m in stage.world.slack.dms(WANG_LEI)] == [
            (
                "outcome",
                f"Slack 不接受申请卡片的内容（`{error}`），因此没有复制任何镜像。请告知机器人管理员",
            )
        ]


async def test_another_message_that_slack_refuses_altogether_is_left_out_and_logged() -> None:
    async with on_stage() as stage:
        fault = refused("mapping-1", "invalid_blocks", plain_too=True)
        stage.world.slack.faults.append(fault)
        with capture_logs() as logs:
            await stage.type(WANG_LEI, COMMAND)
            await ready(stage)
            await stage.pass_time(hours=24)
        assert errors(logs) == ["message_refused"]
        assert 1_000 - fault.times == 2
        assert stage.parts() == ["progress", "outcome"]


async def test_an_edit_that_slack_refuses_altogether_waits_for_what_the_card_says_next() -> None:
    async with on_stage() as stage:
        fault = refused("card", "invalid_blocks", plain_too=True, method="chat.update")
        stage.world.slack.faults.append(fault)
        await stage.type(WANG_LEI, COMMAND)
        await stage.later(lambda: stage.world.cloud.accepted)
        fault.times = 0
        stage.world.cloud.finish()
        await stage.until_state("ready")
        assert stage.card().text.startswith("✅")


async def test_a_rejected_notice_about_permissions_is_said_in_plain_text() -> None:
    async with on_stage() as stage:
        fault = refused("card", "invalid_blocks")
        stage.world.slack.faults.append(fault)
        await stage.type("U0003", "/copy-image revoke everyone request")
        notices = await stage.world.slack.wait_for(lambda: stage.world.slack.messages(stage.channel))
        assert notices[0].text.splitlines()[0] == "<@U0003> 更改了此频道的镜像复制权限"
