"""`/copy-image help`: only what the caller may do here, one line and one example each."""

from collections.abc import Sequence

from commands.clouds.cloud import Region
from commands.current import likeliest, rule_of
from commands.mistakes import EXAMPLE_IMAGE, EXAMPLE_REQUEST
from commands.permissions import Kind, Standing, may_administer, may_look, may_start_emergency, named
from commands.ports import Caller, Ports
from commands.rule import Rule
from commands.text import Code, Language, Line, Message, Span, Text
from commands.who import standing

_TITLE = Text("您在此处可以使用：", "What you can do here:")
_ITEM = Text("{what}：{example}", "{what}: {example}")
_BOTH = Text("{english} 或 {chinese}", "{english} or {chinese}")
_COPY = Text("申请复制镜像", "ask for a copy")
_FORM = Text("用表单申请", "ask with a form")
_WHY = Text("先看会发生什么，不执行", "see what would happen, without doing it")
_HOLDS = Text("查看此频道的权限", "see this channel's permissions")
_CHANGE = Text("查看或修改此频道的权限", "see or change this channel's permissions")
_GRANT = Text("授权，或用 revoke（收回）收回", "give a right, or take it back with revoke")
_AUDIT = Text("校验审计记录是否完整", "check that the audit trail is whole")
_EMERGENCY = Text(
    "紧急复制：无需批准，须写明原因，会通知所有审批人",
    "copy in an emergency: without approval, with a reason; all approvers are told",
)
_HISTORY = Text("查看此频道的记录", "see this channel's history")
_MINE = Text("查看您自己的记录", "see your own history")
_STATUS = Text("查看一个申请的进展", "see how a request stands")
_CANCEL = Text("撤回您的申请", "cancel your request")
_CANCEL_ANY = Text("撤回此频道的任一申请", "cancel any request in this channel")
_RETRY = Text("重试未成功的镜像", "retry what failed")
_APPROVE = Text(
    "审批他人的申请：在卡片上点击“批准”或“驳回”",
    "review others' requests: press Approve or Reject on the card",
)
_PAUSE = Text("暂停向京东云提交新的复制，之后可恢复", "stop sending new copies to JD Cloud, and resume later")
_IN_CHANNELS = Text(
    "申请与审批都在频道中进行：在频道中输入 {command} 申请，在申请卡片上点击“批准”或“驳回”。"
    "如有申请等您审批，而您不在那个频道中，我会把卡片的链接发到这里。",
    "Requests and approvals happen in channels: type {command} there to ask, press Approve or Reject on a card to decide. "
    "If a request waits for you in a channel that you aren't in, the link to its card is sent to you here.",
)
_NOTHING = Text("此频道尚未为您开通任何操作。", "Nothing is open to you in this channel.")

_SECOND_IMAGE = "img-p3f0c1x7ab"

Item = tuple[Text, str, str]
"""What can be done, and what to type for it: in English, and in Chinese (the same where there is no other way)."""


async def show(ports: Ports, caller: Caller) -> Message:
    """What this person may do in this place."""
    rule = await ports.db.read(lambda tx: rule_of(tx, caller))
    who = await standing(ports, caller, rule.groups() if rule else ())
    acts = who.kind in {Kind.MEMBER, Kind.GUEST}
    items = _items(rule, who, ports, caller) if acts else []
    if not items:
        return Message((_NOTHING.line(caller.language),))
    if caller.in_direct_message:
        items.append(_IN_CHANNELS.line(caller.language, command=Code("/copy-image")))
    return Message((_TITLE.line(caller.language, "title"), *items))


def _items(rule: Rule | None, who: Standing, ports: Ports, caller: Caller) -> list[Line]:
    found = [
        *_asking(rule, who, ports.regions),
        *([] if caller.in_direct_message else _channel(rule, who, ports)),
        *_own(rule, who, ports),
    ]
    lines = [_line(item, caller.language) for item in found]
    if rule is not None and who.kind is Kind.MEMBER and named(rule.approve, who):
        lines.insert(1 if named(rule.request, who) else 0, _APPROVE.line(caller.language))
    return lines


def _line(item: Item, language: Language) -> Line:
    """In Chinese with the Chinese words too: both are understood from everybody."""
    what, english, chinese = item
    examples: Span = Code(f"/copy-image {english}".rstrip())
    if language == "zh" and chinese != english:
        examples = _BOTH.say(language, english=examples, chinese=Code(f"/copy-image {chinese}"))
    return _ITEM.line(language, what=what.say(language), example=examples)


def _asking(rule: Rule | None, who: Standing, regions: Sequence[Region]) -> list[Item]:
    found: list[Item] = []
    to = likeliest(rule or Rule(), regions)[0].id
    chinese = _city(to, regions)
    if rule is not None and named(rule.request, who):
        found += [
            (
                _COPY,
                f"{EXAMPLE_IMAGE} {_SECOND_IMAGE} to {to} because scaling up",
                f"{EXAMPLE_IMAGE} {_SECOND_IMAGE} 到 {chinese} 因为 扩容",
            ),
            (_FORM, "", ""),
            (_WHY, f"why {EXAMPLE_IMAGE} to {to}", f"为什么 {EXAMPLE_IMAGE} 到 {chinese}"),
            (_CANCEL, f"cancel {EXAMPLE_REQUEST}", f"撤回 {EXAMPLE_REQUEST}"),
            (_RETRY, f"retry {EXAMPLE_REQUEST}", f"重试 {EXAMPLE_REQUEST}"),
        ]
    if rule is not None and may_start_emergency(rule, who):
        found.append(
            (
                _EMERGENCY,
                f"emergency {EXAMPLE_IMAGE} to {to} because db-01 is down",
                f"紧急 {EXAMPLE_IMAGE} 到 {chinese} 因为 db-01 宕机",
            )
        )
    return found


def _channel(rule: Rule | None, who: Standing, ports: Ports) -> list[Item]:
    """What concerns everybody's requests here, and the channel's permissions."""
    found: list[Item] = []
    administers = may_administer(rule, who, ports.admins).allowed
    if administers and rule is not None:
        found += [
            (_CANCEL_ANY, f"cancel {EXAMPLE_REQUEST}", f"撤回 {EXAMPLE_REQUEST}"),
            (_GRANT, "grant @user request", "授权 @user 申请"),
        ]
    if rule is not None and may_look(rule, who, ports.admins, own=False).allowed:
        found.append((_HISTORY, "history last 7d", "历史 最近 7 天"))
        found += [] if administers else [(_HOLDS, "permissions", "权限")]
    if administers:
        found += [(_CHANGE, "permissions", "权限"), (_AUDIT, "audit verify", "审计 校验")]
    return found


def _own(rule: Rule | None, who: Standing, ports: Ports) -> list[Item]:
    found: list[Item] = []
    if may_look(rule, who, ports.admins, own=True).allowed:
        found += [
            (_MINE, "history mine", "历史 我的"),
            (_STATUS, f"status {EXAMPLE_REQUEST}", f"状态 {EXAMPLE_REQUEST}"),
        ]
    if who.kind is Kind.MEMBER and who.user in ports.admins.users:
        found.append((_PAUSE, "pause", "暂停"))
    return found


def _city(region_id: str, regions: Sequence[Region]) -> str:
    """The Chinese name that a region may be typed by; its id where that name is another's too, or it has none."""
    cities = {region.id: region.zh.rpartition("-")[2] for region in regions}
    city = cities[region_id]
    return city if list(cities.values()).count(city) == 1 else region_id
