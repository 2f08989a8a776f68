"""A report as a document: what a committee paper holds, free of edition and format.

A builder makes one `Document` for an edition; `html.render_html` and `docx.render_docx` show the same one. Text is
plain: a renderer escapes it, and nothing that staff typed is ever markup. Numbers of sections, paragraphs, tables and
figures are given by `numbering`, so that a builder never counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sync.core.rollup import percentage
from sync.report.charts import Chart
from sync.report.tones import Badge, Tone

__all__ = [
    "Badge", "Block", "Bullets", "Cell", "ColumnKind", "ColumnSpec", "CrossReference", "Document", "Figure", "Header",
    "Inline", "KeyFigure", "KeyFigures", "Note", "Paragraph", "Percent", "Section", "Stack", "Strong", "Table",
    "Text", "Tone", "Value", "bullets", "note", "paragraph",
]  # fmt: skip

LAST_LEVEL = 4
"""Sections within sections: the deepest."""


# Words


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that carry weight."""

    text: str


@dataclass(frozen=True, slots=True)
class CrossReference:
    """Words that lead to a section, table or figure of the same document, by its anchor."""

    text: str
    anchor: str


Inline = str | Strong | CrossReference | Badge
Text = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words. In a numbered section a renderer numbers it, as committee papers do, unless `numbered` is false."""

    text: Text
    numbered: bool = True


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list whose order means nothing to a reader, though it is stable."""

    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Words set apart: a restated figure, a list that could not be read, what an edition leaves out."""

    text: Text
    tone: Tone = Tone.INFO


def paragraph(*text: Inline, numbered: bool = True) -> Paragraph:
    """`paragraph("Of 47 projects, ", Strong("31"), " are on track.")`"""
    return Paragraph(text, numbered)


def bullets(*items: Inline | Text) -> Bullets:
    """`bullets("One point.", ("Another, with a ", Badge("High", Tone.BAD), " state."))`"""
    return Bullets(tuple(item if isinstance(item, tuple) else (item,) for item in items))


def note(*text: Inline, tone: Tone = Tone.INFO) -> Note:
    """`note("The figures of May were restated on 3 June 2026.")`"""
    return Note(text, tone)


# Figures


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure that a reader should see first: `KeyFigure("On track", 31, "66% of 47 projects", Tone.GOOD)`."""

    label: str
    value: int | str
    detail: str = ""
    tone: Tone | None = None


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """A row of figures. `source_line`: as at when, and from how much (`Catalogue.source_line`)."""

    items: tuple[KeyFigure, ...]
    source_line: str = ""


@dataclass(frozen=True, slots=True)
class Percent:
    """A share, always shown with its count and denominator; rounded half up on its own, so a row need not add up."""

    count: int
    total: int

    @property
    def value(self) -> int | None:
        """In per cent; None of nothing, which is not 0."""
        return percentage(self.count, self.total) if self.total else None


@dataclass(frozen=True, slots=True)
class Stack:
    """Several values in one cell, one beneath the other."""

    items: tuple["Value", ...]


Value = str | int | date | Percent | Badge | Strong | CrossReference
Cell = Value | Stack | None
"""None is a cell with nothing to say, shown as a dash. A state that matters ("No date") is a text or a badge."""


class ColumnKind(StrEnum):
    """How a column is set: numbers and percentages to the right, dates and states on one line where there is room."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column. `row_header`: its cells name their rows. `weight`: the least width that it asks for where a
    format has fixed widths, in steps of about 9 mm on a page of 170; what is in it may ask for more."""

    title: str
    kind: ColumnKind = ColumnKind.TEXT
    row_header: bool = False
    weight: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under a caption. `total` is the last row, set apart. `note` and `source_line` stand beneath: what a reader
    has to know of the figures, and as at when, from how much. `empty` is said where there are no rows."""

    caption: str
    columns: tuple[ColumnSpec, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    note: str = ""
    source_line: str = ""
    empty: str = ""
    anchor: str = ""

    def __post_init__(self) -> None:
        rows = self.rows if self.total is None else (*self.rows, self.total)
        if not self.columns:
            raise ValueError(f"the table {self.caption!r} has no columns")
        if any(len(row) != len(self.columns) for row in rows):
            raise ValueError(f"every row of the table {self.caption!r} needs {len(self.columns)} cells")
        if sum(column.row_header for column in self.columns) > 1:
            raise ValueError(f"the table {self.caption!r} has more than one column that names its rows")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A chart, what it shows in words (`alternative`), and the same numbers as a `table` beside it."""

    chart: Chart
    caption: str
    alternative: str
    table: Table
    source_line: str = ""
    anchor: str = ""


Block = Paragraph | Bullets | Note | KeyFigures | Table | Figure


# The paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the paper: its blocks, then the sections within it.

    `numbered`: a section at the top gets a number, and its paragraphs and those of the sections within it count on
    from it: 1.1, 1.2. `page_break`: it begins a page, as each board's part does. `anchor` is where links lead to;
    where it is empty one is made from the title.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple["Section", ...] = ()
    page_break: bool = False
    numbered: bool = True
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stands above the paper and on each of its pages.

    `edition` is its label ("Board edition"), `marking` the protective marking ("OFFICIAL"), `meeting` what it is for
    ("ICT Programme Board, 3 June 2026"), `reference` the paper's; empty ones are not shown. `as_at` is the moment that
    its figures are of, in the portfolio's zone; `coverage` how much was read. `run` names the run behind it.
    `language` is a BCP 47 tag.
    """

    portfolio: str
    as_at: datetime
    coverage: str
    edition: str = ""
    reference: str = ""
    meeting: str = ""
    marking: str = ""
    run: str = ""
    language: str = "en-GB"

    def __post_init__(self) -> None:
        if self.as_at.tzinfo is None:
            raise ValueError("the time of a report needs a zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A paper. `summary` stands before the first section and is not numbered: what a reader has to know at once."""

    title: str
    header: Header
    sections: tuple[Section, ...]
    summary: tuple[Block, ...] = ()

    def __post_init__(self) -> None:
        if any(level > LAST_LEVEL for level, _ in self.walk()):
            raise ValueError(f"sections go {LAST_LEVEL} deep, no deeper")

    def walk(self) -> Iterator[tuple[int, Section]]:
        """Every section with its level, 1 at the top, in reading order."""
        yield from _walk(self.sections, 1)


def _walk(sections: tuple[Section, ...], level: int) -> Iterator[tuple[int, Section]]:
    for section in sections:
        yield level, section
        yield from _walk(section.sections, level + 1)
