"""What making and keeping lists of the service's own needs from the world. Implementations live in `connectors`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sync.core.columns import Cell, ListSchema, Row
from sync.core.provisioning.shape import ColumnChange, ColumnShape, FoundList, ItemLock, ListShape, Rights, ViewShape
from sync.engine.ports import Outcome, Permit, unconditionally
from sync.engine.targets import ListAddress


@dataclass(frozen=True, slots=True)
class SitePlace:
    """A site by its server-relative path, and a list on it; None where the site itself is meant."""

    site: str
    list: ListAddress | None = None


@dataclass(frozen=True, slots=True)
class OwnWrite:
    """Cells for an item of a list of the service's own, by internal name: an ordinary edit, which the version history
    keeps. Without an item for a new one, which must not have the key of another; with a `version` only for the item
    that still has that one."""

    item_id: int | None
    cells: Mapping[str, Cell]
    version: str | None = None


class Wording(Protocol):
    """How a host keeps what shapes say in values, so that what is there can be compared with what should be."""

    def formatter(self, column: ColumnShape) -> str:
        """What formats the column; blank where nothing does."""

    def query(self, view: ViewShape) -> str:
        """What selects and orders the view's rows, in the form in which the host gives it back."""


class ListAdmin(Protocol):
    """Makes and changes columns, views and lists, and writes into the lists of the service's own. Every method raises a
    `SourceError` whose kind says what is wrong; AccessError names the one permission that is missing.

    Nothing here ever changes a value in a list of staff's. Each method is one change, or none where it was made before.
    """

    @property
    def wording(self) -> Wording:
        """How this host keeps formats and queries."""

    def find(self, place: SitePlace, *, columns_only: bool = False) -> FoundList | None:
        """The list with its columns, views and terms, and what we may do there; None where the site has no such list.
        `place.list` is given. `columns_only`: views and rights, which cost most, are not asked for, nor told."""

    def item_lock(self, site: str, found: FoundList) -> ItemLock | None:
        """What the list's retention label does to edits of its items; None where the host does not say, which may take
        rights that we do not have. Asked when a list is checked, not every night: it is a request of its own."""

    def rights(self, site: str) -> Rights:
        """What we may do at a site."""

    def add_list(self, site: str, shape: ListShape) -> str:
        """Makes a list with its settings, without columns and views of the shape; its GUID. One at that address that
        was begun and never used is made to its end: a run may be cut short before it is closed to who may not read it.
        """

    def remove_list(self, site: str, guid: str) -> None:
        """Into the site's recycle bin."""

    def add_column(self, site: str, guid: str, shape: ColumnShape) -> str:
        """Makes the column under exactly that internal name, shown in no view yet; its id."""

    def change_column(self, site: str, guid: str, name: str, change: ColumnChange) -> None:
        """Changes what the change names, and nothing else of the column."""

    def remove_column(self, site: str, guid: str, name: str) -> None:
        """Takes the column away, with what it holds; one that is gone already is no error."""

    def add_view(self, site: str, guid: str, shape: ViewShape) -> str:
        """Makes a view that everybody sees; its id."""

    def change_view(self, site: str, guid: str, view_id: str, shape: ViewShape) -> None:
        """Gives a view the columns, conditions and order of the shape."""

    def remove_view(self, site: str, guid: str, view_id: str) -> None:
        """Takes the view away; one that is gone already is no error."""

    def count_filled(self, site: str, guid: str, columns: Sequence[str]) -> Mapping[str, int]:
        """How many items hold anything in each of these columns; the list is read once for all of them."""

    def items(self, site: str, guid: str, columns: Sequence[str]) -> Mapping[int, Row]:
        """Every item of a list of the service's own."""

    def write_items(
        self, site: str, guid: str, writes: Sequence[OwnWrite], permit: Permit = unconditionally
    ) -> Sequence[Outcome]:
        """Adds and changes items of a list of the service's own, together; one outcome each, in order. What raises has
        written nothing, unless it is `permit` that does, which is asked before every request."""

    def schema(self, site: str, guid: str) -> ListSchema:
        """The list as it was found: with it, another run may `recall` it."""

    def recall(self, site: str, schema: ListSchema) -> bool:
        """Takes a list for what it was when it was found, so that it need not be found again. False, and nothing is
        taken for anything, where the schema says too little. Only of a list that is known not to have changed since."""
