"""`copy-image-bot demo`: the page until Ctrl-C, or the tour."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from datetime import datetime

import structlog
from starlette.applications import Starlette

from bot.app import utc_now
from bot.demo import inventory, scene
from bot.demo.page import Step, routes, usual_steps
from bot.demo.passing import DemoClock, Passing
from bot.demo.slack.server import LocalServer
from bot.demo.tour import play
from bot.demo.world import World, world
from commands.text import Language

_COPY_SECONDS = 45
_SETTLE_SECONDS = 20
"""Shorter than a real bot's: what became of a lost answer is known while somebody watches."""
_APPROVER = (scene.LI_NA, "李娜")  # as the page's list has it, in either language


class PortTakenError(Exception):
    """The page can't be served on this port; says why."""


def demo(port: int) -> int:
    """Serve the page on 127.0.0.1 until Ctrl-C or SIGTERM; 1 when the port can't be had."""
    _quiet()
    try:
        asyncio.run(_serve(port))
    except PortTakenError as error:
        other = port % 65535 + 1
        _complain(
            [
                f"端口 {port} 无法使用（{error}）。请换一个：make demo PORT={other}，或 copy-image-bot demo --port {other}",
                f"Port {port} can't be used ({error}). Take another: make demo PORT={other}, or copy-image-bot demo --port {other}",
            ]
        )
        return 1
    return 0


def tour() -> int:
    """Play the whole story and print the conversation; 1 when it did not come true."""
    _quiet()
    return asyncio.run(_tour())


def _world(clock: Callable[[], datetime]) -> AbstractAsyncContextManager[World]:
    return world(
        scene.workspace(),
        scene.PERMISSIONS,
        copy_seconds=_COPY_SECONDS,
        now=clock,
        bot_admins=scene.BOT_ADMINS,
        bot_settle_s=_SETTLE_SECONDS,
    )


async def _serve(port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    clock = DemoClock()
    async with _world(clock) as here:
        inventory.fill(here.cloud, clock())
        server = LocalServer(_page(here, Passing(here.bot, clock), stop), port)
        try:
            await server.start()
        except OSError as error:
            raise PortTakenError(error.strerror) from error
        _say(
            [
                "",
                f"  copy-image-bot demo: {server.url}",
                "",
                "  Slack 与京东云均为本机替身，机器人是真的。按 Ctrl-C 结束。",
                "  Slack and JD Cloud are stand-ins on this machine; the bot is real. Ctrl-C ends it.",
                "",
            ]
        )
        await stop.wait()
        await server.stop()
    _say(["  已结束 · Ended."])


def _page(here: World, time: Passing, closing: asyncio.Event) -> Starlette:
    """The page, with the shortest story as what to try first: in Chinese in one channel, in English in the other."""
    steps: dict[Language, list[Step]] = {
        "zh": usual_steps(
            "zh", here.cloud, requester=scene.WANG_LEI, approver=_APPROVER, channel=scene.BEIJING
        ),
        "en": usual_steps("en", here.cloud, requester=scene.SARAH, approver=_APPROVER, channel=scene.GLOBAL),
    }
    page = routes(here.slack, here.cloud, time, cast=scene.CAST, steps=steps, closing=closing)
    return Starlette(routes=page)


async def _tour() -> int:
    async with _world(utc_now) as here:
        inventory.fill(here.cloud, utc_now())
        return await play(here, _say)


def _quiet() -> None:
    """The conversation is what is to be read; only what goes wrong is logged."""
    logging.basicConfig(level=logging.ERROR)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)  # noqa: T201 - what the command is for


def _complain(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr)  # noqa: T201 - likewise
