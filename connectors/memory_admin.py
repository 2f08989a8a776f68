"""Lists in memory that can be made and changed: the promises of `ListAdmin`, for tests of what is built on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from connectors.memory import MemoryStore
from connectors.memory_list import OURSELVES, MemoryItem, MemoryList
from sync.core.columns import Cell, Column, ColumnType, ListSchema, Row
from sync.core.ownership import WriteMode
from sync.core.provisioning.shape import (
    ColumnChange,
    ColumnShape,
    FoundColumn,
    FoundList,
    FoundView,
    ItemLock,
    ListShape,
    Rights,
    ViewShape,
)
from sync.core.provisioning.status_columns import Kept
from sync.engine.admin import OwnWrite, SitePlace
from sync.engine.ports import Applied, Failed, Outcome, Permit, Raced, unconditionally
from sync.engine.targets import ListAddress
from sync.errors import AccessError, DefectError, NotFoundError, SchemaError, SourceError

_BUILT_IN = (
    Column("ID", "ID", ColumnType.COUNTER, read_only=True),
    Column("Created", "Created", ColumnType.DATE_TIME, read_only=True),
    Column("Modified", "Modified", ColumnType.DATE_TIME, read_only=True),
)


class MemoryWording:
    """Formats and queries by the values they are made of, in words."""

    def formatter(self, column: ColumnShape) -> str:
        return repr(column.look) if column.look is not None else ""

    def query(self, view: ViewShape) -> str:
        return repr((view.where, view.order))


@dataclass(slots=True)
class _Made:
    """What a list has that only an admin asks for."""

    columns: dict[str, FoundColumn] = field(default_factory=dict)
    unique: set[str] = field(default_factory=set)
    views: dict[str, FoundView] = field(default_factory=dict)
    restricted: bool = False


class MemoryAdmin:
    """A `ListAdmin` over the lists of a `MemoryStore`. `sites` are there although they have no list yet. What may be
    done at a site, or with a list, is everything unless `site_rights` and `list_rights` (by GUID) say otherwise;
    `locks` (by GUID) what a retention label does, None where that is not told. `broken` names an error per method."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.sites: set[str] = set()
        self.site_rights: dict[str, Rights] = {}
        self.list_rights: dict[str, Rights] = {}
        self.locks: dict[str, ItemLock | None] = {}
        self.broken: dict[str, SourceError] = {}
        self._made: dict[str, _Made] = {}
        self._numbers = 0

    @property
    def wording(self) -> MemoryWording:
        return MemoryWording()

    def find(self, place: SitePlace, *, columns_only: bool = False) -> FoundList | None:
        self._called("find")
        if place.list is None:
            raise DefectError("A list was to be found, and none was named.")
        found = self._named(place.site, place.list)
        if found is None:
            return None
        whole = self._found(place.site, found)
        return replace(whole, views=(), rights=Rights()) if columns_only else whole

    def item_lock(self, site: str, found: FoundList) -> ItemLock | None:
        self._called("item_lock")
        self._of(site, found.guid)
        return self.locks.get(found.guid, ItemLock.NONE)

    def rights(self, site: str) -> Rights:
        self._called("rights")
        self._check_site(site)
        return self.site_rights.get(site, Rights())

    def add_list(self, site: str, shape: ListShape) -> str:
        self._called("add_list")
        self._may_manage(site)
        begun = self._named(site, ListAddress(url=shape.url))
        if begun is not None and begun.title == shape.title and not begun.items:
            self._more(begun.guid).restricted |= shape.restricted
            return begun.guid
        for address in (ListAddress(url=shape.url), ListAddress(title=shape.title)):
            if self._named(site, address) is not None:
                raise SchemaError(
                    f"The site has a list '{address}' already.", "Give the new one another title, or delete that one."
                )
        columns = (Column("Title", shape.title_column, ColumnType.TEXT), *_BUILT_IN)
        made = self.store.add_list(site, shape.title, columns, url=shape.url, versioned=shape.versioned)
        self._made[made.guid] = _Made(restricted=shape.restricted)
        return made.guid

    def is_restricted(self, guid: str) -> bool:
        """Whether a list was closed to the readers of its site."""
        return self._more(guid).restricted

    def remove_list(self, site: str, guid: str) -> None:
        self._called("remove_list")
        self._may_manage(site)
        for key, each in list(self.store.lists.items()):
            if key[0] == site and each.guid == guid:
                del self.store.lists[key]
                self._made.pop(guid, None)

    def add_column(self, site: str, guid: str, shape: ColumnShape) -> str:
        self._called("add_column")
        found = self._manageable(site, guid)
        there = next((each for each in found.columns if each.name == shape.name), None)
        if there is not None:
            if there.type is shape.type:
                return self._more(guid).columns.get(shape.name, FoundColumn(column=there)).id
            raise SchemaError(f"The list has a column {shape.name} already, of another type.")
        target = self._target(site, shape)
        column = Column(
            shape.name,
            shape.title,
            shape.type,
            choices=shape.choices,
            default=shape.default,
            max_length=255 if shape.type is ColumnType.TEXT else None,
            lookup_list=target,
        )
        found.columns = (*found.columns, column)
        more = self._more(guid)
        more.columns[shape.name] = FoundColumn(
            column=column,
            description=shape.description,
            indexed=shape.indexed or shape.unique,
            formatter=self.wording.formatter(shape),
            in_new_form=shape.in_forms,
            in_edit_form=shape.in_forms,
            id=self._next("column"),
        )
        if shape.unique:
            more.unique.add(shape.name)
        return more.columns[shape.name].id

    def change_column(self, site: str, guid: str, name: str, change: ColumnChange) -> None:
        self._called("change_column")
        found = self._manageable(site, guid)
        there = next((each for each in found.columns if each.name == name), None)
        if there is None:
            raise SchemaError(f"The list has no column {name} any more.", "Run `provision` again.")
        column = replace(
            there,
            title=there.title if change.title is None else change.title,
            choices=there.choices if change.choices is None else change.choices,
        )
        found.columns = tuple(column if each is there else each for each in found.columns)
        more = self._more(guid)
        before = more.columns.get(name, FoundColumn(column=there))
        more.columns[name] = replace(
            before,
            column=column,
            description=before.description if change.description is None else change.description,
            formatter=before.formatter if change.formatter is None else change.formatter,
            indexed=before.indexed if change.indexed is None else change.indexed,
            in_new_form=before.in_new_form if change.in_new_form is None else change.in_new_form,
            in_edit_form=before.in_edit_form if change.in_edit_form is None else change.in_edit_form,
        )

    def remove_column(self, site: str, guid: str, name: str) -> None:
        self._called("remove_column")
        found = self._manageable(site, guid)
        found.columns = tuple(each for each in found.columns if each.name != name)
        for number, item in found.items.items():
            kept = {key: cell for key, cell in item.cells.items() if key != name}
            found.items[number] = replace(item, cells=kept)
        more = self._more(guid)
        more.columns.pop(name, None)
        more.unique.discard(name)
        more.views = {
            ident: replace(view, columns=tuple(each for each in view.columns if each != name))
            for ident, view in more.views.items()
        }

    def add_view(self, site: str, guid: str, shape: ViewShape) -> str:
        self._called("add_view")
        found = self._manageable(site, guid)
        ident = self._next("view")
        self._put_view(found, ident, shape)
        return ident

    def change_view(self, site: str, guid: str, view_id: str, shape: ViewShape) -> None:
        self._called("change_view")
        found = self._manageable(site, guid)
        if view_id not in self._more(guid).views:
            raise SchemaError(f"The list has no view '{shape.title}' any more.", "Run `provision` again.")
        self._put_view(found, view_id, shape)

    def remove_view(self, site: str, guid: str, view_id: str) -> None:
        self._called("remove_view")
        self._manageable(site, guid)
        self._more(guid).views.pop(view_id, None)

    def count_filled(self, site: str, guid: str, columns: Sequence[str]) -> Mapping[str, int]:
        self._called("count_filled")
        found = self._of(site, guid)
        self._check_columns(found, columns)
        cells = {name: [item.cells.get(name) for item in found.items.values()] for name in columns}
        return {
            name: sum(cell is not None and cell is not False and cell not in ("", ()) for cell in held)
            for name, held in cells.items()
        }

    def items(self, site: str, guid: str, columns: Sequence[str]) -> Mapping[int, Row]:
        self._called("items")
        found = self._own(site, guid)
        self._check_columns(found, columns)
        return {number: _row(number, found.items[number], columns) for number in sorted(found.items)}

    def write_items(
        self, site: str, guid: str, writes: Sequence[OwnWrite], permit: Permit = unconditionally
    ) -> Sequence[Outcome]:
        found = self._own(site, guid)
        for write in writes:
            self._check_columns(found, list(write.cells))
            if not write.cells or any(each.read_only for each in found.columns if each.name in write.cells):
                raise DefectError(f"A write into '{found.title}' is not one we may make.")
        permit()
        self._called("write_items")
        return [self._written(found, write) for write in writes]

    def _written(self, found: MemoryList, write: OwnWrite) -> Outcome:
        for name in self._more(found.guid).unique & write.cells.keys():
            others = (item for number, item in found.items.items() if number != write.item_id)
            if any(item.cells.get(name) == write.cells[name] for item in others):
                return Failed(SchemaError(f"Another item of '{found.title}' has that value in column {name} already."))
        if write.item_id is None:
            number = found.add(**write.cells)
            found.items[number] = replace(found.items[number], editor_id=OURSELVES)
            return Applied(f'"{found.items[number].etag}"')
        item = found.items.get(write.item_id)
        if write.version is not None and (item is None or write.version != f'"{item.etag}"'):
            return Raced()
        if item is None:
            return Failed(NotFoundError(f"Item {write.item_id} of '{found.title}' no longer exists."))
        return Applied(f'"{found.write(write.item_id, write.cells, WriteMode.VERSIONED).etag}"')

    def schema(self, site: str, guid: str) -> ListSchema:
        found = self._own(site, guid)
        return ListSchema(self.store.host, guid, found.title, found.columns, None, len(found.items))

    def recall(self, site: str, schema: ListSchema) -> bool:
        return True

    def _found(self, site: str, found: MemoryList) -> FoundList:
        more = self._more(found.guid)
        columns = (
            replace(more.columns.get(each.name, FoundColumn(column=each)), column=each) for each in found.columns
        )
        at_site = self.site_rights.get(site, Rights())
        return FoundList(
            host=self.store.host,
            guid=found.guid,
            title=found.title,
            url=found.url,
            item_count=len(found.items),
            columns=tuple(columns),
            views=tuple(more.views.values()),
            terms=replace(found.terms, versioning=found.versioned),
            rights=self.list_rights.get(found.guid, at_site),
        )

    def _put_view(self, found: MemoryList, ident: str, shape: ViewShape) -> None:
        views = self._more(found.guid).views
        self._check_columns(found, shape.columns)
        if shape.default:
            views.update({key: replace(each, default=False) for key, each in views.items()})
        query = self.wording.query(shape)
        views[ident] = FoundView(
            id=ident,
            title=shape.title,
            columns=shape.columns,
            query=query,
            rows=shape.rows,
            default=shape.default,
            asks=frozenset({*(each.column for each in shape.where), *(each.column for each in shape.order)}),
        )

    def _next(self, what: str) -> str:
        self._numbers += 1
        return f"{what} {self._numbers}"

    def _target(self, site: str, shape: ColumnShape) -> str | None:
        if shape.lookup is None:
            return None
        target = self._named(site, ListAddress(title=shape.lookup))
        if target is None:
            raise SchemaError(
                f"Column {shape.name} looks into the list '{shape.lookup}', which the site does not have."
            )
        return target.guid

    def _own(self, site: str, guid: str) -> MemoryList:
        found = self._of(site, guid)
        if Kept.KEY not in self._more(guid).unique:
            raise DefectError(f"'{found.title}' has no column {Kept.KEY} of ours, so it is a list of staff's.")
        return found

    def _manageable(self, site: str, guid: str) -> MemoryList:
        found = self._of(site, guid)
        self._may_manage(site, guid)
        return found

    def _may_manage(self, site: str, guid: str = "") -> None:
        self._check_site(site)
        if not self.list_rights.get(guid, self.site_rights.get(site, Rights())).manage:
            raise AccessError(
                f"The service may not change lists at {site}.", "Ask the site's owner for the role `manage`."
            )

    def _check_site(self, site: str) -> None:
        if site not in self.sites and all(key[0] != site for key in self.store.lists):
            raise NotFoundError(f"There is no site at {self.store.host}{site}.")

    def _named(self, site: str, address: ListAddress) -> MemoryList | None:
        self._check_site(site)
        here = (each for key, each in self.store.lists.items() if key[0] == site)
        return next((each for each in here if _is_named(each, address)), None)

    def _of(self, site: str, guid: str) -> MemoryList:
        found = self._named(site, ListAddress(id=guid))
        if found is None:
            raise NotFoundError(f"There is no list '{guid}' at {self.store.host}{site}.")
        return found

    def _more(self, guid: str) -> _Made:
        return self._made.setdefault(guid.strip("{}").lower(), _Made())

    def _check_columns(self, found: MemoryList, names: Sequence[str]) -> None:
        known = {column.name for column in found.columns}
        for name in names:
            if name not in known:
                raise SchemaError(f"The list '{found.title}' has no column '{name}'.")

    def _called(self, method: str) -> None:
        if method in self.broken:
            raise self.broken[method]


def _row(number: int, item: MemoryItem, columns: Sequence[str]) -> Row:
    built_in: Mapping[str, Cell | datetime] = {"ID": number, "Created": item.created, "Modified": item.modified}
    return Row(
        item_id=number,
        version=f'"{item.etag}"',
        cells={name: built_in.get(name, item.cells.get(name)) for name in columns},
        modified=item.modified,
        editor_id=item.editor_id,
        created=item.created,
    )


def _is_named(found: MemoryList, address: ListAddress) -> bool:
    if address.id is not None:
        return address.id.strip("{}").lower() == found.guid
    if address.url is not None:
        return address.url.strip("/").casefold() == found.url.casefold()
    return (address.title or "").casefold() == found.title.casefold()
