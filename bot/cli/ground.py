"""What every command stands on: its language, what it says, and errors without a traceback."""

import os
import sys

import typer

from bot.plain import plain
from bot.settings import load_language
from bot.settings_error import SettingsError
from commands.text import Language, Span, Text

BAD_INPUT = 2
"""The exit code for what the caller can correct: settings, a file, an argument."""


class Refused(Exception):  # noqa: N818 - what it is: the command ends, and says why
    """The command can't be done; `code` is its exit code."""

    def __init__(self, text: Text, *, code: int = BAD_INPUT, **values: Span | int) -> None:
        super().__init__(text.en)
        self.text = text
        self.values = values
        self.code = code


def complain(text: str) -> None:
    """Say something on stderr."""
    typer.echo(text, err=True)


def language() -> Language:
    """`BOT_LANGUAGE`, as far as it can be known."""
    try:
        return load_language(os.environ)
    except SettingsError as error:  # an unreadable .env: what is wrong with it is said elsewhere
        return error.language


def say(text: Text, chosen: Language | None = None, **values: Span | int) -> None:
    """Print a sentence."""
    typer.echo(plain(text.say(chosen or language(), **values)))


def utf8() -> None:
    """Ids and Chinese alike must reach a pipe, whatever the machine's locale."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
