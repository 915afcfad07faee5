"""Single judgements, many of them: the product's verdict is one that the contract gives, and says so in both languages."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.blocks import render
from commands.permissions import (
    Admins,
    Reason,
    Verdict,
    Wish,
    may_administer,
    may_approve,
    may_cancel,
    may_pause,
    may_reject,
    may_request,
)
from commands.refusals import refusal
from tests.decision import oracle
from tests.decision.acts import GROUPS, IMAGES, PEOPLE, REGIONS
from tests.decision.doubles import standing
from tests.decision.drawing import rules, strange_rules
from tests.decision.facts import Against, Counted, Kind, Pending, Person, Rule
from tests.decision.facts import Wish as Wanted
from tests.decision.ground import as_product
from tests.decision.listen import REGIONS as KNOWN
from tests.decision.listen import heard

AT = datetime(2026, 3, 1, tzinfo=UTC)
BOT_ADMINS = ("U6",)
ADMINS = Admins(BOT_ADMINS)
GUEST_ADMINISTERS = Rule(request=("U4",), admin=("U4",))
"""To no effect."""

people = st.builds(
    Person, st.sampled_from(PEOPLE), st.sampled_from(Kind), st.frozensets(st.sampled_from(GROUPS))
)
some_rules = rules | strange_rules | st.none()
wishes = st.builds(
    Wanted,
    images=st.lists(st.sampled_from(IMAGES), unique=True, min_size=1).map(tuple),
    destinations=st.lists(st.sampled_from(REGIONS), unique=True, min_size=1).map(tuple),
    source=st.sampled_from([None, *REGIONS]),
    reason=st.sampled_from(["", "扩容"]),
    emergency=st.booleans(),
)
counts = st.builds(Counted, today=st.integers(0, 3), open=st.integers(0, 3))


def agrees(verdict: Verdict, person: Person, against: set[Against]) -> None:
    """Allowed exactly where nothing speaks against it, and else for one of the reasons, told in both languages."""
    assert verdict.allowed is (not against), (verdict, against)
    assert person.kind is Kind.FULL or person.id not in set(verdict.ask_whom) - set(BOT_ADMINS), verdict
    if not verdict.allowed:
        assert heard(refusal(verdict, "zh", KNOWN), "zh") & against, (verdict, against)
        nobody = "尚未设置管理员" in render(refusal(verdict, "zh", KNOWN)).text
        assert not nobody or person.id in BOT_ADMINS  # else there is U6
        assert heard(refusal(verdict, "en", KNOWN), "en") & against, (verdict, against)


def judged(rule: Rule | None, person: Person, wanted: Wanted, counted: Counted) -> Verdict:
    """The product's verdict on a wish, after it has agreed with the contract's."""
    where = oracle.candidates(rule, wanted) if rule else ()
    wish = Wish(
        images=wanted.images,
        destinations=wanted.destinations,
        source=where[0] if len(where) == 1 else None,
        reason=wanted.reason or None,
        emergency=wanted.emergency,
        asked_today=counted.today,
        open_requests=counted.open,
    )
    verdict = may_request(as_product(rule) if rule else None, standing(person), wish, ADMINS)
    agrees(verdict, person, oracle.against_request(rule, person, wanted, counted))
    return verdict


@given(some_rules, people, wishes, counts)
@example(GUEST_ADMINISTERS, Person("U4", Kind.GUEST), Wanted(("img-a",), ("cn-north-1",)), Counted())
@settings(max_examples=400)
def test_who_may_ask_for_what(rule: Rule | None, person: Person, wanted: Wanted, counted: Counted) -> None:
    judged(rule, person, wanted, counted)


@given(strange_rules, wishes, counts)
@settings(max_examples=400)
def test_what_may_be_asked_for_by_whoever_may_ask(rule: Rule, wanted: Wanted, counted: Counted) -> None:
    judged(replace(rule, request=("everyone",), emergency=PEOPLE), Person("U1"), wanted, counted)


@pytest.mark.parametrize(
    ("changes", "wanted", "counted", "reason"),
    [
        ({}, {}, {}, Reason.ALLOWED),
        ({}, {"source": "cn-south-1"}, {}, Reason.SOURCE),
        ({}, {"destinations": ("cn-east-2", "cn-south-1")}, {}, Reason.DESTINATION),
        (
            {"destination_regions": ("*",)},
            {"destinations": ("cn-east-2", "cn-north-1")},
            {},
            Reason.SAME_REGION,
        ),
        ({}, {"images": ("img-a", "ami-c")}, {}, Reason.IMAGE),
        ({"max_images": 1}, {"images": ("img-a", "img-b")}, {}, Reason.TOO_MANY),
        ({"reason_required": True}, {}, {}, Reason.REASON_REQUIRED),
        ({}, {"emergency": True}, {}, Reason.REASON_REQUIRED),
        ({}, {"emergency": True, "reason": "扩容"}, {}, Reason.ALLOWED),
        ({"emergency": ("U2",)}, {"emergency": True, "reason": "扩容"}, {}, Reason.EMERGENCY),
        ({"daily_images": 3}, {}, {"today": 2}, Reason.ALLOWED),
        ({"daily_images": 3}, {}, {"today": 3}, Reason.DAILY),
        ({"daily_images": 1}, {"images": ("img-a", "img-b")}, {}, Reason.DAILY),
        ({"open_requests": 2}, {}, {"open": 1}, Reason.ALLOWED),
        ({"open_requests": 2}, {}, {"open": 2}, Reason.OPEN),
    ],
)
def test_each_limit_of_a_rule_is_where_it_is_said_to_be(
    changes: dict[str, Any], wanted: dict[str, Any], counted: dict[str, int], reason: Reason
) -> None:
    rule = replace(Rule(images=("img-*",), request=("everyone",), emergency=("U1",)), **changes)
    wish = replace(Wanted(("img-a",), ("cn-east-2",)), **wanted)
    assert judged(rule, Person("U1"), wish, Counted(**counted)).reason is reason


@pytest.mark.parametrize(("then", "now"), [(False, False), (False, True), (True, False), (True, True)])
def test_ones_own_request_may_be_approved_where_the_rule_has_allowed_it_all_the_time(
    *, then: bool, now: bool
) -> None:
    rule = as_product(Rule(request=("everyone",), approve=("U1",), self_approval=now))
    verdict = may_approve(
        rule, standing(Person("U1")), ADMINS, requester="U1", changed_permissions=False, self_approval=then
    )
    assert verdict.allowed is (then and now)


@given(
    rule=some_rules,
    person=people,
    requester=st.sampled_from(PEOPLE),
    own=st.booleans(),
    changed=st.booleans(),
)
@settings(max_examples=400)
def test_who_may_decide(
    rule: Rule | None, person: Person, requester: str, *, own: bool, changed: bool
) -> None:
    product, who = as_product(rule) if rule else None, standing(person)
    request = Pending("waiting", requester, (), needed=1, own_then=own)
    changers = frozenset({person.id} if changed else ())
    verdict = may_approve(
        product, who, ADMINS, requester=requester, changed_permissions=changed, self_approval=own
    )
    agrees(verdict, person, oracle.loses_approval(rule, person, replace(request, changed_rule=changers)))
    verdict = may_reject(product, who, ADMINS, requester=requester)
    agrees(verdict, person, oracle.against_rejecting(rule, person, request, AT, 1))
    verdict = may_cancel(product, who, requester=requester, admins=ADMINS)
    agrees(verdict, person, oracle.against_cancelling(rule, person, request, BOT_ADMINS))


@given(some_rules, people)
def test_who_may_administer_and_pause(rule: Rule | None, person: Person) -> None:
    verdict = may_administer(as_product(rule) if rule else None, standing(person), ADMINS)
    against = oracle.lacks_admin(rule, person, BOT_ADMINS)
    agrees(verdict, person, against | ({Against.RIGHT} if Against.CHANNEL in against else set()))
    agrees(may_pause(standing(person), ADMINS), person, oracle.lacks_pause(person, BOT_ADMINS))
