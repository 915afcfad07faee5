"""What is said about a mistake in a permission file: what is there, and what belongs there."""

import json
import re
from typing import Any

from commands.text import Code, Language, Spans, Text

NOT_YAML = Text("第 {line} 行：不是有效的 YAML：{said}", "Line {line}: not valid YAML: {said}")
WHERE = Text("第 {line} 行，{where}：{what}", "Line {line}, {where}: {what}")
NO_CHANNELS = Text(
    "文件须有 channels 列表，每个频道一项。", "The file must have a list channels with one entry per channel."
)
NOT_AN_ENTRY = Text(
    "每一项须有 team 和 channel，例如 team: T0001 与 channel: C0001。",
    "Each entry must have team and channel, such as team: T0001 and channel: C0001.",
)
UNKNOWN = Text("没有名为 {key} 的键。可用的键：{known}", "There is no key {key}. The keys are: {known}")
MEANT = Text("没有名为 {key} 的键。您是要 {meant} 吗？", "There is no key {key}. Did you mean {meant}?")
TWICE = Text("此键重复出现，请只保留一处。", "This key is there more than once. Keep one.")
REPEATED = Text(
    "此频道在第 {line} 行已出现过，请合并为一项。",
    "This channel is already on line {line}. Make it one entry.",
)
UNPROTECTED = Text(
    "没有已知的地域 {region}，写在这里的保护不会起作用。如确有此地域，请先加入 BOT_REGIONS。",
    "{region} is no known region, so it would protect nothing. If there is one, add it to BOT_REGIONS first.",
)
UNPROTECTED_MEANT = Text(
    "没有已知的地域 {region}，写在这里的保护不会起作用。您是要 {meant} 吗？如确有此地域，请先加入 BOT_REGIONS。",
    "{region} is no known region, so it would protect nothing. Did you mean {meant}? "
    "If there is one, add it to BOT_REGIONS first.",
)
_MISSING = Text("未填写。{what}", "It is missing. {what}")
_WRONG = Text("{value} 不正确。{what}", "{value} is wrong. {what}")
_UNQUOTED = Text(
    "YAML 把 {value} 读成了数字、日期或布尔值，请加上引号。{what}",
    "YAML reads {value} as a number, a date or a yes/no: put it in quotes. {what}",
)

_NO_UNIT = Text(
    "{value} 没有单位：s（秒）、m（分钟）、h（小时）或 d（天）。小时请写 {example}。",
    "{value} has no unit: s, m, h or d. For hours write {example}.",
)
_TWICE_IN_LIST = Text("{value} 重复出现，请只保留一处。", "{value} is there more than once. Keep one.")

TEAM = re.compile(r"[TE][A-Z0-9]+")
CHANNEL = re.compile(r"[CG][A-Z0-9]+")

_YES_NO = Text("须为 true 或 false。", "It must be true or false.")
_REGIONS = Text(
    '须为地域 ID 的列表，不可重复，例如 [cn-north-1, cn-east-2]，或 ["*"] 表示任意地域。',
    'It must be a list of region ids, each once, such as [cn-north-1, cn-east-2], or ["*"] for any.',
)
_NAMED = Text(
    "须为 U…（人员）或 S…（用户组）的列表，不可重复，不能有 everyone。",
    "It must be a list of U… (people) or S… (user groups), each once, never everyone.",
)
_REGION = Text(
    '须为地域 ID，例如 cn-east-2；["*"] 单独使用，表示任意地域。',
    'It must be a region\'s id such as cn-east-2; ["*"], alone, means any.',
)
_PERSON_OR_GROUP = Text(
    "须为 U…（人员）或 S…（用户组），不能是 everyone。",
    "It must be U… (a person) or S… (a user group), never everyone.",
)
_COUNT = Text("须为整数，0 表示不限。", "It must be a whole number; 0 means no limit.")

