"""How worlds are drawn: mostly usual, so that requests get somewhere, with anything strange between."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from tests.decision.acts import (
    GROUPS,
    IMAGES,
    PEOPLE,
    PLACES,
    REGIONS,
    Act,
    Ask,
    Decide,
    Edit,
    Follow,
    Grant,
    Image,
    Person,
    Turn,
    Wait,
    World,
)
from tests.decision.facts import Kind, Rule, Wish

_USUAL_RULE = Rule(
    destination_regions=("cn-east-2", "cn-south-1"),
    images=("img-*", "name:web-*"),
    request=("everyone",),
    approve=("U2", "U3", "S1"),
    admin=("U4",),
    emergency=("U2",),
)
_USUAL_WISH = Wish(("img-a",), ("cn-east-2",), reason="扩容")
_REQUESTER, _APPROVERS, _ADMIN, _BOT_ADMIN = "U1", ("U2", "U3", "U5"), "U4", "U6"
_GROUPS = (frozenset({"U5", "U6"}), frozenset({"U1"}))

_Any = st.SearchStrategy[Any]


def _mostly(usual: Any, *others: Any) -> _Any:
    """The usual in four of five cases."""
    return st.sampled_from((*(usual,) * 4 * len(others), *others))


def _some(of: tuple[str, ...], most: int = 3, least: int = 0) -> _Any:
    return st.lists(st.sampled_from(of), unique=True, min_size=least, max_size=most).map(tuple)


def _varied(usual: Any, fields: dict[str, _Any], most: int) -> _Any:
    """The usual with up to so many of its fields drawn."""
    some = st.permutations(sorted(fields)).flatmap(
        lambda names: st.sampled_from([names[:n] for n in range(most)])
    )
    return some.flatmap(lambda names: st.fixed_dictionaries({n: fields[n] for n in names})).map(
        lambda changes: replace(usual, **changes)
    )


def _swapped(usual: tuple[Any, ...], others: _Any) -> _Any:
    """The usual with one place drawn, in one of three cases."""
    place = st.sampled_from([*(-1,) * 2 * len(usual), *range(len(usual))])
    return st.tuples(place, others).map(
        lambda drawn: usual if drawn[0] < 0 else (*usual[: drawn[0]], drawn[1], *usual[drawn[0] + 1 :])
    )


_people = st.sampled_from(PEOPLE)
_which = st.sampled_from((0, 0, 0, 0, 1, 2))
_place = _mostly(*PLACES)
_regions = st.just(("*",)) | _some(REGIONS, least=1)
_names = _some((*PEOPLE, *GROUPS))
_reasons = st.sampled_from(("扩容", ""))
_keys: dict[str, _Any] = {
    "source_regions": _regions,
    "destination_regions": _regions,
    "images": st.sampled_from([("img-*",), ("name:web-*",), ("img-a",), ("*",), ()]),
    "expires_s": st.sampled_from([30, 3_600]),
    "request": _names,
    "approve": _names,
    "admin": _names,
    "approvals": st.sampled_from([0, 1, 2, 2, 2, 3]),
    "self_approval": st.booleans(),
    "reason_required": st.booleans(),
    "max_images": st.sampled_from([2, 1]),
    "daily_images": st.sampled_from([0, 1, 3]),
    "open_requests": st.sampled_from([0, 1, 2]),
    "allow_same_region": st.booleans(),
    "allow_shared": st.booleans(),
    "confirm_regions": st.sampled_from([(), ("cn-east-2",), ("cn-east-2", "cn-south-1"), ("*",)]),
    "emergency": _some(PEOPLE),
}


def _fits(rule: Rule) -> bool:
    return not (rule.confirm_regions and rule.approvals == 0)


rules = _varied(_USUAL_RULE, _keys, 4).filter(_fits)
strange_rules = _varied(_USUAL_RULE, _keys, len(_keys)).filter(_fits)
kinds = st.sampled_from(Kind)
wishes = _varied(
    _USUAL_WISH,
    {
        "images": st.sampled_from([("img-b",), ("ami-c",), ("img-a", "img-b")]) | _some(IMAGES, least=1),
        "destinations": _some(REGIONS, most=2, least=1),
        "source": st.sampled_from(REGIONS),
        "reason": _reasons,
        "emergency": st.booleans(),
    },
    2,
)
_asks = st.builds(
    Ask,
    who=_mostly(_REQUESTER, *PEOPLE),
    wish=wishes,
    typed=st.booleans(),
    place=_place,
    twice=st.booleans(),
)
_approvals = st.builds(
    Decide,
    act=st.just("approve"),
    who=st.sampled_from((*_APPROVERS * 3, *PEOPLE)),
    which=_which,
    back=_mostly(0, 1),
    typed=_mostly("guarded", "", "cn-north-1"),
    place=_place,
)
_ends = st.builds(
    Decide,
    act=st.sampled_from(["reject", "cancel"]),
    who=_people,
    which=_which,
    back=_mostly(0, 1),
    typed=st.just(""),
    place=_place,
)
_follows = st.builds(
    Follow,
    who=_mostly(_REQUESTER, *PEOPLE),
    which=_which,
    button=st.sampled_from(["", "", "", "retry", "ask_again", "copy_again", "copy_rest"]),
    place=_place,
)
_grants = st.builds(
    Grant,
    who=_mostly(_ADMIN, *PEOPLE),
    give=st.booleans(),
    right=st.sampled_from(["request", "approve", "admin"]),
    principal=st.sampled_from([*PEOPLE, *GROUPS, "everyone"]),
)
_deciding = ["approvals", "approve", "confirm_regions", "self_approval"]
_changes = st.sampled_from([*sorted(_keys), *_deciding * 3]).flatmap(
    lambda key: st.tuples(st.tuples(st.just(key), _keys[key]))
)
_edits = st.builds(
    Edit,
    who=st.sampled_from((_ADMIN, _BOT_ADMIN, *_APPROVERS, "file", "file")),
    changes=_changes | _changes | _changes | st.none(),
)
_switches = st.sampled_from(
    [
        *(Turn("pause", on, _BOT_ADMIN) for on in (True, False)),
        *(Turn(what, on) for what in ("silent", "refusing") for on in (True, False, False)),
        *(Turn("pause", on=True, who=who) for who in (_ADMIN, _REQUESTER)),
    ]
)
_waits = st.builds(Wait, seconds=st.sampled_from([10] * 6 + [60, 3_600, 90_000]))
_acts = st.one_of(
    _asks,
    _asks,
    *[_approvals] * 6,
    _ends,
    _follows,
    _follows,
    _grants,
    _edits,
    st.builds(Person, who=_people, kind=kinds),
    st.builds(Person, who=_people, group=st.sampled_from(GROUPS)),
    _switches,
    st.builds(Image, image=st.sampled_from(IMAGES), renamed=st.booleans()),
    *[_waits] * 4,
)
_noise = st.lists(_acts, max_size=2)


def _goes_on(first: Act, *usual: _Any) -> _Any:
    """What usually happens next, with anything between."""
    steps = [st.tuples(_noise, act) for act in usual]
    return st.tuples(*steps).map(
        lambda drawn: (first, *(act for noise, one in drawn for act in (*noise, one)))
    )


_yes = st.builds(
    Decide,
    act=st.just("approve"),
    who=st.sampled_from(_APPROVERS),
    which=st.just(0),
    back=st.just(0),
    typed=st.just("guarded"),
    place=st.just("C1"),
)
_next = st.builds(
    Follow,
    who=st.just(_REQUESTER),
    which=st.just(0),
    button=st.just(""),
    place=st.just("C1"),
)
_first = st.builds(
    Ask,
    who=st.just(_REQUESTER),
    wish=st.just(_USUAL_WISH) | wishes,
    typed=st.just(value=True),
    place=st.just("C1"),
    twice=st.just(value=False),
)
_soon = st.just(Wait(10))
_stories = _first.flatmap(
    lambda first: st.one_of(
        _goes_on(first, _soon, _yes, _soon, _soon, _soon),
        _goes_on(first, _soon, _yes, _yes, _waits, _acts, _soon),
        _goes_on(first, _soon, _yes | _ends, _waits, _next, _soon, _yes, _soon),
        _goes_on(first, _waits, _switches, _yes, _acts, _edits, _acts, _soon, _soon),
        _goes_on(first, _soon, _yes, _edits | _grants, _yes, _soon, _yes, _soon, _soon),
    )
)
worlds = st.builds(
    World,
    rule=st.sampled_from([rules] * 20 + [st.none()]).flatmap(lambda chosen: chosen),
    kinds=_swapped((Kind.FULL,) * len(PEOPLE), kinds),
    groups=_swapped(_GROUPS, st.frozensets(st.sampled_from(PEOPLE))),
    bot_admins=_mostly((_BOT_ADMIN,), (), ("U2", _BOT_ADMIN)),
    homes=_swapped(("cn-north-1",) * len(IMAGES), st.sampled_from(["cn-south-1", ""])),
    acts=_stories,
    eager=st.booleans(),
)
