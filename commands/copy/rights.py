"""Whether the people of a request still have their rights, judged again right before anything is sent for it."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from commands import kept_verdict
from commands.current import rule_of
from commands.decide import approval_verdict, changed_permissions
from commands.permissions import Reason, Standing, Verdict, Wish, may_request, named
from commands.ports import Ports, UnknowableError
from commands.rule import Rule
from store import calls, due, requests
from store.database import Transaction
from store.lifecycle import CallState, CopyState
from store.tables import Approval, Call, Request

_LATER = timedelta(seconds=5)


WhoIs = Callable[[str, str, Iterable[str]], Awaitable[Standing]]
"""`standing` or `last_known` of `commands.ports.People`."""


@dataclass(frozen=True)
class Seen:
    """Who the people of a request are now."""

    requester: Standing
    approvers: dict[str, Standing] = field(default_factory=dict)


async def may_send(ports: Ports, request: Request, call: Call, lease: str) -> bool:
    """Whether the call may still be sent; else it ends as failed, or waits until people are known.

    A copy that has begun to be submitted does not wait for Slack: while Slack is silent, people count as who they
    last were. The permission store is always at hand.
    """
    rule, given = await ports.db.read(lambda tx: _read(tx, request))
    try:
        seen = await _seen(ports, request, rule, given)
    except UnknowableError:
        await ports.db.run(lambda tx: _put_off(tx, ports, call, lease))
        return False
    return await ports.db.run(lambda tx: _judge(tx, ports, request, call, lease, seen))


async def people(who_is: WhoIs, request: Request, rule: Rule, given: Iterable[Approval]) -> Seen:
    """The requester and those who approved.

    Raises:
        UnknowableError: it can't be known, such as because a group's members can't be read.
    """

    async def who(user: str, principals: Sequence[str]) -> Standing:
        found = await who_is(request.team, user, rule.groups())
        if found.unread.intersection(principals) and not named(principals, found):
            raise UnknowableError("unread group")
        return found

    requester = await who(request.requester, () if request.emergency else rule.request)
    return Seen(requester, {a.user: await who(a.user, rule.approve) for a in given})


def requester_verdict(ports: Ports, request: Request, rule: Rule | None, who: Standing) -> Verdict:
    """Rights and regions as of now; what was counted when the request was made is not counted again."""
    wish = Wish(
        images=request.images,
        destinations=request.destinations,
        source=request.source_region,
        reason=request.reason,
        emergency=request.emergency,
        open_requests=-1,
    )
    unlimited = rule and rule.model_copy(update={"daily_images": 0, "open_requests": 0, "max_images": 100})
    return may_request(unlimited, who, wish, ports.admins)


def may_still_approve(
    tx: Transaction, ports: Ports, request: Request, rule: Rule, who: Standing, *, started: bool
) -> bool:
    """Whether an approval still counts; once copying has started, editing the permissions doesn't undo it."""
    changed = not started and changed_permissions(tx, request, who.user)
    return approval_verdict(ports, request, rule, who, changed=changed).allowed


def _read(tx: Transaction, request: Request) -> tuple[Rule | None, list[Approval]]:
    return rule_of(tx, request), requests.approvals(tx, request.id, request.round)


async def _seen(ports: Ports, request: Request, rule: Rule | None, given: Iterable[Approval]) -> Seen | None:
    if rule is None:
        return None
    try:
        return await people(ports.people.standing, request, rule, given)
    except UnknowableError:
        return await people(ports.people.last_known, request, rule, given)


def _put_off(tx: Transaction, ports: Ports, call: Call, lease: str) -> None:
    if due.keep(tx, due.WORK, call.request_id, lease):
        run_at = ports.now() + _LATER
        calls.settle_as(tx, call, CallState.PLANNED, attempt=call.attempt, run_at=run_at)


def _judge(
    tx: Transaction, ports: Ports, request: Request, call: Call, lease: str, seen: Seen | None
) -> bool:
    if not due.keep(tx, due.WORK, call.request_id, lease):
        return False
    lost = _lost(tx, ports, request, rule_of(tx, request), seen)
    if lost is None:
        return True
    now = ports.now()
    calls.end_copies(tx, call, CopyState.FAILED, lost)
    calls.settle_as(tx, call, CallState.REFUSED, attempt=call.attempt, answered_at=now)
    requests.change(tx, call.request_id, at=now)
    return False


def _lost(
    tx: Transaction, ports: Ports, request: Request, rule: Rule | None, seen: Seen | None
) -> dict[str, Any] | None:
    """Whose right is gone, as the copies' problem says it; of the requester also why."""
    if rule is None or seen is None:
        verdict = Verdict(allowed=False, reason=Reason.NOT_SET_UP)
    else:
        verdict = requester_verdict(ports, request, rule, seen.requester)
    if rule is None or seen is None or not verdict.allowed:
        return {"fault": "requester_right", "verdict": kept_verdict.dump(verdict)}
    still = [
        who
        for who in seen.approvers.values()
        if may_still_approve(tx, ports, request, rule, who, started=True)
    ]
    enough = len(still) >= min(request.approvals_needed, len(seen.approvers))
    return None if enough else {"fault": "approver_right"}
