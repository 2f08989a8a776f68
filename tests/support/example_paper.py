"""A paper with every block there is, as a council's committee would read it."""

from datetime import UTC, date, datetime

from sync.core.model import Band
from sync.report.charts import (
    Chart,
    HeatCell,
    HeatMap,
    SlipChart,
    SlipRow,
    StatusStrip,
    StripPart,
    StripRow,
    Trend,
    TrendLine,
    TrendPoint,
)
from sync.report.document import (
    Badge,
    ColumnKind,
    ColumnSpec,
    CrossReference,
    Document,
    Header,
    KeyFigure,
    KeyFigures,
    Percent,
    Section,
    Stack,
    Strong,
    Table,
    Tone,
    bullets,
    note,
    paragraph,
)
from sync.report.english import ENGLISH
from sync.report.figures import figure

AS_AT = datetime(2026, 6, 3, 2, 17, tzinfo=UTC)
COVERAGE = "41 of 47 projects reported this month; 2 lists could not be read."
SOURCE = ENGLISH.source_line(AS_AT, COVERAGE)
HOSTILE = "<script>alert('x')</script> & \"Rock & Roll\" </style> {{ 7 * 7 }}"
THEMES: tuple[tuple[str, tuple[int, int, int]], ...] = (
    ("Provide innovative public services", (9, 2, 2)),
    ("Create a vibrant digital economy", (7, 1, 4)),
    ("Create a sustainable digital infrastructure", (10, 1, 0)),
    ("Improve health, wellbeing and inclusion", (5, 4, 2)),
)
ALL = ("All themes", (31, 8, 8))

_L, _M, _H, _V = Band.LOW, Band.MEDIUM, Band.HIGH, Band.VERY_HIGH
_BANDS = (
    (_L, _L, _L, _L, _H),
    (_L, _L, _M, _M, _H),
    (_L, _M, _M, _H, _H),
    (_L, _M, _H, _V, _V),
    (_M, _H, _H, _V, _V),
)
_COUNTS = ((0, 1, 0, 2, 0), (1, 3, 2, 0, 1), (0, 2, 6, 4, 1), (0, 1, 3, 2, 1), (0, 0, 1, 1, 0))

