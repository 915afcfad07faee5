"""What the thread of a request is made of."""

from dataclasses import dataclass

from commands.text import Message


@dataclass(frozen=True)
class Part:
    """One message of a request's thread, or to one person.

    Attributes:
        name: stays the same for good: `card`, `approval`, `mapping-1`, `progress`, `outcome`, …
        message: what it shows now.
        fixed: once posted it is not edited any more.
        to: a person, for a direct message; None: the thread.
        late: too late to be posted now, but an earlier post of it is brought up to date.
    """

    name: str
    message: Message
    fixed: bool = False
    to: str | None = None
    late: bool = False
