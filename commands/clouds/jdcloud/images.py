"""Turns the API's image and quota objects into our own; whatever field is missing or odd is None or empty."""

from collections.abc import Mapping
from typing import Any

from commands.clouds.cloud import CloudImage, Quota
from commands.clouds.jdcloud.answers import fields, items, whole, words


def image_of(raw: Mapping[str, Any]) -> CloudImage:
    """One image; the API says `desc` here where its requests say `description`."""
    system, disks = fields(fields(raw.get("systemDisk")).get("cloudDisk")), _data_disks(raw)
    return CloudImage(
        id=words(raw.get("imageId")),
        name=words(raw.get("name")),
        description=words(raw.get("desc")) or words(raw.get("description")),
        source=_source(words(raw.get("imageSource"))),
        status=words(raw.get("status")),
        root_device_type=words(raw.get("rootDeviceType")),
        platform=words(raw.get("platform")) or words(raw.get("osType")),
        os_version=words(raw.get("osVersion")),
        architecture=words(raw.get("architecture")),
        progress=_percent(raw.get("progress")),
        size_gb=whole(raw.get("systemDiskSizeGB")) or whole(system.get("diskSizeGB")),
        snapshot_ids=_snapshots(raw, system, disks),
        encrypted=_encrypted([system, *disks]),
        created_at=words(raw.get("createTime")),
    )


def quota_of(raw: Mapping[str, Any]) -> Quota | None:
    """`limit` and `used`, None when either isn't a number that a quota can be."""
    limit, used = whole(raw.get("limit")), whole(raw.get("used"))
    return None if limit is None or used is None or min(limit, used) < 0 else Quota(limit, used)


def _source(source: str) -> str:
    return "private" if source == "self" else source


def _data_disks(raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [fields(disk.get("cloudDisk")) for disk in items(raw.get("dataDisks"))]


def _percent(value: Any) -> int | None:
    progress = whole(value)
    return None if progress is None else min(max(progress, 0), 100)


def _snapshots(
    raw: Mapping[str, Any], system: Mapping[str, Any], disks: list[Mapping[str, Any]]
) -> tuple[str, ...]:
    ids = [words(raw.get("snapshotId")) or words(system.get("snapshotId"))]
    ids += [words(disk.get("snapshotId")) for disk in disks]
    return tuple(dict.fromkeys(filter(None, ids)))


def _encrypted(disks: list[Mapping[str, Any]]) -> bool | None:
    """The model says `encrypted`, the documentation's example `encrypt`: either counts, on any disk."""
    said = [disk[name] for disk in disks for name in ("encrypted", "encrypt") if disk.get(name) is not None]
    return any(value is True or str(value).lower() == "true" for value in said) if said else None
