"""What a Web API method is given, and how it refuses."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

Json = dict[str, Any]


class ApiError(Exception):
    """A method's refusal: Slack's error code, and further fields of its answer."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


def refusal(error: str, problems: list[str]) -> ApiError:
    """A refusal that says what is wrong with the arguments, in Slack's two places for it."""
    messages = [f"[ERROR] {problem}" for problem in problems]
    return ApiError(error, errors=problems, response_metadata={"messages": messages})


@dataclass(frozen=True)
class Args:
    """A method's arguments, whether they came as a form, as JSON or in the query."""

    values: Mapping[str, Any]

    def text(self, name: str) -> str:
        """The argument as text; empty when absent."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def need(self, name: str) -> str:
        """The argument, which must be there."""
        value = self.text(name)
        if not value:
            raise refusal("invalid_arguments", [f"missing required field: {name}"])
        return value

    def flag(self, name: str) -> bool:
        """The argument as a yes or no; absent is no."""
        return self.text(name).lower() in {"1", "true"}

    def number(self, name: str, default: int) -> int:
        """The argument as a whole number."""
        value = self.text(name)
        if not value:
            return default
        if not value.isdecimal():
            raise ApiError("invalid_arguments")
        return int(value)

    def structure(self, name: str, error: str) -> Any:
        """The argument as JSON, which a form carries as a string; None when absent or empty."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise ApiError(error) from None


def read_arguments(content_type: str, body: bytes, query: Mapping[str, str]) -> Json:
    """The arguments of one request, the body's before the query's."""
    if content_type.startswith("application/json"):
        return dict(query) | _json_object(body)
    try:
        return dict(query) | dict(parse_qsl(body.decode(), keep_blank_values=True))
    except UnicodeDecodeError:
        raise ApiError("invalid_charset") from None


def _json_object(body: bytes) -> Json:
    try:
        values = json.loads(body or b"{}")
    except ValueError:
        raise ApiError("invalid_json") from None
    if not isinstance(values, dict):
        raise ApiError("json_not_object")
    return values
