"""What Prometheus reads: how late things are at this moment, and counts that are not made at every reading."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from prometheus_client import CollectorRegistry

from bot.metrics import COUNTED_FOR, metrics
from commands.ports import Ports
from store.database import Database
from tests.conftest import Clock
from tests.store.rows import a_request, add


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    yield database
    database.close()


def test_counts_are_half_a_minute_old_at_most_and_lateness_is_of_now(
    on_sqlite: Database, clock: Clock
) -> None:
    registry = CollectorRegistry()
    registry.register(metrics(cast("Ports", SimpleNamespace(db=on_sqlite, now=clock))))

    def read() -> tuple[float | None, float | None]:
        return (
            registry.get_sample_value("copy_image_requests", {"state": "checking"}),
            registry.get_sample_value("copy_image_lag_seconds", {"kind": "work"}),
        )

    add(on_sqlite, a_request(1, run_at=clock()))
    assert read() == (1, 0)
    add(on_sqlite, a_request(2, images=["img-b"], run_at=clock()))
    clock.now += COUNTED_FOR - timedelta(seconds=1)
    assert read() == (1, 29)
    clock.advance(1)
    assert read() == (2, 30)
    add(on_sqlite, a_request(3, images=["img-c"]))
    clock.advance(-3_600)  # somebody has set it right
    assert read() == (3, 0)
