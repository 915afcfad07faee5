"""Reads the cloud's JSON without trusting it: what has the wrong type counts as not said."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from commands.clouds.cloud import CloudError, Fault

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def parsed(content: bytes) -> Mapping[str, Any]:
    """The JSON object that `content` is, empty when it isn't one."""
    try:
        return fields(json.loads(content))
    except (ValueError, RecursionError):
        return {}


def fields(value: Any) -> Mapping[str, Any]:
    """`value` when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Mapping[str, Any]]:
    """The objects in `value` when it is a list, else none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def words(value: Any, limit: int = 500) -> str:
    """`value` when it is text, at most `limit` characters, without what PostgreSQL and UTF-8 can't hold."""
    text = value if isinstance(value, str) else ""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")[:limit].strip()


def whole(value: Any) -> int | None:
    """A whole number, said as a number or as text such as `"53"` or `"53%"`; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(float(value.strip().removesuffix("%") if isinstance(value, str) else value))
    except (ValueError, OverflowError):
        return None


def without(hidden: Sequence[str], text: str) -> str:
    """`text` with our keys struck out, which an answer may quote."""
    for key in filter(None, hidden):
        text = text.replace(key, "***")
    return text


def is_id(value: Any) -> bool:
    """Whether `value` can be an image's or a region's id, fit for a path and for a message."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def demand_ids(*ids: str) -> None:
    """Refuse what can't be an id before it gets into a path.

    Raises:
        CloudError: `INVALID_ARGUMENT`, nothing was sent.
    """
    for one in ids:
        if not is_id(one):
            raise CloudError(Fault.INVALID_ARGUMENT, f"not an id: {words(one, 80)!r}")
