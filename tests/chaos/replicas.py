"""Real bots in processes of their own, which die and freeze at any moment."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# `copy-image-bot run`, except that its libraries are loaded before its turn comes: then it reads its port.
_SPARE = """
import os, sys
import bot.app
from bot.__main__ import main
os.environ["BOT_PORT"] = sys.stdin.readline().strip()
main()
"""

_READY_WITHIN_S = 60


@dataclass
class Replica:
    """One place where a bot runs, at the same address for good.

    Attributes:
        listens: when last looked at; a dead one's place is no longer tried at once.
    """

    port: int
    process: subprocess.Popen[bytes]
    listens: bool = False
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
        self._spares = deque(self._spare() for _ in range(count + 1))
        self.all = [Replica(port, self._next(port)) for port in (_free_port() for _ in range(count))]

    def _spare(self) -> subprocess.Popen[bytes]:
        self._started += 1
        with (self._folder / f"bot-{self._started}.log").open("wb") as log:
            return subprocess.Popen(  # noqa: S603 - our own words
                [sys.executable, "-c", _SPARE, "run"],
                cwd=self._folder,
                env=dict(self._environ),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )

    def _next(self, port: int) -> subprocess.Popen[bytes]:
        process = self._spares.popleft()
        self._spares.append(self._spare())
        assert process.stdin is not None
        process.stdin.write(f"{port}\n".encode())
        process.stdin.close()
        return process

    def kill(self, replica: Replica) -> None:
        """Without a word, in the middle of whatever it does; another takes its place."""
        replica.process.kill()
        replica.process.wait()
        replica.frozen = replica.listens = False
        replica.process = self._next(replica.port)

    async def replace(self, replica: Replica) -> None:
        """As a deployment does: told to end, and given the time to."""
        replica.listens = False
        replica.process.terminate()
        code = await asyncio.to_thread(replica.process.wait, 30)
        assert code == 0, f"ended with {code}"
        replica.process = self._next(replica.port)

    async def freeze(self, replica: Replica, seconds: float) -> None:
        """Stopped where it stands, with all it holds, and let go on later as if nothing had been."""
        process, replica.frozen = replica.process, True
        os.kill(process.pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGCONT)
            replica.frozen = False

    async def probe(self) -> None:
        """Until cancelled: look who listens, as a load balancer does."""
        while True:
            for replica in self.all:
                process = replica.process
                listens = await _listens(replica.port)
                replica.listens = listens and process is replica.process
            await asyncio.sleep(0.05)

    async def ready(self, replica: Replica) -> None:
        """Until it listens."""
        async with asyncio.timeout(_READY_WITHIN_S):
            while not replica.listens:
                if replica.process.poll() is not None:
                    raise RuntimeError("a bot ended by itself")
                await asyncio.sleep(0.02)

    def logs(self) -> str:
        """The end of what the newest bots logged."""
        files = sorted(self._folder.glob("bot-*.log"), key=lambda file: file.stat().st_mtime)
        return "\n".join(f"{file.name}\n{file.read_text()[-1500:]}" for file in files[-5:])

    def close(self) -> None:
        for process in [*(replica.process for replica in self.all), *self._spares]:
            process.kill()
            process.wait()
            if process.stdin is not None:
                process.stdin.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
