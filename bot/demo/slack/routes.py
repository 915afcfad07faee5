"""The addresses under which Slack is reached: the Web API, response URLs, uploads and Socket Mode."""

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute

from bot.demo.slack import files
from bot.demo.slack.response_urls import respond
from bot.demo.slack.server import LocalServer, NoAnswer
from bot.demo.slack.sockets import Sockets
from bot.demo.slack.state import State
from bot.demo.slack.web_api import Answer, WebApi


class Routes:
    """Takes HTTP requests to what answers them, and starts and stops the server for it."""

    def __init__(self, state: State, api: WebApi, sockets: Sockets, port: int) -> None:
        self._state = state
        self._api = api
        app = Starlette(
            routes=[
                Route("/api/{method}", self._call, methods=["GET", "POST"]),
                Route("/response/{key}", self._respond, methods=["POST"]),
                Route("/upload/{file_id}", self._upload, methods=["POST"]),
                WebSocketRoute("/link/", sockets.serve),
            ]
        )
        self._server = LocalServer(app, port)

    async def start(self) -> None:
        """Begin to answer."""
        self._api.begin()
        await self._server.start()
        self._state.base_url = self._server.url

    async def stop(self) -> None:
        """Stop answering."""
        self._api.end()
        await self._server.stop()

    async def _call(self, request: Request) -> Response:
        method, query = request.path_params["method"], request.query_params
        return self._http(await self._api.call(method, request.headers, await request.body(), query))

    async def _respond(self, request: Request) -> Response:
        body: dict[str, Any] = await request.json()

        def run() -> Answer:
            status, payload = respond(self._state, request.path_params["key"], body)
            return Answer(payload, status)

        answer = await self._api.faulty("response_url", body, run)
        self._state.changes.ring()
        return self._http(answer)

    async def _upload(self, request: Request) -> Response:
        if files.receive(self._state, request.path_params["file_id"], await request.body()):
            return PlainTextResponse("OK")
        return PlainTextResponse("not the file that was announced", 400)

    def _http(self, answer: Answer) -> Response:
        if answer.dropped:
            return NoAnswer(self._server)
        if answer.text is not None:
            return Response(answer.text, answer.status, answer.headers, answer.content_type)
        return JSONResponse(answer.payload, answer.status, answer.headers)
