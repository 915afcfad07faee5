"""Which permissions deserve a second look: never used, too wide, or held by people who left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from commands import names
from commands.rule import ANY_REGION, EVERYONE, Rule
from commands.text import Code, Language, Line, Span, Text, When, listed
from store.review import Uses
from store.tables import ChannelRule, Person

_NEVER = {
    "request": Text("从未用过申请权限（request）：{who}", "Never requested a copy (request): {who}"),
    "approve": Text("从未审批过申请（approve）：{who}", "Never approved or rejected (approve): {who}"),
    "admin": Text("从未更改过此频道的权限（admin）：{who}", "Never changed permissions here (admin): {who}"),
    "emergency": Text(
        "从未发起过紧急复制（emergency）：{who}", "Never started an emergency copy (emergency): {who}"
    ),
}
_EVERYONE = Text(
    "工作区的每位正式成员都可以申请（request: everyone）。",
    "Every full member of the workspace may request copies (request: everyone).",
)
_ANY_REGION = Text("不限地域（{key}: *）。", "Any region is allowed ({key}: *).")
_ANY_IMAGE = Text("不限镜像（images: {pattern}）。", "Any image is allowed (images: {pattern}).")
_DEACTIVATED = Text(
    "账号已停用，但仍有权限：{who}", "The account is deactivated but still has permissions: {who}"
)
_UNKNOWN = Text("Slack 中没有此人，但仍有权限：{who}", "Slack knows no such person: {who}")
_GUEST = Text(
    "是访客，不能审批或管理，但列在其中：{who}", "Is a guest, who can't approve or administer: {who}"
)
_SINCE = Text("{who}（{at} 起）", "{who} (since {at})")
_NEW = Text("{who}（新授予，{at} 起）", "{who} (new, since {at})")
_NEW_FOR = timedelta(days=7)
_ANY_IMAGE_PATTERNS = frozenset({"*", "img-*", "name:*"})


@dataclass(frozen=True)
class Seen:
    """What the bot has seen of a channel's people; whom it never met is in none of these.

    Attributes:
        versions: what the channel has ever allowed, newest first.
    """

    uses: Uses
    versions: Sequence[ChannelRule]
    people: Mapping[str, Person]
    members: Mapping[str, frozenset[str]]


def review(rule: Rule, seen: Seen, language: Language, *, now: datetime) -> list[Line]:
    """One line per thing that deserves a look; none when there is nothing."""
    return [*_left(rule, seen.people, language), *_wide(rule, language), *_unused(rule, seen, language, now)]


def named(rule: Rule) -> list[str]:
    """Every person whom the rule names, once."""
    principals = [*rule.request, *rule.approve, *rule.admin, *rule.emergency]
    return [p for p in dict.fromkeys(principals) if p != EVERYONE and not p.startswith("S")]


def granted_at(versions: Sequence[ChannelRule], right: str, principal: str) -> datetime:
    """Since when whoever has this right in the newest of the versions has had it without a break."""
    since = versions[0].valid_from
    for later, version in pairwise(versions):
        if version.valid_to != later.valid_from or principal not in version.rule.get(right, ()):
            break
        since = version.valid_from
    return since


def _unused(rule: Rule, seen: Seen, language: Language, now: datetime) -> list[Line]:
    lines = []
    for right, text in _NEVER.items():
        users = getattr(seen.uses, right)
        idle = [p for p in getattr(rule, right) if not _used(p, users, seen.members)]
        if idle:
            who: list[Span] = [_since(p, granted_at(seen.versions, right, p), language, now) for p in idle]
            lines.append(text.line(language, who=listed(language, who)))
    return lines


def _since(principal: str, at: datetime, language: Language, now: datetime) -> Span:
    text = _NEW if now - at < _NEW_FOR else _SINCE
    return text.say(language, who=names.person(principal, language), at=When(at))


def _used(principal: str, users: frozenset[str], members: Mapping[str, frozenset[str]]) -> bool:
    if principal == EVERYONE:
        return bool(users)
    return principal in users or bool(members.get(principal, frozenset()) & users)


def _wide(rule: Rule, language: Language) -> list[Line]:
    regions = [key for key in ("source_regions", "destination_regions") if ANY_REGION in getattr(rule, key)]
    patterns = [pattern for pattern in rule.images if pattern in _ANY_IMAGE_PATTERNS]
    return [
        *([_EVERYONE.line(language)] if EVERYONE in rule.request else []),
        *(_ANY_REGION.line(language, key=Code(key)) for key in regions),
        *(_ANY_IMAGE.line(language, pattern=Code(pattern)) for pattern in patterns),
    ]


def _left(rule: Rule, people: Mapping[str, Person], language: Language) -> list[Line]:
    known = [people[user] for user in named(rule) if user in people]
    deciding = {*rule.approve, *rule.admin}
    return [
        *_those(_DEACTIVATED, (p for p in known if p.known and p.deleted), language),
        *_those(_UNKNOWN, (p for p in known if not p.known), language),
        *_those(_GUEST, (p for p in known if p.guest and not p.deleted and p.user in deciding), language),
    ]


def _those(text: Text, people: Iterable[Person], language: Language) -> Sequence[Line]:
    who = [person.user for person in people]
    return [text.line(language, who=names.people(who, language))] if who else []
