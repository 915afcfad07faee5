"""`/copy-image pause|resume`: nothing new is sent to the cloud until resumed; everything else goes on."""

from datetime import datetime

from commands import names
from commands.current import rule_of
from commands.permissions import may_pause
from commands.ports import Caller, Ports
from commands.text import Code, Language, Message, Text
from commands.typed import PauseCommand
from commands.who import standing
from commands.whom import refused
from store import flags, posts, requests
from store.database import Transaction
from store.permissions import Key
from store.tables import Notice

NOTICE_KIND = "pause"

_PAUSED = Text(
    "已暂停：恢复之前不会向京东云提交新的复制，已提交的照常进行。有申请未结束的频道都会收到通知。恢复：{resume}",
    "Paused: no new copy is sent to JD Cloud, and what was sent goes on. "
    "Channels with open requests are told. To resume: {resume}",
)
_RESUMED = Text(
    "已恢复：等待中的复制将继续提交。有申请未结束的频道都会收到通知。",
    "Resumed: waiting copies are being sent. Channels with open requests are told.",
)
_WAS_PAUSED = Text("之前已经暂停，无需更改。", "It was paused already; nothing changed.")
_WAS_RESUMED = Text("并未暂停，无需恢复。", "It wasn't paused; nothing changed.")
_ALL_PAUSED = Text(
    "⏸️ {who} 已暂停向京东云提交新的复制：仍可申请和批准，恢复后自动继续；已提交的照常进行",
    "⏸️ {who} paused sending new copies to JD Cloud: you can still ask and approve, and it all goes on once "
    "sending is resumed; what was sent runs on",
)
_ALL_RESUMED = Text(
    "▶️ {who} 已恢复向京东云提交：等待中的复制自动继续",
    "▶️ {who} resumed sending to JD Cloud: waiting copies go on by themselves",
)


async def pause(ports: Ports, caller: Caller, command: PauseCommand) -> Message:
    """For `BOT_ADMINS`."""
    who = await standing(ports, caller, ())
    verdict = may_pause(who, ports.admins)
    if not verdict.allowed:
        return await refused(ports, caller, verdict)
    now = ports.now()
    changed = await ports.db.run(lambda tx: _pause(tx, ports, caller, on=command.pause, at=now))
    ports.wake()
    told = (_PAUSED, _RESUMED) if changed else (_WAS_PAUSED, _WAS_RESUMED)
    text = told[0] if command.pause else told[1]
    return Message((text.line(caller.language, resume=Code("/copy-image resume")),))


def _pause(tx: Transaction, ports: Ports, caller: Caller, *, on: bool, at: datetime) -> bool:
    """Switch, and tell those whom it concerns; False when it was so already."""
    if not flags.pause(tx, on=on, by=caller.user, at=at):
        return False
    for place in {Key(caller.team, caller.channel), *requests.open_places(tx)}:
        rule = rule_of(tx, place)
        if rule is not None:
            notice = Notice(
                id=ports.new_token(),
                team=place.team,
                channel=place.channel,
                kind=NOTICE_KIND,
                data={"by": caller.user, "on": on},
                language=rule.language,
                created_at=at,
            )
            posts.add_notice(tx, notice)
    return True


def announcement(notice: Notice) -> Message:
    """What a channel is told."""
    language: Language = "en" if notice.language == "en" else "zh"
    text = _ALL_PAUSED if notice.data["on"] else _ALL_RESUMED
    return Message((text.line(language, who=names.person(notice.data["by"], language)),))
