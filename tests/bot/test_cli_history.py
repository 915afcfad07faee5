import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from store import calls, requests
from store.lifecycle import CopyState, Move, State
from store.tables import Request
from tests.bot.program import Program

DAY = datetime(2026, 3, 1, 9, tzinfo=UTC)


def request(number: int, **values: Any) -> Request:
    usual: dict[str, Any] = {
        "id": f"cp-{number}",
        "team": "T0001",
        "channel": "C0001",
        "requester": "U0001",
        "delivery": str(number),
        "source_region": "cn-north-1",
        "destinations": ["cn-east-2"],
        "images": [f"img-{number}a", f"img-{number}b"],
        "created_at": DAY + timedelta(hours=number),
    }
    return Request(**{**usual, **values})


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Three requests: one that copied an image, a rejected one of the last hour, and one elsewhere."""
    program = Program(tmp_path)
    now = datetime.now(UTC)
    others: dict[str, Any] = {"team": "T0002", "channel": "C0002", "requester": "U0002"}
    db = program.store()
    with db.transaction() as tx:
        requests.add(tx, request(1))
        calls.change_copy(
            tx, ("cp-1", "img-1a", "cn-east-2"), new_image_id="img-new", state=CopyState.RUNNING
        )
        requests.add(tx, request(2, state=State.WAITING, created_at=now, reason="=1+1"))
        requests.move(tx, "cp-2", Move.REJECT, at=now, actor="U0009")
        requests.add(tx, request(3, destinations=["cn-south-1"], **others))
    db.close()
    return program


def ids(program: Program, *words: str) -> list[str]:
    result = program.run("history", *words, "--format", "json", BOT_REGIONS="cn-north-2")
    assert result.exit_code == 0
    return [found["request_id"] for found in json.loads(result.stdout)]


def test_json_has_everything_about_a_request(program: Program) -> None:
    [found] = json.loads(program.run("history", "--image", "IMG-NEW", "--format", "json").stdout)
    assert found == {
        "request_id": "cp-1",
        "state": "checking",
        "team": "T0001",
        "channel": "C0001",
        "user": "U0001",
        "images": ["img-1a", "img-1b"],
        "source_region": "cn-north-1",
        "destination_regions": ["cn-east-2"],
        "mapping": [{"source": "img-1a", "destination_region": "cn-east-2", "destination": "img-new"}],
        "reason": None,
        "created_at": "2026-03-01T10:00:00+00:00",
        "ended_at": None,
        "emergency": False,
    }


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), ["cp-2", "cp-3", "cp-1"]),
        (("--since", "1h"), ["cp-2"]),
        (("--channel", "C0002"), ["cp-3"]),
        (("--user", "U0001"), ["cp-2", "cp-1"]),
        (("--image", "img-3b"), ["cp-3"]),
        (("--region", "cn-south-1"), ["cp-3"]),
        (("--region", "cn-north-1"), ["cp-2", "cp-3", "cp-1"]),
        (("--state", "rejected"), ["cp-2"]),
        (("--state", "rejected", "--state", "checking", "--user", "U0002"), ["cp-3"]),
        (("--state", "已驳回"), ["cp-2"]),
        (("--state", "Rejected", "--state", "检查中"), ["cp-2", "cp-3", "cp-1"]),
        (("--region", "广州"), ["cp-3"]),
        (("--region", "South China-Guangzhou"), ["cp-3"]),
        (("--region", "cn-north-2"), []),
        (("--user", "U0009"), []),
    ],
)
def test_filters_choose_requests_newest_first(
    program: Program, words: tuple[str, ...], found: list[str]
) -> None:
    assert ids(program, *words) == found


def test_jsonl_has_one_object_a_line(program: Program) -> None:
    lines = program.run("history", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["request_id"] for line in lines] == ["cp-2", "cp-3", "cp-1"]


def test_csv_cannot_start_a_formula(program: Program) -> None:
    rows = list(csv.DictReader(program.run("history", "--format", "csv").stdout.splitlines()))
    assert [row["request_id"] for row in rows] == ["cp-2", "cp-3", "cp-1"]
    assert rows[0]["reason"] == "'=1+1"
    assert rows[2]["images"] == "img-1a img-1b"
    assert rows[2]["mapping"] == "img-1a=img-new@cn-east-2"


def test_the_table_is_whole_in_a_pipe(program: Program) -> None:
    table = program.run("history").stdout
    for shown in ("🚫 Rejected", "cn-south-1", "img-1a → img-new", "2026-03-01 10:00"):
        assert shown in table


def test_a_new_database_has_no_history(tmp_path: Path) -> None:
    assert ids(Program(tmp_path)) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--state", "fialed"), "fialed is not understood. Did you mean failed?"),
        (("--state", "zzz"), "There is no state called zzz. The states are: checking, waiting, "),
        (("--region", "cn-esat-2"), "There is no region called cn-esat-2. Did you mean cn-east-2 "),
        (("--region", "zzz"), "There is no region called zzz. Known regions: cn-north-1 "),
        (("--format", "xml"), "There is no format called xml. Use table, csv, json or jsonl"),
    ],
)
def test_what_is_no_state_region_or_format_is_told_with_what_is(
    program: Program, words: tuple[str, ...], said: str
) -> None:
    result = program.run("history", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(said)


@pytest.mark.parametrize("words", [("--state", "done"), ("--since", "week"), ("--format", "xml"), ("extra",)])
def test_what_is_not_understood_is_refused(program: Program, words: tuple[str, ...]) -> None:
    result = program.run("history", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr
