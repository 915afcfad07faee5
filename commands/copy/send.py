"""Send one planned call: intent committed, sent once, answer committed."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import structlog

from commands.clouds.cloud import CloudError, Copied, Effect, Fault
from commands.copy import plan
from commands.copy.trouble import as_problem, growing_pause, log_error, problem_json
from commands.ports import Ports
from store import calls, flags, requests
from store.database import DatabaseError, Transaction
from store.lifecycle import CallState, CopyState
from store.tables import Call, Request

_TRIES = 12
"""How often a call that could not even be sent is tried; with growing pauses that is about half an hour."""
_AGAIN_S = 0.5
"""Between attempts to write down an answer."""

log = structlog.get_logger(__name__)


async def send(ports: Ports, request: Request, call: Call, lease: str, left_s: Callable[[], float]) -> None:
    """Write the intent, make the call, write the answer.

    Args:
        left_s: how long from the moment of asking something may still be written to the network.
    """
    images = await ports.db.read(lambda tx: [copy.image_id for copy in calls.images_of(tx, call)])
    if left_s() <= 0:
        return  # no intent that could not be sent: the next step, under its own lease, does it at once
    attempt = await ports.db.run(lambda tx: _intend(tx, ports, call, lease))
    if attempt is None:
        return
    try:
        copied = await ports.cloud.copy_images(
            source=request.source_region or "",
            image_ids=images,
            destination=call.destination,
            description=call.marker,
            send_within_s=left_s(),
        )
    except CloudError as error:
        log_error(error, doing="copy", request_id=call.request_id)
        failure = error
        await _write_down(ports, call, lambda tx: _failed(tx, ports, request, call, attempt, images, failure))
        return
    await _write_down(ports, call, lambda tx: _copied(tx, ports, call, copied))


def _intend(tx: Transaction, ports: Ports, call: Call, lease: str) -> int | None:
    """As `calls.intend`, and not while paused: that may have come since the step began."""
    return None if flags.paused(tx) else calls.intend(tx, call, lease=lease, at=ports.now())


async def _write_down(ports: Ports, call: Call, answer: Callable[[Transaction], None]) -> None:
    """As soon as the database takes it, also when the lease is long over: nobody else knows the answer."""
    waiting = False
    while True:
        try:
            return await ports.db.run(answer)
        except DatabaseError as error:
            if not error.away:
                raise
            if not waiting:
                log.warning("answer_waits_for_database", request_id=call.request_id, call=call.number)
            waiting = True
            await asyncio.sleep(_AGAIN_S)


def _copied(tx: Transaction, ports: Ports, call: Call, copied: Copied) -> None:
    now = ports.now()
    first = calls.answered(
        tx,
        call,
        copied.mapping,
        request_id=copied.request_id,
        at=now,
        interval_s=ports.timing.poll_s,
    )
    if first:  # due at once: whoever has taken over meanwhile may have left it to a person
        requests.change(tx, call.request_id, at=now, run_at=now)


def _failed(
    tx: Transaction,
    ports: Ports,
    request: Request,
    call: Call,
    attempt: int,
    images: Sequence[str],
    error: CloudError,
) -> None:
    now = ports.now()
    if error.effect is Effect.UNKNOWN:
        changed = _not_sure(tx, call, attempt, error, now)
    elif error.passing:
        changed = _try_again(tx, call, attempt, error, now)
    elif call.unresolved:
        changed = calls.settle_as(tx, call, CallState.SETTLING, attempt=attempt, run_at=now)
    else:
        changed = _refused(tx, request, call, attempt, images, error, now)
    if changed:
        named = [image for image in error.image_ids if image in images] or list(images)
        kind = "unknown" if error.effect is Effect.UNKNOWN else "error"
        calls.add_problem(tx, as_problem(call, kind, error, named, now))
        # Due at once, as after an answer: whoever has taken over meanwhile may have left it to a person.
        requests.change(tx, request.id, at=now, run_at=now)


def _not_sure(tx: Transaction, call: Call, attempt: int, error: CloudError, now: datetime) -> bool:
    """It may have begun: settle before anything else happens to these images."""
    lost = error.fault in {Fault.LOST, Fault.GARBLED}
    changes: dict[str, Any] = {"unresolved": True, "lost": lost or call.lost, "absent": [], "run_at": now}
    return calls.settle_as(tx, call, CallState.SETTLING, attempt=attempt, **changes)


def _try_again(tx: Transaction, call: Call, attempt: int, error: CloudError, now: datetime) -> bool:
    """Busy and the like prove nothing: wait, list, then send. What was never sent is sent again after a pause."""
    pauses = call.pauses + 1
    unsent = error.fault is Fault.NOT_SENT
    if unsent and not call.unresolved and pauses > _TRIES:
        calls.end_copies(tx, call, CopyState.FAILED, problem_json(error))
        return calls.settle_as(tx, call, CallState.REFUSED, attempt=attempt, answered_at=now)
    state = CallState.PLANNED if unsent and not call.unresolved else CallState.SETTLING
    run_at = now + growing_pause(pauses)
    return calls.settle_as(tx, call, state, attempt=attempt, pauses=pauses, run_at=run_at)


def _refused(
    tx: Transaction,
    request: Request,
    call: Call,
    attempt: int,
    images: Sequence[str],
    error: CloudError,
    now: datetime,
) -> bool:
    """Final. The images that the refusal names fail, and the others go in a new call; naming none, it fails all."""
    changed = calls.settle_as(
        tx, call, CallState.REFUSED, attempt=attempt, answered_at=now, cloud_request_id=error.request_id
    )
    if not changed:
        return False
    named = [image for image in images if image in error.image_ids]
    calls.end_copies(tx, call, CopyState.FAILED, problem_json(error), only=named or None)
    others = [image for image in images if image not in named] if named else []
    if others:
        calls.split_off(tx, call, others, plan.marker_for(request.id, request.source_region, others))
    return True
