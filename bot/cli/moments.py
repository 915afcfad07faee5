"""Moments and lengths of time as they are typed on the command line."""

from datetime import UTC, datetime, time

from bot.cli.ground import Refused
from commands.rule import duration
from commands.text import Code, Text

_NO_DURATION = Text(
    "{typed} 不是时长。请在数字后加 s、m、h 或 d，例如 7d。",
    "{typed} is no length of time. Use a number with s, m, h or d, such as 7d.",
)
_NO_DATE = Text(
    "{typed} 不是日期。请使用 UTC 时间的 2026-03-01 或 2026-03-01T09:30。",
    "{typed} is no date. Use 2026-03-01 or 2026-03-01T09:30, in UTC.",
)


def now() -> datetime:
    """The clock, aware, UTC."""
    return datetime.now(UTC)


def ago(typed: str, at: datetime) -> datetime:
    """`7d` before `at`.

    Raises:
        Refused: it is no length of time.
    """
    try:
        return at - duration(typed.strip())
    except (ValueError, OverflowError) as error:
        raise Refused(_NO_DURATION, typed=Code(typed)) from error


def moment(typed: str) -> datetime:
    """An ISO date or time as a moment in UTC; a date is its very end, so that the day's changes are in it.

    Raises:
        Refused: it is neither.
    """
    try:
        found = datetime.fromisoformat(typed.strip())
    except ValueError as error:
        raise Refused(_NO_DATE, typed=Code(typed)) from error
    if len(typed.strip()) <= len("2026-03-01"):
        found = datetime.combine(found.date(), time.max)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
