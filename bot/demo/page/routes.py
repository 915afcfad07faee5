"""Puts the page together: static files, the two sides, and a stream that tells when to look again."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from importlib.resources import files
from types import MappingProxyType

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.demo.jdcloud import CloudStandIn
from bot.demo.page.answers import get
from bot.demo.page.cast import Role, Step
from bot.demo.page.cloud_side import CloudSide
from bot.demo.page.guard import Guard
from bot.demo.page.slack_acts import SlackActs
from bot.demo.page.slack_side import SlackSide
from bot.demo.page.time_side import Time, TimeSide
from bot.demo.slack import SlackStandIn
from bot.demo.slack.changes import Changes
from commands.text import Language

_NO_STEPS: Mapping[Language, Sequence[Step]] = MappingProxyType({})


def routes(
    slack: SlackStandIn,
    cloud: CloudStandIn,
    time: Time,
    *,
    cast: Sequence[Role],
    steps: Mapping[Language, Sequence[Step]] = _NO_STEPS,
    closing: asyncio.Event | None = None,
) -> list[BaseRoute]:
    """The page at `/`, for an application that listens on 127.0.0.1; other routes go before these.

    Args:
        cast: whom one can play, the first one at the start.
        steps: what to try first, by language of the page.
        closing: once set, the streams of open pages end, which a server that stops would otherwise wait for.
    """
    bell = Changes()
    slack.on_change(bell.ring)
    cloud.on_change(bell.ring)
    stopped = closing or asyncio.Event()
    folder = str(files("bot.demo.page") / "static")

    async def index(_request: Request) -> Response:
        return FileResponse(f"{folder}/index.html")

    async def events(_request: Request) -> Response:
        return StreamingResponse(_ringing(bell, stopped), media_type="text/event-stream")

    inner: list[BaseRoute] = [
        Route("/", index),
        Mount("/page", StaticFiles(directory=folder)),
        get("/demo/state", SlackSide(slack, time, cast, steps).state),
        Route("/demo/events", events),
        *SlackActs(slack).routes(),
        *CloudSide(cloud).routes(),
        *TimeSide(time).routes(),
    ]
    return [Mount("", routes=inner, middleware=[Middleware(Guard)])]


async def _ringing(bell: Changes, stopped: asyncio.Event) -> AsyncIterator[str]:
    end = asyncio.create_task(stopped.wait())
    end.add_done_callback(lambda _: bell.ring())
    try:
        async for _ in bell.stream():
            if stopped.is_set():
                return
            yield "data: changed\n\n"
    finally:
        end.cancel()
