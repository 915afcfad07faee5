"""States and regions as they are typed on the command line: by id, or by their names in either language."""

import os
from collections.abc import Iterable

from bot.cli.ground import Refused, language
from bot.settings import load_regions
from commands import mistakes
from commands.names import codes
from commands.text import Code, Text
from commands.words.normal import normalise
from commands.words.tokens import Lexicon
from commands.words.vocabulary import Kind
from store.lifecycle import State

_NO_STATE = Text(
    "没有名为 {word} 的状态。可用的状态：{states}",
    "There is no state called {word}. The states are: {states}",
)


def states(typed: Iterable[str]) -> list[State]:
    """The states that the words name; a name may be that of two.

    Raises:
        Refused: a word names none.
    """
    lexicon = Lexicon(load_regions(os.environ))
    return [state for word in typed for state in _states(word, lexicon)]


def region(typed: str) -> str:
    """The id of the region.

    Raises:
        Refused: there is none of this id or name.
    """
    lexicon = Lexicon(load_regions(os.environ))
    found = _value(typed, Kind.REGION, lexicon)
    if found is not None:
        return found
    word, close = mistakes.quote(typed), lexicon.closest(normalise(typed).text.strip(), {Kind.REGION})
    if close is None:
        known = mistakes.region_list(lexicon.regions).say(language())
        raise Refused(mistakes.NO_REGION, word=word, regions=known)
    meant = lexicon.regions[close[1][1]]
    name = mistakes.region_name(meant).say(language())
    raise Refused(mistakes.NO_REGION_CLOSE, word=word, region=Code(meant.id), name=name)


def _states(typed: str, lexicon: Lexicon) -> list[State]:
    if typed in set(State):  # what a program says; as a name, `copying` is that of `watching` too
        return [State(typed)]
    found = _value(typed, Kind.STATE, lexicon)
    if found is not None:
        return [State(state) for state in found.split(",")]
    close = lexicon.closest(normalise(typed).text.strip(), {Kind.STATE})
    if close is None:
        raise Refused(_NO_STATE, word=mistakes.quote(typed), states=codes(language(), State))
    raise Refused(mistakes.DID_YOU_MEAN, word=mistakes.quote(typed), close=Code(close[0]))


def _value(typed: str, kind: Kind, lexicon: Lexicon) -> str | None:
    """What the whole of the word stands for, if it is of this kind."""
    match list(lexicon.tokens(normalise(typed))):
        case [token] if token.kind is kind:
            return token.value
        case _:
            return None
