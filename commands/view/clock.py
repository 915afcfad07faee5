"""How far the clock of the bot's host is off, in words."""

from datetime import timedelta

from commands.text import Language, Spans, Text
from commands.view.words import duration_words

_AHEAD = Text("快了 {time}", "{time} ahead")
_BEHIND = Text("慢了 {time}", "{time} behind")


def clock_off_words(off_s: int, language: Language) -> Spans:
    """`快了 3 小时`, `3 hours behind`: what comes after “the clock is”.

    Args:
        off_s: how far it is ahead, in seconds.
    """
    text = _AHEAD if off_s > 0 else _BEHIND
    minutes = round(abs(off_s) / 60)  # an answer's date is not more exact than a second or two
    return text.say(language, time=duration_words(timedelta(minutes=minutes), language))
