"""What Prometheus reads: how late things are at this moment, and counts that are not made at every reading."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

import pytest
from prometheus_client import CollectorRegistry

from bot.metrics import metrics
from commands.ports import Ports
from store.database import Database
from tests.conftest import Clock
from tests.store.rows import a_request, add


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    yield database
    database.close()


class Stopwatch:
    """Every reading of it takes as long as it says."""

    def __init__(self, takes_s: float) -> None:
        self.now, self.takes_s = 0.0, takes_s

    def __call__(self) -> float:
        self.now += self.takes_s
        return self.now


def test_counts_are_made_again_after_a_hundred_times_what_they_took_and_lateness_is_of_now(
    on_sqlite: Database, clock: Clock
) -> None:
    registry, watch = CollectorRegistry(), Stopwatch(takes_s=0.5)
    registry.register(metrics(cast("Ports", SimpleNamespace(db=on_sqlite, now=clock)), watch))

    def read() -> tuple[float | None, float | None]:
        return (
            registry.get_sample_value("copy_image_requests", {"state": "checking"}),
            registry.get_sample_value("copy_image_lag_seconds", {"kind": "work"}),
        )

    add(on_sqlite, a_request(1, run_at=clock()))
    assert read()[0] == 1
    watch.now += 60
    assert read()[0] == 1
    add(on_sqlite, a_request(2, images=["img-b"], run_at=clock()))
    watch.takes_s = 0.0
    clock.advance(29)
    watch.now += 49
    assert read() == (1, 29)
    watch.now += 1
    assert read() == (2, 29)
    add(on_sqlite, a_request(3, images=["img-c"]))
    assert read() == (3, 29)  # what takes no time is counted at every reading
