"""Status strips: bars of equal length, each split by its own shares, with the counts in them and the total beside."""

from collections.abc import Sequence

from sync.report.catalogue import Catalogue, Message
from sync.report.charts import StatusStrip
from sync.report.drawing.canvas import SIZE, WIDTH, Canvas, width, wrapped
from sync.report.drawing.keys import Entry, draw_key, patterns, swatch

_LEFT, _RIGHT = 200.0, 60.0
_BAR, _STEP = 24.0, 36.0


def draw(chart: StatusStrip, canvas: Canvas, catalogue: Catalogue) -> None:
    """Draws the key, then a bar for each row. A part that is not empty is as wide as its count needs, however small
    its share, so that no count is left out."""
    looks = [(part.tone.value, pattern) for part, pattern in zip(chart.parts, _patterns(chart), strict=True)]
    entries = [Entry(part.label, swatch(canvas, *look)) for part, look in zip(chart.parts, looks, strict=True)]
    top = draw_key(canvas, entries, 0) + 8
    canvas.text(WIDTH, top + 2, catalogue.text(Message.TOTAL), anchor="end", muted=True)
    top += 8
    for row in chart.rows:
        lines = wrapped(row.label, _LEFT - 12)
        first = top + _BAR / 2 - (len(lines) - 1) * 7 + SIZE * 0.36
        for down, line in enumerate(lines):
            canvas.text(0, first + 14 * down, line)
        x = _LEFT
        for count, wide, look in zip(row.counts, shares(row.counts, catalogue), looks, strict=True):
            if count:
                canvas.area(x, top, wide, _BAR, *look)
                canvas.plate(x + wide / 2, top + _BAR / 2, catalogue.number(count), role=look[0], bold=True)
            x += wide
        if not row.total:
            canvas.text(_LEFT, top + _BAR / 2 + SIZE * 0.36, catalogue.text(Message.NO_ROWS), muted=True)
        canvas.text(WIDTH, top + _BAR / 2 + SIZE * 0.36, catalogue.number(row.total), anchor="end", bold=True)
        top += _STEP
    canvas.height = top - _STEP + _BAR + 4


def shares(counts: Sequence[int], catalogue: Catalogue) -> list[float]:
    """The width of each part: by its share, but never less than its number needs; they fill the bar together."""
    room, total = WIDTH - _LEFT - _RIGHT, sum(counts)
    least = [width(catalogue.number(count)) + 10 if count else 0.0 for count in counts]
    wide = [room * count / total if total else 0.0 for count in counts]
    narrow = {place for place, count in enumerate(counts) if count and wide[place] < least[place]}
    while narrow:
        left = room - sum(least[place] for place in narrow)
        rest = sum(count for place, count in enumerate(counts) if place not in narrow)
        wide = [
            least[place] if place in narrow else (left * count / rest if rest else 0.0)
            for place, count in enumerate(counts)
        ]
        more = {place for place, count in enumerate(counts) if count and wide[place] < least[place] - 1e-9} - narrow
        if not more:
            break
        narrow |= more
    return wide


def _patterns(chart: StatusStrip) -> list[str]:
    return patterns(part.tone for part in chart.parts)
