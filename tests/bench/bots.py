"""A real `copy-image-bot run` in a process of its own, between the stand-ins, and what it costs."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import httpx

from bot.demo.jdcloud import CloudStandIn
from bot.demo.slack import Channel, SlackStandIn, User, Workspace
from tests.chaos.replicas import environ_of
from tests.postgres import free_port

TEAM, SOURCE = "T0001", "cn-north-1"
DESTINATIONS = ("cn-east-1", "cn-east-2", "cn-south-1")
REQUESTER, APPROVER = "U0001", "U0002"
CHANNELS = tuple(f"C{number:04}" for number in range(1, 41))
PERMISSIONS = "channels:\n" + "".join(
    f"  - {{team: {TEAM}, channel: {channel}, source_regions: [{SOURCE}], destination_regions: ['*'],"
    f" images: ['img-*'], request: [everyone], approve: [{APPROVER}]}}\n"
    for channel in CHANNELS
)

_READY_WITHIN_S = 60


@dataclass(frozen=True)
class Running:
    """A bot at work.

    Attributes:
        pid: of its process.
    """

    pid: int
    slack: SlackStandIn
    cloud: CloudStandIn


@dataclass(frozen=True)
class Cost:
    """What a process did in a while.

    Attributes:
        core: share of one core.
        counted: what else was counted, per second.
    """

    core: float
    counted: float


@asynccontextmanager
async def stand_ins(copy_seconds: float = 3_600) -> AsyncIterator[tuple[SlackStandIn, CloudStandIn]]:
    """Forty channels, one requester, one approver, and a cloud with room for everything."""
    people = [User(user, user.lower(), user) for user in (REQUESTER, APPROVER)]
    members = [REQUESTER, APPROVER, "U0BOT"]
    channels = [Channel(channel, channel.lower(), members) for channel in CHANNELS]
    workspace = Workspace(team_id=TEAM, users=people, groups=[], channels=channels)
    cloud, slack = CloudStandIn(copy_seconds=copy_seconds), SlackStandIn(workspace, transport="http")
    async with cloud, slack:
        for region in DESTINATIONS:
            cloud.quotas[region, "image"] = cloud.quotas[region, "snapshot"] = 1_000_000
        yield slack, cloud


@asynccontextmanager
async def running(database_url: str, slack: SlackStandIn, cloud: CloudStandIn) -> AsyncIterator[Running]:
    """One replica, ready for work; killed at the end."""
    with TemporaryDirectory(prefix="bench-") as folder:
        own = {"PYTHONPATH": str(Path.cwd()), "BOT_PORT": str(free_port())}
        environ = {**environ_of(slack, cloud, database_url, Path(folder)), **own}
        with (Path(folder) / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", env=environ, stdout=log, stderr=log
            )
        try:
            await _until_ready(process, environ["BOT_PORT"])
            slack.events_url = f"http://127.0.0.1:{environ['BOT_PORT']}/slack/events"
            yield Running(process.pid, slack, cloud)
        except BaseException as error:
            error.add_note((Path(folder) / "log").read_text()[-2000:])
            raise
        finally:
            process.kill()
            await process.wait()


async def _until_ready(process: asyncio.subprocess.Process, port: str) -> None:
    async with asyncio.timeout(_READY_WITHIN_S), httpx.AsyncClient(trust_env=False) as http:
        while True:
            if process.returncode is not None:
                raise RuntimeError("the bot ended by itself")
            try:
                answer = await http.get(f"http://127.0.0.1:{port}/readyz")
            except httpx.HTTPError:
                pass
            else:
                if answer.is_success:
                    return
            await asyncio.sleep(0.1)


async def cost(pid: int, seconds: float, count: Callable[[], float]) -> Cost:
    """What the process costs over so many seconds, and by how much `count` rises meanwhile."""
    began, cpu_s, counted = monotonic(), cpu_seconds(pid), count()
    await asyncio.sleep(seconds)
    took = monotonic() - began
    return Cost((cpu_seconds(pid) - cpu_s) / took, (count() - counted) / took)


def cpu_seconds(pid: int) -> float:
    """What a process has used so far, in all its threads, to the nanosecond (Linux)."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
