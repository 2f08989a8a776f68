"""A chart as a figure: what it shows in words, and its numbers as a table beside it, both from the chart itself.

So a reader who does not see the picture has every number that is in it, and the two cannot disagree.
"""

from collections.abc import Sequence
from typing import assert_never

from sync.core.model import Band
from sync.report.catalogue import Catalogue, Message
from sync.report.charts import Chart, HeatMap, SlipChart, SlipRow, StatusStrip, Trend, TrendLine, TrendPoint
from sync.report.document import Cell, ColumnKind, ColumnSpec, Figure, Percent, Table

_WORST_FIRST = (Band.VERY_HIGH, Band.HIGH, Band.MEDIUM, Band.LOW)


def figure(chart: Chart, caption: str, catalogue: Catalogue, *, source_line: str = "", anchor: str = "") -> Figure:
    """A chart with its caption, its alternative text and the table of its numbers."""
    match chart:
        case HeatMap():
            told, columns, rows = _heat_map(chart, catalogue)
        case StatusStrip():
            told, columns, rows = _strip(chart, catalogue)
        case Trend():
            told, columns, rows = _trend(chart, catalogue)
        case SlipChart():
            told, columns, rows = _slip(chart, catalogue)
        case _:
            assert_never(chart)
    return Figure(
        chart=chart,
        caption=caption,
        alternative=told,
        table=Table(
            caption=caption,
            columns=columns,
            rows=rows,
            note=_note(chart, catalogue),
        ),
        source_line=source_line,
        anchor=anchor,
    )


_Told = tuple[str, tuple[ColumnSpec, ...], tuple[tuple[Cell, ...], ...]]


def _heat_map(chart: HeatMap, words: Catalogue) -> _Told:
    """A column for each impact, a row for each likelihood, the likeliest first, as the picture has them."""
    cells = [cell for row in chart.cells for cell in row]
    counts = {band: sum(cell.count for cell in cells if cell.band is band) for band in _WORST_FIRST}
    counts[Band.NOT_ASSESSED] = chart.not_assessed + sum(cell.count for cell in cells if cell.band is Band.NOT_ASSESSED)
    bands = ", ".join(
        words.text(Message.HEAT_MAP_BAND, n=words.number(count), band=words.band(band).lower())
        for band, count in counts.items()
    )
    corner = f"{words.text(Message.LIKELIHOOD)} / {words.text(Message.IMPACT).lower()}"
    columns = (
        ColumnSpec(corner, row_header=True),
        *(ColumnSpec(impact, ColumnKind.NUMBER) for impact in chart.impacts),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (likelihood, *(cell.count for cell in row))
        for likelihood, row in zip(reversed(chart.likelihoods), reversed(chart.cells), strict=True)
    )
    return words.counted(Message.HEAT_MAP_TOLD, chart.total, bands=bands), columns, rows


def _strip(chart: StatusStrip, words: Catalogue) -> _Told:
    parts = [part.label for part in chart.parts]
    told = " ".join(
        words.text(
            Message.STRIP_ROW,
            label=row.label,
            total=words.number(row.total),
            counts=", ".join(f"{part} {words.number(count)}" for part, count in zip(parts, row.counts, strict=True)),
        )
        for row in chart.rows
    )
    columns = (
        ColumnSpec(words.text(Message.ITEM), row_header=True),
        *(ColumnSpec(part, ColumnKind.PERCENT) for part in parts),
        ColumnSpec(words.text(Message.TOTAL), ColumnKind.NUMBER),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (row.label, *(Percent(count, row.total) for count in row.counts), row.total) for row in chart.rows
    )
    return words.text(Message.STRIP_TOLD, rows=told), columns, rows


def _trend(chart: Trend, words: Catalogue) -> _Told:
    lines = " ".join(_line(line, words) for line in chart.lines)
    told = words.counted(
        Message.TREND_TOLD, len(chart.days), unit=chart.unit, lines=lines,
        first=words.day(chart.days[0]), last=words.day(chart.days[-1]),
    )  # fmt: skip
    columns = (
        ColumnSpec(words.text(Message.REPORT), ColumnKind.DATE, row_header=True),
        *(ColumnSpec(line.label, ColumnKind.NUMBER) for line in chart.lines),
    )
    rows: list[tuple[Cell, ...]] = []
    for place, day in enumerate(chart.days):
        rows.append((day, *(_value(line.points[place], words) for line in chart.lines)))
    return told, columns, tuple(rows)


def _line(line: TrendLine, words: Catalogue) -> str:
    values: Sequence[int] = [point.value for point in line.points if point.value is not None]
    if not values:
        return words.text(Message.TREND_UNKNOWN, label=line.label)
    first, last = words.number(values[0]), words.number(values[-1])
    return words.text(Message.TREND_LINE, label=line.label, first=first, last=last)


def _value(point: TrendPoint, words: Catalogue) -> Cell:
    if point.value is None:
        return words.text(Message.NOT_IN_REPORT)
    return words.text(Message.RESTATED_VALUE, n=words.number(point.value)) if point.restated else point.value


def _slip(chart: SlipChart, words: Catalogue) -> _Told:
    moved = [days(row) for row in chart.rows]
    unknown = moved.count(None)
    told = words.counted(
        Message.SLIP_TOLD,
        len(chart.rows),
        later=words.number(sum(1 for by in moved if by is not None and by > 0)),
        earlier=words.number(sum(1 for by in moved if by is not None and by < 0)),
        same=words.number(moved.count(0)),
        unknown=words.text(Message.SLIP_TOLD_UNKNOWN, n=words.number(unknown)) if unknown else "",
    )
    columns = (
        ColumnSpec(words.text(Message.ITEM), row_header=True),
        ColumnSpec(words.text(Message.ORIGINAL_DATE), ColumnKind.DATE),
        ColumnSpec(words.text(Message.CURRENT_DATE), ColumnKind.DATE),
        ColumnSpec(words.text(Message.SLIP)),
    )
    rows = tuple(
        (
            row.label,
            row.original or words.text(Message.NO_DATE),
            words.text(Message.ACTUAL_ON, day=words.short_day(row.current))
            if row.current and row.actual
            else row.current or words.text(Message.NO_DATE),
            _movement(by, words),
        )
        for row, by in zip(chart.rows, moved, strict=True)
    )
    return told, columns, rows


def days(row: SlipRow) -> int | None:
    """By how many days a date has moved, below 0 where it is earlier now; None where one of the two is missing."""
    return (row.current - row.original).days if row.original and row.current else None


def _movement(by: int | None, words: Catalogue) -> str:
    if by is None:
        return words.text(Message.SLIP_UNKNOWN)
    if by == 0:
        return words.text(Message.SLIP_SAME)
    return words.counted(Message.SLIP_LATER if by > 0 else Message.SLIP_EARLIER, abs(by))


def _note(chart: Chart, words: Catalogue) -> str:
    """What the table has no cell for."""
    if isinstance(chart, HeatMap) and chart.not_assessed:
        return words.counted(Message.RISKS_NOT_ASSESSED, chart.not_assessed)
    return ""
