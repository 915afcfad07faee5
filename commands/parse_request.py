"""Reads the one request that `status`, `cancel` and `retry` are about."""

import re
from dataclasses import replace
from typing import TypeVar

from commands import mistakes
from commands.mistakes import EXAMPLE_REQUEST, Mistake
from commands.reading import Reading
from commands.text import Code
from commands.typed import CancelCommand, RetryCommand, StatusCommand
from commands.words.tokens import Token
from commands.words.vocabulary import Kind

_AboutOne = TypeVar("_AboutOne", StatusCommand, CancelCommand, RetryCommand)

_NEARLY_REQUEST = re.compile("(?:cp)?[_-]?([a-z0-9]{1,32})")


def read_request(reading: Reading, command: type[_AboutOne]) -> _AboutOne | Mistake:
    """The command about the one request named."""
    ids = list(dict.fromkeys(known.value for token in reading.tokens if (known := _id(token, reading))))
    if not ids:
        reading.blame(mistakes.NO_REQUEST, example=Code(EXAMPLE_REQUEST))
    if len(ids) > 1:
        reading.blame(mistakes.ONE_REQUEST)
    meant = command(ids[0] if ids else EXAMPLE_REQUEST)
    return reading.mistaken(meant) or meant


def _id(token: Token, reading: Reading) -> Token | None:
    if token.kind is Kind.REQUEST:
        return token
    reading.blame(mistakes.BAD_REQUEST, example=Code(EXAMPLE_REQUEST), word=reading.quote(token))
    nearly = _NEARLY_REQUEST.fullmatch(token.value) if token.kind is Kind.UNKNOWN else None
    return replace(token, kind=Kind.REQUEST, value=f"cp-{nearly[1]}") if nearly else None
