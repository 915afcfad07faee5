"""The form for a channel's permissions, and the summary before saving, as Slack shows them; pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.fields import (
    LONGEST_TEXT,
    MOST_OPTIONS,
    Block,
    Field,
    Option,
    choice_input,
    choices_input,
    people_input,
    plain_text,
    text_input,
)
from bot.request_modal import options
from commands.clouds.cloud import Region
from commands.permission_form import GROUPS, Editing, Proposal
from commands.rule import ANY_REGION, EVERYONE, Rule
from commands.text import Language, Text

PERMISSIONS = "permissions"
CONFIRM = "permissions_confirm"

_MOST_METADATA = 3_000

_TITLE = Text("镜像复制权限", "Copy permissions")
_NEXT = Text("下一步", "Next")
_CLOSE = Text("取消", "Cancel")
_CONFIRM_TITLE = Text("确认更改", "Confirm the change")
_SET_UP_TITLE = Text("确认开通", "Confirm the set-up")
_SAVE = Text("保存", "Save")
_BACK = Text("返回修改", "Back")

_EVERYONE = Text("所有人（本工作区正式成员）", "Everyone (full members here)")
_ANY = Text("任意地域", "Any region")
_YES, _NO = Text("是", "Yes"), Text("否", "No")
_LANGUAGES: list[tuple[str, Text]] = [("zh", Text("中文", "Chinese")), ("en", Text("英文", "English"))]

_RIGHTS = {
    "request": (
        Text("可以申请的人", "May request: people"),
        Text("可以申请的用户组，或所有人", "May request: user groups, or everyone"),
    ),
    "approve": (
        Text("可以审批的人", "May approve: people"),
        Text("可以审批的用户组", "May approve: user groups"),
    ),
    "admin": (
        Text("可以管理权限的人", "May administer: people"),
        Text("可以管理权限的用户组", "May administer: user groups"),
    ),
}
_SOURCES = Text("源地域（第一个为默认）", "From (the first is the default)")
_DESTINATIONS = Text("目标地域", "To")
_IMAGES = Text("可以复制的镜像", "Images")
_IMAGES_HINT = Text(
    "每行一个：镜像 ID 的模式如 img-*，名称的模式如 name:web-*",
    "One a line: a pattern of ids such as img-*, or of names such as name:web-*",
)
_LINES: dict[str, tuple[Text, Text | None]] = {
    "approvals": (Text("需要几人批准", "Approvals needed"), Text("0 为无需批准", "0: none")),
    "expires_after": (
        Text("多久无人批准则失效", "Without approval, expires after"),
        Text(
            "数字加 s（秒）、m（分钟）、h（小时）或 d（天），例如 24h",
            "A number with s, m, h or d (seconds to days), such as 24h",
        ),
    ),
    "remind_after": (
        Text("多久后开始提醒", "Reminders begin after"),
        Text("例如 2h，之后间隔加倍；0 为不提醒", "Such as 2h, then doubling; 0: none"),
    ),
    "max_images": (Text("每个申请最多几个镜像", "Most images in one request"), Text("1 到 100", "1 to 100")),
    "daily_images": (
        Text("每人 24 小时内最多申请几个镜像", "Most images per person in 24 hours"),
        Text("0 为不限", "0: no limit"),
    ),
    "open_requests": (
        Text("每人最多几个未完成的申请", "Most open requests per person"),
        Text("0 为不限", "0: no limit"),
    ),
}
_SWITCHES = {
    "self_approval": Text("申请人可以批准自己的申请", "Requesters may approve their own"),
    "reason_required": Text("申请须写明原因", "A request needs a reason"),
    "allow_same_region": Text("可以复制到同一地域", "Copies within one region"),
    "allow_shared": Text("可以复制共享镜像", "Shared images may be copied"),
}
_CONFIRM_REGIONS = Text(
    "复制到这些地域时，最后一位审批人须输入地域 ID", "For these, the last approver types the id"
)
_EMERGENCY = Text("可以不经批准紧急复制的人", "May copy in an emergency, without approval")
_LANGUAGE = Text("频道语言", "The channel's language")


@dataclass(frozen=True)
class Place:
    """What a window is about; kept in its `private_metadata`."""

    channel: str
    version: int
    changes: Mapping[str, Any] | None = None

    def dump(self) -> str:
        kept = {"channel": self.channel, "version": self.version}
        return json.dumps(
            kept if self.changes is None else {**kept, "changes": self.changes}, ensure_ascii=False
        )


def place_of(view: dict[str, Any]) -> Place | None:
    """What the window is about; None: that can't be understood."""
    try:
        kept = json.loads(view.get("private_metadata") or "")
    except (ValueError, RecursionError):
        return None
    match kept:
        case {"channel": str(channel), "version": int(version), "changes": dict(changes)}:
            return Place(channel, version, changes)
        case {"channel": str(channel), "version": int(version)} if "changes" not in kept:
            return Place(channel, version)
    return None


