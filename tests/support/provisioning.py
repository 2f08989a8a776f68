"""Sites whose lists can be made and changed, as plain values: for tests of `provision`.

Every change is an effect that can be refused, lost or killed, before it happens and after.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sync.core.columns import Column, ColumnType, Row
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
from sync.engine.admin import OwnWrite, SitePlace
from sync.engine.ports import Outcome, Permit, unconditionally
from sync.engine.targets import ListAddress
from sync.errors import SchemaError

HOST = "https://contoso.sharepoint.com"
SITE = "/sites/pmo"


class PlainWording:
    """Formats and queries by their values, in words."""

    def formatter(self, column: ColumnShape) -> str:
        return repr(column.look) if column.look else ""

    def query(self, view: ViewShape) -> str:
        return repr((view.where, view.order))


def found_column(name: str, of: ColumnType = ColumnType.TEXT, title: str | None = None, **more: Any) -> FoundColumn:
    choices, fill_in = more.pop("choices", ()), more.pop("fill_in", False)
    read_only = more.pop("read_only", False)
    column = Column(name, title or name, of, read_only=read_only, choices=choices, fill_in=fill_in)
    return FoundColumn(column=column, **more)


def found_list(*columns: FoundColumn, title: str = "Digital projects", **more: Any) -> FoundList:
    given: dict[str, Any] = {"guid": f"guid of {title}", "url": f"Lists/{title.replace(' ', '')}", "item_count": 47}
    return FoundList(host=HOST, title=title, columns=columns, **{"views": (), **given, **more})


def found_view(title: str, **more: Any) -> FoundView:
    given: dict[str, Any] = {"id": f"id of {title}", "columns": ("Title",), "query": "", "rows": 30}
    return FoundView(title=title, **{**given, **more})


@dataclass
class FakeAdmin:
    """A `ListAdmin` over plain values. `effect` is called before and after every change with its name. `closed`: the
    lists, by GUID, that the readers of their site may not read."""

    lists: dict[tuple[str, str], FoundList] = field(default_factory=dict)
    site_rights: dict[str, Rights] = field(default_factory=dict)
    filled: dict[str, int] = field(default_factory=dict)
    effect: Callable[[str], None] = lambda _name: None
    asked: Callable[[str], None] = lambda _name: None
    changes: list[str] = field(default_factory=list)
    closed: frozenset[str] = frozenset()
    numbers: int = 0
    rows: dict[int, Row] = field(default_factory=dict)
    wording: PlainWording = field(default_factory=PlainWording)

    def has(self, found: FoundList, site: str = SITE) -> FoundList:
        self.lists[site, found.guid] = found
        return found

    def at(self, title: str, site: str = SITE) -> FoundList:
        return next(each for (where, _), each in self.lists.items() if where == site and each.title == title)

    def find(self, place: SitePlace, *, columns_only: bool = False) -> FoundList | None:
        assert not columns_only, "what is made and taken away is looked at whole"
        self.asked(f"find {place.list}")
        assert place.list is not None
        wanted = place.list
        for (site, guid), each in self.lists.items():
            by = (
                (wanted.id, guid) if wanted.id else (wanted.url, each.url) if wanted.url else (wanted.title, each.title)
            )
            if site == place.site and by[0] == by[1]:
                return each
        return None

    def item_lock(self, site: str, found: FoundList) -> ItemLock | None:
        self.asked(f"item_lock {site} {found.title}")
        return None

    def rights(self, site: str) -> Rights:
        self.asked(f"rights {site}")
        return self.site_rights.get(site, Rights())

    def add_list(self, site: str, shape: ListShape) -> str:
        """In two steps, as everywhere: between the two it is open to everybody and called after its address."""
        begun = shape.url.rpartition("/")[2]
        there = self.find(SitePlace(site, ListAddress(url=shape.url)))
        if there is None:
            self._change(f"begin list {shape.title}", lambda: self._begin(site, shape.url, begun))
        elif there.item_count or there.title not in (begun, shape.title):
            raise SchemaError(f"The site has a list '{there.title}' at {shape.url} already.")
        there = self.find(SitePlace(site, ListAddress(url=shape.url)))
        assert there is not None
        named = replace(there, title=shape.title, columns=(found_column("Title", title=shape.title_column),))
        if named != there or (shape.restricted and there.guid not in self.closed):
            self._change(f"finish list {shape.title}", lambda: self._finish(site, named, closed=shape.restricted))
        return there.guid

    def remove_list(self, site: str, guid: str) -> None:
        self._change(f"remove list {guid}", lambda: self.lists.pop((site, guid)))

    def add_column(self, site: str, guid: str, shape: ColumnShape) -> str:
        self.numbers += 1
        column = Column(shape.name, shape.title, shape.type, choices=shape.choices, default=shape.default)
        found = FoundColumn(
            column=column,
            description=shape.description,
            indexed=shape.indexed,
            formatter=self.wording.formatter(shape),
            in_new_form=shape.in_forms,
            in_edit_form=shape.in_forms,
            id=f"column {self.numbers}",
        )
        self._edit(f"add column {shape.name}", site, guid, lambda each: {"columns": (*each.columns, found)})
        return found.id

    def change_column(self, site: str, guid: str, name: str, change: ColumnChange) -> None:
        def changed(each: FoundList) -> dict[str, Any]:
            return {"columns": tuple(_changed(one, change) if one.column.name == name else one for one in each.columns)}

        self._edit(f"change column {name}", site, guid, changed)

    def remove_column(self, site: str, guid: str, name: str) -> None:
        def without(each: FoundList) -> dict[str, Any]:
            return {"columns": tuple(one for one in each.columns if one.column.name != name)}

        self._edit(f"remove column {name}", site, guid, without)

    def add_view(self, site: str, guid: str, shape: ViewShape) -> str:
        self.numbers += 1
        made = self._view(f"view {self.numbers}", shape)
        self._edit(f"add view {shape.title}", site, guid, lambda each: {"views": (*each.views, made)})
        return made.id

    def change_view(self, site: str, guid: str, view_id: str, shape: ViewShape) -> None:
        def changed(each: FoundList) -> dict[str, Any]:
            return {"views": tuple(self._view(view_id, shape) if one.id == view_id else one for one in each.views)}

        self._edit(f"change view {shape.title}", site, guid, changed)

    def remove_view(self, site: str, guid: str, view_id: str) -> None:
        def without(each: FoundList) -> dict[str, Any]:
            return {"views": tuple(one for one in each.views if one.id != view_id)}

        self._edit(f"remove view {view_id}", site, guid, without)

    def count_filled(self, site: str, guid: str, columns: Sequence[str]) -> Mapping[str, int]:
        self.asked(f"count {' '.join(columns)}")
        return {name: self.filled.get(name, 0) for name in columns}

    def items(self, site: str, guid: str, columns: Sequence[str]) -> Mapping[int, Row]:
        return self.rows

    def write_items(
        self, site: str, guid: str, writes: Sequence[OwnWrite], permit: Permit = unconditionally
    ) -> Sequence[Outcome]:
        raise AssertionError("no item is written here")

    def _begin(self, site: str, url: str, title: str) -> None:
        self.numbers += 1
        guid = f"made {self.numbers}"
        self.has(found_list(found_column("Title"), title=title, url=url, item_count=0, guid=guid), site)

    def _finish(self, site: str, named: FoundList, *, closed: bool) -> None:
        self.has(named, site)
        self.closed |= {named.guid} if closed else frozenset()

    def _view(self, view_id: str, shape: ViewShape) -> FoundView:
        query = self.wording.query(shape)
        asks = frozenset({*(each.column for each in shape.where), *(each.column for each in shape.order)})
        return FoundView(id=view_id, title=shape.title, columns=shape.columns, query=query, rows=shape.rows, asks=asks)

    def _edit(self, name: str, site: str, guid: str, change: Callable[[FoundList], dict[str, Any]]) -> None:
        def edit() -> None:
            there = self.lists[site, guid]
            self.lists[site, guid] = replace(there, **change(there))

        self._change(name, edit)

    def _change(self, name: str, change: Callable[[], object]) -> None:
        self.effect(f"before {name}")
        change()
        self.changes.append(name)
        self.effect(f"after {name}")


def _changed(found: FoundColumn, change: ColumnChange) -> FoundColumn:
    column = found.column
    if change.choices is not None:
        column = replace(column, choices=change.choices)
    return replace(
        found,
        column=column,
        description=found.description if change.description is None else change.description,
        formatter=found.formatter if change.formatter is None else change.formatter,
        indexed=found.indexed if change.indexed is None else change.indexed,
        in_new_form=found.in_new_form if change.in_new_form is None else change.in_new_form,
        in_edit_form=found.in_edit_form if change.in_edit_form is None else change.in_edit_form,
    )
