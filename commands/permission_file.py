"""The permission file: YAML ↔ channels' rules, with every mistake named at once and where it stands."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml
from pydantic import ValidationError

from commands import names
from commands import permission_mistakes as mistakes
from commands.rule import ANY_REGION, Rule
from commands.text import Code, Language, Line, Span, Spans, Text
from commands.yaml_lines import Place, Read, UnreadableError, read_yaml
from store.permissions import Key

_IN_RULE = len(("channels", 0, "approve"))
_KEYS = ("team", "channel", "remove", *Rule.model_fields)


@dataclass(frozen=True)
class Entry:
    """What the file says of one channel; `rule` None: forget it."""

    key: Key
    rule: Rule | None


class PermissionFileError(Exception):
    """The file can't be used.

    Attributes:
        lines: one per mistake, in the order of the file.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        super().__init__(f"{len(lines)} mistakes in the permission file")
        self.lines = tuple(lines)


def read(text: str, language: Language, *, regions: Sequence[str] | None = None) -> list[Entry]:
    """The file's entries, in its order.

    Args:
        regions: the known ones' ids: another one in `confirm_regions` is a mistake, since a misspelt region there would
            protect nothing. None: not looked at. Elsewhere an unknown region allows nothing, and is no mistake.

    Raises:
        PermissionFileError: naming every mistake, in `language`.
    """
    try:
        file = read_yaml(text)
    except UnreadableError as error:
        raise PermissionFileError(
            [mistakes.NOT_YAML.line(language, line=error.line, said=error.said)]
        ) from error
    reader = _Reader(file, language, regions)
    entries = list(reader.entries())
    if reader.wrong:
        raise PermissionFileError([line for _, line in sorted(reader.wrong, key=lambda wrong: wrong[0])])
    return entries


def write(entries: Iterable[tuple[Key, Rule]], *, header: str) -> str:
    """A file that `read` gives these rules back from, sorted by team and channel, under a comment."""
    channels = [
        {"team": key.team, "channel": key.channel, **rule.dump()}
        for key, rule in sorted(entries, key=lambda entry: (entry[0].team, entry[0].channel))
    ]
    body = yaml.dump(
        {"channels": channels},
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
        width=100,
    )
    return "".join(f"# {line}\n" for line in header.splitlines()) + body


class _Dumper(yaml.SafeDumper):
    """Writes strings so that they read back the same, U+0085 and its like included."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, None if text.isprintable() else '"')


_Dumper.add_representer(str, _text)


class _Reader:
    """Walks one file and collects what is wrong with it, each with its line number."""

    def __init__(self, file: Read, language: Language, regions: Sequence[str] | None) -> None:
        self._file = file
        self._language = language
        self._regions = regions
        self.wrong: list[tuple[int, Line]] = []

    def entries(self) -> Iterator[Entry]:
        for place in self._file.repeated:
            self._blame(place, mistakes.TWICE)
        seen: dict[Key, int] = {}
        for number, raw in enumerate(self._channels()):
            entry = self._entry(("channels", number), raw)
            if entry is None:
                continue
            if entry.key in seen:
                self._blame(("channels", number, "channel"), mistakes.REPEATED, line=seen[entry.key])
            seen.setdefault(entry.key, self._file.line(("channels", number)))
            yield entry

    def _channels(self) -> list[Any]:
        whole = self._file.value
        if not isinstance(whole, dict) or not isinstance(whole.get("channels"), list):
            self._blame(("channels",), mistakes.NO_CHANNELS)
            return []
        self._unknown_keys((), whole, ("channels",))
        return list(whole["channels"])

    def _entry(self, place: Place, raw: Any) -> Entry | None:
        if not isinstance(raw, dict):
            self._blame(place, mistakes.NOT_AN_ENTRY)
            return None
        before = len(self.wrong)
        self._unknown_keys(place, raw, _KEYS)
        self._id(place, raw, "team", mistakes.TEAM)
        self._id(place, raw, "channel", mistakes.CHANNEL)
        if not isinstance(raw.get("remove", False), bool):
            self._wrong_value((*place, "remove"), raw["remove"])
        rule = self._rule(place, {key: raw[key] for key in Rule.model_fields if key in raw})
        if rule is not None and self._regions is not None:
            self._protections(place, rule, [*self._regions, ANY_REGION])
        if rule is None or len(self.wrong) > before:
            return None
        return Entry(Key(raw["team"], raw["channel"]), None if raw.get("remove") else rule)

    def _unknown_keys(self, place: Place, raw: dict[Any, Any], known: Sequence[str]) -> None:
        for key in raw:
            if key in known:
                continue
            wrong, close = Code(str(key)), get_close_matches(str(key), known, 1)
            if close:
                self._blame((*place, str(key)), mistakes.MEANT, key=wrong, meant=Code(close[0]))
            else:
                known_keys = names.codes(self._language, known)
                self._blame((*place, str(key)), mistakes.UNKNOWN, key=wrong, known=known_keys)

    def _id(self, place: Place, raw: dict[Any, Any], key: str, right: re.Pattern[str]) -> None:
        value = raw.get(key)
        if not isinstance(value, str) or right.fullmatch(value) is None:
            self._wrong_value((*place, key), value)

    def _rule(self, place: Place, raw: dict[str, Any]) -> Rule | None:
        try:
            return Rule.model_validate(raw)
        except ValidationError as error:
            for one in error.errors(include_url=False):
                # What concerns the whole rule begins with the key that has to give way.
                about = one["loc"] or (str(one["ctx"]["error"]).split()[0],)
                self._wrong_value((*place, *about), one["input"] if one["loc"] else raw.get(str(about[0])))
            return None

    def _protections(self, place: Place, rule: Rule, known: Sequence[str]) -> None:
        for number, region in enumerate(rule.confirm_regions):
            if region in known:
                continue
            close = get_close_matches(region, known, 1)
            text = mistakes.UNPROTECTED_MEANT if close else mistakes.UNPROTECTED
            meant = Code(close[0] if close else "")
            self._blame((*place, "confirm_regions", number), text, region=Code(region), meant=meant)

    def _wrong_value(self, place: Place, value: Any) -> None:
        key, in_list = str(place[2]), len(place) > _IN_RULE
        self._add(place, mistakes.wrong_value(key, value, self._language, in_list=in_list))

    def _blame(self, place: Place, text: Text, **values: Span | int) -> None:
        self._add(place, text.say(self._language, **values))

    def _add(self, place: Place, what: Spans) -> None:
        line = self._file.line(place)
        where = Code(_path(place))
        self.wrong.append((line, mistakes.WHERE.line(self._language, line=line, where=where, what=what)))


def _path(place: Place) -> str:
    """`channels[0].approve[1]`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return "".join(steps).removeprefix(".")
