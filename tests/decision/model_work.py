"""What the contract says happens by itself: checks, expiry, judging again before sending, sending, and ends."""

from dataclasses import replace
from datetime import datetime, timedelta

from tests.decision import oracle
from tests.decision.facts import Image, Rule, Wish
from tests.decision.model import Job, Model, Story

_LOOK_AFTER = timedelta(seconds=1)


def work(model: Model, at: datetime) -> None:
    """Everything that is due, up to a standstill."""
    for story in model.stories:
        for job in story.jobs:
            if job.look_at is not None and job.look_at <= at:
                job.state, job.look_at = "ready", None
    for story in model.stories:
        if story.state == "checking":
            _check(model, story, at)
        if story.state == "waiting" and story.expires_at is not None and story.expires_at <= at:
            story.state = "expired"
        if story.state == "approved":
            _recheck(model, story, at)
        if story.state in {"copying", "watching"}:
            _advance(model, story, at)


def _check(model: Model, story: Story, at: datetime) -> None:
    rule = model.rule
    if rule is None:
        story.state, story.why = "invalid", "channel"
        return
    where = _found(model, story)
    source = story.source or next(iter(where.values()), None)
    story.why, story.wrong = _objection(model, story, rule, where, source)
    if not story.why:
        story.present = _there_already(model, story)
        story.why = "present" if story.present == story.copies else ""
    if story.why:
        story.state = "invalid"
        return
    story.source = source
    story.names = {image: model.sky.images[region][image].name for image, region in where.items()}
    story.expires_at = at + timedelta(seconds=rule.expires_s)
    needed = oracle.needed(rule, model.pending(story))
    story.state, story.approved_at = ("waiting", None) if needed else ("approved", at)


def _found(model: Model, story: Story) -> dict[str, str]:
    """Image → the first of the candidates that has it."""
    where = (story.source,) if story.source else story.candidates
    found: dict[str, str] = {}
    for image in story.wish.images:
        for region in where:
            if image in model.sky.images.get(region, {}):
                found.setdefault(image, region)
    return found


def _objection(
    model: Model, story: Story, rule: Rule, where: dict[str, str], source: str | None
) -> tuple[str, tuple[str, ...]]:
    """Why the request can't go on, and which images are wrong."""
    if len(set(where.values())) > 1:
        return "several regions", ()
    wrong = tuple(i for i in story.wish.images if i not in where or _unfit(model, rule, i, where[i]))
    if wrong:
        return "images", wrong
    if source is None:
        return "source", ()
    return ("same region" if oracle.against_copying(rule, story.wish, source, ()) else ""), ()


def _unfit(model: Model, rule: Rule, image_id: str, region: str) -> bool:
    image = model.sky.images[region][image_id]
    known = Image(image_id, image.name, image.source == "shared")
    wish = Wish((image_id,), ())
    return bool(oracle.against_copying(rule, wish, region, [known]))


def _there_already(model: Model, story: Story) -> set[tuple[str, str]]:
    """Copies that another request has made; none where a second copy is what is wanted."""
    if story.again:
        return set()
    made = [other.ready() for other in model.stories if other is not story]
    return story.copies & set().union(*made)


def _recheck(model: Model, story: Story, at: datetime) -> None:
    rule, approved_at = model.rule, story.approved_at or at
    if approved_at + timedelta(seconds=story.rule.expires_s) <= at:
        story.state = "expired"
    elif model.paused:
        return
    elif rule is None:
        story.state, story.why = "invalid", "channel"
    elif model.town.silent:
        return
    else:
        _judge(model, story, rule, at)


def _judge(model: Model, story: Story, rule: Rule, at: datetime) -> None:
    where = _found(model, story)
    why, wrong = _objection(model, story, rule, where, story.source)
    if _requester_lost(model, story, rule):
        story.state, story.why = "invalid", "right"
        return
    if why:
        story.state, story.why, story.wrong = "invalid", why, wrong
        return
    names = {image: model.sky.images[region][image].name for image, region in where.items()}
    request = model.pending(story)
    approvers = [model.town.person(user) for user in story.approved_by]
    needed = oracle.needed(rule, request)
    untyped = oracle.guarded(rule, story.wish.destinations) - story.typed
    if needed and (names != story.names or untyped or oracle.few_approvals(rule, approvers, request)):
        story.state, story.round, story.approved_by, story.approved_at = "waiting", story.round + 1, [], None
        story.names = names
        story.expires_at = at + timedelta(seconds=rule.expires_s)
        return
    story.names, story.state = names, "copying"
    for destination in story.wish.destinations:
        images = tuple(i for i in story.wish.images if (i, destination) not in story.present)
        if images:
            story.jobs.append(Job(destination, images))


def _requester_lost(model: Model, story: Story, rule: Rule) -> bool:
    """Rights and rule as of now; what was counted when the request was made is not counted again."""
    wish = replace(story.wish, source=story.source)
    person = model.town.person(story.requester)
    return bool(oracle.lacks_start(rule, person, wish) | oracle.against_content(rule, wish))


def _advance(model: Model, story: Story, at: datetime) -> None:
    """Send what can be sent, one call after the other, then say where that leaves the request."""
    while (job := _next(model, story)) is not None:
        if _may_send(model, story):
            _send(model, story, job, at)
        else:
            job.state = "failed"
    states = {job.state for job in story.jobs}
    if "planned" in states:
        story.state = "copying"
    elif "running" in states:
        story.state = "watching"
    elif states == {"ready"}:
        story.state = "ready"
    elif "ready" in states:
        story.state = "partly_ready"
    else:
        story.state = "cancelled" if states == {"not_sent"} else "failed"


def _next(model: Model, story: Story) -> Job | None:
    """Not while another call's copies of the same images run; nothing once it is being cancelled."""
    for job in story.jobs:
        if story.cancelling and job.state == "planned":
            job.state = "not_sent"
    running = {image for job in story.jobs if job.state == "running" for image in job.images}
    free = (job for job in story.jobs if job.state == "planned" and not running & set(job.images))
    return None if model.paused else next(free, None)


def _may_send(model: Model, story: Story) -> bool:
    """Rights are judged before each call; having changed the permissions counts only until the first."""
    rule = model.rule
    if rule is None or _requester_lost(model, story, rule):
        return False
    request = replace(model.pending(story), changed_rule=frozenset())
    approvers = [model.town.person(user) for user in story.approved_by]
    holding = [person for person in approvers if not oracle.loses_approval(rule, person, request)]
    return len(holding) >= min(story.counted, len(approvers))


def _send(model: Model, story: Story, job: Job, at: datetime) -> None:
    model.sent.append(
        (story.source or "", tuple(sorted(job.images)), job.destination, not model.sky.refusing)
    )
    if model.sky.refusing:
        job.state = "failed"
    else:
        job.state, job.look_at = "running", at + _LOOK_AFTER
