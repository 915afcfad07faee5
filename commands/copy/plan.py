"""Which images go together in one call; pure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import ceil

PER_CALL = 10
"""The most images that one copyImages call takes (the API page)."""

_LONGEST_DESCRIPTION = 256


def group(images: Sequence[str], names: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Split images into the fewest calls of at most ten in which no name occurs twice.

    Two copies with the same name in one call could not be told apart afterwards, when the call's answer was lost.
    Images whose name isn't known count as having the same one.
    """
    if not images:
        return []
    tens = [tuple(images[start : start + PER_CALL]) for start in range(0, len(images), PER_CALL)]
    if all(len({names.get(image, "") for image in ten}) == len(ten) for ten in tens):
        return tens
    by_name = sorted(images, key=lambda image: (names.get(image, ""), images.index(image)))
    most_alike = max(Counter(names.get(image, "") for image in images).values())
    number = max(ceil(len(images) / PER_CALL), most_alike)
    dealt = (by_name[start::number] for start in range(number))
    return [tuple(sorted(call, key=images.index)) for call in dealt]


def marker(request_id: str, number: int, source: str, images: Sequence[str]) -> str:
    """What a call's copies carry as description: unique to the call, and where they came from.

    At most 256 characters; it replaces the cloud's own text, which names source region and image.
    """
    text = f"copy-image-bot {request_id}/{number} {source} {' '.join(images)}"
    return text if len(text) <= _LONGEST_DESCRIPTION else text[: _LONGEST_DESCRIPTION - 1] + "…"


def carries(description: str, request_id: str, number: int) -> bool:
    """Whether a description is the marker of this call."""
    return description.startswith(f"copy-image-bot {request_id}/{number} ")


def may_name(marker_: str, image: str) -> bool:
    """Whether the call with this marker took the image; one that was cut short may have taken any."""
    return image in marker_.split() or marker_.endswith("…")


def takes_one(marker_: str) -> bool:
    """Whether the call with this marker took a single image."""
    _, _, _, *images = marker_.split()
    return len(images) == 1


def marker_for(request_id: str, source: str | None, images: Sequence[str]) -> Callable[[int], str]:
    """The marker of a call whose number isn't known yet."""
    return lambda number: marker(request_id, number, source or "", images)
