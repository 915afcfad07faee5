"""Switches for the whole bot."""

from datetime import datetime

from sqlmodel import Session

from store import audit
from store.locks import alone
from store.tables import Flag

_PAUSED = "paused"
_WRITTEN = "written"


def paused(tx: Session) -> bool:
    """Whether nothing new may be sent to the cloud."""
    flag = tx.get(Flag, _PAUSED, populate_existing=True)
    return flag is not None and bool(flag.value.get("on"))


def pause(tx: Session, *, on: bool, by: str, at: datetime) -> bool:
    """Pause or resume; False when that was so already."""
    alone(tx, _PAUSED)
    if paused(tx) is on:
        return False
    tx.merge(Flag(name=_PAUSED, value={"on": on, "by": by, "at": at.isoformat()}))
    audit.note(tx, audit.Entry("paused" if on else "resumed", at, actor=by))
    return True


def note_writing(tx: Session) -> None:
    """Write something of no other meaning, to see whether it can be written."""
    flag = tx.get(Flag, _WRITTEN, populate_existing=True)
    times = flag.value.get("times", 0) if flag is not None else 0
    tx.merge(Flag(name=_WRITTEN, value={"times": times + 1}))