HEAT_MAP = HeatMap(
    likelihoods=("Rare", "Unlikely", "Possible", "Likely", "Almost certain"),
    impacts=("Insignificant", "Minor", "Moderate", "Major", "Severe"),
    cells=tuple(
        tuple(HeatCell(band, count) for band, count in zip(bands, counts, strict=True))
        for bands, counts in zip(_BANDS, _COUNTS, strict=True)
    ),
    not_assessed=3,
)
STRIP = StatusStrip(
    parts=(
        StripPart("On track", Tone.GOOD),
        StripPart("Needs review", Tone.WARN),
        StripPart("Completed or closed", Tone.INFO),
    ),
    rows=tuple(StripRow(name, counts) for name, counts in (*THEMES, ALL)),
)
_DAYS = tuple(date(2025 + month // 12, month % 12 + 1, 3) for month in range(6, 18))
_PLACES = tuple(enumerate(_DAYS))
TREND = Trend(
    unit="Projects",
    lines=(
        TrendLine("On track", tuple(TrendPoint(day, 34 - at // 3 if at != 4 else None) for at, day in _PLACES)),
        TrendLine("Needs review", tuple(TrendPoint(day, 5 + at // 3, at == 7) for at, day in _PLACES), Tone.WARN),
        TrendLine("Completed or closed", tuple(TrendPoint(day, 2 + at * 6 // 11) for at, day in _PLACES)),
    ),
)
SLIP = SlipChart(
    rows=(
        SlipRow("DS-04 Customer portal: go live", date(2026, 1, 31), date(2026, 9, 30)),
        SlipRow("DS-11 Full fibre to council buildings, phase 2", date(2026, 3, 31), date(2026, 4, 17), actual=True),
        SlipRow("DS-19 Telecare switch-over", date(2026, 8, 31), date(2026, 8, 31)),
        SlipRow("DS-23 Open data platform", date(2026, 12, 18), date(2026, 10, 2)),
        SlipRow("DS-31 Member devices", date(2026, 5, 1), None),
        SlipRow("DS-40 Digital skills hubs", None, date(2026, 7, 24)),
        SlipRow("DS-42 Data-sharing agreement", None, None),
    ),
    today=date(2026, 6, 3),
)
CHARTS: dict[str, Chart] = {"heat-map": HEAT_MAP, "strip": STRIP, "trend": TREND, "slip": SLIP}


def header(**changes: object) -> Header:
    """The paper's header, with some of its fields changed."""
    usual: dict[str, object] = {
        "portfolio": "Digital Strategy 2022-24",
        "as_at": AS_AT,
        "coverage": COVERAGE,
        "edition": "Board edition",
        "reference": "DSG/26/06",
        "meeting": "Digital Steering Group, 10 June 2026",
        "marking": "OFFICIAL",
        "run": "20260603T011700Z-4f2a",
    }
    return Header(**{**usual, **changes})  # type: ignore[arg-type]


def themes() -> Table:
    """The committee's table."""
    return Table(
        caption="Projects by theme, as staff reported them",
        columns=(
            ColumnSpec("Theme", row_header=True),
            ColumnSpec("Projects", ColumnKind.NUMBER),
            ColumnSpec("On track", ColumnKind.PERCENT),
            ColumnSpec("Needs review", ColumnKind.PERCENT),
            ColumnSpec("Completed or closed", ColumnKind.PERCENT),
        ),
        rows=tuple((name, sum(counts), *(Percent(count, sum(counts)) for count in counts)) for name, counts in THEMES),
        total=(ALL[0], 47, *(Percent(count, 47) for count in ALL[1])),
        note="Each percentage is rounded half up on its own, so a row need not add up to 100.",
        source_line=SOURCE,
        anchor="themes",
    )


def exceptions() -> Table:
    """Projects that need a decision: every kind of cell."""
    return Table(
        caption="Projects that read worse than reported",
        columns=(
            ColumnSpec("Project", row_header=True),
            ColumnSpec("Reported", ColumnKind.STATUS),
            ColumnSpec("Rules say", ColumnKind.STATUS),
            ColumnSpec("Due", ColumnKind.DATE),
            ColumnSpec("Open risks", ColumnKind.NUMBER),
            ColumnSpec("Why"),
        ),
        rows=(
            (
                Stack((Strong("DS-04"), "Customer portal")), Badge("On track", Tone.GOOD), Badge("Off track", Tone.BAD),
                date(2026, 9, 30), 4,
                "Milestone 'Go live' was due 31 January 2026; risk R-014 is very high, last reviewed 17 May 2026.",
            ),
            (
                Stack((Strong("DS-11"), "Full fibre to council buildings, phase 2")), Badge("In progress", Tone.INFO),
                Badge("At risk", Tone.WARN), date(2026, 4, 17), 1_204, "Its end date was 17 April 2026.",
            ),
            (
                Stack((Strong("DS-42"), HOSTILE)), Badge("On hold", Tone.NONE), Badge("On hold", Tone.NONE),
                None, None, CrossReference("See the table of themes", "themes"),
            ),
        ),
        source_line=SOURCE,
    )  # fmt: skip


def awaited() -> Table:
    """A table with nothing in it."""
    return Table(
        caption="Decisions that are awaited",
        columns=(ColumnSpec("Item", row_header=True), ColumnSpec("Asked on", ColumnKind.DATE)),
        rows=(),
        empty="No decision is awaited.",
        source_line=SOURCE,
    )


def example(**changes: object) -> Document:
    """A paper of the board edition with every block; `changes` are of its header."""
    return Document(
        title="Portfolio report to the Digital Steering Group",
        header=header(**changes),
        summary=(
            KeyFigures(
                (
                    KeyFigure("Projects", 47, "in 4 themes"),
                    KeyFigure("On track", 31, "66% of 47, as reported", Tone.GOOD),
                    KeyFigure("Need review", 8, "17% of 47, as reported", Tone.WARN),
                    KeyFigure("Read worse than reported", 3, "by the rules", Tone.BAD),
                    KeyFigure("Very high risks", 4, "of 35 open risks", Tone.BAD),
                ),
                SOURCE,
            ),
            paragraph(
                "Of 47 projects, ", Strong("31 (66%)"), " were reported on track. The rules read 3 projects worse than "
                "their reports do: ", CrossReference("projects that need a decision", "decide"), ".",
            ),
        ),
        sections=(_asked(), _standing(), _board(), _method()),
    )  # fmt: skip


def _asked() -> Section:
    return Section(
        title="What the board is asked to do",
        blocks=(
            paragraph("Note how the portfolio stands."),
            paragraph("Decide on the projects and risks below:"),
            bullets(
                "DS-04 Customer portal: agree a new date for going live, or stop the work.",
                ("DS-11 Full fibre: ", Badge("At risk", Tone.WARN), " since its end date passed."),
            ),
            note("The figures of April 2026 were restated on 3 May 2026: two projects had been counted twice."),
            note(Strong("Two lists could not be read. "), "Their projects are not in these figures.", tone=Tone.WARN),
        ),
    )


def _standing() -> Section:
    return Section(
        title="How the portfolio stands",
        blocks=(
            paragraph("The committee's table counts what project managers reported."),
            themes(),
            figure(STRIP, "How projects stand, by theme", ENGLISH, source_line=SOURCE),
            figure(TREND, "Projects over the last 12 reports", ENGLISH, source_line=SOURCE),
        ),
    )


def _board() -> Section:
    heat = figure(HEAT_MAP, "Open risks by likelihood and impact", ENGLISH, source_line=SOURCE)
    slips = figure(SLIP, "Original dates and forecasts", ENGLISH, source_line=SOURCE)
    return Section(
        title="ICT Programme Board",
        page_break=True,
        anchor="decide",
        blocks=(paragraph("These projects read worse by the rules than their managers reported."), exceptions()),
        sections=(
            Section(
                title="Risks",
                blocks=(
                    paragraph("35 threats are open; 3 of them are not assessed."),
                    heat,
                    paragraph("No risk was escalated since the last board."),
                ),
            ),
            Section(
                title="Dates that moved",
                blocks=(paragraph("Dates are measured from the date that was promised first."), slips),
            ),
            Section(title="Decisions awaited", blocks=(awaited(),)),
        ),
    )


def _method() -> Section:
    return Section(
        title="How these figures are made",
        numbered=False,
        blocks=(paragraph("A percentage always stands with its count and its denominator."),),
    )
