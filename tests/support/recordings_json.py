"""JSON as written: a tree that keeps the order of keys, the spelling of numbers and strings, and the white space.

`json.loads` makes `1.0` of `1.00`, `/` of `\\u002f` and nothing of a line break; a recording is held to all of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

_TOKEN = re.compile(
    r"(?P<space>\s*)"
    r'(?P<token>[{}\[\]:,]|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)'
)


@dataclass(frozen=True, slots=True)
class Plain:
    """A string with its quotes, a number, true, false or null, spelt as it was."""

    raw: str


@dataclass(frozen=True, slots=True)
class Members:
    """An object; its keys in their order."""

    values: "dict[str, Tree]"


@dataclass(frozen=True, slots=True)
class Row:
    """An array."""

    values: "list[Tree]"


Tree: TypeAlias = Plain | Members | Row


class NotJson(Exception):  # noqa: N818 - it is a finding
    """A text that is not one JSON value."""


@dataclass(slots=True)
class _Reader:
    text: str
    at: int = 0
    spaces: list[str] = field(default_factory=list)

    def next(self) -> str:
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            raise NotJson(f"no JSON at {self.text[self.at : self.at + 40]!r}")
        self.at = match.end()
        self.spaces.append(match["space"])
        return match["token"]

    def value(self, token: str) -> Tree:
        if token == "{":
            return Members(dict(self.members()))
        if token == "[":
            return Row(list(self.row()))
        if token in "}],:":
            raise NotJson(f"{token} where a value should be")
        return Plain(token)

    def members(self) -> Iterator[tuple[str, Tree]]:
        seen: set[str] = set()
        token = self.next()
        while token != "}":
            if token in seen:
                raise NotJson(f"the key {token} stands twice")
            seen.add(token)
            if not token.startswith('"') or self.next() != ":":
                raise NotJson(f"{token} where a key should be")
            yield token[1:-1], self.value(self.next())
            token = self._separated("}")

    def row(self) -> Iterator[Tree]:
        token = self.next()
        while token != "]":
            yield self.value(token)
            token = self._separated("]")

    def _separated(self, end: str) -> str:
        token = self.next()
        if token == end:
            return token
        following = self.next() if token == "," else end
        if following == end:
            raise NotJson(f"{token} where a comma or {end} should be")
        return following


def read(text: str) -> tuple[Tree, list[str]]:
    """The tree of a text and the white space before each of its tokens, in order. Raises NotJson."""
    reader = _Reader(text)
    tree = reader.value(reader.next())
    if text[reader.at :].strip():
        raise NotJson(f"more than one value: {text[reader.at : reader.at + 40]!r}")
    return tree, [*reader.spaces, text[reader.at :]]


def compact(tree: Tree) -> str:
    """A tree as text without white space, everything spelt as it was."""
    if isinstance(tree, Plain):
        return tree.raw
    if isinstance(tree, Row):
        return f"[{','.join(map(compact, tree.values))}]"
    return "{" + ",".join(f'"{key}":{compact(value)}' for key, value in tree.values.items()) + "}"
