"""The four charts of a report, as values: numbers, words and dates that are ready to draw.

`sync.report.drawing` draws them, `sync.report.figures` puts their numbers into a table beside them. A chart holds no
record and no name that its builder did not put into a label.
"""

from dataclasses import dataclass
from datetime import date

from sync.core.model import Band
from sync.report.tones import Tone


@dataclass(frozen=True, slots=True)
class HeatCell:
    """How many risks stand in one cell of a matrix, and the band that the matrix gives it."""

    band: Band
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """Risks by likelihood and impact.

    `cells` has one row for each likelihood and one cell for each impact, both lowest first. `not_assessed` are the
    risks that stand in no cell; they are told beneath the grid, never left out.
    """

    likelihoods: tuple[str, ...]
    impacts: tuple[str, ...]
    cells: tuple[tuple[HeatCell, ...], ...]
    not_assessed: int = 0

    def __post_init__(self) -> None:
        if not self.likelihoods or not self.impacts:
            raise ValueError("a heat map needs at least one likelihood and one impact")
        if len(self.cells) != len(self.likelihoods) or any(len(row) != len(self.impacts) for row in self.cells):
            raise ValueError("a heat map needs one cell for every likelihood and impact")

    @property
    def total(self) -> int:
        return self.not_assessed + sum(cell.count for row in self.cells for cell in row)


@dataclass(frozen=True, slots=True)
class StripPart:
    """One state that is counted, and how it feels. Parts may share a tone: their patterns differ."""

    label: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class StripRow:
    """The counts of one bar, in the order of the chart's parts."""

    label: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusStrip:
    """Stacked bars, one for each row: how many are in each state. Every bar is as long as the others, being shares of
    its own total, which is printed beside it."""

    parts: tuple[StripPart, ...]
    rows: tuple[StripRow, ...]

    def __post_init__(self) -> None:
        if not self.parts or not self.rows:
            raise ValueError("a status strip needs at least one part and one row")
        if any(len(row.counts) != len(self.parts) or min(row.counts) < 0 for row in self.rows):
            raise ValueError("a status strip needs one count, 0 or more, for every part in every row")


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A figure as one frozen report had it; None where that report did not have it. `restated`: corrected since."""

    day: date
    value: int | None
    restated: bool = False


@dataclass(frozen=True, slots=True)
class TrendLine:
    """One figure over the frozen reports, the oldest first. `tone`: where more of it is good or bad, else none."""

    label: str
    points: tuple[TrendPoint, ...]
    tone: Tone | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Figures over frozen reports. Every line has the same days in the same order; `unit` says what is counted."""

    unit: str
    lines: tuple[TrendLine, ...]

    def __post_init__(self) -> None:
        if not self.lines or not self.days:
            raise ValueError("a trend needs at least one line with one point")
        if any(tuple(point.day for point in line.points) != self.days for line in self.lines):
            raise ValueError("every line of a trend needs the same days")
        if any(before >= after for before, after in zip(self.days, self.days[1:], strict=False)):
            raise ValueError("the days of a trend need to rise")

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(point.day for point in self.lines[0].points)


@dataclass(frozen=True, slots=True)
class SlipRow:
    """One milestone or project: the day promised first, and the day it is now. `actual`: it happened on that day.

    None where there is no such day; the row is then shown with the day it has, and says which is missing.
    """

    label: str
    original: date | None
    current: date | None
    actual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipChart:
    """How dates have moved, one dumbbell for each row, with `today` as a line across them."""

    rows: tuple[SlipRow, ...]
    today: date

    def __post_init__(self) -> None:
        if not self.rows:
            raise ValueError("a slip chart needs at least one row")


Chart = HeatMap | StatusStrip | Trend | SlipChart
