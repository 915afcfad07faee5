"""The look at the destination right before an intent: what an earlier attempt began after all is not copied again."""

from collections.abc import Sequence
from typing import Any

from commands.clouds.cloud import CloudError, CloudImage
from commands.copy import plan
from commands.copy.trouble import as_problem, growing_pause, log_error
from commands.ports import Ports
from store import calls, due, requests
from store.database import Transaction
from store.lifecycle import CallState
from store.tables import Call, Request

_UNUSABLE = frozenset({"error", "deleting"})


async def look_before(ports: Ports, request: Request, call: Call, lease: str) -> bool:
    """List the destination; whether the call is still to be sent, now, under this lease.

    Also remembered, before the first intent, is which images are there: should the answer get lost at a service
    that ignores `description`, only an image that was not there before can be ours.
    """
    try:
        listing = await ports.cloud.private_images(call.destination)
    except CloudError as error:
        log_error(error, doing="list before sending", request_id=call.request_id)
        failure = error
        return await ports.db.run(lambda tx: _not_listed(tx, ports, call, lease, failure))
    return await ports.db.run(lambda tx: _listed(tx, ports, request, call, lease, listing))


def _not_listed(tx: Transaction, ports: Ports, call: Call, lease: str, error: CloudError) -> bool:
    """No reason to stop, unless an earlier attempt may have begun the copy: then nobody may send before listing."""
    if not due.keep(tx, due.WORK, call.request_id, lease):
        return False
    images = [copy.image_id for copy in calls.images_of(tx, call)]
    if not calls.earlier(tx, images, call.destination):
        return _remember(tx, call, None)
    now, pauses = ports.now(), call.pauses + 1
    run_at = now + growing_pause(pauses)
    calls.settle_as(tx, call, CallState.PLANNED, attempt=call.attempt, pauses=pauses, run_at=run_at)
    calls.add_problem(tx, as_problem(call, "error", error, images, now))
    requests.change(tx, call.request_id, at=now)
    return False


def _listed(
    tx: Transaction, ports: Ports, request: Request, call: Call, lease: str, listing: Sequence[CloudImage]
) -> bool:
    if not due.keep(tx, due.WORK, call.request_id, lease):
        return False
    now = ports.now()
    if any(plan.carries(image.description, call.request_id, call.number) for image in listing):
        again: dict[str, Any] = {"unresolved": True, "lost": True, "absent": [], "run_at": now}
        calls.settle_as(tx, call, CallState.SETTLING, attempt=call.attempt, **again)
        return False
    images = [copy.image_id for copy in calls.images_of(tx, call)]
    begun = _begun(tx, images, call.destination, listing)
    if not begun:
        return _remember(tx, call, [image.id for image in listing])
    rest = [image for image in images if image not in begun]
    calls.adopt(tx, call, begun, at=now, interval_s=ports.timing.poll_s)
    if rest:
        calls.split_off(tx, call, rest, plan.marker_for(call.request_id, request.source_region, rest))
    requests.change(tx, call.request_id, at=now)
    return False


def _remember(tx: Transaction, call: Call, there: list[str] | None) -> bool:
    if not call.looked:
        calls.settle_as(tx, call, CallState.PLANNED, attempt=call.attempt, looked=True, listed=there)
    return True


def _begun(
    tx: Transaction, images: Sequence[str], destination: str, listing: Sequence[CloudImage]
) -> dict[str, str]:
    """Source image → the copy that an earlier call began and that no request knows of."""
    found: dict[str, str] = {}
    for request, call in calls.earlier(tx, images, destination):
        marked = [image for image in listing if plan.carries(image.description, request.id, call.number)]
        known = calls.known(tx, [image.id for image in marked]) if marked else set()
        free = [i for i in marked if i.id not in known and i.status not in _UNUSABLE]
        for image in images:
            name = request.facts.get(image, {}).get("name")
            mine = [i.id for i in free if plan.takes_one(call.marker) or i.name == name]
            if mine and plan.may_name(call.marker, image):
                found.setdefault(image, mine[0])
    return found
