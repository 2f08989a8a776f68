"""Charts as SVG: text as text, patterns and words beside colour, the same bytes for the same chart."""

from typing import assert_never

from sync.report.catalogue import Catalogue
from sync.report.charts import Chart, HeatMap, SlipChart, StatusStrip, Trend
from sync.report.drawing import heat_map, slip, strip, trend
from sync.report.drawing.canvas import Canvas


def svg(chart: Chart, catalogue: Catalogue, *, title: str, told: str, name: str = "chart") -> str:
    """A chart as an SVG element with its title and description.

    It stands alone, in the colours of paper; its classes let a page's style sheet recolour it. `name` begins its ids:
    letters, digits and hyphens, and another one for every chart of a page.
    """
    canvas = Canvas(name)
    match chart:
        case HeatMap():
            heat_map.draw(chart, canvas, catalogue)
        case StatusStrip():
            strip.draw(chart, canvas, catalogue)
        case Trend():
            trend.draw(chart, canvas, catalogue)
        case SlipChart():
            slip.draw(chart, canvas, catalogue)
        case _:
            assert_never(chart)
    return canvas.svg(title, told)
