"""What a change of a channel's permissions means, in words: who gains or loses what, and what else changes."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from commands import names
from commands.clouds.cloud import Region
from commands.rule import ANY_REGION, Rule, duration, load
from commands.rule_words import in_words
from commands.text import Code, Language, Line, Message, Span, Spans, Text
from commands.view.words import duration_words
from store.tables import Notice

BY_FILE = "file"

_FORGOTTEN = Text("此频道不再允许复制镜像。", "This channel no longer allows copying images.")
_ONLY_ORDER = Text(
    "只有排列顺序有变化，权限不变。", "Only the order changes; nobody gains or loses anything."
)
_DEFAULT_SOURCE = Text(
    "未写明源地域时，先从 {region} 查找。", "Where no source region is given, {region} is looked at first."
)
_GAINS = {
    "request": Text("{who} 可以申请复制镜像。", "May now request copies: {who}"),
    "approve": Text("{who} 可以审批申请。", "May now approve requests: {who}"),
    "admin": Text("{who} 可以管理此频道的权限。", "May now administer this channel's permissions: {who}"),
    "emergency": Text(
        "{who} 可以不经审批发起紧急复制。", "May now start emergency copies without approval: {who}"
    ),
}
_LOSES = {
    "request": Text("{who} 不能再申请复制镜像。", "May no longer request copies: {who}"),
    "approve": Text("{who} 不能再审批申请。", "May no longer approve requests: {who}"),
    "admin": Text(
        "{who} 不能再管理此频道的权限。", "May no longer administer this channel's permissions: {who}"
    ),
    "emergency": Text("{who} 不能再发起紧急复制。", "May no longer start emergency copies: {who}"),
}
_ADDED = {
    "source_regions": Text("可以从 {what} 复制。", "Copies from {what} are now allowed."),
    "destination_regions": Text("可以复制到 {what}。", "Copies to {what} are now allowed."),
    "images": Text("可以复制镜像 {what}。", "Images {what} are now allowed."),
    "confirm_regions": Text(
        "复制到 {what} 时，最后一位审批人须输入地域 ID。",
        "For copies to {what}, the last approver now types the region's id.",
    ),
}
_TAKEN = {
    "source_regions": Text("不能再从 {what} 复制。", "Copies from {what} are no longer allowed."),
    "destination_regions": Text("不能再复制到 {what}。", "Copies to {what} are no longer allowed."),
    "images": Text("不能再复制镜像 {what}。", "Images {what} are no longer allowed."),
    "confirm_regions": Text(
        "复制到 {what} 时，审批人不必再输入地域 ID。",
        "For copies to {what}, the last approver no longer types the region's id.",
    ),
}
_CHANGED = {
    "approvals": Text(
        "每个申请需要的批准人数：{before} → {after}", "Approvals needed for a request: {before} → {after}"
    ),
    "self_approval": Text(
        "申请人可以批准自己的申请：{before} → {after}",
        "Requesters may approve their own requests: {before} → {after}",
    ),
    "expires_after": Text(
        "多久无人批准则失效：{before} → {after}",
        "A request without approval expires after: {before} → {after}",
    ),
    "remind_after": Text(
        "多久后开始提醒审批人：{before} → {after}", "Reminders to approvers begin after: {before} → {after}"
    ),
    "reason_required": Text(
        "申请须写明原因：{before} → {after}", "A request needs a reason: {before} → {after}"
    ),
    "max_images": Text(
        "每个申请最多的镜像数：{before} → {after}", "Most images in one request: {before} → {after}"
    ),
    "daily_images": Text(
        "每人 24 小时内最多申请的镜像数：{before} → {after}",
        "Most images per person in 24 hours: {before} → {after}",
    ),
    "open_requests": Text(
        "每人最多未完成的申请数：{before} → {after}", "Most open requests per person: {before} → {after}"
    ),
    "allow_same_region": Text(
        "可以复制到同一地域：{before} → {after}", "Copies within one region are allowed: {before} → {after}"
    ),
    "allow_shared": Text(
        "可以复制共享镜像：{before} → {after}", "Copies of shared images are allowed: {before} → {after}"
    ),
    "language": Text("此频道的语言：{before} → {after}", "The channel's language: {before} → {after}"),
}
_UNKNOWN_REGION = Text(
    "⚠️ 没有已知的地域 {region}（{key}）。如确有此地域，请加入 BOT_REGIONS。",
    "⚠️ {region} is no known region ({key}). If there is one, add it to BOT_REGIONS.",
)
_UNKNOWN_REGION_MEANT = Text(
    "⚠️ 没有已知的地域 {region}（{key}）。您是要 {meant} 吗？如确有此地域，请加入 BOT_REGIONS。",
    "⚠️ {region} is no known region ({key}). Did you mean {meant}? If there is one, add it to BOT_REGIONS.",
)
_REGION_KEYS = ("source_regions", "destination_regions")
_YES, _NO = Text("是", "yes"), Text("否", "no")
_NO_LIMIT, _NO_REMINDERS = Text("不限", "no limit"), Text("不提醒", "no reminders")
_DURATIONS = frozenset({"expires_after", "remind_after"})
_UNLIMITED_AT_ZERO = frozenset({"daily_images", "open_requests"})
_LANGUAGES = {"zh": Text("中文", "Chinese"), "en": Text("英文", "English")}

_NO_DAILY = Text("每人 24 小时内申请的镜像数不限", "No limit on a person's images in 24 hours")
_NO_OPEN = Text("每人未完成的申请数不限", "No limit on a person's open requests")

_SET_UP_BY_FILE = Text(
    "此频道已由权限文件开通镜像复制", "The permission file set up image copies in this channel"
)
_SET_UP_BY_PERSON = Text("{who} 为此频道开通了镜像复制", "{who} set up image copies in this channel")
_BY_FILE = Text(
    "此频道的镜像复制权限已由权限文件更改", "The permission file changed this channel's permissions"
)
_BY_PERSON = Text(
    "{who} 更改了此频道的镜像复制权限", "{who} changed this channel's permissions to copy images"
)


def effect(before: Rule | None, after: Rule | None, language: Language) -> list[Line]:
    """What the change means, a line each; none when nothing changes. Of a channel that is set up: all that holds.

    Args:
        before: what holds; None: the channel allows nothing.
        after: what will hold, likewise.
    """
    if before == after:
        return []
    if before is None and after is not None:
        return _set_up(after, language)
    old, new = _values(before), _values(after)
    if after is None:
        return [_FORGOTTEN.line(language), *_rights(old, new, language)]
    lines = [*_rights(old, new, language), *_scope(old, new, language), *_settings(old, new, language)]
    return lines or [_ONLY_ORDER.line(language)]


def _set_up(rule: Rule, language: Language) -> list[Line]:
    """Everything that holds from now on, what is left at its default included."""
    lines = in_words(rule, (), language)
    lines += [] if rule.daily_images else [_NO_DAILY.line(language)]
    return lines if rule.open_requests else [*lines, _NO_OPEN.line(language)]


def unknown_regions(rule: Rule, regions: Sequence[Region], language: Language) -> list[Line]:
    """A line for each allowed region that is not among `regions`: no mistake, for the cloud's list may grow.

    Of `confirm_regions` it would be one, since its protection would be missing: see `permission_file`.
    """
    known = [region.id for region in regions]
    return [
        _unknown_region(region_id, key, known, language)
        for key in _REGION_KEYS
        for region_id in getattr(rule, key)
        if region_id not in {ANY_REGION, *known}
    ]


def _unknown_region(region_id: str, key: str, known: Sequence[str], language: Language) -> Line:
    close = get_close_matches(region_id, known, 1)
    text = _UNKNOWN_REGION_MEANT if close else _UNKNOWN_REGION
    meant = Code(close[0] if close else "")
    return text.line(language, region=Code(region_id), key=Code(key), meant=meant)


def announcement(notice: Notice) -> Message:
    """What the channel is told of a change: who made it, and what it means."""
    language: Language = "en" if notice.language == "en" else "zh"
    before, after = notice.data["before"], notice.data["after"]
    by = notice.data["by"]
    by_file, by_person = (_BY_FILE, _BY_PERSON) if before else (_SET_UP_BY_FILE, _SET_UP_BY_PERSON)
    title = (by_file if by == BY_FILE else by_person).line(language, "title", who=names.person(by, language))
    lines = effect(load(before) if before else None, load(after) if after else None, language)
    return Message((title, *lines))


def _values(rule: Rule | None) -> dict[str, Any]:
    """The rule's values; a channel without one has empty lists."""
    return rule.dump() if rule else {key: [] for key in (*_GAINS, *_ADDED)}


