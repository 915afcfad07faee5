"""What the buttons of a card stand for; pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pressed:
    """What a card's button stands for: a request, and which round of asking for approval it belongs to."""

    request_id: str
    round: int

    @property
    def value(self) -> str:
        return f"{self.request_id}.{self.round}"


def pressed(value: str) -> Pressed | None:
    """What a button's value stands for; None when it is none of ours."""
    request_id, _, number = value.rpartition(".")
    return Pressed(request_id, int(number)) if request_id and number.isascii() and number.isdigit() else None
