"""Real bots in processes of their own, which die and freeze at any moment."""

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from bot.demo.jdcloud import CloudStandIn
from bot.demo.slack import SlackStandIn
from tests.postgres import free_port

_READY_WITHIN_S = 60
_ENDS_WITHIN_S = 30
_ANSWERS_WITHIN_S = 1


def _libraries_loaded() -> ForkServerContext:
    """A process that has loaded the bot's libraries and becomes the bot by forking: a start costs no second of CPU."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bot.app", "bot.cli.program"])
    return context


def _run(environ: Mapping[str, str], folder: Path, log: Path) -> None:
    """`copy-image-bot run` with this environment and no other."""
    from bot.__main__ import main  # noqa: PLC0415 - only in the process that becomes a bot

    os.environ.clear()
    os.environ.update(environ)
    os.chdir(folder)
    with log.open("wb") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    sys.argv = ["copy-image-bot", "run"]
    main()


def environ_of(slack: SlackStandIn, cloud: CloudStandIn, database_url: str, home: Path) -> dict[str, str]:
    """The whole environment of a bot between these stand-ins, but for its port; over HTTP."""
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "SLACK_BOT_TOKEN": slack.workspace.bot_token,
        "SLACK_SIGNING_SECRET": slack.workspace.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "JDCLOUD_ACCESS_KEY": cloud.access_key,
        "JDCLOUD_SECRET_KEY": cloud.secret_key,
        "JDCLOUD_VM_URL": cloud.url,
        "JDCLOUD_DISK_URL": cloud.url,
        "DATABASE_URL": database_url,
        "BOT_HOST": "127.0.0.1",
    }


@dataclass
class Replica:
    """One place where a bot runs, at the same address for good.

    Attributes:
        ready: when last looked at; a dead one's place is no longer tried at once.
    """

    port: int
    process: ForkServerProcess
    ready: bool = False
    frozen: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/slack/events"


class Replicas:
    """So many bots on one database, each replaced when it dies.

    Args:
        environ: their whole environment, except the port.
        folder: where they run, and where what they log goes.
    """

    def __init__(self, count: int, environ: Mapping[str, str], folder: Path) -> None:
        self._environ = environ
        self._folder = folder
        self._started = 0
        self._libraries = _libraries_loaded()
        self.all = [Replica(port, self._start(port)) for port in (free_port() for _ in range(count))]

    def _start(self, port: int) -> ForkServerProcess:
        self._started += 1
        environ = {**self._environ, "BOT_PORT": str(port)}
        log = self._folder / f"bot-{self._started}.log"
        process = self._libraries.Process(target=_run, args=(environ, self._folder, log))
        process.start()
        return process

    def kill(self, replica: Replica) -> None:
        """Without a word, in the middle of whatever it does; another takes its place."""
        replica.process.kill()
        replica.process.join()
        replica.frozen = replica.ready = False
        replica.process = self._start(replica.port)

    async def replace(self, replica: Replica) -> None:
        """As a deployment does: told to end, and given the time to."""
        replica.ready = False
        replica.process.terminate()
        await asyncio.to_thread(replica.process.join, _ENDS_WITHIN_S)
        assert replica.process.exitcode == 0, f"ended with {replica.process.exitcode}"
        replica.process = self._start(replica.port)

    async def freeze(self, replica: Replica, seconds: float) -> None:
        """Stopped where it stands, with all it holds, and let go on later as if nothing had been."""
        process, replica.frozen = replica.process, True
        os.kill(_pid(process), signal.SIGSTOP)
        await asyncio.sleep(seconds)
        if process.is_alive():
            os.kill(_pid(process), signal.SIGCONT)
            replica.frozen = False

    async def probe(self) -> None:
        """Until cancelled: look who is ready, as a load balancer does."""
        while True:
            await asyncio.gather(*map(_probe, self.all))
            await asyncio.sleep(0.05)

    async def ready(self, replica: Replica) -> None:
        """Until it says that it is."""
        async with asyncio.timeout(_READY_WITHIN_S):
            while not replica.ready:
                if not replica.process.is_alive():
                    raise RuntimeError("a bot ended by itself")
                await asyncio.sleep(0.02)

    def logs(self) -> str:
        """The end of what the newest bots logged."""
        files = sorted(self._folder.glob("bot-*.log"), key=lambda file: file.stat().st_mtime)
        return "\n".join(f"{file.name}\n{file.read_text()[-1500:]}" for file in files[-5:])

    def close(self) -> None:
        for replica in self.all:
            replica.process.kill()
            replica.process.join()
            replica.process.close()


def _pid(process: ForkServerProcess) -> int:
    assert process.pid is not None
    return process.pid


async def _probe(replica: Replica) -> None:
    process = replica.process
    ready = await _is_ready(replica.port)
    replica.ready = ready and process is replica.process


async def _is_ready(port: int) -> bool:
    """What a load balancer asks; in Socket Mode it says, too, that the socket is open."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        async with asyncio.timeout(_ANSWERS_WITHIN_S):
            writer.write(b"GET /readyz HTTP/1.1\r\nHost: bot\r\nConnection: close\r\n\r\n")
            return b" 200 " in await reader.readline()
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()
