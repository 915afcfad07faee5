"""The page on a small workspace and a small cloud, and a toy bot that posts a card with buttons."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette

from bot.demo.jdcloud import CloudStandIn, Image
from bot.demo.page import Role, Step, routes, usual_steps
from bot.demo.slack import Channel, Group, SlackStandIn, User, Workspace
from bot.demo.slack.server import LocalServer
from commands.text import Language, Text
from tests.bot.demo.slack_office import actions, bolt, button, connected, modal, section, text_input

BOT = "U0BOT"
WANG, LI, ZHAO, SUN, GUEST, JANE = "U0001", "U0002", "U0003", "U0004", "U0005", "U0006"
BEIJING, GLOBAL = "C0001", "C0002"
WEB, API, SECRET = "img-8u2z9kyzdk", "img-p3f0c1x7ab", "img-e5n2c8r1pt"

CAST = [
    Role(WANG, Text("申请人", "Requester")),
    Role(LI, Text("审批人", "Approver")),
    Role(ZHAO, Text("管理员", "Administrator")),
    Role(SUN, Text("无权限", "No rights here")),
    Role(GUEST, Text("访客", "Guest")),
    Role(JANE, Text("英文用户", "Speaks English")),
]


def workspace() -> Workspace:
    return Workspace(
        name="云上运维",
        users=[
            User(WANG, "wanglei", "王磊"),
            User(LI, "lina", "李娜"),
            User(ZHAO, "zhaomin", "赵敏"),
            User(SUN, "sunwei", "孙伟"),
            User(GUEST, "guest", "周访", is_restricted=True),
            User(JANE, "jane", "Jane Cole", locale="en-US"),
        ],
        groups=[Group("S0001", "ops-leads", "Ops leads", [LI, ZHAO])],
        channels=[
            Channel(BEIJING, "ops-beijing", [WANG, LI, ZHAO, SUN, GUEST, JANE, BOT]),
            Channel(GLOBAL, "ops-global", [WANG, LI, ZHAO, JANE, BOT]),
        ],
    )


def images() -> list[Image]:
    return [
        Image(WEB, "web-base-0915", "cn-north-1"),
        Image(API, "api-base-0915", "cn-north-1", os="Ubuntu 22.04 64位", size_gb=60),
        Image(SECRET, "db-base-0901", "cn-north-1", encrypted=True),
        Image("img-pub1icc0pt", "CentOS 7.9", "cn-east-2", source="public"),
    ]


def card(words: str, *buttons: dict[str, Any]) -> dict[str, Any]:
    blocks = [section(words)] + ([actions(*buttons)] if buttons else [])
    return {"text": words, "blocks": blocks}


ASKED = (
    f"⏳ *复制 1 个镜像：cn-north-1 华北-北京 → cn-east-2 华东-上海*\n申请人 <@{WANG}> · `{WEB}`\n"
    f"需要 1 人批准：<@{LI}> 或 <!subteam^S0001>；<!date^1900000000^{{date_num}} {{time}}|later> 前"
)
FORM = modal(
    text_input("images"),
    text_input("reason", multiline=True),
    {
        "type": "input",
        "block_id": "approve",
        "optional": True,
        "label": {"type": "plain_text", "text": "approvers"},
        "element": {"type": "multi_users_select", "action_id": "value", "initial_users": [LI]},
    },
)


def toy_bot(slack: SlackStandIn) -> AsyncApp:
    """Posts a card for a request, opens a form without one, and answers an approval in the thread."""
    app = bolt(slack)
    ask = button("approve", "cp-1", style="primary", text={"type": "plain_text", "text": "批准"})

    @app.command("/copy-image")
    async def command(ack: Any, body: dict[str, Any], client: Any) -> None:
        if not body["text"]:
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)
            await ack()
        elif body["text"].startswith("img-"):
            await client.chat_postMessage(channel=body["channel_id"], **card(ASKED, ask))
            await ack("已受理，编号 `cp-1`")
        else:
            await ack("没有这个命令 &lt;b&gt;x&lt;/b&gt;")

    @app.action("approve")
    async def approve(ack: Any, body: dict[str, Any], client: Any) -> None:
        place = {"channel": body["channel"]["id"]}
        ts, who = body["message"]["ts"], body["user"]["id"]
        await client.chat_update(**place, ts=ts, **card(f"⏳ *复制中* · 由 <@{who}> 批准"))
        await client.chat_postMessage(**place, thread_ts=ts, text=f"`{WEB} → img-q7d1m4s8re`")
        await ack()

    @app.view("request")
    async def request(ack: Any, view: dict[str, Any]) -> None:
        value = view["state"]["values"]["images"]["value"]["value"]
        if value == "img-next":
            await ack(response_action="push", view=modal(section("再看一遍")))
            return
        wrong = {"response_action": "errors", "errors": {"images": f"镜像 ID 无法识别：{value}"}}
        await (ack() if value == WEB else ack(**wrong))

    return app


@dataclass
class Jumps:
    """A time that jumps, and remembers by how much."""

    passed: list[timedelta] = field(default_factory=list)

    def now(self) -> datetime:
        return datetime.now(UTC) + sum(self.passed, timedelta())

    async def let_pass(self, time: timedelta) -> None:
        self.passed.append(time)


@dataclass
class Office:
    url: str
    slack: SlackStandIn
    cloud: CloudStandIn
    time: Jumps
    closing: asyncio.Event


@asynccontextmanager
async def served(*, with_bot: bool = True) -> AsyncIterator[Office]:
    """The page, served on 127.0.0.1."""
    async with SlackStandIn(workspace()) as slack, CloudStandIn() as cloud:
        for image in images():
            cloud.add(image)
        steps: dict[Language, list[Step]] = {
            "zh": usual_steps("zh", cloud, requester=WANG, approver=(LI, "李娜"), channel=BEIJING),
            "en": usual_steps("en", cloud, requester=JANE, approver=(LI, "李娜"), channel=GLOBAL),
        }
        time, closing = Jumps(), asyncio.Event()
        page = Starlette(routes=routes(slack, cloud, time, cast=CAST, steps=steps, closing=closing))
        server = LocalServer(page, 0)
        await server.start()
        office = Office(server.url, slack, cloud, time, closing)
        try:
            if with_bot:
                async with connected(slack, toy_bot(slack), transport="socket"):
                    yield office
            else:
                yield office
        finally:
            closing.set()
            await server.stop()
