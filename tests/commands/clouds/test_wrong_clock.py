"""A refusal of the caller is blamed on our clock only where the answer's own date says so."""

from datetime import UTC, datetime

import pytest

from commands.clouds.cloud import CloudError, Effect, Fault
from commands.clouds.jdcloud.clock import blamed_on_clock

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def blamed(fault: Fault, date: str) -> CloudError:
    error = CloudError(fault, "expired [gw]", http_status=401, status="ACCESS_ERROR", request_id="r-1")
    return blamed_on_clock(error, date, NOW)


@pytest.mark.parametrize("fault", [Fault.UNAUTHENTICATED, Fault.FORBIDDEN])
@pytest.mark.parametrize(
    ("date", "off_s"),
    [
        ("Sun, 01 Mar 2026 11:00:00 GMT", -10_800),
        ("Sun, 01 Mar 2026 00:00:00 GMT", 28_800),
        ("Sun, 01 Mar 2026 16:30:00 +0800", -1_800),
        ("Sun, 01 Mar 2026 07:54:59 GMT", 301),
    ],
)
def test_a_clock_that_is_off_is_blamed_with_the_clouds_own_words(fault: Fault, date: str, off_s: int) -> None:
    error = blamed(fault, date)
    assert (error.fault, error.clock_off_s, error.effect) == (Fault.CLOCK, off_s, Effect.NONE)
    assert (error.http_status, error.status, error.message, error.request_id) == (
        401,
        "ACCESS_ERROR",
        "expired [gw]",
        "r-1",
    )


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Sun, 01 Mar 2026 07:55:00 GMT", "Sun, 01 Mar 99999 0:0:0 GMT"]
)
def test_a_date_that_is_missing_senseless_or_near_blames_nothing(date: str) -> None:
    assert blamed(Fault.UNAUTHENTICATED, date).fault is Fault.UNAUTHENTICATED


def test_no_other_refusal_is_blamed_on_the_clock() -> None:
    assert blamed(Fault.BUSY, "Sun, 01 Mar 2026 11:00:00 GMT").fault is Fault.BUSY
