"""`ListAdmin` on SharePoint."""

from collections.abc import Callable, Mapping, Sequence

from connectors.sharepoint.admin.calls import Calls
from connectors.sharepoint.admin.caml import canonical_query, query
from connectors.sharepoint.admin.columns import Columns
from connectors.sharepoint.admin.formatting import formatter
from connectors.sharepoint.admin.labels import item_lock
from connectors.sharepoint.admin.lists import Lists
from connectors.sharepoint.admin.own_items import Known, OwnItems, known, recalled_list
from connectors.sharepoint.admin.views import Views
from connectors.sharepoint.columns import plain_guid
from connectors.sharepoint.context import Site
from connectors.sharepoint.settings import Limits
from connectors.sharepoint.write_batches import WriteBatches
from sync.core.columns import ListSchema, Row
from sync.core.provisioning.shape import ColumnChange, ColumnShape, FoundList, ItemLock, ListShape, Rights, ViewShape
from sync.engine.admin import OwnWrite, SitePlace
from sync.engine.ports import Outcome, Permit, unconditionally
from sync.engine.targets import ListAddress
from sync.errors import DefectError, NotFoundError


class SharePointWording:
    """Column formatting as JSON and queries as CAML, each in the one form in which `find` gives them back."""

    def formatter(self, column: ColumnShape) -> str:
        return formatter(column.look)

    def query(self, view: ViewShape) -> str:
        return canonical_query(query(view))


class SharePointAdmin:
    """The lists of one connection, over the sites of its store: so every request is counted, paced and signed in as all
    others are. `site_at` gives the site of a server-relative path, `batches` what writes items there."""

    def __init__(
        self,
        host: str,
        site_at: Callable[[str], Site],
        batches: Callable[[Site, Permit], WriteBatches],
        limits: Limits,
    ) -> None:
        self._host = host
        self._site_at = site_at
        self._batches = batches
        self._limits = limits
        self._known: dict[tuple[str, str], Known] = {}
        self._column_ids: dict[tuple[str, str], dict[str, str]] = {}

    @property
    def wording(self) -> SharePointWording:
        return SharePointWording()

    def find(self, place: SitePlace, *, columns_only: bool = False) -> FoundList | None:
        if place.list is None:
            raise DefectError("A list was to be found, and none was named.")
        calls = self._calls(place.site)
        there = Lists(calls, self._host).find(place.list, columns_only=columns_only)
        if there is None:
            return None
        found, fields = there
        self._known[calls.site.path, found.guid] = known(found, fields)
        ids = {str(each["InternalName"]): str(each["Id"]) for each in fields if "Id" in each}
        self._column_ids[calls.site.path, found.guid] = ids
        return found

    def item_lock(self, site: str, found: FoundList) -> ItemLock | None:
        return item_lock(self._site_at(site), found)

    def rights(self, site: str) -> Rights:
        return Lists(self._calls(site), self._host).rights()

    def add_list(self, site: str, shape: ListShape) -> str:
        return Lists(self._calls(site), self._host).add(shape)

    def remove_list(self, site: str, guid: str) -> None:
        self._forget(site, guid)
        Lists(self._calls(site), self._host).remove(guid)

    def add_column(self, site: str, guid: str, shape: ColumnShape) -> str:
        self._forget(site, guid)
        return Columns(self._calls(site), guid).add(shape)

    def change_column(self, site: str, guid: str, name: str, change: ColumnChange) -> None:
        self._forget(site, guid)
        Columns(self._calls(site), guid).change(name, change)

    def remove_column(self, site: str, guid: str, name: str) -> None:
        self._forget(site, guid)
        known = self._column_ids.get(self._key(site, guid), {})
        Columns(self._calls(site), guid).remove(name, known.get(name))

    def add_view(self, site: str, guid: str, shape: ViewShape) -> str:
        return Views(self._calls(site), guid).add(shape)

    def change_view(self, site: str, guid: str, view_id: str, shape: ViewShape) -> None:
        Views(self._calls(site), guid).change(view_id, shape)

    def remove_view(self, site: str, guid: str, view_id: str) -> None:
        Views(self._calls(site), guid).remove(view_id)

    def count_filled(self, site: str, guid: str, columns: Sequence[str]) -> Mapping[str, int]:
        return self._items(site, guid).count_filled(columns)

    def items(self, site: str, guid: str, columns: Sequence[str]) -> Mapping[int, Row]:
        return self._items(site, guid).all(columns)

    def write_items(
        self, site: str, guid: str, writes: Sequence[OwnWrite], permit: Permit = unconditionally
    ) -> Sequence[Outcome]:
        return self._items(site, guid).write(writes, self._batches(self._site_at(site), permit))

    def schema(self, site: str, guid: str) -> ListSchema:
        self._items(site, guid)
        return self._known[self._key(site, guid)].schema

    def recall(self, site: str, schema: ListSchema) -> bool:
        known = recalled_list(schema)
        if known is not None:
            self._known[self._key(site, schema.list_guid)] = known
        return known is not None

    def _calls(self, site: str) -> Calls:
        return Calls(self._site_at(site))

    def _items(self, site: str, guid: str) -> OwnItems:
        calls = self._calls(site)
        key = self._key(site, guid)
        if key not in self._known:
            address = ListAddress(id=guid)
            if self.find(SitePlace(site, address)) is None:
                raise NotFoundError(f"There is no list '{guid}' at {calls.site.url}.")
        return OwnItems(calls, self._known[key], self._limits)

    def _forget(self, site: str, guid: str) -> None:
        """What is known of a list's columns is known no more."""
        self._known.pop(self._key(site, guid), None)

    def _key(self, site: str, guid: str) -> tuple[str, str]:
        return self._site_at(site).path, plain_guid(guid)
