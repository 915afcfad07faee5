"""Makes each Slack thread show what its request says: posts once, edits when it differs, never blocks a copy."""

import logging
from collections.abc import Mapping, Sequence

import structlog

from bot.shown import Shown, to_show
from bot.slack_posts import Posted, SlackPosts
from bot.slack_trouble import NOT_OUR_TURN, PostError, Trouble
from bot.turns import GIVE_UP_AFTER, LONGEST_PAUSE_AFTER_THE_END_S, LONGEST_PAUSE_S, Held, pause_after
from commands import snapshot
from commands.ports import Ports
from commands.snapshot import Snapshot
from store import due, posts, requests
from store.database import Transaction
from store.lifecycle import Move, State
from store.tables import Post, Request

_COMING_ALONG = frozenset({State.COPYING, State.WATCHING})
"""In these states an edit says how far copying is: nobody waits for it."""

log = structlog.get_logger(__name__)


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
        """Whatever was never posted, in order, the card first: the rest goes to its thread.

        A message to one person alone keeps nothing else waiting.
        """
        card: Posted | None = None
        late: PostError | None = None
        for shown in everything:
            post = known.get(shown.part)
            posted: Posted | None = None
            if post is not None and post.ts is not None:
                posted = Posted(post.posted_channel or post.channel, post.ts)
            elif not shown.late and (post is None or post.dead is None):
                try:
                    posted = await self._first(seen, held, shown, post, card)
                except PostError as error:
                    if shown.to is None:
                        raise
                    late = error
            if shown.part == "card":
                card = posted
        if late is not None:
            raise late

    async def _edit(self, seen: Snapshot, held: Held, shown: Shown, posted: Posted) -> None:
        identity = (seen.request.id, shown.part)
        try:
            awaited = seen.request.state not in _COMING_ALONG
            await self._slack.edit(posted, shown.rendered, held.left_s, awaited=awaited)
        except PostError as error:
            if error.trouble not in {Trouble.MESSAGE, Trouble.NEVER}:
                raise
            level = logging.WARNING if error.trouble is Trouble.MESSAGE else logging.ERROR
            log.log(level, "not_edited", request_id=identity[0], part=identity[1], error=error.error)
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
        """Look for what an earlier attempt may have posted, else post; None: it never can be."""
        request, identity = seen.request, (seen.request.id, shown.part)
        channel = shown.to or (card.channel if card else request.channel)
        thread_ts = None if shown.to or shown.part == "card" or card is None else card.ts
        says = ""  # what is found may say what was true then
        try:
            posted = await self._found(identity, shown, post, channel, thread_ts)
            if posted is None:
                posted = await self._post(identity, shown, channel, thread_ts, held)
                says = shown.digest
        except PostError as error:
            if not _ends(shown, error):
                raise
            refused = error.error
            log.error("message_refused", request_id=request.id, part=shown.part, error=refused)  # noqa: TRY400 - Slack's word says it
            await self._ports.db.run(lambda tx: self._dead(tx, held, identity, channel, refused))
            return None
        found = posted
        await self._ports.db.run(lambda tx: self._remember(tx, held, identity, found, says))
        self._ports.wake()
        if not says and not shown.fixed:
            await self._edit(seen, held, shown, posted)
        return posted

    async def _found(
        self, identity: tuple[str, str], shown: Shown, post: Post | None, channel: str, thread_ts: str | None
    ) -> Posted | None:
        """Where it can't be looked: rather twice in a channel than never, and rather never to a person than twice."""
        if post is None or post.sending_since is None:
            return None
        try:
            return await self._slack.find(channel, thread_ts, _payload(identity), post.sending_since)
        except PostError as error:
            if error.trouble is not Trouble.BLIND or shown.to is not None:
                raise
            return None

    async def _post(
        self, identity: tuple[str, str], shown: Shown, channel: str, thread_ts: str | None, held: Held
    ) -> Posted:
        """Mark, then post; where its thread was deleted, into the channel."""
        await self._ports.db.run(lambda tx: self._begin(tx, held, identity, channel))
        payload = _payload(identity)
        try:
            try:
                return await self._slack.post(channel, thread_ts, shown.rendered, payload, held.left_s)
            except PostError as error:
                if error.trouble is not Trouble.MESSAGE or thread_ts is None:
                    raise
                return await self._slack.post(channel, None, shown.rendered, payload, held.left_s)
        except PostError as error:
            if error.trouble is not Trouble.UNSURE:
                await self._ports.db.run(lambda tx: self._not_posted(tx, held, identity))
            raise

    def _begin(self, tx: Transaction, held: Held, identity: tuple[str, str], channel: str) -> None:
        """Only who has the thread may post: what we know of it may be long out of date."""
        if not due.holds(tx, due.SHOW, identity[0], held.token):
            raise PostError(Trouble.LATER, "lease_lost", 0)
        posts.begin(tx, *identity, channel, at=self._ports.now())

    @staticmethod
    def _not_posted(tx: Transaction, held: Held, identity: tuple[str, str]) -> None:
        """It is certain that nothing was posted: the next attempt may do without looking."""
        if due.holds(tx, due.SHOW, identity[0], held.token):
            posts.done(tx, *identity, sending_since=None)

    def _dead(
        self, tx: Transaction, held: Held, identity: tuple[str, str], channel: str, refused: str
    ) -> None:
        if due.holds(tx, due.SHOW, identity[0], held.token):
            posts.begin(tx, *identity, channel, at=self._ports.now())
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
            level = logging.ERROR if error.trouble is Trouble.NEVER else logging.WARNING
            trouble = error.trouble.value
            log.log(level, "slack_refused", request_id=request.id, error=error.error, trouble=trouble)
        now = self._ports.now()
        if error.trouble in {Trouble.CHANNEL, Trouble.NEVER} and request.state is State.CHECKING:
            outcome = {"reason": "no_card", "error": error.error}
            await self._ports.db.run(
                lambda tx: requests.move(tx, request.id, Move.REFUSE, at=now, outcome=outcome)
            )
            await self._ports.db.run(lambda tx: due.free(tx, due.SHOW, request.id, lease=lease))
            self._ports.wake()
            return
        counted = error.pause_s is None
        give_up = counted and request.state.ended and request.show_attempts >= GIVE_UP_AFTER
        longest_s = LONGEST_PAUSE_AFTER_THE_END_S if request.state.ended else LONGEST_PAUSE_S
        again_at = None if give_up else now + pause_after(error, request.show_attempts, longest_s)
        await self._ports.db.run(
            lambda tx: requests.shown(
                tx, request.id, lease=lease, version=request.version, again_at=again_at, counted=counted
            )
        )


def _payload(identity: tuple[str, str]) -> dict[str, str]:
    request_id, part = identity
    return {"request_id": request_id, "part": part}


def _ends(shown: Shown, error: PostError) -> bool:
    """Whether a failure is the end of this message alone; without its card a request can't go on."""
    if shown.to is not None:
        return error.trouble in {Trouble.NEVER, Trouble.CHANNEL, Trouble.BLIND}
    return error.trouble is Trouble.NEVER and shown.part != "card"


def _is_outdated(shown: Shown, post: Post) -> bool:
    return post.ts is not None and post.dead is None and not shown.fixed and post.shown != shown.digest
