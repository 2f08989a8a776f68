"""Figures over frozen reports: a line for each, told apart by mark and dashes, named where it ends."""

from collections.abc import Iterator
from datetime import date
from itertools import count, groupby

from sync.report.catalogue import Catalogue, Message
from sync.report.charts import Trend, TrendLine, TrendPoint
from sync.report.drawing.canvas import SHAPES, SIZE, SMALL, WIDTH, Canvas, fitted, width
from sync.report.drawing.keys import Entry, draw_key

_DASHES = ("", "7 3", "2 3", "9 3 2 3", "14 4")
_PLAIN = ("ink", "info", "none")
"""What colours lines that have no tone: none of them says good or bad."""

_LEFT, _RIGHT, _TOP, _HIGH = 40.0, 170.0, 34.0, 200.0
_APART = 16.0


def draw(chart: Trend, canvas: Canvas, catalogue: Catalogue) -> None:
    """Draws the axes, the lines with a gap where a report had no figure, and each line's name with its last figure."""
    plot = _Plot(chart)
    canvas.text(0, 12, chart.unit, bold=True)
    for value in plot.ticks:
        canvas.line((_LEFT, plot.y(value)), (WIDTH - _RIGHT, plot.y(value)))
        canvas.text(_LEFT - 8, plot.y(value) + 4, catalogue.number(value), anchor="end", muted=True)
    bottom = _TOP + _HIGH
    for day in _labelled(plot, catalogue):
        canvas.line((plot.x(day), bottom), (plot.x(day), bottom + 5), role="ink")
        canvas.text(plot.x(day), bottom + 19, catalogue.short_day(day), anchor="middle", size=SMALL + 0.5, muted=True)
    canvas.line((_LEFT, bottom), (WIDTH - _RIGHT, bottom), role="ink")
    for place, line in enumerate(chart.lines):
        _line(canvas, plot, line, place)
    _names(canvas, plot, chart, catalogue)
    canvas.height = bottom + 28
    if any(point.restated for line in chart.lines for point in line.points):
        entry = Entry(catalogue.text(Message.RESTATED), lambda x, y: canvas.mark(x + 8, y, "circle", hollow=True))
        canvas.height = draw_key(canvas, [entry], bottom + 28, _LEFT)


class _Plot:
    """Where a day and a value stand. Days are as far apart as they were; values begin at 0."""

    def __init__(self, chart: Trend) -> None:
        self.days = chart.days
        values = [point.value for line in chart.lines for point in line.points if point.value is not None]
        self.ticks = ticks(max(values, default=0))

    def x(self, day: date) -> float:
        span = (self.days[-1] - self.days[0]).days
        along = (day - self.days[0]).days / span if span else 0.5
        return _LEFT + 14 + along * (WIDTH - _LEFT - _RIGHT - 28)

    def y(self, value: float) -> float:
        return _TOP + _HIGH - value / self.ticks[-1] * _HIGH


def ticks(highest: int) -> list[int]:
    """From 0 in steps of 1, 2 or 5 times a power of ten, five at most, to at least the highest value (1 at least)."""
    step = next(step for step in _steps() if step * 5 >= highest)
    top = max(-(-highest // step), 1)
    return [step * number for number in range(top + 1)]


def _steps() -> Iterator[int]:
    for power in count():
        yield from (factor * 10**power for factor in (1, 2, 5))


def _line(canvas: Canvas, plot: _Plot, line: TrendLine, place: int) -> None:
    role, dashes, shape = _look(line, place)
    for known, run in groupby(line.points, key=lambda point: point.value is not None):
        points = list(run)
        if known and len(points) > 1:
            path = [(plot.x(point.day), plot.y(point.value or 0)) for point in points]
            canvas.line(*path, role=role, weight=2, dashes=dashes)
    for point in line.points:
        if point.value is not None:
            canvas.mark(plot.x(point.day), plot.y(point.value), shape, role=role, hollow=point.restated)


def _look(line: TrendLine, place: int) -> tuple[str, str, str]:
    role = line.tone.value if line.tone else _PLAIN[place % len(_PLAIN)]
    return role, _DASHES[place % len(_DASHES)], SHAPES[place % len(SHAPES)]


def _names(canvas: Canvas, plot: _Plot, chart: Trend, catalogue: Catalogue) -> None:
    """The names stand in the order of the lines' ends, moved apart where they would run into each other."""
    ends = [(_last(line), place, line) for place, line in enumerate(chart.lines)]
    known = [(plot.y(end.value or 0), plot.x(end.day), place, line, end.value) for end, place, line in ends if end]
    known.sort(key=lambda entry: (entry[0], entry[2]))
    heights = apart([entry[0] for entry in known], _TOP, _TOP + _HIGH)
    left = WIDTH - _RIGHT + 14
    for (y, x, place, line, value), at in zip(known, heights, strict=True):
        role, _, shape = _look(line, place)
        canvas.line((x + 6, y), (left - 12, at), weight=0.75)
        canvas.mark(left - 3, at, shape, role=role)
        figure = catalogue.number(value or 0)
        canvas.text(left + 8, at + SIZE * 0.36, figure, bold=True)
        name = left + 14 + width(figure)
        canvas.text(name, at + SIZE * 0.36, fitted(line.label, WIDTH - name))


def _last(line: TrendLine) -> TrendPoint | None:
    return next((point for point in reversed(line.points) if point.value is not None), None)


def apart(heights: list[float], top: float, bottom: float) -> list[float]:
    """Rising heights moved as little as keeps them apart; past the bottom they are pushed up again."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + _APART) if moved else max(height, top))
    limit = bottom
    for place in range(len(moved) - 1, -1, -1):
        moved[place] = min(moved[place], limit)
        limit = moved[place] - _APART
    return moved


def _labelled(plot: _Plot, catalogue: Catalogue) -> list[date]:
    """The days whose names have room, counted back from the last."""
    chosen: list[date] = []
    for day in reversed(plot.days):
        need = width(catalogue.short_day(day), SMALL) + 8
        if not chosen or plot.x(chosen[-1]) - plot.x(day) >= need:
            chosen.append(day)
    return chosen[::-1]
