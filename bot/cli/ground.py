"""What every command stands on: the store it opens, its language, and errors without a traceback."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

from bot.plain import plain
from bot.settings import SettingsError, load_language, load_store_settings
from commands.text import Language, Span, Text
from store.database import Database, DatabaseError

BAD_INPUT = 2
"""The exit code for what the caller can correct: settings, a file, an argument."""

_DATABASE = Text(
    "数据库无法使用：{said}。请检查 DATABASE_URL 以及数据库是否可用。",
    "The database can't be used: {said}. Check DATABASE_URL and whether the database is up.",
)


class Refused(Exception):  # noqa: N818 - what it is: the command ends, and says why
    """The command can't be done; `code` is its exit code."""

    def __init__(self, text: Text, *, code: int = BAD_INPUT, **values: Span | int) -> None:
        super().__init__(text.en)
        self.text = text
        self.values = values
        self.code = code


class Program(TyperGroup):
    """Ends a command with a sentence on stderr where the caller can do something about it."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            complain(str(error))
            raise typer.Exit(BAD_INPUT) from error
        except Refused as refused:
            complain(plain(refused.text.say(language(), **refused.values)))
            raise typer.Exit(refused.code) from refused
        except DatabaseError as error:
            complain(plain(_DATABASE.say(language(), said=str(error).splitlines()[0])))
            raise typer.Exit(1) from error


def complain(text: str) -> None:
    """Say something on stderr."""
    typer.echo(text, err=True)


def language() -> Language:
    """`BOT_LANGUAGE`, as far as it can be known."""
    try:
        return load_language(os.environ)
    except SettingsError:  # an unreadable .env: whatever is wrong with it is said elsewhere
        return "zh"


def say(text: Text, chosen: Language | None = None, **values: Span | int) -> None:
    """Print a sentence."""
    typer.echo(plain(text.say(chosen or language(), **values)))


@contextmanager
def opened() -> Iterator[Database]:
    """The store of `DATABASE_URL`, its schema up to date.

    Raises:
        SettingsError: the URL is wrong.
        DatabaseError: the database is away.
    """
    db = Database(load_store_settings(os.environ).database_url, threads=1)
    try:
        db.migrate()
        yield db
    finally:
        db.close()


def utf8() -> None:
    """Ids and Chinese alike must reach a pipe, whatever the machine's locale."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
