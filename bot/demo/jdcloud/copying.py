"""copyImages: its checks, in order and in the words of its page, then all copies or none."""

import re
from typing import Any

from bot.demo.jdcloud.account import Account
from bot.demo.jdcloud.images import Image
from bot.demo.jdcloud.requests import Asked
from bot.demo.jdcloud.rows import invalid, refusal

_MOST_IMAGES = 10
_LONGEST_DESCRIPTION = 256
# SDK services/vm/apis/CopyImagesRequest.py: Chinese, digits, letters, and _ - .
_NAME = re.compile(r"[\u4e00-\u9fff0-9A-Za-z_.\-]{1,32}")


def copy_images(account: Account, asked: Asked) -> dict[str, Any]:
    image_ids, destination = _wanted(asked.body), asked.body.get("destinationRegion")
    if not isinstance(destination, str) or destination not in account.regions:
        raise refusal("invalid_region", region=str(destination))
    name, description = _texts(asked.body)
    sources = [_usable(account, asked.region, destination, image_id) for image_id in image_ids]
    _room(account, destination, sources)
    copies = [account.copy(source, destination, name=name, description=description) for source in sources]
    pairs = zip(sources, copies, strict=True)
    return {"copyImages": [{"sourceImageId": old.id, "destinationImageId": new.id} for old, new in pairs]}


def _wanted(body: dict[str, Any]) -> list[str]:
    listed = body.get("sourceImageIds")
    if not isinstance(listed, list) or not listed or not all(isinstance(each, str) for each in listed):
        raise invalid("Parameter sourceImageIds missing")
    if len(listed) > _MOST_IMAGES or len(set(listed)) < len(listed):
        raise invalid(f"Parameter sourceImageIds takes up to {_MOST_IMAGES} different images")
    return listed


def _texts(body: dict[str, Any]) -> tuple[str | None, str | None]:
    name, description = body.get("name"), body.get("description")
    if name is not None and not (isinstance(name, str) and _NAME.fullmatch(name)):
        raise invalid(f"Invalid parameter name '{name}'")
    if description is not None and not (
        isinstance(description, str) and len(description) <= _LONGEST_DESCRIPTION
    ):
        raise invalid("Invalid parameter description")
    return name, description


def _usable(account: Account, region: str, destination: str, image_id: str) -> Image:
    image = account.images.get(image_id)
    if image is None or image.region != region:
        raise refusal("not_found", image=image_id)
    snapshot = next(iter(image.snapshot_ids), "")
    failing = (
        (image.plays or "", image.plays is not None),
        ("not_private", not (image.owned or image.source == "shared")),
        ("not_cloud_disk", image.root_device_type != "cloudDisk"),
        ("image_status", image.status != "ready"),
        ("busy", account.being_copied(image_id)),
        ("encrypted", image.encrypted),
    )
    for row, fails in failing:
        if fails:
            raise refusal(row, image=image_id, region=destination, status=image.status, snapshot=snapshot)
    return image


def _room(account: Account, destination: str, sources: list[Image]) -> None:
    if account.used(destination, "image") + len(sources) > account.quotas[destination, "image"]:
        raise refusal("image_quota")
    snapshots = sum(len(source.snapshot_ids) for source in sources)
    if account.used(destination, "snapshot") + snapshots > account.quotas[destination, "snapshot"]:
        raise refusal("snapshot_quota")
