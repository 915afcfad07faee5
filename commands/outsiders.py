"""Of an emergency, approvers outside the channel hear later where Slack did not say at once who they are."""

from datetime import datetime, timedelta

import structlog

from commands import audience
from commands.ports import Ports
from store import posts, requests
from store.database import Transaction
from store.tables import Notice, Request

NOTICE_KIND = "emergency"

_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(hours=1)
_TRIES = 12
"""With doubling pauses some two and a half hours: a copy has long ended then, and the thread has said it all."""

log = structlog.get_logger(__name__)


def look_later(tx: Transaction, request: Request, *, at: datetime) -> None:
    """Remember that somebody is still to be told of this emergency; it outlives the request's own steps, and its end."""
    notice = Notice(
        id=f"{NOTICE_KIND}-{request.id}",
        team=request.team,
        channel=request.channel,
        kind=NOTICE_KIND,
        data={"request_id": request.id},
        created_at=at,
        run_at=at + _FIRST_PAUSE,
    )
    posts.add_notice(tx, notice)


async def look(ports: Ports, notice: Notice, lease: str) -> None:
    """One try for a claimed notice: who is outside is written down with the request, whose thread then tells them."""
    request = await ports.db.read(lambda tx: requests.get(tx, notice.data["request_id"]))
    found = await audience.look(ports, request) if request is not None else None
    again_at = None
    if request is not None and found is not None and found.outside_known:
        known = found
        await ports.db.run(lambda tx: _record(tx, request, known, at=ports.now()))
    elif request is not None and notice.attempts < _TRIES:
        again_at = ports.now() + min(_FIRST_PAUSE * 2**notice.attempts, _LONGEST_PAUSE)
    elif request is not None:
        log.error("emergency_told_in_the_channel_alone", request_id=request.id, tries=notice.attempts)
    await ports.db.run(lambda tx: posts.finish_notice(tx, notice.id, lease=lease, ts=None, again_at=again_at))
    ports.wake()


def _record(tx: Transaction, request: Request, found: audience.Found, *, at: datetime) -> None:
    requests.lock(tx, request.id)
    if audience.record(tx, request, found, at=at):
        requests.change(tx, request.id, at=at)
