"""A paper as a value: what it refuses, and the numbers and anchors that every format gives it."""

from dataclasses import FrozenInstanceError, replace
from datetime import datetime
from enum import StrEnum

import pytest

from sync.core.model import Band
from sync.report.catalogue import Catalogue, Message, PluralForm, Words, places, welsh_plural
from sync.report.charts import Chart, SlipChart
from sync.report.document import (
    Badge,
    Block,
    Bullets,
    ColumnSpec,
    CrossReference,
    Document,
    KeyFigure,
    KeyFigures,
    Paragraph,
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
from sync.report.english import ENGLISH, MESSAGES, catalogue_for
from sync.report.figures import figure
from sync.report.numbering import PlacedSection, placed
from sync.report.tones import ICONS
from tests.support.example_paper import AS_AT, CHARTS, HEAT_MAP, SLIP, STRIP, TREND, example, header, themes

COLUMNS = (ColumnSpec("Item", row_header=True), ColumnSpec("Count"))


def document(*sections: Section, summary: tuple[Block, ...] = ()) -> Document:
    return Document(title="A paper", header=header(), sections=sections, summary=summary)


def outline(section: PlacedSection) -> list[tuple[int, str, str, list[str]]]:
    own = (section.level, section.number, section.anchor, [each.number for each in section.blocks])
    return [own, *(line for inner in section.sections for line in outline(inner))]


# Values


def test_papers_compare_by_what_they_hold_and_do_not_change() -> None:
    assert example() == example()
    assert example() != example(reference="DSG/26/07")
    with pytest.raises(FrozenInstanceError):
        example().title = "Another"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (paragraph("One ", Strong("word")), Paragraph(("One ", Strong("word")))),
        (paragraph("Unnumbered", numbered=False), Paragraph(("Unnumbered",), numbered=False)),
        (bullets("One", ("Two ", Badge("High", Tone.BAD))), Bullets((("One",), ("Two ", Badge("High", Tone.BAD))))),
        (note("A word"), note("A word", tone=Tone.INFO)),
    ],
)
def test_short_forms_make_the_same_values(made: Block, expected: Block) -> None:
    assert made == expected


@pytest.mark.parametrize(
    ("count", "total", "value"), [(4, 12, 33), (1, 8, 13), (31, 47, 66), (0, 11, 0), (11, 11, 100), (0, 0, None)]
)
def test_a_percentage_is_rounded_half_up_and_of_nothing_there_is_none(
    count: int, total: int, value: int | None
) -> None:
    assert Percent(count, total).value == value


def test_signs_tell_every_tone_apart() -> None:
    assert len(set(ICONS.values())) == len(Tone) == len(ICONS)
    assert Badge("Off track", Tone.BAD).icon == ICONS[Tone.BAD]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows": (("A", 1), ("B",))}, "every row of the table 'Counts' needs 2 cells"),
        ({"total": ("All", 1, 2)}, "every row of the table 'Counts' needs 2 cells"),
        ({"columns": ()}, "has no columns"),
        ({"columns": (COLUMNS[0], COLUMNS[0])}, "more than one column that names its rows"),
    ],
)
def test_a_table_that_does_not_fit_together_is_refused(changes: dict[str, object], message: str) -> None:
    usual: dict[str, object] = {"caption": "Counts", "columns": COLUMNS, "rows": (("A", 1),)}
    with pytest.raises(ValueError, match=message):
        Table(**{**usual, **changes})  # type: ignore[arg-type]


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        header(as_at=datetime(2026, 6, 3))  # noqa: DTZ001 - the very mistake


def test_sections_have_an_end() -> None:
    deep = Section(title="Deepest")
    for _ in range(3):
        deep = Section(title="Above", sections=(deep,))
    assert [level for level, _ in document(deep).walk()] == [1, 2, 3, 4]
    with pytest.raises(ValueError, match="4 deep"):
        document(Section(title="Top", sections=(deep,)))


# Numbers


def test_paragraphs_count_on_through_the_sections_within_and_begin_anew_with_each_section() -> None:
    assert [line for section in placed(example()).sections for line in outline(section)] == [
        (1, "1", "what-the-board-is-asked-to-do", ["1.1", "1.2", "", "", ""]),
        (1, "2", "how-the-portfolio-stands", ["2.1", "1", "1", "2"]),
        (1, "3", "decide", ["3.1", "2"]),
        (2, "", "risks", ["3.2", "3", "3.3"]),
        (2, "", "dates-that-moved", ["3.4", "4"]),
        (2, "", "decisions-awaited", ["3"]),
        (1, "", "how-these-figures-are-made", [""]),
    ]
    assert [each.number for each in placed(example()).summary] == ["", ""]


