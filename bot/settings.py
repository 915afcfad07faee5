"""Settings from the environment or `.env`, frozen; all mistakes are named at once, and no value is ever repeated."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings.sources import PydanticBaseSettingsSource

from bot.plain import plain
from bot.settings_error import SettingsError, sentences
from bot.settings_file import BrokenLinesError, read_env_file, readable_by_others
from bot.settings_stray import stray
from bot.settings_texts import BROKEN, LEASE_TOO_SHORT, NEEDED, READABLE, UNREADABLE
from bot.settings_values import (
    AppToken,
    BotToken,
    DatabaseUrl,
    Host,
    People,
    Regions,
    Retention,
    SlackUrl,
    Url,
)
from commands.clouds.cloud import Region
from commands.clouds.jdcloud.credentials import read_credentials
from commands.clouds.jdcloud.regions import known_regions
from commands.rule import duration
from commands.text import Language

S = TypeVar("S", bound="_Explicit")

ENV_FILE = Path(".env")


class _Explicit(BaseSettings):
    """Made from what it is given, not from the process's environment behind the caller's back."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


class StoreSettings(_Explicit):
    """What the commands about the store need; the database's URL may hold a password, so it is not shown."""

    database_url: DatabaseUrl = Field(default="sqlite:///copy-image-bot.db", repr=False)


class SlackSettings(_Explicit):
    """What it takes to ask Slack something."""

    slack_bot_token: BotToken
    slack_app_token: AppToken | None = None
    slack_api_url: SlackUrl = "https://slack.com/api/"


class CloudSettings(_Explicit):
    """What it takes to ask JD Cloud something."""

    jdcloud_access_key: str = Field(repr=False)
    jdcloud_secret_key: SecretStr
    jdcloud_profile: str = "default"
    jdcloud_vm_url: Url = "https://vm.jdcloud-api.com"
    jdcloud_disk_url: Url = "https://disk.jdcloud-api.com"
    jdcloud_signature: Literal["JDCLOUD3", "JDCLOUD2"] = "JDCLOUD3"
    jdcloud_timeout_s: float = Field(default=10, gt=0, allow_inf_nan=False)


class RegionSettings(_Explicit):
    """Which regions there are beside the known ones."""

    bot_regions: Regions = ()


