"""Ask the cloud about the images and the destinations of a request, changing nothing."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from commands.clouds.cloud import Cloud, CloudError, CloudImage, Quota
from commands.copy.trouble import log_error
from commands.permissions import image_allowed
from commands.rule import Rule

T = TypeVar("T")

PRIVATE = frozenset({"private", "self"})
"""How the cloud calls a private image, in newer and older words."""


class Wrong(StrEnum):
    """Why one image can't be copied."""

    NOT_FOUND = "not_found"
    NOT_PRIVATE = "not_private"
    STATUS = "status"
    LOCAL_DISK = "local_disk"
    ENCRYPTED = "encrypted"
    NOT_ALLOWED = "not_allowed"  # no pattern of the rule allows its name
    NAME_UNKNOWN = "name_unknown"  # the rule goes by name, and the name could not be looked up


class Unchecked(StrEnum):
    """A check that could not be made."""

    IMAGES = "images"
    QUOTA = "quota"
    PRESENT = "present"


@dataclass(frozen=True)
class Question:
    """What to look at.

    Attributes:
        candidates: regions where the images may be, the likeliest first.
        earlier: destination → image → the ids of copies that earlier requests made, the newest first.
    """

    images: Sequence[str]
    candidates: Sequence[str]
    destinations: Sequence[str]
    earlier: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Findings:
    """What the cloud said.

    Attributes:
        source: the one region where the images are; None: not found out, or several.
        found: region → the images found there, in the order asked.
        images: id → image, as far as they could be looked up.
        missing: images that are in none of the candidates, for certain.
        quotas: destination → `image` and `snapshot` quota, as far as they could be looked up.
        present: destination → image → its newest copy that was made earlier and is still there.
    """

    source: str | None
    found: dict[str, list[str]]
    images: dict[str, CloudImage]
    missing: list[str]
    quotas: dict[str, dict[str, Quota]]
    present: dict[str, dict[str, str]]
    unchecked: frozenset[Unchecked]


async def examine(cloud: Cloud, question: Question) -> Findings:
    """Ask everything at once; what can't be answered is `unchecked`."""
    lookups = [tried(cloud.describe_images(region, question.images)) for region in question.candidates]
    quotas = [_quotas(cloud, destination) for destination in question.destinations]
    present = [_still_there(cloud, d, question.earlier.get(d, {})) for d in question.destinations]
    looked, counted, there = await asyncio.gather(
        asyncio.gather(*lookups), asyncio.gather(*quotas), asyncio.gather(*present)
    )
    found, images = _sorted_by_region(question, looked)
    missing = [] if None in looked else [i for i in question.images if i not in images]
    unchecked = {
        Unchecked.IMAGES: None in looked and len(images) < len(question.images),
        Unchecked.QUOTA: any(len(quota) < len(_KINDS) for quota in counted),
        Unchecked.PRESENT: None in there,
    }
    return Findings(
        source=_source(question, found, missing),
        found=found,
        images=images,
        missing=missing,
        quotas=dict(zip(question.destinations, counted, strict=True)),
        present={d: copies or {} for d, copies in zip(question.destinations, there, strict=True)},
        unchecked=frozenset(check for check, failed in unchecked.items() if failed),
    )


_KINDS = ("image", "snapshot")
_AT_ONCE = 100


def wrong_with(rule: Rule, images: Sequence[str], findings: Findings) -> dict[str, Wrong]:
    """Image → why it can't be copied, for those that can't."""
    wrong: dict[str, Wrong] = dict.fromkeys(findings.missing, Wrong.NOT_FOUND)
    for image in images:
        why = _wrong_with(rule, image, findings.images.get(image))
        if image not in wrong and why is not None:
            wrong[image] = why
    return wrong


def _wrong_with(rule: Rule, image_id: str, image: CloudImage | None) -> Wrong | None:
    if image is None:
        return Wrong.NAME_UNKNOWN if image_allowed(rule, image_id, None) is None else None
    shared = image.source == "shared" and rule.allow_shared
    tests = (
        (Wrong.NOT_ALLOWED, not image_allowed(rule, image.id, image.name)),
        (Wrong.NOT_PRIVATE, image.source not in PRIVATE and not shared and bool(image.source)),
        (Wrong.STATUS, image.status not in {"ready", ""}),
        (Wrong.LOCAL_DISK, image.root_device_type not in {"cloudDisk", ""}),
        (Wrong.ENCRYPTED, bool(image.encrypted)),
    )
    return next((why for why, true in tests if true), None)


def shortage(needed: Mapping[str, int], quotas: Mapping[str, Quota]) -> list[str]:
    """Which of `image` and `snapshot` don't suffice, of those whose quota is known."""
    return [kind for kind in _KINDS if kind in quotas and needed[kind] > quotas[kind].left]


def needed_for(images: Sequence[str], known: Mapping[str, CloudImage]) -> dict[str, int]:
    """What copying these images uses up: one image each, and one snapshot per disk (at least one)."""
    snapshots = sum(max(1, len(known[i].snapshot_ids)) if i in known else 1 for i in images)
    return {"image": len(images), "snapshot": snapshots}


async def tried(question: Awaitable[T]) -> T | None:
    """The cloud's answer; None: it gave none, which is logged."""
    try:
        return await question
    except CloudError as error:
        log_error(error, doing="check")
        return None


async def _quotas(cloud: Cloud, region: str) -> dict[str, Quota]:
    image, snapshot = await asyncio.gather(
        tried(cloud.image_quota(region)), tried(cloud.snapshot_quota(region))
    )
    quotas = {"image": image, "snapshot": snapshot}
    return {kind: quota for kind, quota in quotas.items() if quota is not None}


async def _still_there(
    cloud: Cloud, region: str, earlier: Mapping[str, Sequence[str]]
) -> dict[str, str] | None:
    ids = [copy for copies in earlier.values() for copy in copies]
    parts = [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]
    answers = await asyncio.gather(*(tried(cloud.describe_images(region, part)) for part in parts))
    if None in answers:
        return None
    found = [image for answer in answers for image in answer or ()]
    usable = {image.id for image in found if image.status in {"ready", "pending"}}
    there = {image: [copy for copy in copies if copy in usable] for image, copies in earlier.items()}
    return {image: copies[0] for image, copies in there.items() if copies}


def _sorted_by_region(
    question: Question, looked: Sequence[list[CloudImage] | None]
) -> tuple[dict[str, list[str]], dict[str, CloudImage]]:
    """An image that several regions have counts where it is likeliest."""
    images: dict[str, CloudImage] = {}
    found: dict[str, list[str]] = {}
    for region, answer in zip(question.candidates, looked, strict=True):
        here = {image.id: image for image in answer or [] if image.id not in images}
        images |= here
        ids = [i for i in question.images if i in here]
        if ids:
            found[region] = ids
    return found, images


def _source(question: Question, found: Mapping[str, list[str]], missing: Sequence[str]) -> str | None:
    if len(question.candidates) == 1:
        return question.candidates[0]
    if len(found) == 1 and sum(map(len, found.values())) + len(missing) == len(question.images):
        return next(iter(found))
    if not found and len(missing) == len(question.images):
        return question.candidates[0]
    return None
