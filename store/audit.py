"""The audit trail: entries in one chain, each hash covering the entry and the hash before it."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, select

from store.locks import alone
from store.tables import Event, Request

START = "0" * 64
"""The hash before the first entry."""

_PENDING = "audit"


@dataclass(frozen=True)
class Entry:
    """Something that happened; `actor` is a Slack user id, `bot` or `file`."""

    kind: str
    at: datetime
    team: str = ""
    channel: str = ""
    actor: str = ""
    request_id: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


def note(tx: Session, entry: Entry) -> None:
    """Add an entry to the trail when this transaction commits."""
    tx.info.setdefault(_PENDING, []).append(entry)


def write_pending(tx: Session) -> None:
    """Write the transaction's entries; last, so that the chain's lock is held for the shortest time."""
    entries: list[Entry] = tx.info.pop(_PENDING, [])
    if not entries:
        return
    tx.flush()
    alone(tx, "audit")
    seq, previous = head(tx)
    for number, entry in enumerate(entries, seq + 1):
        event = _link(entry, number, previous)
        tx.add(event)
        previous = event.hash
    tx.flush()


def head(tx: Session) -> tuple[int, str]:
    """The number and hash of the newest entry; (0, START) when there is none."""
    newest = tx.exec(select(Event).order_by(col(Event.seq).desc()).limit(1)).first()
    return (newest.seq, newest.hash) if newest else (0, START)


def entries(tx: Session, *, since: datetime | None = None) -> Iterator[Event]:
    """The trail in order, from `since` on."""
    query = select(Event).order_by(col(Event.seq))
    if since is not None:
        query = query.where(col(Event.at) >= since)
    yield from tx.exec(query.execution_options(yield_per=500))


def first_broken(trail: Iterable[Event]) -> Event | None:
    """The first entry of a whole trail whose hash or place in the chain is not right."""
    previous = START
    for seq, event in enumerate(trail, 1):
        if event.seq != seq or event.previous != previous or event.hash != _digest(event):
            return event
        previous = event.hash
    return None


def unrecorded(tx: Session) -> str | None:
    """The oldest request whose making the trail doesn't mention: entries were removed from its end."""
    recorded = select(Event.request_id).where(Event.kind == "requested", Event.request_id == Request.id)
    query = select(Request.id).where(~recorded.exists()).order_by(col(Request.created_at)).limit(1)
    return tx.exec(query).first()


def as_json(event: Event) -> dict[str, Any]:
    """The entry as it is hashed and exported; `at` in ISO 8601, UTC."""
    return {
        "seq": event.seq,
        "at": event.at.astimezone(UTC).isoformat(),
        "team": event.team,
        "channel": event.channel,
        "actor": event.actor,
        "kind": event.kind,
        "request_id": event.request_id,
        "data": event.data,
        "previous": event.previous,
    }


def _link(entry: Entry, seq: int, previous: str) -> Event:
    stored = json.loads(json.dumps(entry.data))  # what will be read back: keys are strings, tuples lists
    event = Event(seq=seq, previous=previous, hash="", **{**vars(entry), "data": stored})
    event.hash = _digest(event)
    return event


def _digest(event: Event) -> str:
    canonical = json.dumps(as_json(event), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
