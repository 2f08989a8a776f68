"""`$filter`: a small parser and an evaluator.

Supported: eq ne gt ge lt le, and or not, brackets, startswith, substringof, day month year hour minute second, text,
numbers, true, false, null, datetime'..' and guid'..'. Whatever else OData has, SharePoint refuses, and so does this.
"""

import operator as operators
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from connectors.emulator.errors import bad_query
from connectors.emulator.state.values import parse_instant

_TOKEN = re.compile(
    r"""\s*(?:(?P<typed>(?:datetime|guid)'[^']*')|(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)(?![\w])
    |(?P<name>[A-Za-z_@][\w./-]*)|(?P<mark>[(),]))""",
    re.VERBOSE,
)
_OPERATORS = {name: getattr(operators, name) for name in ("eq", "ne", "gt", "ge", "lt", "le")}
_TESTS = {"startswith": 2, "substringof": 2}
_PARTS = {"day", "month", "year", "hour", "minute", "second"}
_DEEPEST = 60
_MOST_TERMS = 200


@dataclass(frozen=True, slots=True)
class Property:
    """A property, perhaps of a person or lookup: `Owner/Title`."""

    path: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    value: Any


@dataclass(frozen=True, slots=True)
class Call:
    """A function of its arguments."""

    name: str
    arguments: tuple["Operand", ...]


Operand: TypeAlias = Property | Literal | Call


@dataclass(frozen=True, slots=True)
class Comparison:
    """left operator right."""

    operator: str
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    inner: "Node"


@dataclass(frozen=True, slots=True)
class Both:
    """`and` or `or` of two conditions."""

    operator: str
    left: "Node"
    right: "Node"


Node: TypeAlias = Comparison | Not | Both | Call
Getter: TypeAlias = Callable[[str], Any]


def parse_filter(text: str) -> Node:
    """Read a filter; raises SharePointError (400) where it cannot be read."""
    return _Parser(text).whole()


class _Parser:
    """Recursive descent over the tokens of one filter."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(self._tokens(text))
        self.at = 0
        self.depth = 0
        self.terms = 0

    def _tokens(self, text: str) -> Iterator[tuple[str, str]]:
        at = 0
        stripped = text.rstrip()
        while at < len(stripped):
            match = _TOKEN.match(stripped, at)
            if match is None:
                raise self.failure()
            yield str(match.lastgroup), match.group(str(match.lastgroup))
            at = match.end()

    def failure(self) -> Exception:
        return bad_query(f'The expression "{self.text}" is not valid.')

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self, *wanted: str) -> str:
        kind, value = self.peek()
        if wanted and value not in wanted and kind not in wanted:
            raise self.failure()
        self.at += 1
        return value

    def whole(self) -> Node:
        node = self.either()
        if self.peek()[0] != "end":
            raise self.failure()
        return node

    def either(self) -> Node:
        node = self.both()
        while self.peek() == ("name", "or"):
            self.take()
            node = Both("or", node, self.both())
        return node

    def both(self) -> Node:
        node = self.single()
        while self.peek() == ("name", "and"):
            self.take()
            node = Both("and", node, self.single())
        return node

    def single(self) -> Node:
        self.depth += 1
        self.terms += 1
        # Conditions nest as they follow each other, too: neither may go deeper than can be walked.
        if self.depth > _DEEPEST or self.terms > _MOST_TERMS:
            raise self.failure()
        node = self._single()
        self.depth -= 1
        return node

    def _single(self) -> Node:
        if self.peek() == ("name", "not"):
            self.take()
            return Not(self.single())
        if self.peek() == ("mark", "("):
            self.take()
            node = self.either()
            self.take(")")
            return node
        left = self.operand()
        if self.peek()[1] in _OPERATORS:
            return Comparison(self.take(), left, self.operand())
        if isinstance(left, Call) and left.name in _TESTS:
            return left
        raise self.failure()

    def operand(self) -> Operand:
        kind, value = self.peek()
        if kind != "name":
            return Literal(self.constant())
        self.take()
        if self.peek() == ("mark", "("):
            return self.function(value.lower())
        if value in {"true", "false"}:
            return Literal(value == "true")
        return Literal(None) if value == "null" else Property(value)

    def function(self, name: str) -> Call:
        if name not in _TESTS and name not in _PARTS:
            raise bad_query(f"The function '{name}' is not supported in a filter.")
        self.take("(")
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.failure()
        arguments = [self.operand()]
        while self.peek() == ("mark", ","):
            self.take()
            arguments.append(self.operand())
        self.depth -= 1
        self.take(")")
        if len(arguments) != _TESTS.get(name, 1):
            raise self.failure()
        return Call(name, tuple(arguments))

    def constant(self) -> Any:
        kind, value = self.peek()
        self.take("text", "number", "typed")
        if kind == "text":
            return value[1:-1].replace("''", "'")
        if kind == "number":
            return float(value)
        label, _, inside = value.partition("'")
        if label == "guid":
            return inside[:-1].lower()
        instant = parse_instant(inside[:-1])
        if instant is None:
            raise self.failure()
        return instant


def leaves(node: Node) -> Iterator[Comparison | Call]:
    """The conditions of a filter from left to right."""
    if isinstance(node, Both):
        yield from leaves(node.left)
        yield from leaves(node.right)
    elif isinstance(node, Not):
        yield from leaves(node.inner)
    else:
        yield node


def first_clauses(node: Node) -> list[Comparison | Call]:
    """The conditions that decide which rows the database has to touch: the first of an `and`, every one of an `or`."""
    if isinstance(node, Both):
        left = first_clauses(node.left)
        return left if node.operator == "and" else left + first_clauses(node.right)
    return list(leaves(node))


def number_bounds(node: Node | None) -> tuple[float, float]:
    """Between which numbers every row that passes lies: the first is excluded, the second is not."""
    low, high = 0.0, inf
    if isinstance(node, Both) and node.operator == "and":
        (low, high), (other_low, other_high) = number_bounds(node.left), number_bounds(node.right)
        return max(low, other_low), min(high, other_high)
    if isinstance(node, Comparison) and isinstance(node.left, Property) and isinstance(node.right, Literal):
        number = node.right.value
        if node.left.path in {"Id", "ID"} and isinstance(number, float):
            if node.operator in {"gt", "ge", "eq"}:
                low = number if node.operator == "gt" else number - 1
            if node.operator in {"lt", "le", "eq"}:
                high = number
    return low, high


def paths(node: Node) -> Iterator[str]:
    """Every property the filter mentions."""
    for leaf in leaves(node):
        operands: tuple[Operand, ...] = leaf.arguments if isinstance(leaf, Call) else (leaf.left, leaf.right)
        for operand in operands:
            yield from _paths_of(operand)


def _paths_of(operand: Operand) -> Iterator[str]:
    if isinstance(operand, Property):
        yield operand.path
    elif isinstance(operand, Call):
        for argument in operand.arguments:
            yield from _paths_of(argument)


def matches(node: Node, get: Getter, zone: ZoneInfo | None = None) -> bool:
    """Whether a row passes; `get` gives a property's value, `zone` is where days and hours are counted."""
    if isinstance(node, Both):
        left = matches(node.left, get, zone)
        if node.operator == "and":
            return left and matches(node.right, get, zone)
        return left or matches(node.right, get, zone)
    if isinstance(node, Not):
        return not matches(node.inner, get, zone)
    if isinstance(node, Call):
        return _test(node, get, zone)
    return _compare(node.operator, _value(node.left, get, zone), _value(node.right, get, zone))


