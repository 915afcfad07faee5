"""A small HTTP and WebSocket server inside the running event loop, on 127.0.0.1 only."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol


class _Quiet(uvicorn.Server):
    """Leaves signals to the program it runs in."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class LocalServer:
    """Serves one ASGI application; started again after `stop`, on the same port."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._port = port
        self._running: tuple[uvicorn.Server, asyncio.Task[None]] | None = None

    @property
    def url(self) -> str:
        """The server's address; the port is known once it has started."""
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Serve until `stop`; requests sent from now on are answered."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        listener.listen(100)
        self._port = listener.getsockname()[1]
        server = _Quiet(_config(self._app))
        self._running = server, asyncio.create_task(server.serve(sockets=[listener]))

    async def stop(self) -> None:
        """Close every connection and wait until nothing is left running."""
        if self._running is not None:
            server, serving = self._running
            server.should_exit = True
            await serving
            self._running = None

    def cut(self, client: tuple[str, int]) -> None:
        """Close the HTTP connection from this address at once."""
        open_now = self._running[0].server_state.connections if self._running else set()
        for connection in list(open_now):
            if isinstance(connection, H11Protocol) and connection.client == tuple(client):
                connection.transport.abort()


class NoAnswer(Response):
    """Instead of a response: the connection is closed."""

    def __init__(self, server: LocalServer) -> None:
        super().__init__()
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - says nothing
        self._server.cut(scope["client"])
        while (await receive())["type"] != "http.disconnect":
            pass


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="wsproto",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
