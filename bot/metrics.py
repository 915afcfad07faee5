"""Numbers for Prometheus, read from the store when they are asked for; no person's id is in any label."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from commands.ports import Ports
from store import statistics


class _Numbers(Collector):
    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        with self._ports.db.reading() as tx:
            found = statistics.read(tx, self._ports.now())
        requests = GaugeMetricFamily("copy_image_requests", "Requests by state.", labels=["state"])
        for state, count in found.requests.items():
            requests.add_metric([state], count)
        copies = CounterMetricFamily(
            "copy_image_copies_begun", "Copies that the cloud has begun.", value=found.copies
        )
        lag = GaugeMetricFamily("copy_image_lag_seconds", "Age of the oldest overdue work.", labels=["kind"])
        for kind, seconds in found.lag_s.items():
            lag.add_metric([kind], seconds)
        yield from (requests, copies, lag)


def metrics(ports: Ports) -> Collector:
    """A collector for a registry of its own."""
    return _Numbers(ports)
