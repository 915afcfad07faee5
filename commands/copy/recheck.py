"""APPROVED: judge everything again just before the first intent, then plan the calls."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from commands.confirm import to_type
from commands.copy import content, plan
from commands.copy.check import Checked, look, recorded, wanted
from commands.copy.rights import Seen, may_still_approve, people, requester_verdict
from commands.current import rule_at, rule_of
from commands.decide import approvals_needed
from commands.permissions import Verdict
from commands.ports import Ports, UnknowableError
from commands.rule import Rule, load
from store import calls, due, flags, requests
from store.calls import Planned
from store.database import Transaction
from store.lifecycle import CopyState, Move
from store.tables import Approval, Request

Earlier = dict[str, dict[str, str]]
"""Destination → image → its copy, made by an earlier request."""

_LATER = timedelta(seconds=5)
_PAUSED = timedelta(seconds=2)


async def recheck(ports: Ports, request: Request, lease: str) -> None:
    """Start copying if everything that was approved still holds; else ask again, end, or wait."""
    rule, given, present, paused = await ports.db.read(lambda tx: _read(tx, request))
    if _stale(request, ports.now()):
        await ports.db.run(lambda tx: requests.move(tx, request.id, Move.EXPIRE, at=ports.now(), lease=lease))
        return
    if paused:
        await _put_off(ports, request, lease, _PAUSED)
        return
    if rule is None:
        await ports.db.run(lambda tx: _end(tx, ports, request, lease, {"reason": "not_set_up"}))
        return
    try:
        seen = await people(ports.people.standing, request, rule, given)
    except UnknowableError:
        await _put_off(ports, request, lease, _LATER)
        return
    checked = await look(ports, request, rule, present)
    await ports.db.run(lambda tx: _decide(tx, ports, request, lease, seen, checked))


def _stale(request: Request, now: datetime) -> bool:
    """An approval is worth as long as a request may wait for one."""
    return request.approved_at is not None and request.approved_at + load(request.rule).expires <= now


async def _put_off(ports: Ports, request: Request, lease: str, by: timedelta) -> None:
    run_at = ports.now() + by
    await ports.db.run(lambda tx: due.release(tx, due.WORK, request.id, lease=lease, at=run_at))


def _read(tx: Transaction, request: Request) -> tuple[Rule | None, list[Approval], Earlier, bool]:
    present: Earlier = {}
    for copy in requests.copies(tx, request.id):
        if copy.state is CopyState.PRESENT and copy.new_image_id:
            present.setdefault(copy.destination, {})[copy.image_id] = copy.new_image_id
    given = requests.approvals(tx, request.id, request.round)
    return rule_of(tx, request), given, present, flags.paused(tx)


def _decide(
    tx: Transaction, ports: Ports, request: Request, lease: str, seen: Seen, checked: Checked
) -> None:
    """In one transaction: the rule as it is now, the people as just seen, the images as just looked at."""
    rule = rule_of(tx, request)
    if rule is None:
        _end(tx, ports, request, lease, {"reason": "not_set_up"})
        return
    verdict = requester_verdict(ports, request, rule, seen.requester)
    if not verdict.allowed:
        _end(tx, ports, request, lease, {"reason": "right", "verdict": _as_json(verdict)})
        return
    if checked.outcome and checked.outcome["reason"] != "present":
        _end(tx, ports, request, lease, checked.outcome)
        return
    changes = _differences(tx, ports, request, rule, seen, checked)
    if changes:
        _ask_again(tx, ports, request, lease, rule, changes, checked)
        return
    _start(tx, ports, request, lease, checked)


def _end(tx: Transaction, ports: Ports, request: Request, lease: str, outcome: dict[str, Any]) -> None:
    requests.move(tx, request.id, Move.REFUSE, at=ports.now(), lease=lease, outcome=outcome)


def _as_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "reason": verdict.reason.value,
        "rule": verdict.rule,
        "ask_whom": list(verdict.ask_whom),
        "about": list(verdict.about),
        "limit": verdict.limit,
    }


def _differences(
    tx: Transaction, ports: Ports, request: Request, rule: Rule, seen: Seen, checked: Checked
) -> list[dict[str, Any]]:
    """What no longer is as it was approved: images, approvers' rights, or the rule."""
    needed = approvals_needed(request, rule)
    if not needed:
        return []  # nobody has approved anything: the checks, made again just now, are all there is
    changes = content.differences(request.facts, content.facts(checked.findings.images))
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
