"""Tables as Word keeps them: a head that repeats on every page, rows that stay whole, and words for whoever does not
see the table."""

import re
from collections.abc import Sequence
from datetime import date

from sync.report.catalogue import Catalogue, Message
from sync.report.document import (
    Badge,
    Cell,
    ColumnKind,
    ColumnSpec,
    CrossReference,
    KeyFigures,
    Percent,
    Stack,
    Strong,
    Table,
    Value,
)
from sync.report.drawing.canvas import width
from sync.report.tones import ICONS
from sync.report.word.elements import (
    ACCENT,
    MUTED,
    NO_BREAK,
    RAISED,
    RULE,
    Element,
    badge,
    element,
    link,
    paragraph,
    run,
    sign,
)
from sync.report.word.setting import CELL, PAGE_WIDTH

_BREAKS = re.compile(r" |(?<=-)")
_RIGHT = frozenset({ColumnKind.NUMBER, ColumnKind.PERCENT})
_WIDE = round(PAGE_WIDTH * 567)  # in twentieths of a point, as all widths here
_UNIT, _PADDING, _WIDEST = 510, 240, 7000
"""Of a column: what a weight of 1 asks for, what is beside its words, and the most that its words ask for."""

_POINTS = 8.5
SHORT = 14
"""Rows of a table that is kept on one page."""

_IN_A_ROW = 5
_ONE_LINE = 14
"""Letters of a state that is kept on one line."""

_MEASURED = 50
"""Rows by which the columns of a table are measured."""


