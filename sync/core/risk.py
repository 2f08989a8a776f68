"""How severe a risk is: the band of a cell in a named, versioned matrix, never a product worked out on the way."""

from dataclasses import dataclass
from datetime import date

from sync.core.model import Band

LIKELIHOOD_WORDS: dict[str, int] = {"Rare": 1, "Unlikely": 2, "Possible": 3, "Likely": 4, "Almost certain": 5}
IMPACT_WORDS: dict[str, int] = {"Insignificant": 1, "Minor": 2, "Moderate": 3, "Major": 4, "Severe": 5}
"""The steps of the default matrix's two scales."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a scale: the words and letters for it, and the number from which on it is this one where a list
    holds a measure (per cent, pounds) and not a step. `per_cent`: that number is a share of one, 0.7 being 70 %."""

    words: tuple[str, ...] = ()
    at_least: float | None = None
    per_cent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Bands by cell: `rows[likelihood - 1][impact - 1]`; `scores` alike, the number each cell goes by, a product where
    it is empty.

    `since`: the day from which ratings are made with this version; None for the first.
    """

    name: str
    version: str
    likelihood: tuple[Step, ...]
    impact: tuple[Step, ...]
    rows: tuple[tuple[Band, ...], ...]
    scores: tuple[tuple[float, ...], ...] = ()
    since: date | None = None


_L, _M, _H, _V = Band.LOW, Band.MEDIUM, Band.HIGH, Band.VERY_HIGH

DEFAULT_MATRIX = Matrix(
    name="5x5-2026",
    version="1",
    likelihood=tuple(Step(words=(word,)) for word in LIKELIHOOD_WORDS),
    impact=tuple(Step(words=(word,)) for word in IMPACT_WORDS),
    rows=(
        # Insignificant, Minor, Moderate, Major, Severe
        (_L, _L, _L, _L, _H),  # Rare: a severe blow is high however rare
        (_L, _L, _M, _M, _H),  # Unlikely
        (_L, _M, _M, _H, _H),  # Possible
        (_L, _M, _H, _V, _V),  # Likely
        (_M, _H, _H, _V, _V),  # Almost certain
    ),
)


def band(likelihood: int | None, impact: int | None, matrix: Matrix = DEFAULT_MATRIX) -> Band:
    """The band of that cell; not assessed where a score is missing or is no step of the matrix, never the lowest."""
    if likelihood is None or impact is None or likelihood < 1 or impact < 1:
        return Band.NOT_ASSESSED
    try:
        return matrix.rows[likelihood - 1][impact - 1]
    except IndexError:
        return Band.NOT_ASSESSED


def score(likelihood: int | None, impact: int | None, matrix: Matrix = DEFAULT_MATRIX) -> float | None:
    """The number that the cell goes by: the matrix's own, else the product. None where `band` is not assessed."""
    if likelihood is None or impact is None or band(likelihood, impact, matrix) is Band.NOT_ASSESSED:
        return None
    return matrix.scores[likelihood - 1][impact - 1] if matrix.scores else likelihood * impact
