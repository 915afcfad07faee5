"""A copy that runs for days: what the thread says of it, and when."""

from datetime import timedelta
from typing import Any

import pytest

from bot.plain import plain
from commands.clouds.jdcloud.regions import REGIONS
from commands.snapshot import Snapshot
from commands.view.slow import is_slow, slow
from store.lifecycle import CopyState
from store.tables import Copy, Request
from tests.store.rows import NOW

_DAY = timedelta(days=1)


def _copy(**columns: Any) -> Copy:
    running = {
        "state": CopyState.RUNNING,
        "sent_at": NOW - _DAY,
        "look_at": NOW + timedelta(minutes=10),
        "look_interval_s": 600.0,
        **columns,
    }
    return Copy(request_id="cp-1", image_id="img-a", destination="cn-east-2", new_image_id="img-n", **running)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, True),
        ({"look_interval_s": 30.0}, False),
        ({"sent_at": NOW - timedelta(hours=20)}, False),
        ({"look_at": None}, False),
        ({"sent_at": None}, False),
    ],
)
def test_a_copy_is_slow_when_it_is_looked_at_seldom_after_a_day(
    columns: dict[str, Any], *, expected: bool
) -> None:
    assert is_slow(_copy(**columns)) is expected


def test_the_thread_says_in_english_what_to_do() -> None:
    request = Request(id="cp-1", team="T1", channel="C1", requester="U1", delivery="d", created_at=NOW)
    copies = [_copy(), _copy(state=CopyState.READY)]
    seen = Snapshot(request, copies, [], [], [], frozenset())
    (part,) = slow(seen, REGIONS, "en")
    assert part.name == "slow"
    assert "\n".join(plain(line) for line in part.message.lines) == (
        "img-n in cn-east-2 Shanghai has been copying for more than 24 hours and is looked at every 10 minutes "
        "from now on. Look at the image in JD Cloud's console; if it is no longer wanted, delete it there."
    )
