"""What exactly is approved: the facts a card shows, their digest, and what differs between two of them; pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from commands.clouds.cloud import CloudImage
from commands.rule import Rule

Facts = Mapping[str, Mapping[str, Any]]

_COUNTED = ("name", "created_at", "size_gb", "snapshot_ids", "encrypted")
_RULE = ("approvals", "self_approval", "allow_same_region", "allow_shared", "confirm_regions")


def facts(images: Mapping[str, CloudImage]) -> dict[str, dict[str, Any]]:
    """Image id → what the card shows and the digest covers, as JSON values."""
    return {
        image.id: {
            "name": image.name,
            "platform": image.platform,
            "os_version": image.os_version,
            "size_gb": image.size_gb,
            "snapshot_ids": list(image.snapshot_ids),
            "encrypted": image.encrypted,
            "created_at": image.created_at,
        }
        for image in images.values()
    }


def digest(
    source: str | None, destinations: Sequence[str], images: Sequence[str], known: Facts, rule: Rule
) -> str:
    """The SHA-256 of the content that an approval counts for, in hex."""
    content = {
        "source": source,
        "destinations": list(destinations),
        "images": [[image, *(known.get(image, {}).get(key) for key in _COUNTED)] for image in images],
        "rule": rule.model_dump(mode="json", include=set(_RULE)),
    }
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def differences(before: Facts, after: Facts) -> list[dict[str, Any]]:
    """What changed about images whose facts were known and still are: `image`, `key`, `before`, `after`."""
    return [
        {"image": image, "key": key, "before": before[image].get(key), "after": after[image].get(key)}
        for image in before
        if image in after
        for key in _COUNTED
        if before[image].get(key) != after[image].get(key)
    ]
