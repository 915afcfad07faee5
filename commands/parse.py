"""A command line, as Slack sends it, to a typed command or to what is wrong with it; pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from commands import mistakes
from commands.clouds.cloud import Region
from commands.mistakes import Mistake
from commands.parse_copy import read_copy, read_why
from commands.parse_grant import read_grant
from commands.parse_history import read_history
from commands.parse_request import read_request
from commands.reading import Reading
from commands.text import Code
from commands.typed import (
    AuditVerifyCommand,
    CancelCommand,
    Command,
    FormCommand,
    HelpCommand,
    PauseCommand,
    PermissionsCommand,
    RetryCommand,
    StatusCommand,
    type_out,
)
from commands.words.normal import normalise
from commands.words.tokens import Lexicon
from commands.words.vocabulary import Kind

__all__ = ["Mistake", "parse", "type_out"]

_HELP = frozenset({"-h", "-help", "?"})  # `--help` too: a run of dashes counts as one
_OWN_NAME = "copy-image"  # a whole line pasted after the command begins with it
_COPY_WORDS = frozenset({Kind.IMAGE, Kind.REGION, Kind.TO, Kind.FROM})


def parse(text: str, regions: Sequence[Region]) -> Command | Mistake:
    """Read what was typed after `/copy-image`.

    Args:
        text: escaped by Slack (`should_escape`); any string at all.
        regions: those that can be named; the first ones serve as examples.

    Returns:
        The command, or what is wrong together with the line to type instead.
    """
    plain = normalise(text)
    if plain.text.strip() in _HELP:
        return HelpCommand()
    lexicon = Lexicon(regions)
    reading = Reading(plain, lexicon, list(lexicon.tokens(plain)))
    if reading.tokens and reading.tokens[0].value == _OWN_NAME:
        reading = reading.after_first()
    return _read(reading)


def _read(reading: Reading) -> Command | Mistake:
    if not reading.tokens:
        return FormCommand()
    first = reading.tokens[0]
    if first.kind is Kind.VERB:
        return _VERBS[first.value](reading.after_first())
    if first.kind is Kind.REQUEST:
        reading.blame(mistakes.REQUEST_ALONE, word=reading.quote(first))
        return _instead(reading, StatusCommand(first.value))
    if first.kind in _COPY_WORDS or first.value.startswith("img"):
        return read_copy(reading)
    return _read_unknown(reading)


def _read_unknown(reading: Reading) -> Command | Mistake:
    """The first word begins no command: a misspelt verb, an image's name, or nothing we know."""
    first = reading.tokens[0]
    copying = any(token.kind in _COPY_WORDS for token in reading.tokens)
    # A Chinese verb is two characters: in a copy, one in common (复制, 恢复) says nothing.
    verb = reading.guess(first, {Kind.VERB}) if first.value.isascii() or not copying else None
    if verb:
        return _instead(reading, _VERBS[verb.value](reading.after_first()))
    if copying:
        return read_copy(reading)
    reading.blame(mistakes.NO_COMMAND, word=reading.quote(first))
    return _instead(reading, HelpCommand())


def _instead(reading: Reading, meant: Command | Mistake) -> Command | Mistake:
    """The mistake so far, with what was probably meant as the line to type."""
    if isinstance(meant, Mistake):
        return replace(reading.mistake or meant, suggestion=meant.suggestion)
    return reading.mistaken(meant) or meant


def _read_audit(reading: Reading) -> Command | Mistake:
    if [token.kind for token in reading.tokens] != [Kind.VERIFY]:
        reading.blame(mistakes.AUDIT_WHAT)
    return _instead(reading, AuditVerifyCommand())


def _alone(command: Command) -> Callable[[Reading], Command | Mistake]:
    """A verb that takes nothing more."""

    def read(reading: Reading) -> Command | Mistake:
        if reading.tokens:
            reading.blame(
                mistakes.TOO_MUCH, word=reading.quote(reading.tokens[0]), command=Code(type_out(command))
            )
        return _instead(reading, command)

    return read


_VERBS: Mapping[str, Callable[[Reading], Command | Mistake]] = {
    "history": read_history,
    "status": lambda reading: read_request(reading, StatusCommand),
    "cancel": lambda reading: read_request(reading, CancelCommand),
    "retry": lambda reading: read_request(reading, RetryCommand),
    "permissions": _alone(PermissionsCommand()),
    "grant": lambda reading: read_grant(reading, give=True),
    "revoke": lambda reading: read_grant(reading, give=False),
    "why": read_why,
    "emergency": lambda reading: read_copy(reading, emergency=True),
    "pause": _alone(PauseCommand(pause=True)),
    "resume": _alone(PauseCommand(pause=False)),
    "audit": _read_audit,
    "help": lambda _: HelpCommand(),
}
