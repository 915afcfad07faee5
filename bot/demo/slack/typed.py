"""What Slack makes of a typed line before an app gets it (`should_escape: true`)."""

import re

from bot.demo.slack.workspace import Workspace

_NAMED = re.compile(r"(?<![\w@#])([@#])([\w][\w.\-]*)")
_URL = re.compile(r"https?://[^\s<>]+")
_EVERYBODY = {"here", "channel", "everyone"}


def escaped(workspace: Workspace, text: str) -> str:
    """The text with &, < and > escaped, and names and links turned into `<…>`."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    linked = _URL.sub(lambda found: f"<{found[0]}>", safe)
    return _NAMED.sub(lambda found: _reference(workspace, found[1], found[2]), linked)


def _reference(workspace: Workspace, sign: str, name: str) -> str:
    """The reference for the longest start of `name` that names something, and what is left of it."""
    for end in range(len(name), 0, -1):
        reference = _person(workspace, name[:end]) if sign == "@" else _channel(workspace, name[:end])
        if reference and not name[end : end + 1].isalnum():
            return reference + name[end:]
    return sign + name


def _person(workspace: Workspace, name: str) -> str | None:
    for user in workspace.users:
        if user.name == name:
            return f"<@{user.id}>"
    for group in workspace.groups:
        if group.handle == name:
            return f"<!subteam^{group.id}>"
    return f"<!{name}>" if name in _EVERYBODY else None


def _channel(workspace: Workspace, name: str) -> str | None:
    for channel in workspace.channels:
        if channel.name == name:
            return f"<#{channel.id}|{'' if channel.is_private else name}>"
    return None
