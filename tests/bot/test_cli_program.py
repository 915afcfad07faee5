import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.mark.parametrize(
    "words",
    [(), ("permissions",), ("audit",), *((word,) for word in ("run", "demo", "migrate", "check", "history"))]
    + [("permissions", word) for word in ("apply", "export", "review")]
    + [("audit", word) for word in ("verify", "export", "head")],
)
def test_every_command_explains_itself(program: Program, words: tuple[str, ...]) -> None:
    result = program.run(*words, "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.stdout
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
