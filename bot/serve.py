"""Serves an ASGI application inside the running event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import uvicorn
from starlette.types import ASGIApp


@asynccontextmanager
async def serving(application: ASGIApp, host: str, port: int) -> AsyncIterator[int]:
    """Serve until the end of the block, where requests under way have a second to end; gives the port.

    Args:
        port: 0 for any free one.

    Raises:
        OSError: the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Listening from here on: whoever connects is answered, if only a moment later.
    listener = socket.create_server((host, port), family=family)
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.end()
        await running


class _Server(uvicorn.Server):
    """Leaves signals to us, and looks at its own clock once a second, not ten times: an idle bot sleeps."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = asyncio.Event()

    def end(self) -> None:
        self.should_exit = True
        self._told.set()

    async def main_loop(self) -> None:
        while not await self.on_tick(0):  # 0: the tick on which it dates its answers
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._told.wait()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
