"""`copy-image-bot permissions`: the permission file into the store, out of it, and a review."""

import secrets
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.ground import BAD_INPUT, Refused, complain, language, opened, say
from bot.cli.moments import moment, now
from bot.plain import plain
from commands import permission_change, permission_file
from commands.permission_change import Change
from commands.permission_effect import BY_FILE, effect
from commands.permission_file import Entry, PermissionFileError
from commands.permission_review import Seen, named, review
from commands.rule import Rule, load
from commands.text import Code, Language, Text
from store import permissions
from store import review as uses
from store.database import Database, Transaction
from store.permissions import Key
from store.tables import ChannelRule

app = typer.Typer(no_args_is_help=True, help="按频道管理权限 · Permissions by channel, as a file.")

_STDIN = Path("-")

_UNREADABLE = Text("无法读取文件 {file}：{said}。", "The file {file} can't be read: {said}.")
_BAD_FILE = Text("权限文件有误，未做任何更改：", "The permission file has mistakes, so nothing was changed:")
_CHANNEL = Text("{team} {channel}", "{team} {channel}")
_NO_CHANGE = Text("没有变化。", "No change.")
_CHANGED = Text("已更改 {count} 个频道的权限。", "Changed the permissions of {count} channels.")
_DRY_RUN = Text(
    "以上为预览（--dry-run），未做任何更改。", "This is what would happen (--dry-run); nothing was changed."
)
_NONE_YET = Text("尚无任何频道的权限。", "No channel has permissions yet.")
_SEEN_ONLY = Text(
    "停用的账号与访客只包括机器人在 Slack 中见过的人。",
    "Deactivated people and guests: only those whom the bot has met in Slack are known.",
)
_FINE = Text("没有需要处理的内容。", "Nothing to do.")


@app.command()
def apply(
    file: Annotated[
        Path, typer.Argument(help="权限文件（YAML），- 为标准输入 · the permission file; - reads stdin")
    ],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只显示将发生的变化 · only say it")] = False,
    spoken: Annotated[str | None, typer.Option("--language", help="zh / en")] = None,
) -> None:
    """按文件设置其中各频道的权限 · Make the store match FILE for the channels it names.

    The effect is printed in words first; then all of it holds, or nothing. Channels that FILE does not name
    stay as they are; `remove: true` forgets a channel. The bot tells each changed channel.

    Example: copy-image-bot permissions apply permissions.yaml --dry-run
    """
    chosen = _language(spoken)
    entries = _read(file, chosen)
    with opened() as db:
        changed = _apply(db, entries, chosen, at=now(), dry_run=dry_run)
    if dry_run:
        say(_DRY_RUN, chosen)
    elif changed:
        say(_CHANGED, chosen, count=changed)


@app.command()
def export(
    *,
    channel: Annotated[str | None, typer.Option(help="只导出此频道 · only this channel's id")] = None,
    at: Annotated[
        str | None, typer.Option(help="当时的权限，UTC · as it was then; a date: at its end")
    ] = None,
) -> None:
    """导出为权限文件 · Print the store as a permission file, now or as it was.

    Applying the file again changes nothing.

    Example: copy-image-bot permissions export --at 2026-03-01T09:30 > permissions.yaml
    """
    then = moment(at) if at else None
    with opened() as db, db.reading() as tx:
        rows = permissions.everything(tx, at=then, channel=channel)
    header = f"copy-image-bot permissions, as of {(then or now()).isoformat(timespec='seconds')}"
    typer.echo(permission_file.write([(_key(row), load(row.rule)) for row in rows], header=header), nl=False)


@app.command("review")
def review_() -> None:
    """列出从未使用、过宽或属于离职人员的权限 · Grants never used, too wide, or held by people who left.

    Example: copy-image-bot permissions review
    """
    chosen = language()
    with opened() as db, db.reading() as tx:
        rows = permissions.everything(tx)
        for row in rows:
            _review(tx, _key(row), load(row.rule), chosen)
    say(_SEEN_ONLY if rows else _NONE_YET, chosen)


def _language(typed: str | None) -> Language:
    if typed is None:
        return language()
    if typed not in {"zh", "en"}:
        raise typer.BadParameter("zh / en", param_hint="--language")
    return "en" if typed == "en" else "zh"


def _read(file: Path, chosen: Language) -> list[Entry]:
    try:
        text = sys.stdin.read() if file == _STDIN else file.read_text("utf-8-sig")
        return permission_file.read(text, chosen)
    except (OSError, UnicodeError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else "UTF-8"
        raise Refused(_UNREADABLE, file=Code(str(file)), said=said) from error
    except PermissionFileError as error:
        complain("\n".join([plain(_BAD_FILE.say(chosen)), *(plain(line) for line in error.lines)]))
        raise typer.Exit(BAD_INPUT) from error


def _apply(db: Database, entries: list[Entry], chosen: Language, *, at: datetime, dry_run: bool) -> int:
    """Say what changes, then change it unless it is a dry run; how many channels change."""
    with db.reading() if dry_run else db.transaction() as tx:
        changes = permission_change.compare(tx, ((entry.key, entry.rule) for entry in entries))
        for change in changes:
            _say(change, chosen)
        if dry_run:
            return 0
        return sum(
            permission_change.make(tx, change, by=BY_FILE, at=at, new_token=secrets.token_urlsafe)
            for change in changes
        )


def _say(change: Change, chosen: Language) -> None:
    say(_CHANNEL, chosen, team=Code(change.key.team), channel=Code(change.key.channel))
    lines = effect(change.before, change.after, chosen)
    for line in [plain(line) for line in lines] or [plain(_NO_CHANGE.say(chosen))]:
        typer.echo(f"  {line}")


def _review(tx: Transaction, key: Key, rule: Rule, chosen: Language) -> None:
    seen = Seen(
        uses.uses(tx, key), uses.people(tx, key.team, named(rule)), uses.members(tx, key.team, rule.groups())
    )
    say(_CHANNEL, chosen, team=Code(key.team), channel=Code(key.channel))
    for line in review(rule, seen, chosen) or [_FINE.line(chosen)]:
        typer.echo(f"  {plain(line)}")


def _key(row: ChannelRule) -> Key:
    return Key(row.team, row.channel)
