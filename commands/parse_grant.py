"""Reads who `grant` or `revoke` is about, and which right, in either order."""

from typing import cast

from commands import mistakes
from commands.mistakes import Mistake
from commands.reading import Reading
from commands.typed import GrantCommand, Right
from commands.words.tokens import Token
from commands.words.vocabulary import Kind

_PRINCIPALS = frozenset({Kind.PERSON, Kind.GROUP, Kind.EVERYONE})
_FILLERS = frozenset({Kind.TO, Kind.FROM, Kind.AND})  # `revoke approve from @user`
_ANYBODY = "@user"


def read_grant(reading: Reading, *, give: bool) -> GrantCommand | Mistake:
    """The grant, or what is wrong and the line put right."""
    principal: str | None = None
    right: str | None = None
    for token in reading.tokens:
        known = token if token.kind in _PRINCIPALS | _FILLERS | {Kind.RIGHT} else _meant(token, reading)
        if known is None or known.kind in _FILLERS:
            continue
        if known.kind is Kind.RIGHT:
            right = _only(known, right, reading)
        else:
            principal = _only(known, principal, reading)
    if principal is None:
        reading.blame(mistakes.NO_PRINCIPAL)
    if right is None:
        reading.blame(mistakes.NO_RIGHT)
    command = GrantCommand(give, cast("Right", right or "request"), principal or _ANYBODY)
    return reading.mistaken(command) or command


def _only(token: Token, before: str | None, reading: Reading) -> str:
    """The first of its kind; another is blamed."""
    if before not in {None, token.value}:
        reading.blame(mistakes.ONE_GRANT, word=reading.quote(token))
    return before or token.value


def _meant(token: Token, reading: Reading) -> Token | None:
    if token.kind is Kind.NAME:
        reading.blame(mistakes.NOT_A_MENTION, word=reading.quote(token))
        return Token(Kind.PERSON, reading.typed(token), token.start, token.end)
    guess = reading.guess(token, {Kind.RIGHT, Kind.EVERYONE})
    if guess is None:
        reading.blame(mistakes.NOT_UNDERSTOOD, word=reading.quote(token))
    return guess
