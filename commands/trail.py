"""`/copy-image audit verify`: whether the audit trail is whole, for administrators."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from commands import administer
from commands.ports import Caller, Ports
from commands.text import Code, Language, Line, Message, Text, When
from commands.typed import AuditVerifyCommand
from commands.whom import refused
from store import audit
from store.database import Transaction
from store.tables import Event

MOST = 10_000
"""Entries looked at while Slack waits; some 0.1 ms each."""

_WHOLE = Text(
    "✅ 审计记录完整：{count} 条，逐条相接",
    "✅ The audit trail is whole: {count} entries, each tied to the one before",
)
_HEAD = Text(
    "最后一条的哈希：{hash}。请将它另存于机器人碰不到的地方，日后可据此发现整段改写",
    "Hash of the last entry: {hash}. Keep it where the bot can't reach it: it shows whether the trail was rewritten.",
)
_PARTLY = Text(
    "✅ 前 {count} 条完整，共 {all} 条。在服务器上运行 {command} 可校验全部",
    "✅ The first {count} of {all} entries are whole. To check all, run {command} on the server",
)
_BROKEN = Text(
    "❌ 审计记录自第 {number} 条（{at}）起不完整：该条被更改、删除或插入过",
    "❌ The audit trail is broken at entry {number} ({at}): it was changed, removed or put in between",
)
_BROKEN_TODO = Text(
    "请保留数据库现状，用 {command} 导出记录，并与备份比对",
    "Keep the database as it is, export the trail with {command}, and compare it with a backup",
)
_UNRECORDED = Text(
    "❌ 审计记录中没有申请 {request}：末尾的记录被删除过",
    "❌ The audit trail doesn't mention request {request}: entries were removed from its end",
)
_EMPTY = Text("审计记录为空", "The audit trail is empty")


@dataclass(frozen=True)
class Looked:
    """What a look at the trail gave: how many entries it has, how many were read, the first bad one.

    Attributes:
        unrecorded: a request that the trail doesn't mention.
    """

    all: int
    read: int
    head: str
    broken: Event | None
    unrecorded: str | None = None


async def verify(ports: Ports, caller: Caller, _command: AuditVerifyCommand) -> Message:
    """Check the trail from its beginning, as far as there is time.

    Raises:
        UnknowableError, DatabaseError: it can't be known now.
    """
    held, who = await administer.here(ports, caller)
    verdict = administer.judge(held.rule, who, ports.admins)
    if not verdict.allowed:
        return await refused(ports, caller, verdict)
    looked = await ports.db.read(lambda tx: look(tx, most=MOST))
    return Message(tuple(in_words(looked, caller.language)))


def look(tx: Transaction, *, most: int) -> Looked:
    """Read up to `most` entries from the beginning, up to the first bad one."""
    seq, head = audit.head(tx)
    count = 0

    def counted() -> Iterator[Event]:
        nonlocal count
        for event in islice(audit.entries(tx), most):
            count += 1
            yield event

    broken = audit.first_broken(counted())
    return Looked(max(seq, count), count, head, broken, audit.unrecorded(tx))


def in_words(looked: Looked, language: Language) -> list[Line]:
    """The verdict, then what to do or to keep."""
    to_do = _BROKEN_TODO.line(language, command=Code("copy-image-bot audit export"))
    if looked.broken is not None:
        number, at = looked.broken.seq, When(looked.broken.at)
        return [_BROKEN.line(language, number=number, at=at), to_do]
    if looked.unrecorded is not None:
        return [_UNRECORDED.line(language, request=Code(looked.unrecorded)), to_do]
    if not looked.all:
        return [_EMPTY.line(language)]
    if looked.read < looked.all:
        command = Code("copy-image-bot audit verify")
        return [_PARTLY.line(language, count=looked.read, all=looked.all, command=command)]
    return [
        _WHOLE.line(language, count=looked.read),
        _HEAD.line(language, hash=Code(looked.head)),
    ]
