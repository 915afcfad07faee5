"""Ends the process in time once it is told to, whatever still hangs."""

import asyncio
import os
import signal
import threading

import structlog

_WITHIN_S = 9.5
"""Less than the ten seconds after which Docker kills."""
_NOT_DRAINED = 1

log = structlog.get_logger(__name__)


def told_to_end() -> asyncio.Event:
    """An event for SIGTERM and SIGINT; a second signal changes nothing, as the first is obeyed within ten seconds."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    return told


def must_have_ended() -> None:
    """From now on there are ten seconds: then the process ends, even with a thread that waits for a dead database."""
    timer = threading.Timer(_WITHIN_S, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    log.error("not_drained_in_time", within_s=_WITHIN_S)
    os._exit(_NOT_DRAINED)
