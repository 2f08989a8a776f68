"""An item's version history: who left which values behind, and when.

Versions name columns and show people and lookups in a way of their own, so each is first put into the form of an item
and then read as one.

    column            as an item has it              as a version has it
    Target_x0020_date Target_x0020_date              Target_x005f_x0020_x005f_date
    _Note             OData__Note                    OData__x005f_Note
    a person          {"Id", "Title", "Name"}        {"LookupId", "LookupValue", "Email"}, without the login
    a lookup          {"Id", its shown column}       {"LookupId", "LookupValue"}
    Created           2026-06-17T01:17:00Z           2026-06-17T01:17:00, and UTC all the same
"""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.sharepoint.columns import WireColumn, decode, instant
from connectors.sharepoint.context import Site
from connectors.sharepoint.describing import Described, by_guid
from connectors.sharepoint.messages import Request
from sync.core.columns import Cell, ColumnType, Version
from sync.errors import UnreadableError

_NEWEST = 100
_EVERY_VERSION = ("VersionId", "VersionLabel", "Created", "Editor")
_PEOPLE = frozenset({ColumnType.PERSON, ColumnType.PERSON_MULTI})
_LOOKUPS = frozenset({ColumnType.LOOKUP, ColumnType.LOOKUP_MULTI})
_DATES = frozenset({ColumnType.DATE, ColumnType.DATE_TIME})


def read_versions(site: Site, described: Described, columns: Sequence[str], item_id: int) -> tuple[Version, ...]:
    """The newest hundred, newest first, in one request. Without one where the list keeps no versions: SharePoint would
    show the item as it is as if that were its history."""
    wires = tuple(described.wire(name) for name in dict.fromkeys(columns))
    if not described.keeps_versions:
        return ()
    about = f"the list '{described.schema.title}'"
    selected = dict.fromkeys([*_EVERY_VERSION, *(version_property(wire.column.name) for wire in wires)])
    query = f"items({item_id})/versions?$select={','.join(selected)}&$top={_NEWEST}"
    url = site.api(f"{by_guid(described.schema.list_guid)}/{query}")
    document = site.fetch(Request(url=url, about=about, kind="versions", units=2))
    try:
        newest_first = sorted(document["value"], key=lambda each: int(each["VersionId"]), reverse=True)
        return tuple(_version(each, wires, item_id) for each in newest_first)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise UnreadableError(f"The versions of item {item_id} of {about} are not of the expected form.") from None


def version_property(internal: str) -> str:
    """How a version names a column: its underscores are encoded once more."""
    encoded = internal.replace("_", "_x005f_")
    return encoded if internal[:1].isalpha() else f"OData_{encoded}"


def _version(held: Mapping[str, Any], wires: Sequence[WireColumn], item_id: int) -> Version:
    editor = held.get("Editor")
    return Version(
        label=str(held["VersionLabel"]),
        made=instant(_zoned(held["Created"])),
        editor_id=None if editor is None else int(editor["LookupId"]),
        cells={wire.column.name: _cell(wire, held, item_id) for wire in wires},
    )


def _cell(wire: WireColumn, held: Mapping[str, Any], item_id: int) -> Cell:
    value = held.get(version_property(wire.column.name))
    return decode(wire, {"Id": item_id, wire.prop: _as_in_an_item(wire, value)})


def _as_in_an_item(wire: WireColumn, value: Any) -> Any:
    kind = wire.column.type
    if value is None:
        return None
    if kind in _PEOPLE | _LOOKUPS:
        shown = "Title" if kind in _PEOPLE else wire.shown
        if isinstance(value, list):
            return [{"Id": each["LookupId"], shown: each["LookupValue"]} for each in value]
        return {"Id": value["LookupId"], shown: value["LookupValue"]}
    return _zoned(value) if kind in _DATES else value


def _zoned(value: str) -> str:
    """A time that names no zone is UTC."""
    clock = value.partition("T")[2]
    return value if any(mark in clock for mark in "Z+-") else f"{value}Z"
