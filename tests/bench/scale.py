"""One real bot on each database: idle, idle among ten thousand waiting requests, and watching a thousand copies."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from statistics import median

from rich.table import Table

from tests.bench.databases import Place, on_postgresql, on_sqlite
from tests.bench.waiting import Measured, idle
from tests.bench.watching import Watched, watch

_FOR_S = 30
_WAITING = 10_000
_CLICKS = 30
_WATCHED = 1_000


def table() -> Table:
    """What was measured, and what ten thousand waiting requests make of it."""
    made = Table("one replica", "PostgreSQL", "SQLite", title="Idle and waiting")
    columns = [_measured(on_postgresql), _measured(on_sqlite)]
    for cells in zip(*columns, strict=True):
        made.add_row(cells[0][0], *(value for _, value in cells))
    return made


def _measured(database: Callable[[], AbstractContextManager[Place]]) -> list[tuple[str, str]]:
    with database() as place:
        none = asyncio.run(idle(place, 0, seconds=_FOR_S, clicks=_CLICKS))
    with database() as place:
        many = asyncio.run(idle(place, _WAITING, seconds=_FOR_S, clicks=_CLICKS))
    with database() as place:
        watched = asyncio.run(watch(place, _WATCHED, seconds=2 * _FOR_S))
    return [*_waiting(none, many), *_watching(watched)]


def _waiting(none: Measured, many: Measured) -> list[tuple[str, str]]:
    return [
        ("share of a core, nothing waiting", f"{none.spent.core:.3%}"),
        ("share of a core, 10,000 waiting", f"{many.spent.core:.3%}"),
        ("ratio", f"{many.spent.core / none.spent.core:.2f}"),
        ("statements a second, nothing waiting", f"{none.spent.counted:.2f}"),
        ("statements a second, 10,000 waiting", f"{many.spent.counted:.2f}"),
        ("approving click to the first call, nothing waiting", _ms(none.clicks)),
        ("approving click to the first call, 10,000 waiting", _ms(many.clicks)),
        ("approving click to the first call, 10,000 reminders due", _ms(many.clicks_among_reminders)),
    ]


def _watching(watched: Watched) -> list[tuple[str, str]]:
    return [
        ("share of a core, watching 1,000 copies", f"{watched.spent.core:.1%}"),
        ("calls to the cloud a minute, watching 1,000 copies", f"{watched.calls:.0f}"),
        ("copies looked at in a call", f"{watched.images:.0f}"),
    ]


def _ms(taken: list[float]) -> str:
    return f"{median(taken) * 1e3:.0f} ms, at most {max(taken) * 1e3:.0f}"
