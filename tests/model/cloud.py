"""A cloud in memory that plays every fate of a call: answered, lost, late, refused, with effect and without."""

# ruff: noqa: ARG002 - the borders name their parameters

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from commands.clouds.cloud import CloudError, CloudImage, Copied, Fault, Quota
from tests.conftest import Clock
from tests.model.fates import Fate
from tests.model.gates import Gate, Gates

SOURCE = "cn-north-1"
NAMES = {"img-a": "web", "img-b": "web", "img-c": "api"}
"""The images of the source region; two of them have the same name."""


@dataclass
class Image:
    """An image; of a copy also what it was made from, and by which call."""

    id: str
    name: str
    region: str
    description: str = ""
    source: str = ""
    marker: str = ""
    begun_at: datetime | None = None
    ready_at: datetime | None = None
    broken: bool = False
    gone: bool = False

    def status(self, now: datetime) -> str:
        if self.broken:
            return "error"
        return "pending" if self.ready_at is not None and self.ready_at > now else "ready"

    @property
    def usable(self) -> bool:
        """There, or to be expected."""
        return not self.broken and not self.gone


class Late(NamedTuple):
    """An effect that is still to come."""

    at: datetime
    images: list[str]
    destination: str
    marker: str


@dataclass
class ModelCloud:
    """The account, its regions, and what is on its way.

    Attributes:
        keeps_description: whether a copy carries the description that was asked for.
        refuses_busy: whether an image that is being copied is refused as a source, as JD Cloud does.
        copy_s: how long the next copies take.
        fates: of the next calls, in order; then all are answered.
        troubles: what the next looks hear, in order; then all are answered.
        on_write: called with the marker the moment a call is written to the network.
        on_effect: called with each copy the moment it begins.
    """

    clock: Clock
    gates: Gates
    keeps_description: bool = True
    refuses_busy: bool = True
    copy_s: float = 120
    fates: deque[Fate] = field(default_factory=deque)
    troubles: deque[Fault] = field(default_factory=deque)
    on_write: Callable[[str], None] = lambda _marker: None
    on_effect: Callable[[Image], None] = lambda _copy: None
    images: dict[str, Image] = field(
        default_factory=lambda: {i: Image(i, name, SOURCE) for i, name in NAMES.items()}
    )
    on_the_way: list[Late] = field(default_factory=list)

    @property
    def copies(self) -> list[Image]:
        """All that ever began, oldest first."""
        return [image for image in self.images.values() if image.source]

    def arrive(self) -> None:
        """Let everything take effect whose time has come."""
        for late in sorted(self.on_the_way):
            if late.at <= self.clock.now:
                self.on_the_way.remove(late)
                self._begin(late.images, late.destination, late.marker)

    async def copy_images(
        self,
        *,
        source: str,
        image_ids: Sequence[str],
        destination: str,
        description: str,
        send_within_s: float,
    ) -> Copied:
        send_by = self.clock.now + timedelta(seconds=send_within_s)
        await self.gates.stop(Gate.WRITE)
        if self.gates.current is not None:
            self.gates.current.answering = True
        fate = self.fates.popleft() if self.fates else Fate(effect=None)
        if fate.fault is Fault.NOT_SENT or self.clock.now >= send_by:
            raise CloudError(Fault.NOT_SENT, "not connected")
        self.on_write(description)
        written = self.clock.now
        taken = list(image_ids)[: fate.effect]
        mapping: dict[str, str] = {}
        error = self._refusal(fate, image_ids)
        if fate.late_s:
            at = written + timedelta(seconds=fate.late_s)
            self.on_the_way.append(Late(at, taken, destination, description))
        elif taken:
            error = self._busy(taken) or error
            mapping = self._begin(taken, destination, description)
        await self.gates.stop(Gate.ANSWER, not_before=written.timestamp() + fate.waits_s)
        if error is not None:
            raise error
        return Copied(mapping, "req")

    def _refusal(self, fate: Fate, image_ids: Sequence[str]) -> CloudError | None:
        if fate.fault is None:
            return None
        return CloudError(fate.fault, fate.fault.value, image_ids=tuple(image_ids[: fate.names]))

    def _busy(self, image_ids: Sequence[str]) -> CloudError | None:
        """JD Cloud's rule for sources; nothing of the call is done then."""
        running = {c.source for c in self.copies if c.usable and c.status(self.clock.now) == "pending"}
        if self.refuses_busy and running & set(image_ids):
            return CloudError(Fault.BUSY, "busy")
        return None

    def _begin(self, image_ids: Sequence[str], destination: str, marker: str) -> dict[str, str]:
        if self._busy(image_ids):
            return {}
        made: dict[str, str] = {}
        for source in image_ids:
            copy = self._copy(source, destination, marker)
            self.on_effect(copy)
            self.images[copy.id] = copy
            made[source] = copy.id
        return made

    def _copy(self, source: str, destination: str, marker: str) -> Image:
        now = self.clock.now
        return Image(
            id=f"img-copy{len(self.images) - len(NAMES) + 1}",
            name=self.images[source].name,
            region=destination,
            description=marker if self.keeps_description else "",
            source=source,
            marker=marker,
            begun_at=now,
            ready_at=now + timedelta(seconds=self.copy_s),
        )

    async def describe_images(self, region: str, image_ids: Sequence[str]) -> list[CloudImage]:
        return [image for image in await self._look(region) if image.id in image_ids]

    async def describe_image(self, region: str, image_id: str) -> CloudImage | None:
        return next((image for image in await self._look(region) if image.id == image_id), None)

    async def private_images(self, region: str) -> list[CloudImage]:
        return await self._look(region)

    async def _look(self, region: str) -> list[CloudImage]:
        await self.gates.stop(Gate.LOOK)
        trouble = self.troubles.popleft() if self.troubles else None
        found = [self._described(i) for i in self.images.values() if i.region == region and not i.gone]
        await self.gates.stop(Gate.LOOKED)
        if trouble is not None:
            raise CloudError(trouble, trouble.value)
        return found

    def _described(self, image: Image) -> CloudImage:
        return CloudImage(
            id=image.id,
            name=image.name,
            description=image.description,
            source="private",
            status=image.status(self.clock.now),
            root_device_type="cloudDisk",
            platform="CentOS",
            os_version="7.9",
            architecture="x86_64",
            progress=None,
            size_gb=40,
            snapshot_ids=("snap",),
            encrypted=False,
            created_at="2026-01-01",
        )

    async def image_quota(self, region: str) -> Quota:
        return Quota(1000, 0)

    async def snapshot_quota(self, region: str) -> Quota:
        return Quota(1000, 0)

    def made_by(self, request_id: str, number: int | None = None, image: str | None = None) -> list[Image]:
        """The copies that a request's calls, or one of them, began."""
        prefix = f"copy-image-bot {request_id}/" + ("" if number is None else f"{number} ")
        return [c for c in self.copies if c.marker.startswith(prefix) and image in {None, c.source}]
