"""The button below a history that sends all of it as a file, to the one who asked."""

import pytest

from bot.demo.scene import LI_NA, WANG_LEI
from bot.demo.slack import Fault
from tests.end_to_end.stage import API, SHANGHAI, WEB, Stage, buttons, on_stage
from tests.end_to_end.test_approval import COMMAND

SENT = "2 条记录已作为 CSV 文件发到您与我的私信中"


async def two_requests(stage: Stage) -> list[str]:
    answers = [
        await stage.type(WANG_LEI, f"{COMMAND} because =1+1"),
        await stage.type(WANG_LEI, f"/copy-image {API} to {SHANGHAI}"),
    ]
    await stage.later(lambda: len(stage.world.cloud.accepted) == 2)
    return [answer.split("`")[1] for answer in answers]


async def pressed(stage: Stage, user: str, ts: str, *, value: str | None = None) -> str:
    """Press Export below a history; what is whispered then."""
    slack = stage.world.slack
    known = len(slack.whispers(user))
    await slack.press(user, stage.channel, ts, "export", value=value)
    return (await slack.wait_for(lambda: slack.whispers(user)[known:]))[-1].text


async def test_all_of_a_history_is_sent_as_a_file_in_a_direct_message() -> None:
    async with on_stage() as stage:
        first, second = await two_requests(stage)
        reply = await stage.world.slack.type(WANG_LEI, stage.channel, "/copy-image history")
        assert reply.ts is not None
        assert await pressed(stage, WANG_LEI, reply.ts) == SENT
        (told,) = stage.world.slack.dms(WANG_LEI)
        assert (told.text, told.files[0]["name"]) == ("复制历史 · 2 条", "copy-image-history.csv")
        content = (stage.world.slack.file(told.files[0]["id"]) or b"").decode()
        rows = content.splitlines()
        assert rows[0].startswith("request_id,state,team,channel,user,images,")
        assert {row.split(",")[0] for row in rows[1:]} == {first, second}
        assert f",{WEB},cn-north-1,{SHANGHAI},{WEB}=img-" in content
        assert ",'=1+1," in content


async def test_an_empty_history_has_nothing_to_export() -> None:
    async with on_stage() as stage:
        reply = await stage.world.slack.type(WANG_LEI, stage.channel, "/copy-image history")
        assert [e["action_id"] for b in reply.blocks if b["type"] == "actions" for e in b["elements"]] == []


async def test_a_list_is_exported_only_for_whom_it_was_made() -> None:
    async with on_stage() as stage:
        await two_requests(stage)
        reply = await stage.world.slack.type(WANG_LEI, stage.channel, "/copy-image history")
        value = next(e["value"] for b in reply.blocks if b["type"] == "actions" for e in b["elements"])
        other = await stage.world.slack.type(LI_NA, stage.channel, "/copy-image history")
        assert other.ts is not None
        told = await pressed(stage, LI_NA, other.ts, value=value)
        assert told == "此列表已不可用，请重新运行 `/copy-image history`"
        assert [stage.world.slack.dms(user) for user in (WANG_LEI, LI_NA)] == [[], []]


@pytest.mark.parametrize(
    ("method", "fault", "said"),
    [
        ("conversations.open", {"error": "missing_scope"}, "文件未能发出（missing_scope）。"),
        ("files.getUploadURLExternal", {"error": "missing_scope"}, "文件未能发出（missing_scope）。"),
        ("files.completeUploadExternal", {"status": 500}, "文件未能发出（internal_error）。"),
        ("files.getUploadURLExternal", {"drop": "before"}, "文件未能发出（ServerDisconnectedError）。"),
    ],
)
async def test_a_file_that_cannot_be_sent_is_said_so_with_another_way(
    method: str, fault: dict[str, str], said: str
) -> None:
    async with on_stage() as stage:
        await two_requests(stage)
        reply = await stage.world.slack.type(WANG_LEI, stage.channel, "/copy-image history")
        assert reply.ts is not None
        stage.world.slack.faults.append(Fault(method, **fault))  # type: ignore[arg-type]  # by the parameters above
        told = await pressed(stage, WANG_LEI, reply.ts)
        assert told == f"{said}请稍后再试，或请机器人管理员运行 copy-image-bot history --format csv"
        assert buttons(stage.card()) == []
