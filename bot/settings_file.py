"""Reads `.env` whole: a line that would be passed over in silence is named instead."""

import os
import stat
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream


class BrokenLinesError(Exception):
    """Lines that are no `NAME=value`, counted from 1."""

    def __init__(self, lines: Sequence[int]) -> None:
        super().__init__(f"lines {', '.join(map(str, lines))}")
        self.lines = tuple(lines)


def read_env_file(path: Path) -> dict[str, str]:
    """What the file sets, by name in lower case; nothing when there is no such file.

    Raises:
        BrokenLinesError: naming every line that is not understood.
        OSError, UnicodeError: it can't be read.
    """
    # With -sig: an editor's byte order mark is not part of the first name.
    text = path.read_text("utf-8-sig") if path.is_file() or path.is_fifo() else ""
    broken = [_line(binding) for binding in parse_stream(StringIO(text)) if binding.error]
    if broken:
        raise BrokenLinesError(broken)
    found = dotenv_values(stream=StringIO(text))
    return {name.lower(): value.strip() for name, value in found.items() if value and value.strip()}


def readable_by_others(path: Path) -> bool:
    """Whether anybody but its owner may read the file; False where files have no such modes."""
    others = stat.S_IRGRP | stat.S_IROTH
    return os.name == "posix" and path.is_file() and bool(path.stat().st_mode & others)


def _line(binding: Binding) -> int:
    """Where it stands: blank lines before it count as its own."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")
