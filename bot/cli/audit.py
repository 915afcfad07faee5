"""`copy-image-bot audit`: whether the trail is whole, the trail itself, and the anchor to keep elsewhere."""

import json
from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from bot.cli.ground import complain, language, say
from bot.cli.moments import ago, now
from bot.cli.opened import reading
from bot.cli.usage import Program
from bot.plain import plain
from commands.text import Code, Text, When
from store import audit
from store.tables import Event

app = typer.Typer(
    cls=Program,
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    help="审计记录 · The audit trail.",
)

_WHOLE = Text(
    "审计记录完整，共 {count} 条，末条 {head}", "The audit trail is whole: {count} entries, head {head}"
)
_BROKEN = Text(
    "审计记录已被破坏，第一处在第 {seq} 条（{at}，{kind}，申请 {request}）。请与 audit export 的备份核对。",
    "The audit trail is broken, first at entry {seq} ({at}, {kind}, request {request}). Compare with an earlier audit export.",
)
_NOT_THERE = Text(
    "审计记录中没有 {head}：它之后的记录可能被删除或改写。请与 audit export 的备份核对。",
    "{head} is not in the audit trail: entries up to it were removed or rewritten. Compare with an earlier audit export.",
)
_UNRECORDED = Text(
    "审计记录中没有申请 {request}：末尾的记录被删除过。请与 audit export 的备份核对。",
    "The audit trail doesn't mention request {request}: entries were removed from its end. Compare with an earlier audit export.",
)
_COUNT = Text("共 {count} 条", "{count} entries")


@app.command()
def verify(
    *,
    head: Annotated[
        str | None, typer.Option(help="先前 audit head 的输出 · what audit head said earlier")
    ] = None,
) -> None:
    """检查哈希链是否完整 · Check that the hash chain is whole.

    指出第一条被破坏的记录。完整时以 0 退出，否则为 1。

    The first broken entry is named. Exit 0 whole (or no database yet), 1 broken. With --head, that hash must be in the trail too, so that nothing up to it was cut off.

    Example: copy-image-bot audit verify --head "$(cat head.txt)"
    """
    trail = _Watched(head.strip().lower() if head else None)
    with reading() as tx:
        broken = audit.first_broken(trail.over(audit.entries(tx) if tx else ()))
        unrecorded = audit.unrecorded(tx) if tx else None
    if broken is not None:
        _fail(_broken(broken))
    if not trail.found:
        _fail(plain(_NOT_THERE.say(language(), head=Code(head or ""))))
    if unrecorded is not None:
        _fail(plain(_UNRECORDED.say(language(), request=Code(unrecorded))))
    if tx:
        say(_WHOLE, count=trail.count, head=Code(trail.last))


@app.command()
def export(*, since: Annotated[str | None, typer.Option(help="例如 30d · such as 30d")] = None) -> None:
    """导出为 JSONL · The trail as JSONL with its hash chain.

    由旧到新；每条记录含自身与上一条的哈希。

    Oldest first; each entry has its own `hash` and that of the `previous` one.

    Example: copy-image-bot audit export --since 30d > audit.jsonl
    """
    start = ago(since, now()) if since else None
    with reading() as tx:
        for event in audit.entries(tx, since=start) if tx else ():
            typer.echo(json.dumps({**audit.as_json(event), "hash": event.hash}, ensure_ascii=False))


@app.command()
def head() -> None:
    """末条的哈希 · The newest entry's hash, to keep elsewhere.

    请存于机器人碰不到的地方，日后用 audit verify --head 核对。

    Keep it where the bot can't reach it, for a later audit verify --head.

    Example: copy-image-bot audit head > head.txt
    """
    with reading() as tx:
        count, newest = audit.head(tx) if tx else (0, audit.START)
    typer.echo(newest)
    complain(plain(_COUNT.say(language(), count=count)))


class _Watched:
    """Counts the entries passing by, and looks for one hash among them."""

    def __init__(self, wanted: str | None) -> None:
        self._wanted = wanted
        self.found = wanted in {None, audit.START}
        self.count = 0
        self.last = audit.START

    def over(self, events: Iterable[Event]) -> Iterator[Event]:
        for event in events:
            self.count, self.last = self.count + 1, event.hash
            self.found = self.found or event.hash == self._wanted
            yield event


def _broken(event: Event) -> str:
    said = _BROKEN.say(
        language(),
        seq=event.seq,
        at=When(event.at),
        kind=Code(event.kind),
        request=Code(event.request_id or "-"),
    )
    return plain(said)


def _fail(why: str) -> None:
    complain(why)
    raise typer.Exit(1)
