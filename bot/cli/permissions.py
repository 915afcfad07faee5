"""`copy-image-bot permissions`: the permission file into the store, out of it, and a review."""

import os
import secrets
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.ground import BAD_INPUT, Refused, complain, language, say
from bot.cli.moments import moment, now
from bot.cli.opened import opened, reading
from bot.cli.usage import Program
from bot.plain import plain
from bot.settings import load_regions
from commands import permission_change, permission_file
from commands.permission_change import Change
from commands.permission_effect import BY_FILE, effect, unknown_regions
from commands.permission_file import Entry, PermissionFileError
from commands.permission_review import Seen, named, review
from commands.rule import Rule, load
from commands.rule_words import cautions
from commands.text import Code, Language, Text
from store import permissions
from store import review as uses
from store.database import Transaction
from store.permissions import Key
from store.tables import ChannelRule

app = typer.Typer(
    cls=Program,
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    help="按频道管理权限 · Permissions by channel, as a file.",
)

_STDIN = Path("-")

_UNREADABLE = Text("无法读取文件 {file}：{said}。", "The file {file} can't be read: {said}.")
_BAD_FILE = Text("权限文件有误，未做任何更改：", "The permission file has mistakes, so nothing was changed:")
_CHANNEL = Text("{team} {channel}", "{team} {channel}")
_NO_CHANGE = Text("没有变化。", "No change.")
_CHANGED = Text("已更改 {count} 个频道的权限。", "Changed the permissions of {count:channel}.")
_DRY_RUN = Text(
    "以上为预览（--dry-run），未做任何更改。", "This is what would happen (--dry-run); nothing was changed."
)
_NONE_YET = Text("尚无任何频道的权限。", "No channel has permissions yet.")
_SEEN_ONLY = Text(
    "停用的账号与访客只包括机器人在 Slack 中见过的人。",
    "Deactivated people and guests: only those whom the bot has met in Slack are known.",
)
_NO_LANGUAGE = Text("没有语言 {typed}。可用：zh、en。", "There is no language {typed}. Use zh or en.")
_FINE = Text("没有需要处理的内容。", "Nothing to do.")


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML；- 为标准输入 · - reads stdin")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只显示将发生的变化 · only say it")] = False,
    spoken: Annotated[
        str | None, typer.Option("--language", metavar="<zh|en>", help="输出的语言 · the output's language")
    ] = None,
) -> None:
    """按文件设置权限 · Make the store match FILE.

    先用文字说明影响，然后全部生效，或全部不生效。文件里没有的频道不受影响。

    The effect is printed in words first; then all of it holds, or nothing. Channels that FILE does not name
    stay as they are; `remove: true` forgets a channel. The bot tells each changed channel.

    Example: copy-image-bot permissions apply permissions.yaml --dry-run
    """
    chosen = _language(spoken)
    entries = _read(file, chosen)
    if dry_run:
        with reading() as tx:
            _say_all(_changes(tx, entries), chosen)
        say(_DRY_RUN, chosen)
        return
    with opened() as db, db.transaction() as tx:
        changes = _changes(tx, entries)
        _say_all(changes, chosen)
        changed = _make(tx, changes, at=now())
    if changed:
        say(_CHANGED, chosen, count=changed)


@app.command()
def export(
    *,
    channel: Annotated[str | None, typer.Option(help="只导出此频道 · only this channel's id")] = None,
    at: Annotated[str | None, typer.Option(help="当时的权限，UTC · as it was then")] = None,
) -> None:
    """导出为权限文件 · Print the store as a permission file.

    现在的权限，或 --at 那一刻的权限（UTC；只写日期则为当天结束时）。

    Now, or as it was --at a moment in UTC; a date means its end. Applying the file again changes nothing.

    Example: copy-image-bot permissions export --at 2026-03-01 > then.yaml
    """
    then = moment(at) if at else None
    with reading() as tx:
        rows = permissions.everything(tx, at=then, channel=channel) if tx else []
    header = f"copy-image-bot permissions, as of {(then or now()).isoformat(timespec='seconds')}"
    typer.echo(permission_file.write([(_key(row), load(row.rule)) for row in rows], header=header), nl=False)


@app.command("review")
def review_() -> None:
    """值得复查的权限 · Grants that deserve a second look.

    从未用过的、过宽的，以及属于离职人员的权限。

    Those never used, too wide, or held by people who left.

    Example: copy-image-bot permissions review
    """
    chosen = language()
    with reading() as tx:
        if tx is None:
            say(_NONE_YET, chosen)
            return
        rows = permissions.everything(tx)
        for row in rows:
            _review(tx, _key(row), load(row.rule), chosen)
    say(_SEEN_ONLY if rows else _NONE_YET, chosen)


def _language(typed: str | None) -> Language:
    if typed is None:
        return language()
    if typed not in {"zh", "en"}:
        raise Refused(_NO_LANGUAGE, typed=Code(typed))
    return "en" if typed == "en" else "zh"


def _read(file: Path, chosen: Language) -> list[Entry]:
    try:
        text = sys.stdin.read() if file == _STDIN else file.read_text("utf-8-sig")
        known = [region.id for region in load_regions(os.environ)]
        return permission_file.read(text, chosen, regions=known)
    except (OSError, UnicodeError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else "UTF-8"
        raise Refused(_UNREADABLE, file=Code(str(file)), said=said) from error
    except PermissionFileError as error:
        complain("\n".join([plain(_BAD_FILE.say(chosen)), *(plain(line) for line in error.lines)]))
        raise typer.Exit(BAD_INPUT) from error


def _changes(tx: Transaction | None, entries: list[Entry]) -> list[Change]:
    """Without a store, no channel has permissions yet."""
    if tx is None:
        return [Change(entry.key, None, entry.rule) for entry in entries]
    return permission_change.compare(tx, ((entry.key, entry.rule) for entry in entries))


def _make(tx: Transaction, changes: list[Change], *, at: datetime) -> int:
    """How many channels change."""
    made = (
        permission_change.make(tx, change, by=BY_FILE, at=at, new_token=secrets.token_urlsafe)
        for change in changes
    )
    return sum(made)


def _say_all(changes: list[Change], chosen: Language) -> None:
    """Each channel's change in words, then what about its rule will surprise somebody."""
    regions = load_regions(os.environ)
    for change in changes:
        say(_CHANNEL, chosen, team=Code(change.key.team), channel=Code(change.key.channel))
        lines = effect(change.before, change.after, chosen) or [_NO_CHANGE.line(chosen)]
        if change.after:
            lines += [
                *cautions(change.after, chosen),
                *unknown_regions(change.after, regions, chosen),
            ]
        for line in lines:
            typer.echo(f"  {plain(line)}")


def _review(tx: Transaction, key: Key, rule: Rule, chosen: Language) -> None:
    seen = Seen(
        uses.uses(tx, key),
        uses.versions(tx, key),
        uses.people(tx, key.team, named(rule)),
        uses.members(tx, key.team, rule.groups()),
    )
    say(_CHANNEL, chosen, team=Code(key.team), channel=Code(key.channel))
    for line in review(rule, seen, chosen, now=now()) or [_FINE.line(chosen)]:
        typer.echo(f"  {plain(line)}")


def _key(row: ChannelRule) -> Key:
    return Key(row.team, row.channel)
