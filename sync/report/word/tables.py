"""Tables as Word keeps them: a head that repeats on every page, rows that stay whole, and words for whoever does not
see the table."""

from collections.abc import Sequence

from sync.report.catalogue import Catalogue
from sync.report.document import (
    Badge,
    Cell,
    ColumnKind,
    ColumnSpec,
    CrossReference,
    KeyFigure,
    KeyFigures,
    Stack,
    Strong,
    Table,
    Value,
)
from sync.report.tones import ICONS
from sync.report.word.columns import ACROSS, widths
from sync.report.word.elements import (
    ACCENT,
    MUTED,
    RAISED,
    Element,
    badge,
    element,
    link,
    paragraph,
    run,
    sign,
)
from sync.report.word.setting import CELL, TABLE
from sync.report.word.values import said

_RIGHT = frozenset({ColumnKind.NUMBER, ColumnKind.PERCENT})
SHORT = 6
"""Rows of a table that is kept on one page; a longer one only keeps its first rows, and its last ones, together."""

_IN_A_ROW = 5
_LINE = {(True, False): "bottom", (False, True): "top", (False, False): ""}
"""Where a row is set apart, by whether it is the head and whether it is the total."""


class Cells:
    """Cells in the words of a catalogue. `bookmarks`: by anchor, where links lead to. `room`: the page's width."""

    def __init__(self, words: Catalogue, bookmarks: dict[str, str]) -> None:
        self._words = words
        self._bookmarks = bookmarks
        self.room = ACROSS

    def table(self, table: Table, caption: str, told: str = "") -> Element:
        """A table with its head, its rows and its total. For assistive software, `caption` is its title, and `told`
        what it tells: without one, its columns and what stands beneath it."""
        rows = [self._row(table.columns, [column.title for column in table.columns], head=True)]
        rows += [self._row(table.columns, row) for row in table.rows]
        if table.total is not None:
            rows.append(self._row(table.columns, table.total, total=True))
        beneath = [table.note, table.source_line]
        last = None if any(beneath) else -1
        for row in rows[:last] if len(rows) <= SHORT + 1 else (*rows[:2], *rows[-2:last]):
            kept_together(row)
        told = told or " ".join(filter(None, (f"{', '.join(column.title for column in table.columns)}.", *beneath)))
        named = next((place for place, column in enumerate(table.columns) if column.row_header), None)
        return _table(widths(table, self._words, self.room), caption, told, rows, first_names=named == 0)

    def key_figures(self, figures: KeyFigures, caption: str) -> list[Element]:
        """Tables of so many columns as a page has room for: what is counted above, the figure beneath."""
        made: list[Element] = []
        for start in range(0, len(figures.items), _IN_A_ROW):
            items = figures.items[start : start + _IN_A_ROW]
            head = [_cell([paragraph(CELL, [run(item.label, size=9)])], fill=RAISED) for item in items]
            body: list[Element] = []
            for item in items:
                signs = [sign(item.tone, ICONS[item.tone])] if item.tone else []
                lines = [paragraph(CELL, [*signs, run(self._figure(item), bold=True, size=17)])]
                lines += [paragraph(CELL, [run(item.detail, colour=MUTED)])] if item.detail else []
                body.append(_cell(lines, fill=RAISED))
            rows = [_table_row(head, head=True), _table_row(body)]
            kept_together(rows[0])
            if figures.source_line:
                kept_together(rows[1])
            told = " ".join(f"{item.label}: {self._figure(item)}." for item in items)
            columns = [self.room // len(items)] * len(items)
            made.append(_table(columns, caption, f"{told} {figures.source_line}".rstrip(), rows))
        return made

    def _figure(self, item: KeyFigure) -> str:
        return self._words.number(item.value) if isinstance(item.value, int) else item.value

    def inline(self, part: Value | None, *, bold: bool = False, kind: ColumnKind = ColumnKind.TEXT) -> list[Element]:
        """The runs of a value, in a column of that kind."""
        match part:
            case Badge():
                return badge(part, bold=bold)
            case Strong(text):
                return [run(text, bold=True)]
            case CrossReference(text, anchor):
                return [link(self._bookmarks[anchor], run(text, bold=bold, colour=ACCENT, underlined=True))]
            case _:
                return [run(said(part, self._words, kind), bold=bold)]

    def _row(
        self, columns: Sequence[ColumnSpec], row: Sequence[Cell], *, head: bool = False, total: bool = False
    ) -> Element:
        cells = []
        for column, value in zip(columns, row, strict=True):
            bold = head or total or column.row_header
            kind = ColumnKind.TEXT if head else column.kind
            parts = value.items if isinstance(value, Stack) else (value,)
            aligned = [element("w:jc", val="right")] if column.kind in _RIGHT else []
            lines = [
                paragraph(CELL, self.inline(part, bold=bold and not place, kind=kind), *aligned)
                for place, part in enumerate(parts)
            ]
            cells.append(_cell(lines, fill=RAISED if head or total else "", line=_LINE[head, total]))
        return _table_row(cells, head=head)


def kept_together(row: Element) -> None:
    """Keeps a row on the page of the one that follows."""
    for settings in row.xpath(".//w:pPr"):
        settings.insert(1, element("w:keepNext"))


def _table(
    columns: Sequence[int], caption: str, told: str, rows: Sequence[Element], *, first_names: bool = False
) -> Element:
    look = {"firstRow": 1, "lastRow": 0, "firstColumn": int(first_names), "lastColumn": 0, "noHBand": 1, "noVBand": 1}
    properties = element(
        "w:tblPr",
        element("w:tblStyle", val=TABLE),
        element("w:tblW", w=sum(columns), type="dxa"),
        element("w:tblLayout", type="fixed"),
        element("w:tblLook", val="06A0" if first_names else "0620", **look),
        element("w:tblCaption", val=caption),
        element("w:tblDescription", val=told),
    )
    for row in rows:
        for cell, wide in zip(row.xpath("./w:tc"), columns, strict=True):
            cell.xpath("./w:tcPr")[0].insert(0, element("w:tcW", w=wide, type="dxa"))
    grid = element("w:tblGrid", *(element("w:gridCol", w=wide) for wide in columns))
    return element("w:tbl", properties, grid, *rows)


def _table_row(cells: Sequence[Element], *, head: bool = False) -> Element:
    settings = [element("w:cantSplit")] + ([element("w:tblHeader")] if head else [])
    return element("w:tr", element("w:trPr", *settings), *cells)


def _cell(lines: Sequence[Element], *, fill: str = "", line: str = "") -> Element:
    """A cell. `line`: the side on which it is set apart by a stronger one."""
    strong = [element(f"w:{line}", val="single", sz=8, space=0, color="8A8A8A")] if line else []
    settings = [element("w:tcBorders", *strong)] if line else []
    settings += [element("w:shd", val="clear", color="auto", fill=fill)] if fill else []
    return element("w:tc", element("w:tcPr", *settings), *lines)
