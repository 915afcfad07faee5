"""WAITING: let a request expire, look at who could approve it, and remind them."""

from datetime import datetime, timedelta
from typing import Any

from commands import audience
from commands.audience import Found
from commands.decide import approvals_needed
from commands.ports import Ports
from store import due, requests
from store.database import Transaction
from store.lifecycle import Move
from store.tables import Request

AGAIN = timedelta(seconds=60)
"""After which people are looked at anew where they could not be known."""
_DAY = timedelta(days=1)


async def wait(ports: Ports, request: Request, lease: str) -> None:
    """What is due for a request that waits for approval: whatever brought it here, people are looked at as well."""
    expired = _expired(request, ports.now())
    found = None if expired else await audience.look(ports, request)
    await ports.db.run(lambda tx: _wait(tx, ports, request, lease, found))


def _expired(request: Request, now: datetime) -> bool:
    return request.expires_at is not None and request.expires_at <= now


def _wait(tx: Transaction, ports: Ports, request: Request, lease: str, found: Found | None) -> None:
    now = ports.now()
    if _expired(request, now):
        requests.move(tx, request.id, Move.EXPIRE, at=now, lease=lease)
        return
    if not due.keep(tx, due.WORK, request.id, lease):
        return
    values = _reminded(request, now)
    if found is not None and found.rule is not None:
        needed = approvals_needed(request, found.rule)
        values |= {"approvals_needed": needed} if needed != request.approvals_needed else {}
    news = audience.record(tx, request, found, at=now) if found is not None else False
    if values or news:
        requests.change(tx, request.id, at=now, lease=lease, **values)
    moments = [values.get("remind_at", request.remind_at), request.expires_at, now + _DAY]
    if found is None:
        moments.append(now + AGAIN)
    run_at = min(moment for moment in moments if moment is not None)
    due.release(tx, due.WORK, request.id, lease=lease, at=run_at)


def _reminded(request: Request, now: datetime) -> dict[str, Any]:
    """One more reminder where it is time for one, at doubling intervals."""
    if request.remind_at is None or request.remind_at > now or request.waiting_since is None:
        return {}
    waited = request.remind_at - request.waiting_since
    return {"reminders": request.reminders + 1, "remind_at": request.remind_at + waited}
