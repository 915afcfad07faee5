"""Why a request did not succeed, in a few words, for a list; pure."""

from collections.abc import Sequence

from commands.clouds.cloud import Fault
from commands.copy.examine import Wrong
from commands.text import Language, Spans, Text, listed
from store.lifecycle import State
from store.tables import Copy, Problem, Request

_FAULTS = {
    Fault.INVALID_REGION: Text("地域参数错误", "wrong region"),
    Fault.NOT_CLOUD_DISK: Text("不是云盘系统盘镜像", "not a cloud-disk image"),
    Fault.IMAGE_STATUS: Text("镜像状态错误", "image not available"),
    Fault.NOT_PRIVATE: Text("非私有镜像", "not a private image"),
    Fault.TASK_CONFLICT: Text("镜像正在处理其它任务", "another task was working on the image"),
    Fault.BUSY: Text("镜像正在跨区复制或转换中", "image busy"),
    Fault.ENCRYPTED: Text("带有加密快照", "encrypted snapshot"),
    Fault.IMAGE_QUOTA: Text("镜像配额不足", "image quota used up"),
    Fault.SNAPSHOT_QUOTA: Text("快照配额不足", "snapshot quota used up"),
    Fault.NOT_FOUND: Text("镜像不存在", "image not found"),
    Fault.INTERNAL: Text("京东云系统内部错误", "internal error in JD Cloud"),
    Fault.UNKNOWN_SERVER: Text("京东云服务不可用", "JD Cloud unavailable"),
    Fault.INVALID_ARGUMENT: Text("请求参数有误", "wrong parameters"),
    Fault.UNAUTHENTICATED: Text("访问密钥未被接受", "access key not accepted"),
    Fault.CLOCK: Text("机器人主机的时钟不准", "the bot's clock was wrong"),
    Fault.FORBIDDEN: Text("访问密钥权限不足", "access key lacks the right"),
    Fault.RATE_LIMIT: Text("请求过于频繁", "too many requests"),
    Fault.QUOTA: Text("配额不足", "quota used up"),
    Fault.REFUSED: Text("京东云拒绝了请求", "refused by JD Cloud"),
    Fault.SERVER: Text("京东云未能正常响应", "JD Cloud didn't answer properly"),
    Fault.GARBLED: Text("京东云的答复不完整", "incomplete answer from JD Cloud"),
    Fault.LOST: Text("没有收到京东云的响应", "no answer from JD Cloud"),
    Fault.NOT_SENT: Text("未能连接京东云", "JD Cloud couldn't be reached"),
}
_OWN = {
    "gone": Text("副本已消失", "copy gone"),
    "copy_error": Text("副本复制出错", "copy broken"),
    "requester_right": Text("权限已不允许", "no longer allowed"),
    "approver_right": Text("批准人已无权限", "approver's right gone"),
}
_WRONG = {
    Wrong.NOT_FOUND: Text("镜像不存在", "image not found"),
    Wrong.NOT_PRIVATE: Text("非私有镜像", "not a private image"),
    Wrong.STATUS: Text("镜像状态错误", "image not available"),
    Wrong.LOCAL_DISK: Text("不是云盘系统盘镜像", "not a cloud-disk image"),
    Wrong.ENCRYPTED: Text("带有加密快照", "encrypted snapshot"),
    Wrong.NOT_ALLOWED: Text("此频道不允许", "not allowed in this channel"),
    Wrong.NAME_UNKNOWN: Text("名称无法查询", "name couldn't be looked up"),
}
_REASONS = {
    "several_regions": Text("镜像分布在多个地域", "images in several regions"),
    "source_unknown": Text("未能确定源地域", "source region not found out"),
    "same_region": Text("镜像已在目标地域", "already in that region"),
    "present": Text("已有副本", "copied before"),
    "not_set_up": Text("此频道已不允许复制", "channel no longer allows copies"),
    "right": Text("权限已不允许", "no longer allowed"),
    "no_card": Text("无法发布申请卡片", "card couldn't be posted"),
}
_QUOTAS = {"image": _FAULTS[Fault.IMAGE_QUOTA], "snapshot": _FAULTS[Fault.SNAPSHOT_QUOTA]}


def because(
    request: Request, problems: Sequence[Problem], copies: Sequence[Copy], language: Language
) -> Spans | None:
    """Why it failed or could not go on; None for all else, and where nothing says why."""
    if request.state is State.INVALID:
        return invalid_because(request, language)
    if request.state is not State.FAILED:
        return None
    faults = [problem.fault for problem in problems]
    broken = [copy.problem.get("fault", "") for copy in copies]
    return failed_because([*faults, *broken], language)


def failed_because(faults: Sequence[str], language: Language) -> Spans | None:
    """The newest of these faults (the cloud's, or our own words for a broken copy); None: there is none."""
    known = {**{fault.value: text for fault, text in _FAULTS.items()}, **_OWN}
    newest = next((known[fault] for fault in reversed(faults) if fault in known), None)
    return newest.say(language) if newest else None


def invalid_because(request: Request, language: Language) -> Spans | None:
    """From the `outcome` that the checks wrote; several causes in the order of the checks."""
    outcome = request.outcome
    if "wrong" in outcome:
        found = set(outcome["wrong"].values())
        return listed(language, [_WRONG[why].say(language) for why in Wrong if why in found])
    if outcome.get("reason") == "quota":
        return _QUOTAS[outcome["kind"]].say(language)
    text = _REASONS.get(outcome.get("reason", ""))
    return text.say(language) if text else None
