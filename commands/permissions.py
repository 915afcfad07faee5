"""Who may do what: rule + person + request → a verdict with its reason; pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase

from commands.rule import ANY_REGION, EVERYONE, NAME_PREFIX, Rule


class Kind(StrEnum):
    """What somebody is in the channel's workspace."""

    MEMBER = "member"
    GUEST = "guest"
    BOT = "bot"
    DEACTIVATED = "deactivated"
    STRANGER = "stranger"  # of another workspace, or nobody


@dataclass(frozen=True)
class Standing:
    """Somebody as the directory knows them now.

    Attributes:
        groups: those of the asked-for groups they are in.
        unread: those whose members Slack does not tell us, for good: they may be in them or not.
    """

    user: str
    kind: Kind
    groups: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()


class Reason(StrEnum):
    """Why a verdict is what it is."""

    ALLOWED = "allowed"
    GUEST = "guest"
    BOT = "bot"
    DEACTIVATED = "deactivated"
    STRANGER = "stranger"
    GROUP_UNREAD = "group_unread"
    NOT_SET_UP = "not_set_up"
    MAY_NOT_REQUEST = "may_not_request"
    SOURCE = "source"
    DESTINATION = "destination"
    IMAGE = "image"
    SAME_REGION = "same_region"
    TOO_MANY = "too_many"
    REASON_REQUIRED = "reason_required"
    DAILY = "daily"
    OPEN = "open"
    EMERGENCY = "emergency"
    EMERGENCY_OFF = "emergency_off"
    OWN_REQUEST = "own_request"
    CHANGED_PERMISSIONS = "changed_permissions"
    MAY_NOT_APPROVE = "may_not_approve"
    MAY_NOT_ANSWER = "may_not_answer"
    MAY_NOT_CANCEL = "may_not_cancel"
    MAY_NOT_ADMINISTER = "may_not_administer"
    MAY_NOT_PAUSE = "may_not_pause"


@dataclass(frozen=True)
class Verdict:
    """A decision.

    Attributes:
        rule: the key of the permission file that decided, empty where none did.
        ask_whom: who can help: those who may do it, or who may change the rule.
        about: the regions, images or groups that it is about.
        limit: the number that was exceeded, where one was.
        but_not: who can't help, although somebody else in a group of `ask_whom` may.
        or_else: whom to ask where nobody of `ask_whom` is able.
    """

    allowed: bool
    reason: Reason
    rule: str = ""
    ask_whom: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    limit: int = 0
    but_not: frozenset[str] = frozenset()
    or_else: tuple[str, ...] = ()


ALLOWED = Verdict(allowed=True, reason=Reason.ALLOWED)


@dataclass(frozen=True)
class Wish:
    """What somebody wants to copy.

    Attributes:
        source: where from; None: to be found among the channel's source regions.
        asked_today: how many images they asked for here in the last 24 hours.
        open_requests: how many of their requests have not ended.
    """

    images: Sequence[str]
    destinations: Sequence[str]
    source: str | None = None
    reason: str | None = None
    emergency: bool = False
    asked_today: int = 0
    open_requests: int = 0


@dataclass(frozen=True)
class Admins:
    """`BOT_ADMINS`: may administer every channel."""

    users: tuple[str, ...] = field(default=())


def may_request(rule: Rule | None, who: Standing, wish: Wish, admins: Admins) -> Verdict:
    """Whether this person may ask for this here; the first reason against it, the person's own first."""
    if rule is None:
        return _no(Reason.NOT_SET_UP, ask=admins.users)
    if (no := _not_a_requester(rule, who, wish, admins)) is not None:
        return no
    checks = (_source, _destination, _same_region, _images, _amount)
    return next((no for check in checks if (no := check(rule, who, wish, admins)) is not None), ALLOWED)


def may_ask(rule: Rule | None, who: Standing, admins: Admins) -> Verdict:
    """Whether this person may ask for anything here at all."""
    if rule is None:
        return _not_a_person(who) or _no(Reason.NOT_SET_UP, ask=admins.users)
    return _not_a_requester(rule, who, Wish((), ()), admins) or ALLOWED


