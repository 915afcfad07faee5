"""Sentences in both languages, and the neutral messages they make up; nothing here knows Slack's markup."""

from dataclasses import dataclass, field
from datetime import datetime
from string import Formatter
from typing import Literal

Language = Literal["zh", "en"]
_PLURALS = {"person": "people"}
"""Of nouns whose plural has no s."""

Style = Literal["title", "body", "context", "pre"]
"""A headline, ordinary text, small print, or text to be copied as it is."""


@dataclass(frozen=True)
class Code:
    """An id, a name or the cloud's own words, shown in code font."""

    text: str


@dataclass(frozen=True)
class Mention:
    """A person (`U…`), a user group (`S…`) or a channel (`C…`), shown by name."""

    id: str


@dataclass(frozen=True)
class When:
    """A moment (aware, UTC), shown in the reader's own time zone."""

    at: datetime
    style: Literal["minute", "time"] = "minute"


@dataclass(frozen=True)
class Link:
    """A word that leads to an address of our own making."""

    url: str
    label: str


@dataclass(frozen=True)
class Spans:
    """Several spans in a row, to be put where a sentence has one placeholder."""

    parts: tuple["Span", ...]


Span = str | Code | Mention | When | Link | Spans


@dataclass(frozen=True)
class Line:
    """One line of a message. Plain strings in it are foreign or our own words alike: escaped when rendered."""

    parts: tuple[Span, ...]
    style: Style = "body"


@dataclass(frozen=True)
class Button:
    """A button; `value` is an opaque id, everything else is read from the store when it is pressed."""

    action: str
    label: str
    value: str
    style: Literal["primary", "danger"] | None = None


@dataclass(frozen=True)
class Message:
    """What one Slack message says, in order: lines, then buttons."""

    lines: tuple[Line, ...]
    buttons: tuple[Button, ...] = field(default=())


@dataclass(frozen=True)
class Text:
    """One whole sentence in Chinese and English, with the same `{placeholders}` in both.

    `{count:image}` in the English one says `1 image` or `2 images`.

    Raises:
        ValueError: on construction (that is, on import) when the placeholders differ.
    """

    zh: str
    en: str

    def __post_init__(self) -> None:
        if _names(self.zh) != _names(self.en):
            raise ValueError(f"placeholders differ: {self.zh!r} / {self.en!r}")

    def say(self, language: Language, **values: Span | int) -> Spans:
        """Fill the sentence in; numbers become plain text. In Chinese no space stands between two Chinese words."""
        parts: list[Span] = []
        filled: list[int] = []
        for literal, name, noun, _ in Formatter().parse(getattr(self, language)):
            if literal:
                parts.append(literal)
            if name is not None:
                value = values[name]
                filled.append(len(parts))
                parts.append(_counted(value, noun) if isinstance(value, int) else value)
        for place in filled:
            _close_up(parts, place)
        return Spans(tuple(parts))

    def line(
        self,
        language: Language,
        style: Style = "body",
        **values: Span | int,
    ) -> Line:
        """The sentence as a line of a message."""
        return Line((self.say(language, **values),), style)


def join(spans: list[Span], between: str) -> Spans:
    """The spans with `between` them."""
    parts: list[Span] = []
    for index, span in enumerate(spans):
        if index:
            parts.append(between)
        parts.append(span)
    return Spans(tuple(parts))


def listed(language: Language, spans: list[Span]) -> Spans:
    """The spans as a list within a sentence: `甲、乙` or `a, b`."""
    return join(spans, "、" if language == "zh" else ", ")


def _close_up(parts: list[Span], place: int) -> None:
    """Take away the spaces around a Chinese word, such as 所有人: they belong around ids and mentions."""
    if not _is_chinese(_words(parts[place])):
        return
    before = parts[place - 1] if place else ""
    after = parts[place + 1] if place + 1 < len(parts) else ""
    if isinstance(before, str) and _is_chinese(before.rstrip(" ")[-1:]):
        parts[place - 1] = before.rstrip(" ")
    if isinstance(after, str) and _is_chinese(after.lstrip(" ")[:1]):
        parts[place + 1] = after.lstrip(" ")


def _words(span: Span) -> str:
    """What the span says if that is nothing but words; else empty."""
    if isinstance(span, Spans):
        words = [_words(part) for part in span.parts]
        return "".join(words) if all(words) else ""
    return span if isinstance(span, str) else ""


def _is_chinese(word: str) -> bool:
    return bool(word) and all("\u4e00" <= character <= "\u9fff" for character in word)


def _counted(number: int, noun: str | None) -> str:
    if not noun:
        return str(number)
    return f"{number} {noun if number == 1 else _PLURALS.get(noun, f'{noun}s')}"


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}
