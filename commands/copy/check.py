"""The checks before a person is asked, and the same checks again before anything is sent."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from commands import audience, outsiders
from commands.copy import content
from commands.copy.beside import Beside, look_beside, namesakes
from commands.copy.examine import Findings, Question, Unchecked, examine, needed_for, shortage, wrong_with
from commands.copy.waiting import AGAIN
from commands.current import rule_of
from commands.decide import approvals_needed
from commands.ports import Ports
from commands.rule import Rule
from store import calls, history, requests
from store.database import Transaction
from store.lifecycle import CopyState, Move
from store.tables import Copy, Request

_OF_THE_LEASE = 0.7
"""How much of the lease the checks may take; what is not answered by then counts as not checked."""


@dataclass(frozen=True)
class Checked:
    """What the checks of one request gave.

    Attributes:
        outcome: why the request can't go on, as JSON values with a `reason`; empty: it can.
    """

    findings: Findings
    outcome: dict[str, Any]


async def check(ports: Ports, request: Request, lease: str) -> None:
    """CHECKING: look at images, quotas and earlier copies, then ask for approval, go on, or end as invalid."""
    rule, earlier = await ports.db.read(lambda tx: (rule_of(tx, request), earlier_copies(tx, request)))
    if rule is None:
        await ports.db.run(lambda tx: _refuse(tx, ports, request, lease, {"reason": "not_set_up"}))
        return
    checked, beside = await asyncio.gather(
        look(ports, request, rule, earlier), look_beside(ports, request, rule)
    )
    await ports.db.run(lambda tx: _finish(tx, ports, request, rule, checked, beside, lease))


async def look(
    ports: Ports, request: Request, rule: Rule, earlier: Mapping[str, Mapping[str, Sequence[str]]]
) -> Checked:
    """Ask the cloud, within the lease, and judge what it says."""
    where = [request.source_region] if request.source_region else request.source_candidates
    question = Question(request.images, where, request.destinations, earlier)
    try:
        async with asyncio.timeout(ports.timing.lease_s * _OF_THE_LEASE):
            findings = await examine(ports.cloud, question)
    except TimeoutError:
        findings = _nothing_known(request)
    return Checked(findings, judge(request, rule, findings))


def judge(request: Request, rule: Rule, findings: Findings) -> dict[str, Any]:
    """Why the request can't go on, the first reason; empty: it can."""
    if len(findings.found) > 1:
        return {"reason": "several_regions", "found": findings.found}
    wrong = wrong_with(rule, request.images, findings)
    if wrong:
        return {"reason": "images", "wrong": wrong, "status": _statuses(findings, wrong)}
    if findings.source is None:
        return {"reason": "source_unknown"}
    if findings.source in request.destinations and not rule.allow_same_region:
        return {"reason": "same_region", "region": findings.source}
    remaining = _remaining(request, findings)
    if not any(remaining.values()):
        return {"reason": "present", "mapping": findings.present}
    return _short_of_quota(findings, remaining)


def earlier_copies(tx: Transaction, request: Request) -> dict[str, dict[str, list[str]]]:
    """Destination → image → its copies by other requests, the newest first; nothing when copying again is wanted."""
    if request.again:
        return {}
    found: dict[str, dict[str, list[str]]] = {}
    for destination in request.destinations:
        copies = found.setdefault(destination, {})
        for row in history.earlier_copies(tx, request.images, destination, not_by=request.id):
            copies.setdefault(row.image_id, []).append(str(row.new_image_id))
    return found


def _nothing_known(request: Request) -> Findings:
    return Findings(
        source=request.source_region,
        found={},
        images={},
        missing=[],
        quotas={},
        present={},
        unchecked=frozenset(Unchecked),
    )


def _statuses(findings: Findings, wrong: Mapping[str, str]) -> dict[str, str]:
    return {image: findings.images[image].status for image in wrong if image in findings.images}


