"""Numbers for Prometheus, read from the store when they are asked for; no person's id is in any label."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from commands.ports import Ports
from store import statistics
from store.database import Transaction
from store.statistics import Counts

COUNTED_FOR = timedelta(seconds=30)
"""How long a count is good enough: among a hundred thousand requests it takes a tenth of a second."""


class _Numbers(Collector):
    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._counted: tuple[datetime, Counts] | None = None

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        now = self._ports.now()
        with self._ports.db.reading() as tx:
            found, late_s = self._count(tx, now), statistics.lag_s(tx, now)
        requests = GaugeMetricFamily("copy_image_requests", "Requests by state.", labels=["state"])
        for state, count in found.requests.items():
            requests.add_metric([state], count)
        copies = CounterMetricFamily(
            "copy_image_copies_begun", "Copies that the cloud has begun.", value=found.copies
        )
        lag = GaugeMetricFamily("copy_image_lag_seconds", "Age of the oldest overdue work.", labels=["kind"])
        for kind, seconds in late_s.items():
            lag.add_metric([kind], seconds)
        yield from (requests, copies, lag)

    def _count(self, tx: Transaction, now: datetime) -> Counts:
        """Also anew when the clock has been set back."""
        if self._counted is None or abs(now - self._counted[0]) >= COUNTED_FOR:
            self._counted = now, statistics.count(tx)
        return self._counted[1]


def metrics(ports: Ports) -> Collector:
    """A collector for a registry of its own."""
    return _Numbers(ports)
