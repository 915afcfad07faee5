"""Makes each Slack thread show what its request says: posts once, edits when it differs, never blocks a copy."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.blocks import Rendered, pages, render
from bot.slack_posts import NOT_OUR_TURN, Posted, PostError, SlackPosts, Trouble
from commands import snapshot
from commands.permission_effect import announcement
from commands.ports import Ports
from commands.snapshot import Snapshot
from commands.view import parts
from store import due, posts, requests
from store.database import Transaction
from store.lifecycle import Move, State
from store.tables import Notice, Post, Request

_LONGEST_PAUSE_S = 60
_LONGEST_PAUSE_AFTER_THE_END_S = 600
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
    late: bool

    @property
    def digest(self) -> str:
        content = json.dumps([self.rendered.text, self.rendered.blocks], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True)
class Held:
    """A thread or a notice that is ours under `token`; past `left_s()` nothing is written to Slack any more."""

    token: str
    left_s: Callable[[], float]


class Presenter:
    """One bot's hand in Slack.

    Args:
        slack: posts, edits and finds messages.
    """

    def __init__(self, ports: Ports, slack: SlackPosts) -> None:
        self._ports = ports
        self._slack = slack

    async def show(self, request: Request, held: Held) -> None:
        """Bring one claimed request's thread up to date, as far as Slack takes it."""
        seen = await self._ports.db.read(lambda tx: snapshot.take(tx, request.id))
        if seen is None:
            return
        try:
            await self._bring_up_to_date(seen, held)
        except PostError as error:
            await self._try_later(seen, held.token, error)
            return
        await self._ports.db.run(
            lambda tx: requests.shown(
                tx, request.id, lease=held.token, version=seen.request.version, again_at=None
            )
        )

    async def _bring_up_to_date(self, seen: Snapshot, held: Held) -> None:
        """What is new is posted before what was posted is edited: Slack grants a workspace few edits."""
        known = await self._ports.db.read(lambda tx: posts.posts(tx, seen.request.id))
        everything = to_show(seen, self._ports)
        try:
            await self._post_new(seen, held, everything, known)
        finally:
            for shown in everything:
                post = known.get(shown.part)
                if post is not None and _is_outdated(shown, post):
                    where = Posted(post.posted_channel or post.channel, post.ts or "")
                    await self._edit(seen, held, shown, where)

    async def _post_new(
        self, seen: Snapshot, held: Held, everything: Sequence[Shown], known: Mapping[str, Post]
    ) -> None:
        """Whatever was never posted, in order, the card first: the rest goes to its thread."""
        card: Posted | None = None
        for shown in everything:
            post = known.get(shown.part)
            posted: Posted | None = None
            if post is not None and post.ts is not None:
                posted = Posted(post.posted_channel or post.channel, post.ts)
            elif not shown.late and (post is None or post.dead is None):
                posted = await self._first(seen, held, shown, post, card)
            if shown.part == "card":
                card = posted

    async def _edit(self, seen: Snapshot, held: Held, shown: Shown, posted: Posted) -> None:
        identity = (seen.request.id, shown.part)
        try:
            await self._slack.edit(posted, shown.rendered, held.left_s)
        except PostError as error:
            if error.trouble not in {Trouble.MESSAGE, Trouble.NEVER}:
                raise
            log.warning("not_edited", request_id=identity[0], part=identity[1], error=error.error)
            if error.trouble is Trouble.MESSAGE:
                gone = error.error
                await self._ports.db.run(lambda tx: posts.done(tx, *identity, dead=gone))
                return
            # Slack refuses what it says now; what it says next may do.
        await self._ports.db.run(lambda tx: self._edited(tx, held, identity, shown))

    @staticmethod
    def _edited(tx: Transaction, held: Held, identity: tuple[str, str], shown: Shown) -> None:
        """Whoever took over has looked at, or shown, something newer than this."""
        if due.holds(tx, due.SHOW, identity[0], held.token):
            posts.done(tx, *identity, shown=shown.digest)

    async def _first(
        self, seen: Snapshot, held: Held, shown: Shown, post: Post | None, card: Posted | None
    ) -> Posted | None:
        """Mark, look for what an earlier attempt may have posted, post, remember."""
        request, identity = seen.request, (seen.request.id, shown.part)
        channel = shown.to or (card.channel if card else request.channel)
        thread_ts = None if shown.to or shown.part == "card" or card is None else card.ts
        payload = {"request_id": request.id, "part": shown.part}
        posted: Posted | None = None
        if post is not None and post.sending_since is not None:
            posted = await self._slack.find(channel, thread_ts, payload, post.sending_since)
        says = "" if posted else shown.digest  # what was found may say what was true then
        if posted is None:
            await self._ports.db.run(lambda tx: self._begin(tx, held, identity, channel))
            try:
                posted = await self._post(shown, channel, thread_ts, payload, held)
            except PostError as error:
                failure = error
                await self._ports.db.run(lambda tx: self._not_posted(tx, held, identity, failure))
                if error.trouble is not Trouble.NEVER or shown.part == "card":
                    raise
                log.error("message_refused", request_id=request.id, part=shown.part, error=error.error)  # noqa: TRY400 - Slack's word says it
                return None
        found = posted
        await self._ports.db.run(lambda tx: self._remember(tx, held, identity, found, says))
        self._ports.wake()
        if not says and not shown.fixed:
            await self._edit(seen, held, shown, posted)
        return posted

    def _begin(self, tx: Transaction, held: Held, identity: tuple[str, str], channel: str) -> None:
        """Only who has the thread may post: what we know of it may be long out of date."""
        if not due.holds(tx, due.SHOW, identity[0], held.token):
            raise PostError(Trouble.LATER, "lease_lost", 0)
        posts.begin(tx, *identity, channel, at=self._ports.now())

    async def _post(
        self, shown: Shown, channel: str, thread_ts: str | None, payload: dict[str, str], held: Held
    ) -> Posted:
        try:
            return await self._slack.post(channel, thread_ts, shown.rendered, payload, held.left_s)
        except PostError as error:
            if error.trouble is not Trouble.MESSAGE or thread_ts is None:
                raise
            # Its thread was deleted.
            return await self._slack.post(channel, None, shown.rendered, payload, held.left_s)

    @staticmethod
    def _not_posted(tx: Transaction, held: Held, identity: tuple[str, str], error: PostError) -> None:
        """Only when it is certain that nothing was posted may the next attempt do without looking."""
        if error.trouble is not Trouble.UNSURE and due.holds(tx, due.SHOW, identity[0], held.token):
            refused = error.error if error.trouble is Trouble.NEVER and identity[1] != "card" else None
            posts.done(tx, *identity, sending_since=None, dead=refused)

    def _remember(
        self, tx: Transaction, held: Held, identity: tuple[str, str], posted: Posted, says: str
    ) -> None:
        """Whoever took over meanwhile may have found and edited it already."""
        says = says if due.holds(tx, due.SHOW, identity[0], held.token) else ""
        posts.done(tx, *identity, ts=posted.ts, posted_channel=posted.channel, shown=says)
        if identity[1] == "card":
            requests.begin_checking(tx, identity[0], at=self._ports.now())

    async def _try_later(self, seen: Snapshot, lease: str, error: PostError) -> None:
        request = seen.request
        if error.error != NOT_OUR_TURN:
            log.warning(
                "slack_refused", request_id=request.id, error=error.error, trouble=error.trouble.value
            )
        now = self._ports.now()
        if error.trouble is Trouble.CHANNEL and request.state is State.CHECKING:
            outcome = {"reason": "no_card", "error": error.error}
            await self._ports.db.run(
                lambda tx: requests.move(tx, request.id, Move.REFUSE, at=now, outcome=outcome)
            )
            await self._ports.db.run(lambda tx: due.free(tx, due.SHOW, request.id, lease=lease))
            self._ports.wake()
            return
        counted = error.pause_s is None
        give_up = counted and request.state.ended and request.show_attempts >= _GIVE_UP_AFTER
        longest_s = _LONGEST_PAUSE_AFTER_THE_END_S if request.state.ended else _LONGEST_PAUSE_S
        again_at = None if give_up else now + _pause(error, request.show_attempts, longest_s)
        await self._ports.db.run(
            lambda tx: requests.shown(
                tx, request.id, lease=lease, version=request.version, again_at=again_at, counted=counted
            )
        )

    async def announce(self, notice: Notice, held: Held) -> None:
        """Post one claimed notice, once."""
        rendered = render(announcement(notice))
        payload = {"notice_id": notice.id}
        now = self._ports.now()
        try:
            posted = await self._announced(notice, held, rendered, payload)
        except PostError as error:
            log.warning("slack_refused", notice_id=notice.id, error=error.error)
            give_up = (
                error.trouble in {Trouble.CHANNEL, Trouble.NEVER} and notice.attempts >= _GIVE_UP_AFTER // 4
            )
            again_at = (
                None if give_up else now + _pause(error, notice.attempts, _LONGEST_PAUSE_AFTER_THE_END_S)
            )
            await self._ports.db.run(
                lambda tx: posts.finish_notice(tx, notice.id, lease=held.token, ts=None, again_at=again_at)
            )
            return
        await self._ports.db.run(
            lambda tx: posts.finish_notice(tx, notice.id, lease=held.token, ts=posted.ts, again_at=None)
        )

    async def _announced(
        self, notice: Notice, held: Held, rendered: Rendered, payload: dict[str, str]
    ) -> Posted:
        if notice.sending_since is not None:
            found = await self._slack.find(notice.channel, None, payload, notice.sending_since)
            if found is not None:
                return found
        now = self._ports.now()
        await self._ports.db.run(lambda tx: posts.mark_notice(tx, notice.id, lease=held.token, at=now))
        return await self._slack.post(notice.channel, None, rendered, payload, held.left_s)


def _is_outdated(shown: Shown, post: Post) -> bool:
    return post.ts is not None and post.dead is None and not shown.fixed and post.shown != shown.digest


def _pause(error: PostError, attempts: int, longest_s: float) -> timedelta:
    """As long as Slack said, or ever longer: people wait for a request that has not ended."""
    if error.pause_s is not None:
        return timedelta(seconds=error.pause_s)
    return timedelta(seconds=min(2.0 ** min(attempts, 10), longest_s))


def to_show(seen: Snapshot, ports: Ports) -> Sequence[Shown]:
    """Every page of every part, the card first."""
    shown = []
    for part in parts(seen, ports.regions):
        for number, rendered in enumerate(pages(part.message), 1):
            name = part.name if number == 1 else f"{part.name}.{number}"
            shown.append(Shown(name, rendered, part.fixed, part.to, part.late))
    return shown
