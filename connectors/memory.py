"""Lists in memory that keep the promises of `ListStore`: for tests of what is built on them."""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sync.core.columns import Cell, Column, ColumnType, ListSchema, Row
from sync.core.ownership import WriteMode
from sync.core.run_report import Requests
from sync.engine.ports import Applied, Failed, Hop, ItemWrite, Outcome, Raced, Unknown
from sync.engine.targets import ListAddress, Source
from sync.errors import DefectError, NotFoundError, SchemaError, SourceError

OURSELVES = 1
"""The user id of edits that the store itself makes."""
_MULTI = frozenset({ColumnType.MULTI_CHOICE, ColumnType.LOOKUP_MULTI, ColumnType.PERSON_MULTI})
_START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class MemoryItem:
    cells: dict[str, Cell]
    etag: int = 1
    label: int = 1
    modified: datetime = _START
    editor_id: int = 2


@dataclass(slots=True)
class MemoryList:
    """A list as anyone may change it. `label` of an item is the version number that people see."""

    title: str
    columns: tuple[Column, ...]
    guid: str
    url: str
    zone: str | None
    items: dict[int, MemoryItem] = field(default_factory=dict)
    last_id: int = 0

    def add(self, **cells: Cell) -> int:
        self.last_id += 1
        self.items[self.last_id] = MemoryItem(dict(cells))
        return self.last_id

    def edit(self, item_id: int, *, editor_id: int = 2, at: datetime = _START, **cells: Cell) -> None:
        """What a colleague does in the browser."""
        item = self.items[item_id]
        item.cells.update(cells)
        item.etag += 1
        item.label += 1
        item.modified, item.editor_id = at, editor_id


class MemoryStore:
    """A `ListStore` whose lists are dictionaries.

    Trouble is arranged beforehand: `broken` names an error per method; `break_after` ends a reading after so many
    pages; an item in `lost` has its write answered with Unknown, after doing it where the value is True.
    """

    def __init__(self, host: str = "https://memory.example", *, page_size: int = 100) -> None:
        self.host = host.lower()
        self.page_size = page_size
        self.lists: dict[tuple[str, str], MemoryList] = {}
        self.broken: dict[str, SourceError] = {}
        self.break_after: tuple[int, SourceError] | None = None
        self.lost: dict[int, bool] = {}
        self.writes: list[ItemWrite] = []
        self._count: Counter[str] = Counter()

    def add_list(
        self, site: str, title: str, columns: Iterable[Column], *, url: str = "", zone: str | None = "Europe/London"
    ) -> MemoryList:
        guid = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.host}{site}/{title}"))
        made = MemoryList(title, tuple(columns), guid, url or f"Lists/{title}", zone)
        self.lists[site, title.casefold()] = made
        return made

    def probe(self, source: Source) -> Iterator[Hop]:
        self._called("probe")
        yield Hop("host", f"{self.host} answers")
        yield Hop("sign-in", "none is needed")
        yield Hop("site", source.site)
        found = self._list(source)
        yield Hop("list", f"{found.title}, {len(found.items)} items")
        yield Hop("permission", "may read and edit items")

    def describe(self, source: Source) -> ListSchema:
        self._called("describe")
        found = self._list(source)
        return ListSchema(self.host, found.guid, found.title, found.columns, found.zone, len(found.items))

    def read(self, source: Source, schema: ListSchema, columns: Sequence[str]) -> Iterator[tuple[Row, ...]]:
        self._called("read")
        found = self._list(source)
        self._check_columns(found, columns)
        numbers = sorted(found.items)
        for page, start in enumerate(range(0, len(numbers), self.page_size)):
            if self.break_after is not None and page == self.break_after[0]:
                raise self.break_after[1]
            yield tuple(self._row(found, number, columns) for number in numbers[start : start + self.page_size])

    def read_items(
        self, source: Source, schema: ListSchema, columns: Sequence[str], item_ids: Sequence[int]
    ) -> Mapping[int, Row]:
        self._called("read_items")
        found = self._list(source)
        self._check_columns(found, columns)
        return {number: self._row(found, number, columns) for number in item_ids if number in found.items}

    def apply(self, source: Source, schema: ListSchema, writes: Sequence[ItemWrite]) -> Iterator[Outcome]:
        owned = {column.name for column in schema.find_all(source.write.columns.values())}
        for write in writes:
            if source.write.mode is WriteMode.OFF or not write.cells or not owned.issuperset(write.cells):
                raise DefectError(f"A write to item {write.item_id} of '{source.name}' is not one we may make.")
        return self._applied(source, writes)

    def usage(self) -> Requests:
        return Requests(dict(self._count), self._count.total(), 0.0)

    def close(self) -> None:
        """Nothing is held open."""

    def _applied(self, source: Source, writes: Sequence[ItemWrite]) -> Iterator[Outcome]:
        for write in writes:
            try:
                self._called("apply")
                yield self._write(self._list(source), write, source.write.mode)
            except SourceError as error:
                yield Failed(error)

    def _write(self, found: MemoryList, write: ItemWrite, mode: WriteMode) -> Outcome:
        self.writes.append(write)
        lost = self.lost.pop(write.item_id, None)
        if lost is False:
            return Unknown("the answer was lost")
        item = found.items.get(write.item_id)
        if item is None:
            # One request carries many items in the quiet mode, so it cannot tell which one was at fault.
            gone = Failed(NotFoundError(f"Item {write.item_id} of '{found.title}' no longer exists."))
            return gone if mode is WriteMode.VERSIONED else Unknown("Item does not exist.")
        if mode is WriteMode.VERSIONED and write.version != f'"{item.etag}"':
            return Raced()
        item.cells.update(write.cells)
        item.etag += 1
        if mode is WriteMode.VERSIONED:
            item.label += 1
            item.editor_id = OURSELVES
        if lost:
            return Unknown("the answer was lost")
        return Applied(f'"{item.etag}"' if mode is WriteMode.VERSIONED else None)

    def _list(self, source: Source) -> MemoryList:
        for (site, _), found in self.lists.items():
            if site == source.site and _is_named(found, source.list):
                return found
        raise NotFoundError(f"There is no list '{source.list}' at {self.host}{source.site}.")

    def _check_columns(self, found: MemoryList, columns: Sequence[str]) -> None:
        for name in columns:
            if all(column.name != name for column in found.columns):
                raise SchemaError(f"The list '{found.title}' has no column '{name}'.")

    def _row(self, found: MemoryList, number: int, columns: Sequence[str]) -> Row:
        item = found.items[number]
        blank: dict[str, Cell] = {column.name: () if column.type in _MULTI else None for column in found.columns}
        built_in: dict[str, Cell] = {"ID": number, "Modified": item.modified}
        values = {**blank, **built_in, **item.cells}
        cells = {name: values[name] for name in columns}
        return Row(number, f'"{item.etag}"', cells, item.modified, item.editor_id)

    def _called(self, method: str) -> None:
        self._count[method] += 1
        if method in self.broken:
            raise self.broken[method]


def _is_named(found: MemoryList, address: ListAddress) -> bool:
    if address.id is not None:
        return address.id.strip("{}").lower() == found.guid
    if address.url is not None:
        return address.url.strip("/").casefold() == found.url.casefold()
    return (address.title or "").casefold() == found.title.casefold()
