"""Windows that are sent in with something else than what the bot put into them: said to their sender, once in the log."""

from typing import Any

import structlog

from bot.windows import told
from commands.ports import Caller
from commands.text import Message, Text

_OUTDATED = Text(
    "此窗口已失效，因此没有执行任何操作。请关闭后重新打开。",
    "This window is out of date, so nothing was done. Close it and open it again.",
)

log = structlog.get_logger(__name__)


def outdated(view: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """What takes the place of a window whose `private_metadata` can't be understood."""
    log.warning("window_not_understood", callback_id=view.get("callback_id"), user=caller.user)
    return told(Message((_OUTDATED.line(caller.language),)), caller.language)
