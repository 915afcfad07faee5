"""Real `copy-image-bot run` processes between the stand-ins, on whatever database a test gives them."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import httpx

from bot.app import Bot
from bot.demo.jdcloud import CloudStandIn
from bot.demo.scene import BEIJING, workspace
from bot.demo.slack import SlackStandIn
from bot.demo.world import World, load_permissions
from tests.chaos.replicas import Replica, Replicas, environ_of
from tests.end_to_end.stage import API, DB, WEB, Stage, image, permissions

_WITHIN_S = 20
_TIMES = {"JDCLOUD_TIMEOUT_S": "1", "BOT_LEASE_S": "2.5", "BOT_SETTLE_S": "3", "BOT_POLL_S": "1"}


@dataclass
class Site:
    """What people do and see, as on the stage, and the processes behind it."""

    stage: Stage
    replicas: Replicas
    folder: Path
    http: httpx.AsyncClient

    @property
    def slack(self) -> SlackStandIn:
        return self.stage.world.slack

    @property
    def cloud(self) -> CloudStandIn:
        return self.stage.world.cloud

    def turn_to(self, replica: Replica) -> None:
        """From now on Slack speaks to this one."""
        self.slack.events_url = replica.url

    async def ready(self, replica: Replica | None = None) -> int:
        """The status of /readyz, 0 when nobody listens."""
        where = replica or self.replicas.all[0]
        try:
            return (await self.http.get(f"http://127.0.0.1:{where.port}/readyz")).status_code
        except httpx.TransportError:
            return 0

    async def until_ready(self, status: int = 200, replica: Replica | None = None) -> None:
        """Wait for /readyz to say so."""
        async with asyncio.timeout(_WITHIN_S):
            while await self.ready(replica) != status:  # noqa: ASYNC110 - asks the process
                await asyncio.sleep(0.05)

    async def until(self, predicate: Callable[[], object], within_s: float = _WITHIN_S) -> float:
        """Wait until it holds; how long that was, in seconds."""
        began = time.monotonic()
        await self.cloud.wait_for(predicate, within_s)
        return time.monotonic() - began

    def log(self, event: str) -> list[dict[str, Any]]:
        """What all bots logged under this name so far, oldest first."""
        return [entry for entry in self._logged() if entry["event"] == event]

    def errors(self) -> list[str]:
        """The name of everything they logged as an error; a line that is no entry, such as of a traceback, itself."""
        return [entry["event"] for entry in self._logged() if entry["level"] in {"error", "critical"}]

    def _logged(self) -> list[dict[str, Any]]:
        lines = [
            line for file in sorted(self.folder.glob("bot-*.log")) for line in file.read_text().splitlines()
        ]
        stray = {"level": "error"}
        return [json.loads(line) if line.startswith("{") else {**stray, "event": line} for line in lines]


@asynccontextmanager
async def site(
    url: str,
    *,
    count: int = 1,
    rule: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
) -> AsyncIterator[Site]:
    """So many bots, ready, on the database at `url`; what must hold of every story is asserted when it ends.

    Args:
        rule: keys of the channel's rule.
        environ: settings, by their names in the environment.
    """
    with TemporaryDirectory(prefix="ground-") as name:
        cloud = CloudStandIn(copy_seconds=3_600)
        slack = SlackStandIn(workspace(), transport="http")
        async with cloud, slack, httpx.AsyncClient(trust_env=False, timeout=10) as http:
            for one in (WEB, API, DB):
                cloud.add(image(one))
            await asyncio.to_thread(load_permissions, url, permissions(**(rule or {})), datetime.now(UTC))
            replicas = Replicas(
                count, {**environ_of(slack, cloud, url, Path(name)), **_TIMES, **(environ or {})}, Path(name)
            )
            stage = Stage(World(slack, cloud, cast("Bot", None)), None, BEIJING)  # the bots are elsewhere
            made = Site(stage, replicas, Path(name), http)
            try:
                for replica in replicas.all:
                    await made.until_ready(replica=replica)
                made.turn_to(replicas.all[0])
                yield made
                stage.assert_sound()
            except Exception as error:
                error.add_note(replicas.logs())
                raise
            finally:
                replicas.close()
