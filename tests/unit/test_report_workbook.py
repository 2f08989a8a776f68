"""A workbook holds typed cells, runs nothing that staff typed, and is the same file for the same sheets."""

import io
import re
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.text import length, tidy
from sync.report import workbook
from sync.report.workbook import CELL_LENGTH, Cell, Percent, Sheet, write_workbook

CREATED = datetime(2026, 6, 17, 2, 17, tzinfo=UTC)


def written(*sheets: Sheet) -> bytes:
    return write_workbook(sheets, title="Digital strategy", created=CREATED)


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def read_back(cell: Cell) -> Any:
    """The cell that a workbook with this one value holds."""
    return opened(written(Sheet(name="One", headings=["Value"], rows=[[cell]])))["One"]["A2"]


HOSTILE = [
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    '=HYPERLINK("https://evil.example","Click")',
    "=cmd|' /C calc'!A0",
    "{=1+1}",
    "'=1+1",
    "https://evil.example",
    "mailto:a@evil.example",
    "internal:One!A1",
    "file:///etc/passwd",
    "1234",
    "1E5",
    "03/04/2026",
    "TRUE",
    "#REF!",
    "<b>bold</b> & more",
    "_x0041_ is no escape",
    "]]>",
    " leading and trailing ",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_staff_typed_is_a_string_whatever_it_looks_like(text: str) -> None:
    cell = read_back(text)
    content = written(Sheet(name="One", headings=["Value"], rows=[[text]]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert re.search(r'<c r="A2"[^>]* t="s">', sheet)
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert cell.hyperlink is None
    # openpyxl leaves the escape of an escape as it is in the file.
    assert str(cell.value).replace("_x005F_", "_") == text.strip()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "'x"])
def test_a_string_that_looks_like_a_formula_stays_one_when_the_cell_is_opened_and_left(text: str) -> None:
    assert read_back(text).quotePrefix is True
    assert read_back("plain").quotePrefix is False


@pytest.mark.parametrize("mark", ["\x00", "\x01", "\x08", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_what_xml_cannot_hold_is_left_out(mark: str) -> None:
    assert read_back(f"a{mark}b").value == "ab"


@given(text=st.text(max_size=60))
def test_any_text_comes_back_as_it_was_but_for_what_xml_cannot_hold(text: str) -> None:
    said = read_back(text).value or ""
    holdable = "".join(character for character in tidy(text) if workbook._NOT_XML.match(character) is None)
    assert said.replace("_x005F_", "_") == holdable


@pytest.mark.parametrize(("letter", "count"), [("a", CELL_LENGTH), ("a", CELL_LENGTH + 1), ("\U0001f600", CELL_LENGTH)])
def test_a_cell_is_cut_where_a_spreadsheet_s_cell_ends(letter: str, count: int) -> None:
    text = letter * count
    said = read_back(text).value
    assert length(said) <= CELL_LENGTH
    assert said == text if length(text) <= CELL_LENGTH else said.endswith("…")


@pytest.mark.parametrize(
    ("cell", "value", "data_type", "form"),
    [
        (date(2026, 6, 3), datetime(2026, 6, 3), "d", "d mmm yyyy"),  # noqa: DTZ001
        (datetime(2026, 6, 3, 2, 17, tzinfo=UTC), datetime(2026, 6, 3, 2, 17), "d", "d mmm yyyy hh:mm"),  # noqa: DTZ001
        (12, 12, "n", "0"),
        (-3, -3, "n", "0"),
        (0, 0, "n", "0"),
        (1250.5, 1250.5, "n", "#,##0.##"),
        (Percent(33), 0.33, "n", "0%"),
        (True, True, "b", "General"),
        (False, False, "b", "General"),
        (None, None, "n", "General"),
        ("", "", "s", "General"),
        (date(1899, 12, 31), "1899-12-31", "s", "General"),
        (float("inf"), "inf", "s", "General"),
        (float("nan"), "nan", "s", "General"),
        (10**16, "10000000000000000", "s", "General"),
    ],
)
def test_cells_are_typed(cell: Cell, value: Any, data_type: str, form: str) -> None:
    found = read_back(cell)
    assert (found.value, found.data_type, found.number_format) == (value, data_type, form)


def test_every_sheet_has_frozen_headings_a_filter_a_table_and_widths() -> None:
    rows = [["DS-01", "A project with rather a long title that goes on and on and on and on and on"], ["DS-02", None]]
    book = opened(written(Sheet(name="Projects", headings=["Reference", "Title"], rows=rows)))
    sheet = book["Projects"]
    [table] = sheet.tables.values()
    assert [cell.value for cell in sheet[1]] == ["Reference", "Title"]
    assert sheet.freeze_panes == "A2"
    assert (table.ref, table.autoFilter.ref, table.headerRowCount) == ("A1:B3", "A1:B3", 1)
    assert table.tableStyleInfo.name.startswith("TableStyle")
    assert sheet.column_dimensions["A"].width < sheet.column_dimensions["B"].width < 70
    assert sheet.print_title_rows == "$1:$1"


def test_a_sheet_without_rows_still_has_its_headings() -> None:
    sheet = opened(written(Sheet(name="Empty", headings=["Reference"], rows=[])))["Empty"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["Reference"]]


def test_a_sheet_that_is_too_long_is_continued(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS", 3)
    book = opened(written(Sheet(name="Risks", headings=["Number"], rows=[[number] for number in range(5)])))
    assert {sheet.title: [cell.value for cell in sheet["A"]] for sheet in book} == {
        "Risks": ["Number", 0, 1],
        "Risks 2": ["Number", 2, 3],
        "Risks 3": ["Number", 4],
    }


def test_equal_sheets_give_equal_bytes_that_say_when_they_are_of() -> None:
    sheets = [Sheet(name="One", headings=["Value"], rows=[["a"], [date(2026, 6, 3)]])]
    assert written(*sheets) == written(*sheets)
    assert opened(written(*sheets)).properties.created == CREATED.replace(tzinfo=None)
    assert opened(written(*sheets)).properties.title == "Digital strategy"
