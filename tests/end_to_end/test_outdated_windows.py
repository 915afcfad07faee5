"""Windows that come back with something else than what the bot put into them are answered, and leave one line in the log."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.demo.scene import BEIJING, TEAM, ZHAO_MIN
from tests.end_to_end.stage import Stage, on_stage
from tests.end_to_end.windows import rule_of

GARBAGE = [
    "",
    "x",
    "\x00",
    "[]",
    "3",
    "null",
    "[" * 3_000,
    '{"channel": {}, "version": []}',
    "cp-1.1 nowhere",
]
OUTDATED = "此窗口已失效，因此没有执行任何操作。请关闭后重新打开。"


async def sent_in(stage: Stage, callback_id: str, metadata: str) -> Mapping[str, Any]:
    """A window that was never opened, sent in by an administrator."""
    slack = stage.world.slack
    inputs = [{"type": "input", "block_id": block} for block in ("images", "region", "reason", "request")]
    view = {"id": "V1", "type": "modal", "callback_id": callback_id, "private_metadata": metadata}
    payload = {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "demo"},
        "user": {"id": ZHAO_MIN, "username": "x", "team_id": TEAM},
        "api_app_id": slack.workspace.app_id,
        "trigger_id": slack._state.new_trigger(ZHAO_MIN),
        "view": {**view, "blocks": inputs, "state": {"values": {}}},
        "response_urls": [],
    }
    answer: Mapping[str, Any] = (await slack.deliver("interactive", payload)).body
    return answer


@pytest.mark.parametrize(
    "callback_id",
    ["request", "confirm_emergency", "permissions", "permissions_confirm", "reject", "confirm_region"],
)
async def test_a_window_whose_memory_is_garbage_is_said_to_be_out_of_date(callback_id: str) -> None:
    async with on_stage() as stage:
        before = await rule_of(stage)
        for metadata in GARBAGE:
            with capture_logs() as logs:
                answer = await sent_in(stage, callback_id, metadata)
            assert answer["response_action"] == "update", metadata
            assert OUTDATED in json.dumps(answer["view"], ensure_ascii=False)
            assert [(log["event"], log["callback_id"]) for log in logs if "callback_id" in log] == [
                ("window_not_understood", callback_id)
            ]
        assert (await rule_of(stage), stage.cards()) == (before, [])


@pytest.mark.parametrize("changes", [{"approvals": "many"}, {"no such key": 1}])
async def test_a_summary_made_by_another_version_of_the_bot_asks_to_open_the_form_again(
    changes: dict[str, Any],
) -> None:
    async with on_stage() as stage:
        before = await rule_of(stage)
        metadata = json.dumps({"channel": BEIJING, "version": 1, "changes": changes})
        answer = await sent_in(stage, "permissions_confirm", metadata)
        assert "请关闭后重新打开再修改" in json.dumps(answer["view"], ensure_ascii=False)
        assert await rule_of(stage) == before
