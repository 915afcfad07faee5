"""Reads a request: which operation of which region it asks for, with what parameters."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from bot.demo.jdcloud.rows import Refusal, invalid
from bot.demo.jdcloud.verify import Wire

_ID = r"(?P<image>[^/:]+)"
_OPERATIONS = tuple(
    (method, re.compile(r"/v1/regions/(?P<region>[^/]+)/" + rest), operation)
    for method, rest, operation in (
        ("POST", "images:copyImages", "copyImages"),
        ("GET", "images", "describeImages"),
        ("GET", f"images/{_ID}", "describeImage"),
        ("DELETE", f"images/{_ID}", "deleteImage"),
        ("POST", f"images/{_ID}:modifyImageAttribute", "modifyImageAttribute"),
        ("GET", "quotas", "describeQuotas"),
    )
)


@dataclass(frozen=True)
class Asked:
    """A request understood.

    Attributes:
        operation: `describeQuotas` is vm's, `describeQuota` disk's; empty when the path is unknown.
        region: the one in the path, which may not exist.
        image_id: the one in the path, or empty.
        query: decoded; of a repeated name the last.
        body: the JSON object, `{}` when there is none or it is none.
    """

    operation: str
    region: str
    image_id: str
    query: dict[str, str]
    body: dict[str, Any]

    @property
    def service(self) -> str:
        return "disk" if self.operation == "describeQuota" else "vm"

    @property
    def ids(self) -> list[str]:
        """The list that the query spells `ids.1`, `ids.2` and so on."""
        found = [(int(key[4:]), value) for key, value in self.query.items() if re.fullmatch(r"ids\.\d+", key)]
        return [value for _, value in sorted(found)]

    @property
    def image_ids(self) -> list[str]:
        """Every image named anywhere in the request."""
        listed = self.body.get("sourceImageIds")
        named = [*listed, *self.ids] if isinstance(listed, list) else self.ids
        return [self.image_id, *named] if self.image_id else named


def read(wire: Wire) -> Asked:
    query = dict(parse_qsl(wire.query, keep_blank_values=True))
    path = unquote(wire.path)
    for method, pattern, operation in _OPERATIONS:
        found = pattern.fullmatch(path)
        if found is not None and method == wire.method:
            # vm and disk share this path here; only disk's has a type.
            known = "describeQuota" if operation == "describeQuotas" and "type" in query else operation
            return Asked(
                known, found["region"], found.groupdict().get("image", ""), query, _object(wire.body)
            )
    return Asked("", _region(path), "", query, _object(wire.body))


def number(query: dict[str, str], name: str, default: int) -> int:
    """A whole number of the query.

    Raises:
        Refusal: it is something else.
    """
    text = query.get(name, str(default))
    if not re.fullmatch(r"-?\d{1,9}", text):
        raise invalid(f"Invalid parameter {name} '{text}'")
    return int(text)


def unknown() -> Refusal:
    """The answer to a path or method that isn't there; its wording is made up."""
    return Refusal(404, "NOT_FOUND", "API not found [gw]")


def _region(path: str) -> str:
    found = re.match(r"/v1/regions/([^/]+)", path)
    return found[1] if found else ""


def _object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
