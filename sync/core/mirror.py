"""What is kept of a list so that it need not be read again, and when it has to be all the same.

The service forgets changes without a word after some time, lists are replaced, and a token can be lost. So nothing is
concluded from what was kept unless everything that can be seen from outside agrees with it:

| what is seen                                          | what is done                            |
|-------------------------------------------------------|-----------------------------------------|
| its mark, and those of the lists that it looks into   | nothing is read                         |
|   are those that were kept                            |                                         |
| another mark                                          | what changed is read, or the whole list |
| nothing was kept, or of another list                  | the whole list                          |
| the mapping, or a column that it reads, is another    | the whole list                          |
| the host tells no mark                                | the whole list                          |
| a list that it looks into has another mark            | the whole list: what it shows of it     |
|                                                       |   changes without a change of its own   |
| another number of items than the changes account for  | the whole list                          |
| the change log does not answer for the place          | the whole list                          |
| a week since the whole list was read                  | the whole list, and its columns         |
| a person asks for it                                  | the whole list, and its columns         |
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sync.core.columns import Column, ListHead, ListSchema
from sync.core.dates import plain

WEEK = timedelta(days=7)
ASKING_UNITS = 2
"""What asking a change log costs, in resource units."""


class Way(StrEnum):
    """How a source came to be known in a run."""

    UNCHANGED = "unchanged"
    CHANGES = "changes"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Route:
    """The way, and why it was taken: one clause for a person."""

    way: Way
    why: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the sources of one list need of it: columns by internal name, and the digest of their mappings."""

    columns: tuple[str, ...]
    mapping: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """What is kept of a list beside its rows, as of the `mark`.

    `rows`: how many are kept; `others`: what the list counts among its items and is none, such as folders. `since`: a
    place in the change log before anything that the rows may lack. `looked_into`: the marks of the lists whose items
    its lookups show, by GUID. `described`, `read_whole`: when, aware UTC.
    """

    schema: ListSchema
    wanted: Wanted
    mark: str
    since: str | None
    shape: str | None
    rows: int
    others: int
    looked_into: Mapping[str, str | None]
    described: datetime
    read_whole: datetime

    @property
    def place(self) -> tuple[str, str]:
        """The host and GUID of the list."""
        return self.schema.host, self.schema.list_guid

    @property
    def item_count(self) -> int:
        """How many items the list says it holds while it is as it was kept."""
        return self.rows + self.others


def is_described(kept: Mirrored, head: ListHead, now: datetime) -> bool:
    """Whether the list's columns and settings are known without asking."""
    return kept.shape is not None and kept.shape == head.shape and now - kept.described < WEEK


def looked_into(schema: ListSchema, columns: Iterable[str], marks: Mapping[str, str | None]) -> dict[str, str | None]:
    """The marks of the other lists whose items these columns show."""
    wanted = frozenset(columns)
    others = {column.lookup_list for column in schema.columns if column.name in wanted and column.lookup_list}
    return {guid: marks.get(guid) for guid in sorted(others - {schema.list_guid})}


def whole_for(
    kept: Mirrored | None, head: ListHead, wanted: Wanted, marks: Mapping[str, str | None], now: datetime
) -> str | None:
    """Why the whole list has to be read whatever happened in it; None where what was kept will do. `marks`: those of
    every list of the site, by GUID."""
    if kept is None:
        return "it was not read before"
    if head.mark is None:
        return "its host does not tell whether anything happened in it"
    if kept.wanted.mapping != wanted.mapping or not set(wanted.columns) <= set(kept.wanted.columns):
        return "its mapping or its columns are others than when it was read last"
    if now - kept.read_whole >= WEEK:
        return f"it was read as a whole last on {plain(kept.read_whole.date())}, and is once a week"
    if any(mark is None or mark != marks.get(guid) for guid, mark in kept.looked_into.items()):
        return "a list that it looks into has changed"
    if kept.mark == head.mark and kept.item_count != head.item_count:
        return f"it holds {head.item_count} items, and {kept.item_count} were kept"
    return None


def is_unchanged(kept: Mirrored, head: ListHead) -> bool:
    """Whether nothing happened to any item since."""
    return kept.mark == head.mark


def cheaper_whole(units: int, changed: int | None = None) -> bool:
    """Whether a list that takes so many resource units to read costs no more as a whole than what `changed` in it.
    Before it is known what did, that is at least one item, and asking costs as well."""
    return units <= (ASKING_UNITS + 1 if changed is None else changed)


def account_differs(told: Mirrored, item_count: int) -> str | None:
    """Why the whole list has to be read after its changes were: it holds another number of items than they explain."""
    if told.item_count == item_count:
        return None
    return f"it holds {item_count} items, and by its change log {told.item_count}"


def same_columns(then: ListSchema, now: ListSchema, names: Iterable[str]) -> bool:
    """Whether what these columns hold still means what it meant when it was read."""
    wanted = frozenset(names)
    before, after = ({c.name: c for c in schema.columns if c.name in wanted} for schema in (then, now))
    return then.zone == now.zone and all(
        name in before and name in after and _is_read_alike(before[name], after[name]) for name in wanted
    )


def _is_read_alike(then: Column, now: Column) -> bool:
    return (then.type, then.lookup_list, then.meaning) == (now.type, now.lookup_list, now.meaning)
