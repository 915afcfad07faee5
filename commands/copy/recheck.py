"""APPROVED: judge everything again just before the first intent, then plan the calls."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from commands import kept_verdict
from commands.confirm import to_type
from commands.copy import content, plan
from commands.copy.check import Checked, earlier_copies, look, mark_present, recorded, wanted
from commands.copy.examine import Unchecked
from commands.copy.held import Held, hold
from commands.copy.rights import Seen, may_still_approve, people, requester_verdict
from commands.current import rule_at, rule_of
from commands.decide import approvals_needed
from commands.ports import Ports, UnknowableError
from commands.rule import Rule, load
from commands.whom import to_ask
from store import calls, flags, requests
from store.calls import Planned
from store.database import Transaction
from store.lifecycle import CopyState, Move
from store.tables import Approval, Copy, Request

Earlier = dict[str, dict[str, list[str]]]
"""Destination → image → its copies, made by other requests before."""

_LATER = timedelta(seconds=5)
_PAUSED = timedelta(seconds=2)
_LONGEST = timedelta(minutes=5)


async def recheck(ports: Ports, request: Request, lease: str) -> None:
    """Start copying if everything that was approved still holds; else ask again, end, or wait."""
    rule, given, earlier, paused = await ports.db.read(lambda tx: _read(tx, request))
    if _stale(request, ports.now()):
        await ports.db.run(lambda tx: _expire(tx, ports, request, lease))
        return
    if paused:
        await ports.db.run(lambda tx: _put_off(tx, ports, request, lease, Held.PAUSED, _PAUSED))
        return
    if rule is None:
        await ports.db.run(lambda tx: _end(tx, ports, request, lease, {"reason": "not_set_up"}))
        return
    try:
        seen = await people(ports.people.standing, request, rule, given)
    except UnknowableError:
        await ports.db.run(lambda tx: _put_off(tx, ports, request, lease, None, _LATER))
        return
    checked = await look(ports, request, rule, earlier)
    await ports.db.run(lambda tx: _decide(tx, ports, request, lease, seen, checked, earlier))


def _put_off(
    tx: Transaction, ports: Ports, request: Request, lease: str, why: Held | None, by: timedelta
) -> None:
    now = ports.now()
    hold(tx, request, lease, why, at=now, until=now + by)


def _expire(tx: Transaction, ports: Ports, request: Request, lease: str) -> None:
    """What held it until now is why nothing was copied."""
    requests.move(tx, request.id, Move.EXPIRE, at=ports.now(), lease=lease, held=request.held)


def _stale(request: Request, now: datetime) -> bool:
    """An approval is worth as long as a request may wait for one."""
    return request.approved_at is not None and request.approved_at + load(request.rule).expires <= now


def _read(tx: Transaction, request: Request) -> tuple[Rule | None, list[Approval], Earlier, bool]:
    earlier = earlier_copies(tx, request)
    for copy in requests.copies(tx, request.id):
        if copy.state is CopyState.PRESENT and copy.new_image_id:
            known = earlier.setdefault(copy.destination, {}).setdefault(copy.image_id, [])
            if copy.new_image_id not in known:  # the request that made it may be forgotten by now
                known.append(copy.new_image_id)
    given = requests.approvals(tx, request.id, request.round)
    return rule_of(tx, request), given, earlier, flags.paused(tx)


def _decide(
    tx: Transaction,
    ports: Ports,
    request: Request,
    lease: str,
    seen: Seen,
    checked: Checked,
    earlier: Earlier,
) -> None:
    """In one transaction: the rule as it is now, the people as just seen, the images as just looked at."""
    rule = rule_of(tx, request)
    if rule is None:
        _end(tx, ports, request, lease, {"reason": "not_set_up"})
        return
    verdict = requester_verdict(ports, request, rule, seen.requester)
    if not verdict.allowed:
        told = to_ask(tx, request.team, verdict, ports.admins)
        _end(tx, ports, request, lease, {"reason": "right", "verdict": kept_verdict.dump(told)})
        return
    if checked.outcome:
        _end(tx, ports, request, lease, checked.outcome)
        return
    changes = _differences(tx, ports, request, rule, seen, checked)
    if changes:
        _ask_again(tx, ports, request, lease, rule, changes, checked)
        return
    if _may_be_there(tx, request, checked, earlier):
        _put_off(tx, ports, request, lease, Held.UNLISTED, _until_listed(request, ports.now()))
        return
    _start(tx, ports, request, lease, checked)


def _may_be_there(tx: Transaction, request: Request, checked: Checked, earlier: Earlier) -> bool:
    """Whether an image was copied there before and it could not be seen whether that copy is still there.

    Those who approved were told that it wasn't checked; now is the last moment at which it can be.
    """
    if Unchecked.PRESENT not in checked.findings.unchecked:
        return False
    copies = wanted(requests.copies(tx, request.id))
    return any(copy.image_id in earlier.get(copy.destination, {}) for copy in copies)


def _until_listed(request: Request, now: datetime) -> timedelta:
    """The longer it has waited, the longer the next pause."""
    waited = now - (request.approved_at or now)
    return min(max(_LATER, waited / 2), _LONGEST)


def _end(tx: Transaction, ports: Ports, request: Request, lease: str, outcome: dict[str, Any]) -> None:
    requests.move(tx, request.id, Move.REFUSE, at=ports.now(), lease=lease, outcome=outcome)


def _differences(
    tx: Transaction, ports: Ports, request: Request, rule: Rule, seen: Seen, checked: Checked
) -> list[dict[str, Any]]:
    """What no longer is as it was approved: images, approvers' rights, or the rule."""
    needed = approvals_needed(request, rule)
    if not needed:
        return []  # nobody has approved anything: the checks, made again just now, are all there is
    changes = content.differences(request.facts, content.facts(checked.findings.images))
    for copy in _gone(tx, request, checked):
        gone = {"image": copy.image_id, "before": copy.new_image_id, "destination": copy.destination}
        changes.append({"key": "copy", **gone})
    lost = [
        user
        for user, who in seen.approvers.items()
        if not may_still_approve(tx, ports, request, rule, who, started=False)
    ]
    if len(seen.approvers) - len(lost) < needed:
        changes += [{"key": "approver", "before": user} for user in lost]
        if not lost:
            changes.append({"key": "approvals", "before": len(seen.approvers), "after": needed})
    if untyped := _untyped(tx, request, rule):
        changes.append({"key": "confirm_regions", "after": untyped})
    return changes


