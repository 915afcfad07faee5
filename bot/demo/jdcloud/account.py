"""One account's images and quotas over all regions, and how copies come along with time."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from bot.demo.jdcloud.images import Image, random_text

Kind = Literal["image", "snapshot"]

# Restrictions.md: what an account has in each region unless it asks for more.
_LIMITS: dict[Kind, int] = {"image": 5, "snapshot": 15}


class Account:
    """Pending copies rise from 0 to 100 percent over `copy_seconds`, worked out whenever somebody looks.

    Attributes:
        quotas: limits by region and kind; what is used is counted from the images there.
        accepted: source image, destination region and new image of every copy ever begun.
        own_description: every copy begun from now on gets the cloud's own description, whatever is asked for.
    """

    def __init__(
        self,
        *,
        regions: Sequence[str],
        now: Callable[[], datetime],
        copy_seconds: float,
        own_description: bool,
    ) -> None:
        self.regions = tuple(regions)
        self.quotas: dict[tuple[str, Kind], int] = {
            (region, kind): limit for region in regions for kind, limit in _LIMITS.items()
        }
        self.accepted: list[tuple[str, str, str]] = []
        self._images: dict[str, Image] = {}
        self._running: dict[str, datetime] = {}
        self._now = now
        self._copy_seconds = copy_seconds
        self.own_description = own_description

    @property
    def images(self) -> dict[str, Image]:
        """All images by id, as they stand now; adding and removing works on this very dict."""
        for image_id, begun_at in list(self._running.items()):
            self._advance(image_id, begun_at)
        return self._images

    def region(self, region: str) -> list[Image]:
        return [image for image in self.images.values() if image.region == region]

    def used(self, region: str, kind: Kind) -> int:
        owned = [image for image in self.region(region) if image.owned]
        return len(owned) if kind == "image" else sum(len(image.snapshot_ids) for image in owned)

    def being_copied(self, image_id: str) -> bool:
        return any(image.copy_of == image_id and image.status == "pending" for image in self.images.values())

    def copy(self, source: Image, destination: str, *, name: str | None, description: str | None) -> Image:
        """Begin a copy, unchecked."""
        # The cloud's own text has the source's region and id; its exact wording is not known.
        own = f"Copied from {source.region} {source.id}"
        new = replace(
            source,
            id=f"img-{random_text(10)}",
            name=name or source.name,
            region=destination,
            description=own if self.own_description or not description else description,
            status="pending",
            source="private",
            created_at=self._now(),
            progress=0,
            copy_of=source.id,
        )
        self._images[new.id] = new
        self._running[new.id] = new.created_at
        self.accepted.append((source.id, destination, new.id))
        return new

    def finish(self, image_id: str | None = None) -> None:
        """Make one copy ready, or all that are pending."""
        pending = [image.id for image in self.images.values() if image.copy_of and image.status == "pending"]
        for each in pending if image_id is None else [image_id]:
            self._settle(each, "ready", 100)

    def fail(self, image_id: str) -> None:
        """End a copy in `error`, its progress where it was."""
        self._settle(image_id, "error", self.images[image_id].progress)

    def set_progress(self, image_id: str, percent: int) -> None:
        """Hold a copy at this percentage: from now on time does not move it."""
        self._settle(image_id, "pending", percent)

    def _settle(self, image_id: str, status: str, progress: int) -> None:
        image = self._images[image_id]
        image.status, image.progress = status, progress
        self._running.pop(image_id, None)

    def _advance(self, image_id: str, begun_at: datetime) -> None:
        image = self._images.get(image_id)
        if image is None or image.status != "pending":
            del self._running[image_id]  # a test removed it, or settled it by hand
            return
        passed = (self._now() - begun_at).total_seconds()
        if passed >= self._copy_seconds:
            self._settle(image_id, "ready", 100)
        else:
            image.progress = int(100 * passed / self._copy_seconds)
