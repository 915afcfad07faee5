"""What approvers are told in a direct message, since they aren't in the channel where they are asked."""

from collections.abc import Sequence

from commands import names
from commands.clouds.cloud import Region
from commands.snapshot import Snapshot
from commands.text import Code, Language, Line, Link, Mention, Message, Span, Text, join
from commands.view.part import Part
from store.lifecycle import State
from store.tables import Request

_MOST_IMAGES = 10

_ASK = Text(
    "{who} 申请将 {count} 个镜像复制到 {regions}，请您审批",
    "{who} asks to copy {count:image} to {regions}; you can approve it",
)
_EMERGENCY = Text(
    "{who} 未经批准紧急将 {count} 个镜像复制到 {regions}，请您知悉",
    "{who} copies {count:image} to {regions} in an emergency, without approval; for your information",
)
_CHANNEL = Text("频道 {channel}", "In {channel}")
_REASON = Text("原因：{reason}", "reason: {reason}")
_ID = Text("编号 {id}", "{id}")
_MORE = Text("…另有 {count} 个镜像", "…and {count} more")
_JOIN = Text(
    "请打开申请卡片，在卡片上批准或驳回；如尚未加入此频道，请先加入",
    "Open the card, then approve or reject there. If you aren't in the channel yet, join it first.",
)
_INVITED = Text(
    "此频道为私有频道，您不在其中：请让 {who} 邀请您加入，然后在申请卡片上批准或驳回",
    "This channel is private and you aren't in it. Ask {who} to invite you, then approve or reject on the card.",
)
_NOT_IN = Text("您不在此频道中，因此在这里告诉您", "You aren't in this channel, so you are told here.")
_OPEN = Text("打开申请卡片", "Open the card")


def directs(seen: Snapshot, regions: Sequence[Region], link: str | None) -> list[Part]:
    """One message for each of them, in their own language, once per round; buttons are on the card alone."""
    audience, request = seen.audience, seen.request
    started = request.emergency and request.approved_at is not None and request.state is not State.INVALID
    if audience is None or not (request.state is State.WAITING or started):
        return []
    prefix = "direct" if request.round == 1 else f"direct-{request.round}"
    return [
        Part(
            f"{prefix}-{user}",
            _message(request, regions, "en" if language == "en" else "zh", link, private=audience.private),
            fixed=True,
            to=user,
        )
        for user, language in audience.outside.items()
    ]


def _message(
    request: Request, regions: Sequence[Region], language: Language, link: str | None, *, private: bool
) -> Message:
    title = (_EMERGENCY if request.emergency else _ASK).line(
        language,
        "title",
        who=Mention(request.requester),
        count=len(request.images),
        regions=names.region_list(regions, request.destinations, language),
    )
    facts = Line((join(_facts(request, language), " · "),), "context")
    lines = [title, facts, *_images(request, language), _what_to_do(request, language, private=private)]
    if link is not None:
        lines.append(Line((Link(link, getattr(_OPEN, language)),)))
    return Message(tuple(lines))


def _facts(request: Request, language: Language) -> list[Span]:
    facts: list[Span] = [_CHANNEL.say(language, channel=Mention(request.channel))]
    if request.reason:
        facts.append(_REASON.say(language, reason=" ".join(request.reason.split())))
    return [*facts, _ID.say(language, id=Code(request.id))]


def _images(request: Request, language: Language) -> list[Line]:
    shown = request.images[:_MOST_IMAGES]
    lines = [Line((Code(i), f" {request.facts.get(i, {}).get('name') or ''}".rstrip())) for i in shown]
    more = len(request.images) - len(shown)
    return [*lines, _MORE.line(language, count=more)] if more else lines


def _what_to_do(request: Request, language: Language, *, private: bool) -> Line:
    if request.emergency:
        return _NOT_IN.line(language)
    return _INVITED.line(language, who=Mention(request.requester)) if private else _JOIN.line(language)