def test_an_unnumbered_section_takes_no_number_from_those_that_follow() -> None:
    inner = Section(title="Within", blocks=(paragraph("In it."),))
    paper = placed(
        document(
            Section(title="First", numbered=False, sections=(inner,)),
            Section(title="Second", blocks=(paragraph("One."), paragraph("None.", numbered=False), paragraph("Two."))),
        )
    )
    assert [section.number for section in paper.sections] == ["", "1"]
    assert [each.number for each in paper.sections[0].sections[0].blocks] == [""]
    assert [each.number for each in paper.sections[1].blocks] == ["1.1", "", "1.2"]


def test_anchors_are_unique_and_give_way_to_those_that_were_given() -> None:
    paper = placed(
        document(
            Section(title="Risks & issues!"),
            Section(title="Risks, issues"),
            Section(title="Elsewhere", anchor="risks-issues"),
            Section(title="2026 Ŵyl"),
            Section(title="***"),
        )
    )
    assert [section.anchor for section in paper.sections] == [
        "risks-issues-2", "risks-issues-3", "risks-issues", "part-2026-wyl", "part",
    ]  # fmt: skip


def test_an_anchor_that_is_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="given twice: themes"):
        placed(document(Section(title="Themes", anchor="themes", blocks=(themes(),))))


