"""How dates moved: for each row a mark where the date was first promised, and one where it is now."""

from datetime import date, timedelta

from sync.report.catalogue import Catalogue, Message
from sync.report.charts import SlipChart, SlipRow
from sync.report.drawing.canvas import SIZE, SMALL, WIDTH, Canvas, width, wrapped
from sync.report.drawing.keys import Entry, draw_key

_LEFT, _ROW, _BESIDE = 200.0, 34.0, 14.0
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240)
_MOST_TICKS = 5


def draw(chart: SlipChart, canvas: Canvas, catalogue: Catalogue) -> None:
    """Draws the key, the months, the line of today, and the rows in their order, each date in words."""
    top = draw_key(canvas, _key(chart, canvas, catalogue), 0) + 24
    scale = _Scale(chart, catalogue)
    bottom = top + _ROW * len(chart.rows)
    for month in scale.months:
        canvas.line((scale.x(month), top), (scale.x(month), bottom))
        words = f"{catalogue.short_months[month.month - 1]} {month.year}"
        canvas.text(scale.x(month), bottom + 16, words, anchor="middle", size=SMALL + 0.5, muted=True)
    x, words = scale.x(chart.today), catalogue.text(Message.TODAY, day=catalogue.short_day(chart.today))
    half = width(words, SMALL) / 2
    canvas.line((x, top - 4), (x, bottom), role="ink", dashes="3 3")
    canvas.text(min(max(x, _LEFT + half), WIDTH - half), top - 9, words, anchor="middle", size=SMALL + 0.5)
    for down, row in enumerate(chart.rows):
        middle = top + _ROW * (down + 0.5)
        lines = wrapped(row.label, _LEFT - 14)
        for line, words in enumerate(lines):
            canvas.text(0, middle - (len(lines) - 1) * 7 + SIZE * 0.36 + 14 * line, words)
        _row(canvas, scale, row, middle, catalogue)
    canvas.height = bottom + 24


class _Scale:
    """Where a day stands: every day of the chart, and room on both sides for a date or for what is missing."""

    def __init__(self, chart: SlipChart, catalogue: Catalogue) -> None:
        days = [day for row in chart.rows for day in (row.original, row.current) if day] + [chart.today]
        self.first, self.last = min(days), max(days)
        if self.first == self.last:
            self.first, self.last = self.first - timedelta(days=30), self.last + timedelta(days=30)
        self.months = months(self.first, self.last)
        beside = [catalogue.short_day(day) for day in days]
        beside += [catalogue.text(missing) for missing in map(_missing, chart.rows) if missing]
        self._room = max(width(words, SMALL + 0.5) for words in beside) + _BESIDE

    def x(self, day: date) -> float:
        along = (day - self.first).days / (self.last - self.first).days
        return _LEFT + self._room + along * (WIDTH - _LEFT - 2 * self._room)


def months(first: date, last: date) -> list[date]:
    """The first days of months within the span: as many as there is room for, at even steps that begin with a year."""
    span = [date(count // 12, count % 12 + 1, 1) for count in range(_month(first), _month(last) + 1)]
    span = [day for day in span if first <= day <= last]
    for step in _STEPS:
        kept = [day for day in span if _month(day) % step == 0]
        if len(kept) <= _MOST_TICKS:
            return kept
    return []


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _row(canvas: Canvas, scale: _Scale, row: SlipRow, y: float, catalogue: Catalogue) -> None:
    shape = "square" if row.actual else "diamond"
    known = sorted(day for day in (row.original, row.current) if day)
    if not known:
        canvas.text(_LEFT + 8, y + SIZE * 0.36, catalogue.text(Message.NO_DATE), muted=True)
        return
    role = _role(row)
    if len(known) == 2 and known[0] != known[1]:
        canvas.line(
            (scale.x(known[0]), y), (scale.x(known[1]), y), role=role, weight=3, dashes="" if role == "bad" else "3 2"
        )
        canvas.plate(scale.x(known[0]) - 9, y, catalogue.short_day(known[0]), anchor="end", size=SMALL + 0.5)
    if row.original:
        canvas.mark(scale.x(row.original), y, "circle", hollow=True)
    if row.current and row.current != row.original:
        canvas.mark(scale.x(row.current), y, shape, role=role if row.original else "ink")
    elif row.current:
        canvas.mark(scale.x(row.current), y, shape, role="none")
    canvas.plate(scale.x(known[-1]) + 9, y, catalogue.short_day(known[-1]), anchor="start", size=SMALL + 0.5)
    missing = _missing(row)
    if missing:
        canvas.plate(scale.x(known[0]) - 9, y, catalogue.text(missing), anchor="end", size=SMALL + 0.5, muted=True)


def _role(row: SlipRow) -> str:
    if row.original is None or row.current is None or row.original == row.current:
        return "none"
    return "bad" if row.current > row.original else "good"


def _missing(row: SlipRow) -> Message | None:
    if row.original is None:
        return Message.NO_ORIGINAL_DATE
    return Message.NO_CURRENT_DATE if row.current is None else None


def _key(chart: SlipChart, canvas: Canvas, catalogue: Catalogue) -> list[Entry]:
    kinds = {row.actual for row in chart.rows if row.current}
    entries = [Entry(catalogue.text(Message.ORIGINAL_DATE), lambda x, y: canvas.mark(x + 8, y, "circle", hollow=True))]
    if False in kinds:
        entries.append(Entry(catalogue.text(Message.FORECAST_DATE), lambda x, y: canvas.mark(x + 8, y, "diamond")))
    if True in kinds:
        entries.append(Entry(catalogue.text(Message.ACTUAL_DATE), lambda x, y: canvas.mark(x + 8, y, "square")))
    roles = {_role(row) for row in chart.rows}
    if "bad" in roles:
        entries.append(
            Entry(catalogue.text(Message.LATER), lambda x, y: canvas.line((x, y), (x + 16, y), role="bad", weight=3))
        )
    if "good" in roles:
        entries.append(
            Entry(
                catalogue.text(Message.EARLIER),
                lambda x, y: canvas.line((x, y), (x + 16, y), role="good", weight=3, dashes="3 2"),
            )
        )
    return entries
