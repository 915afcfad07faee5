"""What the contract lets each person do, written from the contract alone and sharing nothing with the product.

Each function answers with *every* reason against, so that the product may name whichever it finds first;
an empty answer means allowed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from tests.decision.facts import (
    BEFORE_SENDING,
    KNOWN_REGIONS,
    UNDER_WAY,
    Against,
    Counted,
    Image,
    Kind,
    Pending,
    Person,
    Rule,
    Wish,
)


def _named(names: Iterable[str], person: Person) -> bool:
    return any(name == person.id or name in person.groups or name == "everyone" for name in names)


def _outsider(person: Person) -> set[Against]:
    """Only active people of the channel's own workspace do anything at all."""
    return set() if person.kind in (Kind.FULL, Kind.GUEST) else {Against.PERSON}


def _lacks(names: Sequence[str], person: Person) -> set[Against]:
    """A right that guests never have and that 'everyone' never gives."""
    against = _outsider(person)
    if person.kind is Kind.GUEST:
        against.add(Against.GUEST)
    if not _named([name for name in names if name != "everyone"], person):
        against.add(Against.RIGHT)
    return against


def lacks_request(rule: Rule | None, person: Person) -> set[Against]:
    """Requesting: full members named in any way; a guest only where named by id."""
    if rule is None:
        return {Against.CHANNEL}
    if person.kind is Kind.GUEST:
        return set() if person.id in rule.request else {Against.GUEST, Against.RIGHT}
    return _outsider(person) | (set() if _named(rule.request, person) else {Against.RIGHT})


def lacks_follow(rule: Rule | None, person: Person) -> set[Against]:
    """Following a request: as requesting; who is nobody here hears only that, wherever it is."""
    return _outsider(person) or lacks_request(rule, person)


def lacks_approve(rule: Rule | None, person: Person) -> set[Against]:
    """Approving: full members whom the rule names, by id or group."""
    return {Against.CHANNEL} if rule is None else _lacks(rule.approve, person)


def lacks_admin(rule: Rule | None, person: Person, bot_admins: Sequence[str]) -> set[Against]:
    """Administering: full members whom the rule names, or BOT_ADMINS, who may also set up a channel."""
    lacking = _lacks((*(rule.admin if rule else ()), *bot_admins), person)
    return lacking | {Against.CHANNEL} if lacking and rule is None else lacking


def lacks_emergency(rule: Rule | None, person: Person) -> set[Against]:
    """Starting without approval: full members whom the channel names by id; a right of its own."""
    return {Against.CHANNEL} if rule is None else _lacks(rule.emergency, person)


def image_fits(rule: Rule, image_id: str, name: str | None) -> bool | None:
    """Whether a pattern lets the image through; None while that depends on a name nobody has looked up."""
    if any(fnmatchcase(image_id, p) for p in rule.images if not p.startswith("name:")):
        return True
    patterns = [p.removeprefix("name:") for p in rule.images if p.startswith("name:")]
    if name is None:
        return None if patterns else False
    return any(fnmatchcase(name, p) for p in patterns)


def candidates(rule: Rule, wish: Wish) -> tuple[str, ...]:
    """Where the images may be: what the command says, else the channel's source regions."""
    if wish.source is not None:
        return (wish.source,)
    return KNOWN_REGIONS if "*" in rule.source_regions else rule.source_regions


def _allows(regions: Sequence[str], region: str) -> bool:
    return "*" in regions or region in regions


def against_content(rule: Rule, wish: Wish) -> set[Against]:
    """What the rule says of regions, images and reason, as far as ids tell."""
    against = set()
    where = candidates(rule, wish)
    if not all(_allows(rule.source_regions, region) for region in where):
        against.add(Against.SOURCE)
    if not all(_allows(rule.destination_regions, region) for region in wish.destinations):
        against.add(Against.DESTINATION)
    if len(where) == 1 and where[0] in wish.destinations and not rule.allow_same_region:
        against.add(Against.SAME_REGION)
    if any(image_fits(rule, image, None) is False for image in wish.images):
        against.add(Against.IMAGE)
    if not wish.reason and (rule.reason_required or wish.emergency):
        against.add(Against.REASON)
    return against


def against_amount(rule: Rule, wish: Wish, counted: Counted) -> set[Against]:
    """What the rule says of how much; a copy to two regions counts twice for the day."""
    against = set()
    copies = {(image, region) for image in wish.images for region in wish.destinations}
    if len(wish.images) > rule.max_images:
        against.add(Against.TOO_MANY)
    if rule.daily_images and counted.today + len(copies) > rule.daily_images:
        against.add(Against.DAILY)
    if rule.open_requests and counted.open >= rule.open_requests:
        against.add(Against.OPEN)
    return against


def lacks_start(rule: Rule | None, person: Person, wish: Wish) -> set[Against]:
    """The right that the command needs."""
    return lacks_emergency(rule, person) if wish.emergency else lacks_request(rule, person)


