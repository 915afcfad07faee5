import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store import audit
from tests.bot.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Three entries, the last of them new."""
    program = Program(tmp_path)
    now = datetime.now(UTC)
    db = program.store()
    with db.transaction() as tx:
        for days in (90, 60, 0):
            audit.note(
                tx, audit.Entry("resumed", now - timedelta(days=days), actor="U0001", data={"days": days})
            )
    db.close()
    return program


def tamper(program: Program, statement: str) -> None:
    with closing(sqlite3.connect(program.folder / "bot.db")) as connection:
        connection.execute(statement)
        connection.commit()


def head(program: Program) -> str:
    return program.run("audit", "head").stdout.strip()


def test_a_whole_trail_is_whole(program: Program) -> None:
    result = program.run("audit", "verify")
    assert (result.exit_code, result.stdout) == (
        0,
        f"The audit trail is whole: 3 entries, head {head(program)}\n",
    )


def test_an_empty_trail_is_whole(tmp_path: Path) -> None:
    program = Program(tmp_path)
    assert head(program) == audit.START
    assert program.run("audit", "verify", "--head", audit.START).exit_code == 0


def test_an_earlier_head_is_missed_when_the_database_is_gone(tmp_path: Path) -> None:
    result = Program(tmp_path).run("audit", "verify", "--head", "f" * 64)
    assert (result.exit_code, result.stdout) == (1, "")


def test_the_first_broken_entry_is_named(program: Program) -> None:
    tamper(program, "UPDATE events SET actor = 'U0002' WHERE seq >= 2")
    result = program.run("audit", "verify")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1].startswith("The audit trail is broken, first at entry 2 (")


def test_entries_cut_off_at_the_end_are_noticed_with_an_earlier_head(program: Program) -> None:
    earlier = head(program)
    assert program.run("audit", "verify", "--head", earlier).exit_code == 0
    tamper(program, "DELETE FROM events WHERE seq = 3")
    assert program.run("audit", "verify").exit_code == 0
    result = program.run("audit", "verify", "--head", earlier)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith(f"{earlier} is not in the audit trail: ")


def test_the_trail_is_exported_with_its_chain(program: Program) -> None:
    found = [json.loads(line) for line in program.run("audit", "export").stdout.splitlines()]
    assert [entry["seq"] for entry in found] == [1, 2, 3]
    assert [entry["previous"] for entry in found] == [audit.START, found[0]["hash"], found[1]["hash"]]
    assert found[2]["hash"] == head(program)
    assert found[0]["data"] == {"days": 90}


def test_the_newest_part_of_the_trail_is_exported_alone(program: Program) -> None:
    found = [
        json.loads(line) for line in program.run("audit", "export", "--since", "70d").stdout.splitlines()
    ]
    assert [entry["seq"] for entry in found] == [2, 3]


def test_no_length_of_time_is_refused(program: Program) -> None:
    result = program.run("audit", "export", "--since", "99999999d")
    assert (result.exit_code, result.stdout) == (2, "")
