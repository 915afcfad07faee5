"""Numbers for Prometheus, read from the store when they are asked for; no person's id is in any label."""

from collections.abc import Callable, Iterator
from time import perf_counter

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from commands.ports import Ports
from store import statistics
from store.database import Transaction
from store.statistics import Counts

_TIMES_AS_LONG = 100
"""How long a count is good enough, in what it took: among a hundred thousand requests that is a tenth of a second."""


class _Numbers(Collector):
    def __init__(self, ports: Ports, seconds: Callable[[], float]) -> None:
        self._ports = ports
        self._seconds = seconds
        self._counted = Counts({}, 0)
        self._good_until = float("-inf")

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        now = self._ports.now()
        with self._ports.db.reading() as tx:
            found, late_s = self._count(tx), statistics.lag_s(tx, now)
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

    def _count(self, tx: Transaction) -> Counts:
        """Never more than a hundredth of the time is spent on counting."""
        began = self._seconds()
        if began >= self._good_until:
            self._counted = statistics.count(tx)
            ended = self._seconds()
            self._good_until = ended + _TIMES_AS_LONG * (ended - began)
        return self._counted


def metrics(ports: Ports, seconds: Callable[[], float] = perf_counter) -> Collector:
    """A collector for a registry of its own."""
    return _Numbers(ports, seconds)
