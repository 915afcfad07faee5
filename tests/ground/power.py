"""Takes PostgreSQL away and brings it back: the server itself, or only the way to it."""

import asyncio
import os
import shlex
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.postgres import Server, _environment, _unprivileged, _wait_for, postgres


@dataclass
class Plug:
    """A server of one's own that can be pulled out."""

    server: Server
    _made: int = 0
    _again: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def _data(self) -> Path:
        return self.server.folder / "data"

    def new_database(self) -> str:
        """The URL of an empty one."""
        self._made += 1
        self.server.execute(f"CREATE DATABASE ground_{self._made}")
        return self.server.url(f"ground_{self._made}")

    def pull(self) -> None:
        """As `pg_ctl stop -m immediate`: every connection breaks, nothing is written any more."""
        lock = self._data / "postmaster.pid"
        os.kill(int(lock.read_text().split("\n", 1)[0]), signal.SIGQUIT)
        while lock.exists():
            time.sleep(0.01)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Every process of the server stands still within, its connections open, and then goes on."""
        postmaster = int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        everybody = [postmaster, *map(int, children)]
        for process in everybody:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in everybody:
                os.kill(process, signal.SIGCONT)

    def plug_in(self) -> None:
        """Start it again, as it was started, and wait until it has recovered."""
        command = shlex.split((self._data / "postmaster.opts").read_text())
        with (self.server.folder / "log").open("ab") as log:
            self._again.append(
                subprocess.Popen(  # noqa: S603 - our own words
                    command,
                    cwd=self.server.folder,
                    env=_environment(),
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    **_unprivileged(),
                )
            )
        _wait_for(self.server)

    def close(self) -> None:
        for process in self._again:
            process.send_signal(signal.SIGINT)
            process.wait(10)


@contextmanager
def plugged_in() -> Iterator[Plug]:
    """A durable server."""
    with postgres(durable=True) as server:
        plug = Plug(server)
        try:
            yield plug
        finally:
            plug.close()


@dataclass
class Gate:
    """The only way to a server.

    Attributes:
        port: on 127.0.0.1, always the same.
        severed_after: a client that has sent this is cut off when it commits; the server still hears it.
    """

    port: int
    _to: int
    severed_after: bytes | None = None
    _listening: asyncio.Server | None = None
    _passing: set[asyncio.StreamWriter] = field(default_factory=set)
    _flows: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self) -> None:
        """Let everybody through."""
        self._flows.set()
        if self._listening is None:
            self._listening = await asyncio.start_server(self._pass, "127.0.0.1", self.port)
            self.port = self._listening.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Nobody listens any more, and whoever was connected is cut off."""
        assert self._listening is not None
        self._listening.close()
        for writer in self._passing:
            writer.transport.abort()
        await self._listening.wait_closed()
        self._listening = None

    def freeze(self) -> None:
        """Connections stay, and new ones are taken, but nothing passes any more."""
        self._flows.clear()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._passing |= {writer, back}
        await asyncio.gather(self._flow(reader, back, answers=writer), self._flow(there, writer))
        self._passing -= {writer, back}

    async def _flow(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        answers: asyncio.StreamWriter | None = None,
    ) -> None:
        said = b""
        with suppress(ConnectionError):
            while data := await source.read(65_536):
                await self._flows.wait()
                said += data if answers and self.severed_after else b""
                if answers and self.severed_after and self.severed_after in said and b"COMMIT" in data:
                    answers.transport.abort()
                target.write(data)
                await target.drain()
        target.close()


@asynccontextmanager
async def gate(server: Server) -> AsyncIterator[Gate]:
    """An open gate to the server."""
    made = Gate(0, server.port)
    await made.open()
    try:
        yield made
    finally:
        made._flows.set()
        if made._listening is not None:
            await made.shut()