@pytest.mark.parametrize(
    "block",
    [
        paragraph(CrossReference("there", "nowhere")),
        bullets((CrossReference("there", "nowhere"),)),
        note(CrossReference("there", "nowhere")),
        Table(caption="T", columns=COLUMNS, rows=(("A", Stack((1, CrossReference("there", "nowhere")))),)),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused(block: Block) -> None:
    with pytest.raises(ValueError, match="not there: nowhere"):
        placed(document(Section(title="One", blocks=(block,)), summary=(KeyFigures((KeyFigure("A", 1),)),)))


# Charts and their numbers


@pytest.mark.parametrize("name", CHARTS)
def test_every_number_of_a_chart_is_in_the_table_beside_it(name: str) -> None:
    made = figure(CHARTS[name], "A chart", ENGLISH, source_line="As at now.", anchor="chart")
    assert (made.caption, made.source_line, made.anchor) == ("A chart", "As at now.", "chart")
    assert {type(row[0]) for row in made.table.rows} <= {str, type(TREND.days[0])}
    assert len(made.table.rows) == {"heat-map": 5, "strip": 5, "trend": 12, "slip": 7}[name]


def test_a_heat_map_is_told_with_its_worst_band_first_and_what_is_in_no_cell() -> None:
    made = figure(HEAT_MAP, "Risks", ENGLISH)
    assert made.alternative == (
        "35 risks by likelihood and impact: 4 very high, 10 high, 11 medium, 7 low, 3 not assessed."
    )
    assert made.table.rows[0] == ("Almost certain", 0, 0, 1, 1, 0)
    assert made.table.rows[-1] == ("Rare", 0, 1, 0, 2, 0)
    assert made.table.note == "3 risks are not assessed and stand in no cell."
    assert sum(cell for row in made.table.rows for cell in row if isinstance(cell, int)) + 3 == HEAT_MAP.total


def test_a_strip_is_told_row_by_row_with_counts_and_denominators() -> None:
    made = figure(STRIP, "Status", ENGLISH)
    assert "Create a vibrant digital economy, 12 in all: On track 7, Needs review 1, Completed or closed 4." in (
        made.alternative
    )
    assert made.table.rows[1][1:] == (Percent(7, 12), Percent(1, 12), Percent(4, 12), 12)


def test_a_trend_says_what_a_report_did_not_have_and_what_was_restated() -> None:
    made = figure(TREND, "Trend", ENGLISH)
    assert made.alternative.startswith("Projects over 12 reports, from 3 July 2025 to 3 June 2026.")
    assert made.table.rows[4][1:] == ("not reported", 6, 4)
    assert made.table.rows[7][2] == "7 (restated)"


def test_a_slip_is_measured_from_the_first_date_and_never_guessed() -> None:
    made = figure(SLIP, "Dates", ENGLISH)
    assert [row[-1] for row in made.table.rows] == [
        "242 days later", "17 days later", "As first planned", "77 days earlier", "Not known", "Not known", "Not known",
    ]  # fmt: skip
    assert made.table.rows[1][2] == "17 Apr 2026 (actual)"
    assert "2 later, 1 earlier, 1 as first planned, 3 without both dates." in made.alternative
    known = figure(SlipChart(rows=SLIP.rows[:1], today=SLIP.today), "Dates", ENGLISH)
    assert known.alternative == "How the date of 1 item has moved: 1 later, 0 earlier, 0 as first planned."


def test_a_line_without_any_figure_is_told_so() -> None:
    empty = tuple(replace(point, value=None) for point in TREND.lines[0].points)
    chart: Chart = replace(TREND, lines=(replace(TREND.lines[0], points=empty),))
    assert figure(chart, "Trend", ENGLISH).alternative.endswith("On track: in none of these reports.")


# Words


def test_every_message_has_words_and_no_two_keys_are_alike() -> None:
    assert {key for key in MESSAGES if isinstance(key, Message)} == set(Message)
    by_value: dict[str, set[StrEnum]] = {}
    for key in ENGLISH.messages:
        by_value.setdefault(key.value, set()).add(key)
    assert {value: keys for value, keys in by_value.items() if len(keys) > 1} == {}


@pytest.mark.parametrize("message", sorted(ENGLISH.messages))
def test_plural_forms_name_the_same_values(message: StrEnum) -> None:
    words: Words = ENGLISH.messages[message]
    if not isinstance(words, str):
        assert PluralForm.OTHER in words
        assert places(words) - places(words[PluralForm.OTHER]) == set()


def test_a_value_is_never_read_as_a_place() -> None:
    assert ENGLISH.text(Message.NUMBERED_CAPTION, number="{caption}", caption="{number}") == "{caption}: {number}"


def test_a_message_is_asked_for_as_what_it_is() -> None:
    with pytest.raises(TypeError, match="use counted"):
        ENGLISH.text(Message.RISKS)
    with pytest.raises(TypeError, match="use text"):
        ENGLISH.counted(Message.TOTAL, 1)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (ENGLISH.counted(Message.RISKS, 1), "1 risk"),
        (ENGLISH.counted(Message.RISKS, 0), "0 risks"),
        (ENGLISH.counted(Message.RISKS, 1_204), "1,204 risks"),
        (ENGLISH.day(AS_AT.date()), "3 June 2026"),
        (ENGLISH.short_day(AS_AT.date()), "3 Jun 2026"),
        (ENGLISH.moment(AS_AT), "3 June 2026, 02:17"),
        (ENGLISH.number(-1_204), "\u22121,204"),
        (ENGLISH.percent(66), "66%"),
        (ENGLISH.percent(None), "\u2013"),
        (ENGLISH.count_of(31, 1_047), "31 of 1,047"),
        (ENGLISH.source_line(AS_AT, "All read."), "As at 3 June 2026, 02:17. All read."),
        (ENGLISH.source_line(AS_AT, ""), "As at 3 June 2026, 02:17."),
        (ENGLISH.band(Band.VERY_HIGH), "Very high"),
    ],
)
def test_english(said: str, expected: str) -> None:
    assert said == expected


def test_a_language_with_six_forms_fits() -> None:
    forms: Words = {
        PluralForm.ONE: "{n} gath", PluralForm.TWO: "{n} gath", PluralForm.FEW: "{n} cath",
        PluralForm.MANY: "{n} chath", PluralForm.OTHER: "{n} cath",
    }  # fmt: skip
    welsh = Catalogue(
        language="cy-GB", messages={Message.RISKS: forms}, plural=welsh_plural, months=(), short_months=()
    )
    assert [welsh.counted(Message.RISKS, number) for number in (0, 1, 2, 3, 5, 6, 7)] == [
        "0 cath", "1 gath", "2 gath", "3 cath", "5 cath", "6 chath", "7 cath",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en-GB", "en", "EN-gb"])
def test_english_by_any_tag(language: str) -> None:
    assert catalogue_for(language) is ENGLISH


@pytest.mark.parametrize("language", ["cy-GB", "", "en-US"])
def test_no_paper_is_half_translated(language: str) -> None:
    with pytest.raises(ValueError, match="there is en-GB"):
        catalogue_for(language)
