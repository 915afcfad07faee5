"""What people do and are told when two replicas race: clicks on their way, and the words of each outcome."""

import asyncio
import re

from sqlmodel import select

from bot.demo.scene import BEIJING, TEAM
from bot.demo.slack import Message
from bot.demo.slack.wire import Json
from commands.rule import Rule, load
from store import permissions, requests
from store.tables import Request
from tests.decision.front import Front

TIMES = range(2)
"""How often each race is run; which replica is faster changes."""

APPROVED = re.compile(r"您已批准 `cp-\w+`|You approved `cp-\w+`")
MORE = re.compile(r"(您已批准|You approved) `cp-\w+`(，还需 1 人批准|; 1 more to go)")
ALREADY = re.compile(r"您已经批准过 `cp-\w+`，还需 1 人批准|You have approved `cp-\w+` already; 1 more to go")
CANCELLED = re.compile(r"已撤回 `cp-\w+`")
STOPPING = re.compile(r"`cp-\w+` 已有调用发往京东云，无法收回.*")
MADE = re.compile(r"已受理，编号 `cp-\w+`|Accepted as `cp-\w+`")
AGAIN = re.compile(r"此命令已受理过，编号 `cp-\w+`|This was accepted before, as `cp-\w+`")
ENDS = ("ready", "rejected", "cancelled", "expired", "failed", "invalid")


def late(verb: str, who: str) -> re.Pattern[str]:
    """A click that came too late is told who was first."""
    english = {
        "批准": "approved this request",
        "驳回": "rejected this request",
        "撤回": "cancelled this request",
    }
    return re.compile(rf"此申请已由 .*<@{who}>.* 于 .* {verb}|.*<@{who}>.* {english[verb]} at .*")


def fits(pattern: re.Pattern[str], *told: str) -> bool:
    return all(pattern.fullmatch(text) for text in told)


def press(
    front: Front, who: str, action: str, request_id: str, card: Message, replica: int = 0
) -> asyncio.Task[str]:
    """A click on its way; what the clicker is told."""
    click = front.click(who, action, f"{request_id}.1", card)

    async def told() -> str:
        return (await front.told(who, click, replica))[0]

    return asyncio.create_task(told())


async def rule_now(front: Front) -> Rule:
    row = await front.bots[0].ports.db.read(
        lambda tx: permissions.current(tx, permissions.Key(TEAM, BEIJING))
    )
    assert row is not None
    return load(row.rule)


async def approvers(front: Front, request_id: str) -> list[str]:
    given = await front.bots[0].ports.db.read(lambda tx: requests.approvals(tx, request_id))
    return [approval.user for approval in given]


async def everyone(front: Front) -> list[Request]:
    return list(await front.bots[0].ports.db.read(lambda tx: tx.exec(select(Request)).all()))


async def opened(front: Front, who: str) -> Json:
    """The window that a click has opened."""
    view: Json = await front.slack.wait_for(lambda: front.slack.modal(who), 30)
    return view


async def summary(front: Front, who: str, replica: int, **entered: str) -> Json:
    """The form opened, changed and sent in; the window that asks to confirm."""
    await front.type(who, "permissions", replica)
    row = await front.bots[0].ports.db.read(
        lambda tx: permissions.current(tx, permissions.Key(TEAM, BEIJING))
    )
    assert row is not None
    await front.send(front.click(who, "permissions_edit", str(row.id), nowhere()), replica)
    form = await opened(front, who)
    values = {key: {"type": "plain_text_input", "value": value} for key, value in entered.items()}
    answer = await front.send(front.window(who, form, values), replica)
    await front.slack.close(who)
    assert answer["response_action"] == "push", answer
    view: Json = answer["view"]
    return {**view, "id": f"V{who}{row.id}"}


async def save(front: Front, who: str, replica: int, **entered: str) -> Json:
    shown = await summary(front, who, replica, **entered)
    return await front.send(front.window(who, shown, {}), replica)


def nowhere() -> Message:
    """Where a click on a whisper comes from."""
    return Message(channel=BEIJING, ts="1.000001", user="U0BOT", text="")
