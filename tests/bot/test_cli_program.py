import subprocess
import sys
import unicodedata
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.bot.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


@pytest.mark.parametrize(
    "words",
    [(), ("permissions",), ("audit",), *((word,) for word in ("run", "demo", "migrate", "check", "history"))]
    + [("permissions", word) for word in ("apply", "export", "review")]
    + [("audit", word) for word in ("verify", "export", "head")],
)
def test_every_command_explains_itself_within_eighty_columns(
    program: Program, words: tuple[str, ...]
) -> None:
    result = program.run(*words, "--help", COLUMNS="80")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: {' '.join(('root', *words))} ")
    _, *lines = result.stdout.splitlines()
    assert [line for line in lines if columns(line) > 80 or line.endswith(("...", "…"))] == []
    assert "bool" not in result.stdout
    assert len(words) == 0 or words[-1] in {"permissions", "audit"} or "xample" in result.stdout


def test_run_names_every_bad_setting_and_ends_with_2(program: Program) -> None:
    result = program.run("run", SLACK_BOT_TOKEN="xoxp-hidden", BOT_PORT="x")
    assert (result.exit_code, result.stdout) == (2, "")
    assert [line.split()[1] for line in result.stderr.splitlines()[1:]] == [
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "JDCLOUD_ACCESS_KEY",
        "JDCLOUD_SECRET_KEY",
        "BOT_PORT",
    ]
    assert "hidden" not in result.stderr


def test_run_names_what_is_no_setting_and_the_broken_lines_of_the_env_file(program: Program) -> None:
    no = "BOT_PORTS is no setting of this program and has no effect. Did you mean BOT_PORT?"
    assert program.run("run", BOT_PORTS="1").stderr.splitlines()[0] == no
    (program.folder / ".env").write_text("BOT_PORT 3000\n", "utf-8")
    result = program.run("run")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[1].startswith("- Line 1 of .env is not understood.")


def test_the_version_is_told(program: Program) -> None:
    result = program.run("--version")
    assert (result.exit_code, result.stdout) == (0, f"copy-image-bot {version('copy-image-bot')}\n")


@pytest.mark.parametrize(
    ("words", "stdout"),
    [
        (("history", "--format", "json"), "[]\n"),
        (("history", "--format", "jsonl"), ""),
        (("audit", "export"), ""),
        (("audit", "verify"), ""),
        (("audit", "head"), "0" * 64 + "\n"),
        (("permissions", "review"), "No channel has permissions yet.\n"),
    ],
)
def test_reading_makes_no_database_and_says_that_there_is_none(
    program: Program, words: tuple[str, ...], stdout: str
) -> None:
    result = program.run(*words)
    assert (result.exit_code, result.stdout) == (0, stdout)
    assert result.stderr.startswith(f"There is no database {program.folder}/bot.db yet. ")
    assert list(program.folder.iterdir()) == []


def test_which_database_was_read_is_said_beside_the_result(program: Program) -> None:
    program.store().close()
    result = program.run("audit", "verify", DATABASE_URL="sqlite:///bot.db")
    assert (result.exit_code, result.stderr) == (0, f"Database: {program.folder}/bot.db\n")


def test_migrate_can_be_repeated(program: Program) -> None:
    for _ in range(2):
        result = program.run("migrate")
        assert (result.exit_code, result.stdout) == (0, "The database's schema is up to date.\n")


@pytest.mark.parametrize(
    "words", [("migrate",), ("permissions", "export"), ("history",), ("audit", "verify")]
)
def test_commands_about_the_store_need_no_other_setting(program: Program, words: tuple[str, ...]) -> None:
    assert program.run(*words, SLACK_BOT_TOKEN="bad", BOT_LEASE_S="bad", BOT_LANGUAGE="fr").exit_code == 0


def test_a_wrong_database_url_ends_with_2_and_shows_no_password(program: Program) -> None:
    result = program.run("history", DATABASE_URL="mysql://bot:hidden@db/bot")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "DATABASE_URL" in result.stderr
    assert "hidden" not in result.stderr


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "postgresql://bot:hidden@127.0.0.1:1/bot"])
def test_a_database_that_is_away_ends_with_a_sentence(program: Program, url: str) -> None:
    result = program.run("audit", "verify", DATABASE_URL=url)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("The database can't be used: ")
    assert "hidden" not in result.stderr


def test_a_setting_may_stand_in_the_env_file(program: Program) -> None:
    (program.folder / ".env").write_text("BOT_LANGUAGE=zh\n", "utf-8")
    assert program.run("migrate", BOT_LANGUAGE="").stdout == "数据库结构已是最新。\n"


def test_the_package_can_be_run_as_a_module(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "bot", "audit", "head"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, check=True, text=True)  # noqa: S603 - ours
    assert done.stdout == "0" * 64 + "\n"


def test_help_does_not_wait_for_the_libraries_of_database_and_slack(tmp_path: Path) -> None:
    look = "import sys, bot.cli.program; print(*sys.modules)"
    words = [sys.executable, "-c", look]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, check=True, text=True)  # noqa: S603 - ours
    assert not {"sqlalchemy", "alembic", "slack_sdk", "httpx", "rich"} & set(done.stdout.split())
