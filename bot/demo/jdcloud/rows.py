"""The answers JD Cloud refuses with: each row of the copyImages page, and those of its gateway."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One refusal. `message` may have the placeholders image, region, status and snapshot.

    A row without `status` is not the API's own: its message goes out as an HTML page.
    """

    name: str
    http_status: int
    status: str
    message: str


class Refusal(Exception):  # noqa: N818 - an answer, not a mistake
    """A request that gets a row's answer instead of a result."""

    def __init__(self, http_status: int, status: str, message: str) -> None:
        super().__init__(f"{http_status} {status} {message}")
        self.http_status = http_status
        self.status = status
        self.message = message


_ROWS = (
    # The copyImages page, in its order.
    Row("invalid_region", 400, "INVALID_ARGUMENT", "Invalid region '{region}'"),
    Row("not_cloud_disk", 400, "FAILED_PRECONDITION", "Only support cloudDisk image"),
    Row("image_status", 400, "FAILED_PRECONDITION", "Invalid image status '{status}'"),
    Row("not_private", 400, "FAILED_PRECONDITION", "Can't use this image"),
    Row("task_conflict", 400, "FAILED_PRECONDITION", "Conflict with underlay image task '{image}'"),
    Row("busy", 400, "FAILED_PRECONDITION", "The image '{image}' is busy"),
    Row("encrypted", 400, "FAILED_PRECONDITION", "Copy encrypted snapshot '{snapshot}' is not support."),
    Row("image_quota", 429, "QUOTA_EXCEEDED", "Image quota limit exceeded"),
    Row("snapshot_quota", 429, "QUOTA_EXCEEDED", "Snapshot quota limit exceeded"),
    Row("not_found", 404, "NOT_FOUND", "Image '{image}' not found"),
    Row("internal", 500, "INTERNAL", "Internal server error"),
    Row("unknown_server", 500, "UNKNOWN", "Unknown server error"),
    # Its gateway. Only the first wording has been seen; the other two are made up.
    Row("unauthenticated", 401, "ACCESS_ERROR", "sign result is not same [gw]"),
    Row("forbidden", 403, "HTTP_FORBIDDEN", "Access denied [gw]"),
    Row("rate_limit", 429, "RATE_LIMIT", "Rate limit exceeded [gw]"),
    Row("bad_gateway", 502, "", "<html><head><title>502 Bad Gateway</title></head><body>502</body></html>"),
)
_BY_NAME = {row.name: row for row in _ROWS}


def rows() -> list[Row]:
    """Every row that an image or a fault can play by name; most names are those of the bot's own faults."""
    return list(_ROWS)


def refusal(name: str, **values: str) -> Refusal:
    """The row's answer, its placeholders filled in.

    Raises:
        ValueError: there is no such row.
    """
    if name not in _BY_NAME:
        raise ValueError(f"no row {name!r}; there are {', '.join(_BY_NAME)}")
    row = _BY_NAME[name]
    return Refusal(row.http_status, row.status, row.message.format_map(_Words(values)))


def invalid(message: str) -> Refusal:
    """A 400 INVALID_ARGUMENT other than the table's; its wording is made up."""
    return Refusal(400, "INVALID_ARGUMENT", message)


class _Words(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "xx"
