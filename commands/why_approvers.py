"""The step of `why` that says who approves, and what to do where they are too few."""

from commands import names
from commands.audience import Found
from commands.permissions import Admins, Standing, named
from commands.rule import Rule
from commands.text import Language, Line, Text
from commands.view.approvers import who_changes

_UNASKED = Text(
    "无需批准：检查通过后立即开始复制",
    "No approval is needed: it is copied as soon as the checks have passed",
)
_APPROVERS = Text("需要 {count} 人批准：{people}", "It needs {count:approval} from {people}")
_APPROVERS_OWN = Text(
    "需要 {count} 人批准：{people}（您也可以批准自己的申请）",
    "It needs {count:approval} from {people} (you may approve your own)",
)
_APPROVERS_NOT_OWN = Text(
    "需要 {count} 人批准：{people}（您是审批人，但不能批准自己的申请）",
    "It needs {count:approval} from {people} (you are an approver, but can't approve your own)",
)
_APPROVERS_IN_GROUP = Text(
    "需要 {count} 人批准：{people}（您是 {groups} 成员，但不能批准自己的申请）",
    "It needs {count:approval} from {people} (you are in {groups}, but can't approve your own)",
)
_NOBODY = Text(
    "需要 {count} 人批准，但目前没有其他人可以批准（规则 approve）",
    "It needs {count:approval}, but nobody else can approve at present (rule: approve)",
)
_TOO_FEW = Text(
    "需要 {count} 人批准，但目前只有 {people} 可以批准（规则 approve）",
    "It needs {count:approval}, but at present only {people} can approve (rule: approve)",
)


def by_the_rule(rule: Rule, who: Standing, admins: Admins) -> Found:
    """Who could approve what this person asks for, where people could not be looked at."""
    able = tuple(p for p in rule.approve if rule.self_approval or p != who.user)
    return Found(rule, able, short=not able, changers=tuple(rule.admin) or admins.users)


def approvers(rule: Rule, who: Standing, found: Found, language: Language) -> list[Line]:
    """How many approve and who; what the asker, if one of them, can't do; and who can change it if they are too few."""
    if not rule.approvals:
        return [_UNASKED.line(language)]
    if found.short:
        people = names.people(found.able, language)
        fact = (_TOO_FEW if found.able else _NOBODY).line(language, count=rule.approvals, people=people)
        return [fact, who_changes(found.changers, language)]
    groups = [p for p in rule.approve if p in who.groups]
    text = _APPROVERS
    if named(rule.approve, who):
        text = _APPROVERS_IN_GROUP if groups else _APPROVERS_NOT_OWN
        text = _APPROVERS_OWN if rule.self_approval else text
    return [
        text.line(
            language,
            count=rule.approvals,
            people=names.some_of(found.able, rule.approvals, language),
            groups=names.people(groups, language),
        )
    ]
