"""Items of the service's own lists, and how many items of any list hold something in a column.

A mistake elsewhere must never write into a list of staff's. So no GUID is believed: a list is ours only if it has, by
its own description, the column that every list of ours has and no list of staff's: the row key, a unique text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from connectors.sharepoint.admin.calls import Calls
from connectors.sharepoint.admin.lists import Fields
from connectors.sharepoint.columns import encode_json, wire_columns
from connectors.sharepoint.context import JSON_BODY
from connectors.sharepoint.errors import refusal
from connectors.sharepoint.read import Described, Pages, by_guid, recalled
from connectors.sharepoint.settings import Limits
from sync.core.columns import Cell, ColumnType, ListSchema, Row
from sync.core.provisioning.shape import FoundList
from sync.core.provisioning.status_columns import Kept
from sync.engine.ports import Applied, Permit, Raced
from sync.errors import DefectError, UnreadableError


@dataclass(frozen=True, slots=True)
class Known:
    """A list as it was described last. `is_own`: whether it is the service's own."""

    described: Described
    is_own: bool

    @property
    def schema(self) -> ListSchema:
        """What `recalled_list` needs, of a list of ours."""
        schema = self.described.with_handle("", None).schema
        return replace(schema, handle=f"{_OWN}{schema.handle}") if self.is_own else schema


_OWN = "own "


def recalled_list(schema: ListSchema) -> Known | None:
    """A list of ours as it was found before; None for a schema that does not say that it is of one."""
    told = recalled(replace(schema, handle=schema.handle.removeprefix(_OWN)))
    return Known(told.described, is_own=True) if told is not None and schema.handle.startswith(_OWN) else None


def known(found: FoundList, fields: Fields) -> Known:
    wires = wire_columns(fields)
    schema = ListSchema(
        host=found.host,
        list_guid=found.guid,
        title=found.title,
        columns=tuple(wire.column for wire in wires),
        zone=None,
        item_count=found.item_count,
    )
    return Known(Described(schema, wires), any(_is_row_key(field) for field in fields))


def _is_row_key(field: Mapping[str, Any]) -> bool:
    unique, kind = field.get("EnforceUniqueValues") is True, field.get("TypeAsString")
    return unique and kind == "Text" and field.get("InternalName") == Kept.KEY


class OwnItems:
    """The items of one list."""

    def __init__(self, calls: Calls, known: Known, limits: Limits) -> None:
        self._calls = calls
        self._known = known
        self._limits = limits
        self._schema = known.described.schema
        self._about = f"the list '{self._schema.title}'"

    def count_filled(self, columns: Sequence[str]) -> dict[str, int]:
        """Of any list: yes counts, and no does not, because a blank one reads as no."""
        counts = dict.fromkeys(columns, 0)
        for rows in Pages(self._calls.site, self._known.described, columns, self._limits) if columns else ():
            for row in rows:
                for name in counts:
                    counts[name] += _holds(row.cells[name])
        return counts

    def all(self, columns: Sequence[str]) -> dict[int, Row]:
        self._check_own()
        pages = Pages(self._calls.site, self._known.described, columns, self._limits)
        return {row.item_id: row for rows in pages for row in rows}

    def add(self, cells: Mapping[str, Cell], permit: Permit) -> int:
        """A lost answer is an UnreachableError: the row key is unique, so that no second item can come of it."""
        made = self._calls.write(
            f"{by_guid(self._schema.list_guid)}/items",
            self._about,
            self._body(cells),
            permit,
            {"Content-Type": JSON_BODY},
        )
        number = made.get("Id")
        if not isinstance(number, int):
            raise UnreadableError(f"SharePoint does not say which item it added to {self._about}.")
        return number

    def change(self, item_id: int, cells: Mapping[str, Cell], permit: Permit, version: str | None) -> Applied | Raced:
        """Whatever is there, unless a version is named: nobody else writes into these columns, and what somebody did
        is put right."""
        headers = {"Content-Type": JSON_BODY, "X-HTTP-Method": "MERGE", "If-Match": version or "*"}
        resource = f"{by_guid(self._schema.list_guid)}/items({int(item_id)})"
        reply = self._calls.written(resource, self._about, self._body(cells), permit, headers)
        if version is not None and reply.status in (404, 409, 412):
            return Raced()
        if reply.status >= 400:
            raise refusal(reply, self._about, self._calls.site.url)
        return Applied(reply.header("ETag"))

    def _body(self, cells: Mapping[str, Cell]) -> dict[str, Any]:
        self._check_own()
        wires = {name: self._known.described.wire(name) for name in cells}
        for name, wire in wires.items():
            if wire.column.read_only or wire.expands or wire.column.type is ColumnType.LINK:
                raise DefectError(f"Column {name} of {self._about} is none that is written.")
        if not cells:
            raise DefectError(f"A write into {self._about} is empty.")
        return {wire.prop: encode_json(cells[name]) for name, wire in wires.items()}

    def _check_own(self) -> None:
        if not self._known.is_own:
            raise DefectError(f"{self._about} has no column {Kept.KEY} of ours, so it is a list of staff's.")


def _holds(cell: Cell) -> bool:
    return cell is not None and cell is not False and cell != "" and cell != ()
