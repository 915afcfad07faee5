"""The kinds of values that settings have, each with its check; no error repeats a value."""

import re
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from commands.rule import duration

_DATABASE = re.compile(r"sqlite:///(?!:memory:)[^?]+(\?.*)?|postgres(ql)?://\S+")
_PERSON = re.compile(r"[UW][A-Z0-9]+")
_HOST = re.compile(r"[A-Za-z0-9._:%-]+")
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


def _host(text: str) -> str:
    if _HOST.fullmatch(text) is None:
        raise ValueError("not an address")
    return text


def without_password(url: str) -> str:
    """The URL as it may be shown: without who logs in, and without a query, which may say it too."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def database_file(url: str) -> Path | None:
    """The file of a SQLite URL; None: it is no file, or named by a `file:` URI."""
    name = url.removeprefix("sqlite:///").partition("?")[0]
    return Path(name) if url.startswith("sqlite:///") and not name.startswith("file:") else None


def missing_file(url: str) -> Path | None:
    """The SQLite file that opening the URL would make, in a folder that is there; else None."""
    file = database_file(url)
    return file if file and not file.exists() and file.parent.is_dir() else None


def _retention(text: str) -> str:
    if not duration(text):
        raise ValueError("nothing would be kept")
    return text


Url = Annotated[str, AfterValidator(_url)]
SlackUrl = Annotated[str, AfterValidator(_url), AfterValidator(lambda url: f"{url}/")]
People = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed), _matching(_PERSON)]
Regions = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed), _matching(_REGION)]
Host = Annotated[str, AfterValidator(_host)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
BotToken = Annotated[SecretStr, _token("xoxb-")]
AppToken = Annotated[SecretStr, _token("xapp-")]
Retention = Annotated[str, AfterValidator(_retention)]
