"""Reads YAML safely and remembers on which line each thing stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

Place = tuple[str | int, ...]
"""Keys and positions from the top, such as ("channels", 0, "approve", 1)."""

_DEPTH = 4  # channels, an entry, a key, an item


class UnreadableError(Exception):
    """The text is no YAML; `line` counts from 1, `said` is the parser's own word."""

    def __init__(self, line: int, said: str) -> None:
        super().__init__(f"line {line}: {said}")
        self.line = line
        self.said = said


@dataclass
class Read:
    """The value, and where its parts stand; `repeated` are keys that a mapping has more than once."""

    value: Any
    lines: dict[Place, int] = field(default_factory=dict)
    repeated: list[Place] = field(default_factory=list)

    def line(self, place: Place) -> int:
        """The line of the place, or of the nearest one around it."""
        return next((self.lines[p] for p in _outwards(place) if p in self.lines), 1)


def read_yaml(text: str) -> Read:
    """The text's one document, of plain values only.

    Raises:
        UnreadableError: it is no YAML, or more than one document.
    """
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        read = Read(None)
        if root is not None:
            _look(loader, root, (), read)
            read.value = loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise UnreadableError(mark.line + 1 if mark else 1, error.problem or "") from error
    except (yaml.YAMLError, ValueError) as error:  # characters that YAML forbids; a date such as 2026-13-45
        raise UnreadableError(1, str(error).splitlines()[0]) from error
    return read


def _look(loader: yaml.SafeLoader, node: yaml.Node, place: Place, read: Read) -> None:
    read.lines[place] = node.start_mark.line + 1
    if len(place) >= _DEPTH:
        return
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            _look(loader, item, (*place, number), read)
    elif isinstance(node, yaml.MappingNode):
        for key, value in _pairs(node):
            inner = (*place, key.value)
            if inner in read.lines:
                read.repeated.append(inner)
            _look(loader, value, inner, read)
            read.lines[inner] = key.start_mark.line + 1


def _pairs(node: yaml.MappingNode) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode):
            yield key, value


def _outwards(place: Place) -> Iterator[Place]:
    for length in range(len(place), -1, -1):
        yield place[:length]
