"""The service's own lists in memory, as `provision` makes them, and what is written into them: for tests of runs."""

from collections.abc import Callable, Mapping

from connectors.memory import MemoryStore
from connectors.memory_admin import MemoryAdmin
from connectors.memory_list import MemoryList
from sync.core.columns import Cell
from sync.core.policy import Labels
from sync.core.provisioning.own_lists import rollup_list, status_list
from sync.engine.ports import Applied, Permit, Raced, unconditionally

ROLLUP, STATUS = "Portfolio roll-up", "Portfolio Sync status"


class WatchedAdmin(MemoryAdmin):
    """`written` has the list's title, the item and the cells of every write; `before_write` may do what it likes."""

    def __init__(self, store: MemoryStore, site: str) -> None:
        super().__init__(store)
        self.site = site
        self.written: list[tuple[str, int, dict[str, Cell]]] = []
        self.before_write: Callable[[], None] = unconditionally
        for shape in (rollup_list(ROLLUP, Labels(), restricted=False), status_list(STATUS)):
            guid = self.add_list(site, shape)
            for column in shape.columns:
                self.add_column(site, guid, column)

    @property
    def rollup(self) -> MemoryList:
        return self.store.list_at(self.site, ROLLUP)

    @property
    def status(self) -> MemoryList:
        return self.store.list_at(self.site, STATUS)

    def add_item(self, site: str, guid: str, cells: Mapping[str, Cell], permit: Permit = unconditionally) -> int:
        self.before_write()
        number = super().add_item(site, guid, cells, permit)
        self._wrote(guid, number, cells)
        return number

    def change_item(
        self,
        site: str,
        guid: str,
        item_id: int,
        cells: Mapping[str, Cell],
        permit: Permit = unconditionally,
        version: str | None = None,
    ) -> Applied | Raced:
        self.before_write()
        outcome = super().change_item(site, guid, item_id, cells, permit, version)
        if isinstance(outcome, Applied):
            self._wrote(guid, item_id, cells)
        return outcome

    def _wrote(self, guid: str, number: int, cells: Mapping[str, Cell]) -> None:
        title = next(each.title for each in (self.rollup, self.status) if each.guid == guid)
        self.written.append((title, number, dict(cells)))


def the_item(kept: MemoryList, **wanted: Cell) -> dict[str, Cell]:
    """The cells of the one item that has these."""
    (found,) = [item.cells for item in kept.items.values() if wanted.items() <= item.cells.items()]
    return found
