"""Approve, reject, cancel: judged afresh at every click, decided by compare-and-set."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from commands import cancelling, confirm, late
from commands.buttons import Pressed
from commands.current import rule_of
from commands.permissions import Standing, Verdict, may_approve, may_cancel, may_reject
from commands.ports import Caller, Ports
from commands.rule import Rule, load
from commands.text import Code, Message, Text
from commands.who import standing
from commands.whom import refused
from store import flags, permissions, requests
from store.database import Transaction
from store.lifecycle import Move, State
from store.tables import Request

NOT_FOUND = Text(
    "没有此申请，或不属于此频道。/copy-image history 列出已有的申请。",
    "There is no such request in this channel. /copy-image history lists those there are.",
)
_APPROVED = Text("您已批准 {id}", "You approved {id}")
_APPROVED_PAUSED = Text(
    "您已批准 {id}。目前已暂停向京东云提交，恢复后自动复制",
    "You approved {id}. Sending to JD Cloud is paused: it is copied once that is resumed",
)
_APPROVED_MORE = Text("您已批准 {id}，还需 {missing} 人批准", "You approved {id}; {missing} more to go")
_APPROVED_BEFORE = Text(
    "您已经批准过 {id}，还需 {missing} 人批准", "You have approved {id} already; {missing} more to go"
)
_REJECTED = Text("您已驳回 {id}", "You rejected {id}")
_CHANGED = Text(
    "此申请的内容已变化，之前显示的卡片已失效。请查看更新后的卡片再决定。",
    "This request has changed since the card you pressed. Look at the updated card, then decide.",
)
_NOT_YET = Text("此申请仍在检查中，请稍候片刻。", "This request is still being checked. Wait a moment.")


@dataclass(frozen=True)
class Answer:
    """What the clicker is told.

    Attributes:
        done: the click had an effect.
        confirm: regions whose ids are to be typed first.
        refused: why they may not, to be put into words.
    """

    message: Message
    done: bool = False
    confirm: tuple[str, ...] = ()
    refused: Verdict | None = None


async def approve(ports: Ports, caller: Caller, button: Pressed, typed: str = "") -> Answer:
    """One yes; the last one that is needed sets the request going, where the rule says so after typing the regions."""
    return await _decide(
        ports, caller, button.request_id, lambda *seen: _approve(ports, caller, button, typed, *seen)
    )


async def reject(ports: Ports, caller: Caller, button: Pressed, reason: str) -> Answer:
    """One no ends the request."""
    return await _decide(
        ports, caller, button.request_id, lambda *seen: _reject(ports, caller, button, reason, *seen)
    )


async def may_open_reject(ports: Ports, caller: Caller, button: Pressed) -> Answer | None:
    """What to say instead of asking for a reason; None: ask."""
    answer = await _decide(
        ports, caller, button.request_id, lambda *seen: _judge_reject(ports, caller, button, *seen)
    )
    return None if answer.done else answer


async def cancel(ports: Ports, caller: Caller, request_id: str) -> Answer:
    """Take a request back; what was sent to the cloud can't be."""
    return await _decide(ports, caller, request_id, lambda *seen: _cancel(ports, caller, *seen))


async def _decide(
    ports: Ports,
    caller: Caller,
    request_id: str,
    decision: Callable[[Transaction, Request, Rule | None, Standing], Answer],
) -> Answer:
    """Who is it, then judge and move in one transaction that holds the request's row."""
    groups = await ports.db.read(lambda tx: _groups(tx, request_id))
    who = await standing(ports, caller, groups)

    def work(tx: Transaction) -> Answer:
        request = requests.lock(tx, request_id)
        if request is None or request.team != caller.team or not _in_place(request, caller):
            return Answer(Message((NOT_FOUND.line(caller.language),)))
        return decision(tx, request, rule_of(tx, request), who)

    answer = await ports.db.run(work)
    if answer.done:
        ports.wake()
    if answer.refused is not None:
        return replace(answer, message=await refused(ports, caller, answer.refused))
    return answer


def _groups(tx: Transaction, request_id: str) -> frozenset[str]:
    request = requests.get(tx, request_id)
    rule = rule_of(tx, request) if request else None
    return rule.groups() if rule else frozenset()


def _in_place(request: Request, caller: Caller) -> bool:
    """In its channel, or in a direct message of its requester."""
    return caller.channel == request.channel or (
        caller.in_direct_message and caller.user == request.requester
    )