class Settings(StoreSettings, SlackSettings, CloudSettings, RegionSettings):
    """Everything that `run` needs; the README's table says what each is for."""

    slack_signing_secret: SecretStr | None = Field(default=None, validate_default=True)
    bot_admins: People = ()
    bot_host: Host | None = None
    bot_port: int = Field(default=3000, ge=0, le=65535)  # 0: any free one
    bot_language: Language = "zh"
    bot_poll_s: float = Field(default=5, ge=1, allow_inf_nan=False)
    bot_lease_s: float = Field(default=25, gt=0, allow_inf_nan=False, validate_default=True)
    bot_settle_s: float = Field(default=60, gt=0, allow_inf_nan=False)
    bot_log: Literal["json", "console"] = "json"
    bot_retention: Retention | None = None

    @field_validator("slack_signing_secret")
    @classmethod
    def _needed_for_http(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("slack_app_token", "bad") is None:
            raise ValueError(NEEDED)
        return value

    @field_validator("bot_lease_s")
    @classmethod
    def _longer_than_two_calls(cls, value: float, info: ValidationInfo) -> float:
        if value <= 2 * info.data.get("jdcloud_timeout_s", 0):
            raise ValueError(LEASE_TOO_SHORT)
        return value

    @property
    def socket_mode(self) -> bool:
        return self.slack_app_token is not None

    @property
    def host(self) -> str:
        """Where to listen: everywhere for Slack's HTTP requests, else for this machine's probes only."""
        return self.bot_host or ("127.0.0.1" if self.socket_mode else "0.0.0.0")  # noqa: S104 - as documented

    @property
    def retention(self) -> timedelta | None:
        """How long ended requests are kept; None: for ever."""
        return duration(self.bot_retention) if self.bot_retention else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may carry."""
        hidden = (
            self.slack_bot_token,
            self.slack_app_token,
            self.slack_signing_secret,
            self.jdcloud_secret_key,
        )
        password = urlsplit(self.database_url).password
        return (
            self.jdcloud_access_key,
            *(secret.get_secret_value() for secret in hidden if secret),
            *((password, unquote(password)) if password else ()),
        )


def load(
    kind: type[S],
    environ: Mapping[str, str] = os.environ,
    *,
    env_file: Path = ENV_FILE,
    home: Path | None = None,
) -> S:
    """Settings of one kind, whatever the others are.

    The environment counts before `.env`, and both before `~/.jdc/config`; an empty value counts as not set.

    Raises:
        SettingsError: naming every mistake.
    """
    given = _given(environ, env_file)
    values: dict[str, Any] = dict(given)
    if issubclass(kind, CloudSettings):
        values |= _jdc_credentials(given, home or Path.home())
    language = _language(given)
    try:
        return kind(**values)
    except ValidationError as error:  # pydantic's own words could repeat a value
        raise SettingsError(sentences(error, language), language) from None


def load_settings(
    environ: Mapping[str, str] = os.environ, *, env_file: Path = ENV_FILE, home: Path | None = None
) -> Settings:
    """Everything that `run` needs.

    Raises:
        SettingsError: naming every mistake.
    """
    return load(Settings, environ, env_file=env_file, home=home)


def load_language(environ: Mapping[str, str] = os.environ, *, env_file: Path = ENV_FILE) -> Language:
    """`BOT_LANGUAGE`, or Chinese when it is missing or wrong.

    Raises:
        SettingsError: `.env` can't be read.
    """
    return _language(_given(environ, env_file))


def load_regions(environ: Mapping[str, str] = os.environ, *, env_file: Path = ENV_FILE) -> tuple[Region, ...]:
    """The known regions and those of `BOT_REGIONS`, which count as none when they are wrong."""
    try:
        return known_regions(load(RegionSettings, environ, env_file=env_file).bot_regions)
    except SettingsError:
        return known_regions()


def load_warnings(environ: Mapping[str, str] = os.environ, *, env_file: Path = ENV_FILE) -> list[str]:
    """A sentence for each name that looks like a setting and is none, and for a `.env` that others can read.

    Raises:
        SettingsError: `.env` can't be read.
    """
    in_file = _read(env_file, _from(environ))
    language = _language(in_file | _from(environ))
    names = [*(name.upper() for name in in_file), *environ]
    known = [name.upper() for name in Settings.model_fields]
    open_file = [plain(READABLE.say(language, name=str(env_file)))] if readable_by_others(env_file) else []
    return [*open_file, *stray(names, known, language)]


def _given(environ: Mapping[str, str], env_file: Path) -> dict[str, str]:
    """What was set, by field; an empty value counts as not set."""
    return _read(env_file, _from(environ)) | _from(environ)


def _from(environ: Mapping[str, str]) -> dict[str, str]:
    given = ((name, environ.get(name.upper(), "").strip()) for name in Settings.model_fields)
    return {name: value for name, value in given if value}


def _read(env_file: Path, given: Mapping[str, str]) -> dict[str, str]:
    """What the file sets, by name in lower case; `given` says in which language to complain of it."""
    language, name = _language(given), str(env_file)
    try:
        return read_env_file(env_file)
    except (OSError, UnicodeError):
        raise SettingsError([plain(UNREADABLE.say(language, name=name))], language) from None
    except BrokenLinesError as error:
        said = [plain(BROKEN.say(language, name=name, line=line)) for line in error.lines]
        raise SettingsError(said, language) from None


def _jdc_credentials(given: Mapping[str, str], home: Path) -> dict[str, Any]:
    """The `jdc` command's key pair, unless either key is set: a pair is never mixed from two places."""
    if given.keys() & {"jdcloud_access_key", "jdcloud_secret_key"}:
        return {}
    found = read_credentials(home / ".jdc" / "config", given.get("jdcloud_profile", "default"))
    return {"jdcloud_access_key": found.access_key, "jdcloud_secret_key": found.secret_key} if found else {}


def _language(given: Mapping[str, str]) -> Language:
    return "en" if given.get("bot_language") == "en" else "zh"
