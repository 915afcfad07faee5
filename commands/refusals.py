"""What a refused person is told: which rule says no, and who can help."""

from collections.abc import Sequence

from commands import names
from commands.clouds.cloud import Region
from commands.permissions import Reason, Verdict
from commands.text import Language, Line, Message, Text

_WHAT: dict[Reason, Text] = {
    Reason.GUEST: Text(
        "访客账号在此频道没有这项权限（规则 {rule}）。",
        "Guests don't have this right in this channel (rule: {rule}).",
    ),
    Reason.BOT: Text("机器人不能使用此功能。", "Bots can't use this."),
    Reason.DEACTIVATED: Text(
        "您的 Slack 账号已停用，不能使用此功能。", "Your Slack account is deactivated and can't use this."
    ),
    Reason.STRANGER: Text(
        "您不是此工作区的成员，不能使用此功能。",
        "You are not a member of this workspace, so you can't use this.",
    ),
    Reason.GROUP_UNREAD: Text(
        "现在无法从 Slack 读取用户组 {about} 的成员，因此不能确定您是否有这项权限（规则 {rule}）。"
        "请稍后再试；如一直如此，请让机器人管理员运行 copy-image-bot check。",
        "Slack doesn't say who is in {about}, so it isn't clear whether you have this right (rule: {rule}). "
        "Try again later; if it stays so, have the bot's administrators run copy-image-bot check.",
    ),
    Reason.NOT_SET_UP: Text(
        "此频道尚未开通镜像复制，不允许任何操作。",
        "Copying images is not set up in this channel, so nothing is allowed here.",
    ),
    Reason.MAY_NOT_REQUEST: Text(
        "您在此频道没有申请复制镜像的权限（规则 request）。",
        "You may not request image copies in this channel (rule: request).",
    ),
    Reason.SOURCE: Text(
        "此频道不允许从 {about} 复制镜像（规则 source_regions）。",
        "This channel doesn't allow copies from {about} (rule: source_regions).",
    ),
    Reason.DESTINATION: Text(
        "此频道不允许复制到 {about}（规则 destination_regions）。",
        "This channel doesn't allow copies to {about} (rule: destination_regions).",
    ),
    Reason.IMAGE: Text(
        "此频道不允许复制这些镜像：{about}（规则 images）。",
        "This channel doesn't allow these images: {about} (rule: images).",
    ),
    Reason.SAME_REGION: Text(
        "目标地域与源地域相同：{about}（规则 allow_same_region）。请选择其他地域。",
        "Source and destination are the same: {about} (rule: allow_same_region). Choose another destination.",
    ),
    Reason.TOO_MANY: Text(
        "一次最多申请 {limit} 个镜像（规则 max_images）。请分几次申请。",
        "One request may have at most {limit} images (rule: max_images). Split it into several.",
    ),
    Reason.REASON_REQUIRED: Text(
        "此申请须写明原因（规则 reason_required）。请在命令末尾加上：因为 您的原因",
        "This request needs a reason (rule: reason_required). Add to the end of the command: because your reason",
    ),
    Reason.DAILY: Text(
        "您 24 小时内最多申请 {limit} 个镜像（规则 daily_images，每个目标地域各算一次），此申请会超出。",
        "You may request at most {limit} images in 24 hours (rule: daily_images, counted once per destination); "
        "this request would exceed that.",
    ),
    Reason.OPEN: Text(
        "您最多可有 {limit} 个未完成的申请，其他频道的也算在内（规则 open_requests）。请等其中一个完成，或先撤回一个。",
        "You may have at most {limit} open requests, those in other channels included (rule: open_requests). "
        "Wait for one to end, or cancel one.",
    ),
    Reason.EMERGENCY: Text(
        "您在此频道不能使用紧急复制（规则 emergency）。",
        "You may not start emergency copies in this channel (rule: emergency).",
    ),
    Reason.EMERGENCY_OFF: Text(
        "此频道没有开通紧急复制（规则 emergency）。",
        "Emergency copies are not open to anybody in this channel (rule: emergency).",
    ),
    Reason.OWN_REQUEST: Text(
        "您不能批准或驳回自己的申请（规则 self_approval）；不需要时可以撤回。",
        "You can't approve or reject your own request (rule: self_approval); you can cancel it.",
    ),
    Reason.CHANGED_PERMISSIONS: Text(
        "您在此申请提交后修改过此频道的权限，因此不能批准它（规则 approve）。",
        "You changed this channel's permissions after this request was made, so you can't approve it (rule: approve).",
    ),
    Reason.MAY_NOT_APPROVE: Text(
        "您在此频道没有审批权限（规则 approve）。",
        "You may not approve or reject requests in this channel (rule: approve).",
    ),
    Reason.MAY_NOT_CANCEL: Text(
        "只有申请人和频道管理员可以撤回此申请（规则 admin）。",
        "Only the requester and the channel's administrators can cancel this request (rule: admin).",
    ),
    Reason.MAY_NOT_ANSWER: Text(
        "只有申请人以外的审批人和频道管理员可以回答（规则 approve、admin）。",
        "Only approvers other than the requester, and the channel's administrators, can answer this "
        "(rules: approve, admin).",
    ),
    Reason.MAY_NOT_ADMINISTER: Text(
        "只有频道管理员可以这样做（规则 admin）。",
        "Only the channel's administrators can do this (rule: admin).",
    ),
    Reason.MAY_NOT_PAUSE: Text(
        "只有机器人管理员（BOT_ADMINS）可以这样做。",
        "Only the bot's administrators (BOT_ADMINS) can do this.",
    ),
}

