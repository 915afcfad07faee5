"""Stories in which nothing but one guard stands between somebody and what they may not do."""

from dataclasses import replace
from typing import Any

from tests.decision.acts import Act, Ask, Decide, Edit, Image, Person, Turn, Wait
from tests.decision.facts import Kind, Rule, Wish

_RULE = Rule(
    destination_regions=("cn-east-2", "cn-south-1"),
    images=("img-*",),
    request=("everyone",),
    approve=("U2", "U3"),
    admin=("U4",),
)
_TWO: dict[str, Any] = {"destinations": ("cn-east-2", "cn-south-1")}


def _ask(who: str = "U1", *, typed: bool = False, **wish: Any) -> Ask:
    usual = Wish(("img-a",), ("cn-east-2",), reason="扩容")
    return Ask(who, replace(usual, **wish), typed=typed, place="C1", twice=False)


def _yes(who: str, back: int = 0, typed: str = "", place: str = "C1") -> Decide:
    return Decide("approve", who, 0, back, typed, place)


def _edit(who: str = "file", **changes: Any) -> Edit:
    return Edit(who, tuple(changes.items()))


_SOON = Wait(1)
"""Until here the worker has done all there was to do; between other acts six seconds pass, in which it does nothing."""

STORIES: dict[str, tuple[Rule, list[Act], str, tuple[str, ...]]] = {
    "who may not ask asks": (
        replace(_RULE, request=("U1",)),
        [_ask("U5"), _SOON, _ask(), _SOON, _yes("U2"), _SOON],
        "watching",
        ("U2",),
    ),
    "who may start an emergency starts one, and types the region": (
        replace(_RULE, request=("U1",), emergency=("U5",), confirm_regions=("cn-east-2",)),
        [_ask(emergency=True), _ask("U5", emergency=True), _ask("U5", typed=True, emergency=True), _SOON],
        "watching",
        (),
    ),
    "who is not concerned approves, rejects and cancels": (
        _RULE,
        [
            _ask(),
            _SOON,
            *(Decide(act, "U5", 0, 0, "", "C1") for act in ("approve", "reject", "cancel")),
            Decide("reject", "U1", 0, 0, "", "C1"),
            _yes("U2"),
            Decide("reject", "U3", 0, 0, "", "C1"),
            _SOON,
        ],
        "watching",
        ("U2",),
    ),
    "self-approval is allowed only after the request": (
        replace(_RULE, approve=("U1", "U2")),
        [_ask(), _SOON, _edit(self_approval=True), _yes("U1"), _yes("U2"), _SOON],
        "watching",
        ("U2",),
    ),
    "self-approval was allowed when the request was made": (
        replace(_RULE, approve=("U1", "U2"), self_approval=True),
        [_ask(), _SOON, _edit(self_approval=False), _yes("U1"), _edit(self_approval=True), _yes("U1"), _SOON],
        "watching",
        ("U1",),
    ),
    "an approver changes the permissions after the request": (
        replace(_RULE, admin=("U2", "U4")),
        [_ask(), _SOON, _edit("U2", max_images=7), _yes("U2"), _yes("U3"), _SOON],
        "watching",
        ("U3",),
    ),
    "an approver changes the permissions after the approval": (
        replace(_RULE, admin=("U2", "U4")),
        [_ask(), _SOON, _yes("U2"), _edit("U2", max_images=7), _SOON, _yes("U3", back=1), _yes("U3"), _SOON],
        "watching",
        ("U3",),
    ),
    "more approvals are needed meanwhile": (
        _RULE,
        [_ask(), _SOON, _edit(approvals=2), _yes("U2"), _yes("U2"), _SOON, _yes("U3"), _SOON],
        "watching",
        ("U2", "U3"),
    ),
    "fewer approvals are needed meanwhile": (
        replace(_RULE, approvals=2),
        [_ask(), _SOON, _edit(approvals=1), _yes("U2"), _SOON, _yes("U3"), _SOON],
        "watching",
        ("U2", "U3"),
    ),
    "an approver loses the right before anything is sent": (
        _RULE,
        [_ask(), _SOON, _yes("U2"), _edit(approve=("U3",)), _SOON, _yes("U3"), _SOON],
        "watching",
        ("U3",),
    ),
    "an approver becomes a guest before anything is sent": (
        _RULE,
        [_ask(), _SOON, _yes("U2"), Person("U2", Kind.GUEST), _SOON, _yes("U3"), _SOON],
        "watching",
        ("U3",),
    ),
    "the requester loses the right before anything is sent": (
        _RULE,
        [_ask(), _SOON, _yes("U2"), _edit(request=("U2",)), _SOON],
        "invalid",
        ("U2",),
    ),
    "a destination is taken out of the rule before anything is sent": (
        _RULE,
        [_ask(), _SOON, _yes("U2"), _edit(destination_regions=("cn-south-1",)), _SOON],
        "invalid",
        ("U2",),
    ),
    "the source is taken out of the rule before anything is sent": (
        _RULE,
        [_ask(), _SOON, _yes("U2"), _edit(source_regions=("cn-south-1",)), _SOON],
        "invalid",
        ("U2",),
    ),
    "an approver loses the right between two destinations": (
        _RULE,
        [_ask(**_TWO), _SOON, _yes("U2"), _SOON, _edit(approve=("U3",)), Wait(60), _SOON],
        "partly_ready",
        ("U2",),
    ),
    "one of two approvers loses the right between two destinations": (
        replace(_RULE, approvals=2),
        [_ask(**_TWO), _SOON, _yes("U2"), _yes("U3"), _SOON, _edit(approve=("U2",)), Wait(60), _SOON],
        "partly_ready",
        ("U2", "U3"),
    ),
    "the requester leaves between two destinations": (
        _RULE,
        [_ask(**_TWO), _SOON, _yes("U2"), _SOON, Person("U1", Kind.DEACTIVATED), Wait(60), _SOON],
        "partly_ready",
        ("U2",),
    ),
    "an approver changes the permissions between two destinations": (
        replace(_RULE, admin=("U2", "U4")),
        [_ask(**_TWO), _SOON, _yes("U2"), _SOON, _edit("U2", max_images=7), Wait(60), _SOON],
        "ready",
        ("U2",),
    ),
    "an approver of the content before is no approver of the content now": (
        _RULE,
        [
            _ask(**_TWO),
            _SOON,
            _yes("U2"),
            Image("img-a", renamed=True),
            _SOON,
            _yes("U3"),
            _SOON,
            _edit(approve=("U2",)),
            Wait(60),
            _SOON,
        ],
        "partly_ready",
        ("U3",),
    ),
    "one of two approves what has changed since both approved": (
        replace(_RULE, approvals=2),
        [_ask(), _SOON, _yes("U2"), _yes("U3"), Image("img-a", renamed=True), _SOON, _yes("U2"), _SOON],
        "waiting",
        ("U2",),
    ),
    "Slack is silent between two destinations": (
        _RULE,
        [_ask(**_TWO), _SOON, _yes("U2"), _SOON, Turn("silent", on=True), Wait(60), _SOON],
        "ready",
        ("U2",),
    ),
    "limits are lowered below what was asked for": (
        _RULE,
        [
            _ask(images=("img-a", "img-b")),
            _SOON,
            _edit(daily_images=1, open_requests=1, max_images=1),
            _yes("U2"),
            _SOON,
        ],
        "watching",
        ("U2",),
    ),
    "the last of two approvers types the region, and the first need not": (
        replace(_RULE, approvals=2, confirm_regions=("cn-east-2",)),
        [
            _ask(),
            _SOON,
            _yes("U2"),
            _yes("U3"),
            _yes("U3", typed="cn-north-1"),
            _yes("U3", typed="guarded"),
            _SOON,
        ],
        "watching",
        ("U2", "U3"),
    ),
    "a region has to be typed only after the approval": (
        _RULE,
        [
            _ask(),
            _SOON,
            _yes("U2"),
            _edit(confirm_regions=("cn-east-2",)),
            _SOON,
            _yes("U2", typed="guarded"),
            _SOON,
        ],
        "watching",
        ("U2",),
    ),
    "somebody decides in another channel, or in a direct message": (
        _RULE,
        [
            _ask(),
            _SOON,
            *(_yes("U2", place=place) for place in ("C2", "D")),
            *(Decide(act, "U4", 0, 0, "", place) for act in ("reject", "cancel") for place in ("C2", "D")),
            Decide("cancel", "U1", 0, 0, "", "D"),
        ],
        "cancelled",
        (),
    ),
    "the time is over, but nobody has looked": (
        replace(_RULE, expires_s=30),
        [_ask(), _SOON, *[_edit(expires_s=30)] * 5, _yes("U2")],
        "waiting",
        (),
    ),
    "an approval becomes too old before anything is sent": (
        replace(_RULE, expires_s=30),
        [_ask(), _SOON, _yes("U2"), Wait(30)],
        "expired",
        ("U2",),
    ),
}
"""The rule, what happens, and where the one request stands at the end, approved by whom."""
