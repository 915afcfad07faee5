"""What the checks found out about a request that goes on: quotas, what couldn't be checked, earlier copies."""

from collections.abc import Sequence
from typing import Any

from commands import names
from commands.clouds.cloud import Region
from commands.copy.examine import Unchecked
from commands.snapshot import Snapshot
from commands.text import Code, Language, Line, Text
from store.lifecycle import CopyState

_QUOTA = Text(
    "{region} 剩余配额：镜像 {images} 个，快照 {snapshots} 个（本次需 {need_images} 个镜像、{need_snapshots} 个快照）",
    "Quota left in {region}: {images:image}, {snapshots:snapshot} (this needs {need_images:image} and {need_snapshots:snapshot})",
)
_UNCHECKED = {
    Unchecked.IMAGES: Text("未能查询镜像状态，未检查", "The images couldn't be looked up: not checked"),
    Unchecked.QUOTA: Text("未能查询目标地域配额，未检查", "The quota couldn't be looked up: not checked"),
    Unchecked.PRESENT: Text(
        "未能确认之前的副本是否仍在，未检查", "Whether earlier copies are still there: not checked"
    ),
}
_PRESENT = Text(
    "{image} 之前已复制到 {region}，不再重复：{copy}",
    "{image} was copied to {region} before and is left out: {copy}",
)
_NAMESAKE = Text(
    "⚠️ {region} 已有名为 {name} 的私有镜像：{images}",
    "⚠️ A private image named {name} exists in {region} already: {images}",
)
_MOST_NAMESAKES = 3


def findings(seen: Snapshot, regions: Sequence[Region], language: Language) -> list[Line]:
    """One line each, for the card."""
    checks = seen.request.checks
    lines = left_out(seen, regions, language)
    for destination, quotas in checks.get("quotas", {}).items():
        if {"image", "snapshot"} <= set(quotas):
            lines.append(_quota(destination, quotas, checks["needed"][destination], regions, language))
    lines += _namesakes(seen, regions, language)
    return [*lines, *(_UNCHECKED[Unchecked(check)].line(language) for check in checks.get("unchecked", []))]


def left_out(seen: Snapshot, regions: Sequence[Region], language: Language) -> list[Line]:
    """The copies that earlier requests made."""
    lines = []
    for copy in seen.in_state(CopyState.PRESENT):
        where = names.region(regions, copy.destination, language)
        values: dict[str, Any] = {"image": Code(copy.image_id), "copy": Code(str(copy.new_image_id))}
        lines.append(_PRESENT.line(language, region=where, **values))
    return lines


def _namesakes(seen: Snapshot, regions: Sequence[Region], language: Language) -> list[Line]:
    """Two images of one name are easily taken for each other."""
    request = seen.request
    return [
        _NAMESAKE.line(
            language,
            region=names.region(regions, destination, language),
            name=Code(request.facts[image]["name"]),
            images=names.codes(language, same[:_MOST_NAMESAKES]),
        )
        for destination, images in request.checks.get("namesakes", {}).items()
        for image, same in images.items()
        if image in request.facts
    ]


def _quota(
    destination: str,
    quotas: dict[str, Any],
    needed: dict[str, int],
    regions: Sequence[Region],
    language: Language,
) -> Line:
    left = {kind: max(0, limit - used) for kind, (limit, used) in quotas.items()}
    return _QUOTA.line(
        language,
        region=names.region(regions, destination, language),
        images=left["image"],
        snapshots=left["snapshot"],
        need_images=needed["image"],
        need_snapshots=needed["snapshot"],
    )
