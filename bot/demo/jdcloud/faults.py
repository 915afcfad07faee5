"""What goes wrong on purpose: which calls a fault is for, and what it does to their answers."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from bot.demo.jdcloud.rows import refusal


@dataclass
class Fault:
    """Spoils the next calls of one operation.

    An answer that claims success (also `garbage`), `hang` and `drop="after"` come after the effect; an answer that
    claims an error, and `drop="before"`, come instead of it. `effect` says otherwise.

    Attributes:
        operation: such as `copyImages`, or `*` for any.
        times: for how many more calls; None for all.
        latency_s: the answer, or the cut, is that late; the effect is not.
        effect_after_s: the effect itself is that late, whether or not the caller has gone.
        error: the name of a row to answer with.
        status: HTTP status of a raw answer, 200 when only `body` is given.
        body: text of a raw answer.
        drop: the connection is cut without an answer, before or after the effect.
        hang: no answer ever comes; the connection stays open until the caller or the cloud leaves.
        html: a 502 page, as a proxy would send it.
        garbage: a 200 whose body isn't JSON.
        image: only calls that name this image.
        effect: whether the call is carried out; None for what is said above.
    """

    operation: str = "copyImages"
    times: int | None = 1
    latency_s: float = 0.0
    effect_after_s: float = 0.0
    error: str | None = None
    status: int | None = None
    body: str | None = None
    drop: Literal["before", "after"] | None = None
    hang: bool = False
    html: bool = False
    garbage: bool = False
    image: str | None = None
    effect: bool | None = None

    def __post_init__(self) -> None:
        if self.error is not None:
            refusal(self.error)  # a misspelt row shows here, not in an answer

    @property
    def pending(self) -> bool:
        return self.times is None or self.times > 0

    @property
    def has_effect(self) -> bool:
        """Whether the call is carried out all the same."""
        if self.effect is not None:
            return self.effect
        failed = self.error is not None or self.html or (self.status or 200) >= 400  # noqa: PLR2004 - HTTP's own line
        return self.drop == "after" or not (failed or self.drop == "before")

    def suits(self, operation: str, image_ids: Collection[str]) -> bool:
        wanted = self.operation in {operation, "*"}
        return self.pending and wanted and (self.image is None or self.image in image_ids)

    def as_json(self) -> dict[str, Any]:
        """What differs from a fault that does nothing, and `operation` and `times`."""
        idle = Fault()
        changed = {name: value for name, value in vars(self).items() if value != getattr(idle, name)}
        return {"operation": self.operation, "times": self.times} | changed


def take(faults: list[Fault], operation: str, image_ids: Collection[str]) -> Fault:
    """The first fault that suits the call, used up by one; one that does nothing when there is none."""
    for fault in faults:
        if fault.suits(operation, image_ids):
            if fault.times is not None:
                fault.times -= 1
            return fault
    return Fault()
