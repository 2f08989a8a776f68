"""Items: the query, one item, and every way of writing one by its values."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from connectors.emulator import errors
from connectors.emulator.errors import NotEmulated
from connectors.emulator.state.fields import REFERENCES, Field
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.values import Stored, from_json
from connectors.emulator.state.versions import WriteMode
from connectors.emulator.wire import query
from connectors.emulator.wire.calls import Call
from connectors.emulator.wire.items import Columns, projection
from connectors.emulator.wire.odata import next_query
from connectors.emulator.wire.projection import project
from connectors.emulator.wire.resources import list_resource
from connectors.emulator.wire.shapes import Collection, Reply, Scalar

_GENERIC_TYPE = "SP.ListItem"
_NOT_COLUMNS = frozenset({"__metadata", "odata.type", "odata.etag", "odata.id", "odata.metadata", "odata.editLink"})


def get_items(call: Call) -> Reply:
    """One page of items; the link to the next only where more rows follow."""
    page = query.run(call.list, call.options)
    link = None
    if page.skip_token:
        asked = quote(call.request.path, safe="/()$@!*,;:~-._")
        link = f"{call.request.origin}{asked}?{next_query(call.options, page.skip_token)}"
    rows = [page.projection.entity(item) for item in page.items]
    return Reply(Collection(rows, f"SP.ListData.{call.list.entity_type}Items", link))


def get_item(call: Call) -> Reply:
    """One item; the lookup limit does not count here."""
    item = call.item
    chosen = projection(Columns(call.list), call.options.select, call.options.expand, limited=False)
    return Reply(chosen.entity(item), headers={"ETag": item.etag})


def get_item_property(call: Call) -> Reply:
    """One plain property of an item."""
    item, name, columns = call.item, call.resource.last, Columns(call.list)
    known = columns.getters | columns.extras
    found = next((own for own in known if own.lower() == name.lower()), None)
    if found is None:
        raise NotEmulated(f"{call.request.verb} {call.resource.pattern}")
    return Reply(Scalar(found, known[found](item)))


def get_parent_list(call: Call) -> Reply:
    """The list an item is in."""
    owner = call.list
    owner.item(call.item.id)
    return Reply(project(list_resource(owner, call.role_at(owner)), call.options.select, call.options.expand))


def get_attachments(call: Call) -> Reply:
    """An item's attachments: there are none."""
    return Reply(Collection([], "SP.ApiData.Attachments") if call.item else None)


def create_item(call: Call) -> Reply:
    """Add an item."""
    owner = call.list
    item = owner.create(read_values(call, owner), call.actor)
    entity = projection(Columns(owner), (), ()).entity(item)
    headers = {"ETag": item.etag, "Location": f"{call.api}/{entity.uri}"}
    return Reply(entity, 201, headers)


def update_item(call: Call) -> Reply:
    """Change an item, if it still is at the version the request names."""
    owner, item = call.list, call.item
    call.check_if_match(item.etag)
    owner.update(item, read_values(call, owner), WriteMode.UPDATE, call.actor)
    return Reply(status=204, headers={"ETag": item.etag})


def system_update(call: Call) -> Reply:
    """Save an item as it is, quietly; values cannot be given this way."""
    return _saved_again(call, WriteMode.SYSTEM)


def update_overwrite_version(call: Call) -> Reply:
    """Save an item as it is into its current version; values cannot be given this way."""
    return _saved_again(call, WriteMode.OVERWRITE)


def _saved_again(call: Call, mode: WriteMode) -> Reply:
    if call.request.body:
        for name in call.json():
            raise errors.bad_query(f"The parameter {name} does not exist in method {mode.value}.")
    call.list.update(call.item, {}, mode, call.actor)
    return Reply(Scalar(mode.value, None))


def delete_item(call: Call) -> Reply:
    """Remove an item for good."""
    owner, item = call.list, call.item
    call.check_if_match(item.etag)
    owner.delete(item)
    return Reply()


def recycle_item(call: Call) -> Reply:
    """Move an item to the recycle bin."""
    return Reply(Scalar("Recycle", call.site.recycle(call.list, call.item, call.actor)))


def read_values(call: Call, owner: SpList) -> dict[str, Stored]:
    """The values a body gives, by internal name; every name and every value is checked."""
    document = call.json()
    _check_type(document, owner)
    by_property = {column.write_property: column for column in owner.fields()}
    by_bare_name = {column.rest_name: column for column in owner.fields() if column.type in REFERENCES}
    known = call.site.references()
    values: dict[str, Stored] = {}
    for name, raw in document.items():
        if name in _NOT_COLUMNS or "@odata." in name:
            continue
        column = by_property.get(name)
        if column is None:
            raise _not_a_column(name, raw, owner, by_bare_name)
        if not owner.takes(column):
            raise errors.read_only()
        values[column.name] = from_json(column, raw, known)
    return values


def _check_type(document: Mapping[str, Any], owner: SpList) -> None:
    about = document.get("__metadata")
    named = about.get("type") if isinstance(about, dict) else document.get("odata.type")
    if isinstance(named, str) and named not in {owner.item_type, _GENERIC_TYPE}:
        raise errors.wrong_type(named, owner.item_type)


def _not_a_column(name: str, raw: Any, owner: SpList, references: Mapping[str, Field]) -> Exception:
    if name in {"Id", "FileSystemObjectType", "GUID", "Created", "Modified"}:
        return errors.read_only()
    if name in references and raw is not None and not isinstance(raw, dict | list):
        return errors.wrong_node("PrimitiveValue", "StartObject")
    return errors.unknown_property(name, owner.item_type)