def permission_modal(
    editing: Editing, channel: str, groups: Sequence[Option], regions: Sequence[Region], language: Language
) -> dict[str, Any]:
    """The form, filled in with what holds.

    Args:
        groups: the workspace's user groups as far as known; those of the rule are offered in any case.
    """
    rule = editing.rule
    return {
        "type": "modal",
        "callback_id": PERMISSIONS,
        "private_metadata": Place(channel, editing.version).dump(),
        "title": plain_text(_TITLE, language),
        "submit": plain_text(_NEXT, language),
        "close": plain_text(_CLOSE, language),
        "blocks": [
            *(block for right in _RIGHTS for block in _right(right, rule, groups, language)),
            *_where(rule, regions, language),
            *_lines(rule, ("approvals",), language),
            _switch("self_approval", rule, language),
            *_lines(rule, ("expires_after", "remind_after", "max_images"), language),
            _language(rule, language),
            *(_switch(key, rule, language) for key in _SWITCHES if key != "self_approval"),
            *_lines(rule, ("daily_images", "open_requests"), language),
            _regions("confirm_regions", _CONFIRM_REGIONS, rule.confirm_regions, regions, language),
            people_input(Field("emergency", _EMERGENCY, optional=True), language, initial=rule.emergency),
        ],
    }


def confirm_modal(
    place: Place, proposal: Proposal, blocks: list[Block], language: Language
) -> dict[str, Any] | None:
    """What saving would mean, to be confirmed; None: the change is too long for Slack to keep."""
    kept = Place(place.channel, place.version, proposal.changes).dump()
    if len(kept) > _MOST_METADATA:
        return None
    return {
        "type": "modal",
        "callback_id": CONFIRM,
        "private_metadata": kept,
        "title": plain_text(_CONFIRM_TITLE if place.version else _SET_UP_TITLE, language),
        "submit": plain_text(_SAVE, language),
        "close": plain_text(_BACK, language),
        "blocks": blocks,
    }


def _right(right: str, rule: Rule, groups: Sequence[Option], language: Language) -> list[Block]:
    """Two inputs: people, and user groups (with everyone, who may only request)."""
    named: list[str] = getattr(rule, right)
    people = [p for p in named if p.startswith(("U", "W"))]
    others = [p for p in named if p not in people]
    everyone = [(EVERYONE, getattr(_EVERYONE, language))] if right == "request" else []
    called = dict(groups)
    mine = [(p, called.get(p, p)) for p in others if p != EVERYONE]
    offered = list(dict([*everyone, *mine, *groups]).items())[:MOST_OPTIONS]
    label, label_groups = _RIGHTS[right]
    blocks = [people_input(Field(right, label, optional=True), language, initial=people)]
    if offered:
        field = Field(right + GROUPS, label_groups, optional=True)
        blocks.append(choices_input(field, language, offered, initial=others))
    return blocks


def _where(rule: Rule, regions: Sequence[Region], language: Language) -> list[Block]:
    """From where, to where, which images; patterns too long for an input are left as they are."""
    blocks = [
        _regions("source_regions", _SOURCES, rule.source_regions, regions, language),
        _regions("destination_regions", _DESTINATIONS, rule.destination_regions, regions, language),
    ]
    patterns = "\n".join(rule.images)
    if len(patterns) > LONGEST_TEXT:
        return blocks
    field = Field("images", _IMAGES, _IMAGES_HINT)
    return [*blocks, text_input(field, language, initial=patterns, multiline=True)]


def _regions(
    key: str, label: Text, chosen: Sequence[str], regions: Sequence[Region], language: Language
) -> Block:
    known = dict(options(regions, language))
    more = {region: region for region in chosen if region != ANY_REGION}
    offered = [(ANY_REGION, getattr(_ANY, language)), *{**more, **known}.items()]
    optional = key == "confirm_regions"
    return choices_input(Field(key, label, optional=optional), language, offered, initial=chosen)


def _lines(rule: Rule, keys: Sequence[str], language: Language) -> list[Block]:
    return [text_input(Field(key, *_LINES[key]), language, initial=str(getattr(rule, key))) for key in keys]


def _switch(key: str, rule: Rule, language: Language) -> Block:
    offered = [("true", getattr(_YES, language)), ("false", getattr(_NO, language))]
    chosen = "true" if getattr(rule, key) else "false"
    return choice_input(Field(key, _SWITCHES[key]), language, offered, initial=chosen)


def _language(rule: Rule, language: Language) -> Block:
    offered = [(value, getattr(name, language)) for value, name in _LANGUAGES]
    return choice_input(Field("language", _LANGUAGE), language, offered, initial=rule.language)
