"""Running copies: one question per destination for up to a hundred of them, until each is usable or has failed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from commands.clouds.cloud import CloudError, CloudImage
from commands.copy.trouble import log_error
from commands.ports import Ports
from commands.view.slow import LONG, SELDOM_S, is_slow
from store import looks, requests
from store.database import Transaction
from store.lifecycle import CopyState
from store.tables import Copy

AT_ONCE = 100
"""The most images that one describeImages takes."""

_LONGEST_S = 30
_GROWTH = 1.3
_MISSING = timedelta(minutes=10)
_PROGRESS_STEP = 10


async def claim(ports: Ports) -> list[Copy]:
    """The copies of one destination that are due for a look; empty when none is."""
    now, busy_s = ports.now(), ports.timing.lease_s
    return await ports.db.run(lambda tx: looks.claim(tx, now=now, limit=AT_ONCE, busy_s=busy_s))


async def look(ports: Ports, due: Sequence[Copy]) -> None:
    """Ask the cloud about these copies of one destination, and write down what it says."""
    ids = [str(copy.new_image_id) for copy in due]
    try:
        answer = await ports.cloud.describe_images(due[0].destination, ids)
    except CloudError as error:
        log_error(error, doing="look at running copies")
        await ports.db.run(lambda tx: _put_off(tx, due, ports.now()))
        return
    images = {image.id: image for image in answer}
    absent = [copy for copy in due if copy.new_image_id not in images and _long_absent(copy, ports.now())]
    unsure = await _look_again(ports, absent, images)
    seen = [copy for copy in due if copy.new_image_id not in unsure]
    await ports.db.run(lambda tx: _write_down(tx, seen, images, ports.now()))
    ports.wake()


def _long_absent(copy: Copy, now: datetime) -> bool:
    return copy.missing_since is not None and now - copy.missing_since >= _MISSING


async def _look_again(ports: Ports, absent: Sequence[Copy], images: dict[str, CloudImage]) -> set[str]:
    """Before a copy counts as gone it is asked for by itself: a list may leave out what a key may not list.

    Returns:
        The ids that the cloud said nothing certain about; what it did find is added to `images`.
    """
    unsure = set()
    for copy in absent:
        identity = str(copy.new_image_id)
        try:
            found = await ports.cloud.describe_image(copy.destination, identity)
        except CloudError as error:
            log_error(error, doing="look for a missing copy", request_id=copy.request_id)
            unsure.add(identity)
        else:
            images |= {identity: found} if found is not None else {}
    return unsure


def _put_off(tx: Transaction, due: Sequence[Copy], now: datetime) -> None:
    slow = set()
    for copy in looks.still_running(tx, due):
        slow |= {copy.request_id} if _change(copy, _next_look(copy, now)) else set()
    for request_id in sorted(slow):
        requests.change(tx, request_id, at=now)


def _write_down(
    tx: Transaction, due: Sequence[Copy], images: Mapping[str, CloudImage], now: datetime
) -> None:
    changed: dict[str, bool] = {}
    for copy in looks.still_running(tx, due):
        values = _seen(copy, images.get(str(copy.new_image_id)), now)
        ended = "state" in values
        if _change(copy, values) or ended:
            changed[copy.request_id] = changed.get(copy.request_id, False) or ended
    for request_id, ended in sorted(changed.items()):
        due_now: dict[str, Any] = {"run_at": now} if ended else {}
        requests.change(tx, request_id, at=now, **due_now)


def _change(copy: Copy, values: Mapping[str, Any]) -> bool:
    """Whether the change is worth showing."""
    worth, slow = _worth_showing(copy, values), is_slow(copy)
    for name, value in values.items():
        setattr(copy, name, value)
    return worth or is_slow(copy) != slow


def _seen(copy: Copy, image: CloudImage | None, now: datetime) -> dict[str, Any]:
    """What a look at one copy means for its row."""
    if image is None:
        since = copy.missing_since or now
        if _long_absent(copy, now):
            return {"state": CopyState.FAILED, "problem": {"fault": "gone"}, "look_at": None}
        return {"missing_since": since, **_next_look(copy, now)}
    if image.status == "ready":
        return {
            "state": CopyState.READY,
            "progress": 100,
            "ready_at": now,
            "look_at": None,
            "missing_since": None,
        }
    if image.status == "error":
        return {"state": CopyState.FAILED, "problem": {"fault": "copy_error"}, "look_at": None}
    progress = image.progress if image.progress is not None else copy.progress
    return {"progress": progress, "missing_since": None, **_next_look(copy, now)}


def _next_look(copy: Copy, now: datetime) -> dict[str, Any]:
    """Ever later: from the first interval to half a minute, and every ten minutes after a day."""
    if copy.sent_at is not None and now - copy.sent_at > LONG:
        interval_s = SELDOM_S
    else:
        interval_s = min(copy.look_interval_s * _GROWTH, max(_LONGEST_S, copy.look_interval_s))
    return {"look_at": now + timedelta(seconds=interval_s), "look_interval_s": interval_s}


def _worth_showing(copy: Copy, values: Mapping[str, Any]) -> bool:
    if "progress" not in values:
        return False
    before, after = copy.progress or 0, values["progress"] or 0
    return copy.progress is None or before // _PROGRESS_STEP != after // _PROGRESS_STEP
