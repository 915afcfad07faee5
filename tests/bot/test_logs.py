import io
import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr
from typing import Any, Literal

import pytest
import structlog
from slack_bolt.logger.messages import warning_client_prioritized_and_token_skipped

from bot.logs import configure


@pytest.fixture
def as_before() -> Iterator[None]:
    """Gives the process its own logging back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def logged(log: Literal["json", "console"] = "json", *, secrets: tuple[str, ...] = ()) -> io.StringIO:
    stderr = io.StringIO()
    with redirect_stderr(stderr):
        configure(log, secrets)
    return stderr


def only(stderr: io.StringIO) -> dict[str, Any]:
    [line] = stderr.getvalue().splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


pytestmark = pytest.mark.usefixtures("as_before")


def test_a_line_is_json_with_its_time_in_utc() -> None:
    stderr = logged()
    structlog.get_logger("bot.worker").info("claimed", request_id="cp-7f3k2", count=3)
    line = only(stderr)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "claimed",
        "level": "info",
        "logger": "bot.worker",
        "request_id": "cp-7f3k2",
        "count": 3,
    }


def test_the_standard_librarys_logs_look_the_same() -> None:
    stderr = logged()
    logging.getLogger("elsewhere").warning("took %d s", 3)
    line = only(stderr)
    assert (line["event"], line["level"], line["logger"]) == ("took 3 s", "warning", "elsewhere")


@pytest.mark.parametrize(
    "text",
    [
        "token xoxb-123-abc",
        "url with xapp-1-A0-xyz inside",
        "Authorization: Bearer hush-hush",
        "{'Authorization': 'JDCLOUD3-HMAC-SHA256 Credential=hush-hush/x, Signature=1'}",
        "configured the-secret here",
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str) -> None:
    stderr = logged(secrets=("the-secret",))
    logging.getLogger("elsewhere").warning("%s", text)
    structlog.get_logger().info("nested", inner={"list": [text]}, error=ValueError(text))
    written = stderr.getvalue()
    assert written.count("[removed]") >= 3
    assert not [hidden for hidden in ("xoxb-1", "xapp-1", "hush", "the-secret") if hidden in written]


def test_a_traceback_loses_its_secrets_too() -> None:
    stderr = logged(secrets=("the-secret",))
    try:
        int("the-secret")
    except ValueError:
        structlog.get_logger().exception("failed")
    line = only(stderr)
    assert line["exception"].endswith("ValueError: invalid literal for int() with base 10: '[removed]'")


@pytest.mark.parametrize(
    "said", ["Invalid request signature detected (signature: x, ", "Unhandled request ("]
)
def test_bolt_does_not_get_to_log_a_whole_body(said: str) -> None:
    stderr = logged()
    logging.getLogger("slack_bolt.Any").warning("%s", said + "body: token=1&text=private)")
    assert only(stderr)["event"] == said.partition(" (")[0]


def test_bolt_does_not_warn_of_the_token_that_it_finds_in_the_environment() -> None:
    stderr = logged()
    bolt = logging.getLogger("slack_bolt.AsyncApp")
    bolt.warning(warning_client_prioritized_and_token_skipped())
    bolt.warning("As you gave `client` as well, something else.")
    assert only(stderr)["event"] == "As you gave `client` as well, something else."


def test_chatty_libraries_are_heard_from_warnings_on() -> None:
    stderr = logged()
    for name in ("uvicorn.access", "slack_bolt.AsyncApp", "alembic.runtime", "httpx"):
        logging.getLogger(name).info("chat")
    assert stderr.getvalue() == ""


def test_on_the_console_a_line_is_for_people() -> None:
    stderr = logged("console")
    structlog.get_logger("bot").info("started", port=3000)
    assert "started" in stderr.getvalue()
    assert "port=3000" in stderr.getvalue()


def test_a_password_that_is_a_word_leaves_the_lines_readable() -> None:
    stderr = logged(secrets=("bot",))
    structlog.get_logger("bot.app").info("the bot has started")
    assert only(stderr)["event"] == "the bot has started"
