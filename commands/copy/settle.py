"""A call whose outcome isn't known: look in the destination until it is, and send nothing meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from commands.clouds.cloud import CloudError, CloudImage, Fault
from commands.copy import plan
from commands.copy.trouble import as_question, growing_pause, log_error, problem_json
from commands.ports import Ports
from store import calls, due, requests
from store.database import Transaction
from store.lifecycle import CallState, CopyState
from store.tables import Call, Copy, Request

_LISTINGS = 3
"""In how many complete listings a copy must be absent before it counts as not begun."""
_CANDIDATES = 20
"""The most images offered as the copy asked about: each takes a button."""
_RESENDS = 2
"""How often a call whose answer got lost is sent again before a person is asked."""


@dataclass(frozen=True)
class Seen:
    """A complete listing of the destination, matched against one call.

    Attributes:
        ours: source image → its copy, by our marker; for certain.
        perhaps: source image → images that were not there before and could be its copy.
    """

    ours: dict[str, str]
    perhaps: dict[str, list[CloudImage]]


async def settle(ports: Ports, request: Request, call: Call, lease: str) -> None:
    """List the destination once and draw the conclusion that the listing allows."""
    copies = await ports.db.read(lambda tx: calls.images_of(tx, call))
    began = ports.now()
    try:
        listing = await ports.cloud.private_images(call.destination)
    except CloudError as error:
        log_error(error, doing="settle", request_id=call.request_id)
        failure = error
        await ports.db.run(lambda tx: _not_listed(tx, ports, request, call, copies, lease, failure))
        return
    seen = match(call, copies, listing, request)
    await ports.db.run(lambda tx: _conclude(tx, ports, request, call, copies, lease, seen, began))


def match(call: Call, copies: Sequence[Copy], listing: Sequence[CloudImage], request: Request) -> Seen:
    """Which images of a listing are the call's copies, and which could be; pure.

    Within a call names differ, so marker and name together tell which copy is whose. A marked image whose name
    fits none (it was renamed, say) is nobody's for certain, and so nobody's copy counts as absent.
    """
    names = {copy.image_id: request.facts.get(copy.image_id, {}).get("name") for copy in copies}
    marked = [image for image in listing if plan.carries(image.description, call.request_id, call.number)]
    if len(copies) == 1:
        ours = {copies[0].image_id: marked[0].id} if marked else {}
    else:
        by_name = {image.name: image.id for image in marked}
        ours = {source: by_name[name] for source, name in names.items() if name in by_name}
    before = set(call.listed or ())
    stray = [image for image in marked if image.id not in ours.values()]
    new = [image for image in listing if image.id not in before and not _marked_by_us(image)]
    perhaps = {
        source: [*stray, *(image for image in new if image.name == name or source in image.description)]
        for source, name in names.items()
        if source not in ours
    }
    return Seen(ours, {source: images for source, images in perhaps.items() if images})


def _marked_by_us(image: CloudImage) -> bool:
    return image.description.startswith("copy-image-bot ")


def _not_listed(
    tx: Transaction,
    ports: Ports,
    request: Request,
    call: Call,
    copies: Sequence[Copy],
    lease: str,
    error: CloudError,
) -> None:
    """A listing that isn't permitted leaves only a person; any other failure is tried again."""
    if not due.keep(tx, due.WORK, request.id, lease):
        return
    now = ports.now()
    if error.fault in {Fault.FORBIDDEN, Fault.UNAUTHENTICATED} and call.pauses >= _LISTINGS:
        _ask(tx, request, call, copies, {}, now, error)
        return
    pauses = call.pauses + 1
    run_at = now + min(growing_pause(pauses), timedelta(seconds=30))
    calls.settle_as(tx, call, CallState.SETTLING, attempt=call.attempt, pauses=pauses, run_at=run_at)


def _conclude(
    tx: Transaction,
    ports: Ports,
    request: Request,
    call: Call,
    copies: Sequence[Copy],
    lease: str,
    seen: Seen,
    began: datetime,
) -> None:
    if not due.keep(tx, due.WORK, request.id, lease):
        return
    if len(seen.ours) == len(copies):
        _found(tx, ports, call, seen.ours)
        return
    if (written_by := _written_by(ports, call)) is not None and began < written_by and not seen.ours:
        calls.settle_as(tx, call, CallState.SETTLING, attempt=call.attempt, run_at=written_by)
        return
    absent = _before(call.absent, began)
    if call.unresolved and not _long_enough(ports, absent):
        run_at = began + timedelta(seconds=ports.timing.settle_s / (_LISTINGS - 1))
        calls.settle_as(tx, call, CallState.SETTLING, attempt=call.attempt, absent=absent, run_at=run_at)
        return
    if seen.ours:
        _found(tx, ports, call, seen.ours)
        calls.end_copies(tx, call, CopyState.FAILED, {"fault": Fault.LOST.value})
    elif call.unresolved and (seen.perhaps or call.listed is None) and call.told is None:
        _ask(tx, request, call, copies, seen.perhaps, ports.now())
    else:
        _absent(tx, ports, request, call, copies)


def _written_by(ports: Ports, call: Call) -> datetime | None:
    """Until when the newest attempt may still write to the network; None: a clock that was set back can't say.

    Its connection may fail at once and the request arrive all the same, later: only listings after this count.
    """
    if not call.unresolved or call.intent_at is None or call.intent_at > ports.now():
        return None
    return call.intent_at + timedelta(seconds=ports.timing.lease_s / 2)


def _before(absent: Sequence[str], began: datetime) -> list[str]:
    """The listings so far with the newest; what a clock dated later that has been set back since counts no more."""
    return [*(at for at in absent if datetime.fromisoformat(at) <= began), began.isoformat()]


def _long_enough(ports: Ports, absent: Sequence[str]) -> bool:
    first, last = datetime.fromisoformat(absent[0]), datetime.fromisoformat(absent[-1])
    return len(absent) >= _LISTINGS and (last - first).total_seconds() >= ports.timing.settle_s


def _found(tx: Transaction, ports: Ports, call: Call, mapping: dict[str, str]) -> None:
    now = ports.now()
    calls.answered(tx, call, mapping, request_id="", at=now, interval_s=ports.timing.poll_s)
    requests.change(tx, call.request_id, at=now)


def _absent(tx: Transaction, ports: Ports, request: Request, call: Call, copies: Sequence[Copy]) -> None:
    """Not begun, as far as anybody can tell: send again, fail, or ask."""
    now = ports.now()
    again: dict[str, Any] = {"unresolved": False, "absent": [], "run_at": now}
    if not call.unresolved or call.told == "resend":
        calls.settle_as(tx, call, CallState.PLANNED, attempt=call.attempt, told=None, **again)
    elif not call.lost:
        calls.end_copies(tx, call, CopyState.FAILED, _newest_problem(tx, call))
        calls.settle_as(tx, call, CallState.REFUSED, attempt=call.attempt, answered_at=now)
        requests.change(tx, request.id, at=now)
    elif call.resends < _RESENDS:
        calls.settle_as(
            tx, call, CallState.PLANNED, attempt=call.attempt, resends=call.resends + 1, lost=False, **again
        )
    else:
        _ask(tx, request, call, copies, {}, now)


def _newest_problem(tx: Transaction, call: Call) -> dict[str, Any]:
    mine = [p for p in requests.problems(tx, call.request_id) if p.call_number == call.number]
    if not mine:
        return {"fault": Fault.LOST.value}
    error = mine[-1]
    return problem_json(
        CloudError(
            Fault(error.fault),
            error.message,
            http_status=error.http_status,
            status=error.status,
            request_id=error.cloud_request_id,
            clock_off_s=error.clock_off_s or 0,
        )
    )


def _ask(
    tx: Transaction,
    request: Request,
    call: Call,
    copies: Sequence[Copy],
    perhaps: dict[str, list[CloudImage]],
    now: datetime,
    error: CloudError | None = None,
) -> None:
    """Only a person can say: one question per image; with the error that keeps us from looking, if one does."""
    if not calls.settle_as(tx, call, CallState.UNKNOWN, attempt=call.attempt, run_at=None, absent=[]):
        return
    for copy in copies:
        question = as_question(call, copy.image_id, error, now)
        question.candidates = [
            {"id": image.id, "name": image.name, "created_at": image.created_at}
            for image in perhaps.get(copy.image_id, [])[:_CANDIDATES]
        ]
        calls.add_problem(tx, question)
    requests.change(tx, request.id, at=now)
