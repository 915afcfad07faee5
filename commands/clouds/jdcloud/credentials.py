"""Reads the credentials that JD Cloud's own command line keeps in `~/.jdc/config`."""

from configparser import ConfigParser, Error
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr


@dataclass(frozen=True)
class Credentials:
    """One account's key pair."""

    access_key: str
    secret_key: SecretStr


def read_credentials(path: Path, profile: str = "default") -> Credentials | None:
    """The key pair in the section `profile`, None when the file, the section or either key isn't there.

    A file that can't be read or isn't INI counts as not there: the parser's own error would quote its lines.
    """
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text("utf-8"))
    except (OSError, UnicodeError, Error):
        return None
    access_key = parser.get(profile, "access_key", fallback="").strip()
    secret_key = parser.get(profile, "secret_key", fallback="").strip()
    return Credentials(access_key, SecretStr(secret_key)) if access_key and secret_key else None
