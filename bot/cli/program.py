"""The command line program: `copy-image-bot` and its commands."""

import asyncio
import os
from typing import Annotated

import typer

from bot import check as checks
from bot.cli import audit, permissions
from bot.cli.ground import Program, opened, say
from bot.cli.history import history
from bot.settings import SettingsError, load_settings
from commands.text import Text

_MIGRATED = Text("数据库结构已是最新。", "The database's schema is up to date.")

app = typer.Typer(
    cls=Program,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a bug's traceback is for a log, plain and without values
    pretty_exceptions_show_locals=False,
    help="在 Slack 中申请、审批并复制京东云私有镜像 · Copies private JD Cloud images between regions from Slack.",
    epilog="设置来自环境变量或 .env，见 README · Settings come from the environment or .env: see the README.",
)


@app.command()
def run() -> None:
    """运行机器人 · Run the bot: Socket Mode when SLACK_APP_TOKEN is set, else HTTP.

    Ends on SIGTERM or Ctrl-C after finishing what is under way. Exit 2 when a setting is missing or wrong.

    Example: SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-… copy-image-bot run
    """
    settings = load_settings(os.environ)
    from bot import app as bot_app  # noqa: PLC0415 - other commands need not wait for Slack's library

    raise typer.Exit(bot_app.run(settings))


@app.command()
def demo(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="网页端口 · the page's port")] = 8000,
    tour: Annotated[
        bool, typer.Option("--tour", help="不用浏览器，打印整个过程 · print one whole story")
    ] = False,
) -> None:
    """在网页上试用，不连接 Slack 与京东云 · Try the bot on a web page with stand-ins for Slack and JD Cloud.

    Needs no settings, ignores .env, keeps nothing, and listens on 127.0.0.1 only. Ctrl-C ends it.

    For example:

    copy-image-bot demo --port 8080

    copy-image-bot demo --tour
    """
    from bot.demo import run as demonstration  # noqa: PLC0415 - a bot in production never loads the stand-ins

    raise typer.Exit(demonstration.tour() if tour else demonstration.demo(port))


@app.command()
def migrate() -> None:
    """更新数据库结构 · Bring the database to the current schema; `run` does it too.

    Safe from several replicas at once.

    Example: DATABASE_URL=postgresql://bot:…@db/bot copy-image-bot migrate
    """
    with opened():
        say(_MIGRATED)


@app.command()
def check() -> None:
    """检查设置、数据库、Slack 与京东云 · Check settings, database, Slack token and scopes, JD Cloud credentials.

    One line each, with what to do about a bad one. Changes nothing. Exit 0 when all are good, else 1.

    Example: copy-image-bot check
    """
    try:
        findings = asyncio.run(checks.check(load_settings(os.environ)))
    except SettingsError as error:
        findings = checks.bad_settings(error)
    for finding in findings:
        typer.echo(finding)
    raise typer.Exit(0 if all(finding.good for finding in findings) else 1)


app.command()(history)
app.add_typer(permissions.app, name="permissions")
app.add_typer(audit.app, name="audit")
