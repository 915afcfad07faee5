"""Reads `IMAGE… [from REGION] to REGION… [because REASON]`, also after `why` and `emergency`."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from commands import mistakes
from commands.mistakes import EXAMPLE_IMAGE, EXAMPLE_REGION, LONGEST_REASON, Mistake
from commands.reading import Reading
from commands.text import Code
from commands.typed import CopyCommand, WhyCommand
from commands.words.tokens import Token
from commands.words.vocabulary import Kind

_GRAMMAR = frozenset({Kind.TO, Kind.FROM, Kind.BECAUSE, Kind.REGION})
_NEARLY_IMAGE = re.compile("img[_-]?([a-z0-9]{1,64})-?")

# `原因：` and `reason:` take their colon along; after `because` a bare colon may begin an emoji.
_COLON = {"reason": re.compile("[:：]"), "because": re.compile(r"：|:(?=\s)")}


@dataclass
class _Draft:
    """What has been read so far, each image and region once."""

    images: dict[str, None] = field(default_factory=dict)
    sources: dict[str, None] = field(default_factory=dict)
    destinations: dict[str, None] = field(default_factory=dict)
    alone: dict[str, None] = field(default_factory=dict)  # regions before any `from` or `to`
    place: Literal["images", "from", "to"] = "images"
    from_word: Code | None = None
    to_word: Code | None = None
    reason: str | None = None


def read_copy(reading: Reading, *, emergency: bool = False) -> CopyCommand | Mistake:
    """The copy that is asked for, or what is wrong and the whole line put right."""
    draft = _read(reading)
    if emergency and draft.reason is None:
        reading.blame(mistakes.EMERGENCY_REASON, because=reading.word("because"))
    command = CopyCommand(
        images=tuple(draft.images) or (EXAMPLE_IMAGE,),
        destinations=tuple(_destinations(draft, reading)),
        source=_source(draft),
        reason=draft.reason[:LONGEST_REASON].strip() if draft.reason else "…" if emergency else None,
        emergency=emergency,
    )
    return reading.mistaken(command) or command


def read_why(reading: Reading) -> WhyCommand | Mistake:
    """The same for `why`; a reason changes nothing there and is left out."""
    draft = _read(reading)
    command = WhyCommand(
        images=tuple(draft.images) or (EXAMPLE_IMAGE,),
        destinations=tuple(_destinations(draft, reading)),
        source=_source(draft),
    )
    return reading.mistaken(command) or command


def _read(reading: Reading) -> _Draft:
    draft = _Draft()
    for token in reading.tokens:
        known = _understood(token, draft, reading)
        if known is None:
            continue
        if known.kind is Kind.BECAUSE:
            _take_reason(known, draft, reading)
            break
        _take(known, draft, reading)
    _look_whole(draft, reading)
    return draft


def _understood(token: Token, draft: _Draft, reading: Reading) -> Token | None:
    """The word, or what it was meant to be; None for a word to pass over."""
    if token.kind in _GRAMMAR or token.kind is Kind.IMAGE:
        return token
    if token.kind is Kind.AND:
        return None
    if token.value.startswith("img"):
        return _nearly_image(token, reading)
    guess = reading.guess(token, _GRAMMAR)
    if guess is None and draft.place == "images":
        reading.blame(mistakes.BAD_IMAGE, example=Code(EXAMPLE_IMAGE), word=reading.quote(token))
    elif guess is None:
        regions = mistakes.region_list(reading.lexicon.regions)
        reading.blame(mistakes.NO_REGION, word=reading.quote(token), regions=regions)
    return guess


def _nearly_image(token: Token, reading: Reading) -> Token | None:
    if "*" in token.value:
        reading.blame(mistakes.MASKED_IMAGE, word=reading.quote(token))
        return None
    reading.blame(mistakes.BAD_IMAGE, example=Code(EXAMPLE_IMAGE), word=reading.quote(token))
    nearly = _NEARLY_IMAGE.fullmatch(token.value)
    return replace(token, kind=Kind.IMAGE, value=f"img-{nearly[1]}") if nearly else None


def _take(token: Token, draft: _Draft, reading: Reading) -> None:
    match token.kind:
        case Kind.IMAGE:
            if draft.place != "images":
                reading.blame(mistakes.IMAGE_LATE, word=Code(token.value))
            draft.images[token.value] = None
        case Kind.REGION:
            _regions(draft)[token.value] = None
        case Kind.FROM:
            if draft.from_word:
                reading.blame(mistakes.TWICE, word=reading.quote(token))
            draft.place, draft.from_word = "from", reading.quote(token)
        case _:
            if draft.to_word:
                reading.blame(mistakes.TWICE, word=reading.quote(token))
            draft.place, draft.to_word = "to", reading.quote(token)


def _regions(draft: _Draft) -> dict[str, None]:
    return {"images": draft.alone, "from": draft.sources, "to": draft.destinations}[draft.place]


def _take_reason(token: Token, draft: _Draft, reading: Reading) -> None:
    rest = reading.rest(token)
    colon = _COLON[token.value].match(rest)
    reason = rest[colon.end() if colon else 0 :].strip()
    if not any(map(_visible, reason)):
        reading.blame(mistakes.NO_REASON, word=reading.quote(token))
        return
    if len(reason) > LONGEST_REASON:
        reading.blame(mistakes.LONG_REASON, length=str(len(reason)), most=str(LONGEST_REASON))
    draft.reason = reason


def _visible(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character) not in {"Cf", "Cc"}


def _look_whole(draft: _Draft, reading: Reading) -> None:
    """Blame what is missing or too much, now that all has been read."""
    if not draft.images:
        reading.blame(mistakes.NO_IMAGE)
    if draft.from_word and not draft.sources:
        reading.blame(mistakes.NO_SOURCE, word=draft.from_word)
    if not draft.destinations:
        reading.blame(mistakes.NO_DESTINATION, to=draft.to_word or reading.word("to"))
    if len(draft.sources) > 1:
        reading.blame(mistakes.SEVERAL_SOURCES)
    if draft.alone:
        first = next(iter(draft.alone))
        source, to = reading.word("from"), reading.word("to")
        reading.blame(mistakes.REGION_ALONE, word=Code(first), source=source, to=to)


def _source(draft: _Draft) -> str | None:
    """The source; a region alone is one when a destination is named beside it."""
    alone = draft.alone if draft.destinations else {}
    return next(iter(draft.sources | alone), None)


def _destinations(draft: _Draft, reading: Reading) -> Iterator[str]:
    """Those named; else those that stand alone, else a real one as an example."""
    source = _source(draft)
    named = draft.destinations or draft.alone
    if named:
        yield from named
    else:
        yield next((region for region in reading.lexicon.regions if region != source), EXAMPLE_REGION)
