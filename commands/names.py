"""Regions, people and ids as spans of a sentence."""

from collections.abc import Iterable, Sequence

from commands.clouds.cloud import Region
from commands.rule import ANY_REGION, EVERYONE
from commands.text import Code, Language, Mention, Span, Spans, Text, join, listed

_EVERYONE = Text("所有人", "everyone")
_ANY_REGION = Text("任意地域", "any region")
_NOBODY = Text("（无人）", "(nobody)")
_SOME = Text("{people} 中任意 {count} 人", "any {count} of {people}")
_GROUP = "S"
"""A user group's id begins so: it may be any number of people."""


def region(regions: Sequence[Region], region_id: str, language: Language) -> Spans:
    """A region's id with its name: `cn-east-2` 华东-上海, or `cn-east-2` Shanghai."""
    if region_id == ANY_REGION:
        return _ANY_REGION.say(language)
    known = next((r for r in regions if r.id == region_id), None)
    if known is None:
        return Spans((Code(region_id),))
    name = known.zh if language == "zh" else known.en.rsplit("-", 1)[-1]
    return Spans((Code(region_id), f" {name}" if name and name != region_id else ""))


def region_list(regions: Sequence[Region], region_ids: Iterable[str], language: Language) -> Spans:
    """Several regions in a sentence."""
    return listed(language, [region(regions, r, language) for r in region_ids])


def person(principal: str, language: Language) -> Span:
    """A mention of a person or a group, or the word for everyone."""
    return _EVERYONE.say(language) if principal == EVERYONE else Mention(principal)


def people(principals: Iterable[str], language: Language) -> Spans:
    """Several people and groups in a sentence."""
    spans = [person(p, language) for p in principals]
    return listed(language, spans) if spans else _NOBODY.say(language)


def some_of(principals: Sequence[str], count: int, language: Language) -> Spans:
    """Of whom `count` are needed: `@a 或 @b` for one, `@a 和 @b` for both, `@a、@b、@c 中任意 2 人` for two of three."""
    spans = [person(p, language) for p in principals]
    if len(spans) <= 1:
        return people(principals, language)
    if count == 1:
        return join(spans, " 或 " if language == "zh" else " or ")
    if count < len(spans) or any(p.startswith(_GROUP) for p in principals):
        return _SOME.say(language, count=count, people=listed(language, spans))
    return join([listed(language, spans[:-1]), spans[-1]], " 和 " if language == "zh" else " and ")


def codes(language: Language, words: Iterable[str]) -> Spans:
    """Several ids in a sentence."""
    return listed(language, [Code(word) for word in words])


def mapping(source: str, copy: str | None) -> Code:
    """`source → copy` as one span, to be selected and pasted as it is."""
    return Code(f"{source} → {copy}")
