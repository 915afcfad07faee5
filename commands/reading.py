"""One command line being read: its words, and the first thing in them that is wrong."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from commands.mistakes import DID_YOU_MEAN, NO_REGION_CLOSE, Mistake, quote, region_name, suggest
from commands.text import Code, Span, Text
from commands.typed import Command, in_chinese, is_chinese
from commands.words.normal import Plain
from commands.words.tokens import Lexicon, Token
from commands.words.vocabulary import Kind

# Guessing is slow next to reading: only the first few unknown words are worth it.
_GUESSES = 3

_GRAMMAR = frozenset({Kind.VERB, Kind.TO, Kind.FROM, Kind.BECAUSE})


class Reading:
    """The words after the verb. A reader goes on after a mistake, to find out what was meant as a whole.

    Attributes:
        chinese: words of the grammar are typed in Chinese.
    """

    def __init__(self, plain: Plain, lexicon: Lexicon, tokens: list[Token], *, chinese: bool = False) -> None:
        self.chinese = chinese or _in_chinese(plain, tokens)
        self.lexicon = lexicon
        self.tokens = tokens
        self.mistake: Mistake | None = None
        self._plain = plain
        self._guesses = _GUESSES

    def after_first(self) -> "Reading":
        return Reading(self._plain, self.lexicon, self.tokens[1:], chinese=self.chinese)

    def blame(self, text: Text, **values: Span | Text) -> None:
        """Remember this mistake, unless there was one before."""
        if self.mistake is None:
            self.mistake = Mistake(text, values)

    def mistaken(self, meant: Command) -> Mistake | None:
        """The mistake, if there was one, with what was probably meant as the line to type."""
        if self.mistake is None:
            return None
        named = [value.text for value in self.mistake.values.values() if isinstance(value, Code)]
        chinese = any(map(is_chinese, named))  # the line and the sentence above it name the same words
        return replace(self.mistake, suggestion=suggest(meant, chinese=chinese))

    def word(self, english: str) -> Code:
        """A word of the grammar in the language of the command."""
        return Code(in_chinese(english) if self.chinese else english)

    def typed(self, token: Token) -> str:
        """The word as the person typed it."""
        return self._plain.typed(token.start, token.end)

    def quote(self, token: Token) -> Code:
        return quote(self.typed(token))

    def rest(self, token: Token) -> str:
        """Everything the person typed after the word."""
        return self._plain.rest(token.end)

    def guess(self, token: Token, kinds: Collection[Kind]) -> Token | None:
        """What a misspelt word was meant to be; asks the person whether it was."""
        if not self._guesses:
            return None
        self._guesses -= 1
        word = self._plain.text[token.start : token.end]
        closest = self.lexicon.closest(word, kinds)
        if closest is None:
            return None
        phrase, (kind, value) = closest
        if kind is Kind.REGION:
            name = region_name(self.lexicon.regions[value])
            self.blame(NO_REGION_CLOSE, word=self.quote(token), region=Code(value), name=name)
        else:
            self.blame(DID_YOU_MEAN, word=self.quote(token), close=Code(phrase))
        return replace(token, kind=kind, value=value)


def _in_chinese(plain: Plain, tokens: Iterable[Token]) -> bool:
    """Whether a word of the grammar is; what follows the first `because` is the reason."""
    for token in tokens:
        if token.kind in _GRAMMAR and "\u4e00" <= plain.text[token.start] <= "\u9fff":
            return True
        if token.kind is Kind.BECAUSE:
            break
    return False
