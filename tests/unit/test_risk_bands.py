"""A risk's band is that of its cell in the matrix; what was not assessed is never the lowest band."""

from itertools import product

import pytest

from sync.core.model import Band
from sync.core.risk import DEFAULT_MATRIX, IMPACT_WORDS, LIKELIHOOD_WORDS, Matrix, Step, band, score


def by_product(likelihood: int, impact: int) -> Band:
    """The rule of the default matrix as councils write it down."""
    score = likelihood * impact
    if (likelihood, impact) == (1, 5):
        return Band.HIGH
    return next(
        name for top, name in ((4, Band.LOW), (9, Band.MEDIUM), (15, Band.HIGH), (25, Band.VERY_HIGH)) if score <= top
    )


def test_all_25_cells_are_written_out_and_agree_with_the_product_but_for_rare_and_severe() -> None:
    cells = list(product(range(1, 6), repeat=2))
    assert {cell: band(*cell) for cell in cells} == {cell: by_product(*cell) for cell in cells}
    assert [len(row) for row in DEFAULT_MATRIX.rows] == [5] * 5
    assert DEFAULT_MATRIX.name == "5x5-2026"


@pytest.mark.parametrize(
    ("likelihood", "impact", "expected"),
    [
        ("Rare", "Severe", Band.HIGH),
        ("Almost certain", "Insignificant", Band.MEDIUM),
        ("Likely", "Major", Band.VERY_HIGH),
        ("Unlikely", "Minor", Band.LOW),
    ],
)
def test_the_words_of_the_two_scales_lead_to_a_cell(likelihood: str, impact: str, expected: Band) -> None:
    assert band(LIKELIHOOD_WORDS[likelihood], IMPACT_WORDS[impact]) is expected


def test_each_scale_has_five_steps() -> None:
    assert list(LIKELIHOOD_WORDS.values()) == list(IMPACT_WORDS.values()) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("scores", [(None, 5), (5, None), (None, None), (0, 5), (5, 0), (6, 1), (1, 6), (-1, 1)])
def test_a_score_that_is_missing_or_no_step_of_the_matrix_is_not_assessed(
    scores: tuple[int | None, int | None],
) -> None:
    assert band(*scores) is Band.NOT_ASSESSED


UPSIDE_DOWN = Matrix(
    name="test",
    version="1",
    likelihood=(Step(), Step()),
    impact=(Step(), Step()),
    rows=((Band.VERY_HIGH, Band.LOW), (Band.MEDIUM, Band.HIGH)),
    scores=((9, 1), (4, 5)),
)


def test_another_matrix_may_rank_its_cells_as_it_likes() -> None:
    assert band(1, 1, UPSIDE_DOWN) is Band.VERY_HIGH
    assert band(2, 1, UPSIDE_DOWN) is Band.MEDIUM
    assert band(3, 1, UPSIDE_DOWN) is Band.NOT_ASSESSED


@pytest.mark.parametrize(
    ("scores", "number"),
    [((4, 4), 16), ((1, 5), 5), ((None, 4), None), ((4, None), None), ((0, 4), None), ((6, 4), None)],
)
def test_a_cell_goes_by_its_product(scores: tuple[int | None, int | None], number: float | None) -> None:
    assert score(*scores) == number


@pytest.mark.parametrize(("scores", "number"), [((1, 1), 9), ((1, 2), 1), ((2, 2), 5), ((3, 1), None)])
def test_or_by_the_number_that_its_matrix_gives_it(scores: tuple[int, int], number: float | None) -> None:
    assert score(*scores, UPSIDE_DOWN) == number
