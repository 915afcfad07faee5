"""Posts what a channel is told about no request, such as a change of its permissions: once, whenever Slack takes it."""

from collections.abc import Callable

import structlog

from bot.blocks import Rendered, render
from bot.slack_posts import Posted, SlackPosts
from bot.slack_trouble import PostError, Trouble
from bot.turns import GIVE_UP_AFTER, LONGEST_PAUSE_AFTER_THE_END_S, Held, pause_after
from commands import pause, permission_change, permission_effect
from commands.ports import Ports
from commands.text import Message
from store import posts
from store.tables import Notice

_ANNOUNCEMENTS: dict[str, Callable[[Notice], Message]] = {
    permission_change.NOTICE_KIND: permission_effect.announcement,
    pause.NOTICE_KIND: pause.announcement,
}

log = structlog.get_logger(__name__)


async def announce(ports: Ports, slack: SlackPosts, notice: Notice, held: Held) -> None:
    """Post one claimed notice, once."""
    try:
        posted = await _announced(ports, slack, notice, held, render(_ANNOUNCEMENTS[notice.kind](notice)))
    except PostError as error:
        log.warning("slack_refused", notice_id=notice.id, error=error.error)
        again_at = (
            None
            if _gives_up(notice, error)
            else ports.now() + pause_after(error, notice.attempts, LONGEST_PAUSE_AFTER_THE_END_S)
        )
        await ports.db.run(
            lambda tx: posts.finish_notice(tx, notice.id, lease=held.token, ts=None, again_at=again_at)
        )
        return
    await ports.db.run(
        lambda tx: posts.finish_notice(tx, notice.id, lease=held.token, ts=posted.ts, again_at=None)
    )


def _gives_up(notice: Notice, error: PostError) -> bool:
    return error.trouble in {Trouble.CHANNEL, Trouble.NEVER} and notice.attempts >= GIVE_UP_AFTER // 4


async def _announced(
    ports: Ports, slack: SlackPosts, notice: Notice, held: Held, rendered: Rendered
) -> Posted:
    payload = {"notice_id": notice.id}
    found = await _found(slack, notice, payload)
    if found is not None:
        return found
    now = ports.now()
    await ports.db.run(lambda tx: posts.mark_notice(tx, notice.id, lease=held.token, at=now))
    return await slack.post(notice.channel, None, rendered, payload, held.left_s)


async def _found(slack: SlackPosts, notice: Notice, payload: dict[str, str]) -> Posted | None:
    """What an earlier attempt has posted after all; where it can't be looked, rather twice than never."""
    if notice.sending_since is None:
        return None
    try:
        return await slack.find(notice.channel, None, payload, notice.sending_since)
    except PostError as error:
        if error.trouble is not Trouble.BLIND:
            raise
        return None
