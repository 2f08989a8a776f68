"""One risk in many notations is one step of its matrix; what leaves a doubt is no step at all."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.matrices import matrix_presets
from sync.core.columns import Cell, ColumnType
from sync.core.convert import BoundField, Converted, convert
from sync.core.findings import FindingKind
from sync.core.model import UNRATED, Band, FieldType, Rating, Scores
from sync.core.risk import DEFAULT_MATRIX, Matrix, Step, band
from sync.core.scales import read_rating, read_step
from sync.core.vocabulary import scale, vocabulary
from tests.support.lists import column

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "matrices.md").read_text(encoding="utf-8")
LETTERS = matrix_presets()["5x5-letters"].versions[0]
PER_CENT = matrix_presets()["project-online"].versions[0]
MONEY = (
    Step(words=("<£50k",)),
    Step(words=("£50-250k",), at_least=50_000),
    Step(words=("above",), at_least=250_000),
)


def preset(name: str) -> Matrix:
    return matrix_presets()[name].versions[0]


def read(
    cell: Cell,
    matrix: Matrix = DEFAULT_MATRIX,
    *,
    of: FieldType = FieldType.SCORE,
    name: str = "likelihood",
    column_type: ColumnType = ColumnType.TEXT,
    values: Mapping[str, tuple[str, ...]] | None = None,
) -> Converted:
    at = column("C", column_type, "Rating")
    return convert(
        BoundField(name, of, (at,), vocabulary(of, name, values or {}, matrix), matrix=matrix), at, cell, None
    )


@pytest.mark.parametrize(
    ("matrix", "likelihood", "impact"),
    [
        ("5x5-2026", 4.0, 4.0),
        ("5x5-2026", "4", "4"),
        ("5x5-2026", "Likely", "Major"),
        ("5x5-2026", "4 - Likely", "(4) Major"),
        ("5x5-2026", "4 Likely", "Major (4)"),
        ("5x5-letters", "D", "4"),
        ("5x5-letters", "D - Likely", 4.0),
        ("4x4", "3 - Likely", "Severe"),
        ("project-online", "80 %", 8.0),
        ("project-online", 0.8, "8"),
        ("prosjektportalen", 4.0, 4.0),
        ("ranked-25", "Very Likely", "Business Critical"),
    ],
)
def test_the_same_risk_lands_in_one_band_in_every_notation(matrix: str, likelihood: Cell, impact: Cell) -> None:
    rated = read(likelihood, preset(matrix)).value, read(impact, preset(matrix), name="impact").value
    assert band(*rated, preset(matrix)) is Band.VERY_HIGH  # type: ignore[arg-type]


def rows(heading: str) -> list[list[str]]:
    below = PAGE.partition(f"\n## {heading}\n")[2].split("\n## ")[0]
    lines = [line for line in below.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize(("written", "matrix", "meaning"), rows("One score"))
def test_the_page_tells_how_one_score_is_read(written: str, matrix: str, meaning: str) -> None:
    found = read_step(written.strip("`"), scale(preset(matrix.strip("`")).likelihood))
    number = re.fullmatch(r"step (\d+)", meaning)
    if number:
        assert found == (int(number[1]),)
    elif meaning == "not assessed":
        assert found == (None,)
    else:
        assert meaning.startswith("a finding")
        assert found is None


@pytest.mark.parametrize(("written", "matrix", "inherent", "current", "target"), rows("Several scores in one cell"))
def test_the_page_tells_how_several_scores_are_read(
    written: str, matrix: str, inherent: str, current: str, target: str
) -> None:
    expected = [Scores(*map(int, cell.split(", "))) if cell else UNRATED for cell in (inherent, current, target)]
    assert read_rating(written.strip("`"), preset(matrix.strip("`"))) == Rating(*expected)


def test_the_page_names_what_is_not_read() -> None:
    said = PAGE.partition("Everything else is a\nfinding and not read")[2].partition("\n\n")[0]
    quoted = re.findall(r"`([^`]+)`", said)
    assert quoted == ["4x4 3x2", "12", "04/03", "3/4/26"]
    assert [read_rating(each, DEFAULT_MATRIX) for each in quoted] == [None] * 4


@pytest.mark.parametrize(
    "said", ["5 - Certain", "1 Very Low", "1: Very Low", "1. Rare", "(1)", "1", "Rare (1)", " RARE "]
)
def test_a_number_beside_a_word_that_nobody_knows_counts(said: str) -> None:
    assert read(said).value in (1, 5)


@pytest.mark.parametrize(
    "said",
    [
        "4 - Almost certain",
        "(5) Rare",
        "Rare (2)",
        "3 weeks",
        "2 or three",
        "1 in ten",
        "5 million",
        "3 x",
        "3 weeks' delay",
        "4th",
        "4 of 5",
        "1 in 10",
        "5 %",
        "70 %",
        "04",
        "6",
        "D",
        "1/2",
        "3-4",
        "½",
        "Very likely",
    ],
)
def test_what_leaves_a_doubt_is_no_step(said: str) -> None:
    found = read(said)
    assert (found.value, found.usable) == (None, False)
    assert found.problem is not None
    assert found.problem.kind is FindingKind.UNKNOWN_VALUE


@pytest.mark.parametrize(
    ("said", "step"),
    [("D", 4), ("d", 4), ("(D) Likely", 4), ("D - Likely", 4), ("Likely (D)", 4), ("D:", 4), ("4 - D", 4)],
)
def test_a_letter_is_a_step_where_the_matrix_has_it(said: str, step: int) -> None:
    assert read(said, LETTERS) == Converted(step)


@pytest.mark.parametrize(
    "said", ["A remote chance", "E-mail is down", "D - Rare", "A - bit", "F", "(A) bit", "Chance (A)"]
)
def test_a_letter_that_begins_a_sentence_is_no_step(said: str) -> None:
    assert not read(said, LETTERS).usable


@pytest.mark.parametrize(
    ("cell", "column_type", "step"),
    [
        (0.7, ColumnType.NUMBER, 7),
        (0.69, ColumnType.NUMBER, 6),
        (0.7 - 1e-12, ColumnType.NUMBER, 7),
        (0.05, ColumnType.NUMBER, 1),
        (1.0, ColumnType.NUMBER, 10),
        ("0.70000000000000", ColumnType.CALCULATED, 7),
        ("70 %", ColumnType.TEXT, 7),
        ("70%", ColumnType.CHOICE, 7),
        ("70 per cent", ColumnType.TEXT, 7),
        ("12.5 percent", ColumnType.TEXT, 1),
        ("100 %", ColumnType.TEXT, 10),
        (0.0, ColumnType.NUMBER, None),
        ("0 %", ColumnType.TEXT, None),
        ("Not assessed", ColumnType.TEXT, None),
    ],
)
def test_a_share_is_the_step_that_it_falls_in(cell: Cell, column_type: ColumnType, step: int | None) -> None:
    assert read(cell, PER_CENT, column_type=column_type) == Converted(step)


@pytest.mark.parametrize("cell", ["70", "0.7", "101 %", "-5 %", "50-70 %", "7 - 70 %", 70.0, 1.01, -0.1, float("nan")])
def test_a_number_that_is_no_share_is_none(cell: Cell) -> None:
    assert not read(cell, PER_CENT).usable


@pytest.mark.parametrize(
    ("cell", "step"),
    [
        ("£50-250k", 2),
        ("<£50k", 1),
        ("£49,999", 1),
        ("£50,000", 2),
        (50_000.0, 2),
        (1.0, 1),
        ("300000", 3),
        (0.0, None),
        ("£0", None),
    ],
)
def test_an_amount_is_the_step_that_it_falls_in(cell: Cell, step: int | None) -> None:
    matrix = replace(DEFAULT_MATRIX, impact=MONEY)
    assert read(cell, matrix, name="impact") == Converted(step)


@pytest.mark.parametrize("cell", ["£60k", "70 %", "-5", -5.0, float("inf"), "£100-200k"])
def test_an_amount_that_is_not_declared_is_none(cell: Cell) -> None:
    assert not read(cell, replace(DEFAULT_MATRIX, impact=MONEY), name="impact").usable


def test_below_the_first_step_of_a_measure_is_nothing() -> None:
    steps = (Step(at_least=10.0), Step(at_least=20.0))
    assert read_step("5", scale(steps), 5.0) is None
    assert read_step("10", scale(steps), 10.0) == (1,)


def test_words_of_a_list_take_the_place_of_a_measure() -> None:
    own = {"7": ("Probable",), "not_assessed": ("Unheard of",), "11": ("Sure",)}
    assert read("probable", PER_CENT, values=own) == Converted(7)
    assert read("Unheard of", PER_CENT, values=own) == Converted(None)
    assert read("Sure", PER_CENT, values=own) == Converted(None)
    assert read(0.0, PER_CENT, values=own) == Converted(None)
    assert not read(0.7, PER_CENT, values=own).usable


def test_a_scale_of_ten_goes_to_ten() -> None:
    assert read(10.0, PER_CENT, name="impact") == Converted(10)
    assert not read(11.0, PER_CENT, name="impact").usable
    assert not read(5.0, preset("4x4"), name="impact").usable


@pytest.mark.parametrize(
    ("said", "rating"),
    [
        ("3 x 4", Rating(current=Scores(3, 4))),
        ("3\u00d74", Rating(current=Scores(3, 4))),
        ("3 * 4", Rating(current=Scores(3, 4))),
        ("3, 4", Rating(current=Scores(3, 4))),
        ("3 \u2013 4", Rating(current=Scores(3, 4))),
        ("Almost certain - Severe", Rating(current=Scores(5, 5))),
        ("Likely/4", Rating(current=Scores(4, 4))),
        ("3-0", Rating(current=Scores(3, None))),
        ("0x0", Rating()),
        ("0", Rating()),
        ("Not assessed", Rating()),
        ("before 3-3\nafter 3-1", Rating(inherent=Scores(3, 3), current=Scores(3, 1))),
        ("(before) 3-3 (after) 3-1", Rating(inherent=Scores(3, 3), current=Scores(3, 1))),
        ("Initial risk: 4x4. Current risk: 3x3.", Rating(inherent=Scores(4, 4), current=Scores(3, 3))),
        ("Gross score = 4/4 | Net score = 2/2", Rating(inherent=Scores(4, 4), current=Scores(2, 2))),
        ("Current 3x3, residual 3x3", Rating(current=Scores(3, 3))),
        ("Target 1x2", Rating(target=Scores(1, 2))),
        ("Residual unrated", Rating()),
    ],
)
def test_several_scores_in_one_cell_are_read_where_they_say_which_is_which(said: str, rating: Rating) -> None:
    assert read(said, of=FieldType.RATING, name="rating") == Converted(rating)


@pytest.mark.parametrize(
    "cell",
    [
        "3",
        "16",
        "4x4 3x2",
        "4x4 -> 3x2",
        "3-3 before, 3-1 after",
        "Current 3x3, residual 3x2",
        "Inherent 16, residual 6",
        "Before 3-3 After",
        "04/03",
        "3/4/26",
        "2026-03-04",
        "4 March",
        "6x1",
        "1x6",
        "D4",
        "4D",
        "44",
        "3.4",
        "net effect is 4x4",
        "3x4 " * 70,
        12.0,
        datetime(2026, 3, 3, tzinfo=UTC),
        True,
    ],
)
def test_a_cell_that_leaves_a_doubt_is_no_rating(cell: Cell) -> None:
    found = read(cell, of=FieldType.RATING, name="rating")
    assert (found.value, found.usable) == (None, False)
    assert found.problem is not None
    assert found.problem.kind is FindingKind.UNKNOWN_VALUE


def test_a_letter_and_a_number_are_likelihood_and_impact_in_that_order() -> None:
    backwards = replace(LETTERS, likelihood=LETTERS.impact, impact=LETTERS.likelihood)
    assert read_rating("D4", LETTERS) == Rating(current=Scores(4, 4))
    assert read_rating("4D", LETTERS) is None
    assert read_rating("2D", backwards) == Rating(current=Scores(2, 4))


def test_a_text_that_parts_in_two_ways_is_no_rating() -> None:
    steps = (Step(words=("a", "a-b")), Step(words=("b-c", "c")))
    matrix = replace(DEFAULT_MATRIX, likelihood=(steps[0], steps[1]), impact=(Step(words=("c",)), Step(words=("b-c",))))
    assert read_rating("a-b-c", matrix) is None


def test_a_measure_in_a_rating_is_read_by_its_words_only() -> None:
    matrix = replace(DEFAULT_MATRIX, impact=MONEY)
    assert read_rating("4 x above", matrix) == Rating(current=Scores(4, 3))
    assert read_rating("4x4", matrix) is None


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("Low", Band.LOW),
        ("very high", Band.VERY_HIGH),
        ("Very-High", Band.VERY_HIGH),
        ("Extreme", Band.VERY_HIGH),
        ("CRITICAL", Band.VERY_HIGH),
        ("Moderate", Band.MEDIUM),
        ("Not assessed", Band.NOT_ASSESSED),
        ("unrated", Band.NOT_ASSESSED),
        (0.0, Band.NOT_ASSESSED),
    ],
)
def test_a_list_may_say_how_severe_a_risk_is_in_a_word(said: Cell, value: Band) -> None:
    assert read(said, of=FieldType.BAND, name="band") == Converted(value)


@pytest.mark.parametrize("said", ["Significant", "Red", "Severe", "Minor", "3", "Blue"])
def test_a_word_that_councils_use_for_different_bands_is_none(said: str) -> None:
    found = read(said, of=FieldType.BAND, name="band")
    assert (found.value, found.usable) == (None, False)


def test_a_list_may_have_words_of_its_own_for_bands() -> None:
    own = {"very_high": ("Significant",), "low": ("Green",)}
    assert read("significant", of=FieldType.BAND, values=own) == Converted(Band.VERY_HIGH)
    assert read(0.0, of=FieldType.BAND, values=own) == Converted(Band.NOT_ASSESSED)
    assert not read("High", of=FieldType.BAND, values=own).usable


@pytest.mark.parametrize(
    ("cell", "of", "value"),
    [
        ("string;#High", FieldType.BAND, Band.HIGH),
        ("float;#12.0000", FieldType.NUMBER, 12.0),
        ("float;#4.0000", FieldType.SCORE, 4),
        ("0.00000000000000", FieldType.SCORE, None),
    ],
)
def test_what_a_calculated_column_says_is_read_on_every_surface(cell: str, of: FieldType, value: object) -> None:
    assert read(cell, of=of, column_type=ColumnType.CALCULATED) == Converted(value)
