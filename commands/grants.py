"""`/copy-image permissions` says what holds here; `grant` and `revoke` change who has a right."""

from collections.abc import Sequence

from commands import administer, names
from commands.administer import DIRECT, Held
from commands.permissions import Admins, Kind, Standing, may_administer, may_look, named
from commands.ports import Caller, Ports
from commands.rule import EVERYONE, Rule
from commands.rule_words import cautions, in_words
from commands.text import Button, Code, Language, Line, Mention, Message, Text, When
from commands.typed import GrantCommand, PermissionsCommand
from commands.whom import refused

EDIT = "permissions_edit"

_TITLE = Text("此频道的镜像复制权限", "This channel's permissions to copy images")
_CHANGED = Text("最近更改：{who}，{at}", "Last changed by {who}, {at}")
_FILE = Text("权限文件", "the permission file")
_NEW = Text(
    "此频道尚未开通镜像复制，不允许任何操作。您可以点击“设置权限”开通。",
    "Copying images is not set up in this channel, so nothing is allowed here. Press Set up to begin.",
)
_EDIT_LABEL = Text("修改权限", "Change")
_NEW_LABEL = Text("设置权限", "Set up")
_BOT_ADMINS = Text(
    "机器人管理员也可以管理权限：{people}", "The bot's administrators may administer too: {people}"
)

_SET_UP_FIRST = Text(
    "此频道尚未开通镜像复制。请先运行 {command} 进行设置，再授权。",
    "Copying images is not set up in this channel. Set it up first with {command}, then grant rights.",
)
_NOT_EVERYONE = Text(
    "所有人只能获得申请权限（request）；审批与管理须指定人员或用户组。",
    "Everyone can only be given the right to request; name people or user groups to approve and administer.",
)
_UNSUITED = {
    Kind.GUEST: Text(
        "{who} 是访客，只能申请，不能审批或管理。",
        "{who} is a guest, who may request but never approve or administer.",
    ),
    Kind.BOT: Text("{who} 是机器人，不能获得权限。", "{who} is a bot and can't be given rights."),
    Kind.DEACTIVATED: Text(
        "{who} 的账号已停用，不能获得权限。", "{who}'s account is deactivated and can't be given rights."
    ),
    Kind.STRANGER: Text(
        "{who} 不是此工作区的成员，不能获得权限。",
        "{who} is not a member of this workspace and can't be given rights.",
    ),
}
_NO_GROUP = Text(
    "此工作区没有用户组 {group}，因此没有更改。请输入 @ 并选择一个用户组。",
    "There is no user group {group} in this workspace, so nothing was changed. Type @ and choose one.",
)
_GROUP_UNREAD = Text(
    "无法从 Slack 读取用户组 {group} 的成员，因此没有更改。请让机器人管理员运行 {check}，或逐个授权。",
    "Slack doesn't say who is in {group}, so nothing was changed. "
    "Have the bot's administrators run {check}, or name people one by one.",
)
_HAS = Text("{who} 已有此权限（{right}），无需更改。", "{who} has this right ({right}) already.")
_HAS_NOT = Text(
    "规则 {right} 没有单独列出 {who}，因此没有更改。",
    "Rule {right} doesn't name {who}, so nothing was changed.",
)
_STILL_HAS = Text("{who} 仍有此权限，来自：{groups}", "{who} still has this right through {groups}")
LAST_ADMIN = Text(
    "这样此频道就没有管理员了。请先授权另一位管理员，再收回。",
    "That would leave this channel without an administrator. Name another one first.",
)


async def show(ports: Ports, caller: Caller, _command: PermissionsCommand) -> Message:
    """What the channel allows, for those who may look; with a button for those who may change it.

    Raises:
        UnknowableError, DatabaseError: it can't be known now.
    """
    if caller.in_direct_message:
        return Message((DIRECT.line(caller.language),))
    held, who = await administer.here(ports, caller)
    verdict = may_look(held.rule, who, ports.admins, own=False)
    if not verdict.allowed:
        return await refused(ports, caller, verdict)
    administers = may_administer(held.rule, who, ports.admins).allowed
    return Message(tuple(_what_holds(held, ports, caller.language)), _button(held, administers, caller))


def _what_holds(held: Held, ports: Ports, language: Language) -> list[Line]:
    if held.rule is None:
        return [_NEW.line(language)]
    lines = [_TITLE.line(language, "title"), *in_words(held.rule, ports.regions, language)]
    if ports.admins.users:
        lines.append(_BOT_ADMINS.line(language, people=names.people(ports.admins.users, language)))
    lines += cautions(held.rule, language)
    if held.changed_at is not None:
        by_file = not held.changed_by.startswith(("U", "W"))
        who = _FILE.say(language) if by_file else Mention(held.changed_by)
        lines.append(_CHANGED.line(language, "context", who=who, at=When(held.changed_at)))
    return lines


