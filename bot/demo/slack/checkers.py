"""Small pieces of which the shapes of blocks, elements and views are made; each yields what is wrong."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Checker = Callable[[Any, str], Iterator[str]]


def _at(words: str, at: str) -> str:
    return f"{words} [json-pointer:{at}]"


def string(most: int, least: int = 1) -> Checker:
    """A string of so many characters."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield _at("failed to match all allowed schemas: must be a string", at)
        elif len(value) > most:
            yield _at(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            yield _at(f"must be more than {least - 1} characters", at)

    return check


def integer(low: int, high: int) -> Checker:
    """A whole number within bounds."""

    def check(value: Any, at: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield _at("must be an integer", at)
        elif not low <= value <= high:
            yield _at(f"must be from {low} to {high}", at)

    return check


def boolean(value: Any, at: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield _at("must be a boolean", at)


def anything(_value: Any, _at: str) -> Iterator[str]:
    """Whatever Slack may make of it: not looked at here."""
    yield from ()


def one_of(*allowed: str) -> Checker:
    """One of a few words."""

    def check(value: Any, at: str) -> Iterator[str]:
        if value not in allowed:
            yield _at(f"value must be one of {', '.join(allowed)}", at)

    return check


def array(item: Checker, least: int, most: int) -> Checker:
    """A list of so many items of one shape."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield _at("must be an array", at)
            return
        if len(value) > most:
            yield _at(f"no more than {most} items allowed", at)
        if len(value) < least:
            yield _at(f"no less than {least} items allowed", at)
        for index, entry in enumerate(value):
            yield from item(entry, f"{at}/{index}")

    return check


def shape(
    required: Mapping[str, Checker], optional: Mapping[str, Checker] | None = None, *also: Checker
) -> Checker:
    """An object with these fields and no others (besides `type`)."""
    fields = {**required, **(optional or {})}

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield _at("must be an object", at)
            return
        found = [_at(f"missing required field: {name}", at) for name in required if name not in value]
        for name, part in value.items():
            if name in fields:
                found += fields[name](part, f"{at}/{name}")
            elif name != "type":
                found.append(_at(f"invalid additional property: {name}", at))
        yield from found
        if not found:
            for further in also:
                yield from further(value, at)

    return check


def tagged(kinds: Mapping[str, Checker]) -> Checker:
    """An object whose `type` says which of the shapes it has."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield _at("must be an object", at)
        elif "type" not in value:
            yield _at("missing required field: type", at)
        elif value["type"] not in kinds:
            yield _at(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            yield from kinds[value["type"]](value, at)

    return check


def wrong(holds: Callable[[Any], bool], words: str) -> Checker:
    """A rule about the object as a whole: what to say when it holds."""

    def check(value: Any, at: str) -> Iterator[str]:
        if holds(value):
            yield _at(words, at)

    return check
