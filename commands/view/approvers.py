"""Who could approve what the card shows, as of the newest look at them, and what to do where they are too few."""

from collections.abc import Sequence

from commands import names
from commands.rule import load
from commands.snapshot import Snapshot
from commands.text import Code, Language, Line, Text
from store.tables import Request

_NOBODY = Text(
    "目前没有人可以批准此申请（规则 approve）",
    "Nobody can approve this request at present (rule: approve).",
)
_TOO_FEW = Text(
    "还需 {count} 人批准，但目前只有 {people} 可以批准（规则 approve）",
    "{count:more approval} needed, but at present only {people} can approve (rule: approve).",
)
_WHO_CHANGES = Text("{people} 可以用 {command} 指定审批人", "{people} can name more approvers with {command}")
_NOBODY_CHANGES = Text(
    "机器人尚未设置管理员：请安装机器人的人设置 BOT_ADMINS，或用 {command} 指定审批人",
    "Whoever runs the bot can name administrators in BOT_ADMINS, or approvers with {command}",
)


def may_approve(request: Request) -> list[str]:
    """Whom the rule of the request names as approvers, without those who may not approve this one."""
    rule = load(request.rule)
    return [p for p in rule.approve if rule.self_approval or p != request.requester]


def able(seen: Snapshot) -> list[str]:
    """The people and groups through which somebody could still approve; while nobody has looked, by the rule."""
    audience = seen.audience
    principals = audience.able if audience is not None else may_approve(seen.request)
    return [p for p in principals if p not in seen.approvers]


def is_short(seen: Snapshot) -> bool:
    """Whether approvals would still be missing if everybody approved who could."""
    return seen.audience.short if seen.audience is not None else not may_approve(seen.request)


def shortage(seen: Snapshot, language: Language) -> list[Line]:
    """That they are too few, and who can change that."""
    left = able(seen)
    missing = seen.request.approvals_needed - len(seen.approvers)
    fact = (
        _TOO_FEW.line(language, count=missing, people=names.people(left, language))
        if left
        else _NOBODY.line(language)
    )
    changers = seen.audience.changers if seen.audience is not None else seen.request.rule.get("admin", [])
    return [fact, who_changes(changers, language)]


def who_changes(changers: Sequence[str], language: Language) -> Line:
    """Who can name more approvers: the channel's administrators, else `BOT_ADMINS`; with neither, how to get some."""
    if not changers:
        return _NOBODY_CHANGES.line(language, command=Code("copy-image-bot permissions apply"))
    people = names.people(changers, language)
    return _WHO_CHANGES.line(language, people=people, command=Code("/copy-image permissions"))