def _button(held: Held, administers: bool, caller: Caller) -> tuple[Button, ...]:  # noqa: FBT001 - a fact, not a switch
    if not administers:
        return ()
    label = _EDIT_LABEL if held.rule else _NEW_LABEL
    return (Button(EDIT, getattr(label, caller.language), str(held.version)),)


async def grant(ports: Ports, caller: Caller, command: GrantCommand) -> Message:
    """Give a right or take it back, for administrators; saying so when that changes nothing.

    Raises:
        UnknowableError, DatabaseError: nothing was changed (unless the latter is `uncertain`).
    """
    if caller.in_direct_message:
        return Message((DIRECT.line(caller.language),))
    held, who = await administer.here(ports, caller)
    verdict = administer.judge(held.rule, who, ports.admins)
    if not verdict.allowed:
        return await refused(ports, caller, verdict)
    if command.give and (no := await _no_group(ports, caller, command.principal)) is not None:
        return no
    about = await _about(ports, caller, command.principal, held.rule)

    def edit(now: Held) -> Rule | Message:
        lines = objections(now.rule, command, about, caller, ports.admins)
        return Message(tuple(lines)) if lines or now.rule is None else edited(now.rule, command)

    saved = await administer.save(ports, caller, who, edit)
    if not saved.done or command.give:
        return saved.message
    through = still_through(held.rule, command, about)
    return Message((*saved.message.lines, *_still(command, through, caller.language)))


async def _no_group(ports: Ports, caller: Caller, principal: str) -> Message | None:
    """Why a user group can't be given a right; None: it can, or it is no group."""
    known = not principal.startswith("S") or await ports.people.knows_group(caller.team, principal)
    if known:
        return None
    if known is None:
        line = _GROUP_UNREAD.line(
            caller.language, group=Mention(principal), check=Code("copy-image-bot check")
        )
        return Message((line,))
    return Message((_NO_GROUP.line(caller.language, group=Code(principal)),))


async def _about(ports: Ports, caller: Caller, principal: str, rule: Rule | None) -> Standing | None:
    """Who a person is; None for a group or everyone."""
    if principal == EVERYONE or principal.startswith("S"):
        return None
    return await ports.people.standing(caller.team, principal, rule.groups() if rule else ())


def edited(rule: Rule, command: GrantCommand) -> Rule:
    """The rule with the right given or taken back."""
    others = [p for p in getattr(rule, command.right) if p != command.principal]
    return rule.model_copy(update={command.right: [*others, command.principal] if command.give else others})


def objections(
    rule: Rule | None, command: GrantCommand, about: Standing | None, caller: Caller, admins: Admins
) -> list[Line]:
    """What to say instead of changing anything; nothing: change it."""
    language, who = caller.language, names.person(command.principal, caller.language)
    if rule is None:
        return [_SET_UP_FIRST.line(language, command=Code("/copy-image permissions"))]
    listed = command.principal in getattr(rule, command.right)
    right = Code(command.right)
    if not command.give:
        if not listed:
            lines = [_HAS_NOT.line(language, who=who, right=right)]
            return [*lines, *_still(command, still_through(rule, command, about), language)]
        left = edited(rule, command)
        alone = command.right == "admin" and not left.admin and caller.user not in admins.users
        return [LAST_ADMIN.line(language)] if alone else []
    if command.principal == EVERYONE and command.right != "request":
        return [_NOT_EVERYONE.line(language)]
    unsuited = about is not None and not suits(about.kind, command.right)
    if about is not None and unsuited:
        return [_UNSUITED[about.kind].line(language, who=who)]
    return [_HAS.line(language, who=who, right=right)] if listed else []


def suits(kind: Kind, right: str) -> bool:
    """Whether somebody of this kind can have a right when named by id."""
    return kind is Kind.MEMBER or (kind is Kind.GUEST and right == "request")


def still_through(rule: Rule | None, command: GrantCommand, about: Standing | None) -> list[str]:
    """The groups, and everyone, through which a person has the right although not named."""
    if rule is None or about is None:
        return []
    principals: Sequence[str] = [p for p in getattr(rule, command.right) if p != about.user]
    return [p for p in principals if named([p], about)]


def _still(command: GrantCommand, through: Sequence[str], language: Language) -> list[Line]:
    if not through:
        return []
    who = names.person(command.principal, language)
    return [_STILL_HAS.line(language, who=who, groups=names.people(through, language))]
