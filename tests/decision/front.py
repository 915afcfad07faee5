"""Two real bots on one PostgreSQL between one pair of stand-ins, and somebody who signs payloads for either by hand."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import httpx
from structlog.testing import capture_logs

from bot.app import Bot, running, utc_now
from bot.demo.jdcloud import CloudStandIn, Image
from bot.demo.scene import BEIJING, TEAM, workspace
from bot.demo.slack import Message, SlackStandIn
from bot.demo.slack.delivery import sign
from bot.demo.slack.wire import Json
from bot.demo.world import _settings, load_permissions
from store import requests
from store.tables import Request
from tests.end_to_end.stage import SHANGHAI, SOURCE, permissions

FORM = "application/x-www-form-urlencoded"
BUSY = ("数据库暂时不可用", "The database can't be reached", "Slack 暂时没有答复", "Slack didn't say in time")
"""How the bot says, on a machine under load, that nothing was done: then people do it again."""
UNSURE = ("不确定是否已执行", "it isn't certain whether this was done")
"""How it says that it can't tell."""
_WITHIN_S = 30
_PLENTY = 1_000_000


@dataclass(frozen=True)
class Front:
    """The front doors of the bots: `send` signs like Slack, to whichever replica."""

    slack: SlackStandIn
    cloud: CloudStandIn
    bots: Sequence[Bot]
    http: httpx.AsyncClient

    async def send(self, payload: Json, replica: int = 0) -> Json:
        """Deliver an interaction; how it was acknowledged."""
        while busy(str(answer := await self.post(form(payload), replica))):
            pass
        return answer

    async def post(self, body: bytes, replica: int = 0) -> Json:
        """Deliver any body, signed now; how it was acknowledged."""
        answer = await self.deliver(body, replica)
        assert answer.status_code == 200, answer.text
        told: Json = json.loads(answer.text) if answer.text.startswith("{") else {}
        return told

    async def deliver(self, body: bytes, replica: int = 0) -> httpx.Response:
        """The answer to any body, signed now."""
        at = str(int(time.time()))
        signature = sign(self.slack.workspace.signing_secret, at, body)
        headers = {"Content-Type": FORM, "X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature}
        url = f"http://127.0.0.1:{self.bots[replica].port}/slack/events"
        return await self.http.post(url, content=body, headers=headers)

    def line(self, user: str, text: str, channel: str = BEIJING, **changes: str) -> bytes:
        """A typed command's body."""
        state = self.slack._state
        fields = {
            "team_id": TEAM,
            "channel_id": channel,
            "user_id": user,
            "command": "/copy-image",
            "text": text,
        }
        fields["trigger_id"] = state.new_trigger(user)
        fields["response_url"] = state.new_response_url(channel, user)
        return urlencode({**fields, **changes}).encode()

    async def type(self, user: str, text: str, replica: int = 0, channel: str = BEIJING) -> str:
        """Type a command; the answer to its author alone."""
        return await self.say(self.line(user, text, channel), replica)

    async def say(self, line: bytes, replica: int = 0) -> str:
        """The same for a command's body; where no answer comes in time, the same delivery again tells what was done."""
        while True:
            answer = str((await self.post(line, replica)).get("text", ""))
            if not busy(answer) and not any(words in answer for words in UNSURE):
                return answer

    def click(self, who: str, action: str, value: str, card: Message, **changes: Any) -> Json:
        """A press of a button of a card."""
        state = self.slack._state
        button = {"type": "button", "action_id": action, "block_id": "b", "value": value}
        container = {"type": "message", "message_ts": card.ts, "channel_id": card.channel}
        return {
            **self._act("block_actions", who),
            "channel": {"id": card.channel, "name": "x"},
            "container": container,
            "actions": [{**button, "action_ts": state.conversations.next_ts()}],
            "response_url": state.new_response_url(card.channel, who),
            **changes,
        }

    def window(self, user: str, view: Json, values: Mapping[str, Json]) -> Json:
        """An open window sent in."""
        state = {"values": {block: {"value": entered} for block, entered in values.items()}}
        return {**self._act("view_submission", user), "view": {**view, "state": state}, "response_urls": []}

    def _act(self, kind: str, user: str) -> Json:
        return {
            "type": kind,
            "team": {"id": TEAM, "domain": "demo"},
            "user": {"id": user, "username": user.lower(), "team_id": TEAM},
            "api_app_id": self.slack.workspace.app_id,
            "trigger_id": self.slack._state.new_trigger(user),
        }

    async def told(self, user: str, click: Json, *replicas: int) -> list[str]:
        """What somebody is whispered about a click that reaches these replicas at once."""
        known = len(self.slack.whispers(user))
        await asyncio.gather(*(self.post(form(click), replica) for replica in replicas))
        new = await self.slack.wait_for(
            lambda: w if len(w := self.slack.whispers(user)[known:]) >= len(replicas) else [], _WITHIN_S
        )
        texts = [whisper.text for whisper in new if not busy(whisper.text)]
        again = len(replicas) - len(texts)
        return texts + (await self.told(user, click, *replicas[:again]) if again else [])

    async def request(self, request_id: str) -> Request:
        """The request as it is in the store."""
        found = await self.bots[0].ports.db.read(lambda tx: requests.get(tx, request_id))
        assert found is not None
        return found

    async def until(self, request_id: str, *states: str) -> str:
        """Wait until a request comes to one of these states; which."""
        async with asyncio.timeout(_WITHIN_S):
            while (found := await self.request(request_id)).state.value not in states:
                assert not found.state.ended, (found.state, found.outcome)
                await asyncio.sleep(0.02)
            return found.state.value

    async def card(self, request_id: str) -> Message:
        """The request's card, once it is there."""
        return await self.slack.wait_for(lambda: self._card(request_id), _WITHIN_S)

    def _card(self, request_id: str) -> Message | None:
        about = [(m, (m.metadata or {}).get("event_payload", {})) for m in self.slack.messages(BEIJING)]
        found = [m for m, told in about if (told.get("request_id"), told.get("part")) == (request_id, "card")]
        return found[0] if found else None

    def image(self, identity: str, **facts: Any) -> str:
        """A new image that can be copied."""
        made = Image(**{"id": identity, "name": f"{identity}-base", "region": SOURCE, **facts})
        return self.cloud.add(made).id

    async def asked(self, user: str, image: str, state: str = "waiting") -> tuple[str, Message]:
        """A request that has come to a state, and its card."""
        request_id = (await self.type(user, f"{image} to {SHANGHAI}")).split("`")[1]
        card = await self.card(request_id)
        await self.until(request_id, state)
        return request_id, card

    def sent(self, image: str) -> int:
        """How many copyImages took an image."""
        calls = [call for call in self.cloud.calls if call.operation == "copyImages"]
        return sum(image in call.body["sourceImageIds"] for call in calls)


def busy(told: str) -> bool:
    """Whether nothing was done because the machine could not keep up."""
    return any(words in told for words in BUSY)


def form(payload: Json) -> bytes:
    """An interaction as Slack posts it."""
    return urlencode({"payload": json.dumps(payload)}).encode()


@asynccontextmanager
async def two_replicas(
    url: str, *, replicas: int = 2, file: str | None = None, **rule: Any
) -> AsyncIterator[Front]:
    """Two bots (or one) at work in one channel, or as a permission file says; nothing goes wrong inside either."""
    cloud, slack = CloudStandIn(copy_seconds=1), SlackStandIn(workspace(), transport="http")
    with capture_logs() as logs, TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(cloud)
            await stack.enter_async_context(slack)
            cloud.quotas[SHANGHAI, "image"] = cloud.quotas[SHANGHAI, "snapshot"] = _PLENTY
            settings = _settings(slack, cloud, Path(folder), "http", {"database_url": url})
            await asyncio.to_thread(load_permissions, url, file or permissions(**rule), utc_now())
            bots = [await stack.enter_async_context(running(settings, utc_now)) for _ in range(replicas)]
            slack.events_url = f"http://127.0.0.1:{bots[0].port}/slack/events"
            http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=_WITHIN_S))
            yield Front(slack, cloud, bots, http)
    assert [log for log in logs if log["event"] in {"step_failed", "listener_failed"}] == []
