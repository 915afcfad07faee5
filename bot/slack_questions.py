"""A question to Slack that must be answered soon, or not at all."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.slack_trouble import code_of
from commands.ports import UnknowableError

P = TypeVar("P", dict[str, Any], list[str])

_BOUND_S = 1.5
_NOT_NOW = frozenset(
    {
        "",
        "ratelimited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "fetch_members_failed",
    }
)

log = structlog.get_logger(__name__)


class RefusedError(Exception):
    """Slack answered, with a refusal.

    Attributes:
        error: Slack's code, such as `user_not_found`.
    """

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


async def ask(question: Callable[[], Awaitable[Any]]) -> Any:
    """One call, bounded to 1.5 s.

    Raises:
        RefusedError: Slack's word.
        UnknowableError: anything else, such as no answer in time.
    """
    try:
        async with asyncio.timeout(_BOUND_S):
            return await question()
    except SlackApiError as error:
        code = code_of(error)
        if code in _NOT_NOW:
            raise UnknowableError(code or "no answer") from error
        raise RefusedError(code) from error
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        log.warning("slack_did_not_say", error=type(error).__name__)
        raise UnknowableError(type(error).__name__) from error


def part(answer: Any, name: str, kind: type[P]) -> P:
    """What an answer must have to be one.

    Raises:
        UnknowableError: it lacks it.
    """
    found = answer.get(name)
    if not isinstance(found, kind):
        raise UnknowableError(f"no {name} in the answer")
    return found
