"""The worker's next step for a due request: one action, chosen by its state."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from commands import snapshot
from commands.copy.check import check
from commands.copy.held import Held, hold
from commands.copy.look_before import look_before
from commands.copy.recheck import recheck
from commands.copy.rights import may_send
from commands.copy.send import send
from commands.copy.settle import settle
from commands.copy.waiting import wait
from commands.ports import Ports
from commands.snapshot import Snapshot
from store import calls, due, flags, requests
from store.database import Transaction
from store.lifecycle import CallState, CopyState, State, derive, move_to
from store.tables import Call, Request

_PAUSED = timedelta(seconds=2)


async def step(ports: Ports, request: Request, lease: str, elapsed_s: Callable[[], float]) -> None:
    """Do what is due for a request that is held under `lease`.

    Args:
        elapsed_s: seconds since the lease was taken, on a clock that counts sleep too.

    Raises:
        DatabaseError: the step is done again when the lease has run out.
    """
    if request.state is State.CHECKING:
        await check(ports, request, lease)
    elif request.state is State.WAITING:
        await wait(ports, request, lease)
    elif request.state is State.APPROVED:
        await recheck(ports, request, lease)
    else:
        await _advance(ports, request, lease, elapsed_s)


async def _advance(ports: Ports, request: Request, lease: str, elapsed_s: Callable[[], float]) -> None:
    """COPYING and after: one action on one call, then see where that leaves the request."""
    now = ports.now()
    seen = await ports.db.run(lambda tx: _prepare(tx, request, lease, now))
    paused = await ports.db.read(flags.paused)
    call = _next(seen, now, paused=paused) if seen else None
    if call is not None:
        await _act(ports, request, call, lease, elapsed_s)
    await ports.db.run(lambda tx: _settle_state(tx, ports, request, lease, paused=paused))


def _prepare(tx: Transaction, request: Request, lease: str, now: datetime) -> Snapshot | None:
    """What was found half done is to be settled; what is not to be sent any more is given up."""
    if not due.keep(tx, due.WORK, request.id, lease):
        return None
    for call in requests.calls(tx, request.id):
        if call.state is CallState.SENDING:
            lost = {"unresolved": True, "lost": True, "absent": [], "run_at": now}
            calls.settle_as(tx, call, CallState.SETTLING, attempt=call.attempt, **lost)
            requests.change(tx, request.id, at=now)  # the card says that it isn't certain
        elif call.state is CallState.PLANNED and request.cancel_wanted_by is not None:
            calls.end_copies(tx, call, CopyState.NOT_SENT, {})
            calls.settle_as(tx, call, CallState.NOT_SENT, attempt=call.attempt)
    return snapshot.take(tx, request.id)


def _next(seen: Snapshot, now: datetime, *, paused: bool) -> Call | None:
    """The first call that something can be done about now: settling before sending."""
    ready = [call for call in seen.calls if call.run_at is None or call.run_at <= now]
    for call in ready:
        if call.state is CallState.SETTLING:
            return call
    if paused:
        return None
    return next((c for c in ready if c.state is CallState.PLANNED and _images_free(seen, c)), None)


def _images_free(seen: Snapshot, call: Call) -> bool:
    """JD Cloud refuses a source that is being copied: destinations that share an image go one after the other."""
    mine = {copy.image_id for copy in seen.copies if copy.call_number == call.number}
    others = [c for c in seen.calls if c.number != call.number]
    unsure = {
        c.number for c in others if c.state in {CallState.SENDING, CallState.SETTLING, CallState.UNKNOWN}
    }
    return not any(
        copy.image_id in mine and (copy.call_number in unsure or copy.state is CopyState.RUNNING)
        for copy in seen.copies
        if copy.call_number != call.number
    )


async def _act(
    ports: Ports, request: Request, call: Call, lease: str, elapsed_s: Callable[[], float]
) -> None:
    if call.state is CallState.SETTLING:
        await settle(ports, request, call, lease)
    elif await may_send(ports, request, call, lease) and await look_before(ports, request, call, lease):
        await send(ports, request, call, lease, lambda: ports.timing.lease_s / 2 - elapsed_s())


def _settle_state(tx: Transaction, ports: Ports, request: Request, lease: str, *, paused: bool) -> None:
    """Move to where calls and copies say the request stands, and say when to look again."""
    requests.lock(tx, request.id)
    seen = snapshot.take(tx, request.id)
    if seen is None or seen.request.lease != lease or seen.request.state.ended:
        return
    now = ports.now()
    state = derive(_moving(seen), [c.state for c in seen.copies])
    run_at = _run_at(seen, now + _PAUSED if paused else now)
    held = Held.PAUSED if paused and _sendable(seen) else None
    if state is not seen.request.state:
        changes: dict[str, Any] = {"run_at": run_at, "held": held}
        requests.move(tx, request.id, move_to(state), at=now, lease=lease, **changes)
        return
    hold(tx, seen.request, lease, held, at=now, until=run_at)


def _sendable(seen: Snapshot) -> list[Call]:
    """The calls that wait for nothing but their turn."""
    if seen.request.cancel_wanted_by is not None:
        return []
    return [c for c in seen.calls if c.state is CallState.PLANNED and _images_free(seen, c)]


def _moving(seen: Snapshot) -> list[CallState]:
    """The calls' states; next to a question, one that waits for its images waits for a person and isn't counted."""
    asked = any(call.state is CallState.UNKNOWN for call in seen.calls)
    return [
        call.state
        for call in seen.calls
        if not (asked and call.state is CallState.PLANNED and not _images_free(seen, call))
    ]


def _run_at(seen: Snapshot, now: datetime) -> datetime | None:
    """When the worker can do something again; None while only copies run, whose looks have their own timer."""
    moments = [call.run_at or now for call in seen.calls if call.state is CallState.SETTLING]
    moments += [max(call.run_at or now, now) for call in _sendable(seen)]
    stopping = seen.request.cancel_wanted_by is not None
    if any(c.state is CallState.SENDING or (stopping and c.state is CallState.PLANNED) for c in seen.calls):
        moments.append(now)
    return min(moments, default=None)
