"""Who may do what: tables for people to read, and properties against a second, plainer reading of the rules."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.permissions import (
    Admins,
    Kind,
    Reason,
    Standing,
    Wish,
    image_allowed,
    may_administer,
    may_approve,
    may_cancel,
    may_look,
    may_pause,
    may_reject,
    may_request,
    may_start_emergency,
)
from commands.rule import Rule

MEMBER, GUEST, BOT, DEACTIVATED, STRANGER = Kind
ASKER, APPROVER, ADMIN, OTHER, HEAD, INVITED = "U1", "U2", "U3", "U4", "U5", "U6"
LEADS, STAFF = "S1", "S2"
HEADS = Admins((HEAD,))

RULE = Rule(
    request=["everyone", INVITED],
    approve=[APPROVER, LEADS],
    admin=[ADMIN],
    emergency=[OTHER],
    source_regions=["cn-north-1"],
    destination_regions=["cn-east-2"],
)
WISH = Wish(images=["img-a"], destinations=["cn-east-2"], source="cn-north-1")


def person(user: str, kind: Kind = MEMBER, *groups: str) -> Standing:
    return Standing(user, kind, frozenset(groups))


def ruled(**changes: Any) -> Rule:
    return Rule.model_validate({**RULE.model_dump(), **changes})


@pytest.mark.parametrize(
    ("who", "request_", "approve", "cancel", "administer", "look", "pause"),
    [
        # who                            request  approve  cancel administer look  pause
        (person(ASKER), True, False, True, False, True, False),
        (person(OTHER), True, False, False, False, True, False),
        (person(APPROVER), True, True, False, False, True, False),
        (person(OTHER, MEMBER, LEADS), True, True, False, False, True, False),
        (person(ADMIN), True, False, True, True, True, False),
        (person(HEAD), True, False, True, True, True, True),
        (person(ASKER, GUEST), False, False, True, False, False, False),
        (person(INVITED, GUEST), True, False, False, False, True, False),
        (person(OTHER, GUEST), False, False, False, False, False, False),
        (person(OTHER, GUEST, LEADS), False, False, False, False, False, False),
        (person(APPROVER, GUEST), False, False, False, False, False, False),
        (person(ADMIN, GUEST), False, False, False, False, False, False),
        (person(HEAD, GUEST), False, False, False, False, False, False),
        *[
            (person(user, kind, LEADS), False, False, False, False, False, False)
            for user in (ASKER, APPROVER, ADMIN, HEAD, INVITED)
            for kind in (BOT, DEACTIVATED, STRANGER)
        ],
    ],
    ids=lambda value: f"{value.kind}-{value.user}" if isinstance(value, Standing) else None,
)
def test_each_right_belongs_to_whom_the_rule_names_and_to_no_one_else(
    who: Standing,
    request_: bool,  # noqa: FBT001 - columns of the table
    approve: bool,  # noqa: FBT001
    cancel: bool,  # noqa: FBT001
    administer: bool,  # noqa: FBT001
    look: bool,  # noqa: FBT001
    pause: bool,  # noqa: FBT001
) -> None:
    found = (
        may_request(RULE, who, WISH, HEADS).allowed,
        may_approve(RULE, who, HEADS, requester=ASKER, changed_permissions=False).allowed,
        may_cancel(RULE, who, requester=ASKER, admins=HEADS).allowed,
        may_administer(RULE, who, HEADS).allowed,
        may_look(RULE, who, HEADS, own=False).allowed,
        may_pause(who, HEADS).allowed,
    )
    assert found == (request_, approve, cancel, administer, look, pause)


@pytest.mark.parametrize(
    ("rule", "wish", "reason", "decided_by"),
    [
        ({}, {}, Reason.ALLOWED, ""),
        ({}, {"source": None}, Reason.ALLOWED, ""),
        ({}, {"source": "cn-south-1"}, Reason.SOURCE, "source_regions"),
        ({}, {"destinations": ["cn-east-2", "cn-south-1"]}, Reason.DESTINATION, "destination_regions"),
        ({"destination_regions": ["*"]}, {"destinations": ["cn-south-1"]}, Reason.ALLOWED, ""),
        (
            {"destination_regions": ["*"]},
            {"destinations": ["cn-north-1"]},
            Reason.SAME_REGION,
            "allow_same_region",
        ),
        (
            {"destination_regions": ["*"], "allow_same_region": True},
            {"destinations": ["cn-north-1"]},
            Reason.ALLOWED,
            "",
        ),
        ({"images": ["img-b*"]}, {}, Reason.IMAGE, "images"),
        ({"images": ["img-b*", "name:web-*"]}, {}, Reason.ALLOWED, ""),
        ({"images": ["IMG-A"]}, {}, Reason.IMAGE, "images"),
        ({"max_images": 1}, {"images": ["img-a", "img-b"]}, Reason.TOO_MANY, "max_images"),
        ({"reason_required": True}, {}, Reason.REASON_REQUIRED, "reason_required"),
        ({"reason_required": True}, {"reason": "growth"}, Reason.ALLOWED, ""),
        ({"daily_images": 3}, {"asked_today": 3}, Reason.DAILY, "daily_images"),
        ({"daily_images": 3}, {"asked_today": 2}, Reason.ALLOWED, ""),
        ({"open_requests": 2}, {"open_requests": 2}, Reason.OPEN, "open_requests"),
        ({"open_requests": 2}, {"open_requests": 1}, Reason.ALLOWED, ""),
        ({"request": [APPROVER]}, {}, Reason.MAY_NOT_REQUEST, "request"),
        ({"request": [APPROVER]}, {"source": "cn-south-1"}, Reason.MAY_NOT_REQUEST, "request"),
        ({}, {"emergency": True, "reason": "down"}, Reason.EMERGENCY, "emergency"),
    ],
)
def test_a_request_is_refused_for_the_first_thing_that_is_wrong_with_it(
    rule: dict[str, Any], wish: dict[str, Any], reason: Reason, decided_by: str
) -> None:
    verdict = may_request(ruled(**rule), person(ASKER), replace(WISH, **wish), HEADS)
    assert (verdict.allowed, verdict.reason, verdict.rule) == (reason is Reason.ALLOWED, reason, decided_by)


def test_a_refused_request_names_who_can_change_the_rule() -> None:
    wish = replace(WISH, destinations=["cn-south-1"])
    assert may_request(RULE, person(ASKER), wish, HEADS).ask_whom == (ADMIN,)
    assert may_request(ruled(admin=[]), person(ASKER), wish, HEADS).ask_whom == (HEAD,)
    assert may_request(None, person(ASKER), WISH, HEADS).ask_whom == (HEAD,)


@pytest.mark.parametrize(
    ("then", "now", "allowed"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_ones_own_request_may_be_approved_only_where_the_rule_said_so_then_and_says_so_now(
    *, then: bool, now: bool, allowed: bool
) -> None:
    rule = ruled(approve=[ASKER, APPROVER], self_approval=now)
    verdict = may_approve(
        rule, person(ASKER), HEADS, requester=ASKER, changed_permissions=False, self_approval=then
    )
    assert verdict.allowed is allowed
    assert verdict.ask_whom == (() if allowed else (APPROVER,))


def test_who_changed_the_permissions_since_cannot_approve_but_can_reject() -> None:
    verdict = may_approve(RULE, person(APPROVER), HEADS, requester=ASKER, changed_permissions=True)
    assert (verdict.reason, verdict.ask_whom) == (Reason.CHANGED_PERMISSIONS, (LEADS,))
    assert may_reject(RULE, person(APPROVER), HEADS, requester=ASKER).allowed


@pytest.mark.parametrize(
    ("who", "reason", "allowed"),
    [
        (person(OTHER), "db-01 is down", Reason.ALLOWED),
        (person(OTHER), None, Reason.REASON_REQUIRED),
        (person(OTHER, GUEST), "db-01 is down", Reason.EMERGENCY_OFF),
        (person(APPROVER), "db-01 is down", Reason.EMERGENCY),
        (person(HEAD), "db-01 is down", Reason.EMERGENCY),
        (person(OTHER, STRANGER), "db-01 is down", Reason.STRANGER),
    ],
)
def test_an_emergency_is_for_named_members_and_needs_a_reason(
    who: Standing, reason: str | None, allowed: Reason
) -> None:
    rule = ruled(request=[])
    assert may_request(rule, who, replace(WISH, emergency=True, reason=reason), HEADS).reason is allowed
    assert may_start_emergency(rule, who) is (who.user == OTHER and who.kind is MEMBER)


@pytest.mark.parametrize(
    ("patterns", "name", "allowed"),
    [
        (["img-a*"], None, True),
        (["img-b*"], None, False),
        (["name:web-*"], None, None),
        (["name:web-*"], "web-1", True),
        (["name:web-*"], "api-1", False),
        (["img-b*", "name:web-*"], "api-1", False),
        (["img-[ab]bc"], None, True),
        (["img-?bc"], None, True),
        ([], None, False),
    ],
)
def test_patterns_are_judged_on_the_id_and_where_they_say_so_on_the_name(
    patterns: list[str], name: str | None, *, allowed: bool | None
) -> None:
    assert image_allowed(ruled(images=patterns), "img-abc", name) is allowed


# The second reading: what the contract says, in sets and loops.

PEOPLE = [ASKER, APPROVER, ADMIN, OTHER, HEAD]
REGIONS = ["cn-north-1", "cn-east-2", "cn-south-1"]
IMAGES = ["img-a1", "img-a2", "img-b1"]
PATTERNS = ["img-*", "img-a*", "img-b1", "name:web-*"]


@dataclass(frozen=True)
class Plain:
    """The second reading of one rule for one person."""

    rule: Rule | None
    who: Standing

    def has(self, right: str) -> bool:
        listed = set(getattr(self.rule, right)) if self.rule else set()
        if self.who.kind is MEMBER:
            return bool(listed & {self.who.user, "everyone", *self.who.groups})
        return self.who.kind is GUEST and self.who.user in listed

    def administers(self) -> bool:
        return self.who.kind is MEMBER and (self.who.user == HEAD or self.has("admin"))

    def approves(self, requester: str, *, changed: bool) -> bool:
        if self.rule is None or self.who.kind is not MEMBER or changed or not self.has("approve"):
            return False
        return self.who.user != requester or self.rule.self_approval

    def cancels(self, requester: str) -> bool:
        return self.administers() or (self.who.kind in {MEMBER, GUEST} and self.who.user == requester)

    def requests(self, wish: Wish) -> bool:
        rule = self.rule
        if rule is None or self.who.kind not in {MEMBER, GUEST}:
            return False
        if wish.emergency:
            entitled = self.who.kind is MEMBER and self.who.user in rule.emergency and bool(wish.reason)
        else:
            entitled = self.has("request") and (bool(wish.reason) or not rule.reason_required)
        copies = len(wish.images) * len(wish.destinations)
        return (
            entitled
            and (wish.source is None or bool({wish.source, "*"} & set(rule.source_regions)))
            and all({d, "*"} & set(rule.destination_regions) for d in wish.destinations)
            and (rule.allow_same_region or wish.source not in wish.destinations)
            and all(self.may_match(image) for image in wish.images)
            and len(wish.images) <= rule.max_images
            and not 0 < rule.daily_images < wish.asked_today + copies
            and not 0 < rule.open_requests <= wish.open_requests
        )

    def may_match(self, image: str) -> bool:
        patterns = self.rule.images if self.rule else []
        return any(
            p.startswith("name:") or p == image or (p.endswith("*") and image.startswith(p[:-1]))
            for p in patterns
        )


def lists(of: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(of), unique=True, max_size=3)


regions = st.just(["*"]) | st.lists(st.sampled_from(REGIONS), unique=True, min_size=1)
rules = st.none() | st.builds(
    Rule,
    request=lists([*PEOPLE, LEADS, STAFF, "everyone"]),
    approve=lists([*PEOPLE, LEADS, STAFF]),
    admin=lists([*PEOPLE, LEADS]),
    emergency=lists(PEOPLE),
    images=lists(PATTERNS),
    source_regions=regions,
    destination_regions=regions,
    self_approval=st.booleans(),
    reason_required=st.booleans(),
    allow_same_region=st.booleans(),
    max_images=st.integers(1, 3),
    daily_images=st.integers(0, 4),
    open_requests=st.integers(0, 2),
)
standings = st.builds(
    Standing, st.sampled_from(PEOPLE), st.sampled_from(Kind), st.frozensets(st.sampled_from([LEADS, STAFF]))
)
wishes = st.builds(
    Wish,
    images=st.lists(st.sampled_from(IMAGES), unique=True, min_size=1),
    destinations=st.lists(st.sampled_from(REGIONS), unique=True, min_size=1),
    source=st.none() | st.sampled_from(REGIONS),
    reason=st.none() | st.just("growth"),
    emergency=st.booleans(),
    asked_today=st.integers(0, 4),
    open_requests=st.integers(0, 2),
)


@given(rules, standings, wishes)
def test_requesting_is_judged_as_a_plainer_reading_of_the_contract_judges_it(
    rule: Rule | None, who: Standing, wish: Wish
) -> None:
    assert may_request(rule, who, wish, HEADS).allowed is Plain(rule, who).requests(wish)


@given(rule=rules, who=standings, requester=st.sampled_from(PEOPLE), changed=st.booleans())
def test_deciding_is_judged_as_a_plainer_reading_of_the_contract_judges_it(
    rule: Rule | None, who: Standing, requester: str, *, changed: bool
) -> None:
    plain = Plain(rule, who)
    found = (
        may_approve(rule, who, HEADS, requester=requester, changed_permissions=changed).allowed,
        may_reject(rule, who, HEADS, requester=requester).allowed,
        may_cancel(rule, who, requester=requester, admins=HEADS).allowed,
        may_administer(rule, who, HEADS).allowed,
    )
    assert found == (
        plain.approves(requester, changed=changed),
        plain.approves(requester, changed=False),
        plain.cancels(requester),
        plain.administers(),
    )


@given(rules, standings, wishes)
def test_every_refusal_has_a_reason_and_nothing_that_is_allowed_has_one(
    rule: Rule | None, who: Standing, wish: Wish
) -> None:
    verdicts = [
        may_request(rule, who, wish, HEADS),
        may_approve(rule, who, HEADS, requester=ASKER, changed_permissions=False),
        may_cancel(rule, who, requester=ASKER, admins=HEADS),
        may_administer(rule, who, HEADS),
        may_pause(who, HEADS),
        may_look(rule, who, HEADS, own=False),
    ]
    assert all(v.allowed is (v.reason is Reason.ALLOWED) for v in verdicts)
    assert all(len(set(v.ask_whom)) == len(v.ask_whom) for v in verdicts)
