"""A line of a message as plain text, for the terminal: ids bare, moments in UTC."""

from datetime import UTC

from commands.text import Line, Link, Mention, Span, Spans, When


def plain(said: Line | Span) -> str:
    """The line as one would read it aloud."""
    if isinstance(said, str):
        return said
    if isinstance(said, (Line, Spans)):
        return "".join(plain(part) for part in said.parts)
    if isinstance(said, When):
        return said.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(said, Link):
        return f"{said.label} {said.url}"
    return said.id if isinstance(said, Mention) else said.text
