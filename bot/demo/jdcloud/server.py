"""An HTTP server inside the running loop that can also refuse to answer: it cuts connections or leaves them open."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState


class NoAnswer(Exception):  # noqa: N818 - a way to end a request, not a mistake
    """Raised instead of answering: the connection is cut, or left open for as long as the caller likes."""

    def __init__(self, *, cut: bool) -> None:
        super().__init__("cut" if cut else "left open")
        self.cut = cut


class Server:
    """Answers on 127.0.0.1 between `start` and `stop`; after a stop it can start again on the same port.

    Only uvicorn's protocol is used: its server would take the signals, which are the program's affair, and
    look only ten times a second whether to stop.
    """

    def __init__(self, answer: Callable[[Request], Awaitable[Response]], port: int) -> None:
        self._answer = answer
        self._port = port
        self._state = ServerState()
        self._listening: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Take the port (0: any free one) and answer on it.

        Raises:
            OSError: the port is taken.
        """
        config = _config(self._serve)
        self._listening = await asyncio.get_running_loop().create_server(
            lambda: H11Protocol(config, self._state, app_state={}), "127.0.0.1", self._port
        )
        self._port = self._listening.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Cut whoever is still connected, and return once nothing is left of it."""
        if self._listening is None:
            return
        self._listening.close()
        self._cut()
        await asyncio.gather(*self._state.tasks)
        await asyncio.sleep(0)  # one round of the loop, in which the cut connections are closed
        await self._listening.wait_closed()
        self._listening = None

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._answer(Request(scope, receive))
        except NoAnswer as none:
            if none.cut:
                self._cut(scope["client"])
            # Returning before the connection is gone would make uvicorn answer 500.
            await _gone(receive)
        except ClientDisconnect:
            pass  # the caller left before its request was whole
        else:
            await response(scope, receive, send)

    def _cut(self, client: tuple[str, int] | None = None) -> None:
        """Close one caller's connection at once, or everybody's."""
        for connection in list(self._state.connections):
            if isinstance(connection, H11Protocol) and client in (None, connection.client):
                connection.transport.abort()


def _config(app: ASGIApp) -> Config:
    config = Config(
        app,
        interface="asgi3",
        # Longer than clients keep theirs, so that none sends into a connection just being closed.
        timeout_keep_alive=75,
        proxy_headers=False,  # a connection is found by the client it names
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
    )
    config.load()
    return config


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
