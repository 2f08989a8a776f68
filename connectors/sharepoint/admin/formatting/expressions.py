"""Expressions of column formatting, built as values and written in whichever of the two documented forms fits.

The Excel-like form is what people read in "Format this column". It has no way to write an apostrophe inside a text, and
none that is documented for a bracket, so an expression with one is written as a tree of operators instead; both mean
the same.
"""

from dataclasses import dataclass
from typing import Any

_SIGNS = frozenset({"+", "-", "*", "/", "==", "<=", ">=", "<", ">", "&&", "||"})
_BRACKETED = frozenset({"toString", "Number", "Date", "toDateString"})
"""What a tree names with brackets behind it."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A value of the row or of the moment: `@currentField`, `[$PSHoldUntil]`, `@now`."""

    name: str


@dataclass(frozen=True, slots=True)
class Op:
    """A documented operator or function with its operands."""

    name: str
    operands: tuple["Node", ...]


Node = str | int | Ref | Op

THIS = Ref("@currentField")
SHOWN = Ref("@currentField.displayValue")
"""The value as its column shows it without formatting: a date as the site writes dates, in the site's zone."""
NOW = Ref("@now")

_DAY = 86_400_000
_HALF_DAY = 43_200_000


def column(name: str, part: str = "") -> Ref:
    """Another column of the row, by internal name. It is blank where the view does not show that column."""
    return Ref(f"[${name}{part}]")


def call(name: str, *operands: Node) -> Op:
    return Op(name, operands)


def when(condition: Node, then: Node, otherwise: Node) -> Op:
    return Op("if", (condition, then, otherwise))


def plus(first: Node, *others: Node) -> Node:
    """A sum, or texts one after the other."""
    return _chained("+", first, *others)


def any_of(first: Node, *others: Node) -> Node:
    return _chained("||", first, *others)


def _chained(sign: str, first: Node, *others: Node) -> Node:
    for other in others:
        first = Op(sign, (first, other))
    return first


def is_blank(ref: Ref) -> Op:
    return Op("==", (ref, ""))


def is_blank_date(ref: Ref) -> Op:
    """Whatever a blank date reads as, as a number it is 0."""
    return Op("==", (call("Number", ref), 0))


def days_since(ref: Ref) -> Op:
    """How many days ago a date-only value was, by the reader's calendar: 0 on the day itself.

    From midnight to midnight is a whole number of days, or an hour more or less where a clock change lies between, or
    some hours where the site's zone is not the reader's; half a day is added before the rest is cut off. Of a blank it
    is a very large number; of a column that the view does not show it is that, or none at all.
    """
    midnight = call("Number", call("Date", call("toDateString", NOW)))
    passed = Op("-", (midnight, call("Number", ref)))
    return call("floor", Op("/", (plus(passed, _HALF_DAY), _DAY)))


def written(node: Node) -> Any:
    """The expression as it stands in the JSON; a plain text as it is."""
    if isinstance(node, str):
        return node
    if isinstance(node, Ref):
        return node.name
    return _tree(node) if _needs_tree(node) else f"={_words(node)}"


def _needs_tree(node: Node) -> bool:
    if isinstance(node, Op):
        return any(_needs_tree(each) for each in node.operands)
    return isinstance(node, str) and any(sign in node for sign in "'()")


def _words(node: Node, *, inside: bool = False) -> str:
    """The Excel-like form. Brackets say what belongs together: nothing is left to which sign binds closer."""
    if isinstance(node, Ref):
        return node.name
    if isinstance(node, int):
        return str(node)
    if isinstance(node, str):
        return f"'{node}'"
    if node.name in _SIGNS:
        left, right = (_words(each, inside=True) for each in node.operands)
        joined = f"{left} {node.name} {right}"
        return f"({joined})" if inside else joined
    return f"{node.name}({', '.join(_words(each) for each in node.operands)})"


def _tree(node: Node) -> Any:
    if isinstance(node, Ref):
        return node.name
    if isinstance(node, str | int):
        return node
    name = "?" if node.name == "if" else f"{node.name}()" if node.name in _BRACKETED else node.name
    return {"operator": name, "operands": [_tree(each) for each in node.operands]}
