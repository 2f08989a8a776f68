"""One list in memory, as anybody may change it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sync.core.columns import Cell, Column
from sync.core.ownership import WriteMode
from sync.core.provisioning.shape import ListTerms

OURSELVES = 1
"""The user id of edits that the store itself makes."""
START = datetime(2026, 1, 1, tzinfo=UTC)


def always_the_start() -> datetime:
    """A clock that stands."""
    return START


@dataclass(frozen=True, slots=True)
class MemoryItem:
    """An item as it is until the next change, which puts another in its place: so copies of a list may share it.

    `label` is the number of the version that people see, `before` the item as it was at the version before.
    """

    cells: dict[str, Cell]
    etag: int = 1
    label: int = 1
    modified: datetime = START
    editor_id: int = 2
    before: "MemoryItem | None" = None
    created: datetime = START

    def edited(self, cells: Mapping[str, Cell], at: datetime, editor_id: int, *, versioned: bool) -> "MemoryItem":
        label, before = (self.label + 1, self) if versioned else (self.label, None)
        return MemoryItem({**self.cells, **cells}, self.etag + 1, label, at, editor_id, before, self.created)

    def quietly(self, cells: Mapping[str, Cell]) -> "MemoryItem":
        return replace(self, cells={**self.cells, **cells}, etag=self.etag + 1)

    def versions(self) -> Iterator["MemoryItem"]:
        """This one and those before it."""
        held: MemoryItem | None = self
        while held is not None:
            yield held
            held = held.before


@dataclass(slots=True)
class MemoryList:
    """A list as anyone may change it. `log` has the number of an item for every change to one; of the first
    `forgotten` changes it tells nothing any more. `recycled` holds the items that were deleted."""

    title: str
    columns: tuple[Column, ...]
    guid: str
    url: str
    zone: str | None
    versioned: bool = True
    terms: ListTerms = field(default_factory=ListTerms)
    items: dict[int, MemoryItem] = field(default_factory=dict)
    last_id: int = 0
    recycled: dict[int, MemoryItem] = field(default_factory=dict)
    log: list[int] = field(default_factory=list)
    forgotten: int = 0
    now: Callable[[], datetime] = always_the_start

    @property
    def token(self) -> str:
        """Where the change log stands."""
        return f"{self.guid};{len(self.log)}"

    def add(self, **cells: Cell) -> int:
        self.last_id += 1
        self._put(self.last_id, MemoryItem(dict(cells), modified=self.now(), created=self.now()))
        return self.last_id

    def edit(self, item_id: int, *, editor_id: int = 2, at: datetime | None = None, **cells: Cell) -> None:
        """What a colleague does in the browser."""
        made = self.items[item_id].edited(cells, at or self.now(), editor_id, versioned=self.versioned)
        self._put(item_id, made)

    def delete(self, item_id: int) -> None:
        """Into the recycle bin."""
        self.recycled[item_id] = self.items.pop(item_id)
        self.log.append(item_id)

    def restore(self, item_id: int) -> None:
        """Out of the recycle bin, as it was and under its own number."""
        self._put(item_id, self.recycled.pop(item_id))

    def touch(self, item_id: int) -> None:
        """What leaves an entry in the change log and nothing else."""
        self.log.append(item_id)

    def write(self, item_id: int, cells: Mapping[str, Cell], mode: WriteMode) -> MemoryItem:
        """What a write of ours leaves behind."""
        held = self.items[item_id]
        if mode is WriteMode.VERSIONED:
            made = held.edited(cells, self.now(), OURSELVES, versioned=self.versioned)
        else:
            made = held.quietly(cells)
        return self._put(item_id, made)

    def forget_changes(self) -> None:
        """From here on the change log no longer reaches back beyond now."""
        self.forgotten = len(self.log)

    def changed_since(self, token: str) -> frozenset[int] | None:
        """None where the token is another list's, or older than the log."""
        guid, _, place = token.rpartition(";")
        known = guid == self.guid and place.isdecimal() and self.forgotten <= int(place) <= len(self.log)
        return frozenset(self.log[int(place) :]) if known else None

    def copy(self) -> "MemoryList":
        """The same list again, on which nothing that happens to this one has any effect."""
        return replace(self, items=self.items.copy(), recycled=self.recycled.copy(), log=self.log.copy())

    def _put(self, item_id: int, item: MemoryItem) -> MemoryItem:
        self.items[item_id] = item
        self.log.append(item_id)
        return item
