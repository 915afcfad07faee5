"""Why a request could not go on, in words; from the `outcome` that the checks wrote."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from commands import kept_verdict, names, refusals
from commands.clouds.cloud import Region
from commands.copy.examine import Wrong
from commands.text import Code, Language, Line, Spans, Text, join
from store.tables import Request

_WRONG = {
    Wrong.NOT_FOUND: (
        Text("无法复制 {images}：在 {source} 找不到镜像", "{images} can't be copied: not found in {source}."),
        Text("请核对镜像 ID 与源地域后重新申请", "Check the image id and the source region, then ask again."),
    ),
    Wrong.NOT_PRIVATE: (
        Text(
            "无法复制 {images}：不能操作非私有镜像", "{images} can't be copied: only private images can be."
        ),
        Text("请改用本账号的私有镜像重新申请", "Ask again with a private image of this account."),
    ),
    Wrong.STATUS: (
        Text(
            "无法复制 {images}：镜像状态错误（{status}），只有状态为“可用”的镜像才能复制",
            "{images} can't be copied: the image's status is {status}, and only available images can be copied.",
        ),
        Text("请等镜像变为“可用”后重新申请", "Wait until the image is available, then ask again."),
    ),
    Wrong.LOCAL_DISK: (
        Text(
            "无法复制 {images}：只支持云盘系统盘类型的镜像",
            "{images} can't be copied: only images whose system disk is a cloud disk can be.",
        ),
        Text(
            "请先将镜像转换为云硬盘系统盘镜像，再重新申请",
            "Convert the image to a cloud-disk image first, then ask again.",
        ),
    ),
    Wrong.ENCRYPTED: (
        Text(
            "无法复制 {images}：不支持带有加密快照的镜像",
            "{images} can't be copied: JD Cloud doesn't copy images with encrypted snapshots.",
        ),
        Text(
            "请改用由未加密云硬盘创建的镜像后重新申请", "Ask again with an image made from unencrypted disks."
        ),
    ),
    Wrong.NOT_ALLOWED: (
        Text(
            "此频道不允许复制 {images}：没有镜像名称规则与之匹配（规则 images）",
            "This channel doesn't allow {images}: no pattern matches its name (rule: images).",
        ),
        Text("如需调整，请联系 {admins}", "{admins} can change that."),
    ),
    Wrong.NAME_UNKNOWN: (
        Text(
            "无法复制 {images}：此频道按名称允许镜像（规则 images），而名称暂时无法查询",
            "{images} can't be copied: this channel allows images by name (rule: images), and the name couldn't be looked up.",
        ),
        Text("请稍后重新申请", "Ask again in a while."),
    ),
}

_MOST_NAMED = 10
_AND_MORE = Text("{images} 等 {count} 个", "{images} and others, {count} in all,")
_SEVERAL = Text(
    "这些镜像分布在多个地域，而一个申请只能有一个源地域。请分别申请：",
    "These images are in several regions, and a request has one source region. Ask for each instead:",
)
_SOURCE_UNKNOWN = Text(
    "未能确定镜像在哪个地域：京东云没有回答全部查询。请注明源地域后重新申请，例如：",
    "It couldn't be found out where the images are: JD Cloud didn't answer every question. Ask again with the source region, such as:",
)
_SAME_REGION = Text(
    "镜像已在目标地域 {region}，此频道不允许同地域复制（规则 allow_same_region）。请选择其他目标地域",
    "The images are in {region} already, and this channel doesn't allow copies within a region "
    "(rule: allow_same_region). Choose another destination.",
)
_PRESENT = Text(
    "这些镜像之前已复制过，副本仍在：", "These images were copied before, and the copies are still there:"
)
_PRESENT_TODO = Text(
    "可以直接使用；如需再复制一份，请点击“仍要复制”",
    "Use those; if you need another copy of each, press Copy again.",
)
_PRESENT_TODO_EMERGENCY = Text(
    "可以直接使用；如需再复制一份，请点击“仍要复制”：可以紧急复制的人点击后仍无需批准，其他人点击则为普通申请",
    "Use those; if you need another copy of each, press Copy again: pressed by somebody who may start emergencies "
    "it needs no approval either, pressed by others it is an ordinary request.",
)
_QUOTA = {
    "image": Text(
        "{destination} 镜像配额不足，未复制任何镜像：需要 {needed} 个，已用 {used} 个，共 {limit} 个",
        "{destination} doesn't have enough image quota, so nothing was copied: {needed} needed, {used} of {limit} in use.",
    ),
    "snapshot": Text(
        "{destination} 快照配额不足，未复制任何镜像：需要 {needed} 个，已用 {used} 个，共 {limit} 个",
        "{destination} doesn't have enough snapshot quota, so nothing was copied: {needed} needed, {used} of {limit} in use.",
    ),
}
_QUOTA_TODO = Text(
    "请在该地域删除不用的镜像或快照，或向京东云申请提升配额，然后点击“重新申请”",
    "Delete what isn't needed there or ask JD Cloud for more quota, then press Ask again.",
)
_NOT_SET_UP = Text(
    "此频道已不再允许复制镜像，申请已结束",
    "This channel no longer allows image copies, so the request has ended.",
)
_RIGHT = Text(
    "按现在的权限，此申请已不被允许，因此已结束",
    "As permissions stand now, this request is not allowed, so it has ended.",
)
_NO_CARD = Text(
    "无法在频道中发布申请卡片，因此没有复制任何镜像。请先将我加入此频道：{invite}",
    "The card could not be posted in the channel, so nothing was copied. Invite me there first: {invite}",
)
_CARD_REFUSED = Text(
    "Slack 不接受申请卡片的内容（{error}），因此没有复制任何镜像。请告知机器人管理员",
    "Slack doesn't take what the card says ({error}), so nothing was copied. Tell the bot's administrator.",
)
_CONTENT = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long"})
"""What Slack says of a message that it doesn't take, wherever it is posted."""