def _rights(old: dict[str, Any], new: dict[str, Any], language: Language) -> list[Line]:
    lines = []
    for right in _GAINS:
        for texts, which in ((_GAINS, _more(old, new, right)), (_LOSES, _more(new, old, right))):
            if which:
                lines.append(texts[right].line(language, who=names.people(which, language)))
    return lines


def _scope(old: dict[str, Any], new: dict[str, Any], language: Language) -> list[Line]:
    lines = []
    for key in _ADDED:
        for texts, which in ((_ADDED, _more(old, new, key)), (_TAKEN, _more(new, old, key))):
            if which:
                lines.append(texts[key].line(language, what=_what(key, which, language)))
    first = new["source_regions"][:1]
    if first != old["source_regions"][:1] and len(new["source_regions"]) > 1:
        lines.append(_DEFAULT_SOURCE.line(language, region=names.region((), first[0], language)))
    return lines


def _settings(old: dict[str, Any], new: dict[str, Any], language: Language) -> list[Line]:
    return [
        text.line(language, before=_value(key, old[key], language), after=_value(key, new[key], language))
        for key, text in _CHANGED.items()
        if old[key] != new[key]
    ]


def _more(old: dict[str, Any], new: dict[str, Any], key: str) -> list[str]:
    """What the new list has beyond the old one."""
    return [item for item in new[key] if item not in old[key]]


def _what(key: str, items: Iterable[str], language: Language) -> Spans:
    return names.codes(language, items) if key == "images" else names.region_list((), items, language)


def _value(key: str, value: Any, language: Language) -> Span:
    if key in _DURATIONS:
        time = duration(value)
        return duration_words(time, language) if time else _NO_REMINDERS.say(language)
    if key in _UNLIMITED_AT_ZERO and not value:
        return _NO_LIMIT.say(language)
    if isinstance(value, bool):
        return (_YES if value else _NO).say(language)
    return _LANGUAGES[value].say(language) if value in _LANGUAGES else Code(str(value))
