"""A person's word on a call whose outcome nobody else can know."""

from dataclasses import replace

from commands.copy import plan
from commands.current import rule_of
from commands.decide import NOT_FOUND
from commands.permissions import Reason, Standing, Verdict, may_administer, may_approve
from commands.ports import Caller, Ports
from commands.rule import Rule
from commands.text import Code, Message, Text
from commands.who import standing
from commands.whom import refused
from store import calls, requests
from store.database import Transaction
from store.lifecycle import CallState
from store.tables import Call, Problem, Request

_ADOPTED = Text("已确认 {copy} 是 {image} 的副本", "{copy} is now the copy of {image}")
_RESENDING = Text(
    "将再次核对目标地域，确认没有新镜像后重新提交 {image}",
    "{image} will be sent again after one more look at the destination",
)
_NOTED = Text(
    "已记下 {image} 没有复制：此申请已撤回，不会再提交",
    "Noted that {image} was not copied; this request was cancelled, so it is not sent again",
)
_ANSWERED = Text("此问题已有人回答", "Somebody has answered this already")


async def answer(ports: Ports, caller: Caller, value: str, action: str) -> Message:
    """`adopt` a candidate or `resend`: for approvers other than the requester, and channel administrators."""
    request_id, *numbers = value.split(".")
    rule = await ports.db.read(lambda tx: _rule(tx, request_id))
    who = await standing(ports, caller, rule.groups() if rule else ())
    said = await ports.db.run(lambda tx: _answer(tx, ports, caller, request_id, numbers, action, who))
    ports.wake()
    return await refused(ports, caller, said) if isinstance(said, Verdict) else said


def _rule(tx: Transaction, request_id: str) -> Rule | None:
    request = requests.get(tx, request_id)
    return rule_of(tx, request) if request else None


def _answer(
    tx: Transaction,
    ports: Ports,
    caller: Caller,
    request_id: str,
    numbers: list[str],
    action: str,
    who: Standing,
) -> Message | Verdict:
    """What is said, or why this person may not."""
    request = requests.lock(tx, request_id)
    problem = _problem(tx, request_id, numbers)
    here = request is not None and (request.team, request.channel) == (caller.team, caller.channel)
    if request is None or problem is None or not here:
        return Message((NOT_FOUND.line(caller.language),))
    verdict = _may_answer(_rule(tx, request_id), who, request, ports)
    if not verdict.allowed:
        return verdict
    call = next((c for c in requests.calls(tx, request_id) if c.number == problem.call_number), None)
    if call is None or problem.answer is not None or call.state is not CallState.UNKNOWN:
        return Message((_ANSWERED.line(caller.language),))
    return _take_word(tx, ports, caller, problem, call, numbers, action)


def _problem(tx: Transaction, request_id: str, numbers: list[str]) -> Problem | None:
    if not numbers or not all(number.isascii() and number.isdigit() for number in numbers):
        return None
    found = [
        p for p in requests.problems(tx, request_id) if p.number == int(numbers[0]) and p.kind == "question"
    ]
    return found[0] if found else None


def _may_answer(rule: Rule | None, who: Standing, request: Request, ports: Ports) -> Verdict:
    """An approver who isn't the requester, or an administrator."""
    administers = may_administer(rule, who, ports.admins)
    if administers.allowed:
        return administers
    approves = may_approve(
        rule,
        who,
        ports.admins,
        requester=request.requester,
        changed_permissions=False,
        self_approval=False,
    )
    why = administers if administers.reason is Reason.GROUP_UNREAD else approves
    if why.reason in {Reason.OWN_REQUEST, Reason.MAY_NOT_APPROVE}:
        why = replace(why, reason=Reason.MAY_NOT_ANSWER)
    return replace(why, ask_whom=tuple(dict.fromkeys((*approves.ask_whom, *administers.ask_whom))))


def _take_word(
    tx: Transaction,
    ports: Ports,
    caller: Caller,
    problem: Problem,
    call: Call,
    numbers: list[str],
    action: str,
) -> Message:
    """An answer counts for the call once all its questions are answered; sending again is for the whole call."""
    now, image = ports.now(), problem.images[0]
    if action == "adopt":
        chosen = int(numbers[1]) if len(numbers) > 1 else len(problem.candidates)
        if chosen >= len(problem.candidates):
            return Message((NOT_FOUND.line(caller.language),))
        copy = problem.candidates[chosen]["id"]
        problem.answer = f"adopt {copy}"
        message = Message((_ADOPTED.line(caller.language, copy=Code(copy), image=Code(image)),))
    else:
        problem.answer = "resend"
        stopping = tx.get_one(Request, call.request_id).cancel_wanted_by is not None
        text = _NOTED if stopping else _RESENDING
        message = Message((text.line(caller.language, image=Code(image)),))
    problem.answered_by = caller.user
    tx.add(problem)
    tx.flush()
    _conclude(tx, ports, call)
    requests.change(tx, call.request_id, at=now, run_at=now)
    return message


def _conclude(tx: Transaction, ports: Ports, call: Call) -> None:
    questions = [
        p
        for p in requests.problems(tx, call.request_id)
        if p.kind == "question" and p.call_number == call.number
    ]
    if any(question.answer is None for question in questions):
        return
    now = ports.now()
    adopted = {
        q.images[0]: q.answer.removeprefix("adopt ")
        for q in questions
        if q.answer and q.answer.startswith("adopt ")
    }
    if adopted:
        again = [q.images[0] for q in questions if q.images[0] not in adopted]
        calls.answered(tx, call, adopted, request_id="", at=now, interval_s=ports.timing.poll_s)
        if again:
            source = tx.get_one(Request, call.request_id).source_region
            calls.split_off(tx, call, again, plan.marker_for(call.request_id, source, again))
    else:
        calls.settle_as(
            tx, call, CallState.SETTLING, attempt=call.attempt, told="resend", absent=[], pauses=0, run_at=now
        )
