"""As much of the settings as is right, so that each thing they lead to can be looked at by itself."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.settings import (
    ENV_FILE,
    CloudSettings,
    SlackSettings,
    StoreSettings,
    load,
    load_settings,
    load_warnings,
)
from bot.settings_error import SettingsError
from commands.text import Language

S = TypeVar("S", StoreSettings, SlackSettings, CloudSettings)


@dataclass(frozen=True)
class Parts:
    """A part is None when a setting that it needs is missing or wrong; `mistakes` are all of them.

    Attributes:
        warnings: what is not wrong and should still be known, a sentence each.
    """

    language: Language
    mistakes: tuple[str, ...]
    store: StoreSettings | None
    slack: SlackSettings | None
    cloud: CloudSettings | None
    warnings: tuple[str, ...] = ()


def load_parts(
    environ: Mapping[str, str] = os.environ, *, env_file: Path = ENV_FILE, home: Path | None = None
) -> Parts:
    """Everything that `run` needs, as far as it is there."""
    try:
        warnings = tuple(load_warnings(environ, env_file=env_file))
    except SettingsError as error:  # an unreadable .env: nothing is known
        return Parts(error.language, error.mistakes, None, None, None)
    try:
        whole = load_settings(environ, env_file=env_file, home=home)
    except SettingsError as error:
        part = partial(_part, environ=environ, env_file=env_file, home=home)
        store, slack, cloud = part(StoreSettings), part(SlackSettings), part(CloudSettings)
        return Parts(error.language, error.mistakes, store, slack, cloud, warnings)
    return Parts(whole.bot_language, (), whole, whole, whole, warnings)


def _part(kind: type[S], environ: Mapping[str, str], env_file: Path, home: Path | None) -> S | None:
    try:
        return load(kind, environ, env_file=env_file, home=home)
    except SettingsError:
        return None