def _value(operand: Operand, get: Getter, zone: ZoneInfo | None) -> Any:
    if isinstance(operand, Literal):
        return operand.value
    if isinstance(operand, Property):
        return get(operand.path)
    if operand.name in _TESTS:
        return _test(operand, get, zone)
    instant = _value(operand.arguments[0], get, zone)
    if not isinstance(instant, datetime):
        return None
    try:
        return float(getattr(instant.astimezone(zone or UTC), operand.name))
    except OverflowError:  # a constant at the end of the calendar
        return None


def _test(call: Call, get: Getter, zone: ZoneInfo | None) -> bool:
    first, second = (_value(argument, get, zone) for argument in call.arguments)
    text, part = (first, second) if call.name == "startswith" else (second, first)
    if not isinstance(text, str) or not isinstance(part, str):
        return False
    held, wanted = text.casefold(), part.casefold()
    return held.startswith(wanted) if call.name == "startswith" else wanted in held


def _compare(operator: str, left: Any, right: Any) -> bool:
    if isinstance(left, tuple):
        members = [_compare("eq", member, right) for member in left] or [right is None]
        return any(members) if operator == "eq" else not any(members) if operator == "ne" else False
    if left is None or right is None:
        equal = left is None and right is None
        return equal if operator == "eq" else not equal if operator == "ne" else False
    left, right = _alike(left, right)
    if type(left) is not type(right):
        return operator == "ne"
    return bool(_OPERATORS[operator](left, right))


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Two values brought to one type: the database compares text without case and reads dates and numbers in text."""
    if isinstance(left, datetime) and isinstance(right, str):
        return left, parse_instant(right) or right
    if isinstance(right, datetime) and isinstance(left, str):
        return parse_instant(left) or left, right
    return _plain(left, right), _plain(right, left)


def _plain(value: Any, other: Any) -> Any:
    if isinstance(value, bool | int):
        return float(value)
    if isinstance(value, str) and isinstance(other, int | float):
        try:
            return float(value)
        except ValueError:
            return value
    return value.casefold() if isinstance(value, str) else value
