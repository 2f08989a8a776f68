"""Lists in memory that keep the promises of `ListStore`: for tests of what is built on them."""

import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, islice

from connectors.memory_list import MemoryItem, MemoryList, always_the_start
from sync.core.columns import Cell, Column, ColumnType, ListHead, ListSchema, Row, Version
from sync.core.ownership import WriteMode
from sync.core.run_report import Requests
from sync.engine.asked import (
    Answer,
    Asked,
    Changes,
    ChangesAsked,
    Heads,
    HeadsAsked,
    Items,
    ItemsAsked,
    SchemaAsked,
    Whole,
    WholeAsked,
)
from sync.engine.ports import (
    Applied,
    Failed,
    Hop,
    ItemWrite,
    ListWrites,
    Outcome,
    Permit,
    Raced,
    Unknown,
    unconditionally,
)
from sync.engine.targets import ListAddress, Source
from sync.errors import DefectError, NotFoundError, SchemaError, SourceError

_MULTI = frozenset({ColumnType.MULTI_CHOICE, ColumnType.LOOKUP_MULTI, ColumnType.PERSON_MULTI})
_BUILT_IN = frozenset({"id", "title", "created", "modified", "author", "editor"})
_VERSIONS = 100


class MemoryStore:
    """A `ListStore` whose lists are dictionaries. `now` is the time by which edits are dated.

    Trouble is arranged beforehand: `broken` names an error per method; `break_after` ends a reading after so many
    pages; an item in `lost` has its write answered with Unknown, after doing it where the value is True;
    `before_apply` is called before every single write takes effect, and may do what a colleague does between two
    requests, or raise. `difference` is how far the server's clock is ahead of ours.
    """

    def __init__(
        self,
        host: str = "https://memory.example",
        *,
        page_size: int = 100,
        now: Callable[[], datetime] = always_the_start,
    ) -> None:
        self.host = host.lower()
        self.page_size = page_size
        self.now = now
        self.lists: dict[tuple[str, str], MemoryList] = {}
        self.broken: dict[str, SourceError] = {}
        self.break_after: tuple[int, SourceError] | None = None
        self.lost: dict[int, bool] = {}
        self.before_apply: Callable[[ItemWrite], None] | None = None
        self.difference: timedelta | None = timedelta(0)
        self.writes: list[ItemWrite] = []
        self._count: Counter[str] = Counter()

    def add_list(
        self,
        site: str,
        title: str,
        columns: Iterable[Column],
        *,
        url: str = "",
        zone: str | None = "Europe/London",
        versioned: bool = True,
    ) -> MemoryList:
        guid = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.host}{site}/{title}"))
        made = MemoryList(title, tuple(columns), guid, url or f"Lists/{title}", zone, versioned, now=self.now)
        self.lists[site, title.casefold()] = made
        return made

    def list_at(self, site: str, title: str) -> MemoryList:
        """A list by its site and title: in a copy, the copy's."""
        return self.lists[site, title.casefold()]

    def copy(self) -> "MemoryStore":
        """Another store in the same state, trouble included; neither sees what happens to the other. `before_apply`
        is left out, because it may mean this store's lists."""
        made = MemoryStore(self.host, page_size=self.page_size, now=self.now)
        made.lists = {place: kept.copy() for place, kept in self.lists.items()}
        made.broken, made.break_after, made.lost = self.broken.copy(), self.break_after, self.lost.copy()
        made.difference, made.writes = self.difference, self.writes.copy()
        made._count = self._count.copy()
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
        count = len(found.items)
        return ListSchema(
            self.host,
            found.guid,
            found.title,
            found.columns,
            found.zone,
            count,
            found.token,
            content_approval=found.terms.content_approval,
            forced_checkout=found.terms.forced_checkout,
        )

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

    def ask(self, site: str, asked: Sequence[Asked]) -> Sequence[Answer]:
        return [self._answer(site, each) for each in asked]

    def units(
        self, source: Source, schema: ListSchema, columns: Sequence[str], item_ids: Collection[int] | None = None
    ) -> int:
        """As where a page of `page_size` items costs two units, and an item by its number one."""
        pages = 2 * max(1, -(-schema.item_count // self.page_size))
        return pages if item_ids is None else len(set(item_ids))

    def handle(self, source: Source, schema: ListSchema) -> str:
        return schema.handle

    def versions(self, source: Source, schema: ListSchema, columns: Sequence[str], item_id: int) -> tuple[Version, ...]:
        self._called("versions")
        found = self._list(source)
        self._check_columns(found, columns)
        if not found.versioned:
            return ()
        item = found.items.get(item_id)
        if item is None:
            raise NotFoundError(f"Item {item_id} of '{found.title}' no longer exists.")
        return tuple(
            Version(f"{held.label}.0", held.modified, held.editor_id, _cells(found, item_id, held, columns))
            for held in islice(item.versions(), _VERSIONS)
        )

    def clock_difference(self) -> timedelta | None:
        return self.difference if self._count else None

    def apply(
        self, source: Source, schema: ListSchema, writes: Sequence[ItemWrite], permit: Permit = unconditionally
    ) -> Iterator[Outcome]:
        owned = {column.name for column in schema.find_all(source.write.columns.values())}
        ours = {name for name in owned if name.lower() not in _BUILT_IN}
        for write in writes:
            blind = source.write.mode is WriteMode.VERSIONED and write.version.strip() in ("", "*")
            if source.write.mode is WriteMode.OFF or blind or not write.cells or not ours.issuperset(write.cells):
                raise DefectError(f"A write to item {write.item_id} of '{source.name}' is not one we may make.")
        return self._applied(source, writes, permit)

    def apply_together(self, lists: Sequence[ListWrites], permit: Permit = unconditionally) -> Iterator[Outcome]:
        every = [self.apply(each.source, each.schema, each.writes, permit) for each in lists]
        return chain.from_iterable(every)

    def usage(self) -> Requests:
        return Requests(dict(self._count), self._count.total(), 0.0)

    def close(self) -> None:
        """Nothing is held open."""

    def _answer(self, site: str, asked: Asked) -> Answer:
        try:
            match asked:
                case HeadsAsked(lists=lists):
                    return self._heads(site, lists)
                case SchemaAsked(source=source):
                    return self.describe(source)
                case WholeAsked(source=source, schema=schema, columns=columns):
                    return Whole(tuple(row for page in self.read(source, schema, columns) for row in page))
                case ChangesAsked(source=source, since=since):
                    self._called("changes")
                    return Changes(self._list(source).changed_since(since))
                case ItemsAsked(source=source, schema=schema, columns=columns, item_ids=numbers):
                    return Items(self.read_items(source, schema, columns, numbers))
        except SourceError as error:
            return error

    def _heads(self, site: str, lists: Mapping[str, ListAddress]) -> Heads:
        self._called("heads")
        of_site = [found for (path, _), found in self.lists.items() if path == site]
        named = {name: [each for each in of_site if _is_named(each, address)] for name, address in lists.items()}
        return Heads(
            by_name={name: self._head(found[0]) for name, found in named.items() if found},
            marks={each.guid: each.token for each in of_site},
        )

    def _head(self, found: MemoryList) -> ListHead:
        columns = tuple((column, column.meaning) for column in found.columns)
        shape = str(hash((found.title, columns, found.terms)))
        return ListHead(self.host, found.guid, found.title, len(found.items), found.token, found.token, shape)

    def _applied(self, source: Source, writes: Sequence[ItemWrite], permit: Permit) -> Iterator[Outcome]:
        for write in writes:
            permit()
            try:
                self._called("apply")
                yield self._write(self._list(source), write, source.write.mode)
            except SourceError as error:
                yield Failed(error)

    def _write(self, found: MemoryList, write: ItemWrite, mode: WriteMode) -> Outcome:
        if self.before_apply is not None:
            self.before_apply(write)
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
        made = found.write(write.item_id, write.cells, mode)
        if lost:
            return Unknown("the answer was lost")
        return Applied(f'"{made.etag}"' if mode is WriteMode.VERSIONED else None)

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
        return Row(
            item_id=number,
            version=f'"{item.etag}"',
            cells=_cells(found, number, item, columns),
            modified=item.modified,
            editor_id=item.editor_id,
            created=item.created,
        )

    def _called(self, method: str) -> None:
        self._count[method] += 1
        if method in self.broken:
            raise self.broken[method]


def _cells(found: MemoryList, number: int, item: MemoryItem, columns: Sequence[str]) -> dict[str, Cell]:
    blank: dict[str, Cell] = {column.name: () if column.type in _MULTI else None for column in found.columns}
    values = {**blank, "ID": number, "Created": item.created, "Modified": item.modified, **item.cells}
    return {name: values[name] for name in columns}


def _is_named(found: MemoryList, address: ListAddress) -> bool:
    if address.id is not None:
        return address.id.strip("{}").lower() == found.guid
    if address.url is not None:
        return address.url.strip("/").casefold() == found.url.casefold()
    return (address.title or "").casefold() == found.title.casefold()
