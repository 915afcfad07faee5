"""Numbers, times and headlines of a request in words."""

from collections.abc import Sequence
from datetime import timedelta

from commands import names
from commands.clouds.cloud import Region
from commands.rule import ANY_REGION
from commands.snapshot import Snapshot
from commands.text import Code, Language, Span, Spans, Text, listed
from commands.view.stand import Special, stands
from store.lifecycle import CopyState, State
from store.tables import Copy, Request

_HEADLINES: dict[State | Special, Text] = {
    State.READY: Text("已复制 {count} 个镜像：{route}", "{count:image} copied: {route}"),
    State.PARTLY_READY: Text(
        "已复制 {count} 个镜像中的一部分：{route}", "Some of {count:image} copied: {route}"
    ),
    State.FAILED: Text("未能复制 {count} 个镜像：{route}", "{count:image} not copied: {route}"),
    State.INVALID: Text("无法复制 {count} 个镜像：{route}", "{count:image} can't be copied: {route}"),
    State.REJECTED: Text("已驳回：复制 {count} 个镜像，{route}", "Rejected: copy {count:image}, {route}"),
    State.CANCELLED: Text("已撤回：复制 {count} 个镜像，{route}", "Cancelled: copy {count:image}, {route}"),
    State.EXPIRED: Text("已过期：复制 {count} 个镜像，{route}", "Expired: copy {count:image}, {route}"),
    State.UNKNOWN: Text("待确认：复制 {count} 个镜像，{route}", "Needs a look: copy {count:image}, {route}"),
    State.APPROVED: Text("已批准：复制 {count} 个镜像，{route}", "Approved: copy {count:image}, {route}"),
    State.COPYING: Text("提交中：复制 {count} 个镜像，{route}", "Submitting: copy {count:image}, {route}"),
    State.WATCHING: Text("复制中：{count} 个镜像，{route}", "Copying {count:image}: {route}"),
    Special.IN_DOUBT: Text(
        "确认中：复制 {count} 个镜像，{route}", "Checking the outcome: copy {count:image}, {route}"
    ),
    Special.PRESENT: Text(
        "已有副本，无需复制：{count} 个镜像，{route}", "Copies exist already: {count:image}, {route}"
    ),
}
_HEADLINE = Text("复制 {count} 个镜像：{route}", "Copy {count:image}: {route}")
_SOME_WRONG = Text("{wrong}：{route}", "{wrong}: {route}")
_WRONG = Text("{count} 个镜像中有 {wrong} 个无法复制", "{wrong} of {count:image} can't be copied")
_PROGRESS = Text("{bar} {percent}% · {each}", "{bar} {percent}% · {each}")
_LEFT = Text("{progress} · 预计还需约 {time}", "{progress} · about {time} left")
_SO_FAR = Text(
    "{all} 个副本中 {ready} 个可用，{failed} 个失败", "{ready} of {all} copies usable, {failed} failed"
)
_COPY_FAILED = Text("{copy} 失败", "{copy} failed")
_CREATED = Text("{date} 创建", "created {date}")
_HOURS = Text("{hours} 小时", "{hours:hour}")
_UNITS = {
    "zh": (("天", 86400), ("小时", 3600), ("分钟", 60), ("秒", 1)),
    "en": (("day", 86400), ("h", 3600), ("min", 60), ("s", 1)),
}
_BAR = 10
_HOUR_S = 3600
_MOST_HOURS = 48
_MOST_NAMED = 5
_TELLING = 10
_DONE = 100


def headline(seen: Snapshot, regions: Sequence[Region], language: Language) -> Spans:
    """What it is about and how it stands, in one line."""
    request = seen.request
    text = _HEADLINES.get(stands(request, seen.calls, seen.copies), _HEADLINE)
    if (wrong := some_wrong(request, language)) is not None:
        return _SOME_WRONG.say(language, wrong=wrong, route=route(seen, regions, language))
    return text.say(language, count=len(request.images), route=route(seen, regions, language))


def some_wrong(request: Request, language: Language) -> Spans | None:
    """How many of the images can't be copied, where that is not all of them."""
    wrong = request.outcome.get("wrong", {}) if request.state is State.INVALID else {}
    if not 0 < len(wrong) < len(request.images):
        return None
    return _WRONG.say(language, count=len(request.images), wrong=len(wrong))


