"""The messages below the card, each a part with a name that never changes."""

from collections.abc import Sequence

from commands import names
from commands.clouds.cloud import Region
from commands.snapshot import Snapshot
from commands.text import Button, Language, Line, Message, Text
from commands.view.asking import approvals, emergency, reminders
from commands.view.card import card
from commands.view.direct import directs
from commands.view.outcome import outcome
from commands.view.part import Part
from commands.view.problems import problems
from commands.view.slow import slow
from commands.view.words import progress_words
from store.tables import Call, Copy

_SUBMITTED = Text(
    "复制任务已提交，新镜像如下，完成前暂不可用",
    "Copying has begun. The new images, not usable until it is done:",
)
_SUBMITTED_TO = Text(
    "{region} 的复制任务已提交，新镜像如下，完成前暂不可用",
    "Copying to {region} has begun. The new images, not usable until it is done:",
)


def parts(seen: Snapshot, regions: Sequence[Region], link: str | None = None) -> list[Part]:
    """All messages of the thread as they should be now, the card first; to people alone last.

    Args:
        link: the card's address; None: not known.
    """
    request = seen.request
    language: Language = "en" if request.language == "en" else "zh"
    last = outcome(seen, regions, language)
    if request.outcome.get("reason") == "no_card" and last is not None:
        return [Part("outcome", last, fixed=True, to=request.requester)]
    return [
        Part("card", card(seen, regions, language)),
        *emergency(seen, regions, language),
        *approvals(seen, regions, language),
        *problems(seen, regions, language),
        *_mappings(seen, regions, language),
        *reminders(seen, language),
        *_progress(seen, language),
        *slow(seen, regions, language),
        *([Part("outcome", last, fixed=True)] if last is not None else []),
        *directs(seen, regions, link),
    ]


def _mappings(seen: Snapshot, regions: Sequence[Region], language: Language) -> list[Part]:
    return [
        _mapping(seen, call, regions, language)
        for call in seen.calls
        if any(c.call_number == call.number and c.new_image_id for c in seen.copies)
    ]


def _mapping(seen: Snapshot, call: Call, regions: Sequence[Region], language: Language) -> Part:
    """One message per call, one line per image: source → copy."""
    request = seen.request
    copies = [c for c in seen.copies if c.call_number == call.number and c.new_image_id]
    if len(request.destinations) > 1:
        first = _SUBMITTED_TO.line(language, region=names.region(regions, call.destination, language))
    else:
        first = _SUBMITTED.line(language)
    value = f"{request.id}.{call.number}"
    buttons = (Button("mapping_json", "JSON", value), Button("mapping_terraform", "Terraform", value))
    return Part(f"mapping-{call.number}", Message((first, *map(arrow, copies)), buttons), fixed=True)


def arrow(copy: Copy) -> Line:
    """`source → copy`."""
    return Line((names.mapping(copy.image_id, copy.new_image_id),))


def _progress(seen: Snapshot, language: Language) -> list[Part]:
    words = progress_words(seen, language)
    if words is None:
        return []
    return [Part("progress", Message((Line((words,)),)), late=seen.request.state.ended)]
