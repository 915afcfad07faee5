"""Socket Mode: the WebSocket connections of the bot, envelopes out and acknowledgements in."""

import asyncio
import contextlib
import json
from typing import Literal

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.demo.slack.state import State
from bot.demo.slack.wire import Json

CONNECTIONS = 10
Reason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]


class Sockets:
    """The open connections; each payload goes to one of them, in turn."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._open: list[WebSocket] = []
        self._turn = 0
        self._awaited: dict[str, asyncio.Future[Json]] = {}

    def __len__(self) -> int:
        return len(self._open)

    async def serve(self, socket: WebSocket) -> None:
        """One connection, from hello to its end."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._state.tickets:
            await socket.close()
            return
        self._state.tickets.discard(ticket)
        await socket.accept()
        if len(self._open) >= CONNECTIONS:
            await socket.send_json(_disconnect("too_many_websockets"))
            await socket.close()
            return
        self._open.append(socket)
        try:
            await socket.send_json(self._hello())
            self._state.changes.ring()
            await self._listen(socket)
        finally:
            self._forget(socket)

    async def send(self, envelope: Json) -> Json | None:
        """Send an envelope and wait for its acknowledgement's payload; None: no connection to send it on."""
        socket = self._next()
        if socket is None:
            return None
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._awaited[envelope["envelope_id"]] = answer
        try:
            await socket.send_json(envelope)
            return await answer
        except (WebSocketDisconnect, RuntimeError):  # Starlette's two ways to say that it is closed
            self._forget(socket)
            return None
        finally:
            self._awaited.pop(envelope["envelope_id"], None)

    async def disconnect(self, reason: Reason) -> None:
        """Ask the bot on every connection to connect anew; no more is sent there, but acknowledgements are heard."""
        for socket in list(self._open):
            self._forget(socket)
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                await socket.send_json(_disconnect(reason))

    async def drop(self) -> None:
        """Close every connection without a word."""
        for socket in list(self._open):
            self._forget(socket)
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                await socket.close()

    async def _listen(self, socket: WebSocket) -> None:
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                self._acknowledged(await socket.receive_text())

    def _acknowledged(self, text: str) -> None:
        """An acknowledgement may come over another connection than its envelope went out on."""
        message = json.loads(text)
        answer = self._awaited.get(message.get("envelope_id"))
        if answer is not None and not answer.done():
            answer.set_result(message.get("payload") or {})

    def _next(self) -> WebSocket | None:
        if not self._open:
            return None
        self._turn += 1
        return self._open[self._turn % len(self._open)]

    def _forget(self, socket: WebSocket) -> None:
        if socket in self._open:
            self._open.remove(socket)
            self._state.changes.ring()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "connection_info": {"app_id": self._state.workspace.app_id},
            "debug_info": {"host": "stand-in", "approximate_connection_time": 18060},
        }


def _disconnect(reason: Reason) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "stand-in"}}
