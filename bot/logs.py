"""Logs to stderr, as JSON or for a terminal, in UTC, with whatever looks like a secret taken out."""

import logging
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_REMOVED = "[removed]"
_SHORTEST = 6
"""A shorter secret is a word like any other: taking it out everywhere would only show what it is."""
_TOKEN = re.compile(r"x(?:ox[a-z]|app|wfp)-[\w.-]+|JDCLOUD[23]-HMAC-SHA256[^\n]*|(?i:bearer)\s+[!-~]+")
_NAMED = re.compile(
    r"(?i)\b(authorization|token|secret|signature|password)(['\"]?\s*[:=]\s*['\"]?)[^\s'\",}&]+"
)
_SECRET_KEYS = frozenset({"authorization", "token", "secret", "password", "signature", "response_url"})
_WHOLE_BODY = re.compile(r"(Invalid request signature detected|Unhandled request)\b.*", re.DOTALL)
_NO_NEWS = "As you gave `client` as well, `token` will be unused."
"""Bolt finds SLACK_BOT_TOKEN in the environment, and the client too that was made of it: as it should be."""
_QUIET = ("uvicorn", "slack_bolt", "slack_sdk", "alembic", "httpx", "httpcore", "asyncio")


def configure(settings_log: Literal["json", "console"], secrets: Sequence[str]) -> None:
    """Send structlog's and the standard library's logs to stderr.

    Args:
        settings_log: `BOT_LOG`.
        secrets: values that must appear in no line.
    """
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        remover(secrets),
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(settings_log, before))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("slack_bolt.AsyncApp").addFilter(_is_news)
    # Else a traceback for each lost connection.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)


def _is_news(record: logging.LogRecord) -> bool:
    return record.getMessage() != _NO_NEWS


def remover(secrets: Sequence[str]) -> Processor:
    """A processor that takes out the `secrets`, tokens of any kind, and bodies that Bolt logs whole."""
    # The longest first: one secret may begin with another.
    known = [
        re.escape(secret) for secret in sorted(secrets, key=len, reverse=True) if len(secret) >= _SHORTEST
    ]
    clean = _cleaner(re.compile("|".join([*known, _TOKEN.pattern])))

    def remove(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: _cleaned(key, value, clean) for key, value in event.items()}

    return remove


def _cleaner(hidden: re.Pattern[str]) -> Callable[[str], str]:
    def clean(text: str) -> str:
        text = _WHOLE_BODY.sub(r"\1", text)
        return _NAMED.sub(rf"\1\2{_REMOVED}", hidden.sub(_REMOVED, text))

    return clean


def _cleaned(key: Any, value: Any, clean: Callable[[str], str]) -> Any:
    if isinstance(key, str) and key.lower() in _SECRET_KEYS:
        return _REMOVED
    if isinstance(value, Mapping):
        return {name: _cleaned(name, inner, clean) for name, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_cleaned(None, inner, clean) for inner in value]
    if value is None or isinstance(value, (bool, int, float)) or key in {"_record", "_from_structlog"}:
        return value
    return clean(str(value))


def _formatter(log: Literal["json", "console"], before: list[Processor]) -> logging.Formatter:
    console = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False) if log == "json" else console
    # A record of the standard library has its values still apart from its message: join them before cleaning.
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        use_get_message=True,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
