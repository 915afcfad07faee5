"""Retry, ask again, copy again, the rest: an ended request followed by another, once per button."""

from dataclasses import replace

from commands.copy.request import Origin, copy
from commands.decide import NOT_FOUND
from commands.ports import Caller, Ports
from commands.snapshot import Snapshot, take
from commands.text import Code, Message, Text
from commands.typed import CopyCommand
from commands.view.card import after
from store.lifecycle import CopyState

_NOT_NOW = Text("{id} 现在不能这样操作", "This can't be done with {id} now")
_NOTHING_FAILED = Text(
    "{id} 没有需要重试的镜像：只有失败或部分完成的申请可以重试",
    "{id} has nothing to retry: only requests that failed, or partly, have",
)


async def follow(ports: Ports, caller: Caller, request_id: str, action: str) -> Message:
    """Make the request that the button `action` of an ended request stands for, in its channel, by its presser.

    Raises:
        UnknowableError, DatabaseError: as `copy`.
    """
    seen = await ports.db.read(lambda tx: take(tx, request_id))
    if seen is None or not _in_place(seen, caller):
        return Message((NOT_FOUND.line(caller.language),))
    if action not in after(seen.request):
        text = _NOTHING_FAILED if action == "retry" else _NOT_NOW
        return Message((text.line(caller.language, id=Code(request_id)),))
    command = _command(seen, action)
    origin = Origin(parent_id=request_id, action=action, again=action == "copy_again")
    here = replace(caller, channel=seen.request.channel)
    return await copy(ports, here, command, origin)


def _in_place(seen: Snapshot, caller: Caller) -> bool:
    request = seen.request
    if request.team != caller.team:
        return False
    return caller.channel == request.channel or (
        caller.in_direct_message and caller.user == request.requester
    )


def _command(seen: Snapshot, action: str) -> CopyCommand:
    """The same again, or the part of it that the button names."""
    request = seen.request
    images, destinations = list(request.images), list(request.destinations)
    if action == "retry":
        failed = seen.in_state(CopyState.FAILED, CopyState.NOT_SENT)
        images = [i for i in images if any(c.image_id == i for c in failed)]
        destinations = [d for d in destinations if any(c.destination == d for c in failed)]
    elif action == "copy_rest":
        images = [i for i in images if i not in request.outcome["wrong"]]
    named = request.source_region if len(request.source_candidates) == 1 or action == "retry" else None
    return CopyCommand(tuple(images), tuple(destinations), named, request.reason)
