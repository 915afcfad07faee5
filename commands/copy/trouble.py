"""A cloud's error as rows and pauses."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from commands.clouds.cloud import CloudError
from store.tables import Call, Problem

_FIRST_PAUSE_S = 2
_LONGEST_PAUSE_S = 300

log = structlog.get_logger(__name__)


def as_problem(call: Call, kind: str, error: CloudError, images: Sequence[str], at: datetime) -> Problem:
    """The error as something to show in the thread, about these images."""
    return Problem(
        request_id=call.request_id,
        number=0,
        kind=kind,
        call_number=call.number,
        destination=call.destination,
        images=list(images),
        fault=error.fault.value,
        http_status=error.http_status,
        status=error.status,
        message=error.message,
        cloud_request_id=error.request_id,
        clock_off_s=error.clock_off_s or None,
        at=at,
    )


def as_question(call: Call, image: str, error: CloudError | None, at: datetime) -> Problem:
    """What a person has to say about one image; with the error that keeps us from looking ourselves, if one does."""
    if error is not None:
        return as_problem(call, "question", error, [image], at)
    return Problem(
        request_id=call.request_id,
        number=0,
        kind="question",
        call_number=call.number,
        destination=call.destination,
        images=[image],
        at=at,
    )


def problem_json(error: CloudError) -> dict[str, Any]:
    """The error as a copy keeps it."""
    return {
        "fault": error.fault.value,
        "http_status": error.http_status,
        "status": error.status,
        "message": error.message,
        "request_id": error.request_id,
        "clock_off_s": error.clock_off_s,
    }


def log_error(error: CloudError, *, doing: str, request_id: str | None = None) -> None:
    """Once per error: the cloud's words, and which request of ours it was about."""
    log.warning(
        "cloud_error",
        doing=doing,
        request_id=request_id,
        fault=error.fault.value,
        http_status=error.http_status,
        status=error.status,
        message=error.message,
        cloud_request_id=error.request_id,
        **({"clock_off_s": error.clock_off_s} if error.clock_off_s else {}),
    )


def growing_pause(times: int) -> timedelta:
    """2, 4, 8 … seconds, at most five minutes."""
    return timedelta(seconds=min(_FIRST_PAUSE_S * 2 ** (min(times, 20) - 1), _LONGEST_PAUSE_S))
