"""A channel whose id changes keeps its permissions, requests and history; one that is renamed keeps everything."""

import sqlite3
from contextlib import closing

import pytest

from bot.demo.scene import BEIJING, LI_NA, SARAH, TEAM, WANG_LEI, ZHAO_MIN
from bot.demo.slack import channel_ids, payloads
from commands.rule import load
from store import audit, permissions
from tests.end_to_end.stage import API, SHANGHAI, WEB, Stage, buttons, on_stage
from tests.end_to_end.test_approval import COMMAND, asked, click_of
from tests.end_to_end.test_approval_changes import approved_but_held, go_on

NEW, NEWEST = "C0099", "C0098"
NOT_SET_UP = (
    "此频道尚未开通镜像复制，不允许任何操作。\n"
    "机器人尚未设置管理员：请安装机器人的人设置 BOT_ADMINS，或用 copy-image-bot permissions apply 导入权限。"
)


async def becomes(stage: Stage, new: str, old: str = BEIJING) -> None:
    await stage.world.slack.change_channel_id(old, new)
    stage.channel = new


async def trail(stage: Stage) -> list[tuple[str, str, object]]:
    """The audit trail's entries about channels' ids."""

    def read(tx: object) -> list[tuple[str, str, object]]:
        found = audit.entries(tx)  # type: ignore[arg-type]  # what a transaction is, is the store's affair
        return [(e.channel, e.actor, e.data) for e in found if e.kind == "channel_id_changed"]

    return await stage.world.bot.ports.db.read(read)


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_an_open_request_goes_on_under_the_new_id(transport: str) -> None:
    async with on_stage(approvals=1, transport="http" if transport == "http" else "socket") as stage:
        answer = await stage.type(WANG_LEI, COMMAND)
        identity = answer.split("`")[1]
        await stage.later(lambda: stage.cards() and "approve" in buttons(stage.card()))
        await becomes(stage, NEW)
        assert await stage.press(LI_NA, "approve") == f"您已批准 `{identity}`"
        await stage.later(lambda: stage.part("mapping-1"))
        stage.world.cloud.finish()
        await stage.later(lambda: stage.part("outcome"))
        assert stage.parts() == ["approval", "mapping-1", "progress", "outcome"]
        assert (len(stage.cards()), stage.sent) == (1, [([WEB], SHANGHAI)])


async def test_a_click_that_still_names_the_former_id_counts() -> None:
    async with on_stage(approvals=1) as stage:
        identity = await asked(stage)
        old = click_of(stage, "approve", f"{identity}.1", LI_NA)
        assert old["channel"]["id"] == BEIJING
        await becomes(stage, NEW)
        slack = stage.world.slack
        await slack.deliver("interactive", old)
        await slack.wait_for(lambda: slack.whispers(LI_NA))  # before any time passes
        await stage.later(lambda: stage.sent)
        assert stage.sent == [([WEB], SHANGHAI)]


async def test_permissions_and_history_are_found_under_the_new_id() -> None:
    async with on_stage() as stage:
        first = (await stage.type(WANG_LEI, COMMAND)).split("`")[1]
        await stage.later(lambda: stage.part("mapping-1"))
        await becomes(stage, NEW)
        assert f"`{first}`" in await stage.type(WANG_LEI, "/copy-image history")
        assert "May request: everyone" in await stage.type(SARAH, "/copy-image permissions")
        answer = await stage.type(WANG_LEI, f"/copy-image {API} to {SHANGHAI}")
        assert answer.startswith("已受理，编号")
        await stage.later(lambda: len(stage.cards()) == 2)


async def test_nobody_is_told_and_the_trail_has_both_ids() -> None:
    async with on_stage() as stage:
        await becomes(stage, NEW)
        await stage.quiet()
        assert stage.everything() == []
        assert await trail(stage) == [(NEW, "bot", {"before": BEIJING, "after": NEW})]


async def test_an_event_that_comes_twice_or_late_changes_nothing_more() -> None:
    async with on_stage() as stage:
        await becomes(stage, NEW)
        first = stage.world.slack.delivered[-1].payload
        await stage.world.slack.deliver("events_api", first)
        await becomes(stage, BEIJING, NEW)
        await stage.world.slack.deliver("events_api", first)
        assert [data for _, _, data in await trail(stage)] == [
            {"before": BEIJING, "after": NEW},
            {"before": NEW, "after": BEIJING},
        ]
        assert (await stage.type(WANG_LEI, COMMAND)).startswith("已受理，编号")


