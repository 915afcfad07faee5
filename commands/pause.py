"""`/copy-image pause|resume`: nothing new is sent to the cloud until resumed; everything else goes on."""

from commands import refusals
from commands.permissions import may_pause
from commands.ports import Caller, Ports
from commands.text import Message, Text
from commands.typed import PauseCommand
from commands.who import standing
from store import flags

_PAUSED = Text(
    "已暂停：恢复之前不会向京东云提交新的复制。已提交的照常进行。恢复：/copy-image resume",
    "Paused: no new copy is sent to JD Cloud. What was sent goes on. To resume: /copy-image resume",
)
_RESUMED = Text("已恢复：等待中的复制将继续提交。", "Resumed: waiting copies are being sent.")
_WAS_SO = Text("已经是这个状态，无需更改。", "That is how it is already.")


async def pause(ports: Ports, caller: Caller, command: PauseCommand) -> Message:
    """For `BOT_ADMINS`."""
    who = await standing(ports, caller, ())
    verdict = may_pause(who, ports.admins)
    if not verdict.allowed:
        return refusals.refusal(verdict, caller.language, ports.regions)
    now = ports.now()
    changed = await ports.db.run(lambda tx: flags.pause(tx, on=command.pause, by=caller.user, at=now))
    ports.wake()
    text = (_PAUSED if command.pause else _RESUMED) if changed else _WAS_SO
    return Message((text.line(caller.language),))
