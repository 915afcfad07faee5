"""When something is ours to show in Slack, and when to try again what Slack did not take."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.slack_trouble import PostError

LONGEST_PAUSE_S = 60
LONGEST_PAUSE_AFTER_THE_END_S = 600
GIVE_UP_AFTER = 40
"""Attempts to show an ended request; with growing pauses that is several hours."""


@dataclass(frozen=True)
class Held:
    """A thread or a notice that is ours under `token`; past `left_s()` nothing is written to Slack any more."""

    token: str
    left_s: Callable[[], float]


def pause_after(error: PostError, attempts: int, longest_s: float) -> timedelta:
    """As long as Slack said, or ever longer: people wait for a request that has not ended."""
    if error.pause_s is not None:
        return timedelta(seconds=error.pause_s)
    return timedelta(seconds=min(2.0 ** min(attempts, 10), longest_s))
