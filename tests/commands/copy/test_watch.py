"""What one look at a running copy means."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from commands.copy.watch import _seen, _worth_showing
from store.lifecycle import CopyState
from store.tables import Copy
from tests.commands.copy.test_content import IMAGE

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def running(**columns: Any) -> Copy:
    values = {"sent_at": NOW - MINUTE, "look_interval_s": 5.0, "state": CopyState.RUNNING, **columns}
    return Copy(request_id="cp-1", image_id="img-a", destination="cn-east-2", new_image_id="img-n", **values)


def look(copy: Copy, **facts: Any) -> dict[str, Any]:
    return _seen(copy, replace(IMAGE, id="img-n", **facts), NOW)


def test_a_copy_that_is_ready_is_looked_at_no_more() -> None:
    found = look(running(), status="ready")
    assert (found["state"], found["ready_at"], found["look_at"]) == (CopyState.READY, NOW, None)


def test_a_copy_that_the_cloud_calls_an_error_has_failed() -> None:
    found = look(running(), status="error")
    assert (found["state"], found["problem"], found["look_at"]) == (
        CopyState.FAILED,
        {"fault": "copy_error"},
        None,
    )


def test_a_copy_that_is_absent_has_failed_only_after_ten_minutes() -> None:
    first = _seen(running(), None, NOW)
    assert (first["missing_since"], "state" in first) == (NOW, False)
    assert "state" not in _seen(running(missing_since=NOW - 9 * MINUTE), None, NOW)
    assert _seen(running(missing_since=NOW - 10 * MINUTE), None, NOW)["state"] is CopyState.FAILED


def test_a_copy_that_is_back_is_missing_no_more() -> None:
    found = look(running(missing_since=NOW - 9 * MINUTE), status="pending", progress=4)
    assert (found["missing_since"], found["progress"]) == (None, 4)


def test_progress_that_the_cloud_leaves_out_stays_as_it_was() -> None:
    assert look(running(progress=40), status="pending", progress=None)["progress"] == 40


@pytest.mark.parametrize(("interval_s", "next_s"), [(5, 6.5), (28, 30), (30, 30), (60, 60)])
def test_looks_come_ever_later_up_to_half_a_minute(interval_s: float, next_s: float) -> None:
    found = look(running(look_interval_s=interval_s), status="pending")
    assert found["look_interval_s"] == next_s
    assert found["look_at"] == NOW + timedelta(seconds=next_s)


def test_after_a_day_a_look_every_ten_minutes_is_enough() -> None:
    old = running(sent_at=NOW - timedelta(days=1, seconds=1))
    assert look(old, status="pending")["look_at"] == NOW + 10 * MINUTE


@pytest.mark.parametrize(
    ("before", "after", "worth"),
    [(None, 0, True), (0, 9, False), (9, 10, True), (71, 79, False), (71, 80, True)],
)
def test_only_every_tenth_percent_is_worth_an_edit(before: int | None, after: int, *, worth: bool) -> None:
    assert _worth_showing(running(progress=before), {"progress": after}) is worth