def _approve(
    ports: Ports,
    caller: Caller,
    button: Pressed,
    typed: str,
    tx: Transaction,
    request: Request,
    rule: Rule | None,
    who: Standing,
) -> Answer:
    if (too_late := _late(tx, ports, caller, button, request)) is not None:
        return too_late
    changed = changed_permissions(tx, request, who.user)
    verdict = approval_verdict(ports, request, rule, who, changed=changed)
    if rule is None or not verdict.allowed:
        return _refused(verdict, but_not=_cannot_approve(tx, request))
    needed = approvals_needed(request, rule)
    if (unsure := _unconfirmed(tx, caller, request, rule, typed)) is not None:
        return unsure
    new = requests.approve(tx, request, user=caller.user, at=ports.now())
    given = requests.approvals(tx, request.id, request.round)
    missing = needed - len(given)
    if missing > 0:
        requests.change(tx, request.id, at=ports.now(), approvals_needed=needed)
        text = _APPROVED_MORE if new else _APPROVED_BEFORE
        return Answer(Message((text.line(caller.language, id=Code(request.id), missing=missing),)), done=new)
    now = ports.now()
    requests.move(
        tx,
        request.id,
        Move.APPROVE,
        at=now,
        actor=caller.user,
        approved_at=now,
        approvals_needed=needed,
        run_at=now,
        remind_at=None,
    )
    text = _APPROVED_PAUSED if flags.paused(tx) else _APPROVED
    return Answer(Message((text.line(caller.language, id=Code(request.id)),)), done=True)


def _unconfirmed(tx: Transaction, caller: Caller, request: Request, rule: Rule, typed: str) -> Answer | None:
    """What the last approver is asked to type before this yes counts."""
    given = {approval.user for approval in requests.approvals(tx, request.id, request.round)}
    regions = confirm.to_type(rule, request.destinations)
    if len(given | {caller.user}) < approvals_needed(request, rule) or confirm.is_typed(typed, regions):
        return None
    return Answer(Message((confirm.to_be_typed(regions, caller.language),)), confirm=regions)


def approvals_needed(request: Request, rule: Rule) -> int:
    """The higher of what the rule said at the request and says now; what it said in between does not matter."""
    return 0 if request.emergency else max(load(request.rule).approvals, rule.approvals)


def approval_verdict(
    ports: Ports, request: Request, rule: Rule | None, who: Standing, *, changed: bool
) -> Verdict:
    """Whether somebody may approve this request, by the rule of now.

    Args:
        changed: they have changed the channel's permissions since the request.
    """
    return may_approve(
        rule,
        who,
        ports.admins,
        requester=request.requester,
        changed_permissions=changed,
        self_approval=load(request.rule).self_approval,
    )


def changed_permissions(tx: Transaction, request: Request, user: str) -> bool:
    """Whether somebody has changed the channel's permissions since the request."""
    key = permissions.Key(request.team, request.channel)
    return permissions.changed_since(tx, key, user, request.created_at)


def _judge_reject(
    ports: Ports,
    caller: Caller,
    button: Pressed,
    tx: Transaction,
    request: Request,
    rule: Rule | None,
    who: Standing,
) -> Answer:
    if (too_late := _late(tx, ports, caller, button, request)) is not None:
        return too_late
    verdict = may_reject(rule, who, ports.admins, requester=request.requester)
    if verdict.allowed:
        return Answer(Message(()), done=True)
    return _refused(verdict, but_not={request.requester})


def _reject(
    ports: Ports,
    caller: Caller,
    button: Pressed,
    reason: str,
    tx: Transaction,
    request: Request,
    rule: Rule | None,
    who: Standing,
) -> Answer:
    judged = _judge_reject(ports, caller, button, tx, request, rule, who)
    if not judged.done:
        return judged
    requests.move(
        tx,
        request.id,
        Move.REJECT,
        at=ports.now(),
        actor=caller.user,
        decided_by=caller.user,
        decision_reason=reason,
    )
    return Answer(Message((_REJECTED.line(caller.language, id=Code(request.id)),)), done=True)


def _cancel(
    ports: Ports, caller: Caller, tx: Transaction, request: Request, rule: Rule | None, who: Standing
) -> Answer:
    verdict = may_cancel(rule, who, requester=request.requester, admins=ports.admins)
    if not verdict.allowed:
        return _refused(verdict)
    line, done = cancelling.take_back(tx, request, caller.language, by=caller.user, at=ports.now())
    return Answer(Message((line,)), done=done)


def _late(tx: Transaction, ports: Ports, caller: Caller, button: Pressed, request: Request) -> Answer | None:
    """What happened before this click, if something did."""
    if request.state is State.CHECKING:
        return Answer(Message((_NOT_YET.line(caller.language),)))
    if request.state is not State.WAITING:
        return Answer(
            Message((late.told(request, requests.approvals(tx, request.id, request.round), caller.language),))
        )
    if request.expires_at is not None and request.expires_at <= ports.now():
        return Answer(Message((late.expired(request.expires_at, caller.language),)))
    if button.round != request.round:
        return Answer(Message((_CHANGED.line(caller.language),)))
    return None


def _refused(verdict: Verdict, *, but_not: Iterable[str] = ()) -> Answer:
    """`but_not`: who can't approve, where it is approvers who are named."""
    if verdict.rule in {"approve", "self_approval"}:
        verdict = replace(verdict, but_not=frozenset(but_not))
    return Answer(Message(()), refused=verdict)


def _cannot_approve(tx: Transaction, request: Request) -> set[str]:
    """Who is of no help: whoever asks, has approved, or has changed the channel's permissions since."""
    key = permissions.Key(request.team, request.channel)
    changers = permissions.changers_since(tx, key, request.created_at)
    given = {approval.user for approval in requests.approvals(tx, request.id, request.round)}
    return {request.requester, *changers, *given}
