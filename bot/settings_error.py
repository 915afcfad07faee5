"""What is wrong with the settings, in sentences: a setting's name and what it must be, never its value."""

from collections.abc import Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.plain import plain
from bot.settings_texts import BAD, LEASE_TOO_SHORT, MISSING, MISTAKES, NEEDED, WHAT
from commands.text import Language

_ORDER = list(WHAT)


class SettingsError(Exception):
    """Settings are missing or wrong.

    Attributes:
        mistakes: one sentence each, naming the setting and what to do; no value is repeated.
        language: theirs.
    """

    def __init__(self, mistakes: Sequence[str], language: Language) -> None:
        heading = plain(MISTAKES.say(language))
        super().__init__("\n".join([heading, *(f"- {mistake}" for mistake in mistakes)]))
        self.mistakes = tuple(mistakes)
        self.language = language


def sentences(error: ValidationError, language: Language) -> list[str]:
    """One for each mistake, in the order of the README's table."""
    found = sorted(error.errors(include_input=False), key=lambda mistake: _ORDER.index(_field(mistake)))
    return [_sentence(mistake, language) for mistake in found]


def _field(mistake: ErrorDetails) -> str:
    return str(mistake["loc"][0])


def _sentence(mistake: ErrorDetails, language: Language) -> str:
    said = mistake.get("ctx", {}).get("error")
    own = said.args[0] if isinstance(said, ValueError) and said.args else None
    usual = MISSING if mistake["type"] == "missing" else BAD
    text = own if own in {NEEDED, LEASE_TOO_SHORT} else usual
    field = _field(mistake)
    return plain(text.say(language, name=field.upper(), what=WHAT[field].say(language)))