def may_approve(
    rule: Rule | None,
    who: Standing,
    admins: Admins,
    *,
    requester: str,
    changed_permissions: bool,
    self_approval: bool | None = None,
) -> Verdict:
    """Whether this person may approve a request of `requester` here, now.

    Args:
        changed_permissions: they have changed the channel's permissions since the request.
        self_approval: what the rule said when the request was made; both it and today's rule must allow it.
    """
    if rule is None:
        return _no(Reason.NOT_SET_UP, ask=admins.users)
    ask = tuple(p for p in rule.approve if p != requester)
    if (no := _not_a_member(who, "approve", ask)) is not None:
        return no
    own = who.user == requester
    if own and not (rule.self_approval and self_approval is not False):
        return _no(Reason.OWN_REQUEST, "self_approval", ask)
    if not named(rule.approve, who):
        return _lacks(Reason.MAY_NOT_APPROVE, who, "approve", rule.approve, ask)
    if changed_permissions:
        return _no(Reason.CHANGED_PERMISSIONS, "approve", tuple(p for p in ask if p != who.user))
    return ALLOWED


def may_reject(rule: Rule | None, who: Standing, admins: Admins, *, requester: str) -> Verdict:
    """Rejecting is for approvers; the requester has Cancel."""
    return may_approve(rule, who, admins, requester=requester, changed_permissions=False)


def may_cancel(rule: Rule | None, who: Standing, *, requester: str, admins: Admins) -> Verdict:
    """The requester, and whoever administers the channel."""
    if who.user == requester and who.kind in {Kind.MEMBER, Kind.GUEST}:
        return ALLOWED
    if may_administer(rule, who, admins).allowed:
        return ALLOWED
    administrators = _others(rule.admin, who) if rule else ()
    ask = dict.fromkeys((requester, *(administrators or admins.users)))
    principals = rule.admin if rule else ()
    return _not_a_person(who) or _lacks(Reason.MAY_NOT_CANCEL, who, "admin", principals, tuple(ask))


def may_administer(rule: Rule | None, who: Standing, admins: Admins) -> Verdict:
    """The channel's administrators, and `BOT_ADMINS` everywhere."""
    ask = _others(rule.admin, who) if rule else ()
    ask = ask or admins.users
    if (no := _not_a_member(who, "admin", ask)) is not None:
        return no
    if who.user in admins.users or (rule is not None and named(rule.admin, who)):
        return ALLOWED
    return _lacks(Reason.MAY_NOT_ADMINISTER, who, "admin", rule.admin if rule else (), ask)


def may_start_emergency(rule: Rule, who: Standing) -> bool:
    """Whether this person may start a copy without approval."""
    return who.kind is Kind.MEMBER and who.user in rule.emergency


def may_pause(who: Standing, admins: Admins) -> Verdict:
    """Only `BOT_ADMINS`."""
    if (no := _not_a_member(who, "BOT_ADMINS", admins.users)) is not None:
        return no
    return ALLOWED if who.user in admins.users else _no(Reason.MAY_NOT_PAUSE, "BOT_ADMINS", admins.users)


def may_look(rule: Rule | None, who: Standing, admins: Admins, *, own: bool) -> Verdict:
    """Reading what was asked for here: full members, and guests who may request; one's own: everybody but strangers."""
    ask = _changers(rule, who, admins) if rule else admins.users
    if (no := _not_a_person(who)) is not None:
        return no
    if own or (rule is not None and named(rule.request, who)) or may_administer(rule, who, admins).allowed:
        return ALLOWED
    if rule is None:
        return _no(Reason.NOT_SET_UP, ask=admins.users)
    return _no(Reason.GUEST, "request", ask) if who.kind is Kind.GUEST else ALLOWED


def image_allowed(rule: Rule, image_id: str, name: str | None) -> bool | None:
    """Whether a pattern allows the image; None: that depends on its name, which isn't known yet."""
    patterns = [p for p in rule.images if not p.startswith(NAME_PREFIX)]
    if any(fnmatchcase(image_id, pattern) for pattern in patterns):
        return True
    names = [p.removeprefix(NAME_PREFIX) for p in rule.images if p.startswith(NAME_PREFIX)]
    if name is None:
        return None if names else False
    return any(fnmatchcase(name, pattern) for pattern in names)


def region_allowed(regions: Sequence[str], region: str) -> bool:
    """Whether a list of a rule names the region."""
    return ANY_REGION in regions or region in regions


def _no(
    reason: Reason, rule: str = "", ask: Sequence[str] = (), about: Sequence[str] = (), limit: int = 0
) -> Verdict:
    return Verdict(
        allowed=False, reason=reason, rule=rule, ask_whom=tuple(ask), about=tuple(about), limit=limit
    )


def _lacks(
    reason: Reason, who: Standing, rule: str, principals: Sequence[str], ask: Sequence[str]
) -> Verdict:
    """They don't have the right; through a group that can't be read they may, but that can't be said."""
    unread = tuple(p for p in principals if p in who.unread)
    if who.kind is Kind.MEMBER and unread:
        return _no(Reason.GROUP_UNREAD, rule, [p for p in ask if p not in unread], unread)
    return _no(reason, rule, ask)


