"""Past requests as rows for other programs: the command line's formats, and the file that a person exports."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from store.database import Transaction
from store.history import Query, find, mapping
from store.tables import Copy, Request

_FIELDS = (
    "request_id",
    "state",
    "team",
    "channel",
    "user",
    "images",
    "source_region",
    "destination_regions",
    "mapping",
    "reason",
    "created_at",
    "ended_at",
    "emergency",
)


def rows_of(tx: Transaction, query: Query, *, limit: int | None = None) -> list[dict[str, Any]]:
    """Newest first; times in ISO 8601, UTC."""
    found = find(tx, query, limit=limit)
    copies = mapping(tx, [request.id for request in found])
    return [_row(request, copies[request.id]) for request in found]


def as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """With a line of names first; lists within a cell are divided by spaces."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_FIELDS)
    writer.writerows([_cell(row[name]) for name in _FIELDS] for row in rows)
    return text.getvalue()


def _row(request: Request, copies: Iterable[Copy]) -> dict[str, Any]:
    pairs = [
        {"source": c.image_id, "destination_region": c.destination, "destination": c.new_image_id}
        for c in copies
    ]
    values = (
        request.id,
        request.state.value,
        request.team,
        request.channel,
        request.requester,
        request.images,
        request.source_region,
        request.destinations,
        pairs,
        request.reason,
        _iso(request.created_at),
        _iso(request.ended_at),
        request.emergency,
    )
    return dict(zip(_FIELDS, values, strict=True))


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(_pair(item) if isinstance(item, dict) else item for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value or ""
    # A spreadsheet would run a reason that begins like a formula.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _pair(pair: dict[str, str]) -> str:
    return f"{pair['source']}={pair['destination']}@{pair['destination_region']}"
