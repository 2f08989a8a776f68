"""The committee's table: how many projects of each theme are on track, need review, or are completed or closed."""

from collections.abc import Iterable
from dataclasses import dataclass

from sync.core.model import Band, Kind, WorkStatus
from sync.core.rollup import REPORT_DAYS, Rollup, Scope
from sync.core.status import WORST_FIRST
from sync.report.charts import StatusStrip, StripPart, StripRow
from sync.report.document import Block, Cell, ColumnKind, ColumnSpec, Figure, Percent, Section, Table, paragraph
from sync.report.sections.marks import STATUS_TONES
from sync.report.sections.paper import Paper
from sync.report.sections.said import Said
from sync.report.tones import Badge, Tone

_ALWAYS = (WorkStatus.ON_TRACK, WorkStatus.NEEDS_REVIEW)
_OVER = (WorkStatus.COMPLETE, WorkStatus.CLOSED)
_GROUPINGS = {
    Scope.THEME: Said.THEME,
    Scope.PROGRAMME: Said.PROGRAMME,
    Scope.DEPARTMENT: Said.DEPARTMENT,
}
"""What the table may have rows of, and what they are called; the first that there are any of. After them come the
mapped groupings, which are called what the portfolio file calls them."""


@dataclass(frozen=True, slots=True)
class StatusColumn:
    """One column of the table; completed and closed share theirs, though the data keeps both."""

    title: str
    statuses: tuple[WorkStatus, ...]

    @property
    def tone(self) -> Tone:
        """How the column's statuses feel."""
        return STATUS_TONES[self.statuses[0]]

    def count(self, row: Rollup) -> int:
        """How many projects of a row staff reported so."""
        return sum(row.counts[status] for status in self.statuses)


@dataclass(frozen=True, slots=True)
class Grouping:
    """The rows of the table: themes where there are any, else programmes, else departments, else those of the first
    mapped grouping, else nothing.

    `outside`: rows without a project, which hold what belongs to none, and which figures of the rules need to add up.
    """

    scope: str = Scope.PORTFOLIO
    rows: tuple[Rollup, ...] = ()
    outside: tuple[Rollup, ...] = ()

    @property
    def is_mapped(self) -> bool:
        """Whether it is a grouping of the council's own."""
        return self.scope not in frozenset(Scope)

    def heading(self, paper: Paper) -> str:
        """What stands above the rows' names."""
        if self.is_mapped:
            return self.scope[:1].upper() + self.scope[1:]
        return paper.say(_GROUPINGS.get(Scope(self.scope), Said.THEME))

    def caption(self, paper: Paper, grouped: Said, alone: Said) -> str:
        """A caption that names the grouping, where there is one."""
        name = self.scope if self.is_mapped else self.heading(paper).lower()
        return paper.say(grouped, grouping=name) if self.rows else paper.say(alone)


def grouping(paper: Paper) -> Grouping:
    """What the table's rows are."""
    mapped = dict.fromkeys(row.scope for row in paper.view.rollup if row.scope not in frozenset(Scope))
    for scope in (*_GROUPINGS, *mapped):
        every = [row for row in paper.view.rollup if row.scope == scope]
        rows = tuple(row for row in every if row.total)
        if rows:
            return Grouping(scope, rows, tuple(row for row in every if not row.total))
    return Grouping()


def status_columns(paper: Paper, total: Rollup) -> tuple[StatusColumn, ...]:
    """The committee's three columns, and between them one for every other status that occurs, the worst first."""
    label = paper.view.policies.labels.of_status
    others = [status for status in WORST_FIRST if status not in (*_ALWAYS, *_OVER) and total.counts[status]]
    return (
        *(StatusColumn(label(status), (status,)) for status in (*_ALWAYS, *others)),
        StatusColumn(paper.say(Said.COMPLETED_OR_CLOSED), _OVER),
    )


def themes(paper: Paper) -> Section:
    """Section: the table, what the rules read beside it, a chart of it, and the projects behind each figure."""
    total = paper.total
    title = paper.say(Said.THEMES)
    if total is None or not total.total:
        return Section(title=title, anchor="status", blocks=(paragraph(paper.say(Said.NO_PROJECTS)),))
    rows, columns = grouping(paper), status_columns(paper, total)
    blocks: tuple[Block, ...] = (
        paragraph(paper.count(Said.THEMES_LEAD, total.total, reported=_reported(paper, columns, total))),
        _declared(paper, rows, columns, total),
        _strip(paper, rows, columns, total),
        paragraph(_differ(paper, total)),
        _computed(paper, rows, total),
        *_behind(paper, rows, columns, total),
    )
    return Section(title=title, anchor="status", blocks=blocks)


def _reported(paper: Paper, columns: Iterable[StatusColumn], total: Rollup) -> str:
    counted = [(column.title, column.count(total)) for column in columns]
    return paper.listed([paper.say(Said.COUNTED_STATUS, n=count, status=title.lower()) for title, count in counted])