def lines(
    request: Request, regions: Sequence[Region], language: Language, *, followed: bool = False
) -> list[Line]:
    """What happened, then what to do.

    Args:
        followed: somebody has copied again: there is nothing left to press.
    """
    outcome = request.outcome
    writer = _WRITERS.get(outcome.get("reason", ""))
    found = writer(request, outcome, regions, language) if writer else []
    return found[:-1] if followed else found


def _images(
    request: Request, outcome: Mapping[str, Any], regions: Sequence[Region], language: Language
) -> list[Line]:
    source = request.source_region
    where = [source] if source else request.source_candidates
    found: list[Line] = []
    for why, images in _in_order(request, outcome["wrong"]).items():
        values: dict[str, Any] = {
            "images": _named(images, language),
            "source": names.region_list(regions, where, language),
            "status": names.codes(language, sorted({outcome["status"].get(i, "") for i in images})),
            "admins": names.people(request.rule.get("admin", []), language),
        }
        found += [text.line(language, **values) for text in _WRONG[why]]
    return found


def _in_order(request: Request, wrong: Mapping[str, str]) -> dict[Wrong, list[str]]:
    """What is wrong → with which images; both in the order in which the request names the images."""
    found: dict[Wrong, list[str]] = {}
    for image in request.images:
        if image in wrong:
            found.setdefault(Wrong(wrong[image]), []).append(image)
    return found


def _named(images: Sequence[str], language: Language) -> Spans:
    """Ten ids at most, and how many there are."""
    if len(images) <= _MOST_NAMED:
        return names.codes(language, images)
    return _AND_MORE.say(language, images=names.codes(language, images[:_MOST_NAMED]), count=len(images))


def _several(
    request: Request, outcome: Mapping[str, Any], _regions: Sequence[Region], language: Language
) -> list[Line]:
    commands = [_command(request, images, source) for source, images in outcome["found"].items()]
    return [_SEVERAL.line(language), *(Line((Code(command),)) for command in commands)]


def _command(request: Request, images: Sequence[str], source: str) -> str:
    reason = f" because {request.reason}" if request.reason else ""
    return f"/copy-image {' '.join(images)} from {source} to {','.join(request.destinations)}{reason}"


def _source_unknown(
    request: Request, _outcome: Mapping[str, Any], _regions: Sequence[Region], language: Language
) -> list[Line]:
    example = _command(request, request.images, request.source_candidates[0])
    return [_SOURCE_UNKNOWN.line(language), Line((Code(example),))]


def _same(
    _request: Request, outcome: Mapping[str, Any], regions: Sequence[Region], language: Language
) -> list[Line]:
    return [_SAME_REGION.line(language, region=names.region(regions, outcome["region"], language))]


def _present(
    request: Request, outcome: Mapping[str, Any], regions: Sequence[Region], language: Language
) -> list[Line]:
    found = [_PRESENT.line(language)]
    for destination, copies in outcome["mapping"].items():
        suffix: Spans | str = ""
        if len(request.destinations) > 1:
            suffix = join([" · ", names.region(regions, destination, language)], "")
        found += [Line((names.mapping(image, copy), suffix)) for image, copy in copies.items()]
    if request.emergency:
        return [*found, _PRESENT_TODO_EMERGENCY.line(language)]
    return [*found, _PRESENT_TODO.line(language)]


def _quota(
    _request: Request, outcome: Mapping[str, Any], regions: Sequence[Region], language: Language
) -> list[Line]:
    destination = names.region(regions, outcome["destination"], language)
    numbers: dict[str, Any] = {key: int(outcome[key]) for key in ("needed", "used", "limit")}
    return [
        _QUOTA[outcome["kind"]].line(language, destination=destination, **numbers),
        _QUOTA_TODO.line(language),
    ]


def _plain(text: Text) -> Callable[..., list[Line]]:
    return lambda _request, _outcome, _regions, language: [text.line(language)]


def _right(
    _request: Request, outcome: Mapping[str, Any], regions: Sequence[Region], language: Language
) -> list[Line]:
    verdict = kept_verdict.load(outcome["verdict"])
    return [_RIGHT.line(language), *refusals.refusal(verdict, language, regions).lines]


def _no_card(
    _request: Request, outcome: Mapping[str, Any], _regions: Sequence[Region], language: Language
) -> list[Line]:
    if outcome.get("error") in _CONTENT:
        return [_CARD_REFUSED.line(language, error=Code(outcome["error"]))]
    return [_NO_CARD.line(language, invite=Code("/invite @copy-image"))]


_WRITERS: dict[str, Callable[..., list[Line]]] = {
    "images": _images,
    "several_regions": _several,
    "source_unknown": _source_unknown,
    "same_region": _same,
    "present": _present,
    "quota": _quota,
    "not_set_up": _plain(_NOT_SET_UP),
    "right": _right,
    "no_card": _no_card,
}
