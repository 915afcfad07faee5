"""What can become of a call to the cloud."""

from typing import NamedTuple

from commands.clouds.cloud import Fault


class Fate(NamedTuple):
    """What becomes of one call.

    Attributes:
        fault: what the caller hears; None: success.
        effect: of how many images a copy begins; None: of all.
        late_s: how much later than the write the effect comes.
        waits_s: how much later than the write the caller hears of it.
        names: how many images the refusal names.
    """

    fault: Fault | None = None
    effect: int | None = 0
    late_s: float = 0
    waits_s: float = 0
    names: int = 0


FATES = {
    "answered": Fate(effect=None),
    "answered slowly": Fate(effect=None, waits_s=9),
    "never sent": Fate(Fault.NOT_SENT),
    "reset after the effect": Fate(Fault.LOST, effect=None),
    "reset without effect": Fate(Fault.LOST),
    "reset before the effect": Fate(Fault.LOST, effect=None, late_s=3),
    "reset long before the effect": Fate(Fault.LOST, effect=None, late_s=59),
    "timed out after the effect": Fate(Fault.LOST, effect=None, waits_s=10),
    "timed out without effect": Fate(Fault.LOST, waits_s=10),
    "timed out before the effect": Fate(Fault.LOST, effect=None, late_s=30, waits_s=10),
    "timed out long before the effect": Fate(Fault.LOST, effect=None, late_s=69, waits_s=10),
    "half done and lost": Fate(Fault.LOST, effect=1),
    "error after the effect": Fate(Fault.INTERNAL, effect=None),
    "error without effect": Fate(Fault.INTERNAL),
    "error long before the effect": Fate(Fault.UNKNOWN_SERVER, effect=None, late_s=59),
    "half done and an error": Fate(Fault.SERVER, effect=1),
    "garbage after the effect": Fate(Fault.GARBLED, effect=None),
    "garbage without effect": Fate(Fault.GARBLED),
    "half done and garbage": Fate(Fault.GARBLED, effect=1),
    "busy": Fate(Fault.BUSY),
    "too many requests": Fate(Fault.RATE_LIMIT),
    "one image refused": Fate(Fault.IMAGE_STATUS, names=1),
    "no image refused by name": Fate(Fault.IMAGE_QUOTA),
}
"""All that can become of a call. An effect comes at most as late as is promised to be noticed."""