WHAT = {
    "team": Text("须为工作区 ID，例如 T0001。", "It must be a workspace's id such as T0001."),
    "channel": Text(
        "须为频道 ID，例如 C0001，不能用频道名称。", "It must be a channel's id such as C0001, not its name."
    ),
    "remove": _YES_NO,
    "source_regions": _REGIONS,
    "destination_regions": _REGIONS,
    "images": Text(
        "须为匹配模式的列表，不可重复，例如 [img-*, name:web-*]。",
        "It must be a list of patterns, each once, such as [img-*, name:web-*].",
    ),
    "request": Text(
        "须为 U…（人员）、S…（用户组）或 everyone 的列表，不可重复。",
        "It must be a list of U… (people), S… (user groups) or everyone, each once.",
    ),
    "approve": _NAMED,
    "admin": _NAMED,
    "approvals": Text("须为 0 到 20 的整数。", "It must be a whole number from 0 to 20."),
    "self_approval": _YES_NO,
    "expires_after": Text(
        "须为时长，数字后加 s、m、h 或 d，例如 24h，不能为 0。",
        "It must be a length of time, a number with s, m, h or d such as 24h, and not 0.",
    ),
    "remind_after": Text(
        "须为时长，数字后加 s、m、h 或 d，例如 2h；0 表示不提醒。",
        "It must be a length of time, a number with s, m, h or d such as 2h; 0 means no reminders.",
    ),
    "reason_required": _YES_NO,
    "max_images": Text("须为 1 到 100 的整数。", "It must be a whole number from 1 to 100."),
    "daily_images": _COUNT,
    "open_requests": _COUNT,
    "allow_same_region": _YES_NO,
    "allow_shared": _YES_NO,
    "confirm_regions": Text(
        '须为地域 ID 的列表，不可重复，或 ["*"]；approvals 为 0 时没有人输入地域，因此须为空。',
        'It must be a list of region ids, each once, or ["*"]; with approvals 0 nobody types the region, so it must be empty.',
    ),
    "emergency": Text("须为 U…（人员）的列表，不可重复。", "It must be a list of U… (people), each once."),
    "language": Text("须为 zh 或 en。", "It must be zh or en."),
}
_WHAT_ONE = {
    "source_regions": _REGION,
    "destination_regions": _REGION,
    "confirm_regions": _REGION,
    "images": Text(
        "须为匹配模式，例如 img-* 或 name:web-*。", "It must be a pattern such as img-* or name:web-*."
    ),
    "request": Text(
        "须为 U…（人员）、S…（用户组）或 everyone。",
        "It must be U… (a person), S… (a user group) or everyone.",
    ),
    "approve": _PERSON_OR_GROUP,
    "admin": _PERSON_OR_GROUP,
    "emergency": Text("须为 U…（人员）。", "It must be U… (a person)."),
}
"""What belongs in a list, said of one thing in it."""

_DURATIONS = frozenset({"expires_after", "remind_after"})
_NOT_TEXT = frozenset(
    {"approvals", "max_images", "daily_images", "open_requests", "remove", "self_approval"}
    | {"reason_required", "allow_same_region", "allow_shared"}
)
_LONGEST = 60


def wrong_value(key: str, value: Any, language: Language, *, in_list: bool = False) -> Spans:
    """What is wrong with `value` under `key`, or in its list, and what belongs there."""
    what = (_WHAT_ONE if in_list else WHAT)[key].say(language)
    if value is None:
        return _MISSING.say(language, what=what)
    shown = as_written(value)
    if key in _DURATIONS and re.fullmatch("[0-9]{1,7}", shown) and int(shown):
        return _NO_UNIT.say(language, value=Code(shown), example=Code(f"{shown}h"))
    if isinstance(value, list) and (twice := _repeated(value)) is not None:
        return _TWICE_IN_LIST.say(language, value=Code(as_written(twice)))
    misread = key not in _NOT_TEXT and not isinstance(value, (str, list, dict))
    return (_UNQUOTED if misread else _WRONG).say(language, value=Code(shown), what=what)


def as_written(value: Any) -> str:
    """The value about as it stands in a file, shortened."""
    structured = isinstance(value, (bool, list, dict))
    text = json.dumps(value, ensure_ascii=False, default=str) if structured else str(value)
    return text[:_LONGEST]


def _repeated(values: list[Any]) -> Any:
    """The first that is there before; None: each is there once."""
    return next((value for place, value in enumerate(values) if value in values[:place]), None)
