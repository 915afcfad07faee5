"""Makes each Slack thread show what its request says: posts once, edits when it differs, never blocks a copy."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.blocks import Rendered, pages, render
from bot.slack_posts import Posted, PostError, SlackPosts, Trouble
from commands import snapshot
from commands.permission_effect import announcement
from commands.ports import Ports
from commands.snapshot import Snapshot
from commands.view import parts
from store import posts, requests
from store.database import Transaction
from store.lifecycle import Move, State
from store.tables import Notice, Post, Request

LEASE_S = 60
_LONGEST_PAUSE_S = 600
_GIVE_UP_AFTER = 40
"""Attempts to show an ended request; with growing pauses that is several hours."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Shown:
    """One page of one part, ready to be posted."""

    part: str
    rendered: Rendered
    fixed: bool
    to: str | None

    @property
    def digest(self) -> str:
        content = json.dumps([self.rendered.text, self.rendered.blocks], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


class Presenter:
    """One bot's hand in Slack.

    Args:
        slack: posts, edits and finds messages.
    """

    def __init__(self, ports: Ports, slack: SlackPosts) -> None:
        self._ports = ports
        self._slack = slack

    async def show(self, request: Request, lease: str) -> None:
        """Bring one claimed request's thread up to date, as far as Slack takes it."""
        seen = await self._ports.db.read(lambda tx: snapshot.take(tx, request.id))
        if seen is None:
            return
        try:
            await self._bring_up_to_date(seen)
        except PostError as error:
            await self._try_later(seen, lease, error)
            return
        await self._ports.db.run(
            lambda tx: requests.shown(
                tx, request.id, lease=lease, version=seen.request.version, again_at=None
            )
        )

    async def _bring_up_to_date(self, seen: Snapshot) -> None:
        known = await self._ports.db.read(lambda tx: posts.posts(tx, seen.request.id))
        card: Posted | None = None
        for shown in to_show(seen, self._ports):
            post = known.get(shown.part)
            posted = await self._one(seen, shown, post, card)
            if shown.part == "card":
                card = posted

    async def _one(
        self, seen: Snapshot, shown: Shown, post: Post | None, card: Posted | None
    ) -> Posted | None:
        """Post it, edit it, or leave it as it is."""
        if post is not None and post.ts is not None:
            posted = Posted(post.posted_channel or post.channel, post.ts)
            if not shown.fixed and post.shown != shown.digest and post.dead is None:
                await self._edit(seen, shown, posted)
            return posted
        if post is not None and post.dead is not None:
            return None
        return await self._first(seen, shown, post, card)

    async def _edit(self, seen: Snapshot, shown: Shown, posted: Posted) -> None:
        identity = (seen.request.id, shown.part)
        try:
            await self._slack.edit(posted, shown.rendered)
        except PostError as error:
            if error.trouble not in {Trouble.MESSAGE, Trouble.NEVER}:
                raise
            dead = error.error
            log.warning("message_is_gone", request_id=identity[0], part=identity[1], error=dead)
            await self._ports.db.run(lambda tx: posts.done(tx, *identity, dead=dead))
            return
        await self._ports.db.run(lambda tx: posts.done(tx, *identity, shown=shown.digest))

    async def _first(
        self, seen: Snapshot, shown: Shown, post: Post | None, card: Posted | None
    ) -> Posted | None:
        """Mark, look for what an earlier attempt may have posted, post, remember."""
        request, identity = seen.request, (seen.request.id, shown.part)
        channel = shown.to or (card.channel if card else request.channel)
        thread_ts = None if shown.to or shown.part == "card" or card is None else card.ts
        payload = {"request_id": request.id, "part": shown.part}
        now = self._ports.now()
        posted: Posted | None = None
        if post is not None and post.sending_since is not None:
            posted = await self._slack.find(channel, thread_ts, payload, post.sending_since)
        else:
            await self._ports.db.run(lambda tx: posts.begin(tx, *identity, channel, at=now))
        if posted is None:
            try:
                posted = await self._post(shown, channel, thread_ts, payload)
            except PostError as error:
                await self._not_posted(identity, error)
                raise
        found = posted
        await self._ports.db.run(lambda tx: self._remember(tx, request, shown, found))
        self._ports.wake()
        return posted

    async def _post(
        self, shown: Shown, channel: str, thread_ts: str | None, payload: dict[str, str]
    ) -> Posted:
        try:
            return await self._slack.post(channel, thread_ts, shown.rendered, payload)
        except PostError as error:
            if error.trouble is not Trouble.MESSAGE or thread_ts is None:
                raise
            return await self._slack.post(channel, None, shown.rendered, payload)  # its thread was deleted

    async def _not_posted(self, identity: tuple[str, str], error: PostError) -> None:
        """Only when it is certain that nothing was posted may the next attempt do without looking."""
        if error.trouble is not Trouble.UNSURE:
            await self._ports.db.run(lambda tx: posts.done(tx, *identity, sending_since=None))

    def _remember(self, tx: Transaction, request: Request, shown: Shown, posted: Posted) -> None:
        posts.done(
            tx, request.id, shown.part, ts=posted.ts, posted_channel=posted.channel, shown=shown.digest
        )
        if shown.part == "card":
            requests.begin_checking(tx, request.id, at=self._ports.now())

    async def _try_later(self, seen: Snapshot, lease: str, error: PostError) -> None:
        request = seen.request
        log.warning("slack_refused", request_id=request.id, error=error.error, trouble=error.trouble.value)
        now = self._ports.now()
        if error.trouble is Trouble.CHANNEL and request.state is State.CHECKING:
            outcome = {"reason": "no_card", "error": error.error}
            await self._ports.db.run(
                lambda tx: requests.move(tx, request.id, Move.REFUSE, at=now, outcome=outcome)
            )
            await self._ports.db.run(lambda tx: requests.free_to_show(tx, request.id, lease=lease))
            self._ports.wake()
            return
        pause_s = max(error.pause_s or 0, min(2.0 ** min(request.show_attempts, 10), _LONGEST_PAUSE_S))
        give_up = request.state.ended and request.show_attempts >= _GIVE_UP_AFTER
        again_at = None if give_up else now + timedelta(seconds=pause_s)
        await self._ports.db.run(
            lambda tx: requests.shown(tx, request.id, lease=lease, version=request.version, again_at=again_at)
        )

    async def announce(self, notice: Notice, lease: str) -> None:
        """Post one claimed notice, once."""
        rendered = render(announcement(notice))
        payload = {"notice_id": notice.id}
        now = self._ports.now()
        try:
            posted = await self._announced(notice, lease, rendered, payload)
        except PostError as error:
            log.warning("slack_refused", notice_id=notice.id, error=error.error)
            give_up = (
                error.trouble in {Trouble.CHANNEL, Trouble.NEVER} and notice.attempts >= _GIVE_UP_AFTER // 4
            )
            pause = timedelta(
                seconds=max(error.pause_s or 0, min(2.0 ** min(notice.attempts, 10), _LONGEST_PAUSE_S))
            )
            again_at = None if give_up else now + pause
            await self._ports.db.run(
                lambda tx: posts.finish_notice(tx, notice.id, lease=lease, ts=None, again_at=again_at)
            )
            return
        await self._ports.db.run(
            lambda tx: posts.finish_notice(tx, notice.id, lease=lease, ts=posted.ts, again_at=None)
        )

    async def _announced(
        self, notice: Notice, lease: str, rendered: Rendered, payload: dict[str, str]
    ) -> Posted:
        if notice.sending_since is not None:
            found = await self._slack.find(notice.channel, None, payload, notice.sending_since)
            if found is not None:
                return found
        now = self._ports.now()
        await self._ports.db.run(lambda tx: posts.mark_notice(tx, notice.id, lease=lease, sending_since=now))
        return await self._slack.post(notice.channel, None, rendered, payload)


def to_show(seen: Snapshot, ports: Ports) -> Sequence[Shown]:
    """Every page of every part, the card first."""
    shown = []
    for part in parts(seen, ports.regions):
        for number, rendered in enumerate(pages(part.message), 1):
            name = part.name if number == 1 else f"{part.name}.{number}"
            shown.append(Shown(name, rendered, part.fixed, part.to))
    return shown