def _gone(tx: Transaction, request: Request, checked: Checked) -> list[Copy]:
    """Copies of before that were to be left out, and aren't there any more."""
    if Unchecked.PRESENT in checked.findings.unchecked:
        return []
    present = checked.findings.present
    copies = [copy for copy in requests.copies(tx, request.id) if copy.state is CopyState.PRESENT]
    return [copy for copy in copies if copy.image_id not in present.get(copy.destination, {})]


def _want(tx: Transaction, copies: Sequence[Copy]) -> None:
    """They are to be made after all."""
    for copy in copies:
        key = (copy.request_id, copy.image_id, copy.destination)
        calls.change_copy(tx, key, state=CopyState.PLANNED, new_image_id=None)


def _untyped(tx: Transaction, request: Request, rule: Rule) -> list[str]:
    """Destinations that have to be typed now and had not to be when the last approval was given."""
    then = rule_at(tx, request, request.approved_at) if request.approved_at else None
    typed = to_type(then, request.destinations) if then else ()
    return [region for region in to_type(rule, request.destinations) if region not in typed]


def _ask_again(
    tx: Transaction,
    ports: Ports,
    request: Request,
    lease: str,
    rule: Rule,
    changes: list[dict[str, Any]],
    checked: Checked,
) -> None:
    """One more round: earlier approvals are void, since they belong to the round before."""
    now = ports.now()
    found = recorded(checked.findings, request)
    digest = content.digest(
        found["source_region"], request.destinations, request.images, found["facts"], rule
    )
    _want(tx, _gone(tx, request, checked))
    requests.move(
        tx,
        request.id,
        Move.CHANGE,
        at=now,
        lease=lease,
        round=request.round + 1,
        changes=changes,
        approvals_needed=approvals_needed(request, rule),
        digest=digest,
        approved_at=None,
        waiting_since=now,
        expires_at=now + rule.expires,
        remind_at=now + rule.remind if rule.remind else None,
        reminders=0,
        run_at=now,  # who could approve is looked at anew
        **found,
    )


def _start(tx: Transaction, ports: Ports, request: Request, lease: str, checked: Checked) -> None:
    now = ports.now()
    source = checked.findings.source or request.source_region or ""
    known = {**request.facts, **content.facts(checked.findings.images)}
    changes: dict[str, Any] = {"source_region": source, "facts": known, "run_at": now, "started_at": now}
    if not requests.move(tx, request.id, Move.START, at=now, lease=lease, **changes):
        return
    _want(tx, _gone(tx, request, checked))
    mark_present(tx, request, checked.findings)
    names = {image: facts["name"] for image, facts in known.items()}
    for destination in request.destinations:
        images = [c.image_id for c in wanted(requests.copies(tx, request.id)) if c.destination == destination]
        calls.plan(tx, request.id, _planned(tx, request.id, source, destination, plan.group(images, names)))


def _planned(
    tx: Transaction, request_id: str, source: str, destination: str, groups: Sequence[tuple[str, ...]]
) -> list[Planned]:
    first = calls.next_number(tx, request_id)
    return [
        Planned(destination, plan.marker(request_id, number, source, images), images)
        for number, images in enumerate(groups, first)
    ]
