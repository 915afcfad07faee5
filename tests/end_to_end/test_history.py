"""History: what was asked for, by whom it can be seen, filtered and a page at a time."""

import re
from datetime import timedelta

import pytest

from bot.demo.scene import BEIJING, CHEN_YU, GLOBAL, GUEST, LI_NA, SARAH, WANG_LEI, ZHAO_MIN
from bot.demo.slack import User
from store import requests
from store.database import Transaction
from store.tables import Request
from tests.end_to_end.stage import API, DB, GUANGZHOU, SHANGHAI, WEB, Stage, image, on_stage, permissions

BOTH = permissions(BEIJING)[:-2] + "," + permissions(GLOBAL, admin=[SARAH])[len('{"channels": [') :]
RANDOM = "C0003"


def ids(text: str) -> list[str]:
    """The requests that a list names, in its order."""
    return re.findall(r"`(cp-\w+)`", text)


async def ask(stage: Stage, who: str, line: str, channel: str = BEIJING) -> str:
    """Ask for a copy, give its id, and let a minute pass so that the next one is newer."""
    answer = await stage.type(who, f"/copy-image {line}", channel)
    await stage.pass_time(minutes=1)
    return answer.split("`")[1]


async def grown(stage: Stage, identity: str, more: int) -> list[str]:
    """So many more requests like this one, each a minute newer, as if they had been made and had ended; all ids."""
    ids_ = [f"cp-more{n:02}" for n in range(more)]

    def work(tx: Transaction) -> None:
        request = requests.get(tx, identity)
        assert request is not None
        for number, new in enumerate(ids_, 1):
            row = request.model_dump() | {"id": new, "delivery": new, "show_at": None, "run_at": None}
            row["created_at"] += timedelta(minutes=number)
            tx.add(Request.model_validate(row))

    await stage.world.bot.ports.db.run(work)
    return [identity, *ids_]


async def test_filters_narrow_the_list_newest_first() -> None:
    async with on_stage(permission_file=BOTH, copy_seconds=1) as stage:
        first = await ask(stage, WANG_LEI, f"{WEB} to {SHANGHAI}")
        second = await ask(stage, LI_NA, f"{API} to {GUANGZHOU}")
        await stage.pass_time(hours=2)
        third = await ask(stage, WANG_LEI, f"img-none to {SHANGHAI}")
        other = await ask(stage, LI_NA, f"{DB} to {SHANGHAI}", GLOBAL)
        table = {
            "history": [third, second, first],
            "历史": [third, second, first],
            "history mine": [third, first],
            f"history <@{LI_NA}>": [second],
            f"history {WEB}": [first],
            f"history {GUANGZHOU}": [second],
            "history ready": [second, first],
            "history 已完成": [second, first],
            "history invalid": [third],
            "history last 1h": [third],
            "history mine ready": [first],
            "history failed": [],
        }
        found = {line: ids(await stage.type(WANG_LEI, f"/copy-image {line}")) for line in table}
        assert found == table
        assert await stage.type(WANG_LEI, "/copy-image history failed") == (
            "此频道的复制 · 0 条\n没有符合条件的记录。"
        )
        assert ids(await stage.type(LI_NA, "/copy-image history mine", LI_NA)) == [other, second]


async def test_all_shows_the_channels_that_the_asker_administers() -> None:
    async with on_stage(permission_file=BOTH, bot_admins=CHEN_YU) as stage:
        here = await ask(stage, WANG_LEI, f"{WEB} to {SHANGHAI}")
        there = await ask(stage, LI_NA, f"{API} to {SHANGHAI}", GLOBAL)
        shown = {
            who: ids(await stage.type(who, "/copy-image history all"))
            for who in (ZHAO_MIN, SARAH, CHEN_YU, WANG_LEI)
        }
        assert shown == {ZHAO_MIN: [here], SARAH: [there], CHEN_YU: [there, here], WANG_LEI: []}
        assert await stage.type(WANG_LEI, "/copy-image history all") == (
            "您没有管理任何频道。查看此频道的复制：`/copy-image history`"
        )


async def test_what_did_not_succeed_says_why_in_a_few_words() -> None:
    images = [image(WEB, plays="forbidden"), image(API), image(DB, encrypted=True)]
    async with on_stage(images=images) as stage:
        await ask(stage, WANG_LEI, f"{WEB} to {SHANGHAI}")
        await ask(stage, WANG_LEI, f"{API} {DB} to {SHANGHAI}")
        await ask(stage, WANG_LEI, f"img-none to {SHANGHAI}")
        lines = (await stage.type(WANG_LEI, "/copy-image history")).splitlines()[1:]
        assert [line.split(" · ")[1:3] for line in lines] == [
            ["1 个镜像", "镜像不存在"],
            ["2 个镜像中有 1 个无法复制", "带有加密快照"],
            ["1 个镜像", "访问密钥权限不足"],
        ]
        assert "?" not in lines[0].split("` ")[1]


