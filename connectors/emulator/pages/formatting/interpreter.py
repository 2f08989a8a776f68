"""Expressions worked out for one row of a list."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from connectors.emulator.pages.formatting import values
from connectors.emulator.pages.formatting.expressions import FormatError, Literal, Node, Operation, Reference
from connectors.emulator.pages.formatting.functions import FUNCTIONS, LONGEST_TEXT
from connectors.emulator.pages.formatting.values import Place, Value

MOST_MEMBERS = 2_000


class Row(Protocol):
    """One item as its view shows it."""

    def value(self, name: str) -> Value:
        """What the column of that internal name holds; blank where the view does not show it."""

    def shown(self, name: str) -> str:
        """The same in words, as the list shows it where nothing is formatted."""

    def title(self, name: str) -> str:
        """The column's display name."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What expressions of one cell can see. `column` is the current field; `loops` what `forEach` has in hand."""

    row: Row
    place: Place
    column: str
    now: datetime
    me: str = ""
    index: int = 0
    web: str = ""
    loops: Mapping[str, tuple[int, Value]] = field(default_factory=dict)

    def within(self, name: str, index: int, member: Value) -> "Scope":
        """The same with one member of a loop in hand."""
        return replace(self, loops={**self.loops, name: (index, member)})


def evaluate(node: Node, scope: Scope) -> Value:
    """What an expression comes to; raises FormatError where that is beyond what a page can hold."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Reference):
        return _referred(node, scope)
    found = _operated(node, scope)
    if isinstance(found, str | tuple) and len(found) > (LONGEST_TEXT if isinstance(found, str) else MOST_MEMBERS):
        raise FormatError("An expression comes to more than a cell can show.")
    return found


def shown(node: Node, scope: Scope) -> str:
    """What an expression comes to, in words; a column alone that is a date is shown as its list shows it."""
    found = evaluate(node, scope)
    column = _column(node, scope) if isinstance(node, Reference) and not node.path else None
    return scope.row.shown(column) if column and isinstance(found, datetime) else values.text(found, scope.place)


def _operated(node: Operation, scope: Scope) -> Value:
    if node.name == "if":
        condition, then, otherwise = node.operands
        return evaluate(then if values.truth(evaluate(condition, scope)) else otherwise, scope)
    if node.name in {"&&", "||"}:
        left, right = node.operands
        holds = values.truth(evaluate(left, scope))
        return holds if holds is (node.name == "||") else values.truth(evaluate(right, scope))
    given = [evaluate(each, scope) for each in node.operands]
    work = FUNCTIONS[node.name].work
    if work is None:
        index, _ = scope.loops.get(values.text(given[0], scope.place), (0, ""))
        return float(index)
    return work(scope.place, *given)


def _column(node: Reference, scope: Scope) -> str | None:
    """The column a reference is about; None where it is about something else."""
    if node.kind == "@":
        return scope.column if node.name == "currentField" else None
    return node.name if node.kind == "$" and node.name not in scope.loops else None


def _referred(node: Reference, scope: Scope) -> Value:
    if node.kind == "!":
        return scope.row.title(node.name) if node.path == ("DisplayName",) else ""
    column = _column(node, scope)
    if column is not None:
        if node.path == ("displayValue",):
            return scope.row.shown(column)
        found = scope.row.value(column)
    elif node.kind == "$":
        found = scope.loops[node.name][1]
    else:
        return _special(node, scope)
    for name in node.path:
        found = values.part(found, name)
    return found


def _special(node: Reference, scope: Scope) -> Value:
    """What is told by the page. Nothing is selected, and a window is as wide as one at a desk: pages run no script."""
    known: Mapping[str, Value] = {
        "now": scope.now,
        "me": scope.me,
        "rowIndex": float(scope.index),
        "isSelected": False,
        "currentWeb": scope.web,
        "lcid": float(scope.place.locale.id),
        "UIlcid": float(scope.place.locale.id),
        "window": 1024.0 if node.path == ("innerWidth",) else 768.0,
    }
    return known.get(node.name, "")
