"""What Slack sends, made uniform for reading, with the way back to what the person typed."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# `should_escape`: three entities, and `<@U1|name>`, `<!subteam^S1|@name>`, `<#C1|name>`, `<https://x|x>`.
# Neither part can hold another `<`, which keeps the search linear.
_ENTITY = re.compile(r"&(amp|lt|gt);")
_MARKUP = re.compile(r"<([@#!][^<>|]*|[A-Za-z][A-Za-z0-9+.-]*:[^<>|]*)(?:\|([^<>]*))?>")
_ESCAPED = re.compile(f"{_ENTITY.pattern}|{_MARKUP.pattern}")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}

# Neither can be stored: PostgreSQL's text takes no NUL, UTF-8 no lone surrogate.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

_DASHES = frozenset("−⁃─━˗")  # and everything in category Pd
_ARROWS = frozenset("→⇒➔➜➝➞➡⟶⟹⮕▶►》〉")  # the last two: `>` with a Chinese keyboard
_QUOTES = frozenset("\"'`´“”„‟‘’‚‛«»‹›「」『』《〈")
_SPACES = frozenset({"Cc", "Zs", "Zl", "Zp"})


@dataclass(frozen=True)
class Plain:
    """Uniform text, and for each of its characters where in `raw` it begins and ends."""

    text: str
    raw: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def typed(self, start: int, end: int) -> str:
        """What the person typed where `text[start:end]` (not empty) is now."""
        return unescape(self.raw[self.starts[start] : self.ends[end - 1]])

    def rest(self, end: int) -> str:
        """Everything the person typed after `text[:end]` (not empty)."""
        return unescape(self.raw[self.ends[end - 1] :])


def normalise(sent: str) -> Plain:
    """Make width, case, dashes, arrows, quotes and spaces uniform and drop what is invisible.

    Lower case; one space for any run of blanks, control characters and quotes; one `-` for any run of dashes;
    `>` for any arrow head. A mention keeps its id only: `<@u0002>`, `<!subteam^s0001>`.
    """
    raw = _UNSTORABLE.sub("\ufffd", sent)
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece, start, end in _pieces(raw):
        for character in piece:
            if character in " -" and text and text[-1] == character:
                continue
            text.append(character)
            starts.append(start)
            ends.append(end)
    return Plain("".join(text), raw, tuple(starts), tuple(ends))


def unescape(raw: str) -> str:
    """What the person typed, from what Slack made of it; a mention without its name stays as it is."""
    return _ESCAPED.sub(_as_typed, raw)


def escape(typed: str) -> str:
    """The inverse of `unescape`, touching only what that would change."""
    return _MARKUP.sub(lambda found: "&lt;" + found[0][1:], _ENTITY.sub(r"&amp;\1;", typed))


def _pieces(raw: str) -> Iterator[tuple[str, int, int]]:
    """Uniform pieces of the text, each with its place in `raw`."""
    position = 0
    for found in _ESCAPED.finditer(raw):
        yield from ((_fold(raw[at]), at, at + 1) for at in range(position, found.start()))
        yield "".join(map(_fold, _as_read(found))), found.start(), found.end()
        position = found.end()
    yield from ((_fold(raw[at]), at, at + 1) for at in range(position, len(raw)))


def _as_read(found: re.Match[str]) -> str:
    mark = found[2] or ""
    return f"<{mark}>" if mark.startswith(("@", "!")) else _as_typed(found)


def _as_typed(found: re.Match[str]) -> str:
    entity, mark, label = found.groups()
    if entity:
        return _ENTITIES[entity]
    if not label:
        return found[0] if mark[0] in "@#!" else _entities(mark)
    sigil = mark[0] if mark[0] in "@#" and not label.startswith(mark[0]) else ""
    return sigil + _entities(label)


def _entities(text: str) -> str:
    return _ENTITY.sub(lambda found: _ENTITIES[found[1]], text)


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    return "".join(map(_fold_one, unicodedata.normalize("NFKC", character).lower()))


def _fold_one(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf" or "\ufe00" <= character <= "\ufe0f":  # format characters, variation selectors
        return ""
    if category in _SPACES or character in _QUOTES:
        return " "
    if category == "Pd" or character in _DASHES:
        return "-"
    return ">" if character in _ARROWS else character
