"""`audit verify` from the chat: whole, broken, and who may ask."""

import pytest
from sqlmodel import text

from bot.demo.scene import SARAH, WANG_LEI, ZHAO_MIN
from store.database import Transaction
from tests.end_to_end.stage import Stage, on_stage

VERIFY = "/copy-image audit verify"


async def test_an_administrator_reads_that_the_trail_is_whole() -> None:
    async with on_stage() as stage:
        await stage.type(ZHAO_MIN, "/copy-image grant @sarah admin")
        first, last = (await stage.type(ZHAO_MIN, VERIFY)).splitlines()
        assert first == "✅ 审计记录完整：2 条，逐条相接"
        assert last.startswith("最后一条的哈希：`")
        assert (await stage.type(SARAH, VERIFY)).startswith("✅ The audit trail is whole: 2 entries")


async def test_an_entry_that_was_changed_is_named() -> None:
    async with on_stage() as stage:
        await stage.type(ZHAO_MIN, "/copy-image grant @sarah admin")
        await tamper(stage)
        first, second = (await stage.type(ZHAO_MIN, VERIFY)).splitlines()
        assert first.startswith("❌ 审计记录自第 2 条（<!date^")
        assert "`copy-image-bot audit export`" in second


@pytest.mark.parametrize("user", [WANG_LEI, SARAH])
async def test_nobody_else_may_ask(user: str) -> None:
    async with on_stage() as stage:
        assert "(rule: admin)" in (answer := await stage.type(user, VERIFY)) or "（规则 admin）" in answer


async def test_a_bot_administrator_may_ask_in_a_direct_message() -> None:
    async with on_stage(bot_admins=(SARAH,)) as stage:
        assert (await stage.type(SARAH, VERIFY, SARAH)).startswith("✅")


async def tamper(stage: Stage) -> None:
    def work(tx: Transaction) -> None:
        tx.execute(text("UPDATE events SET actor = 'U0009' WHERE seq = 2"))

    await stage.world.bot.ports.db.run(work)