class Cells:
    """Cells in the words of a catalogue. `bookmarks`: by anchor, where links lead to."""

    def __init__(self, words: Catalogue, bookmarks: dict[str, str]) -> None:
        self._words = words
        self._bookmarks = bookmarks

    def table(self, table: Table, caption: str) -> Element:
        """A table with its head, its rows and its total. `caption` is its title for assistive software."""
        rows = [self._row(table.columns, [column.title for column in table.columns], head=True)]
        rows += [self._row(table.columns, row) for row in table.rows]
        if table.total is not None:
            rows.append(self._row(table.columns, table.total, total=True))
        if len(table.rows) <= SHORT:
            for row in rows[:-1]:
                kept_together(row)
        else:
            kept_together(rows[0])
        told = " ".join(filter(None, (table.note, table.source_line)))
        return _table(widths(table, self._words), caption, told, rows)

    def key_figures(self, figures: KeyFigures, caption: str) -> list[Element]:
        """Tables of so many columns as a page has room for: what is counted above, the figure beneath."""
        made: list[Element] = []
        for start in range(0, len(figures.items), _IN_A_ROW):
            items = figures.items[start : start + _IN_A_ROW]
            head = [_cell([paragraph(CELL, [run(item.label, size=9)])], fill=RAISED) for item in items]
            body: list[Element] = []
            for item in items:
                value = self._words.number(item.value) if isinstance(item.value, int) else item.value
                signs = [sign(item.tone, ICONS[item.tone])] if item.tone else []
                lines = [paragraph(CELL, [*signs, run(value, bold=True, size=17)])]
                lines += [paragraph(CELL, [run(item.detail, colour=MUTED)])] if item.detail else []
                body.append(_cell(lines, fill=RAISED))
            rows = [_table_row(head, head=True), _table_row(body)]
            kept_together(rows[0])
            made.append(_table([_WIDE // len(items)] * len(items), caption, figures.source_line, rows))
        return made

    def inline(self, part: Value | None, *, bold: bool = False) -> list[Element]:
        """The runs of a value."""
        match part:
            case Badge():
                return badge(part, bold=bold)
            case Strong(text):
                return [run(text, bold=True)]
            case CrossReference(text, anchor):
                return [link(self._bookmarks[anchor], run(text, bold=bold, colour=ACCENT))]
            case _:
                return [run(self.said(part), bold=bold)]

    def said(self, part: "str | int | date | Percent | None") -> str:
        """A value in words, kept on one line where it is short by nature."""
        match part:
            case None:
                return self._words.text(Message.NONE)
            case str():
                return part
            case date():
                return self._words.short_day(part).replace(" ", NO_BREAK)
            case Percent():
                counts = self._words.count_of(part.count, part.total).replace(" ", NO_BREAK)
                percent = self._words.percent(part.value)
                return self._words.text(Message.PERCENT_WITH_COUNTS, percent=percent, counts=counts)
            case _:
                return self._words.number(part)

    def _row(
        self, columns: Sequence[ColumnSpec], row: Sequence[Cell], *, head: bool = False, total: bool = False
    ) -> Element:
        cells = []
        for column, value in zip(columns, row, strict=True):
            bold = head or total or column.row_header
            parts = value.items if isinstance(value, Stack) else (value,)
            aligned = [element("w:jc", val="right")] if column.kind in _RIGHT else []
            lines = [
                paragraph(CELL, self.inline(part, bold=bold and not (place and not head)), *aligned)
                for place, part in enumerate(parts)
            ]
            cells.append(_cell(lines, fill=RAISED if head else "", line=head or total))
        return _table_row(cells, head=head)


def kept_together(row: Element) -> None:
    """Keeps a row on the page of the one that follows."""
    for settings in row.xpath(".//w:pPr"):
        settings.insert(1, element("w:keepNext"))


def widths(table: Table, words: Catalogue) -> list[int]:
    """Of each column, in twentieths of a point, the page's width in all.

    A column has at least its longest word; what is left is shared by what its weight or its longest line asks for
    beyond that, whichever is more. Where the longest words alone are wider than a page, all are cut in proportion.
    """
    said = Cells(words, {})
    least, most = [], []
    for place, column in enumerate(table.columns):
        values: list[Cell] = [column.title, *(row[place] for row in table.rows[:_MEASURED])]
        lines = [line for value in values for line in _lines(said, value)]
        longest = max(width(word, _POINTS) for line in lines for word in _BREAKS.split(line))
        least.append(min(longest * 20, _WIDE / 3) + _PADDING)
        line = min(max(width(line, _POINTS) for line in lines) * 20 + _PADDING, _WIDEST)
        most.append(max(column.weight * _UNIT, line, least[-1]))
    room = _WIDE - sum(least)
    if room < 0:
        return [round(each * _WIDE / sum(least)) for each in least]
    wanted = [high - low for low, high in zip(least, most, strict=True)]
    if not any(wanted):
        wanted = least
    return [round(low + room * want / sum(wanted)) for low, want in zip(least, wanted, strict=True)]


def _lines(cells: Cells, value: Cell) -> list[str]:
    """What a value says, line by line."""
    match value:
        case Stack(items):
            return [line for item in items for line in _lines(cells, item)] or [""]
        case Badge(text):
            return [f"ww {text}".replace(" ", NO_BREAK) if len(text) <= _ONE_LINE else f"ww{NO_BREAK}{text}"]
        case Strong(text) | CrossReference(text):
            return [text]
        case _:
            return [cells.said(value)]


def _table(columns: Sequence[int], caption: str, told: str, rows: Sequence[Element]) -> Element:
    lines = [element(f"w:{edge}", val="single", sz=4, space=0, color=RULE) for edge in ("top", "bottom", "insideH")]
    margins = [element(f"w:{side}", w=80, type="dxa") for side in ("left", "right")]
    properties = element(
        "w:tblPr",
        element("w:tblW", w=sum(columns), type="dxa"),
        element("w:tblBorders", *lines),
        element("w:tblLayout", type="fixed"),
        element("w:tblCellMar", *margins),
        element("w:tblLook", val="0620", firstRow=1, lastRow=0, firstColumn=0, lastColumn=0, noHBand=1, noVBand=1),
        element("w:tblCaption", val=caption),
        *([element("w:tblDescription", val=told)] if told else []),
    )
    for row in rows:
        for cell, wide in zip(row.xpath("./w:tc"), columns, strict=True):
            cell.xpath("./w:tcPr")[0].insert(0, element("w:tcW", w=wide, type="dxa"))
    grid = element("w:tblGrid", *(element("w:gridCol", w=wide) for wide in columns))
    return element("w:tbl", properties, grid, *rows)


def _table_row(cells: Sequence[Element], *, head: bool = False) -> Element:
    settings = [element("w:cantSplit")] + ([element("w:tblHeader")] if head else [])
    return element("w:tr", element("w:trPr", *settings), *cells)


def _cell(lines: Sequence[Element], *, fill: str = "", line: bool = False) -> Element:
    settings = (
        [element("w:tcBorders", element("w:bottom", val="single", sz=8, space=0, color="8A8A8A"))] if line else []
    )
    settings += [element("w:shd", val="clear", color="auto", fill=fill)] if fill else []
    return element("w:tc", element("w:tcPr", *settings), *lines)
