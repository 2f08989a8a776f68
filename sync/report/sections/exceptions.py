"""What a board should look at first: projects that are off track or at risk, and dates that slipped."""

from collections.abc import Sequence

from sync.core.model import Kind, WorkStatus
from sync.core.slips import slip_days
from sync.core.status import WORST_FIRST
from sync.core.text import fold
from sync.core.view import Item
from sync.report.charts import SlipChart, SlipRow
from sync.report.document import Block, Cell, ColumnKind, ColumnSpec, Section, Stack, Table, paragraph
from sync.report.sections.paper import Paper
from sync.report.sections.said import Said

EXCEPTIONS = (WorkStatus.OFF_TRACK, WorkStatus.AT_RISK)
CHARTED = 8
"""Dates in the chart; the table beside it lists the others."""

_RANK = {status: rank for rank, status in enumerate(WORST_FIRST)}
_DATED = (Kind.PROJECT, Kind.MILESTONE, Kind.ACTION)


def exceptional(paper: Paper) -> tuple[Item, ...]:
    """Projects that the rules read off track or at risk, the worst first."""
    found = [item for item in paper.of(Kind.PROJECT) if item.computed in EXCEPTIONS]
    return tuple(sorted(found, key=lambda item: (_RANK[item.computed or WorkStatus.UNKNOWN], fold(item.ref), item.id)))


def exceptions(paper: Paper) -> Section:
    """Section: each of them with what staff reported, what the rules read and why, its dates, and where it heads."""
    found = exceptional(paper)
    lead = paper.count(Said.EXCEPTIONS_LEAD, len(found)) if found else paper.say(Said.NO_EXCEPTIONS)
    blocks: list[Block] = [paragraph(" ".join(filter(None, (lead, paper.unplaced(Kind.PROJECT)))))]
    if found:
        blocks.append(_table(paper, found))
    return Section(title=paper.say(Said.EXCEPTIONS), anchor="exceptions", blocks=tuple(blocks))


def _table(paper: Paper, found: Sequence[Item]) -> Table:
    """In public there are no reasons: they name records."""
    directed = paper.changes is not None

    def cells(item: Item) -> tuple[Cell, ...]:
        return (
            paper.name(item),
            paper.status(item.declared),
            paper.status(item.computed),
            *(() if paper.is_public else (item.reason,)),
            Stack(_dates(paper, item)),
            *((paper.direction(paper.view.directions.get(item.id)),) if directed else ()),
        )

    return Table(
        caption=paper.say(Said.EXCEPTIONS_TABLE),
        columns=(
            ColumnSpec(paper.say(Said.PROJECT), row_header=True, weight=3),
            ColumnSpec(paper.say(Said.STAFF_REPORT), ColumnKind.STATUS),
            ColumnSpec(paper.say(Said.RULES_READ), ColumnKind.STATUS),
            *(() if paper.is_public else (ColumnSpec(paper.say(Said.BECAUSE), weight=5),)),
            ColumnSpec(paper.say(Said.END), ColumnKind.DATE, weight=2),
            *((ColumnSpec(paper.say(Said.SINCE_LAST), weight=1),) if directed else ()),
        ),
        rows=tuple(map(cells, paper.bounded(found))),
        note=paper.beyond(found),
        source_line=paper.source_line(),
    )


def _dates(paper: Paper, item: Item) -> tuple[str, ...]:
    """Its end date, and the one promised first where that is another."""
    if item.due is None:
        return (paper.say(Said.NO_END_DATE),)
    due = paper.words.short_day(item.due)
    if item.original is None or item.original == item.due:
        return (due,)
    return due, paper.say(Said.FIRST_PROMISED, day=paper.words.short_day(item.original))


def slipped_items(paper: Paper) -> tuple[Item, ...]:
    """Open projects, milestones and actions that are due later than was promised first, the furthest first."""
    found = [item for item in paper.of(*_DATED) if not item.is_over and days_slipped(item) > 0]
    return tuple(sorted(found, key=lambda item: (-days_slipped(item), fold(item.ref), item.id)))


def days_slipped(item: Item) -> int:
    """Calendar days from the date promised first to the one that counts now; 0 where one of them is not known."""
    return slip_days(item.original, item.due) or 0


def slips(paper: Paper) -> Section:
    """Section: original and present date of each, how far it moved, and how often since counting began."""
    found = slipped_items(paper)
    lead = paper.count(Said.SLIPS_LEAD, len(found)) if found else paper.say(Said.NO_SLIPS)
    blocks: list[Block] = [paragraph(" ".join(filter(None, (lead, paper.unplaced(*_DATED)))))]
    if found:
        blocks += [_chart(paper, found), _slips_table(paper, found)]
    return Section(title=paper.say(Said.SLIPS), anchor="slips", blocks=tuple(blocks))


def _chart(paper: Paper, found: Sequence[Item]) -> Block:
    rows = tuple(SlipRow(item.ref, item.original, item.due) for item in found[:CHARTED])
    return paper.figure(SlipChart(rows=rows, today=paper.view.today), paper.say(Said.SLIPS_CHART))


def _slips_table(paper: Paper, found: Sequence[Item]) -> Table:
    def cells(item: Item) -> tuple[Cell, ...]:
        project = item.project if item.kind is not Kind.PROJECT else None
        return (
            paper.name(item),
            paper.kind(item.kind),
            project,
            item.original,
            item.due,
            days_slipped(item),
            _how_often(paper, item),
        )

    since = paper.view.since
    note = paper.say(Said.SLIPS_SINCE, day=paper.day(since)) if since else ""
    return Table(
        caption=paper.say(Said.SLIPS_TABLE),
        columns=(
            ColumnSpec(paper.say(Said.RECORD), row_header=True, weight=3),
            ColumnSpec(paper.say(Said.KIND)),
            ColumnSpec(paper.say(Said.PROJECT)),
            ColumnSpec(paper.say(Said.ORIGINAL), ColumnKind.DATE),
            ColumnSpec(paper.say(Said.FORECAST), ColumnKind.DATE),
            ColumnSpec(paper.say(Said.DAYS_LATER), ColumnKind.NUMBER),
            ColumnSpec(paper.say(Said.TIMES_LATER), ColumnKind.NUMBER),
        ),
        rows=tuple(map(cells, paper.bounded(found))),
        note=" ".join(filter(None, (note, paper.beyond(found)))),
        source_line=paper.source_line(),
    )


def _how_often(paper: Paper, item: Item) -> Cell:
    """How often it moved; since when, where that is not the day that the table's note names. Unknown is not 0."""
    if item.slipped is None:
        return None
    if item.slips_since is None or item.slips_since == paper.view.since:
        return item.slipped.slips
    return Stack((item.slipped.slips, paper.say(Said.SINCE, day=paper.words.short_day(item.slips_since))))
