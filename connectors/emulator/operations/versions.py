"""An item's versions: every column of the list as it was, under names that are encoded once more."""

from typing import Any

from connectors.emulator import errors
from connectors.emulator.state import approval
from connectors.emulator.state.fields import PEOPLE, REFERENCES, Field
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.naming import version_property_name
from connectors.emulator.state.users import APP_PERSON, User
from connectors.emulator.state.values import Stored, row_size
from connectors.emulator.state.versions import Item, Version
from connectors.emulator.wire.calls import Call
from connectors.emulator.wire.field_resource import fields_of
from connectors.emulator.wire.items import shown
from connectors.emulator.wire.odata import Options
from connectors.emulator.wire.projection import Resource, collect, project
from connectors.emulator.wire.shapes import Collection, Complex, Multi, Reply, iso

_APP_NUMBER = 1
# Columns whose value in a version is the same for every item of a list without folders, files and labels.
_CONSTANT: dict[str, Any] = {
    "_HasCopyDestinations": None, "_CopySource": None, "WorkflowVersion": 1, "Attachments": False, "InstanceID": None,
    "WorkflowInstanceID": None, "FSObjType": "0", "ProgId": "", "File_x0020_Type": None, "MetaInfo": "", "_Level": 1,
    "ItemChildCount": "0", "FolderChildCount": "0", "Restricted": "", "OriginatorId": "", "NoExecute": "0",
    "ContentVersion": "0", "_ComplianceFlags": "", "_ComplianceTag": "", "_ComplianceTagWrittenTime": "",
    "_ComplianceTagUserId": "", "AccessPolicy": "", "_VirusStatus": "", "_VirusVendorID": "", "_VirusInfo": "",
    "SMTotalFileStreamSize": "0", "ComplianceAssetId": None, "_CommentFlags": "", "_CommentCount": "",
}  # fmt: skip


def get_versions(call: Call) -> Reply:
    """An item's versions, latest first."""
    owner, item = call.list, call.item
    resources = (_resource(owner, item, held) for held in _history(item))
    return Reply(collect(resources, call.options, "SP.ApiData.ListItemVersions"))


def get_version(call: Call) -> Reply:
    """One version by its number, 512 for 1.0."""
    owner, item, number = call.list, call.item, call.selector("version").value
    for held in _history(item):
        if str(held.ui_version) == number:
            return Reply(project(_resource(owner, item, held), call.options.select, call.options.expand))
    raise errors.item_missing()


def _history(item: Item) -> list[Version]:
    return [item.now(), *reversed(item.history)]


def _resource(owner: SpList, item: Item, held: Version) -> Resource:
    number = held.ui_version
    properties: dict[str, Any] = {
        # The moment of the version; the service leaves the Z away here, and only here.
        "Created": iso(held.modified).removesuffix("Z"),
        "IsCurrentVersion": held.label == item.label,
        "VersionId": number,
        "VersionLabel": held.version_label,
    }
    system = _system(owner, item, held)
    for column in owner.fields():
        if column.type == "Computed" or column.name == "Created":
            continue
        own = not column.builtin or column.name == "Title"
        value = _value(owner, column, held.values.get(column.name)) if own else system[column.name]
        properties[version_property_name(column.name)] = value
    uri = f"Web/Lists(guid'{owner.id}')/Items({item.id})/Versions({number})"

    def columns(select: tuple[str, ...], expand: tuple[str, ...]) -> Collection:
        return collect(fields_of(owner), Options(select=select, expand=expand), "SP.ApiData.Fields")

    return Resource(
        "SP.ListItemVersion",
        uri,
        properties,
        navigations={"Fields": columns},
        absent=frozenset({"CreatedBy", "FileVersion"}),
        context="SP.ApiData.ListItemVersions/@Element",
    )


def _system(owner: SpList, item: Item, held: Version) -> dict[str, Any]:
    """What the columns that every list comes with hold in a version."""
    folder = owner.server_relative_url
    app = _lookup(_APP_NUMBER, APP_PERSON.name)
    return _CONSTANT | {
        "ID": item.id,
        "ContentTypeId": Complex("SP.ContentTypeId", {"StringValue": owner.content_type_id}),
        "Modified": held.modified,
        "Author": _person(owner, item.author),
        "Editor": _person(owner, held.editor),
        "owshiddenversion": held.hidden_version,
        "_UIVersion": held.ui_version,
        "_UIVersionString": held.version_label,
        "_ModerationStatus": approval.status(held.values),
        "_ModerationComments": held.values.get(approval.COMMENTS),
        "Order": item.order,
        "GUID": item.guid,
        "FileRef": f"{folder}/{item.leaf_name}",
        "FileDirRef": folder,
        "Last_x0020_Modified": held.modified,
        "Created_x0020_Date": item.created,
        "SortBehavior": _lookup(item.id, "0"),
        "FileLeafRef": item.leaf_name,
        "UniqueId": item.unique_id,
        "ParentUniqueId": f"{{{owner.id.upper()}}}",
        "SyncClientId": _lookup(item.id, None),
        "ScopeId": f"{{{owner.site.web_id.upper()}}}",
        "_IsCurrentVersion": held.label == item.label,
        "AppAuthor": app,
        "AppEditor": app,
        "SMTotalSize": _lookup(row_size(held.values, (owner.title_field, *owner.custom)), ""),
        "SMLastModifiedDate": held.modified,
        "SMTotalFileCount": _lookup(0, ""),
    }


def _value(owner: SpList, column: Field, stored: Stored) -> Any:
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
    return _lookup(number, held.values.get(column.lookup_field) if held else None)


def _lookup(number: int, text: Stored) -> Complex:
    return Complex("SP.FieldLookupValue", {"LookupId": number, "LookupValue": text})


def _person(owner: SpList, number: int) -> Complex:
    user: User | None = owner.site.users.get(number)
    name, address = (user.person.name, user.person.email) if user else (None, None)
    return Complex("SP.FieldUserValue", {"LookupId": number, "LookupValue": name, "Email": address})