def _declared(paper: Paper, rows: Grouping, columns: tuple[StatusColumn, ...], total: Rollup) -> Table:
    def cells(row: Rollup) -> tuple[Cell, ...]:
        return (paper.group(row.name), row.total, *(Percent(column.count(row), row.total) for column in columns))

    return Table(
        caption=rows.caption(paper, Said.DECLARED_TABLE, Said.DECLARED_TABLE_ALL),
        columns=(
            ColumnSpec(rows.heading(paper), row_header=True, weight=3),
            ColumnSpec(paper.say(Said.PROJECTS), ColumnKind.NUMBER),
            *(ColumnSpec(column.title, ColumnKind.PERCENT) for column in columns),
        ),
        rows=tuple(cells(row) for row in rows.rows),
        total=(paper.say(Said.ALL), *cells(total)[1:]),
        note=" ".join((paper.say(Said.ROUNDING), *_withheld(paper, total))),
        source_line=paper.source_line(),
        anchor="theme-table",
    )


def _withheld(paper: Paper, total: Rollup) -> tuple[str, ...]:
    """Why the statuses of the total may add up to less than it: what is in it only."""
    missing = total.total - sum(total.counts.values())
    return (paper.count(Said.UNPLACED, missing),) if missing else ()


def _strip(paper: Paper, rows: Grouping, columns: tuple[StatusColumn, ...], total: Rollup) -> Figure:
    named = [*((paper.group(row.name), row) for row in rows.rows), (paper.say(Said.ALL), total)]
    chart = StatusStrip(
        parts=tuple(StripPart(column.title, column.tone) for column in columns),
        rows=tuple(StripRow(name, tuple(column.count(row) for column in columns)) for name, row in named),
    )
    caption = rows.caption(paper, Said.STRIP, Said.STRIP_ALL)
    return paper.figure(chart, caption)


def _differ(paper: Paper, total: Rollup) -> str:
    if not total.differs:
        return paper.say(Said.NONE_WORSE)
    return paper.count(Said.SOME_WORSE, total.differs, of=paper.words.number(total.total))


def _computed(paper: Paper, rows: Grouping, total: Rollup) -> Table:
    """What the rules read; where it is heading only where there is an earlier report to compare with."""
    directed = any(row.direction for row in (*rows.rows, total))
    shows_held = any(row.held for row in (*rows.rows, *rows.outside, total))
    held = (Said.HELD_RECORDS,) if shows_held else ()
    counted = (Said.READ_WORSE, Said.OVERDUE_RECORDS, *held, Said.NOT_REPORTED, Said.VERY_HIGH_RISKS, Said.HIGH_RISKS)

    def cells(row: Rollup) -> tuple[Cell, ...]:
        worst = paper.status(row.worst) if isinstance(row.worst, WorkStatus) else None
        risks = (row.open_risks[Band.VERY_HIGH], row.open_risks[Band.HIGH])
        moved = (paper.direction(row.direction),) if directed else ()
        late = (row.overdue, row.held) if shows_held else (row.overdue,)
        return (paper.group(row.name), worst, row.differs, *late, row.stale, *risks, *moved)

    return Table(
        caption=rows.caption(paper, Said.COMPUTED_TABLE, Said.COMPUTED_TABLE_ALL),
        columns=(
            ColumnSpec(rows.heading(paper), row_header=True, weight=3),
            ColumnSpec(paper.say(Said.WORST), ColumnKind.STATUS),
            *(ColumnSpec(paper.say(title), ColumnKind.NUMBER) for title in counted),
            *((ColumnSpec(paper.say(Said.DIRECTION), ColumnKind.STATUS),) if directed else ()),
        ),
        rows=tuple(cells(row) for row in (*rows.rows, *rows.outside)),
        total=(paper.say(Said.ALL), *cells(total)[1:]),
        note=" ".join(
            (
                paper.say(Said.COMPUTED_NOTE, days=REPORT_DAYS),
                *((paper.say(Said.HELD_NOTE),) if shows_held else ()),
                *paper.row_notes(Scope.PORTFOLIO, rows.scope),
            )
        ),
        source_line=paper.source_line(),
    )


def _behind(paper: Paper, rows: Grouping, columns: tuple[StatusColumn, ...], total: Rollup) -> tuple[Block, ...]:
    """The projects behind each figure of the table, where this edition may name any."""
    items = {item.id: item for item in paper.of(Kind.PROJECT)}
    lines: list[tuple[Cell, ...]] = []
    for row in rows.rows or (total,):
        projects = [items[each] for each in row.projects if each in items]
        for column in columns:
            found = [item for item in projects if (item.declared or WorkStatus.UNKNOWN) in column.statuses]
            if found:
                lines.append((paper.group(row.name), Badge(column.title, column.tone), len(found), paper.refs(found)))
    if not lines:
        return ()
    return (
        Table(
            caption=paper.say(Said.BEHIND_TABLE),
            columns=(
                ColumnSpec(rows.heading(paper), weight=2),
                ColumnSpec(paper.say(Said.DECLARED), ColumnKind.STATUS),
                ColumnSpec(paper.say(Said.PROJECTS), ColumnKind.NUMBER),
                ColumnSpec(paper.say(Said.REFERENCES), weight=4),
            ),
            rows=tuple(lines),
            source_line=paper.source_line(),
        ),
    )
