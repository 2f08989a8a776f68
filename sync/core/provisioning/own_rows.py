"""Items of a list of the service's own: which one is whose, and which of its columns has to be written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sync.core.columns import Cell, Row
from sync.core.dates import shown, site_midnight
from sync.core.text import fold, tidy

KEY = "PSKey"
"""The column of either list that tells an item from every other."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """Cells to be written, by internal name: into that item, or into a new one where there is none."""

    item_id: int | None
    cells: Mapping[str, Cell]


def by_key(items: Mapping[int, Row]) -> dict[str, Row]:
    """The items by what tells them apart; of two that are alike the older one."""
    found: dict[str, Row] = {}
    for _, row in sorted(items.items()):
        found.setdefault(fold(words(row, KEY)), row)
    return found


def words(row: Row, column: str) -> str:
    """The text that an item holds there; empty where there is none."""
    cell = row.cells.get(column)
    return tidy(cell) if isinstance(cell, str) else ""


def differing(row: Row, wanted: Mapping[str, Cell]) -> dict[str, Cell]:
    """Those of the wanted cells that the item does not hold."""
    return {name: cell for name, cell in wanted.items() if not _same(row.cells.get(name), cell)}


def day_cell(day: date) -> Cell:
    """A day as a column without time holds it, on a site whose zone is not known to us."""
    return site_midnight(day, None)


def day_of(row: Row, column: str) -> date | None:
    """The day that an item shows there; None where there is none."""
    cell = row.cells.get(column)
    return shown(cell, None).day if isinstance(cell, datetime) else None


def _same(live: Cell, wanted: Cell) -> bool:
    return _plain(live) == _plain(wanted)


def _plain(cell: Cell) -> Cell:
    """Blank text is no text, and what a column makes of line ends and outer space is no difference."""
    return (tidy(cell) or None) if isinstance(cell, str) else cell