_CAN_ANSWER = Text("可以回答的人：{people}", "People who can: {people}")
_CAN_APPROVE = Text("可以审批的人：{people}", "People who can: {people}")
_NOBODY_ELSE = Text(
    "目前没有其他人可以审批（规则 approve）。频道管理员可以指定审批人。",
    "Nobody else can approve at present (rule: approve). The channel's administrators can name approvers.",
)
_CAN_SET_UP = Text("请联系 {people} 进行设置。", "Ask {people} to set it up.")
_CAN = {Reason.MAY_NOT_ANSWER: _CAN_ANSWER, Reason.NOT_SET_UP: _CAN_SET_UP}
_CAN_CHANGE = Text("如需调整，请联系频道管理员 {people}。", "{people} can change that.")
_CAN_DO = Text("可以这样做的人：{people}", "People who can: {people}")
_NOBODY_SET = Text(
    "机器人尚未设置管理员：请安装机器人的人设置 BOT_ADMINS，或用 copy-image-bot permissions apply 导入权限。",
    "Whoever runs the bot can name administrators in BOT_ADMINS or load a permission file with copy-image-bot permissions apply.",
)
_NOBODY_SET_HERE = Text(
    "机器人尚未设置管理员：请安装机器人的人设置 BOT_ADMINS。",
    "Whoever runs the bot can name administrators in BOT_ADMINS.",
)

_ABOUT_REGIONS = frozenset({Reason.SOURCE, Reason.DESTINATION, Reason.SAME_REGION})
_RIGHTS = frozenset({"admin", "emergency", "BOT_ADMINS"})
_SELF_HELP = frozenset({Reason.SAME_REGION, Reason.REASON_REQUIRED, Reason.OPEN})
"""What a person can mend alone: that nobody else can help need not be said."""
_BEYOND_HELP = frozenset({Reason.BOT, Reason.DEACTIVATED, Reason.STRANGER})


def what(verdict: Verdict, language: Language, regions: Sequence[Region]) -> Line:
    """The sentence that says why not."""
    if verdict.reason in _ABOUT_REGIONS:
        about = names.region_list(regions, verdict.about, language)
    elif verdict.reason is Reason.GROUP_UNREAD:
        about = names.people(verdict.about, language)
    else:
        about = names.codes(language, verdict.about)
    return _WHAT[verdict.reason].line(language, about=about, limit=verdict.limit, rule=verdict.rule)


def refusal(verdict: Verdict, language: Language, regions: Sequence[Region]) -> Message:
    """Why not, and who can help."""
    lines = [what(verdict, language, regions)]
    alone = verdict.reason in _SELF_HELP and not verdict.ask_whom
    if not alone and verdict.reason not in _BEYOND_HELP:
        lines.append(_who_helps(verdict, language))
    return Message(tuple(lines))


def _who_helps(verdict: Verdict, language: Language) -> Line:
    approving = verdict.rule == "approve" or verdict.reason is Reason.OWN_REQUEST
    if not verdict.ask_whom and approving:
        return _NOBODY_ELSE.line(language)
    if not verdict.ask_whom:
        return (_NOBODY_SET_HERE if verdict.rule == "BOT_ADMINS" else _NOBODY_SET).line(language)
    people = names.people(verdict.ask_whom, language)
    if verdict.reason in _CAN:
        return _CAN[verdict.reason].line(language, people=people)
    if approving:
        return _CAN_APPROVE.line(language, people=people)
    if verdict.rule in _RIGHTS and verdict.reason is not Reason.EMERGENCY_OFF:
        return _CAN_DO.line(language, people=people)
    return _CAN_CHANGE.line(language, people=people)
