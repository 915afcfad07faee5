"""A verdict as it is remembered with a request, so that its thread can say later why something was refused; pure."""

from collections.abc import Mapping
from typing import Any

from commands.permissions import Reason, Verdict


def dump(verdict: Verdict) -> dict[str, Any]:
    """The verdict as JSON."""
    return {
        "reason": verdict.reason.value,
        "rule": verdict.rule,
        "ask_whom": list(verdict.ask_whom),
        "about": list(verdict.about),
        "limit": verdict.limit,
    }


def load(kept: Mapping[str, Any]) -> Verdict:
    """What `dump` gave."""
    return Verdict(
        allowed=False,
        reason=Reason(kept["reason"]),
        rule=kept["rule"],
        ask_whom=tuple(kept["ask_whom"]),
        about=tuple(kept["about"]),
        limit=kept["limit"],
    )
