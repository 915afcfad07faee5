"""What each operation of the API does to the account, and its result."""

from collections.abc import Callable
from typing import Any

from bot.demo.jdcloud.account import Account
from bot.demo.jdcloud.copying import copy_images
from bot.demo.jdcloud.images import Image, described
from bot.demo.jdcloud.requests import Asked, number, unknown
from bot.demo.jdcloud.rows import Refusal, invalid, refusal

_PAGE_SIZES = range(10, 101)
_MOST_IDS = 100


def carry_out(account: Account, asked: Asked) -> dict[str, Any]:
    """The operation's `result`; all of its effect, or none.

    Raises:
        Refusal: what the cloud answers instead.
    """
    operation = _OPERATIONS.get(asked.operation)
    if operation is None:
        raise unknown()
    if asked.region not in account.regions:
        raise refusal("invalid_region", region=asked.region)
    return operation(account, asked)


def _describe_images(account: Account, asked: Asked) -> dict[str, Any]:
    size, page = number(asked.query, "pageSize", 20), number(asked.query, "pageNumber", 1)
    if size not in _PAGE_SIZES:
        raise Refusal(400, "OUT_OF_RANGE", "PageSize out of range")
    if page < 1:
        raise Refusal(400, "OUT_OF_RANGE", "PageNumber out of range")
    found = _listed(account.region(asked.region), asked)
    shown = found[(page - 1) * size : page * size]
    return {"images": [described(image) for image in shown], "totalCount": len(found)}


def _listed(images: list[Image], asked: Asked) -> list[Image]:
    """By ids alone where there are any, as the other conditions then don't count."""
    ids, query = asked.ids, asked.query
    if len(ids) > _MOST_IDS:
        raise invalid(f"Parameter ids takes up to {_MOST_IDS} images")
    if ids:
        return [image for image in images if image.id in ids]
    if "imageSource" not in query:
        raise Refusal(400, "FAILED_PRECONDITION", "Parameter ImageSource missing")
    return [image for image in images if _matches(image, query)]


def _matches(image: Image, query: dict[str, str]) -> bool:
    source = "private" if image.source == "self" else image.source
    return (
        source == query["imageSource"]
        and query.get("imageName", "") in image.name
        and query.get("status", image.status) == image.status
        and query.get("rootDeviceType", image.root_device_type) == image.root_device_type
    )


def _describe_image(account: Account, asked: Asked) -> dict[str, Any]:
    return {"image": described(_found(account, asked))}


def _describe_quotas(account: Account, asked: Asked) -> dict[str, Any]:
    """vm's: only `image` of its resource types is known here."""
    wanted = [value for key, value in asked.query.items() if key.startswith("filters.1.values.")]
    kinds = ["image"] if "image" in wanted or not wanted else []
    return {"quotas": [{"resourceType": kind, **_quota(account, asked.region)} for kind in kinds]}


def _describe_quota(account: Account, asked: Asked) -> dict[str, Any]:
    if asked.query["type"] != "snapshot":
        raise invalid(f"Invalid parameter type '{asked.query['type']}'")
    limit, used = account.quotas[asked.region, "snapshot"], account.used(asked.region, "snapshot")
    return {"quota": {"limit": limit, "used": used}}


def _quota(account: Account, region: str) -> dict[str, int]:
    return {"limit": account.quotas[region, "image"], "used": account.used(region, "image")}


def _modify(account: Account, asked: Asked) -> dict[str, Any]:
    name, description = asked.body.get("name"), asked.body.get("description")
    if name is None and description is None:
        raise invalid("Parameter name or description missing")
    image = _own(account, asked)
    image.name = image.name if name is None else str(name)
    image.description = image.description if description is None else str(description)
    return {}


def _delete(account: Account, asked: Asked) -> dict[str, Any]:
    """Its snapshots go too, whatever `deleteSnapshot` says: nothing here looks at snapshots without an image."""
    image = _own(account, asked)
    if account.being_copied(image.id) or (image.copy_of and image.status == "pending"):
        raise refusal("busy", image=image.id)
    del account.images[image.id]
    return {}


def _own(account: Account, asked: Asked) -> Image:
    image = _found(account, asked)
    if not image.owned:
        raise refusal("not_private")
    return image


def _found(account: Account, asked: Asked) -> Image:
    image = account.images.get(asked.image_id)
    if image is None or image.region != asked.region:
        raise refusal("not_found", image=asked.image_id)
    return image


_OPERATIONS: dict[str, Callable[[Account, Asked], dict[str, Any]]] = {
    "copyImages": copy_images,
    "describeImages": _describe_images,
    "describeImage": _describe_image,
    "describeQuotas": _describe_quotas,
    "describeQuota": _describe_quota,
    "modifyImageAttribute": _modify,
    "deleteImage": _delete,
}
