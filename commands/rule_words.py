"""What a channel's rule allows, in words, and what about it will surprise somebody; pure."""

from collections.abc import Sequence

from commands import names
from commands.clouds.cloud import Region
from commands.rule import Rule
from commands.text import Language, Line, Spans, Text
from commands.view.words import duration_words

_REQUEST = Text("可以申请：{people}", "May request: {people}")
_ROUTE = Text("可以复制：从 {sources} 到 {destinations}", "Allowed: from {sources} to {destinations}")
_IMAGES = Text("可以复制的镜像：{images}", "Images: {images}")
_NO_APPROVAL = Text("无需批准", "No approval is needed")
_APPROVE = Text("每个申请需 {count} 人批准：{people}", "Each request needs {count:approval}: {people}")
_OWN = Text("申请人可以批准自己的申请", "Requesters may approve their own requests")
_NOT_OWN = Text("申请人不能批准自己的申请", "Requesters can't approve their own requests")
_EXPIRES = Text(
    "{time}内无人批准则失效，不发提醒", "Without approval a request expires after {time}; no reminders"
)
_EXPIRES_REMINDS = Text(
    "{time}内无人批准则失效，{remind}后开始提醒",
    "Without approval a request expires after {time}; reminders begin after {remind}",
)
_CONFIRM = Text(
    "复制到 {regions} 时，最后一位审批人须输入地域 ID",
    "For copies to {regions} the last approver types the region's id",
)
_REASON = Text("申请须写明原因", "A request needs a reason")
_MAX = Text("每个申请最多 {count} 个镜像", "At most {count:image} in one request")
_DAILY = Text("每人 24 小时内最多申请 {count} 个镜像", "At most {count:image} per person in 24 hours")
_OPEN = Text("每人最多 {count} 个未完成的申请", "At most {count:open request} per person")
_SAME = Text("可以复制到同一地域", "Copies within one region are allowed")
_SHARED = Text("可以复制共享镜像", "Shared images may be copied")
_EMERGENCY = Text(
    "可以不经批准发起紧急复制：{people}", "May start emergency copies without approval: {people}"
)
_ADMIN = Text("可以管理权限：{people}", "May administer: {people}")
_LANGUAGES = {
    "zh": Text("频道语言：中文", "Channel language: Chinese"),
    "en": Text("频道语言：英文", "Channel language: English"),
}

_NO_REQUESTER = Text(
    "⚠️ 没有人可以申请（规则 request 为空）", "⚠️ Nobody may request copies (rule: request is empty)"
)
_NO_APPROVER = Text(
    "⚠️ 没有人可以批准，申请只会失效（规则 approve 为空）",
    "⚠️ Nobody may approve, so every request will expire (rule: approve is empty)",
)
_FEW_APPROVERS = Text(
    "⚠️ 需要 {count} 人批准，但只有 {given} 人可以批准",
    "⚠️ {count:approval} needed, but only {given:person} can approve",
)
_NO_ADMIN = Text(
    "⚠️ 没有频道管理员，只有机器人管理员可以修改权限（规则 admin 为空）",
    "⚠️ There is no channel administrator: only the bot's administrators can change this (rule: admin is empty)",
)
_UNASKED = Text(
    "⚠️ 无需批准：可以申请的人都能直接复制", "⚠️ No approval is needed: whoever may request also copies"
)


def in_words(rule: Rule, regions: Sequence[Region], language: Language) -> list[Line]:
    """Everything that holds, one sentence a line; what is at its harmless default and off is left out."""
    lines = [
        _REQUEST.line(language, people=names.people(rule.request, language)),
        _ROUTE.line(
            language,
            sources=names.region_list(regions, rule.source_regions, language),
            destinations=names.region_list(regions, rule.destination_regions, language),
        ),
        _IMAGES.line(language, images=names.codes(language, rule.images)),
        *_approval(rule, language),
        *_limits(rule, language),
    ]
    if rule.emergency:
        lines.append(_EMERGENCY.line(language, people=names.people(rule.emergency, language)))
    if rule.confirm_regions:
        lines.append(confirm_line(rule.confirm_regions, regions, language))
    lines.append(_ADMIN.line(language, people=names.people(rule.admin, language)))
    return [*lines, _LANGUAGES[rule.language].line(language)]


def confirm_line(confirm: Sequence[str], regions: Sequence[Region], language: Language) -> Line:
    """For which destinations the last approver types the region's id."""
    return _CONFIRM.line(language, regions=names.region_list(regions, confirm, language))


def deadline(rule: Rule, language: Language) -> Spans:
    """What happens when nobody answers."""
    time = duration_words(rule.expires, language)
    if not rule.remind:
        return _EXPIRES.say(language, time=time)
    return _EXPIRES_REMINDS.say(language, time=time, remind=duration_words(rule.remind, language))


def cautions(rule: Rule, language: Language) -> list[Line]:
    """What will surprise somebody: rights that nobody has, or that need no second person."""
    people_only = not any(p.startswith("S") for p in rule.approve)
    tests = (
        (not rule.request, _NO_REQUESTER),
        (bool(rule.approvals) and not rule.approve, _NO_APPROVER),
        (bool(rule.approve) and people_only and len(rule.approve) < rule.approvals, _FEW_APPROVERS),
        (not rule.approvals, _UNASKED),
        (not rule.admin, _NO_ADMIN),
    )
    return [
        text.line(language, count=rule.approvals, given=len(rule.approve)) for true, text in tests if true
    ]


def _approval(rule: Rule, language: Language) -> list[Line]:
    if not rule.approvals:
        return [_NO_APPROVAL.line(language)]
    return [
        _APPROVE.line(language, count=rule.approvals, people=names.people(rule.approve, language)),
        (_OWN if rule.self_approval else _NOT_OWN).line(language),
        Line((deadline(rule, language),)),
    ]


def _limits(rule: Rule, language: Language) -> list[Line]:
    limits = (
        (rule.reason_required, _REASON, 0),
        (True, _MAX, rule.max_images),
        (bool(rule.daily_images), _DAILY, rule.daily_images),
        (bool(rule.open_requests), _OPEN, rule.open_requests),
        (rule.allow_same_region, _SAME, 0),
        (rule.allow_shared, _SHARED, 0),
    )
    return [text.line(language, count=count) for true, text, count in limits if true]
