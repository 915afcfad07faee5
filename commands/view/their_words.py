"""The cloud's own words about a problem, beneath ours."""

from commands.clouds.cloud import Fault
from commands.copy.faults import cloud_words
from commands.text import Line
from store.tables import Problem

_OURS = frozenset({Fault.LOST, Fault.NOT_SENT, Fault.GARBLED, Fault.SERVER})
"""Here a message without a status text is not the cloud's: for the log, not for the thread."""


def their_words(problem: Problem) -> Line:
    """Status text, message and request id; without parts where the cloud said nothing."""
    ours = Fault(problem.fault) in _OURS and not problem.status
    return cloud_words(
        http_status=problem.http_status,
        status=problem.status,
        message="" if ours else problem.message,
        request_id=problem.cloud_request_id,
    )
