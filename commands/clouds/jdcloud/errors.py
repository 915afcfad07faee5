"""Classes a refusal by what a person can do about it: HTTP status, the cloud's status text, then its message.

Source: the table of the copyImages page; for the gateway's own refusals, the common error codes.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from commands.clouds.cloud import CloudError, Fault
from commands.clouds.jdcloud.answers import whole, without, words

# Each row of the page: the status text it comes with, and what its message says, with any id in its quotes.
_MESSAGES: tuple[tuple[str, str, Fault], ...] = (
    ("INVALID_ARGUMENT", r"invalid region", Fault.INVALID_REGION),
    ("FAILED_PRECONDITION", r"only support cloud ?disk image", Fault.NOT_CLOUD_DISK),
    ("FAILED_PRECONDITION", r"invalid image status", Fault.IMAGE_STATUS),
    ("FAILED_PRECONDITION", r"can.?t use this image|cannot use this image", Fault.NOT_PRIVATE),
    ("FAILED_PRECONDITION", r"conflict with underlay (image )?task", Fault.TASK_CONFLICT),
    ("FAILED_PRECONDITION", r"image .*is busy", Fault.BUSY),
    ("FAILED_PRECONDITION", r"encrypted snapshot", Fault.ENCRYPTED),
    ("QUOTA_EXCEEDED", r"image quota", Fault.IMAGE_QUOTA),
    ("QUOTA_EXCEEDED", r"snapshot quota", Fault.SNAPSHOT_QUOTA),
    ("NOT_FOUND", r"image .*not found", Fault.NOT_FOUND),
)
_STATUSES = {
    "INVALID_ARGUMENT": Fault.INVALID_ARGUMENT,
    "OUT_OF_RANGE": Fault.INVALID_ARGUMENT,
    "FAILED_PRECONDITION": Fault.REFUSED,
    "QUOTA_EXCEEDED": Fault.QUOTA,
    "NOT_FOUND": Fault.NOT_FOUND,
    "RATE_LIMIT": Fault.RATE_LIMIT,
    "ACCESS_ERROR": Fault.UNAUTHENTICATED,
    "UNAUTHENTICATED": Fault.UNAUTHENTICATED,
    "HTTP_FORBIDDEN": Fault.FORBIDDEN,
    "PERMISSION_DENIED": Fault.FORBIDDEN,
}
_CODES = {401: Fault.UNAUTHENTICATED, 403: Fault.FORBIDDEN, 429: Fault.RATE_LIMIT}
# These say nothing certain about the action, whatever the message.
_UNCERTAIN_MESSAGES = (
    ("INTERNAL", r"internal server error", Fault.INTERNAL),
    ("UNKNOWN", r"unknown server error", Fault.UNKNOWN_SERVER),
)
_UNCERTAIN_STATUSES = {
    "INTERNAL": Fault.INTERNAL,
    "UNKNOWN": Fault.UNKNOWN_SERVER,
    "NOT_IMPLEMENTED": Fault.SERVER,
    "SOURCE_UNAVAILABLE": Fault.SERVER,
    "UNAVAILABLE": Fault.SERVER,
    "CANCELLED": Fault.SERVER,
}
_CANCELLED = 499
_IMAGE = re.compile(r"""\bimage ['"‘“`]([\w-]+)|\b(img-[\w-]+)""", re.IGNORECASE | re.ASCII)


def failure(
    http_status: int, error: Mapping[str, Any], request_id: str, *, hidden: Sequence[str] = ()
) -> CloudError:
    """The error that an answer is.

    Args:
        error: the envelope's `error` object; empty when the answer had none.
        hidden: our keys, which the answer's words must not carry further.
    """
    said = (error.get("status"), error.get("message"), request_id)
    status, message, request = (
        words(without(hidden, text)) if isinstance(text, str) else "" for text in said
    )
    return CloudError(
        fault_of(http_status, whole(error.get("code")), status, message),
        message or ("" if error else "an answer with neither result nor error"),
        http_status=http_status,
        status=status,
        request_id=request,
        image_ids=named_images(message),
    )


def fault_of(http_status: int, code: int | None, status: str, message: str) -> Fault:
    """Why, from the HTTP status, the envelope's `code` and `status`, and the message.

    A status text that we know decides which messages may follow it; under any other, the message decides.
    """
    told = code or http_status if _is_in(http_status, 2) else http_status
    status = status.upper()
    if _is_uncertain(told) or _is_uncertain(code or told) or status in _UNCERTAIN_STATUSES:
        return _UNCERTAIN_STATUSES.get(status) or _by_message(_UNCERTAIN_MESSAGES, message) or Fault.SERVER
    rows = tuple(row for row in _MESSAGES if status not in _STATUSES or row[0] == status)
    known = _by_message(rows, message) or _STATUSES.get(status) or _CODES.get(told)
    return known or (Fault.REFUSED if _is_in(told, 4) else Fault.GARBLED)


def named_images(message: str) -> tuple[str, ...]:
    """The ids of the images that the message names, each once, in order."""
    return tuple(dict.fromkeys(quoted or bare for quoted, bare in _IMAGE.findall(message)))


def _by_message(rows: tuple[tuple[str, str, Fault], ...], message: str) -> Fault | None:
    fitting = (fault for _, pattern, fault in rows if re.search(pattern, message, re.IGNORECASE))
    return next(fitting, None)


def _is_in(number: int, hundred: int) -> bool:
    return number // 100 == hundred


def _is_uncertain(number: int) -> bool:
    """A failure inside the cloud, or somebody before it (a redirect too) who can't say what happened there."""
    return _is_in(number, 5) or _is_in(number, 3) or number == _CANCELLED
