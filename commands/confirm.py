"""`confirm_regions`: the last approver types where the images go; pure."""

import re
from collections.abc import Sequence

from commands import names
from commands.permissions import region_allowed
from commands.rule import Rule
from commands.text import Language, Line, Text

_TYPE = Text("请输入目标地域的 ID 以确认：{regions}", "To confirm, type the id of the destination: {regions}")
_BETWEEN = re.compile(r"[\s,，、;；]+")


def to_type(rule: Rule, destinations: Sequence[str]) -> tuple[str, ...]:
    """The destinations whose ids have to be typed."""
    return tuple(d for d in destinations if region_allowed(rule.confirm_regions, d))


def to_be_typed(regions: Sequence[str], language: Language) -> Line:
    """What to type: the ids alone, since exactly they count."""
    return _TYPE.line(language, regions=names.codes(language, regions))


def is_typed(typed: str, regions: Sequence[str]) -> bool:
    """Whether exactly these ids were typed, in any order and case; where none is asked for, whatever was typed will do."""
    return not regions or {word for word in _BETWEEN.split(typed.casefold()) if word} == set(regions)
