"""The store as a command opens it: which one it is goes to stderr, and what is wrong with it is a sentence."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from bot.cli.ground import Refused, complain, language
from bot.plain import plain
from bot.settings import StoreSettings, load
from bot.settings_values import database_file, missing_file, without_password
from commands.text import Code, Text
from store.database import Database, DatabaseError, Transaction

_WHERE = Text("数据库：{where}", "Database: {where}")
_NONE_YET = Text(
    "尚无数据库 {where}。copy-image-bot run 或 migrate 会创建它；如在别处，请检查所在目录与 DATABASE_URL。",
    "There is no database {where} yet. copy-image-bot run or migrate creates it; if it is elsewhere, check the folder you are in and DATABASE_URL.",
)
_AWAY = Text(
    "数据库无法使用：{said}。请检查 DATABASE_URL 以及数据库是否可用。",
    "The database can't be used: {said}. Check DATABASE_URL and whether the database is up.",
)


@contextmanager
def opened() -> Iterator[Database]:
    """The store of `DATABASE_URL`, its schema up to date.

    Raises:
        SettingsError: the URL is wrong.
        Refused: the database is away.
    """
    url = load(StoreSettings, os.environ).database_url
    db = Database(url, threads=1)
    try:
        db.migrate()
        complain(plain(_WHERE.say(language(), where=_where(url))))
        yield db
    except DatabaseError as error:
        raise Refused(_AWAY, code=1, said=str(error).splitlines()[0]) from error
    finally:
        db.close()


@contextmanager
def reading() -> Iterator[Transaction | None]:
    """A look into that store; None, and a word about it, when it would be a SQLite file that isn't there.

    Raises:
        SettingsError, Refused: as with `opened`.
    """
    url = load(StoreSettings, os.environ).database_url
    if missing_file(url):
        complain(plain(_NONE_YET.say(language(), where=_where(url))))
        yield None
        return
    with opened() as db, db.reading() as tx:
        yield tx


def _where(url: str) -> Code:
    file = database_file(url)
    return Code(str(file.absolute()) if file else without_password(url))
