"""Turns at Slack: as many as it grants, and none asked for in vain by thousands."""

from dataclasses import dataclass

import pytest

from bot.pace import Pace


@dataclass
class _Seconds:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


async def _turns(pace: Pace, count: int, at_most_s: float = 0) -> list[float]:
    return [await pace.wait("a", per_s=1, burst=2, at_most_s=at_most_s) for _ in range(count)]


async def test_a_burst_is_granted_at_once_and_each_of_the_rest_is_told_a_moment_of_its_own() -> None:
    assert await _turns(Pace(_Seconds()), 6) == [0, 0, 1, 2, 3, 4]


async def test_who_comes_back_when_told_has_a_turn() -> None:
    clock = _Seconds()
    pace = Pace(clock)
    told = (await _turns(pace, 52))[2:]
    granted = []
    for moment in told:
        clock.now = moment
        granted += await _turns(pace, 1)
    assert granted == [0] * 50


async def test_who_would_wait_a_little_goes_before_those_who_were_sent_away() -> None:
    clock = _Seconds()
    pace = Pace(clock)
    await _turns(pace, 100)
    assert await pace.wait("a", per_s=1, burst=2, at_most_s=1.5) == 0  # after waiting for a second
    clock.now = 1
    assert await _turns(pace, 1) == [pytest.approx(98)]


async def test_what_was_promised_is_forgotten_when_its_time_is_over() -> None:
    clock = _Seconds()
    pace = Pace(clock)
    await _turns(pace, 10)
    clock.now = 60
    assert await _turns(pace, 3) == [0, 0, 1]


async def test_keys_have_turns_of_their_own_and_a_key_on_hold_has_none() -> None:
    pace = Pace(_Seconds())
    pace.hold("b", 30)
    assert await pace.wait("a", per_s=1, burst=1, at_most_s=0) == 0
    assert await pace.wait("b", per_s=1, burst=1, at_most_s=0) == 30


async def test_who_is_sent_away_from_one_line_does_not_come_back_behind_another() -> None:
    pace = Pace(_Seconds())
    await _turns(pace, 100)
    patient = [await pace.wait("a", per_s=1, burst=2, at_most_s=0.5, line="awaited") for _ in range(3)]
    assert patient == [1, 2, 3]
