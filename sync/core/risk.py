"""How severe a risk is: the band of a cell in a named, versioned matrix, never a product worked out on the way."""

from dataclasses import dataclass

from sync.core.model import Band

LIKELIHOOD_WORDS: dict[str, int] = {"Rare": 1, "Unlikely": 2, "Possible": 3, "Likely": 4, "Almost certain": 5}
IMPACT_WORDS: dict[str, int] = {"Insignificant": 1, "Minor": 2, "Moderate": 3, "Major": 4, "Severe": 5}
"""The steps of the default matrix's two scales."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Bands by cell: `rows[likelihood - 1][impact - 1]`."""

    name: str
    rows: tuple[tuple[Band, ...], ...]


_L, _M, _H, _V = Band.LOW, Band.MEDIUM, Band.HIGH, Band.VERY_HIGH

DEFAULT_MATRIX = Matrix(
    "5x5-2026",
    (
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
