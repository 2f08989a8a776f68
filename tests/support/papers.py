"""Portfolios as reports see them, and the words of the documents that are made of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sync.core.boards import names_of
from sync.core.history import History
from sync.core.model import WorkStatus
from sync.core.policy import Policies
from sync.core.rollup import roll_up
from sync.core.snapshot import Record, RecordId
from sync.core.status import assess
from sync.core.view import SourceSeen, View
from sync.core.viewing import Seen, view_of
from sync.report.document import (
    Badge,
    Bullets,
    Cell,
    Document,
    Figure,
    KeyFigures,
    Note,
    Paragraph,
    Percent,
    Section,
    Stack,
    Table,
    Text,
)
from sync.report.editions import Edition, for_edition
from sync.report.english import ENGLISH
from sync.report.sections.paper import Paper
from tests.support.portfolios import OPEN_CALENDAR, TODAY, Portfolio

THEMES: dict[str, tuple[int, int, int]] = {
    "Provide innovative public services": (9, 2, 2),
    "Create a vibrant digital economy": (7, 1, 4),
    "Create a sustainable digital infrastructure": (10, 1, 0),
    "Improve health, wellbeing and inclusion": (5, 4, 2),
}
"""The table of a published update: on track, needs review, completed or closed."""


def digital_strategy() -> Portfolio:
    """The 47 projects of that table, some of the last column complete and some closed."""
    portfolio = Portfolio()
    number = 0
    for theme, (on_track, needs_review, over) in THEMES.items():
        ended = [WorkStatus.COMPLETE if each % 2 else WorkStatus.CLOSED for each in range(over)]
        for status in [WorkStatus.ON_TRACK] * on_track + [WorkStatus.NEEDS_REVIEW] * needs_review + ended:
            number += 1
            portfolio.project(f"DS-{number:02}", title=f"Project {number}", theme=theme, status=status)
    return portfolio


def seen(
    portfolio: Portfolio,
    today: date = TODAY,
    *,
    policies: Policies | None = None,
    histories: Mapping[RecordId, History] | None = None,
    unread: Iterable[str] = (),
) -> View:
    """What a run of that day would leave for reports."""
    rules, missing = policies or Policies(), frozenset(unread)
    matched = portfolio.matched(missing)
    assessments = assess(matched, rules, OPEN_CALENDAR, today, histories or {})
    at = datetime(today.year, today.month, today.day, 1, 17, tzinfo=UTC)
    occasion = Seen(
        name="Digital Strategy", as_at=at, today=today, run_id=f"{today:%Y%m%d}T011700Z-ab12", zone="Europe/London"
    )
    sources = [
        SourceSeen(
            name=name,
            kind=mapping.kind,
            read="failed" if name in missing else "complete",
            records=sum(record.source == name for record in matched.records),
            register=mapping.register,
            restricted=mapping.restricted,
            problem="It answered with an error." if name in missing else None,
        )
        for name, mapping in portfolio.mappings.items()
    ]
    rows = roll_up(matched, assessments, today, boards=names_of(rules), histories=histories)
    return view_of(occasion, matched, assessments, histories or {}, rows, sources, rules)


def history(record: Record, number: int, **more: Any) -> History:
    """What is known of a record since 1 May 2026."""
    since = date(2026, 5, 1)
    known: dict[str, Any] = {"first_seen": since, "last_seen": TODAY, "since": since, "key": record.key} | more
    return History(number=number, id=record.id, source=record.source, kind=record.kind, **known)


def paper(view: View, edition: Edition = Edition.BOARD, *, before: View | None = None, **more: Any) -> Paper:
    """A paper of one edition in English."""
    return Paper(view=for_edition(view, edition, view.policies.reports, before=before), words=ENGLISH, **more)


def amended(view: View, ref: str, **values: Any) -> View:
    """The view with other values in one item."""
    items = tuple(replace(item, **values) if item.ref == ref else item for item in view.items)
    return replace(view, items=items)


# what a document says


def titles(document: Document) -> list[str]:
    return [section.title for section in document.sections]


def part(document: Document, title: str) -> Section:
    [found] = [section for _, section in document.walk() if section.title == title]
    return found


def table(section: Section, caption: str) -> Table:
    """The one table whose caption begins so."""
    tables = [block.table if isinstance(block, Figure) else block for block in section.blocks]
    [found] = [each for each in tables if isinstance(each, Table) and each.caption.startswith(caption)]
    return found


def rows(found: Table) -> list[tuple[str, ...]]:
    """A table's rows as they read, its total last."""
    every = found.rows if found.total is None else (*found.rows, found.total)
    return [tuple(" / ".join(cell_words(cell)) for cell in row) for row in every]


def said(section: Section) -> str:
    """The paragraphs, lists and notes of a section."""
    return "\n".join(words for block in section.blocks for words in _prose(block))


def everything(document: Document) -> str:
    """Every word of a document, wherever it stands."""
    header = document.header
    held = [document.title, header.portfolio, header.coverage, header.reference, header.meeting, header.marking]
    for _, section in document.walk():
        held += [section.title, said(section)]
        for block in section.blocks:
            held += list(_tabulated(block))
    return "\n".join(held)


def _prose(block: object) -> Iterator[str]:
    match block:
        case Paragraph(text) | Note(text):
            yield inline(text)
        case Bullets(items):
            yield from map(inline, items)
        case KeyFigures(items):
            yield from (f"{item.label} {item.value} {item.detail}" for item in items)


def _tabulated(block: object) -> Iterator[str]:
    match block:
        case Figure():
            yield from (block.caption, block.alternative, block.source_line)
            yield from _tabulated(block.table)
        case Table():
            yield from (block.caption, block.note, block.source_line, *(column.title for column in block.columns))
            yield from (" ".join(row) for row in rows(block))


def inline(text: Text) -> str:
    return "".join(each if isinstance(each, str) else each.text for each in text)


def cell_words(cell: Cell) -> list[str]:
    match cell:
        case None:
            return ["–"]  # noqa: RUF001
        case Percent():
            return [f"{cell.count} of {cell.total} ({cell.value} %)"]
        case Stack(items):
            return [words for item in items for words in cell_words(item)]
        case Badge(text=text):
            return [text]
        case _:
            return [str(getattr(cell, "text", cell))]
