"""A hundred kills on each database: nothing is lost, nothing is done twice. The longer run is `make chaos`."""

import pytest

from tests.chaos.run import Kind, play

_KILLS = 100
_SEED = 20261


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_hundred_kills_lose_nothing_and_double_nothing(kind: Kind) -> None:
    report = await play(kind, _KILLS, _SEED)
    assert report.figures["requests acknowledged"] > _KILLS / 10
    assert report.figures["copies begun"] > _KILLS / 10
    assert not report.bad, str(report)