def _remaining(request: Request, findings: Findings) -> dict[str, list[str]]:
    """Destination → the images that are not there yet."""
    return {
        d: [i for i in request.images if i not in findings.present.get(d, {})] for d in request.destinations
    }


def _short_of_quota(findings: Findings, remaining: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    for destination, images in remaining.items():
        needed = needed_for(images, findings.images)
        quotas = findings.quotas.get(destination, {})
        for kind in shortage(needed, quotas):
            quota = quotas[kind]
            return {
                "reason": "quota",
                "destination": destination,
                "kind": kind,
                "needed": needed[kind],
                "limit": quota.limit,
                "used": quota.used,
            }
    return {}


def recorded(findings: Findings, request: Request) -> dict[str, Any]:
    """The columns that hold what the checks found."""
    quotas = {
        destination: {kind: [quota.limit, quota.used] for kind, quota in kinds.items()}
        for destination, kinds in findings.quotas.items()
    }
    needed = {d: needed_for(images, findings.images) for d, images in _remaining(request, findings).items()}
    return {
        "source_region": findings.source,
        "facts": content.facts(findings.images) or request.facts,
        "checks": {
            **request.checks,
            "quotas": quotas,
            "needed": needed,
            "unchecked": sorted(findings.unchecked),
        },
    }


def _finish(
    tx: Transaction,
    ports: Ports,
    request: Request,
    rule: Rule,
    checked: Checked,
    beside: Beside,
    lease: str,
) -> None:
    found, people = recorded(checked.findings, request), beside.people
    found["checks"]["namesakes"] = namesakes(beside.listed, checked.findings)
    if checked.outcome:
        _refuse(tx, ports, request, lease, checked.outcome, **found)
        return
    now = ports.now()
    needed = approvals_needed(request, rule)
    changes = {**found, "digest": _digest(request, found, rule), **_timers(rule, now)}
    changes["approvals_needed"] = needed
    if needed:
        if people is None or people.rule != rule_of(tx, request):
            changes["run_at"] = min(changes["run_at"], now + AGAIN if people is None else now)
        moved = requests.move(tx, request.id, Move.CLEAR, at=now, lease=lease, **changes)
    else:
        changes |= {"approved_at": now, "run_at": now}
        moved = requests.move(tx, request.id, Move.CLEAR_UNASKED, at=now, lease=lease, **changes)
    if moved:
        mark_present(tx, request, checked.findings)
        if people is not None and (people.able or people.short):
            audience.record(tx, request, people, at=now)
        if request.emergency and (people is None or not people.outside_known):
            outsiders.look_later(tx, request, at=now)


def _refuse(
    tx: Transaction, ports: Ports, request: Request, lease: str, outcome: dict[str, Any], **found: Any
) -> bool:
    return requests.move(tx, request.id, Move.REFUSE, at=ports.now(), lease=lease, outcome=outcome, **found)


def _digest(request: Request, found: Mapping[str, Any], rule: Rule) -> str:
    return content.digest(found["source_region"], request.destinations, request.images, found["facts"], rule)


def _timers(rule: Rule, now: datetime) -> dict[str, Any]:
    """When a waiting request expires and reminds, and so when the worker looks at it next."""
    expires = now + rule.expires
    remind = now + rule.remind if rule.remind else None
    return {
        "waiting_since": now,
        "expires_at": expires,
        "remind_at": remind,
        "reminders": 0,
        "run_at": min(expires, remind) if remind else expires,
    }


def mark_present(tx: Transaction, request: Request, findings: Findings) -> None:
    """Copies that were found still there are not made again."""
    for destination, copies in findings.present.items():
        for image, copy in copies.items():
            key = (request.id, image, destination)
            calls.change_copy(tx, key, state=CopyState.PRESENT, new_image_id=copy)


def wanted(copies: Sequence[Copy]) -> list[Copy]:
    """The copies that are still to be made."""
    return [copy for copy in copies if copy.state is CopyState.PLANNED]
