"""Settings from the environment or `.env`, frozen; all mistakes are named at once, and no value is ever repeated."""

import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict
from pydantic_settings.sources import PydanticBaseSettingsSource

from bot.plain import plain
from bot.settings_texts import BAD, LEASE_TOO_SHORT, MISSING, MISTAKES, NEEDED, UNREADABLE, WHAT
from bot.settings_values import AppToken, BotToken, DatabaseUrl, People, Regions, Retention, SlackUrl, Url
from commands.clouds.jdcloud.credentials import read_credentials
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


class Settings(StoreSettings):
    """Everything that `run` needs; the README's table says what each is for."""

    slack_bot_token: BotToken
    slack_app_token: AppToken | None = None
    slack_signing_secret: SecretStr | None = Field(default=None, validate_default=True)
    slack_api_url: SlackUrl = "https://slack.com/api/"
    jdcloud_access_key: str = Field(repr=False)
    jdcloud_secret_key: SecretStr
    jdcloud_profile: str = "default"
    jdcloud_vm_url: Url = "https://vm.jdcloud-api.com"
    jdcloud_disk_url: Url = "https://disk.jdcloud-api.com"
    jdcloud_signature: Literal["JDCLOUD3", "JDCLOUD2"] = "JDCLOUD3"
    jdcloud_timeout_s: float = Field(default=10, gt=0, allow_inf_nan=False)
    bot_admins: People = ()
    bot_host: str | None = None
    bot_port: int = Field(default=3000, ge=0, le=65535)  # 0: any free one
    bot_language: Language = "zh"
    bot_regions: Regions = ()
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


class SettingsError(Exception):
    """Settings are missing or wrong.

    Attributes:
        mistakes: one sentence each, naming the setting and what to do; no value is repeated.
    """

    def __init__(self, mistakes: Sequence[str], language: Language) -> None:
        heading = plain(MISTAKES.say(language))
        super().__init__("\n".join([heading, *(f"- {mistake}" for mistake in mistakes)]))
        self.mistakes = tuple(mistakes)


def load_settings(
    environ: Mapping[str, str] = os.environ, *, env_file: Path = ENV_FILE, home: Path | None = None
) -> Settings:
    """Everything that `run` needs; the environment counts before `.env`, and both before `~/.jdc/config`.

    Raises:
        SettingsError: naming every mistake.
    """
    given = _given(Settings, environ, env_file)
    return _made(Settings, _jdc_credentials(given, home or Path.home()) | given, _language(given))


def load_store_settings(
    environ: Mapping[str, str] = os.environ, *, env_file: Path = ENV_FILE
) -> StoreSettings:
    """What the commands about the store need, whatever the other settings are.

    Raises:
        SettingsError: the database's URL is wrong.
    """
    return _made(
        StoreSettings, _given(StoreSettings, environ, env_file), load_language(environ, env_file=env_file)
    )


def load_language(environ: Mapping[str, str] = os.environ, *, env_file: Path = ENV_FILE) -> Language:
    """`BOT_LANGUAGE`, or Chinese when it is missing or wrong."""
    return _language(_given(Settings, environ, env_file))


def _given(kind: type[_Explicit], environ: Mapping[str, str], env_file: Path) -> dict[str, Any]:
    """What was set, by field; an empty value counts as not set."""
    in_file = _read(kind, env_file, _language({"bot_language": environ.get("BOT_LANGUAGE")}))
    in_environment = {name: environ.get(name.upper(), "") for name in kind.model_fields}
    given = [*in_file.items(), *in_environment.items()]
    return {name: value.strip() for name, value in given if value and value.strip()}


def _read(kind: type[_Explicit], env_file: Path, language: Language) -> Mapping[str, str | None]:
    try:
        return DotEnvSettingsSource(kind, env_file=env_file, env_file_encoding="utf-8").env_vars
    except (OSError, UnicodeError):
        raise SettingsError([plain(UNREADABLE.say(language, name=str(env_file)))], language) from None


def _jdc_credentials(given: Mapping[str, Any], home: Path) -> dict[str, Any]:
    """The `jdc` command's key pair, unless either key is set: a pair is never mixed from two places."""
    if given.keys() & {"jdcloud_access_key", "jdcloud_secret_key"}:
        return {}
    found = read_credentials(home / ".jdc" / "config", given.get("jdcloud_profile", "default"))
    return {"jdcloud_access_key": found.access_key, "jdcloud_secret_key": found.secret_key} if found else {}


def _language(given: Mapping[str, Any]) -> Language:
    return "en" if given.get("bot_language") == "en" else "zh"


def _made(kind: type[S], given: Mapping[str, Any], language: Language) -> S:
    try:
        return kind(**given)
    except ValidationError as error:
        mistakes = [_sentence(mistake, language) for mistake in error.errors(include_input=False)]
        raise SettingsError(mistakes, language) from None  # pydantic's own words could repeat a value


def _sentence(mistake: ErrorDetails, language: Language) -> str:
    field = str(mistake["loc"][0])
    said = mistake.get("ctx", {}).get("error")
    own = said.args[0] if isinstance(said, ValueError) and said.args else None
    usual = MISSING if mistake["type"] == "missing" else BAD
    what = WHAT[field].say(language)
    return plain(
        (own if own in {NEEDED, LEASE_TOO_SHORT} else usual).say(language, name=field.upper(), what=what)
    )
