"""What decisions are made from, in words of the contract; nothing of the product's is used."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

KNOWN_REGIONS = ("cn-north-1", "cn-east-2", "cn-east-1", "cn-south-1")
BEFORE_SENDING = ("checking", "waiting", "approved")
UNDER_WAY = ("copying", "watching", "unknown")


class Kind(StrEnum):
    """What Slack says about somebody, seen from the channel's workspace."""

    FULL = "full"
    GUEST = "guest"
    BOT = "bot"
    DEACTIVATED = "deactivated"
    OTHER_WORKSPACE = "other workspace"
    STRANGER = "stranger"
    UNKNOWN = "unknown"


class Against(StrEnum):
    """Why something is not allowed."""

    CHANNEL = "the channel is not set up"
    PERSON = "not an active member of this workspace"
    GUEST = "a guest"
    RIGHT = "the rule does not name the person"
    SOURCE = "source region"
    DESTINATION = "destination region"
    SAME_REGION = "source and destination are the same"
    IMAGE = "image pattern"
    TOO_MANY = "more than max_images"
    REASON = "a reason is demanded"
    DAILY = "daily_images"
    OPEN = "open_requests"
    DUPLICATE = "an open request wants the same copy"
    SHARED = "a shared image"
    OWN = "the requester may not decide"
    CHANGED_RULE = "changed the permissions since the request"
    TWICE = "has approved already"
    LATE = "the request waits no more"
    EXPIRED = "the time is over"
    ROUND = "the button belongs to an earlier content"
    REGION_TYPED = "the typed region is not the destination"
    NOT_CONCERNED = "neither requester nor administrator"
    ELSEWHERE = "no such request in this place"
    BUTTON = "nothing that this button could do"


@dataclass(frozen=True)
class Person:
    """Somebody who acts, with the user groups that name them."""

    id: str
    kind: Kind = Kind.FULL
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rule:
    """A channel of the permission file, with the file's defaults."""

    source_regions: tuple[str, ...] = ("cn-north-1",)
    destination_regions: tuple[str, ...] = ("cn-east-2",)
    images: tuple[str, ...] = ("img-*", "name:web-*")
    expires_s: int = 86_400
    request: tuple[str, ...] = ()
    approve: tuple[str, ...] = ()
    admin: tuple[str, ...] = ()
    approvals: int = 1
    self_approval: bool = False
    reason_required: bool = False
    max_images: int = 50
    daily_images: int = 0
    open_requests: int = 0
    allow_same_region: bool = False
    allow_shared: bool = False
    confirm_regions: tuple[str, ...] = ()
    emergency: tuple[str, ...] = ()


@dataclass(frozen=True)
class Image:
    """An image as the cloud knows it."""

    id: str
    name: str | None = None
    shared: bool = False


@dataclass(frozen=True)
class Wish:
    """What one command asks for; `source` is None where the command does not say."""

    images: tuple[str, ...]
    destinations: tuple[str, ...]
    source: str | None = None
    reason: str = ""
    emergency: bool = False


@dataclass(frozen=True)
class Counted:
    """What else counts: copies asked for here in the last 24 h, and open requests anywhere."""

    today: int = 0
    open: int = 0


@dataclass(frozen=True)
class Pending:
    """A request as somebody decides on it.

    Attributes:
        needed: the approvals that the rule wanted when the request was made.
        own_then: whether the rule allowed self-approval when the request was made.
        changed_rule: who changed the channel's permissions since the request was made.
    """

    state: str
    requester: str
    destinations: tuple[str, ...]
    needed: int
    expires_at: datetime | None = None
    approved_by: frozenset[str] = frozenset()
    own_then: bool = False
    changed_rule: frozenset[str] = frozenset()
    round: int = 1
    emergency: bool = False
