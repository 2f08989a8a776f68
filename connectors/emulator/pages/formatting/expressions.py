"""Expressions of formatting: `=if(...)`, operator objects and plain strings, read into one kind of tree."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from connectors.emulator.pages.formatting.functions import FUNCTIONS
from connectors.emulator.pages.formatting.values import Value

DEEPEST: Final = 100
LONGEST: Final = 20_000
_WORD = r"[A-Za-z_]\w*"
_TOKEN = re.compile(
    rf"""\s*(?:(?P<text>'[^']*')|(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<field>\[[$!][^\[\]]+\])|(?P<special>@{_WORD}(?:\.\w+)*)
    |(?P<name>{_WORD})|(?P<mark>\|\||&&|[=!<>]=|[-+*/%<>(),]))""",
    re.VERBOSE,
)
_SPECIAL = re.compile(rf"^@{_WORD}(?:\.\w+)*$")
_FIELD = re.compile(r"^\[[$!][^\[\]]+\]$")
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))
SPECIALS = frozenset(
    {"currentField", "now", "me", "rowIndex", "isSelected", "currentWeb", "lcid", "UIlcid", "window", "thumbnail"}
)


class FormatError(Exception):
    """A formatter that cannot be applied: one sentence."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    value: Value


@dataclass(frozen=True, slots=True)
class Reference:
    """A value of the row or of the page: `@currentField.title`, `[$Owner.email]`. `kind` is the `@`, `$` or `!`."""

    kind: str
    name: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator or a function with its operands; `depth` is how many of them lie in each other."""

    name: str
    operands: tuple["Node", ...]
    depth: int


Node: TypeAlias = Literal | Reference | Operation


def read(given: Any) -> Node:
    """A value of a formatter as it stands in the JSON; raises FormatError."""
    if isinstance(given, str):
        return _read_text(given)
    if isinstance(given, bool):
        return Literal(given)
    if isinstance(given, int | float):
        return Literal(float(given))
    if isinstance(given, Mapping):
        return _read_object(given)
    raise FormatError("A value is neither text, a number nor an expression.")


def _read_text(given: str) -> Node:
    if len(given) > LONGEST:
        raise FormatError("An expression is too long.")
    if given.startswith("="):
        return _Parser(given[1:]).whole()
    if _FIELD.match(given):
        return _field(given)
    # An address that begins with @ is text like any other.
    if _SPECIAL.match(given) and given[1:].partition(".")[0] in SPECIALS:
        return _special(given)
    return Literal(given)


def _read_object(given: Mapping[str, Any]) -> Node:
    name, operands = given.get("operator"), given.get("operands")
    if not isinstance(name, str) or not isinstance(operands, list):
        raise FormatError("An expression needs an operator and a list of operands.")
    plain = name.removesuffix("()")
    known = "if" if plain in {"?", ":"} else plain
    # `&&` and its like take any number of operands here; they are read from the left.
    parts = [read(each) for each in operands]
    if known in FUNCTIONS and FUNCTIONS[known].chains and len(parts) > 2:
        first, *others = parts
        for other in others:
            first = operation(known, (first, other))
        return first
    return operation(known, tuple(parts))


def operation(name: str, operands: tuple[Node, ...]) -> Operation:
    """An operation whose name is known and that has as many operands as it takes; raises FormatError."""
    function = FUNCTIONS.get(name)
    if function is None:
        raise FormatError(f"There is no function or operator “{name}”.")
    if len(operands) not in function.operands:
        raise FormatError(f"“{name}” takes {function.needs}, not {len(operands)}.")
    depth = 1 + max((each.depth for each in operands if isinstance(each, Operation)), default=0)
    if depth > DEEPEST:
        raise FormatError("An expression is nested too deeply.")
    return Operation(name, operands, depth)


def _field(given: str) -> Reference:
    name, *path = given[2:-1].strip().split(".")
    return Reference(given[1], name, tuple(path))


def _special(given: str) -> Reference:
    name, *path = given[1:].split(".")
    if name not in SPECIALS:
        raise FormatError(f"There is no “@{name}”.")
    return Reference("@", name, tuple(path))


class _Parser:
    """Recursive descent over the tokens of one Excel-style expression."""

    def __init__(self, words: str) -> None:
        self.tokens = list(_tokens(words))
        self.at = 0
        self.depth = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.at += 1
        return token

    def whole(self) -> Node:
        node = self.level(0)
        if self.peek()[0] != "end":
            raise FormatError(f"An expression goes on with “{self.peek()[1]}” where it should have ended.")
        return node

    def level(self, number: int) -> Node:
        """One level of precedence, from `||` to `*`."""
        if number == len(_LEVELS):
            return self.single()
        node = self.level(number + 1)
        while self.peek()[0] == "mark" and self.peek()[1] in _LEVELS[number]:
            node = operation(self.take()[1], (node, self.level(number + 1)))
        return node

    def single(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST // 2:
            raise FormatError("An expression is nested too deeply.")
        node = self._single()
        self.depth -= 1
        return node

    def _single(self) -> Node:
        kind, word = self.take()
        if kind == "text":
            return Literal(word[1:-1])
        if kind == "number":
            return Literal(float(word))
        if kind == "field":
            return _field(word)
        if kind == "special":
            return _special(word)
        if kind == "name":
            return Literal(word == "true") if word in {"true", "false"} else self.call(word)
        if word == "-":
            return operation("-", (Literal(0.0), self.single()))
        if word == "(":
            return self.close(self.level(0))
        raise FormatError(
            f"An expression has “{word}” where a value should be." if word else "An expression breaks off."
        )

    def close(self, node: Node) -> Node:
        if self.take()[1] != ")":
            raise FormatError("A bracket of an expression is not closed.")
        return node

    def call(self, name: str) -> Node:
        if self.take() != ("mark", "("):
            raise FormatError(f"An expression has the word “{name}”; words stand between single quotes.")
        if self.peek() == ("mark", ")"):
            self.take()
            return operation(name, ())
        operands = [self.level(0)]
        while self.peek() == ("mark", ","):
            self.take()
            operands.append(self.level(0))
        return self.close(operation(name, tuple(operands)))


def _tokens(words: str) -> Iterator[tuple[str, str]]:
    at, end = 0, len(words.rstrip())
    while at < end:
        match = _TOKEN.match(words, at)
        if match is None:
            raise FormatError(f"An expression cannot be read from “{words[at : at + 20].strip()}” on.")
        kind = str(match.lastgroup)
        yield kind, match.group(kind)
        at = match.end()
