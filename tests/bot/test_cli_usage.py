"""A command line that isn't understood is answered with one line, in the reader's language."""

from pathlib import Path

import pytest

from tests.bot.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("run --foo", "There is no option --foo. root run --help lists the options."),
        ("--foo run", "There is no option --foo. root --help lists the options."),
        (
            "history --sinc 7d",
            "There is no option --sinc. Did you mean --since? root history --help lists the options.",
        ),
        ("hisotry", "There is no command hisotry. Did you mean history? root --help lists the commands."),
        ("frobnicate", "There is no command frobnicate. root --help lists the commands."),
        (
            "permissions appply",
            "There is no command appply. Did you mean apply? root permissions --help lists the commands.",
        ),
        ("permissions apply", "FILE is missing. See root permissions apply --help."),
        ("demo --port", "--port needs a value. See root demo --help."),
        ("demo --port x", "The value of --port is wrong. See root demo --help."),
        ("demo --port 65536", "The value of --port is wrong. See root demo --help."),
        ("audit verify --head", "--head needs a value. See root audit verify --help."),
        ("history extra", "There are too many words. See root history --help."),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_where_to_look(
    program: Program, words: str, said: str
) -> None:
    result = program.run(*words.split())
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"{said}\n")


def test_it_is_said_in_chinese_too(program: Program) -> None:
    said = "没有选项 --hed。您是要 --head 吗？root audit verify --help 列出全部选项。\n"
    assert program.run("audit", "verify", "--hed", "x", BOT_LANGUAGE="zh").stderr == said


@pytest.mark.parametrize("words", [(), ("permissions",), ("audit",)])
def test_without_a_command_the_help_is_shown(program: Program, words: tuple[str, ...]) -> None:
    result = program.run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Usage: {' '.join(('root', *words))} ")
