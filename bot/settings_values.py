"""The kinds of values that settings have, each with its check; no error repeats a value."""

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from commands.rule import duration

_DATABASE = re.compile(r"sqlite:///(?!:memory:)[^?]+(\?.*)?|postgres(ql)?://\S+")
_PERSON = re.compile(r"[UW][A-Z0-9]+")
_REGION = re.compile(r"[a-z]{2}(-[a-z0-9]+)+")


def _listed(text: Any) -> Any:
    """`a, b` as a tuple."""
    if not isinstance(text, str):
        return text
    return tuple(word for word in re.split(r"[,，\s]+", text) if word)


def _matching(pattern: re.Pattern[str]) -> AfterValidator:
    def check(words: tuple[str, ...]) -> tuple[str, ...]:
        if not all(pattern.fullmatch(word) for word in words):
            raise ValueError("not an id")
        return words

    return AfterValidator(check)


def _token(prefix: str) -> AfterValidator:
    def check(token: SecretStr) -> SecretStr:
        if re.fullmatch(rf"{prefix}[!-~]+", token.get_secret_value()) is None:
            raise ValueError("not a token of this kind")
        return token

    return AfterValidator(check)


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("not a base URL")
    _ = parts.port  # raises ValueError when it is no port
    return text.rstrip("/")


def _database_url(text: str) -> str:
    if _DATABASE.fullmatch(text) is None:
        raise ValueError("not a database")
    _ = urlsplit(text).port  # raises ValueError when it is no port
    return text


def _retention(text: str) -> str:
    if not duration(text):
        raise ValueError("nothing would be kept")
    return text


Url = Annotated[str, AfterValidator(_url)]
SlackUrl = Annotated[str, AfterValidator(_url), AfterValidator(lambda url: f"{url}/")]
People = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed), _matching(_PERSON)]
Regions = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed), _matching(_REGION)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
BotToken = Annotated[SecretStr, _token("xoxb-")]
AppToken = Annotated[SecretStr, _token("xapp-")]
Retention = Annotated[str, AfterValidator(_retention)]
