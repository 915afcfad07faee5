"""Names that look like settings and are none: most likely misspelt."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from bot.plain import plain
from bot.settings_texts import STRAY, STRAY_MEANT
from commands.text import Language

_OURS = ("BOT_", "JDCLOUD_", "SLACK_")


def stray(names: Iterable[str], known: Sequence[str], language: Language) -> list[str]:
    """A sentence for each of the names, once, that begins like a setting and is not known."""
    strange = [name for name in dict.fromkeys(names) if name.startswith(_OURS) and name not in known]
    return [_sentence(name, known, language) for name in strange]


def _sentence(name: str, known: Sequence[str], language: Language) -> str:
    close = get_close_matches(name, known, 1, 0.8)
    text = STRAY_MEANT if close else STRAY
    return plain(text.say(language, name=name, meant=close[0] if close else ""))
