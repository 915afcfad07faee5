"""Times, headlines and progress in words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.blocks import mrkdwn
from commands.snapshot import Snapshot
from commands.text import Language, Line
from commands.view.words import duration_words, progress_words
from store.lifecycle import CopyState, State
from store.tables import Copy
from tests.commands.view.test_card import seen

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "1 秒", "1 s"),
        (59, "59 秒", "59 s"),
        (60, "1 分钟", "1 min"),
        (14 * 60 + 29, "14 分钟", "14 min"),
        (3_600, "1 小时", "1 hour"),
        (2 * 3_600 + 5 * 60 + 7, "2 小时 5 分钟", "2 h 5 min"),
        (24 * 3_600, "24 小时", "24 hours"),
        (26 * 3_600 + 60, "1 天 2 小时", "1 day 2 h"),
        (47 * 3_600, "47 小时", "47 hours"),
        (48 * 3_600, "2 天", "2 days"),
        (49 * 3_600, "2 天 1 小时", "2 days 1 h"),
    ],
)
def test_a_time_is_told_in_its_largest_units(seconds: float, zh: str, en: str) -> None:
    assert duration_words(timedelta(seconds=seconds), "zh") == zh
    assert duration_words(timedelta(seconds=seconds), "en") == en


def running(progress: int | None, **columns: Any) -> Copy:
    values = {"state": CopyState.RUNNING, "sent_at": START, "progress": progress, **columns}
    return Copy(
        request_id="cp-1",
        image_id="img-0",
        destination="cn-east-2",
        new_image_id=f"img-n{progress}",
        **values,
    )


def words(*copies: Copy, language: Language = "zh") -> str | None:
    base = seen(State.WATCHING)
    found = progress_words(Snapshot(base.request, list(copies), [], [], [], frozenset()), language)
    return mrkdwn(Line((found,))) if found is not None else None


def test_there_is_no_progress_before_anything_runs() -> None:
    assert words() is None
    assert words(Copy(request_id="cp-1", image_id="img-0", destination="cn-east-2")) is None


def test_progress_is_the_mean_with_each_copys_own() -> None:
    assert words(running(71), running(53)) == "▓▓▓▓▓▓░░░░ 62% · `img-n71` 71%、`img-n53` 53%"
    assert words(running(None)) == "░░░░░░░░░░ 0% · `img-nNone` 0%"
    assert words(running(40, state=CopyState.READY), language="en") == "▓▓▓▓▓▓▓▓▓▓ 100% · `img-n40` 100%"


def test_a_copy_that_failed_counts_no_more_in_the_progress() -> None:
    failed = running(2, state=CopyState.FAILED)
    assert words(failed) == "`img-n2` 失败"
    assert words(running(40), failed, language="en") == "▓▓▓▓░░░░░░ 40% · `img-n40` 40%, `img-n2` failed"


def test_of_many_copies_five_are_named() -> None:
    told = words(*(running(n) for n in range(10, 17)))
    assert told is not None
    assert told.count("`img-") == 5
    assert told.endswith("、…")


def test_the_time_left_is_told_once_enough_is_known() -> None:
    looked = {"look_at": START + timedelta(minutes=10, seconds=5), "look_interval_s": 5}
    assert str(words(running(50, **looked))).endswith(" · 预计还需约 10 分钟")
    assert "预计" not in str(words(running(9, **looked)))
    assert "预计" not in str(words(running(100, **looked)))
