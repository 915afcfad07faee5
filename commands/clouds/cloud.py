"""What a cloud is to us: four questions, one action, and one kind of error that says what it lets you conclude."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Fault(StrEnum):
    """Why the cloud did not do it, told apart by what a person can do about it."""

    # The copyImages page's own table.
    INVALID_REGION = "invalid_region"
    NOT_CLOUD_DISK = "not_cloud_disk"
    IMAGE_STATUS = "image_status"
    NOT_PRIVATE = "not_private"
    TASK_CONFLICT = "task_conflict"
    BUSY = "busy"
    ENCRYPTED = "encrypted"
    IMAGE_QUOTA = "image_quota"
    SNAPSHOT_QUOTA = "snapshot_quota"
    NOT_FOUND = "not_found"
    INTERNAL = "internal"
    UNKNOWN_SERVER = "unknown_server"
    # Other refusals.
    INVALID_ARGUMENT = "invalid_argument"
    UNAUTHENTICATED = "unauthenticated"  # 401: key unknown or disabled, signature wrong or stale
    FORBIDDEN = "forbidden"  # 403: the key lacks a right
    CLOCK = "clock"  # 401 or 403 while our clock is minutes away from the cloud's: the signature is stale
    RATE_LIMIT = "rate_limit"  # 429 RATE_LIMIT, not QUOTA_EXCEEDED
    QUOTA = "quota"  # 429 QUOTA_EXCEEDED of another kind
    REFUSED = "refused"  # any other 4xx
    # Answers that say nothing certain.
    SERVER = "server"  # any other 5xx, 499, a proxy's HTML
    GARBLED = "garbled"  # a success that doesn't parse or lacks images
    LOST = "lost"  # sent, and no answer came
    # Certainly without effect.
    NOT_SENT = "not_sent"  # not connected, or stopped before the first byte was written


class Effect(StrEnum):
    """What an error lets you conclude about the action."""

    NONE = "none"  # it was not begun: refused, or never sent
    UNKNOWN = "unknown"  # it may have begun


UNCERTAIN = frozenset({Fault.INTERNAL, Fault.UNKNOWN_SERVER, Fault.SERVER, Fault.GARBLED, Fault.LOST})
"""Here the action may have begun."""
PASSING = frozenset({Fault.BUSY, Fault.TASK_CONFLICT, Fault.RATE_LIMIT, Fault.NOT_SENT})
"""Here the same call may well succeed in a little while."""


class CloudError(Exception):
    """The one error that crosses this border.

    Attributes:
        fault: why, as a person can act on it.
        http_status: the HTTP status, None when no answer came.
        status: the cloud's status text such as `QUOTA_EXCEEDED`, empty when there is none.
        message: the cloud's own words (foreign text), or ours for a transport fault; never a secret.
        request_id: the cloud's requestId, empty when there is none.
        image_ids: images that the message names.
        mapping: of a success that lacks images, what it did say: source id → the copy's id; else empty.
        clock_off_s: with `Fault.CLOCK`, how far our clock is ahead of the cloud's, in seconds; else 0.
    """

    def __init__(
        self,
        fault: Fault,
        message: str,
        *,
        http_status: int | None = None,
        status: str = "",
        request_id: str = "",
        image_ids: tuple[str, ...] = (),
        mapping: Mapping[str, str] | None = None,
        clock_off_s: int = 0,
    ) -> None:
        super().__init__(f"{fault}: {http_status or '-'} {status} {message} (requestId {request_id or '-'})")
        self.fault = fault
        self.http_status = http_status
        self.status = status
        self.message = message
        self.request_id = request_id
        self.image_ids = image_ids
        self.mapping = dict(mapping or {})
        self.clock_off_s = clock_off_s

    @property
    def effect(self) -> Effect:
        """Whether the action may have begun; a query that failed has no effect either way."""
        return Effect.UNKNOWN if self.fault in UNCERTAIN else Effect.NONE

    @property
    def passing(self) -> bool:
        """Whether the same call may well succeed in a little while."""
        return self.fault in PASSING


@dataclass(frozen=True)
class CloudImage:
    """An image as the cloud describes it; None where the cloud leaves a fact out.

    Attributes:
        source: `private` (an older answer's `self` becomes `private`), `shared`, `public`, `thirdparty`, `community`, …
        status: `ready`, `pending`, `deleting`, `error`, …
        progress: percent of a running copy, 0 to 100.
        size_gb: of the system disk.
        snapshot_ids: one per disk; a copy needs as many snapshots.
        created_at: the cloud's own words, whose zone it doesn't state.
        description: carries our marker on a copy we made.
    """

    id: str
    name: str
    description: str
    source: str
    status: str
    root_device_type: str
    platform: str
    os_version: str
    architecture: str
    progress: int | None
    size_gb: int | None
    snapshot_ids: tuple[str, ...]
    encrypted: bool | None
    created_at: str


@dataclass(frozen=True)
class Quota:
    """How many there may be, and are, in one region."""

    limit: int
    used: int

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


@dataclass(frozen=True)
class Region:
    """A region's id and its names, such as 华东-上海 and East China-Shanghai."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True)
class Copied:
    """A successful answer: `mapping` has each source image's id and its copy's, in the order asked."""

    mapping: dict[str, str]
    request_id: str


class Cloud(Protocol):
    """One account in one cloud. Every method raises CloudError and nothing else."""

    async def copy_images(
        self,
        *,
        source: str,
        image_ids: Sequence[str],
        destination: str,
        description: str,
        send_within_s: float,
    ) -> Copied:
        """Begin to copy up to ten images; not idempotent.

        Args:
            description: what each copy's description will say, at most 256 characters; our marker.
            send_within_s: when the first byte can't be written within this time from now (boot-time clock, so
                that time asleep counts), nothing is sent and `Fault.NOT_SENT` is raised.
        """
        ...

    async def describe_images(self, region: str, image_ids: Sequence[str]) -> list[CloudImage]:
        """Up to 100 images by id; those that don't exist are left out."""
        ...

    async def describe_image(self, region: str, image_id: str) -> CloudImage | None:
        """One image by id; None: the cloud says that it does not exist."""
        ...

    async def private_images(self, region: str) -> list[CloudImage]:
        """All private images of the region: complete (as many as `totalCount`), or an error."""
        ...

    async def image_quota(self, region: str) -> Quota: ...

    async def snapshot_quota(self, region: str) -> Quota: ...
