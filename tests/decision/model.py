"""A channel as the contract says it should behave: what each act is answered, and where it leaves every request."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.decision import oracle
from tests.decision.doubles import Sky, Town
from tests.decision.facts import BEFORE_SENDING, UNDER_WAY, Against, Counted, Pending, Person, Rule, Wish

OPEN = (*BEFORE_SENDING, *UNDER_WAY)
HERE = "C1"

Reasons = set[Against]
"""Everything that speaks against an act; empty: it is done."""


@dataclass
class Job:
    """One call to the cloud; its state is that of its copies."""

    destination: str
    images: tuple[str, ...]
    state: str = "planned"
    look_at: datetime | None = None


@dataclass
class Story:
    """One request, from asking to its end.

    Attributes:
        names: image → its name, as the card shows it.
        present: copies that were there before, left out.
        typed: the destinations that were to be typed when the last approval came.
        counted: how many approvals it went on with.
        why: what an invalid request says.
        wrong: the images that can't be copied.
    """

    requester: str
    wish: Wish
    candidates: tuple[str, ...]
    rule: Rule
    created_at: datetime
    parent: int | None = None
    button: str | None = None
    again: bool = False
    state: str = "checking"
    round: int = 1
    counted: int = 0
    source: str | None = None
    names: dict[str, str] = field(default_factory=dict)
    approved_by: list[str] = field(default_factory=list)
    approved_at: datetime | None = None
    typed: frozenset[str] = frozenset()
    expires_at: datetime | None = None
    present: set[tuple[str, str]] = field(default_factory=set)
    jobs: list[Job] = field(default_factory=list)
    cancelling: bool = False
    why: str = ""
    wrong: tuple[str, ...] = ()

    @property
    def copies(self) -> set[tuple[str, str]]:
        return {(image, region) for image in self.wish.images for region in self.wish.destinations}

    @property
    def untouched(self) -> bool:
        """Copying, but nothing has been sent yet: the intent is the line."""
        return self.state == "copying" and {job.state for job in self.jobs} == {"planned"}

    def ready(self) -> set[tuple[str, str]]:
        return {(image, job.destination) for job in self.jobs if job.state == "ready" for image in job.images}


@dataclass
class Model:
    """One channel, its rule and its requests; people and images are those of the doubles."""

    town: Town
    sky: Sky
    bot_admins: tuple[str, ...]
    rule: Rule | None
    paused: bool = False
    stories: list[Story] = field(default_factory=list)
    sent: list[tuple[str, tuple[str, ...], str, bool]] = field(default_factory=list)
    changes: list[tuple[str, datetime]] = field(default_factory=list)

    def pending(self, story: Story) -> Pending:
        """The request as the oracle takes it."""
        return Pending(
            state=story.state,
            requester=story.requester,
            destinations=story.wish.destinations,
            needed=story.rule.approvals,
            expires_at=story.expires_at,
            approved_by=frozenset(story.approved_by),
            own_then=story.rule.self_approval,
            changed_rule=frozenset(who for who, at in self.changes if at >= story.created_at),
            round=story.round,
            emergency=story.wish.emergency,
        )

    def ask(
        self,
        who: Person,
        wish: Wish,
        at: datetime,
        *,
        typed: frozenset[str] = frozenset(),
        follows: tuple[int, str] | None = None,
    ) -> Reasons:
        """A command, or a button that stands for one."""
        against = oracle.against_request(self.rule, who, wish, self._counted(who, at))
        if self.rule is None or against:
            return against
        if wish.emergency and oracle.mistyped(self.rule, wish.destinations, typed):
            return {Against.REGION_TYPED}
        story = Story(who.id, wish, oracle.candidates(self.rule, wish), self.rule, at)
        if any(story.copies & other.copies for other in self.stories if other.state in OPEN):
            return {Against.DUPLICATE}
        story.source = story.candidates[0] if len(story.candidates) == 1 else None
        if follows is not None:
            story.parent, story.button = follows
            story.again = story.button == "copy_again"
        self.stories.append(story)
        return set()

    def _counted(self, who: Person, at: datetime) -> Counted:
        mine = [story for story in self.stories if story.requester == who.id]
        since = at - timedelta(days=1)
        recent = [s for s in mine if s.created_at >= since and s.state != "invalid"]
        return Counted(sum(len(s.copies) for s in recent), sum(s.state in OPEN for s in mine))

    def follow(self, who: Person, number: int, button: str, place: str, at: datetime) -> Reasons | None:
        """A button of a request that has ended; None: it had its effect before."""
        story = self.stories[number]
        if not self.in_place(who, story, place):
            return {Against.ELSEWHERE}
        emergency = story.wish.emergency and not oracle.lacks_emergency(self.rule, who)
        if not emergency and (lacking := oracle.lacks_follow(self.rule, who)):
            return lacking
        if button not in buttons_of(story):
            return {Against.BUTTON}
        if any((s.parent, s.button) == (number, button) for s in self.stories):
            return None
        wish = replace(followed(story, button), emergency=emergency)
        return self.ask(who, wish, at, follows=(number, button))

    def approve(
        self, who: Person, number: int, place: str, at: datetime, *, shown: int, typed: frozenset[str]
    ) -> Reasons:
        """A click on Approve, with the regions typed where they were asked for."""
        story = self.stories[number]
        if not self.in_place(who, story, place):
            return {Against.ELSEWHERE}
        request = self.pending(story)
        against = oracle.against_approving(self.rule, who, request, at, shown, typed)
        if self.rule is not None and not against:
            story.approved_by.append(who.id)
            if oracle.is_last(self.rule, request, who):
                story.state, story.approved_at = "approved", at
                story.typed = oracle.guarded(self.rule, story.wish.destinations)
                story.counted = oracle.needed(self.rule, request)
        return against

    def reject(self, who: Person, number: int, place: str, at: datetime, *, shown: int) -> Reasons:
        story = self.stories[number]
        if not self.in_place(who, story, place):
            return {Against.ELSEWHERE}
        against = oracle.against_rejecting(self.rule, who, self.pending(story), at, shown)
        if not against:
            story.state = "rejected"
        return against

    def cancel(self, who: Person, number: int, place: str) -> Reasons:
        story = self.stories[number]
        if not self.in_place(who, story, place):
            return {Against.ELSEWHERE}
        against = oracle.against_cancelling(self.rule, who, self.pending(story), self.bot_admins)
        if story.cancelling:
            against |= {Against.TWICE}
        if not against and (story.state in BEFORE_SENDING or story.untouched):
            story.state = "cancelled"
        elif not against:
            story.cancelling = True
        return against

    def in_place(self, who: Person, story: Story, place: str) -> bool:
        """In the request's channel, or in a direct message of its requester."""
        return place == HERE or (place.startswith("D") and who.id == story.requester)

    def change(self, rule: Rule | None, by: str, at: datetime) -> None:
        """The rule is another from now on."""
        if rule != self.rule:
            self.rule = rule
            self.changes.append((by, at))


def buttons_of(story: Story) -> Sequence[str]:
    """With which buttons an ended request can be followed."""
    if story.state == "invalid":
        some = 0 < len(story.wrong) < len(story.wish.images)
        by_reason = {"present": ["copy_again"], "images": ["copy_rest"] if some else ["ask_again"]}
        return by_reason.get(story.why, [])
    if story.state in {"failed", "partly_ready"}:
        return ["retry"]
    return ["ask_again"] if story.state in {"expired", "rejected", "cancelled"} else []


def followed(story: Story, button: str) -> Wish:
    """The same again, or the part that failed, or the images that can be copied."""
    wish = story.wish
    images, destinations = wish.images, wish.destinations
    if button == "retry":
        open_ = [job for job in story.jobs if job.state in {"failed", "not_sent"}]
        images = tuple(i for i in images if any(i in job.images for job in open_))
        destinations = tuple(d for d in destinations if any(d == job.destination for job in open_))
    elif button == "copy_rest":
        images = tuple(i for i in images if i not in story.wrong)
    source = story.source if len(story.candidates) == 1 or button == "retry" else None
    return replace(wish, images=images, destinations=destinations, source=source)
