"""The risk heat map: likelihood upwards, impact to the right, in each cell its band and how many risks stand there."""

from sync.core.model import Band
from sync.report.catalogue import Catalogue, Message
from sync.report.charts import HeatMap
from sync.report.drawing.canvas import SIZE, SMALL, WIDTH, Canvas, width, wrapped
from sync.report.drawing.keys import Entry, draw_key, swatch

BANDS = {
    Band.LOW: ("low", "plain"),
    Band.MEDIUM: ("medium", "dots"),
    Band.HIGH: ("high", "rise"),
    Band.VERY_HIGH: ("very_high", "cross"),
    Band.NOT_ASSESSED: ("none", "level"),
}
"""By band: the role that colours it and its pattern, denser as it is worse."""

_LEFT, _CELL_HIGH = 130.0, 46.0


def draw(chart: HeatMap, canvas: Canvas, catalogue: Catalogue) -> None:
    """Draws the grid, its axes, the key of the bands, and how many risks are not assessed."""
    across = (WIDTH - _LEFT) / len(chart.impacts)
    grid_top = draw_key(canvas, _key(chart, canvas, catalogue), 0, _LEFT) + 6
    bottom = grid_top + _CELL_HIGH * len(chart.likelihoods)
    for up, row in enumerate(chart.cells):
        y = bottom - _CELL_HIGH * (up + 1)
        _axis_label(canvas, chart.likelihoods[up], _LEFT - 8, y + _CELL_HIGH / 2, _LEFT - 30)
        for along, cell in enumerate(row):
            x = _LEFT + across * along
            role, pattern = BANDS[cell.band]
            canvas.area(x + 1, y + 1, across - 2, _CELL_HIGH - 2, role, pattern)
            label = catalogue.band(cell.band)
            labelled = width(label, SMALL) + 6 <= across
            if cell.count:
                canvas.plate(
                    x + across / 2,
                    y + (15 if labelled else 23),
                    catalogue.number(cell.count),
                    role=role,
                    size=15,
                    bold=True,
                )
            if labelled:
                canvas.plate(x + across / 2, y + _CELL_HIGH - 10, label, role=role, size=SMALL)
    lines = [wrapped(label, across - 4, size=SMALL + 0.5) for label in chart.impacts]
    for along, words in enumerate(lines):
        for down, line in enumerate(words):
            canvas.text(
                _LEFT + across * (along + 0.5), bottom + 15 + 13 * down, line, size=SMALL + 0.5, anchor="middle"
            )
    y = bottom + 15 + 13 * max(map(len, lines))
    canvas.text((_LEFT + WIDTH) / 2, y + 4, catalogue.text(Message.IMPACT), anchor="middle", bold=True)
    middle = (grid_top + bottom) / 2
    canvas.text(12, middle, catalogue.text(Message.LIKELIHOOD), anchor="middle", bold=True, turned=True)
    if chart.not_assessed:
        y += 22
        canvas.text(_LEFT, y + 4, catalogue.counted(Message.RISKS_NOT_ASSESSED, chart.not_assessed))
    canvas.height = y + 12


def _axis_label(canvas: Canvas, words: str, right: float, middle: float, room: float) -> None:
    lines = wrapped(words, room)
    top = middle - (len(lines) - 1) * 7 + SIZE * 0.36
    for down, line in enumerate(lines):
        canvas.text(right, top + 14 * down, line, anchor="end")


def _key(chart: HeatMap, canvas: Canvas, catalogue: Catalogue) -> list[Entry]:
    used = {cell.band for row in chart.cells for cell in row}
    return [Entry(catalogue.band(band), swatch(canvas, *look)) for band, look in BANDS.items() if band in used]
