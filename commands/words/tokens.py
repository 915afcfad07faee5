"""Uniform text cut into words that have a meaning; no spaces are needed where scripts change."""

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from commands.clouds.cloud import Region
from commands.words.normal import Plain
from commands.words.vocabulary import Kind, Meaning, phrases

# A Latin word ends here; a hyphen before `>` belongs to an arrow.
_END = r"(?![a-z0-9_*]|-(?!>))"

# Tried in this order at each place. No part can match the same text in two ways, so the time is linear.
_SHAPES = r"""
    <@(?P<person>[uw][a-z0-9]{{1,30}})(?:\|[^<>]*)?>
  | <!subteam\^(?P<group>s[a-z0-9]{{1,30}})(?:\|[^<>]*)?>
  | (?P<phrase>{phrases})
  | (?P<arrow>[-=]?>+)
  | (?P<blank>[\ ,、;:.。!?()\[\]{{}}【】|/+&=•·]|-(?=\ |$))
  | (?P<count>\d{{1,6}})\ ?(?P<unit>(?:d|days?|h|hours?|m|min|minutes?|w|weeks?|s|seconds?){end}|个?小时|分钟|[天日周秒])
  | (?P<word>(?:[a-z0-9_*]|-(?!>))+)
  | (?P<name>@[^\ ,、;<>]+)
  | (?P<rest>.)
"""
_UNIT_S = {"s": 1, "秒": 1, "m": 60, "分": 60, "h": 3600, "小": 3600, "个": 3600, "d": 86400, "天": 86400}
_UNIT_S |= {"日": 86400, "w": 604800, "周": 604800}

_IMAGE = re.compile("img-[a-z0-9]{1,64}")
_REQUEST = re.compile("cp-[a-z0-9]{1,32}")

_LONGEST_TYPO = 40
_ALIKE_LATIN = 0.7
_ALIKE_CHINESE = 0.5  # one of two characters


@dataclass(frozen=True, slots=True)
class Token:
    """A word: what it is, what it stands for, and its place in the uniform text."""

    kind: Kind
    value: str
    start: int
    end: int


class Lexicon:
    """The phrases of the language with these regions; cuts text into words and guesses at misspelt ones."""

    def __init__(self, regions: Sequence[Region]) -> None:
        self.regions = {region.id: region for region in regions}
        self._phrases = phrases(regions)
        self._meanings = {_squeeze(phrase): meaning for phrase, meaning in self._phrases.items()}
        longest_first = sorted(self._phrases, key=len, reverse=True)
        pattern = _SHAPES.format(phrases="|".join(map(_pattern, longest_first)), end=_END)
        self._shapes = re.compile(pattern, re.VERBOSE | re.DOTALL)

    def tokens(self, plain: Plain) -> Iterator[Token]:
        """The words in order, separators left out; what is in no list is one UNKNOWN up to the next that is."""
        unknown: Token | None = None
        for found in self._shapes.finditer(plain.text):
            if found.lastgroup == "rest":
                start = unknown.start if unknown else found.start()
                unknown = Token(Kind.UNKNOWN, "", start, found.end())
                continue
            if unknown:
                yield _whole(unknown, plain)
                unknown = None
            if found.lastgroup != "blank":
                kind, value = self._meaning(found)
                yield Token(kind, value, *found.span())
        if unknown:
            yield _whole(unknown, plain)

    def closest(self, word: str, kinds: Collection[Kind]) -> tuple[str, Meaning] | None:
        """The phrase of one of these kinds that is most like the word, if any is much like it."""
        if len(word) > _LONGEST_TYPO:
            return None
        candidates = [phrase for phrase, (kind, _) in self._phrases.items() if kind in kinds]
        cutoff = _ALIKE_LATIN if word.isascii() else _ALIKE_CHINESE
        found = difflib.get_close_matches(word, candidates, n=1, cutoff=cutoff)
        return (found[0], self._phrases[found[0]]) if found else None

    def _meaning(self, found: re.Match[str]) -> Meaning:
        match found.lastgroup:
            case "phrase":
                return self._meanings[_squeeze(found[0])]
            case "unit":
                return Kind.DURATION, str(int(found["count"]) * _UNIT_S[found["unit"][0]])
            case "person" | "group" as principal:
                return Kind[principal.upper()], found[principal].upper()
            case _:
                return _by_shape(found[0])


def _by_shape(word: str) -> Meaning:
    """What a word outside the lists is; `>` ends every arrow."""
    if word.endswith(">"):
        return Kind.TO, "to"
    if word.startswith("@"):
        return Kind.NAME, word
    kind = (
        Kind.IMAGE if _IMAGE.fullmatch(word) else Kind.REQUEST if _REQUEST.fullmatch(word) else Kind.UNKNOWN
    )
    return kind, word


def _whole(unknown: Token, plain: Plain) -> Token:
    return Token(Kind.UNKNOWN, plain.text[unknown.start : unknown.end], unknown.start, unknown.end)


def _squeeze(phrase: str) -> str:
    return re.sub("[ '-]", "", phrase)


def _pattern(phrase: str) -> str:
    """A name of several words may be typed with spaces, hyphens or neither between them; an id may not."""
    latin_end = _END if re.match("[a-z0-9_]", phrase[-1]) else ""
    if phrase.isascii() and " " not in phrase:
        return re.escape(phrase) + latin_end
    return r"\ ?-?\ ?".join(map(re.escape, re.split("[ '-]+", phrase))) + latin_end
