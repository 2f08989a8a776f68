"""The figures of earlier reports beside today's, with what was corrected since marked as restated."""

from collections.abc import Callable, Sequence

from sync.core.model import Band, WorkStatus
from sync.core.rollup import Rollup, Scope
from sync.report.charts import Trend, TrendLine, TrendPoint
from sync.report.document import Block, Cell, ColumnKind, ColumnSpec, Section, Table, paragraph
from sync.report.sections.paper import Frozen, Paper
from sync.report.sections.said import Said

REPORTS = 6
"""Earlier reports in the table, the latest of those there are."""

_Read = Callable[[Rollup], int]
FIGURES: tuple[tuple[Said, _Read], ...] = (
    (Said.PROJECTS, lambda row: row.total),
    (Said.FIGURE_ON_TRACK, lambda row: row.counts[WorkStatus.ON_TRACK]),
    (Said.FIGURE_NEEDS_REVIEW, lambda row: row.counts[WorkStatus.NEEDS_REVIEW]),
    (Said.FIGURE_OVER, lambda row: row.counts[WorkStatus.COMPLETE] + row.counts[WorkStatus.CLOSED]),
    (Said.FIGURE_READ_OFF_TRACK, lambda row: row.computed[WorkStatus.OFF_TRACK]),
    (Said.FIGURE_READ_AT_RISK, lambda row: row.computed[WorkStatus.AT_RISK]),
    (Said.FIGURE_OVERDUE, lambda row: row.overdue),
    (Said.FIGURE_VERY_HIGH, lambda row: row.open_risks[Band.VERY_HIGH]),
    (Said.FIGURE_HIGH, lambda row: row.open_risks[Band.HIGH]),
)
"""What is followed over time, of the portfolio as a whole."""

_CHARTED = {
    Said.FIGURE_READ_OFF_TRACK: Said.KEY_OFF_TRACK,
    Said.FIGURE_READ_AT_RISK: Said.KEY_AT_RISK,
    Said.FIGURE_OVERDUE: Said.OVERDUE,
}
"""What the chart follows, and what its lines are called: the caption says whose figures they are."""


def portfolio_row(rows: Sequence[Rollup]) -> Rollup | None:
    """The row of the portfolio as a whole."""
    return next((row for row in rows if row.scope == Scope.PORTFOLIO), None)


def trend(paper: Paper) -> Section | None:
    """Section: a chart and a table of the portfolio's figures over the earlier reports and today."""
    reports = paper.trend[-REPORTS:]
    if not reports or paper.total is None:
        return None
    return Section(
        title=paper.say(Said.TREND),
        anchor="trend",
        blocks=(
            paragraph(paper.count(Said.TREND_LEAD, len(reports))),
            *_chart(paper, reports),
            _table(paper, reports),
        ),
    )


def _table(paper: Paper, reports: Sequence[Frozen]) -> Table:
    restated = any(was(each, read) is not None for each in reports for _, read in FIGURES)
    now = paper.total

    def cells(title: Said, read: _Read) -> tuple[Cell, ...]:
        return (paper.say(title), *(figure(paper, each, read) for each in reports), read(now) if now else None)

    return Table(
        caption=paper.say(Said.TREND_TABLE),
        columns=(
            ColumnSpec(paper.say(Said.FIGURE), row_header=True, weight=3),
            *(ColumnSpec(each.label, ColumnKind.NUMBER) for each in reports),
            ColumnSpec(paper.say(Said.NOW), ColumnKind.NUMBER),
        ),
        rows=tuple(cells(*each) for each in FIGURES),
        note=paper.say(Said.RESTATED_NOTE) if restated else "",
        source_line=paper.source_line(),
    )


def figure(paper: Paper, report: Frozen, read: _Read) -> Cell:
    """A figure as an earlier report had it; one that was corrected since says what it was."""
    row = portfolio_row(report.rollup)
    if row is None:
        return None
    before = was(report, read)
    return read(row) if before is None else paper.say(Said.RESTATED_WAS, n=read(row), was=before)


def was(report: Frozen, read: _Read) -> int | None:
    """What a figure was when its report was frozen, where it was corrected since; else None."""
    row, first = portfolio_row(report.rollup), portfolio_row(report.was)
    if row is None or first is None or read(first) == read(row):
        return None
    return read(first)


def _chart(paper: Paper, reports: Sequence[Frozen]) -> list[Block]:
    """What calls for action, over time. A chart needs a report a day: of two on one day it has the later."""
    by_day = {each.day: each for each in reports if each.day < paper.as_at.date()}
    days = sorted(by_day)
    if not days:
        return []
    lines = tuple(
        TrendLine(
            paper.say(_CHARTED[title]),
            (
                *(_point(by_day[day], read) for day in days),
                TrendPoint(paper.as_at.date(), read(paper.total) if paper.total else None),
            ),
        )
        for title, read in FIGURES
        if title in _CHARTED
    )
    return [paper.figure(Trend(unit=paper.say(Said.TREND_UNIT), lines=lines), paper.say(Said.TREND_CHART))]


def _point(report: Frozen, read: _Read) -> TrendPoint:
    row = portfolio_row(report.rollup)
    return TrendPoint(report.day, read(row) if row else None, restated=was(report, read) is not None)
