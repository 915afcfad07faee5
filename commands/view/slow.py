"""Copies that have been running for a day: the thread says how seldom they are looked at, and what people can do."""

from collections.abc import Sequence
from datetime import timedelta

from commands import names
from commands.clouds.cloud import Region
from commands.snapshot import Snapshot
from commands.text import Code, Language, Message, Text
from commands.view.part import Part
from store.lifecycle import CopyState
from store.tables import Copy

LONG = timedelta(days=1)
SELDOM_S = 600.0
"""Between looks at a copy that has been running for so long."""

_SLOW = Text(
    "{copy}（{region}）已复制超过 24 小时仍未完成，今后每 10 分钟查看一次。请在京东云控制台查看该镜像；若已不再需要，可在那里删除",
    "{copy} in {region} has been copying for more than 24 hours and is looked at every 10 minutes from now on. "
    "Look at the image in JD Cloud's console; if it is no longer wanted, delete it there.",
)


def is_slow(copy: Copy) -> bool:
    """Whether it is looked at seldom because it has been running for so long."""
    if copy.sent_at is None or copy.look_at is None:
        return False
    return copy.look_interval_s == SELDOM_S and copy.look_at - copy.sent_at > LONG


def slow(seen: Snapshot, regions: Sequence[Region], language: Language) -> list[Part]:
    """One message, about the copies that are slow when it is posted."""
    copies = [copy for copy in seen.in_state(CopyState.RUNNING) if is_slow(copy)]
    if not copies:
        return []
    lines = (
        _SLOW.line(
            language,
            copy=Code(str(copy.new_image_id)),
            region=names.region(regions, copy.destination, language),
        )
        for copy in copies
    )
    return [Part("slow", Message(tuple(lines)))]
