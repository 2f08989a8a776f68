"""A rating keeps the version of the matrix that it was made with, and a new version rewrites none of the old ones."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from config.matrices import matrix_presets
from sync.core.history import History
from sync.core.known import known_rows
from sync.core.mapping import Binding, bind, to_record
from sync.core.model import UNRATED, Band, Kind, Nature, Rating, Scores
from sync.core.policy import Policies, SourceMapping
from sync.core.ratings import (
    Rated,
    above_appetite,
    cell_disagreement,
    current_matrix,
    is_worse_after_mitigation,
    matrix_in,
    matrix_of,
    rate,
    version_for,
)
from sync.core.risk import DEFAULT_MATRIX, Matrix, Step
from sync.core.snapshot import Record, RecordId
from sync.core.vocabulary import scale
from tests.support.lists import HOST, column, mapped, record, row, schema, source

TODAY = date(2026, 6, 17)
SINCE = date(2026, 4, 1)
_L, _M, _H, _V = Band.LOW, Band.MEDIUM, Band.HIGH, Band.VERY_HIGH
TWO = (Step(words=("Low",)), Step(words=("High", "H")))
OLD = Matrix(name="ours", version="1", likelihood=TWO, impact=TWO, rows=((_L, _M), (_M, _H)))
NEW = replace(
    OLD,
    version="2",
    rows=((_M, _H), (_H, _V)),
    since=SINCE,
    likelihood=(Step(words=("Seldom",)), Step(words=("Often",))),
)
POLICIES = Policies(matrices={"ours": (OLD, NEW)})
RISKS = source("risks", Kind.RISK, matrix="ours", fields={"likelihood": "L", "impact": "I"})


def risk(**fields: Any) -> Record:
    return record(kind=Kind.RISK, at="risks", **{"likelihood": 2, "impact": 1, **fields})


SAME = Scores(2, 1)


def kept(version: str | None, *, rating: Scores | None = SAME, matrix: str | None = "ours") -> History:
    return History(
        number=1,
        id=RecordId(HOST, "risks", 1),
        source="risks",
        kind=Kind.RISK,
        first_seen=date(2026, 1, 5),
        last_seen=date(2026, 6, 16),
        since=date(2026, 1, 5),
        rating=rating,
        matrix=matrix,
        matrix_version=version,
    )


def version(of: Record, history: History | None = None, today: date = TODAY) -> str:
    return version_for(of, (OLD, NEW), history, today).version


BEFORE, AFTER, TO_COME = date(2026, 3, 31), date(2026, 4, 2), date(2026, 7, 1)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"last_reviewed": BEFORE}, "1"),
        ({"last_reviewed": SINCE}, "2"),
        ({"last_reviewed": BEFORE, "raised": AFTER}, "1"),
        ({"raised": BEFORE}, "1"),
        ({"raised": AFTER}, "2"),
        ({"last_reviewed": TO_COME, "raised": BEFORE}, "1"),
        ({"last_reviewed": TO_COME}, "2"),
        ({}, "2"),
    ],
)
def test_what_is_seen_for_the_first_time_has_the_version_of_the_day_it_was_rated(
    dates: dict[str, date], expected: str
) -> None:
    assert version(risk(**dates)) == expected


def test_the_day_on_which_the_item_was_made_counts_where_staff_wrote_none() -> None:
    assert version(replace(risk(), created=BEFORE)) == "1"
    assert version(replace(risk(raised=AFTER), created=BEFORE)) == "2"


def test_a_version_to_come_rates_nothing_yet() -> None:
    assert version(risk(), today=BEFORE) == "1"
    assert version(risk(raised=AFTER), today=BEFORE) == "1"


def test_what_is_older_than_every_version_has_the_first() -> None:
    dated = (replace(OLD, since=date(2020, 1, 1)), NEW)
    assert version_for(risk(raised=date(2019, 1, 1)), dated, None, TODAY) is dated[0]


@pytest.mark.parametrize(
    ("dates", "history", "expected"),
    [
        ({}, kept("1"), "1"),
        ({"last_reviewed": BEFORE}, kept("1"), "1"),
        ({"last_reviewed": SINCE}, kept("1"), "2"),
        ({"last_reviewed": TO_COME}, kept("1"), "1"),
        ({"raised": AFTER}, kept("1"), "1"),
        ({"last_reviewed": BEFORE}, kept("2"), "2"),
        ({"last_reviewed": BEFORE}, kept("1", rating=Scores(1, 1)), "2"),
        ({"last_reviewed": BEFORE}, kept("1", rating=None), "2"),
        ({"last_reviewed": BEFORE}, kept("2", matrix="5x5-2026"), "1"),
        ({"last_reviewed": BEFORE}, kept("2", matrix=None), "1"),
        ({"last_reviewed": BEFORE}, kept("0.9"), "1"),
        ({"last_reviewed": BEFORE}, kept(None), "1"),
    ],
)
def test_a_new_version_rewrites_no_rating_until_it_changes_or_is_reviewed(
    dates: dict[str, date], history: History, expected: str
) -> None:
    assert version(risk(**dates), history) == expected


@pytest.mark.parametrize(
    ("said", "expected"), [("1", "1"), (" 2 ", "2"), ("1.0", "1"), ("2.0", "2"), ("3", "2"), ("", "2")]
)
def test_the_version_that_the_list_names_comes_first(said: str, expected: str) -> None:
    assert version(risk(matrix_version=said, last_reviewed=AFTER), kept("2")) == expected


def test_a_version_is_told_from_another_by_its_whole_name_first() -> None:
    both = (OLD, replace(NEW, version="1.0"))
    assert version_for(risk(matrix_version="1.0"), both, None, BEFORE) is both[1]
    assert version_for(risk(matrix_version="1"), both, None, TODAY) is both[0]


def test_a_revision_leaves_the_bands_of_old_ratings_as_they_were() -> None:
    old, since_then = risk(last_reviewed=BEFORE), risk(last_reviewed=AFTER)
    before = rate(old, RISKS, Policies(matrices={"ours": (OLD,)}), None, TODAY)
    assert rate(old, RISKS, POLICIES, kept("1"), TODAY) == before == Rated(band=_M, matrix="ours", version="1")
    assert rate(since_then, RISKS, POLICIES, kept("1"), TODAY) == Rated(band=_H, matrix="ours", version="2")


def test_inherent_and_target_go_by_the_version_of_the_current_rating() -> None:
    fields = {
        f"{stage}_{side}": side[0].upper() for stage in ("inherent", "target") for side in ("likelihood", "impact")
    }
    both = source("risks", Kind.RISK, matrix="ours", fields={**fields, "likelihood": "L", "impact": "I"})
    scored = risk(inherent_likelihood=2, inherent_impact=2, target_likelihood=1, target_impact=1, last_reviewed=BEFORE)
    assert rate(scored, both, POLICIES, None, TODAY) == Rated(
        band=_M, inherent_band=_H, target_band=_L, matrix="ours", version="1"
    )
    blank = rate(risk(last_reviewed=AFTER), both, POLICIES, None, TODAY)
    assert (blank.inherent_band, blank.target_band) == (Band.NOT_ASSESSED, Band.NOT_ASSESSED)


def test_scores_from_one_cell_have_bands_without_columns_of_their_own() -> None:
    one_cell = source("risks", Kind.RISK, matrix="ours", fields={"rating": "R"})
    rated = rate(risk(inherent_likelihood=2, inherent_impact=2), one_cell, POLICIES, None, BEFORE)
    assert (rated.band, rated.inherent_band, rated.target_band) == (_M, _H, None)


@pytest.mark.parametrize("scores", [(None, None), (None, 2), (2, None)])
def test_what_was_not_assessed_is_never_low(scores: tuple[int | None, int | None]) -> None:
    likelihood, impact = scores
    blank = risk(likelihood=likelihood, impact=impact, band=Band.LOW)
    assert rate(blank, RISKS, POLICIES, None, TODAY).band is Band.NOT_ASSESSED


def test_a_list_without_scores_is_taken_at_its_own_word() -> None:
    worded = source("risks", Kind.RISK, fields={"band": "Severity"})
    said = risk(likelihood=None, impact=None, band=_H)
    assert rate(said, worded, POLICIES, None, TODAY) == Rated(band=_H)
    assert rate(risk(likelihood=None, impact=None), worded, POLICIES, None, TODAY) == Rated(band=Band.NOT_ASSESSED)


def test_only_risks_are_rated() -> None:
    project = record()
    assert rate(project, source(), Policies(), None, TODAY) == Rated()
    assert version_for(project, (OLD, NEW), None, TODAY) is NEW
    assert cell_disagreement(project, Rated(), OLD) is None
    assert not is_worse_after_mitigation(project, Rated(), OLD)


def test_the_default_matrix_needs_no_line_in_the_file_and_gives_way_to_one() -> None:
    own = replace(DEFAULT_MATRIX, version="ours")
    assert matrix_of(None, Policies()) == matrix_of("5x5-2026", Policies()) == (DEFAULT_MATRIX,)
    assert matrix_of(None, Policies(matrices={"5x5-2026": (own,)})) == (own,)
    with pytest.raises(KeyError):
        matrix_of("theirs", Policies())


def test_a_version_is_found_by_its_name() -> None:
    assert matrix_in("ours", "1", POLICIES) is OLD
    assert matrix_in("ours", "3", POLICIES) is None
    assert matrix_in(None, None, POLICIES) is None


def test_a_list_is_read_by_the_words_of_every_version() -> None:
    words = scale(current_matrix("ours", POLICIES).likelihood)
    assert [words.meaning(word) for word in ("Low", "Seldom", "High", "H", "Often")] == [1, 1, 2, 2, 2]
    assert current_matrix("ours", POLICIES).likelihood[1] == Step(words=("Often", "High", "H"))
    assert current_matrix(None, POLICIES) == DEFAULT_MATRIX


APPETITE = {"Cyber security": Band.LOW, "Delivery": Band.HIGH}


@pytest.mark.parametrize(
    ("category", "severity", "expected"),
    [
        ("Cyber security", Band.LOW, False),
        ("Cyber security", Band.MEDIUM, True),
        (" CYBER  Security ", Band.MEDIUM, True),
        ("Delivery", Band.HIGH, False),
        ("Delivery", Band.VERY_HIGH, True),
        ("Finance", Band.VERY_HIGH, False),
        (None, Band.VERY_HIGH, False),
        ("Cyber security", Band.NOT_ASSESSED, False),
    ],
)
def test_a_risk_is_above_appetite_where_it_is_worse_than_its_category_allows(
    category: str | None, severity: Band, expected: bool
) -> None:
    assert above_appetite(category, severity, APPETITE) is expected


RANKED = matrix_presets()["ranked-25"].versions[0]
PER_CENT = matrix_presets()["project-online"].versions[0]


@pytest.mark.parametrize(
    ("fields", "matrix", "said"),
    [
        ({}, OLD, None),
        ({"score": 2.0}, OLD, None),
        ({"score": 2.004}, OLD, None),
        ({"score": 3.0}, OLD, "Score is 3; its cell (likelihood 2, impact 1) has 2"),
        ({"score": 2.5}, OLD, "Score is 2.5; its cell (likelihood 2, impact 1) has 2"),
        ({"score": 0.0}, OLD, None),
        ({"band": _M}, OLD, None),
        ({"band": _V}, OLD, "Rating is very high; its cell (likelihood 2, impact 1) is medium"),
        ({"band": Band.NOT_ASSESSED}, OLD, None),
        ({"score": 2.0}, RANKED, None),
        ({"score": 20.0}, RANKED, "Score is 20; its cell (likelihood 2, impact 1) has 2"),
        ({"score": 1.4}, PER_CENT, None),
        ({"likelihood": None, "band": _H}, OLD, "Rating is high, but likelihood or impact is not assessed"),
        ({"impact": None, "score": 12.0}, OLD, "Score is 12, but likelihood or impact is not assessed"),
        ({"impact": None}, OLD, None),
        ({"matrix_version": "1.0"}, OLD, None),
        ({"matrix_version": "7"}, OLD, "Matrix version '7' is no version of matrix 'ours'; it was rated with '1'"),
        ({"band": _V}, None, None),
    ],
)
def test_a_list_that_says_otherwise_of_its_cell_is_told_of(
    fields: dict[str, Any], matrix: Matrix | None, said: str | None
) -> None:
    of = risk(**fields)
    rated = rate(of, replace(RISKS, matrix="it"), Policies(matrices={"it": (matrix or OLD,)}), None, TODAY)
    assert cell_disagreement(of, rated, matrix) == said


def worse(matrix: Matrix = DEFAULT_MATRIX, **fields: Any) -> bool:
    of = record(kind=Kind.RISK, **fields)
    stages = ("inherent_likelihood", "inherent_impact", "likelihood", "impact", "target_likelihood", "target_impact")
    mapping = source("risks", Kind.RISK, matrix="it", fields={name: name for name in stages})
    return is_worse_after_mitigation(of, rate(of, mapping, Policies(matrices={"it": (matrix,)}), None, TODAY), matrix)


def staged(**pairs: tuple[int | None, int | None]) -> dict[str, Any]:
    before = {"inherent": "inherent_", "current": "", "target": "target_"}
    return {
        f"{before[stage]}{name}": number
        for stage, pair in pairs.items()
        for name, number in zip(("likelihood", "impact"), pair, strict=True)
    }


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (staged(inherent=(4, 4), current=(3, 4)), False),
        (staged(inherent=(3, 4), current=(3, 4)), False),
        (staged(inherent=(3, 3), current=(4, 4)), True),
        (staged(inherent=(3, 2), current=(3, 3)), True),
        (staged(inherent=(4, 2), current=(1, 5)), True),
        (staged(inherent=(1, 5), current=(2, 4)), False),
        (staged(current=(2, 2), target=(3, 3)), True),
        (staged(current=(3, 3), target=(2, 2)), False),
        (staged(inherent=(4, 4), current=(2, 2), target=(3, 3)), True),
        (staged(inherent=(1, 1), target=(5, 5)), False),
        (staged(inherent=(None, 1), current=(5, 5)), False),
        (staged(inherent=(1, 1), current=(5, None)), False),
        (staged(inherent=(3, 3), current=(4, 4)) | {"nature": Nature.OPPORTUNITY}, False),
    ],
)
def test_a_threat_that_stands_worse_after_mitigation_is_noticed(fields: dict[str, Any], expected: bool) -> None:
    assert worse(**fields) is expected


def test_what_no_matrix_rated_is_not_compared() -> None:
    of = record(kind=Kind.RISK, **staged(inherent=(1, 1), current=(5, 5)))
    assert not is_worse_after_mitigation(of, Rated(), None)


RATED = source(
    "risks",
    Kind.RISK,
    matrix="letters",
    fields={"rating": "R", "likelihood": "L", "impact": "I", "inherent_likelihood": "G"},
)


def read(mapping: SourceMapping = RATED, /, **cells: Any) -> tuple[Binding, Record]:
    columns = schema(*(column(name) for name in ("R", "L", "I", "G")))
    binding = bind(mapping, columns, None, matrix_presets()["5x5-letters"].versions[0])
    made = to_record(binding, row(**cells))
    assert made is not None
    return binding, made


def scores(of: Record) -> list[int | None]:
    names = ("inherent_likelihood", "inherent_impact", "likelihood", "impact", "target_likelihood", "target_impact")
    return [getattr(of.fields, name) for name in names]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"R": "D4"}, [None, None, 4, 4, None, None]),
        ({"R": "Before D3 After 3-1, target A1"}, [4, 3, 3, 1, 1, 1]),
        ({"R": "D4", "L": "2", "I": "3"}, [None, None, 2, 3, None, None]),
        ({"R": "D4", "L": "2"}, [None, None, 2, None, None, None]),
        ({"R": "Gross D4", "G": "2"}, [2, None, None, None, None, None]),
        ({"R": "D4", "L": "0"}, [None, None, 4, 4, None, None]),
        ({"R": "D4", "L": "perhaps"}, [None] * 6),
        ({"R": "not sure", "L": "B", "I": "2"}, [None, None, 2, 2, None, None]),
        ({"R": ""}, [None] * 6),
    ],
)
def test_one_cell_fills_the_pairs_that_have_nothing_of_their_own(
    cells: dict[str, str], expected: list[int | None]
) -> None:
    assert scores(read(**cells)[1]) == expected


def test_a_score_in_letters_is_read_by_the_matrix_of_its_source() -> None:
    assert scores(read(L="E", I="Severe")[1])[2:4] == [5, 5]
    assert [problem.mend for problem in read(L="F")[1].problems] == ["L 'F' is not a known value"]


def test_a_cell_of_scores_is_remembered_like_any_other() -> None:
    def digest(**cells: str) -> str | None:
        binding, made = read(**cells)
        return known_rows(binding, [made], [])[0].fields_digest

    assert read(R="D4")[1].fields.rating == Rating(current=Scores(4, 4))  # type: ignore[union-attr]
    assert digest(R="D4") == digest(R="4x4") != digest(R="D3")
    assert Rating().current is UNRATED


def test_a_constant_word_is_read_by_the_matrix_of_its_source() -> None:
    constant = source("risks", Kind.RISK, fields={"likelihood": mapped("L")}, constants={"impact": "Severe"})
    assert scores(read(constant, L="D")[1])[2:4] == [4, 5]
