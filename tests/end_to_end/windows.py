"""What people do with the bot's windows, and what else happens to a channel's rule meanwhile."""

from typing import Any

from bot.demo.scene import TEAM, WANG_LEI
from bot.demo.slack.wire import Json
from commands.rule import Rule, load
from store.database import Transaction
from store.permissions import Key, current, put
from tests.end_to_end.stage import Stage


def window(stage: Stage, user: str) -> Json:
    """The window that somebody has open."""
    view: Json | None = stage.world.slack.modal(user)
    assert view is not None, f"{user} has no window open"
    return view


async def opened(stage: Stage, user: str = WANG_LEI) -> Json:
    """The form that `/copy-image` alone opens."""
    assert await stage.type(user, "/copy-image") == ""
    return window(stage, user)


async def sent(stage: Stage, user: str = WANG_LEI, **values: str | list[str]) -> Json:
    """Fill in the open window and send it; how the bot answered."""
    return await stage.world.slack.submit(user, dict(values))


async def whispered(stage: Stage, user: str = WANG_LEI, *, known: int = 0) -> str:
    """The newest word to one person alone, once there are more than those `known` before."""
    slack = stage.world.slack
    return (await slack.wait_for(lambda: slack.whispers(user)[known:]))[-1].text


def inputs(view: Json) -> dict[str, Json]:
    """Block → its element."""
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


def said(view: Json) -> str:
    """What a window without inputs says."""
    return "\n".join(block["text"]["text"] for block in view["blocks"] if block["type"] == "section")


async def rule_of(stage: Stage, channel: str | None = None) -> Rule | None:
    """What a channel allows now."""
    key = Key(TEAM, channel or stage.channel)
    row = await stage.world.bot.ports.db.read(lambda tx: current(tx, key))
    return load(row.rule) if row else None


async def change_rule(stage: Stage, **changes: Any) -> None:
    """Somebody else changes the channel's rule."""
    key, at = Key(TEAM, stage.channel), stage.world.bot.ports.now()

    def work(tx: Transaction) -> None:
        row = current(tx, key)
        put(tx, key, {**(row.rule if row else {}), **changes}, by="file", at=at)

    await stage.world.bot.ports.db.run(work)
