"""The HTTP side: what gets in, what is turned away before anything reads it, and what health and metrics say."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from sqlmodel import func, select

from bot.app import running, utc_now
from bot.demo.jdcloud import CloudStandIn
from bot.demo.scene import BEIJING, LI_NA, TEAM, WANG_LEI, workspace
from bot.demo.slack import Fault, SlackStandIn
from bot.demo.slack.delivery import sign
from bot.demo.world import _settings
from store.tables import Request
from tests.end_to_end.stage import SHANGHAI, WEB, Stage, buttons, on_stage
from tests.postgres import Server

FORM = "application/x-www-form-urlencoded"
MIB = 1 << 20


@dataclass(frozen=True)
class Edge:
    """A bot in HTTP mode and somebody who can write any request to it."""

    stage: Stage
    http: httpx.AsyncClient

    def command(self, text: str = f"{WEB} to {SHANGHAI}", trigger_id: str = "1.2.three") -> bytes:
        fields = {"team_id": TEAM, "channel_id": BEIJING, "user_id": WANG_LEI, "command": "/copy-image"}
        return urlencode({**fields, "text": text, "trigger_id": trigger_id}).encode()

    def signed(self, body: bytes, at: float | str | None = None, kind: str = FORM) -> dict[str, str]:
        timestamp = at if isinstance(at, str) else str(int(time.time() + (at or 0)))
        signature = sign(self.stage.world.slack.workspace.signing_secret, timestamp, body)
        return {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature,
        }

    async def post(self, body: bytes, headers: dict[str, str]) -> httpx.Response:
        return await self.http.post("/slack/events", content=body, headers=headers)

    async def send(self, body: bytes, kind: str = FORM) -> httpx.Response:
        return await self.post(body, self.signed(body, kind=kind))

    async def requests_made(self) -> int:
        return await self.stage.world.bot.ports.db.read(
            lambda tx: tx.exec(select(func.count()).select_from(Request)).one()
        )


@asynccontextmanager
async def at_the_edge(**rule: Any) -> AsyncIterator[Edge]:
    async with on_stage(transport="http", **rule) as stage:
        address = f"http://127.0.0.1:{stage.world.bot.port}"
        async with httpx.AsyncClient(base_url=address, trust_env=False) as http:
            yield Edge(stage, http)


async def test_what_slack_did_not_sign_just_now_is_turned_away_without_effect() -> None:
    async with at_the_edge() as edge:
        body = edge.command()
        good = edge.signed(body)
        now = good["X-Slack-Request-Timestamp"]
        unsigned = {"Content-Type": FORM}
        table = {
            "no signature at all": unsigned,
            "no signature": {**unsigned, "X-Slack-Request-Timestamp": now},
            "no timestamp": {**unsigned, "X-Slack-Signature": good["X-Slack-Signature"]},
            "another's signature": {**good, "X-Slack-Signature": sign("another secret", now, body)},
            "signature of another body": {**edge.signed(body + b"x"), "X-Slack-Request-Timestamp": now},
            "an empty signature": {**good, "X-Slack-Signature": ""},
            "6 minutes old": edge.signed(body, at=-360),
            "6 minutes ahead": edge.signed(body, at=360),
            "a fraction as timestamp": edge.signed(body, at=f"{now}.5"),
            "a word as timestamp": edge.signed(body, at="now"),
            "a timestamp beyond every number": edge.signed(body, at="9" * 400),
            "a signed timestamp": edge.signed(body, at=f"+{now}"),
        }
        statuses = {what: (await edge.post(body, headers)).status_code for what, headers in table.items()}
        assert statuses == dict.fromkeys(table, 401)
        assert await edge.requests_made() == 0
        assert (await edge.send(body)).status_code == 200
        assert await edge.requests_made() == 1


async def test_what_is_signed_but_makes_no_sense_is_turned_away_without_effect() -> None:
    async with at_the_edge() as edge:

        def payload(content: object) -> bytes:
            return urlencode({"payload": json.dumps(content)}).encode()

        click = {"type": "block_actions", "team": {"id": TEAM}, "user": {"id": LI_NA}}
        table: dict[str, tuple[bytes, str]] = {
            "not UTF-8": (edge.command() + b"&x=\xff", FORM),
            "not UTF-8 once decoded": (edge.command() + b"&x=%FF", FORM),
            "nothing": (b"", FORM),
            "no form": (b"hello", FORM),
            "a form of something else": (b"a=b", FORM),
            "a payload that is no JSON": (b"payload=%7B", FORM),
            "a payload that is a list": (payload([]), FORM),
            "a payload without type": (payload({}), FORM),
            "a payload whose type is a number": (payload({"type": 3}), FORM),
            "a click without actions": (payload(click), FORM),
            "a click with no action": (payload({**click, "actions": []}), FORM),
            "a click whose action is a word": (payload({**click, "actions": ["approve"]}), FORM),
            "a submission without view": (payload({**click, "type": "view_submission"}), FORM),
            "a submission of another window": (
                payload({**click, "type": "view_submission", "view": {"callback_id": "other"}}),
                FORM,
            ),
            "half a surrogate pair": (b"payload=" + b'{"type":"block_actions","x":"%5Cud800"}', FORM),
            "no JSON": (b"{", "application/json"),
            "JSON that is a number": (b"3", "application/json"),
            "JSON without type": (b"{}", "application/json"),
            "JSON nested without end": (b"[" * 100_000, "application/json"),
        }
        statuses = {what: (await edge.send(*row)).status_code for what, row in table.items()}
        assert {what: s for what, s in statuses.items() if not 400 <= s < 500} == {}
        assert await edge.requests_made() == 0


async def test_a_body_over_one_mebibyte_is_refused_also_when_it_comes_in_pieces() -> None:
    async with at_the_edge() as edge:
        text = edge.command() + b"&padding="
        fits, too_long = text.ljust(MIB, b"x"), text.ljust(MIB + 1, b"x")

        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(too_long), 1 << 16):
                yield too_long[start : start + (1 << 16)]

        assert (await edge.send(too_long)).status_code == 413
        streamed = await edge.http.post("/slack/events", content=pieces(), headers=edge.signed(too_long))
        assert streamed.status_code == 413
        assert await edge.requests_made() == 0
        assert (await edge.send(fits)).status_code == 200


async def test_a_signed_request_that_comes_twice_takes_effect_once() -> None:
    async with at_the_edge() as edge:
        body = edge.command(trigger_id="7.7.again")
        headers = edge.signed(body)
        first, second = [(await edge.post(body, headers)).json()["text"] for _ in range(2)]
        identity = first.split("`")[1]
        assert first == f"已受理，编号 `{identity}`"
        assert second == f"此命令已受理过，编号 `{identity}`"
        assert await edge.requests_made() == 1


async def test_only_post_is_understood_where_slack_calls() -> None:
    async with at_the_edge() as edge:
        statuses = {m: (await edge.http.request(m, "/slack/events")).status_code for m in ("GET", "PUT")}
        assert statuses == {"GET": 405, "PUT": 405}
        challenge = json.dumps({"type": "url_verification", "challenge": "c1"}).encode()
        answer = await edge.send(challenge, "application/json")
        assert (answer.status_code, "c1" in answer.text) == (200, True)


async def test_in_socket_mode_there_is_no_address_for_slack_but_health_and_metrics() -> None:
    async with on_stage() as stage, httpx.AsyncClient(trust_env=False) as http:
        address = f"http://127.0.0.1:{stage.world.bot.port}"
        assert (await http.post(f"{address}/slack/events")).status_code == 404
        for path in ("/healthz", "/readyz", "/metrics"):
            assert (await http.get(address + path)).status_code == 200


async def test_metrics_count_requests_by_state_and_name_nobody() -> None:
    async with at_the_edge(approvals=1) as edge:
        await edge.stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}")
        await edge.stage.later(lambda: edge.stage.cards() and "approve" in buttons(edge.stage.card()))
        answer = await edge.http.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain")
        assert 'copy_image_requests{state="waiting"} 1.0' in answer.text
        assert [word for word in (WANG_LEI, LI_NA, BEIJING, TEAM) if word in answer.text] == []


async def test_the_bot_is_ready_once_slack_has_accepted_its_token(tmp_path: Path) -> None:
    slack = SlackStandIn(workspace(), transport="http")
    slack.faults.append(Fault("auth.test", times=10**6, error="invalid_auth"))
    async with CloudStandIn() as cloud, slack:
        settings = _settings(slack, cloud, tmp_path, "http", {})
        async with running(settings, utc_now) as bot, httpx.AsyncClient(trust_env=False) as http:
            address = f"http://127.0.0.1:{bot.port}"
            await slack.wait_for(lambda: [call for call in slack.calls if call.method == "auth.test"])
            waiting = await http.get(f"{address}/readyz")
            assert (waiting.status_code, waiting.text) == (503, "Slack has not accepted the token yet")
            assert (await http.get(f"{address}/healthz")).status_code == 200
            slack.faults.clear()
            await slack.wait_for(lambda: [call for call in slack.calls if call.ok])
            assert (await http.get(f"{address}/readyz")).status_code == 200


async def test_without_its_database_the_bot_lives_but_is_not_ready_and_does_nothing(
    postgres_server: Server,
) -> None:
    postgres_server.execute("CREATE DATABASE going TEMPLATE migrated")
    async with on_stage(transport="http", database_url=postgres_server.url("going")) as stage:
        postgres_server.execute("DROP DATABASE going WITH (FORCE)")
        address = f"http://127.0.0.1:{stage.world.bot.port}"
        async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
            assert (await http.get(f"{address}/healthz")).status_code == 200
            gone = await http.get(f"{address}/readyz")
            assert (gone.status_code, gone.text) == (503, "the database can't be reached")
            assert (await http.get(f"{address}/metrics")).status_code == 503
        answer = await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}")
        assert answer == "数据库暂时不可用，因此没有执行任何操作。请稍后再试。"
        assert stage.world.slack.messages(BEIJING) == []
