"""The service's own lists in memory, as `provision` makes them, and what is written into them: for tests of runs."""

from collections.abc import Callable, Sequence

from connectors.memory import MemoryStore
from connectors.memory_admin import MemoryAdmin
from connectors.memory_list import MemoryList
from sync.core.columns import Cell
from sync.core.policy import Labels
from sync.core.provisioning.own_lists import rollup_list, status_list
from sync.engine.admin import OwnWrite
from sync.engine.ports import Applied, Outcome, Permit, unconditionally

ROLLUP, STATUS = "Portfolio roll-up", "Portfolio Sync status"


class WatchedAdmin(MemoryAdmin):
    """`written` has the list's title, the item and the cells of every write; `before_write` may do what it likes,
    and where `answer` has one for a row, that is what becomes of it."""

    def __init__(self, store: MemoryStore, site: str) -> None:
        super().__init__(store)
        self.site = site
        self.written: list[tuple[str, int, dict[str, Cell]]] = []
        self.before_write: Callable[[], None] = unconditionally
        self.answer: Callable[[OwnWrite], Outcome | None] = lambda _: None
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

    def write_items(
        self, site: str, guid: str, writes: Sequence[OwnWrite], permit: Permit = unconditionally
    ) -> Sequence[Outcome]:
        self.before_write()
        return super().write_items(site, guid, writes, permit)

    def _written(self, found: MemoryList, write: OwnWrite) -> Outcome:
        outcome = self.answer(write) or super()._written(found, write)
        if isinstance(outcome, Applied):
            self.written.append((found.title, write.item_id or max(found.items), dict(write.cells)))
        return outcome


def the_item(kept: MemoryList, **wanted: Cell) -> dict[str, Cell]:
    """The cells of the one item that has these."""
    (found,) = [item.cells for item in kept.items.values() if wanted.items() <= item.cells.items()]
    return found
