"""Whom to ask: everything that is past its date, by owner, by project and by department.

Only the edition for the PMO names owners; that for boards has projects and departments, and the public one no list.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from sync.core.model import Kind, Overdue
from sync.core.text import fold
from sync.core.view import Item
from sync.report.document import Block, Cell, ColumnKind, ColumnSpec, Section, Table, paragraph
from sync.report.sections.paper import Paper
from sync.report.sections.said import Said

_CHASED = (Kind.PROJECT, Kind.MILESTONE, Kind.RISK, Kind.ISSUE, Kind.ACTION)
_Groups = Callable[[Item], Iterable[str]]


def to_chase(paper: Paper) -> tuple[Item, ...]:
    """What is past its date: ends, milestones, reviews, issues and actions, the oldest first."""
    found = [item for item in paper.of(*_CHASED) if item.overdue is Overdue.OVERDUE]
    return tuple(sorted(found, key=lambda item: (item.since or date.max, fold(item.ref), item.id)))


def chase_lists(paper: Paper) -> Section | None:
    """Section: the same records by owner (where people may be named), by project and by department."""
    found = to_chase(paper)
    if not found or paper.is_public:
        return None
    lists: list[tuple[Said, Said, _Groups]] = [
        (Said.CHASE_BY_PROJECT, Said.PROJECT, _project),
        (Said.CHASE_BY_DEPARTMENT, Said.DEPARTMENT, _department),
    ]
    if paper.is_pmo:
        lists.insert(0, (Said.CHASE_BY_OWNER, Said.OWNER, _owners))
    tables = tuple(_table(paper, found, *each) for each in lists)
    blocks: tuple[Block, ...] = (paragraph(paper.count(Said.CHASE_LEAD, len(found))), *tables)
    return Section(title=paper.say(Said.CHASE), anchor="chase", blocks=blocks)


def _owners(item: Item) -> Iterable[str]:
    return {person.name for person in item.owners} or ("",)


def _project(item: Item) -> Iterable[str]:
    return (item.ref if item.kind is Kind.PROJECT else item.project or "",)


def _department(item: Item) -> Iterable[str]:
    return (item.department or "",)


def _table(paper: Paper, found: Sequence[Item], title: Said, heading: Said, groups: _Groups) -> Table:
    """One row for each record under each of its groups; those in no group come last."""
    held: dict[str, list[Item]] = defaultdict(list)
    for item in found:
        for name in groups(item):
            held[name].append(item)
    none, shows_held = paper.say(Said.NONE_NAMED), any(item.held for item in found)

    def cells(name: str, item: Item) -> tuple[Cell, ...]:
        title = item.title if item.title != item.ref else None
        until = (item.held_until,) if shows_held else ()
        return (name or none, item.ref, paper.kind(item.kind), title, item.since, *until)

    lines = [
        cells(name, item) for name in sorted(held, key=lambda name: (not name, fold(name), name)) for item in held[name]
    ]
    return Table(
        caption=paper.say(title),
        columns=(
            ColumnSpec(paper.say(heading), weight=2),
            ColumnSpec(paper.say(Said.REFERENCE), row_header=True),
            ColumnSpec(paper.say(Said.KIND)),
            ColumnSpec(paper.say(Said.TITLE_OF_RECORD), weight=4),
            ColumnSpec(paper.say(Said.DUE_SINCE), ColumnKind.DATE),
            *((ColumnSpec(paper.say(Said.HELD_UNTIL), ColumnKind.DATE),) if shows_held else ()),
        ),
        rows=paper.bounded(lines),
        note=paper.beyond(lines),
        source_line=paper.source_line(),
    )
