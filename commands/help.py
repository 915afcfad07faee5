"""`/copy-image help`: only what the caller may do here, one line and one example each."""

from commands.current import rule_of
from commands.mistakes import EXAMPLE_IMAGE
from commands.permissions import Kind, Standing, may_administer, may_look, may_start_emergency, named
from commands.ports import Caller, Ports
from commands.rule import ANY_REGION, Rule
from commands.text import Code, Line, Message, Text
from commands.who import standing

_TITLE = Text("您在此处可以使用：", "What you can do here:")
_ITEM = Text("{what}：{example}", "{what}: {example}")
_COPY = Text("申请复制镜像", "ask for a copy")
_FORM = Text("用表单申请", "ask with a form")
_WHY = Text("先看会发生什么，不执行", "see what would happen, without doing it")
_HOLDS = Text("查看此频道的权限", "see this channel's permissions")
_CHANGE = Text("查看或修改此频道的权限", "see or change this channel's permissions")
_GRANT = Text("授权，或用 revoke 收回", "give a right, or take it back with revoke")
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
_NOTHING = Text("此频道尚未为您开通任何操作。", "Nothing is open to you in this channel.")

Item = tuple[Text, str]
"""What can be done, and what to type for it."""


async def show(ports: Ports, caller: Caller) -> Message:
    """What this person may do in this place."""
    rule = await ports.db.read(lambda tx: rule_of(tx, caller))
    who = await standing(ports, caller, rule.groups() if rule else ())
    acts = who.kind in {Kind.MEMBER, Kind.GUEST}
    items = _items(rule, who, ports, caller) if acts else []
    if not items:
        return Message((_NOTHING.line(caller.language),))
    return Message((_TITLE.line(caller.language, "title"), *items))


def _items(rule: Rule | None, who: Standing, ports: Ports, caller: Caller) -> list[Line]:
    found = [
        *_asking(rule, who),
        *([] if caller.in_direct_message else _channel(rule, who, ports)),
        *_own(rule, who, ports),
    ]
    lines = [
        _ITEM.line(caller.language, what=what.say(caller.language), example=Code(e)) for what, e in found
    ]
    if rule is not None and who.kind is Kind.MEMBER and named(rule.approve, who):
        lines.insert(1 if named(rule.request, who) else 0, _APPROVE.line(caller.language))
    return lines


def _asking(rule: Rule | None, who: Standing) -> list[Item]:
    found: list[Item] = []
    if rule is not None and named(rule.request, who):
        found += [
            (_COPY, _example(rule)),
            (_FORM, "/copy-image"),
            (_WHY, _example(rule, "why ")),
            (_CANCEL, "/copy-image cancel cp-7f3k2"),
            (_RETRY, "/copy-image retry cp-7f3k2"),
        ]
    if rule is not None and may_start_emergency(rule, who):
        found.append((_EMERGENCY, f"{_example(rule, 'emergency ')} because db-01 is down"))
    return found


def _channel(rule: Rule | None, who: Standing, ports: Ports) -> list[Item]:
    """What concerns everybody's requests here, and the channel's permissions."""
    found: list[Item] = []
    administers = may_administer(rule, who, ports.admins).allowed
    if administers and rule is not None:
        found += [
            (_CANCEL_ANY, "/copy-image cancel cp-7f3k2"),
            (_GRANT, "/copy-image grant @user request"),
        ]
    if rule is not None and may_look(rule, who, ports.admins, own=False).allowed:
        found.append((_HISTORY, "/copy-image history last 7d"))
        found += [] if administers else [(_HOLDS, "/copy-image permissions")]
    if administers:
        found += [(_CHANGE, "/copy-image permissions"), (_AUDIT, "/copy-image audit verify")]
    return found


def _own(rule: Rule | None, who: Standing, ports: Ports) -> list[Item]:
    found: list[Item] = []
    if may_look(rule, who, ports.admins, own=True).allowed:
        found += [(_MINE, "/copy-image history mine"), (_STATUS, "/copy-image status cp-7f3k2")]
    if who.kind is Kind.MEMBER and who.user in ports.admins.users:
        found.append((_PAUSE, "/copy-image pause"))
    return found


def _example(rule: Rule, verb: str = "") -> str:
    destination = next((d for d in rule.destination_regions if d != ANY_REGION), "cn-east-2")
    return f"/copy-image {verb}{EXAMPLE_IMAGE} to {destination}"