def _not_a_person(who: Standing) -> Verdict | None:
    """Nobody can give a right to these."""
    reasons = {Kind.BOT: Reason.BOT, Kind.DEACTIVATED: Reason.DEACTIVATED, Kind.STRANGER: Reason.STRANGER}
    reason = reasons.get(who.kind)
    return _no(reason) if reason else None


def _not_a_member(who: Standing, rule: str, ask: Sequence[str]) -> Verdict | None:
    """A guest can't get this right either, even where named, but can ask those who have it."""
    return _no(Reason.GUEST, rule, _others(ask, who)) if who.kind is Kind.GUEST else _not_a_person(who)


def named(principals: Sequence[str], who: Standing) -> bool:
    """Whether a list of a rule means this person: by id, by group, or as one of `everyone`; a guest only by id."""
    if who.user in principals:
        return True
    if who.kind is not Kind.MEMBER:
        return False
    return EVERYONE in principals or any(p in who.groups for p in principals)


def _others(principals: Sequence[str], who: Standing) -> tuple[str, ...]:
    return tuple(p for p in principals if p != who.user)


def _changers(rule: Rule, who: Standing, admins: Admins) -> tuple[str, ...]:
    """Who may change the rule; a guest is named among them to no effect."""
    return (tuple(rule.admin) if who.kind is Kind.MEMBER else _others(rule.admin, who)) or admins.users


def _not_a_requester(rule: Rule, who: Standing, wish: Wish, admins: Admins) -> Verdict | None:
    if (no := _not_a_person(who)) is not None:
        return no
    if wish.emergency:
        return _not_for_emergencies(rule, who, admins)
    if named(rule.request, who):
        return None
    if who.kind is Kind.GUEST:
        return _no(Reason.GUEST, "request", _others(rule.admin, who) or admins.users)
    return _lacks(Reason.MAY_NOT_REQUEST, who, "request", rule.request, _changers(rule, who, admins))


def _not_for_emergencies(rule: Rule, who: Standing, admins: Admins) -> Verdict | None:
    """Starting without approval is a right of its own, for full members named by id."""
    if may_start_emergency(rule, who):
        return None
    others = _others(rule.emergency, who)  # a guest may be named to no effect
    changers = _others(rule.admin, who) or admins.users
    if not others:
        return _no(Reason.EMERGENCY_OFF, "emergency", changers)
    return replace(_no(Reason.EMERGENCY, "emergency", others), or_else=changers)


def _source(rule: Rule, who: Standing, wish: Wish, admins: Admins) -> Verdict | None:
    if wish.source is None or region_allowed(rule.source_regions, wish.source):
        return None
    return _no(Reason.SOURCE, "source_regions", _changers(rule, who, admins), [wish.source])


def _destination(rule: Rule, who: Standing, wish: Wish, admins: Admins) -> Verdict | None:
    bad = [d for d in wish.destinations if not region_allowed(rule.destination_regions, d)]
    return _no(Reason.DESTINATION, "destination_regions", _changers(rule, who, admins), bad) if bad else None


def _same_region(rule: Rule, who: Standing, wish: Wish, admins: Admins) -> Verdict | None:
    if rule.allow_same_region or wish.source not in wish.destinations:
        return None
    return _no(Reason.SAME_REGION, "allow_same_region", _changers(rule, who, admins), [wish.source or ""])


def _images(rule: Rule, who: Standing, wish: Wish, admins: Admins) -> Verdict | None:
    bad = [i for i in wish.images if image_allowed(rule, i, None) is False]
    return _no(Reason.IMAGE, "images", _changers(rule, who, admins), bad) if bad else None


def _amount(rule: Rule, who: Standing, wish: Wish, admins: Admins) -> Verdict | None:
    ask = _changers(rule, who, admins)
    if len(wish.images) > rule.max_images:
        return _no(Reason.TOO_MANY, "max_images", ask, limit=rule.max_images)
    if (rule.reason_required or wish.emergency) and not wish.reason:
        return _no(Reason.REASON_REQUIRED, "reason_required", ask if rule.reason_required else ())
    wanted = len(wish.images) * len(wish.destinations)
    if rule.daily_images and wish.asked_today + wanted > rule.daily_images:
        return _no(Reason.DAILY, "daily_images", ask, limit=rule.daily_images)
    if rule.open_requests and wish.open_requests >= rule.open_requests:
        return _no(Reason.OPEN, "open_requests", ask, limit=rule.open_requests)
    return None
