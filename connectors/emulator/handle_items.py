"""Items: the query, one item, its versions, and every way of writing."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from connectors.emulator import approval, errors, query
from connectors.emulator.calls import Call
from connectors.emulator.errors import NotEmulated
from connectors.emulator.fields import PEOPLE, REFERENCES, Field
from connectors.emulator.items import Columns, projection, shown
from connectors.emulator.lists import SpList
from connectors.emulator.naming import version_property_name
from connectors.emulator.odata import next_query
from connectors.emulator.projection import project
from connectors.emulator.resources import list_resource
from connectors.emulator.shapes import Collection, Complex, Entity, Multi, Reply, Scalar
from connectors.emulator.users import User
from connectors.emulator.values import Stored, from_json
from connectors.emulator.versions import UI_VERSION_STEP, Item, Version, WriteMode

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
    return Reply(project(list_resource(owner, call.role), call.options.select, call.options.expand))


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


def get_versions(call: Call) -> Reply:
    """An item's versions, latest first."""
    owner, item = call.list, call.item
    if call.options.expand:
        raise NotEmulated("$expand of SP.ListItemVersion")
    entities = [_version(owner, item, held) for held in _history(item)]
    if call.options.top is not None:
        entities = entities[: call.options.top]
    return Reply(
        Collection([_selected(entity, call.options.select) for entity in entities], "SP.ApiData.ListItemVersions")
    )


def get_version(call: Call) -> Reply:
    """One version by its number, 512 for 1.0."""
    owner, item, number = call.list, call.item, call.selector("version").value
    for held in _history(item):
        if str(held.label * UI_VERSION_STEP) == number:
            return Reply(_selected(_version(owner, item, held), call.options.select))
    raise errors.item_missing()


def _history(item: Item) -> list[Version]:
    return [item.now(), *reversed(item.history)]


def _selected(entity: Entity, select: tuple[str, ...]) -> Entity:
    if select and "*" not in select:
        for name in select:
            if name not in entity.properties:
                raise errors.unknown_property(name, "SP.ListItemVersion")
        entity.properties = {name: entity.properties[name] for name in select}
    return entity


def _version(owner: SpList, item: Item, held: Version) -> Entity:
    current = held.label == item.label
    number = held.label * UI_VERSION_STEP
    properties: dict[str, Any] = {
        "Created": held.modified,
        "IsCurrentVersion": current,
        "VersionId": number,
        "VersionLabel": f"{held.label}.0",
        "ID": item.id,
        "ContentTypeId": Complex("SP.ContentTypeId", {"StringValue": owner.content_type_id}),
        "Title": held.values.get("Title"),
    }
    for column in owner.custom:
        properties[version_property_name(column.name)] = _version_value(owner, column, held.values.get(column.name))
    properties |= {
        "Modified": held.modified,
        "Author": _person(owner, item.author),
        "Editor": _person(owner, held.editor),
        "owshiddenversion": held.hidden_version,
        "OData__x005f_UIVersion": number,
        "OData__x005f_UIVersionString": f"{held.label}.0",
        "Attachments": False,
        "OData__x005f_ModerationStatus": approval.status(held.values),
        "OData__x005f_ModerationComments": held.values.get(approval.COMMENTS),
        "GUID": item.guid,
        "OData__x005f_IsCurrentVersion": current,
    }
    uri = f"Web/Lists(guid'{owner.id}')/Items({item.id})/Versions({number})"
    return Entity("SP.ListItemVersion", uri, properties, context="SP.ApiData.ListItemVersions/@Element")


def _version_value(owner: SpList, column: Field, stored: Stored) -> Any:
    if column.type not in REFERENCES:
        return shown(column, stored)
    numbers = stored if isinstance(stored, tuple) else () if stored is None else (stored,)
    found = [_reference(owner, column, int(number)) for number in numbers if isinstance(number, int | str)]
    if column.multiple:
        return Multi("SP.FieldLookupValue", found)
    return found[0] if found else None


def _reference(owner: SpList, column: Field, number: int) -> Complex:
    if column.type in PEOPLE:
        return _person(owner, number)
    target = owner.site.list_with_id(column.lookup_list)
    held = target.items.get(number) if target else None
    text = held.values.get(column.lookup_field) if held else None
    return Complex("SP.FieldLookupValue", {"LookupId": number, "LookupValue": text})


def _person(owner: SpList, number: int) -> Complex:
    user: User | None = owner.site.users.get(number)
    name, address = (user.person.name, user.person.email) if user else (None, None)
    return Complex("SP.FieldUserValue", {"LookupId": number, "LookupValue": name, "Email": address})