def against_request(rule: Rule | None, person: Person, wish: Wish, counted: Counted) -> set[Against]:
    """What is judged at once, before the command is answered. Names are not known then."""
    if rule is None:
        return {Against.CHANNEL}
    against = lacks_start(rule, person, wish) | against_content(rule, wish)
    return against | against_amount(rule, wish, counted)


def against_copying(rule: Rule, wish: Wish, source: str, images: Iterable[Image]) -> set[Against]:
    """What is judged once the cloud has said where and what the images are."""
    against = set()
    if source in wish.destinations and not rule.allow_same_region:
        against.add(Against.SAME_REGION)
    for image in images:
        if not image_fits(rule, image.id, image.name):
            against.add(Against.IMAGE)
        if image.shared and not rule.allow_shared:
            against.add(Against.SHARED)
    return against


def needed(rule: Rule, request: Pending) -> int:
    """The higher of request time and now; nothing for an emergency."""
    return 0 if request.emergency else max(request.needed, rule.approvals)


def _late(request: Pending, at: datetime, shown: int) -> set[Against]:
    against = set()
    if request.state != "waiting":
        against.add(Against.LATE)
    if request.expires_at is not None and at >= request.expires_at:
        against.add(Against.EXPIRED)
    if shown != request.round:
        against.add(Against.ROUND)
    return against


def against_rejecting(
    rule: Rule | None, person: Person, request: Pending, at: datetime, shown: int
) -> set[Against]:
    """Rejecting is the approvers' too, but makes nothing happen: who changed the permissions may still say no."""
    own = person.id == request.requester and (rule is None or not rule.self_approval)
    return lacks_approve(rule, person) | _late(request, at, shown) | ({Against.OWN} if own else set())


def loses_approval(rule: Rule | None, person: Person, request: Pending) -> set[Against]:
    """Why a person's yes does not, or no longer, count."""
    against = lacks_approve(rule, person)
    if person.id == request.requester and not (rule is not None and rule.self_approval and request.own_then):
        against.add(Against.OWN)
    if person.id in request.changed_rule:
        against.add(Against.CHANGED_RULE)
    return against


def against_approving(
    rule: Rule | None, person: Person, request: Pending, at: datetime, shown: int, typed: frozenset[str]
) -> set[Against]:
    """Judged at the click; nobody counts twice, and the last approver types the guarded regions' ids."""
    against = loses_approval(rule, person, request) | _late(request, at, shown)
    if person.id in request.approved_by:
        against.add(Against.TWICE)
    elif rule is not None and is_last(rule, request, person) and mistyped(rule, request.destinations, typed):
        against.add(Against.REGION_TYPED)
    return against


def guarded(rule: Rule, destinations: Iterable[str]) -> frozenset[str]:
    """The destinations whose ids are to be typed."""
    return frozenset(region for region in destinations if _allows(rule.confirm_regions, region))


def mistyped(rule: Rule, destinations: Iterable[str], typed: frozenset[str]) -> bool:
    """Whether regions are to be typed, and others were, or none."""
    regions = guarded(rule, destinations)
    return bool(regions) and typed != regions


def is_last(rule: Rule, request: Pending, person: Person) -> bool:
    """Whether this person's yes is the last that is needed."""
    return len(request.approved_by | {person.id}) >= needed(rule, request)


def against_cancelling(
    rule: Rule | None, person: Person, request: Pending, bot_admins: Sequence[str]
) -> set[Against]:
    """Requester and channel administrators may cancel whatever has not ended."""
    own = person.id == request.requester and not _outsider(person)
    against = set()
    if not own and lacks_admin(rule, person, bot_admins):
        against |= {Against.NOT_CONCERNED} | _outsider(person)
    if request.state not in (*BEFORE_SENDING, *UNDER_WAY):
        against.add(Against.LATE)
    return against


def few_approvals(rule: Rule, approvers: Iterable[Person], request: Pending) -> bool:
    """Whether too few of those who approved could still do so."""
    holding = [person for person in approvers if not loses_approval(rule, person, request)]
    return len(holding) < needed(rule, request)


def lacks_pause(person: Person, bot_admins: Sequence[str]) -> set[Against]:
    """Pausing is for BOT_ADMINS."""
    return _lacks(bot_admins, person)


def granted(rule: Rule, right: str, about: Person, *, give: bool) -> Rule:
    """The rule after a right was given or taken back; the same where that can't be or changes nothing."""
    listed: tuple[str, ...] = getattr(rule, right)
    if not give:
        return with_right(rule, right, tuple(name for name in listed if name != about.id))
    suits = about.id.startswith("S") or about.kind is Kind.FULL
    if right == "request":
        suits = suits or about.id == "everyone" or about.kind is Kind.GUEST
    return with_right(rule, right, (*listed, about.id)) if suits and about.id not in listed else rule


def with_right(rule: Rule, right: str, names: tuple[str, ...]) -> Rule:
    """The rule with another list of people."""
    change: dict[str, Any] = {right: names}
    return replace(rule, **change)
