"""Reads the filters of `history`, in any order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from commands import mistakes
from commands.mistakes import Mistake
from commands.reading import Reading
from commands.typed import HistoryCommand
from commands.words.tokens import Token
from commands.words.vocabulary import Kind, in_order

_FILTERS = frozenset(
    {Kind.MINE, Kind.ALL, Kind.LAST, Kind.STATE, Kind.REGION, Kind.IMAGE, Kind.PERSON, Kind.DURATION}
)
_LONGEST_S = 3650 * 86400
_EXAMPLE = HistoryCommand(mine=True, last=timedelta(days=7))


@dataclass
class _Filters:
    flags: set[Kind] = field(default_factory=set)
    single: dict[Kind, str] = field(default_factory=dict)
    states: set[str] = field(default_factory=set)


def read_history(reading: Reading) -> HistoryCommand | Mistake:
    """The filters, or what is wrong and the line without it."""
    filters = _Filters()
    for token in _understood(reading):
        _take(token, filters, reading)
    seconds = filters.single.get(Kind.DURATION)
    command = HistoryCommand(
        mine=Kind.MINE in filters.flags,
        everywhere=Kind.ALL in filters.flags,
        user=filters.single.get(Kind.PERSON),
        image=filters.single.get(Kind.IMAGE),
        region=filters.single.get(Kind.REGION),
        states=in_order(filters.states),
        last=timedelta(seconds=int(seconds)) if seconds else None,
    )
    return reading.mistaken(_EXAMPLE if command == HistoryCommand() else command) or command


def _understood(reading: Reading) -> Iterator[Token]:
    """The filters among the words; `last` is passed over once a length of time is seen to follow it."""
    last: Token | None = None
    for token in reading.tokens:
        if token.kind is Kind.AND:
            continue
        if last and token.kind is not Kind.DURATION:
            reading.blame(mistakes.BAD_DURATION, word=reading.quote(last))
        known = token if token.kind in _FILTERS else _meant(token, reading)
        last = known if known and known.kind is Kind.LAST else None
        if known and not last:
            yield known
    if last:
        reading.blame(mistakes.BAD_DURATION, word=reading.quote(last))


def _meant(token: Token, reading: Reading) -> Token | None:
    if token.kind is Kind.NAME:
        reading.blame(mistakes.NOT_A_MENTION, word=reading.quote(token))
        return None
    guess = reading.guess(token, _FILTERS)
    if guess is None:
        reading.blame(mistakes.BAD_FILTER, word=reading.quote(token))
    return guess


def _take(token: Token, filters: _Filters, reading: Reading) -> None:
    if token.kind in {Kind.MINE, Kind.ALL}:
        filters.flags.add(token.kind)
    elif token.kind is Kind.STATE:
        filters.states |= set(token.value.split(","))
    elif token.kind is Kind.DURATION and not 0 < int(token.value) <= _LONGEST_S:
        reading.blame(mistakes.BAD_DURATION, word=reading.quote(token))
    elif filters.single.setdefault(token.kind, token.value) != token.value:
        reading.blame(mistakes.FILTER_TWICE, word=reading.quote(token))
