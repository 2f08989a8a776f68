"""What the first writes into a list have moved beside the columns that are ours: two readings of the same items.

| column                                       | quiet mode | versioned mode |
|----------------------------------------------|------------|----------------|
| ours                                         | may move   | may move       |
| Modified, Modified By, the version's number  | must stay  | may move       |
| calculated from others                       | may move   | may move       |
| counters, and lookups that nobody can write  | may move   | may move       |
| of a type that is not read                   | not seen   | not seen       |
| every other                                  | must stay  | must stay      |

Calculated columns may show ours; counters and read-only lookups are SharePoint's own bookkeeping, such as the number
of an item's children.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sync.core.columns import Column, ColumnType, ListSchema, Row
from sync.core.ownership import WriteMode

_NOT_WATCHED = frozenset({ColumnType.CALCULATED, ColumnType.COUNTER, ColumnType.OTHER})
_LOOKUPS = frozenset({ColumnType.LOOKUP, ColumnType.LOOKUP_MULTI})
_OF_ROWS = frozenset({"Modified", "Editor"})
"""Every row says these by itself, whatever columns are read."""
_VERSION = "_UIVersionString"


@dataclass(frozen=True, slots=True)
class Photo:
    """Items at one moment, by number, with every column that is watched. Those that are gone are absent."""

    columns: tuple[Column, ...]
    rows: Mapping[int, Row]


def watched(schema: ListSchema, ours: Collection[str]) -> tuple[Column, ...]:
    """The columns that a write to `ours` (internal names) has to leave as they are."""
    return tuple(column for column in schema.columns if column.name not in ours and _says_something(column))


def moved(before: Photo, after: Photo, mode: WriteMode) -> tuple[str, ...]:
    """One sentence for each item that moved where it must not: its number and the columns' titles, no values."""
    return tuple(
        f"item {number}: {', '.join(titles)}"
        for number, row in sorted(before.rows.items())
        if (titles := tuple(_titles(before.columns, row, after.rows.get(number), mode)))
    )


def _titles(columns: tuple[Column, ...], before: Row, after: Row | None, mode: WriteMode) -> Iterator[str]:
    """What of an item moved, by the titles that staff know."""
    if after is None:
        yield "it no longer exists"
        return
    for column in columns:
        may_move = column.name == _VERSION and mode is WriteMode.VERSIONED
        if not may_move and before.cells.get(column.name) != after.cells.get(column.name):
            yield column.title
    if mode is WriteMode.VERSIONED:
        return
    if before.modified != after.modified:
        yield "Modified"
    if before.editor_id != after.editor_id:
        yield "Modified By"


def _says_something(column: Column) -> bool:
    own_bookkeeping = column.read_only and column.type in _LOOKUPS
    return column.type not in _NOT_WATCHED and not own_bookkeeping and column.name not in _OF_ROWS
