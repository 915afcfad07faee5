"""A hundred kills on each database: nothing is lost, nothing is done twice. The longer run is `make chaos`."""

import pytest

from tests.chaos.run import Kind, Transport, play

_KILLS = 100
_SEED = 20261


@pytest.mark.parametrize(("kind", "transport"), [("sqlite", "http"), ("postgresql", "socket")])
async def test_a_hundred_kills_lose_nothing_and_double_nothing(kind: Kind, transport: Transport) -> None:
    report = await play(kind, transport, _KILLS, _SEED)
    assert report.figures["requests acknowledged"] > _KILLS / 10
    assert report.figures["copies begun"] > _KILLS / 10
    assert not report.bad, str(report)
