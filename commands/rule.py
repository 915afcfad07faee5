"""A channel's rule: what the permission file says about one channel, checked."""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

EVERYONE = "everyone"
ANY_REGION = "*"
NAME_PREFIX = "name:"

_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]{1,7})([smhd])")
_PERSON = re.compile(r"[UW][A-Z0-9]+")
_GROUP = re.compile(r"S[A-Z0-9]+")
_REGION = re.compile(r"[a-z]{2}(-[a-z0-9]+)+")


def duration(text: str) -> timedelta:
    """`90s`, `30m`, `24h`, `7d` as a timedelta; `0` is zero.

    Raises:
        ValueError: it is nothing of the kind.
    """
    if text == "0":
        return timedelta()
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError("a duration is a number with s, m, h or d, such as 24h")
    return timedelta(seconds=int(found[1]) * _UNITS_S[found[2]])


def _zero_as_text(value: Any) -> Any:
    return "0" if value == 0 and not isinstance(value, bool) else value


def _duration_text(text: str) -> str:
    duration(text)
    return text


def _principal(text: str) -> str:
    if text == EVERYONE or _PERSON.fullmatch(text) or _GROUP.fullmatch(text):
        return text
    raise ValueError("a person is U…, a user group S…, or everyone")


def _not_everyone(text: str) -> str:
    if text == EVERYONE:
        raise ValueError("'everyone' may only request")
    return _principal(text)


def _person(text: str) -> str:
    if _PERSON.fullmatch(text):
        return text
    raise ValueError("only people (U…) can be named here")


def _region(text: str) -> str:
    if text == ANY_REGION or _REGION.fullmatch(text):
        return text
    raise ValueError("a region is an id such as cn-north-1")


def _pattern(text: str) -> str:
    if text.removeprefix(NAME_PREFIX).strip():
        return text
    raise ValueError("an image pattern must not be empty")


def _unique(values: list[str]) -> list[str]:
    if len(set(values)) != len(values):
        raise ValueError("each may be named once")
    return values


def _alone(values: list[str]) -> list[str]:
    if ANY_REGION in values and len(values) > 1:
        raise ValueError('"*" already means every region')
    return values


Principals = Annotated[list[Annotated[str, AfterValidator(_principal)]], AfterValidator(_unique)]
Named = Annotated[list[Annotated[str, AfterValidator(_not_everyone)]], AfterValidator(_unique)]
People = Annotated[list[Annotated[str, AfterValidator(_person)]], AfterValidator(_unique)]
Regions = Annotated[
    list[Annotated[str, AfterValidator(_region)]], AfterValidator(_unique), AfterValidator(_alone)
]
Patterns = Annotated[list[Annotated[str, AfterValidator(_pattern)]], AfterValidator(_unique)]
DurationText = Annotated[str, BeforeValidator(_zero_as_text), AfterValidator(_duration_text)]


class Rule(BaseModel):
    """What one channel allows; the keys, defaults and limits of the permission file.

    Raises:
        pydantic.ValidationError: on construction, naming every key that is wrong.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    source_regions: Regions = Field(default=["cn-north-1"], min_length=1)
    destination_regions: Regions = Field(default=["cn-east-2"], min_length=1)
    images: Patterns = Field(default=["img-*", "name:web-*"])
    request: Principals = []
    approve: Named = []
    admin: Named = []
    approvals: int = Field(default=1, ge=0, le=20)
    self_approval: bool = False
    expires_after: DurationText = "24h"
    remind_after: DurationText = "2h"
    reason_required: bool = False
    max_images: int = Field(default=50, ge=1, le=100)
    daily_images: int = Field(default=0, ge=0)
    open_requests: int = Field(default=0, ge=0)
    allow_same_region: bool = False
    allow_shared: bool = False
    confirm_regions: Regions = []
    emergency: People = []
    language: Literal["zh", "en"] = "zh"

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.confirm_regions and self.approvals == 0:
            raise ValueError("confirm_regions needs an approver to type the region: not with approvals 0")
        if not self.expires:
            raise ValueError("expires_after must not be 0")
        return self

    @property
    def expires(self) -> timedelta:
        return duration(self.expires_after)

    @property
    def remind(self) -> timedelta:
        """Until the first reminder; zero: none."""
        return duration(self.remind_after)

    def groups(self) -> frozenset[str]:
        """The user groups that the rule names."""
        named = [*self.request, *self.approve, *self.admin]
        return frozenset(p for p in named if p.startswith("S"))

    def dump(self) -> dict[str, Any]:
        """The rule as it is stored and exported: every key, JSON values."""
        return self.model_dump(mode="json")


def load(stored: dict[str, Any]) -> Rule:
    """A rule from the store, which holds only what `Rule` once accepted."""
    return Rule.model_validate(stored)