async def test_only_the_asker_sees_the_list() -> None:
    async with on_stage() as stage:
        await ask(stage, WANG_LEI, f"{WEB} to {SHANGHAI}")
        before = len(stage.everything())
        await stage.type(LI_NA, "/copy-image history")
        await stage.quiet()
        assert len(stage.everything()) == before
        assert ids(stage.world.slack.whispers(LI_NA)[-1].text) != []


@pytest.mark.parametrize(
    ("who", "line", "told"),
    [
        (GUEST, "history", "访客账号在此频道没有这项权限（规则 request）。"),
        (GUEST, "status {id}", "访客账号在此频道没有这项权限（规则 request）。"),
        (GUEST, "history mine", "您的复制 · 0 条"),
    ],
)
async def test_a_guest_who_may_not_request_sees_nothing_of_the_channel(
    who: str, line: str, told: str
) -> None:
    async with on_stage() as stage:
        identity = await ask(stage, WANG_LEI, f"{WEB} to {SHANGHAI}")
        answer = await stage.type(who, f"/copy-image {line.format(id=identity)}")
        assert answer.startswith(told)
        assert identity not in answer


async def test_an_unknown_channel_has_no_history_but_ones_own() -> None:
    async with on_stage(bot_admins=ZHAO_MIN) as stage:
        mine = await ask(stage, WANG_LEI, f"{WEB} to {SHANGHAI}")
        assert (await stage.type(WANG_LEI, "/copy-image history", RANDOM)).startswith(
            "此频道尚未开通镜像复制"
        )
        assert ids(await stage.type(WANG_LEI, "/copy-image history mine", RANDOM)) == [mine]


async def test_more_than_ten_come_in_pages_that_only_their_asker_can_turn() -> None:
    async with on_stage() as stage:
        made = await grown(stage, await ask(stage, WANG_LEI, f"{WEB} to {SHANGHAI}"), 11)
        slack = stage.world.slack
        first = await slack.type(LI_NA, BEIJING, "/copy-image history")
        assert first.ts is not None
        assert first.text.splitlines()[0] == "此频道的复制 · 12 条 · 第 1/2 页"
        assert ids(first.text) == made[:1:-1]
        await slack.press(LI_NA, BEIJING, first.ts, "history_page")
        second = await slack.wait_for(
            lambda: next((w for w in slack.whispers(LI_NA) if "第 2/2 页" in w.text), None)
        )
        assert ids(second.text) == made[1::-1]
        value = next(e["value"] for b in first.blocks if b["type"] == "actions" for e in b["elements"])
        identity = value.rpartition(".")[0]
        forged = [
            value,
            f"{identity}.0",
            f"{identity}.-1",
            f"{identity}.²",
            f"{identity}.{'9' * 30}",
            "x.1",
            "",
        ]
        card, said = stage.card(), stage.card().text
        for number, forgery in enumerate(forged):
            who = SARAH if number == 0 else LI_NA
            gone = ("This list is gone; run", "此列表已不可用，请重新运行")
            assert (await stage.press(who, "history_page", card, value=forgery)).startswith(gone)
        assert stage.card().text == said


async def test_foreign_words_in_a_list_are_shown_as_they_are_and_mention_nobody() -> None:
    async with on_stage(approvals=1) as stage:
        await ask(stage, WANG_LEI, f"{WEB} to {SHANGHAI} because <!channel> & <@{LI_NA}>")
        slack = stage.world.slack
        await slack.press(LI_NA, BEIJING, stage.card().ts, "reject")
        await slack.wait_for(lambda: slack.modal(LI_NA))
        assert await slack.submit(LI_NA, {"reason": "<!here> *no* `x`"}) == {}
        await stage.quiet()
        shown = await stage.type(WANG_LEI, "/copy-image history")
        assert "已驳回：“&lt;!here&gt; *no* `x`”" in shown


async def test_the_history_of_a_stranger_is_empty() -> None:
    async with on_stage() as stage:
        slack = stage.world.slack
        slack.workspace.users.append(User("U0007", "x", "X", is_bot=True))
        channel = slack.workspace.channel(BEIJING)
        assert channel is not None
        channel.members.append("U0007")
        assert await stage.type("U0007", "/copy-image history mine") == "机器人不能使用此功能。"
