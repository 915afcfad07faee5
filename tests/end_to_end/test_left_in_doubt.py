"""A replica that died between an intent and its answer: whoever takes over says that the outcome isn't certain."""

from datetime import datetime

from bot.demo.scene import WANG_LEI, ZHAO_MIN
from commands.copy import plan
from store import calls, requests
from store.calls import Planned
from store.database import Transaction
from store.lifecycle import CallState, Move
from store.rows import set_where
from store.tables import Call
from tests.end_to_end.stage import SHANGHAI, SOURCE, WEB, on_stage


def died_after_the_intent(tx: Transaction, request_id: str, at: datetime) -> None:
    """What a dead replica leaves: a call that may have gone out, and nobody who holds the request."""
    requests.move(tx, request_id, Move.START, at=at, run_at=at, started_at=at)
    marker = plan.marker(request_id, 1, SOURCE, [WEB])
    calls.plan(tx, request_id, [Planned(SHANGHAI, marker, (WEB,))])
    set_where(
        tx,
        Call,
        [],
        {"state": CallState.SENDING, "attempt": 1, "intent_at": at, "looked": True, "listed": []},
    )


async def test_the_card_says_that_the_outcome_is_not_certain() -> None:
    async with on_stage(bot_admins=ZHAO_MIN) as stage:
        await stage.type(ZHAO_MIN, "/copy-image pause")
        await stage.type(WANG_LEI, f"/copy-image {WEB} to cn-east-2")
        await stage.until_state("approved")
        ports, identity = stage.world.bot.ports, (stage.card().metadata or {})["event_payload"]["request_id"]
        await ports.db.run(lambda tx: died_after_the_intent(tx, identity, ports.now()))
        ports.wake()
        await stage.quiet()
        assert stage.card().text.startswith("⚠️ 确认中")
        await stage.type(ZHAO_MIN, "/copy-image resume")
        await stage.later(lambda: stage.part("mapping-1"))
        assert len(stage.sent) == 1
