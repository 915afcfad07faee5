"""Tells from an answer's Date how far our own clock is off; a wrong one makes every signature stale."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from commands.clouds.cloud import CloudError, Fault

_TOLERABLE_S = 300
"""Below this no gateway of the kind refuses a signature; how much JD Cloud tolerates it does not say."""
_MAY_BE_THE_CLOCK = frozenset({Fault.UNAUTHENTICATED, Fault.FORBIDDEN})


def blamed_on_clock(error: CloudError, date: str, now: datetime) -> CloudError:
    """The same error, as `Fault.CLOCK` where it refuses the caller and our clock differs from the answer's `Date`.

    Args:
        date: the header as it came, empty when there was none.
        now: by our clock, when the answer came; aware.
    """
    off_s = _off_s(date, now)
    if error.fault not in _MAY_BE_THE_CLOCK or abs(off_s) <= _TOLERABLE_S:
        return error
    return CloudError(
        Fault.CLOCK,
        error.message,
        http_status=error.http_status,
        status=error.status,
        request_id=error.request_id,
        clock_off_s=off_s,
    )


def _off_s(date: str, now: datetime) -> int:
    """How far we are ahead, in seconds; 0 when the answer does not say what time it is."""
    try:
        theirs = parsedate_to_datetime(date)
        return round((now - theirs.replace(tzinfo=theirs.tzinfo or UTC)).total_seconds())
    except (ValueError, OverflowError):
        return 0
