"""How wide the columns of a table are, and whether they ask for a page that lies on its side."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sync.report.catalogue import Catalogue
from sync.report.document import Badge, Cell, ColumnKind, ColumnSpec, CrossReference, Stack, Strong, Table
from sync.report.drawing.canvas import width
from sync.report.word.elements import NO_BREAK
from sync.report.word.setting import PAGE_WIDTH
from sync.report.word.values import said

ACROSS = round(PAGE_WIDTH * 567)
"""The width of a page, in twentieths of a point as all widths here."""

POINTS = 8.5
"""The size of letters in tables."""

_BREAKS = re.compile(r" |(?<=-)")
_NUMERIC = frozenset({ColumnKind.NUMBER, ColumnKind.PERCENT})
_LETTER = POINTS * 20 * 0.93
"""Of the letters that tables are set in: they are narrower than those that charts are measured for."""

_UNIT, _PADDING, _WIDEST, _COMFORT = 510, 240, 7000, 2000
"""Of a column: what a weight of 1 asks for, what is beside its words, the most that its words ask for, and what a
column of text needs to be read with ease."""

_SHARE = 5
"""A word that is wider than this part of the page is broken."""

_CRAMPED = 1.2
"""So many times the page is what a table must need to be turned."""

_ONE_LINE = 14
"""Letters of a state that is kept on one line."""

_MEASURED = 50
"""Rows by which the columns of a table are measured."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """By one column: at least its longest word; what keeps its values on one line; and what it can make use of."""

    least: float
    line: float
    most: float
    flexible: bool

    @property
    def fair(self) -> float:
        """Dates, states and numbers stay on one line; text is wrapped."""
        return self.least if self.flexible else self.line


def is_cramped(table: Table, words: Catalogue) -> bool:
    """Whether an upright page is too narrow for the table."""
    asked = _asked(table, words, ACROSS)
    needed = sum(max(each.least, min(each.most, _COMFORT)) if each.flexible else each.line for each in asked)
    return needed / ACROSS > _CRAMPED


def widths(table: Table, words: Catalogue, room: int = ACROSS) -> list[int]:
    """Of each column, so that together they fill the room.

    Dates, states and numbers get what keeps them on one line, text what is left, by its weight or its longest line.
    Where that is too much every column has its longest word, and where even that is, all are cut in proportion.
    """
    asked = _asked(table, words, room)
    wide = [each.fair for each in asked]
    if sum(wide) > room:
        least = [each.least for each in asked]
        wide = _given(least, [each.line - each.least for each in asked], room - sum(least))
    wide = _given(wide, [max(each.most - has, 0) for each, has in zip(asked, wide, strict=True)], room - sum(wide))
    return [round(each * room / sum(wide)) for each in wide]


def _given(wide: list[float], wanted: list[float], room: float) -> list[float]:
    """Shares the room by what is wanted, and gives nobody more than that."""
    total = sum(wanted)
    share = min(room / total, 1) if room > 0 < total else 0
    return [has + share * want for has, want in zip(wide, wanted, strict=True)]


def _asked(table: Table, words: Catalogue, room: int) -> list[_Asked]:
    found = [_column(table, place, words, room / _SHARE) for place in range(len(table.columns))]
    numeric = [each for each, column in zip(found, table.columns, strict=True) if column.kind in _NUMERIC]
    if not numeric:
        return found
    # Counts side by side are compared, and read best in columns of one width.
    least, line = max(each.least for each in numeric), max(each.line for each in numeric)
    alike = [_Asked(least, line, max(each.most, line), flexible=False) for each in found]
    return [
        same if column.kind in _NUMERIC else each
        for each, same, column in zip(found, alike, table.columns, strict=True)
    ]


def _column(table: Table, place: int, words: Catalogue, widest: float) -> _Asked:
    column = table.columns[place]
    rows = table.rows[:_MEASURED] if table.total is None else (*table.rows[:_MEASURED], table.total)
    lines = [line for row in rows for line in _lines(row[place], words, column)] or [""]
    pieces = [piece for line in (column.title, *lines) for piece in _BREAKS.split(line)]
    least = min(max(map(_wide, pieces)), widest) + _PADDING
    line = max(map(_wide, lines)) + _PADDING
    stiff = max(least, min(line, widest + _PADDING))
    flexible = column.kind is ColumnKind.TEXT
    most = max(least, column.weight * _UNIT, min(line, _WIDEST)) if flexible else stiff
    return _Asked(least, stiff, most, flexible)


def _wide(text: str) -> float:
    return width(text, 1) * _LETTER


def _lines(value: Cell, words: Catalogue, column: ColumnSpec) -> Sequence[str]:
    """What a value says, line by line."""
    match value:
        case Stack(items):
            return [line for item in items for line in _lines(item, words, column)]
        case Badge(text):
            return [f"ww{NO_BREAK}{text.replace(' ', NO_BREAK) if len(text) <= _ONE_LINE else text}"]
        case Strong(text) | CrossReference(text):
            return [text]
        case _:
            return [said(value, words, column.kind)]
