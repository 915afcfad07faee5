"""Reads image ids out of a form's field, pasted in any shape: a column, a list, quoted, with commas or without."""

import re
from collections.abc import Sequence

from commands import mistakes
from commands.clouds.cloud import Region
from commands.mistakes import EXAMPLE_IMAGE, Mistake
from commands.reading import Reading
from commands.text import Code
from commands.words.normal import normalise
from commands.words.tokens import Lexicon
from commands.words.vocabulary import Kind

_HIDDEN = re.compile(r"img.*\*")


def read_images(text: str, regions: Sequence[Region]) -> tuple[str, ...] | Mistake:
    """The ids in lower case, in the order given, each once; or the first thing that is none."""
    plain = normalise(text)
    lexicon = Lexicon(regions)
    reading = Reading(plain, lexicon, list(lexicon.tokens(plain)))
    images: dict[str, None] = {}
    for token in reading.tokens:
        if token.kind is Kind.IMAGE:
            images[token.value] = None
        elif _HIDDEN.match(token.value):
            reading.blame(mistakes.MASKED_IMAGE, word=reading.quote(token))
        elif token.kind is not Kind.AND:
            reading.blame(mistakes.BAD_IMAGE, example=Code(EXAMPLE_IMAGE), word=reading.quote(token))
    if not images:
        reading.blame(mistakes.NO_IMAGE_GIVEN)
    return reading.mistake or tuple(images)