async def test_an_id_that_changes_twice_leads_to_the_newest() -> None:
    async with on_stage(approvals=1) as stage:
        identity = await asked(stage)
        old = click_of(stage, "approve", f"{identity}.1", LI_NA)
        await becomes(stage, NEW)
        await becomes(stage, NEWEST, NEW)
        slack = stage.world.slack
        await slack.deliver("interactive", old)
        await slack.wait_for(lambda: slack.whispers(LI_NA))  # before any time passes
        await stage.later(lambda: stage.sent)
        assert stage.card().channel == NEWEST


async def test_changes_that_are_heard_in_the_wrong_order_lead_to_the_newest() -> None:
    async with on_stage(approvals=1) as stage:
        await asked(stage)
        slack = stage.world.slack
        first = channel_ids.change(slack._state, BEIJING, NEW)
        stage.channel = NEW
        await becomes(stage, NEWEST, NEW)
        assert await stage.type(WANG_LEI, COMMAND) == NOT_SET_UP
        await slack.send_event(first)
        await stage.press(LI_NA, "approve")
        await stage.later(lambda: stage.sent)
        assert (stage.card().channel, len(stage.cards())) == (NEWEST, 1)
        rows = await stage.world.bot.ports.db.read(permissions.everything)
        assert [row.channel for row in rows] == [NEWEST]


async def test_who_changed_the_permissions_under_the_former_id_still_cannot_approve() -> None:
    async with on_stage(approvals=1, approve=[LI_NA, ZHAO_MIN]) as stage:
        await asked(stage)
        await stage.type(ZHAO_MIN, f"/copy-image grant <@{SARAH}> approve")
        await becomes(stage, NEW)
        assert (await stage.press(ZHAO_MIN, "approve")).startswith("您在此申请提交后修改过此频道的权限")
        assert stage.sent == []


async def test_what_was_set_up_for_the_new_id_before_holds() -> None:
    async with on_stage(approvals=1) as stage:
        ports = stage.world.bot.ports
        held = await ports.db.read(lambda tx: permissions.current(tx, permissions.Key(TEAM, BEIJING)))
        assert held is not None
        own = {**held.rule, "approve": [SARAH]}
        key = permissions.Key(TEAM, NEW)
        await ports.db.run(lambda tx: permissions.put(tx, key, own, by="file", at=ports.now()))
        await becomes(stage, NEW)
        rows = await ports.db.read(permissions.everything)
        assert [(row.channel, load(row.rule).approve) for row in rows] == [(NEW, [SARAH])]


async def test_a_request_that_is_approved_but_not_sent_is_judged_by_the_rule_that_moved_along() -> None:
    async with on_stage(approvals=1, bot_admins=ZHAO_MIN) as stage:
        await asked(stage)
        await approved_but_held(stage, LI_NA)
        await becomes(stage, NEW)
        await go_on(stage)
        assert stage.sent == [([WEB], SHANGHAI)]


async def test_an_event_whose_effect_is_not_sure_is_not_acknowledged_and_counts_when_it_comes_again() -> None:
    async with on_stage(transport="http") as stage:
        slack, file = stage.world.slack, stage.world.bot.ports.db.engine.url.database
        assert file is not None
        event = payloads.event_callback(slack._state, channel_ids.change(slack._state, BEIJING, NEW))
        with closing(sqlite3.connect(file, isolation_level=None)) as locked:
            locked.execute("BEGIN EXCLUSIVE")
            assert (await slack.deliver("events_api", event)).status == 425
        assert await trail(stage) == []
        assert (await slack.deliver("events_api", event)).status == 200
        assert [channel for channel, _, _ in await trail(stage)] == [NEW]


async def test_an_event_that_lacks_what_it_is_about_does_nothing() -> None:
    async with on_stage() as stage:
        slack = stage.world.slack
        event = {"type": "channel_id_changed", "old_channel_id": BEIJING}
        for broken in ({}, {"new_channel_id": NEW}, {"new_channel_id": NEW, "event_ts": "soon"}):
            await slack.send_event({**event, **broken})
        assert await trail(stage) == []
        assert (await stage.type(WANG_LEI, COMMAND)).startswith("已受理，编号")


async def test_a_renamed_channel_changes_nothing() -> None:
    async with on_stage(approvals=1) as stage:
        identity = await asked(stage)
        channel = stage.world.slack.workspace.channel(BEIJING)
        assert channel is not None
        channel.name = "ops-everything"
        renamed = {"id": BEIJING, "name": channel.name, "created": 1}
        await stage.world.slack.send_event({"type": "channel_rename", "channel": renamed, "event_ts": "1.0"})
        assert await stage.press(LI_NA, "approve") == f"您已批准 `{identity}`"
        await stage.later(lambda: stage.sent)
        assert await trail(stage) == []
