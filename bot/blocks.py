"""A neutral message as Slack's text and Block Kit; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from commands.text import Button, Code, Line, Link, Mention, Message, Span, Spans, When

_LONGEST_TEXT = 3_500
"""Below the 3,900 that our messages may have and the 4,000 that chat.update takes."""
_LONGEST_SECTION = 2_900
_LONGEST_LINE = 2_800
_LONGEST_SPAN = 1_500
_LONGEST_BUTTON = 75
_MOST_BUTTONS = 25
_MOST_BLOCKS = 25


@dataclass(frozen=True)
class Rendered:
    """What chat.postMessage takes: the whole message as text, and the same in blocks."""

    text: str
    blocks: list[dict[str, Any]]


def render(message: Message) -> Rendered:
    """One message; for one that may be long, see `pages`."""
    lines = [short for line in message.lines for short in _broken(line)]
    text = "\n".join(mrkdwn(line) for line in lines)
    return Rendered(text, [*_blocks(lines), *_actions(message.buttons)])


def pages(message: Message) -> list[Rendered]:
    """The message in as many pieces as Slack's limits need; the buttons are on the last."""
    chunks: list[list[Line]] = [[]]
    for line in [short for long in message.lines for short in _broken(long)]:
        candidate = [*chunks[-1], line]
        if chunks[-1] and not _fits(candidate):
            chunks.append([line])
        else:
            chunks[-1] = candidate
    last = len(chunks) - 1
    return [
        render(Message(tuple(chunk), message.buttons if index == last else ()))
        for index, chunk in enumerate(chunks)
    ]


def _fits(lines: Sequence[Line]) -> bool:
    length = sum(len(mrkdwn(line)) + 1 for line in lines)
    return length <= _LONGEST_TEXT and len(_blocks(lines)) < _MOST_BLOCKS


def _broken(line: Line) -> list[Line]:
    """The line, broken between spans where it is longer than Slack takes in one piece."""
    lines: list[list[Span]] = [[]]
    length = 0
    for span in _flat(line.parts):
        size = len(_span(span))
        if lines[-1] and length + size > _LONGEST_LINE:
            lines.append([])
            length = 0
        lines[-1].append(span)
        length += size
    return [Line(tuple(parts), line.style) for parts in lines]


def _flat(spans: Iterable[Span]) -> Iterable[Span]:
    for span in spans:
        if isinstance(span, Spans):
            yield from _flat(span.parts)
        else:
            yield span


def mrkdwn(line: Line) -> str:
    """A line as Slack's markup, foreign text escaped."""
    text = "".join(_span(part) for part in line.parts)
    return f"```{text}```" if line.style == "pre" else text


def _span(span: Span) -> str:
    match span:
        case str():
            return _shortened(span)
        case Code(text):
            return f"`{_shortened(_one_line(text).replace('`', '′'))}`" if text.strip() else ""
        case Mention(identity):
            return _mention(identity)
        case When():
            return _date(span)
        case Link(url, label):
            return f"<{url}|{escape(label).replace('|', ' ')}>"
        case Spans(parts):
            return "".join(_span(part) for part in parts)


_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Unicode's marks of direction: what follows them would read backwards, ids of ours included."""


def escape(text: str) -> str:
    """Slack's three control characters, so that foreign text can't mention or link; and none that turn text round."""
    return text.translate(_TURNING).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _shortened(text: str) -> str:
    """Escaped, and cut where it is too long then; never within an escaped character."""
    escaped = escape(text)
    if len(escaped) <= _LONGEST_SPAN:
        return escaped
    whole, length = 0, 1  # the ellipsis
    for character in text:
        length += len(escape(character))
        if length > _LONGEST_SPAN:
            break
        whole += 1
    return f"{escape(text[:whole])}…"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _mention(identity: str) -> str:
    if identity.startswith(("U", "W")):
        return f"<@{identity}>"
    if identity.startswith(("C", "G")):
        return f"<#{identity}>"
    return f"<!subteam^{identity}>" if identity.startswith("S") else escape(identity)


def _date(when: When) -> str:
    # Slack writes “Today” where its token comes first: an invisible character before it makes that “today”.
    formats = {"minute": "\u2060{date_short_pretty} {time}", "time": "{time}"}
    fallback = when.at.strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(when.at.timestamp())}^{formats[when.style]}|{fallback}>"


def _blocks(lines: Iterable[Line]) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    body: list[str] = []
    for line in lines:
        text = mrkdwn(line)
        if line.style in {"body", "pre"}:
            if body and sum(map(len, body)) + len(body) + len(text) > _LONGEST_SECTION:
                blocks.append(_section("\n".join(body)))
                body = []
            body.append(text)
            continue
        if body:
            blocks.append(_section("\n".join(body)))
            body = []
        blocks.append(_section(f"*{text}*") if line.style == "title" else _context(text))
    return [*blocks, _section("\n".join(body))] if body else blocks


def _text_object(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text or " ", "verbatim": True}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _text_object(text)}


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [_text_object(text)]}


def _actions(buttons: Sequence[Button]) -> list[dict[str, Any]]:
    """Within one block each action may occur once only, so that a repeated one begins another."""
    blocks: list[dict[str, Any]] = []
    taken: set[str] = set()
    for button in buttons[:_MOST_BUTTONS]:
        if not blocks or button.action in taken:
            blocks.append({"type": "actions", "elements": []})
            taken = set()
        blocks[-1]["elements"].append(_button(button))
        taken.add(button.action)
    return blocks


def _button(button: Button) -> dict[str, Any]:
    element: dict[str, Any] = {
        "type": "button",
        "action_id": button.action,
        "text": {"type": "plain_text", "text": button.label[:_LONGEST_BUTTON], "emoji": False},
        "value": button.value,
    }
    if button.style is not None:
        element["style"] = button.style
    return element