def route(seen: Snapshot, regions: Sequence[Region], language: Language) -> Spans:
    """`cn-north-1 华北-北京 → cn-east-2 华东-上海`; only the destinations while the source isn't known."""
    request = seen.request
    ends: list[Span] = [plain_region(regions, d, language) for d in request.destinations]
    arrow: list[Span] = ["→ ", listed(language, ends)]
    if request.source_region:
        arrow = [plain_region(regions, request.source_region, language), " ", *arrow]
    return Spans(tuple(arrow))


def plain_region(regions: Sequence[Region], region_id: str, language: Language) -> str:
    """A region's id and name as plain text, for headlines."""
    if region_id == ANY_REGION:
        return region_id
    spans = names.region(regions, region_id, language)
    return "".join(part.text if isinstance(part, Code) else str(part) for part in spans.parts)


def duration_words(time: timedelta, language: Language) -> str:
    """`14 分钟`, `2 小时 5 分钟`, `24 小时`: from an hour on the two largest units, else one.

    Whole hours stay hours below two days, since that is how a rule says them.
    """
    whole = seconds = max(1, round(time.total_seconds()))
    hours, rest = divmod(whole, _HOUR_S)
    if not rest and 0 < hours < _MOST_HOURS:
        return _flat(_HOURS.say(language, hours=hours))
    parts = []
    for unit, size in _UNITS[language]:
        number, seconds = divmod(seconds, size)
        if number:
            plural = "s" if unit == "day" and number > 1 else ""
            parts.append(f"{number} {unit}{plural}")
    return " ".join(parts[: 2 if whole >= _HOUR_S else 1])


def age(created_at: str | None, language: Language) -> str:
    """When the image was made, as the cloud says it (its zone isn't stated, so the day is enough)."""
    if not created_at:
        return ""
    return _flat(_CREATED.say(language, date=created_at[:10]))


def _flat(spans: Spans) -> str:
    return "".join(str(part) for part in spans.parts)


def copy_count(seen: Snapshot, language: Language) -> Spans:
    """How many copies are usable and how many failed."""
    ready = len(seen.in_state(CopyState.READY, CopyState.PRESENT))
    failed = len(seen.in_state(CopyState.FAILED, CopyState.NOT_SENT))
    return _SO_FAR.say(language, ready=ready, failed=failed, all=len(seen.copies))


def progress_words(seen: Snapshot, language: Language) -> Spans | None:
    """`▓▓▓░░ 62% · img-… 71%，img-… 53% · 预计还需约 6 分钟`; None before anything runs."""
    begun = [c for c in seen.copies if c.new_image_id and c.sent_at and c.state is not CopyState.PRESENT]
    if not begun:
        return None
    each: list[Span] = [_one(copy, language) for copy in begun]
    named: list[Span] = [*each[:_MOST_NAMED], "…"] if len(each) > _MOST_NAMED else each
    percents = [_percent(c) for c in begun if c.state is not CopyState.FAILED]
    if not percents:
        return listed(language, named)
    percent = sum(percents) // len(percents)
    filled = percent * _BAR // 100
    bar = "▓" * filled + "░" * (_BAR - filled)
    words = _PROGRESS.say(language, bar=bar, percent=percent, each=listed(language, named))
    left = _time_left(seen, percent)
    return _LEFT.say(language, progress=words, time=duration_words(left, language)) if left else words


def _one(copy: Copy, language: Language) -> Spans:
    name = Code(str(copy.new_image_id))
    if copy.state is CopyState.FAILED:
        return _COPY_FAILED.say(language, copy=name)
    return Spans((name, f" {_percent(copy)}%"))


def _percent(copy: Copy) -> int:
    return _DONE if copy.state is CopyState.READY else (copy.progress or 0)


def _time_left(seen: Snapshot, percent: int) -> timedelta | None:
    """As long again as it took so far, by the share that is left; None while too little is known."""
    looked = [c.look_at - timedelta(seconds=c.look_interval_s) for c in seen.copies if c.look_at]
    started = [c.sent_at for c in seen.copies if c.sent_at]
    if not looked or not started or not _TELLING <= percent < _DONE:
        return None
    taken = max(looked) - min(started)
    return taken * ((_DONE - percent) / percent) if taken > timedelta(seconds=30) else None
