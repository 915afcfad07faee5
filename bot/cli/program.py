"""The command line program: `copy-image-bot` and its commands."""

import asyncio
import os
from importlib.metadata import version
from typing import Annotated, Any

import typer

from bot.cli.ground import complain, say
from bot.cli.usage import Program
from bot.settings import load_settings, load_warnings
from commands.text import Text

_MIGRATED = Text("数据库结构已是最新。", "The database's schema is up to date.")
_THEIRS: dict[str, Any] = {
    "add_help_option": False,
    "context_settings": {
        "allow_extra_args": True,
        "allow_interspersed_args": False,
        "ignore_unknown_options": True,
    },
}
"""For a command whose words are understood elsewhere, so that only those who use it load the database's library."""

app = typer.Typer(
    cls=Program,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,  # a bug's traceback is for a log, plain and without values
    pretty_exceptions_show_locals=False,
    help="在 Slack 中申请、审批并复制京东云私有镜像\n\nCopies private JD Cloud images between regions from Slack.",
    epilog="设置来自环境变量或 .env，见 README · Settings: see the README.",
)


def _version(asked: bool) -> None:  # noqa: FBT001 - typer's signature
    if asked:
        typer.echo(f"copy-image-bot {version('copy-image-bot')}")
        raise typer.Exit


@app.callback()
def _program(
    *,
    shown: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="版本 · Show the version and exit."),
    ] = False,
) -> None:
    """What is typed before a command."""


@app.command()
def run() -> None:
    """运行机器人 · Run the bot.

    有 SLACK_APP_TOKEN 时用 Socket Mode，否则用 HTTP。收到 SIGTERM 后善后再退出。

    Socket Mode when SLACK_APP_TOKEN is set, else HTTP. Ends on SIGTERM or Ctrl-C after finishing what is under way. Exit 2 when a setting is missing or wrong.

    Example: SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-… copy-image-bot run
    """
    for warning in load_warnings(os.environ):
        complain(warning)
    settings = load_settings(os.environ)
    from bot import app as bot_app  # noqa: PLC0415 - other commands need not wait for Slack's library

    raise typer.Exit(bot_app.run(settings))


@app.command()
def demo(
    *,
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="<port>", help="网页端口 · the page's port")
    ] = 8000,
    tour: Annotated[
        bool, typer.Option("--tour", help="不用浏览器，打印整个过程 · print one whole story")
    ] = False,
) -> None:
    """在网页上试用 · Try the bot, without Slack or JD Cloud.

    二者均为网页上的替身。不需要任何设置，不留下任何数据，按 Ctrl-C 结束。

    Both are stand-ins on a web page. Needs no settings, ignores .env, keeps nothing, and listens on 127.0.0.1 only. Ctrl-C ends it.

    For example:

    copy-image-bot demo --port 8080

    copy-image-bot demo --tour
    """
    from bot.demo import run as demonstration  # noqa: PLC0415 - a bot in production never loads the stand-ins

    raise typer.Exit(demonstration.tour() if tour else demonstration.demo(port))


@app.command()
def migrate() -> None:
    """更新数据库结构 · Bring the database's schema up to date.

    copy-image-bot run 也会更新。多个副本同时执行也没有问题。

    `run` does it too. Safe from several replicas at once.

    Example: DATABASE_URL=postgresql://bot:…@db/bot copy-image-bot migrate
    """
    from bot.cli.opened import opened  # noqa: PLC0415 - `--help` need not wait for the database's library

    with opened():
        say(_MIGRATED)


@app.command()
def check() -> None:
    """逐项检查是否就绪 · Check settings, database, Slack, JD Cloud.

    每项一行，有问题的说明该怎么办；不做任何更改。全部正常时以 0 退出。

    A line each, with what to do about a bad one: token and scopes, credentials and quotas. Changes nothing.
    Exit 0 when all are good, else 1.

    Example: copy-image-bot check
    """
    from bot.check import check as findings_of  # noqa: PLC0415 - other commands need not wait for libraries
    from bot.settings_parts import load_parts  # noqa: PLC0415

    parts = load_parts(os.environ)
    for warning in parts.warnings:
        complain(warning)
    findings = asyncio.run(findings_of(parts))
    for finding in findings:
        typer.echo(finding)
    raise typer.Exit(0 if all(finding.good for finding in findings) else 1)


@app.command(**_THEIRS, help="过往的申请 · Past requests, newest first.")
def history(ctx: typer.Context) -> None:
    from bot.cli.history import app as theirs  # noqa: PLC0415

    _pass_on(ctx, theirs)


@app.command(**_THEIRS, help="按频道管理权限 · Permissions by channel, as a file.")
def permissions(ctx: typer.Context) -> None:
    from bot.cli.permissions import app as theirs  # noqa: PLC0415

    _pass_on(ctx, theirs)


@app.command(**_THEIRS, help="审计记录 · The audit trail.")
def audit(ctx: typer.Context) -> None:
    from bot.cli.audit import app as theirs  # noqa: PLC0415

    _pass_on(ctx, theirs)


def _pass_on(ctx: typer.Context, theirs: typer.Typer) -> None:
    code = theirs(ctx.args, prog_name=ctx.command_path, standalone_mode=False)
    raise typer.Exit(code or 0)
