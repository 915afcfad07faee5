"""One run: bots on a real database between stand-ins in bad weather, killed and frozen at random; then the reckoning."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Literal

from bot.demo.jdcloud import CloudStandIn
from bot.demo.slack import SlackStandIn
from bot.demo.world import load_permissions
from store.database import Database
from tests.chaos import standing
from tests.chaos.people import DESTINATIONS, PERMISSIONS, People, workspace
from tests.chaos.reckoning import Findings, Watch, reckon
from tests.chaos.replicas import Replicas, environ_of
from tests.chaos.weather import Weather
from tests.postgres import postgres

Kind = Literal["sqlite", "postgresql"]
Transport = Literal["socket", "http"]

LEASE_S = 2.5
_SETTINGS = {"JDCLOUD_TIMEOUT_S": "1", "BOT_LEASE_S": str(LEASE_S), "BOT_SETTLE_S": "3", "BOT_POLL_S": "1"}
_REPLICAS = {"sqlite": 1, "postgresql": 3}
_LIFE_S = {"sqlite": 1.6, "postgresql": 1.5}
"""How long there is between kills at most; one of several replicas dies while the others go on."""
_FREEZE = 0.06
_CALM_WITHIN_S = 240


@dataclass(frozen=True)
class Report:
    """What happened, and what must not have."""

    seed: int
    figures: Mapping[str, int]
    faults: Counter[str]
    findings: Findings
    timeline: list[str]

    @property
    def bad(self) -> bool:
        return any(self.findings.values())

    def __str__(self) -> str:
        zeros = {name: len(cases) for name, cases in self.findings.items()}
        counted = [self.figures, dict(sorted(self.faults.items())), zeros]
        lines = ["\n".join(f"{count:6} {name}" for name, count in part.items()) for part in counted]
        cases = [f"{name}: {case}" for name, found in self.findings.items() for case in found]
        detail = [f"seed {self.seed}", *self.timeline[-60:], *cases] if cases else []
        return "\n\n".join([*lines, "\n".join(detail)] if cases else lines)


@contextmanager
def _database(kind: Kind, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'chaos.db'}"
        return
    with postgres(durable=True) as server:
        server.execute("CREATE DATABASE chaos")
        yield server.url("chaos")


async def play(
    kind: Kind, transport: Transport, kills: int, seed: int, tell: Callable[[str], object] = lambda _: None
) -> Report:
    """Play it and count; `tell` hears from time to time how far it is."""
    with TemporaryDirectory(prefix="chaos-") as name, _database(kind, Path(name)) as url:
        cloud = CloudStandIn(copy_seconds=1.5)
        slack = SlackStandIn(workspace(), transport=transport)
        async with cloud, slack:
            for region in DESTINATIONS:
                cloud.quotas[region, "image"] = cloud.quotas[region, "snapshot"] = 1_000_000
            await asyncio.to_thread(load_permissions, url, PERMISSIONS, datetime.now(UTC))
            socket = {"SLACK_APP_TOKEN": slack.workspace.app_token} if transport == "socket" else {}
            environ = {**environ_of(slack, cloud, url, Path(name)), **_SETTINGS, **socket}
            replicas = Replicas(_REPLICAS[kind], environ, Path(name))
            database = Database(url, threads=2)
            try:
                return await _Play(kind, seed, slack, cloud, replicas, database).run(kills, tell)
            except Exception as error:
                error.add_note(f"seed {seed}\n{replicas.logs()}")
                raise
            finally:
                database.close()
                replicas.close()


class _Play:
    def __init__(
        self,
        kind: Kind,
        seed: int,
        slack: SlackStandIn,
        cloud: CloudStandIn,
        replicas: Replicas,
        database: Database,
    ) -> None:
        self._kind = kind
        self._seed = seed
        self._slack = slack
        self._cloud = cloud
        self._replicas = replicas
        self._database = database
        self._random = _dice(seed, "fate")
        self._weather = Weather(slack, cloud, _dice(seed, "weather"))
        self._people = People(slack, cloud, self._address, _dice(seed, "people"))
        self._watch = Watch(cloud, database, LEASE_S)
        self._counted: Counter[str] = Counter()
        self._timeline: list[str] = []
        self._began = time.monotonic()

    async def run(self, kills: int, tell: Callable[[str], object]) -> Report:
        trouble = [self._weather.blow(), self._people.ask(), self._people.decide(), self._begin_late()]
        async with _together([self._tick(), self._tidy(), self._replicas.probe()]):
            async with _together(trouble):
                while self._counted["kills"] < kills:
                    await self._strike()
                    if self._counted["kills"] % 50 == 0:
                        tell(f"{self._counted['kills']} kills, {self._people.asked} commands")
            tell("calm, until every request has ended")
            self._counted["seconds of kills"] = round(time.monotonic() - self._began)
            self._weather.clear()
            await self._calm_down()
        findings = reckon(self._people.hear(), self._slack, self._cloud, self._database, self._watch)
        return Report(self._seed, self._figures(), self._weather.played, findings, self._timeline)

    def _figures(self) -> dict[str, int]:
        told = self._people.told
        return {
            **self._counted,
            "commands typed": self._people.asked,
            "requests acknowledged": len(told.accepted),
            "approvals acknowledged": len(told.approvals),
            "copyImages received": sum(self._watch.arrived.values()),
            "copies begun": len(self._cloud.accepted),
            "messages posted": sum(1 for m in self._slack._state.conversations.all if m.metadata),
            "seconds in all": round(time.monotonic() - self._began),
        }

    def _note(self, what: str) -> None:
        self._timeline.append(f"{datetime.now(UTC):%H:%M:%S.%f} {what}")

    def _address(self) -> str | None:
        """Of a bot that answers, as far as is known; a frozen one may be tried when there is no other."""
        listening = [replica for replica in self._replicas.all if replica.ready]
        awake = [replica for replica in listening if not replica.frozen]
        return self._random.choice(awake or listening).url if listening else None

    async def _strike(self) -> None:
        """A kill mostly of a bot that is at work, sometimes of one that is just starting; or a freeze."""
        replica = self._random.choice(self._replicas.all)
        if self._random.random() < 0.9:
            await self._replicas.ready(replica)
        await asyncio.sleep(self._random.uniform(0, _LIFE_S[self._kind]))
        if self._random.random() < _FREEZE:
            seconds = LEASE_S + self._random.uniform(0.3, 1.5)
            self._note(f"freeze {replica.port} for {seconds:.1f} s")
            self._counted["freezes"] += 1
            await self._replicas.freeze(replica, seconds)
            return
        self._note(f"kill {replica.port}")
        self._counted["kills"] += 1
        self._replicas.kill(replica)

    async def _tick(self) -> None:
        while True:
            self._watch.ticked_at = datetime.now(UTC)
            await asyncio.sleep(0.02)

    async def _begin_late(self) -> None:
        """A copy that was answered with an error, and counted as not begun, begins after all, much later."""
        begun: set[tuple[str, int]] = set()
        while True:
            for request, call, images in await self._database.read(standing.given_up):
                if (request, call.number) not in begun and self._random.random() < 0.3:
                    begun.add((request, call.number))
                    for image in images:
                        source = self._cloud.images[image]
                        self._cloud._account.copy(
                            source, call.destination, name=None, description=call.marker
                        )
                    self._cloud._changed()
                    self._counted["begun after the end"] += 1
                    self._note(f"late copies of {request}: {images}")
            await asyncio.sleep(0.5)

    async def _tidy(self) -> None:
        """Somebody deletes old copies, so that listings stay short in a long run."""
        while True:
            await asyncio.sleep(20)
            for copy in await self._database.read(standing.ready):
                self._cloud.images.pop(copy, None)

    async def _calm_down(self) -> None:
        """Nothing fails any more, people do what is to be done, and bots are replaced as in a deployment."""
        self._note("calm")
        deadline = time.monotonic() + _CALM_WITHIN_S
        quiet = 0
        while quiet < 3 and time.monotonic() < deadline:
            for replica in self._replicas.all:
                await self._replicas.ready(replica)
            pressed = await self._people.settle()
            await asyncio.sleep(1)
            quiet = 0 if pressed or await self._database.read(standing.unfinished) else quiet + 1
            if int(deadline - time.monotonic()) % 8 == 0:
                await self._replicas.replace(self._random.choice(self._replicas.all))


def _dice(seed: int, what: str) -> Random:
    """Of one actor's own, so that what one draws does not depend on how fast the others are."""
    return Random(f"{seed} {what}")  # noqa: S311 - chance, not secrets


@asynccontextmanager
async def _together(coroutines: list[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """They run beside the block; what goes wrong in them goes wrong in it."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
