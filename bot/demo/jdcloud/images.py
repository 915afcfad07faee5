"""An image as the stand-in keeps it, and as JD Cloud's API describes it."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
# The API doesn't state the zone of createTime; the stand-in writes Beijing time.
_BEIJING = timezone(timedelta(hours=8))


@dataclass
class Image:
    """One image; tests change it in place.

    Attributes:
        source: `private` (also `self`), `shared`, `public`, `thirdparty` or `community`.
        status: `ready`, `pending`, `deleting` or `error`.
        root_device_type: `cloudDisk` or `localDisk`.
        os: platform and version in one, such as `CentOS 7.9 64位`.
        data_disks: how many there are besides the system disk; each has a snapshot.
        created_at: aware.
        progress: percent, 0 to 100.
        copy_of: the id of the image this one was copied from.
        plays: the name of a row that every attempt to copy this image is answered with.
    """

    id: str
    name: str
    region: str
    description: str = ""
    status: str = "ready"
    source: str = "private"
    root_device_type: str = "cloudDisk"
    os: str = "CentOS 7.9 64位"
    size_gb: int = 40
    data_disks: int = 0
    encrypted: bool = False
    created_at: datetime = datetime(2025, 9, 15, 2, 0, tzinfo=UTC)
    progress: int = 100
    copy_of: str | None = None
    plays: str | None = None

    @property
    def owned(self) -> bool:
        """Whether it counts against the account's quotas."""
        return self.source in {"private", "self"}

    @property
    def snapshot_ids(self) -> list[str]:
        """The system disk's, where it is a cloud disk, then one per data disk."""
        stem = self.id.removeprefix("img-")
        system = [f"snapshot-{stem}"] if self.root_device_type == "cloudDisk" else []
        return system + [f"snapshot-{stem}-{number}" for number in range(1, self.data_disks + 1)]


def random_text(length: int) -> str:
    """Random characters as in the cloud's own ids."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def described(image: Image) -> dict[str, Any]:
    """The image as describeImages gives it (SDK services/vm/models/Image.py)."""
    platform, version = split_os(image.os)
    system, data = _disks(image)
    return {
        "imageId": image.id,
        "name": image.name,
        "desc": image.description,
        "osType": "windows" if platform.startswith("Windows") else "linux",
        "platform": platform,
        "osVersion": version,
        "architecture": "x86_64",
        "bootMode": "bios",
        "imageSource": image.source,
        "status": image.status,
        "rootDeviceType": image.root_device_type,
        "progress": str(image.progress),
        "snapshotId": system.get("cloudDisk", {}).get("snapshotId", ""),
        "systemDisk": system,
        "dataDisks": data,
        "systemDiskSizeGB": image.size_gb,
        "sizeMB": 0,
        "createTime": image.created_at.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
        "launchPermission": "ownerOnly" if image.owned else "all",
        "offline": False,
    }


def split_os(text: str) -> tuple[str, str]:
    """Platform and version: the version begins at the first word with a digit in front."""
    words = text.split(" ")
    start = next((at for at, word in enumerate(words) if word[:1].isdigit()), len(words))
    return " ".join(words[:start]), " ".join(words[start:])


def _disks(image: Image) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    disks = [_cloud_disk(image, snapshot_id) for snapshot_id in image.snapshot_ids]
    if image.root_device_type == "cloudDisk":
        return disks[0], disks[1:]
    return {"diskCategory": "local"}, disks


def _cloud_disk(image: Image, snapshot_id: str) -> dict[str, Any]:
    disk = {
        "snapshotId": snapshot_id,
        "diskSizeGB": image.size_gb,
        "diskType": "ssd.gp1",
        "encrypted": image.encrypted,
    }
    return {"diskCategory": "cloud", "cloudDisk": disk}
