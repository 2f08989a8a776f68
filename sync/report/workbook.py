"""A workbook of plain tables: typed cells, frozen headings, filters, and no text that a spreadsheet could run.

Staff's words are data: they are written as strings whatever they begin with, and never become a formula, a link or a
number. Equal sheets give equal bytes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sync.core.text import cut, length, tidy

CELL_LENGTH = 32_767
"""What a cell holds, in UTF-16 units; a longer text ends with an ellipsis."""

ROWS = 1_048_576
"""Rows of a sheet, the headings included."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RUN = ("=", "+", "-", "@", "\t", "\r", "'")
_FIRST_DAY = date(1900, 3, 1)
_STYLE = "Table Style Light 9"
_DATE_FORM, _PERCENT_FORM, _NUMBER_FORM = "d mmm yyyy", "0%", "#,##0.##"
_NARROWEST, _WIDEST = 8, 60
_MEASURED = 200


@dataclass(frozen=True, slots=True)
class Percent:
    """A whole number of per cent, written as a number that a spreadsheet shows as 33%."""

    value: int


Cell = str | date | int | float | bool | Percent | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table. `name`: of the sheet, at most 31 characters; `headings` differ from one another."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def write_workbook(sheets: Sequence[Sheet], *, title: str, created: datetime) -> bytes:
    """The workbook's bytes: a sheet for each table, in that order. `created` is what the file says of its age.

    A sheet that would be longer than a sheet may be is continued on further ones.
    """
    held = BytesIO()
    workbook = Workbook(
        held,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": _DATE_FORM,
        },
    )
    workbook.set_properties(
        {"title": _safe(title), "author": "Portfolio Sync", "created": created.replace(tzinfo=None)}
    )
    writer = _Writer(workbook)
    for sheet in sheets:
        for part in _parts(sheet):
            writer.add(part)
    workbook.close()
    return held.getvalue()


def _parts(sheet: Sheet) -> list[Sheet]:
    """The sheet, or as many as its rows need."""
    room = ROWS - 1
    starts = range(0, max(len(sheet.rows), 1), room)
    return [
        Sheet(
            name=sheet.name if start == 0 else f"{sheet.name} {start // room + 1}",
            headings=sheet.headings,
            rows=sheet.rows[start : start + room],
        )
        for start in starts
    ]


class _Writer:
    """Adds tables to one workbook."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._day = workbook.add_format({"num_format": _DATE_FORM, "align": "left", "valign": "top"})
        self._moment = workbook.add_format({"num_format": f"{_DATE_FORM} hh:mm", "align": "left", "valign": "top"})
        self._percent = workbook.add_format({"num_format": _PERCENT_FORM, "valign": "top"})
        self._number = workbook.add_format({"num_format": _NUMBER_FORM, "valign": "top"})
        self._whole = workbook.add_format({"num_format": "0", "valign": "top"})
        self._text = workbook.add_format({"text_wrap": True, "valign": "top"})
        # Without the prefix, a cell that is opened and left again would be read anew, as a formula.
        self._quoted = workbook.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        self._heading = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._tables = 0

    def add(self, sheet: Sheet) -> None:
        """One sheet with one table, its headings frozen and filtered."""
        self._tables += 1
        target = self._workbook.add_worksheet(sheet.name)
        last = max(len(sheet.rows), 1)
        target.add_table(
            0,
            0,
            last,
            len(sheet.headings) - 1,
            {
                "name": f"Table_{self._tables}",
                "style": _STYLE,
                "columns": [{"header": heading, "header_format": self._heading} for heading in sheet.headings],
            },
        )
        target.freeze_panes(1, 0)
        target.repeat_rows(0)
        target.set_landscape()
        target.fit_to_pages(1, 0)
        for number, row in enumerate(sheet.rows, 1):
            for place, cell in enumerate(row):
                self._write(target, number, place, cell)
        for place, width in enumerate(_widths(sheet)):
            target.set_column(place, place, width)

    def _write(self, target: Worksheet, row: int, place: int, cell: Cell) -> None:
        """One typed cell; what a spreadsheet cannot hold as its type is written as text."""
        number = _number(cell)
        if cell is None:
            target.write_blank(row, place, None, self._text)
        elif isinstance(cell, bool):
            target.write_boolean(row, place, cell, self._text)
        elif isinstance(cell, Percent):
            target.write_number(row, place, cell.value / 100, self._percent)
        elif number is not None:
            target.write_number(row, place, number, self._whole if isinstance(cell, int) else self._number)
        elif isinstance(cell, date) and _holds(cell):
            target.write_datetime(row, place, _naive(cell), self._form(cell))
        else:
            said = _safe(_said(cell))
            target.write_string(row, place, said, self._quoted if said.startswith(_RUN) else self._text)

    def _form(self, cell: date) -> Format:
        return self._moment if isinstance(cell, datetime) else self._day


def _number(cell: Cell) -> float | None:
    """A number that a cell can hold: not infinite, and not so long that digits would be lost."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    return cell if abs(cell) < 1e15 else None


def _holds(cell: date) -> bool:
    """Whether a spreadsheet's calendar has that day: it begins in 1900, with a day that never was."""
    return (cell.date() if isinstance(cell, datetime) else cell) >= _FIRST_DAY


def _naive(cell: date) -> date:
    return cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell


def _said(cell: Any) -> str:
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _safe(text: str) -> str:
    """Text without what XML cannot hold, with one kind of line end, cut where a cell ends."""
    return cut(_NOT_XML.sub("", tidy(text)), CELL_LENGTH)


def _widths(sheet: Sheet) -> list[int]:
    """A width for each column, by the longest line of its first rows; staff can widen what is cut."""
    columns = [
        [heading, *(row[place] for row in sheet.rows[:_MEASURED])] for place, heading in enumerate(sheet.headings)
    ]
    return [min(max(_NARROWEST, *map(_width, cells)) + 2, _WIDEST) for cells in columns]


def _width(cell: Cell) -> int:
    if isinstance(cell, datetime):
        return 17
    if isinstance(cell, date):
        return 11
    return max((length(line) for line in _said(cell).splitlines()), default=0) if cell is not None else 0
