"""The button below a history that gives all of it as a file, to whom the list was made for."""

from dataclasses import dataclass

from commands.history import gone, kept, query_of
from commands.history_rows import as_csv, rows_of
from commands.ports import Caller, Ports
from commands.text import Language, Message, Text
from store.database import Transaction

_MOST = 2_000
"""Rows: read while somebody waits for Slack's answer to a click; for more there is the command line."""

_TITLE = Text("复制历史 · {count} 条", "Copy history · {count:request}")
_TITLE_NEWEST = Text("复制历史 · 最新 {count} 条", "Copy history · newest {count:request}")
_SENT = Text(
    "{count} 条记录已作为 CSV 文件发到您与我的私信中",
    "{count:request} sent to you as a CSV file, in our direct messages.",
)
_NOT_SENT = Text(
    "文件未能发出（{error}）。请稍后再试，或请机器人管理员运行 copy-image-bot history --format csv",
    "The file could not be sent ({error}). Try again in a while, or ask the bot's administrator to run "
    "copy-image-bot history --format csv",
)


@dataclass(frozen=True)
class Export:
    """A file to be sent, with what stands beside it; without `content` there is none, and `said` says why."""

    said: Message
    count: int = 0
    content: str = ""


async def export(ports: Ports, caller: Caller, identity: str) -> Export:
    """The list with this id as CSV, the newest rows where there are too many.

    Raises:
        DatabaseError: it can't be read now.
    """
    return await ports.db.read(lambda tx: _export(tx, caller, identity))


def _export(tx: Transaction, caller: Caller, identity: str) -> Export:
    listing = kept(tx, caller, identity)
    if listing is None:
        return Export(gone(caller))
    rows = rows_of(tx, query_of(listing), limit=_MOST)
    title = _TITLE_NEWEST if len(rows) == _MOST else _TITLE
    return Export(Message((title.line(caller.language, count=len(rows)),)), len(rows), as_csv(rows))


def sent(export_: Export, language: Language) -> Message:
    """Where the file is now."""
    return Message((_SENT.line(language, count=export_.count),))


def not_sent(error: str, language: Language) -> Message:
    """That there is no file, and what to do."""
    return Message((_NOT_SENT.line(language, error=error),))
