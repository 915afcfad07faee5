"""`copy-image-bot history`: past requests, for people and for programs."""

import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text as RichText

from bot.cli import filters
from bot.cli.ground import Refused, language
from bot.cli.moments import ago, now
from bot.cli.opened import reading
from commands.history_rows import as_csv, rows_of
from commands.states import MARKS, state_name
from commands.text import Code, Language, Text
from store.history import Query
from store.lifecycle import State

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_COLUMNS = (
    Text("时间（UTC）", "Time (UTC)"),
    Text("编号", "Id"),
    Text("状态", "State"),
    Text("频道", "Channel"),
    Text("申请人", "Requester"),
    Text("源地域", "From"),
    Text("目标地域", "To"),
    Text("镜像", "Images"),
)
_NO_FORMAT = Text(
    "没有名为 {typed} 的格式。可用：table、csv、json、jsonl",
    "There is no format called {typed}. Use table, csv, json or jsonl",
)
_PIPE_WIDTH = 200


class Format(StrEnum):
    """How the requests are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"


@app.command()
def history(
    *,
    since: Annotated[str | None, typer.Option(help="例如 7d · such as 7d")] = None,
    channel: Annotated[str | None, typer.Option(help="频道 ID · a channel's id")] = None,
    user: Annotated[str | None, typer.Option(help="申请人 ID · the requester's id")] = None,
    image: Annotated[str | None, typer.Option(help="源镜像或新镜像的 ID · either image's id")] = None,
    region: Annotated[str | None, typer.Option(help="源或目标地域 · source or destination")] = None,
    state: Annotated[
        list[str] | None, typer.Option(metavar="<state>", help="状态，可重复 · a state, or several")
    ] = None,
    format_: Annotated[
        str, typer.Option("--format", metavar="<table|csv|json|jsonl>", help="输出格式 · how to print it")
    ] = Format.TABLE.value,
) -> None:
    """过往的申请，最新的在前 · Past requests, newest first; times are UTC.

    地域和状态可用 ID，也可用中文或英文名称；时间为 UTC。

    Regions and states by id, or by their names in either language.

    For example:

    copy-image-bot history --since 7d --state failed --state 已驳回

    copy-image-bot history --image img-8u2z9kyzdk --format jsonl
    """
    printed = _PRINTED[_format(format_)]
    query = Query(
        channels=[channel] if channel else None,
        user=user,
        image=image.strip().lower() if image else None,
        region=filters.region(region) if region else None,
        states=filters.states(state or ()),
        since=ago(since, now()) if since else None,
    )
    with reading() as tx:
        rows = rows_of(tx, query) if tx else []
    printed(rows)


def _format(typed: str) -> Format:
    try:
        return Format(typed.strip().lower())
    except ValueError as error:
        raise Refused(_NO_FORMAT, typed=Code(typed)) from error


def _print_json(rows: list[dict[str, Any]]) -> None:
    typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))


def _print_jsonl(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        typer.echo(json.dumps(row, ensure_ascii=False))


def _print_csv(rows: list[dict[str, Any]]) -> None:
    typer.echo(as_csv(rows), nl=False)


def _print_table(rows: list[dict[str, Any]]) -> None:
    chosen = language()
    table = Table(*(column.zh if chosen == "zh" else column.en for column in _COLUMNS))
    for row in rows:
        table.add_row(*(RichText(cell, overflow="fold") for cell in _cells(row, chosen)))
    Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH).print(table)


def _cells(row: dict[str, Any], chosen: Language) -> Iterator[str]:
    state = State(row["state"])
    yield row["created_at"][:16].replace("T", " ")
    yield row["request_id"]
    yield f"{MARKS[state]} {state_name(state, chosen)}"
    yield row["channel"]
    yield row["user"]
    yield row["source_region"] or "-"
    yield "\n".join(row["destination_regions"])
    copied = {pair["source"] for pair in row["mapping"]}
    made = [f"{pair['source']} → {pair['destination']}" for pair in row["mapping"]]
    yield "\n".join([*made, *(image for image in row["images"] if image not in copied)])


_PRINTED = {
    Format.TABLE: _print_table,
    Format.CSV: _print_csv,
    Format.JSON: _print_json,
    Format.JSONL: _print_jsonl,
}
