"""The bands of a matrix's cells as the portfolio file writes them, and what is wrong with them.

cells: [[low, low, high], [low, medium, high]]               # a row for each likelihood, the lowest first
product: {medium: 5, high: 10, very_high: 16}                # by likelihood x impact: from which number on
ranks: [[1, 3, 5], [2, 4, 6]]                                # a number for each cell, and from which on a band begins
bands: {medium: 3, high: 5}
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeVar

from config.lint import Complaint, Location
from config.names import quoted, suggest
from sync.core.model import Band
from sync.core.text import amount, counted

BANDS: tuple[Band, ...] = (Band.LOW, Band.MEDIUM, Band.HIGH, Band.VERY_HIGH)
"""What a cell may be, the least severe first."""
_SEVERITY = {band: place for place, band in enumerate(BANDS)}
_NAMES = tuple(band.value for band in BANDS)
_LINES = {"likelihood": "row", "impact": "column"}

Rows = tuple[tuple[Band, ...], ...]
Numbers = tuple[tuple[float, ...], ...]
_Cell = TypeVar("_Cell")


def read_cells(
    written: Mapping[str, Any], size: tuple[int, int], where: Location, found: list[Complaint]
) -> tuple[Rows, Numbers] | None:
    """The band of every cell, by likelihood and then impact, and the numbers that cells go by where these are no
    products. None where something is wrong. `size`: the steps of likelihood and of impact."""
    ways = [key for key in ("cells", "product", "ranks") if key in written]
    if len(ways) != 1 or ("bands" in written) is not ("ranks" in written):
        text = "a matrix says its bands in one way: by 'cells', by 'product', or by 'ranks' together with 'bands'"
        found.append(Complaint(where, text))
        return None
    numbers: Numbers = ()
    if "cells" in written:
        rows = _grid(written["cells"], size, (*where, "cells"), found, _band)
    elif "product" in written:
        products = tuple(tuple(float(one * two) for two in range(1, size[1] + 1)) for one in range(1, size[0] + 1))
        rows = _banded(products, written["product"], (*where, "product"), found)
    else:
        ranks = _grid(written["ranks"], size, (*where, "ranks"), found, _number)
        rows = _banded(ranks, written["bands"], (*where, "bands"), found)
        numbers = ranks or ()
    if rows is None or _turned(rows, (*where, ways[0]), found):
        return None
    return rows, numbers


def _grid(
    entry: Any,
    size: tuple[int, int],
    where: Location,
    found: list[Complaint],
    read: Callable[[Any, Location, list[Complaint]], _Cell | None],
) -> tuple[tuple[_Cell, ...], ...] | None:
    """A list of rows with one cell for every step of impact."""
    key, (likelihood, impact) = where[-1], size
    if not isinstance(entry, list) or not all(isinstance(row, list) for row in entry):
        text = f"'{key}' must be a list of rows, one for each step of likelihood with the lowest first"
        found.append(Complaint(where, text))
        return None
    if len(entry) != likelihood:
        text = f"'{key}' has {counted(len(entry), 'row')}, and likelihood has {likelihood} steps"
        found.append(Complaint(where, text))
        return None
    so_far = len(found)
    rows = []
    for place, row in enumerate(entry):
        if len(row) != impact:
            text = f"row {place + 1} of '{key}' has {counted(len(row), 'cell')}, and impact has {impact} steps"
            found.append(Complaint((*where, place), text))
        rows.append(tuple(read(cell, (*where, place, column), found) for column, cell in enumerate(row)))
    if len(found) > so_far:
        return None
    return tuple(tuple(cell for cell in row if cell is not None) for row in rows)


def _band(entry: Any, where: Location, found: list[Complaint]) -> Band | None:
    if isinstance(entry, str) and entry.strip() in _NAMES:
        return Band(entry.strip())
    found.append(Complaint(where, f"{quoted(entry)} is not a band{suggest(str(entry), _NAMES)}"))
    return None


def _number(entry: Any, where: Location, found: list[Complaint]) -> float | None:
    number = amount(entry.strip()) if isinstance(entry, str) else None
    if number is None or number < 0:
        found.append(Complaint(where, f"{quoted(entry)} is not a number"))
        return None
    return number


def _banded(numbers: Numbers | None, entry: Any, where: Location, found: list[Complaint]) -> Rows | None:
    """Bands by the number from which on each begins; what is below all of them is low."""
    limits = _limits(entry, where, found)
    if numbers is None or limits is None:
        return None
    highest = max(max(row) for row in numbers)
    for band, limit in limits:
        if limit > highest:
            text = f"no cell is {band}: the highest number is {highest:g}, and '{band}' begins at {limit:g}"
            found.append(Complaint((*where, band.value), text))
    return tuple(tuple(_reached(number, limits) for number in row) for row in numbers)


def _reached(number: float, limits: Sequence[tuple[Band, float]]) -> Band:
    return next((band for band, limit in reversed(limits) if number >= limit), Band.LOW)


def _limits(entry: Any, where: Location, found: list[Complaint]) -> list[tuple[Band, float]] | None:
    """The bands that are named, the least severe first, each with the number from which on it begins."""
    if not isinstance(entry, dict) or not entry:
        text = f"'{where[-1]}' must say from which number on a band begins, such as {{medium: 5, high: 10}}"
        found.append(Complaint(where, text))
        return None
    so_far = len(found)
    limits: dict[Band, float] = {}
    for name, said in entry.items():
        band, number = _band(name, (*where, name), found), _number(said, (*where, name), found)
        if band is not None and number is not None:
            limits[band] = number
    ordered = sorted(limits.items(), key=lambda limit: _SEVERITY[limit[0]])
    for (lesser, begins), (worse, then) in pairwise(ordered):
        if then <= begins:
            text = f"'{worse}' must begin above '{lesser}', which begins at {begins:g}"
            found.append(Complaint((*where, worse.value), text))
    return ordered if len(found) == so_far else None


def _turned(rows: Rows, where: Location, found: list[Complaint]) -> bool:
    """Whether the severity falls from one end of a side to the other, as it does where rows were copied from a picture
    with the highest likelihood on top. A dip on the way is the council's own affair."""
    (first, *_, last) = rows
    sides = [
        ("likelihood", [(first[0], last[0]), (first[-1], last[-1])]),
        ("impact", [(first[0], first[-1]), (last[0], last[-1])]),
    ]
    for side, ends in sides:
        if any(_SEVERITY[low] > _SEVERITY[high] for low, high in ends):
            text = f"the severity falls as {side} rises: the first {_LINES[side]} is of the lowest {side}"
            found.append(Complaint(where, text))
            return True
    return False
