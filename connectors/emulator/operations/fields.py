"""Columns: read, made in three ways, changed, removed."""

from dataclasses import replace
from typing import Any

from connectors.emulator import errors
from connectors.emulator.errors import NotEmulated
from connectors.emulator.state.fields import TYPE_OF_KIND, TYPES, Field
from connectors.emulator.state.json_kinds import checked_kind, members
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.naming import internal_name
from connectors.emulator.wire.arguments import flags
from connectors.emulator.wire.calls import Call, one_property
from connectors.emulator.wire.field_resource import field_resource, fields_of
from connectors.emulator.wire.field_schema import ADD_TO_DEFAULT_VIEW, field_from_xml, redefined
from connectors.emulator.wire.projection import collect, project
from connectors.emulator.wire.shapes import Reply, Scalar

# REST name -> attribute of Field, with the JSON type it takes.
_SETTINGS: dict[str, tuple[str, type]] = {
    "Title": ("title", str),
    "Description": ("description", str),
    "Required": ("required", bool),
    "Indexed": ("indexed", bool),
    "EnforceUniqueValues": ("unique", bool),
    "Hidden": ("hidden", bool),
    "ReadOnlyField": ("read_only", bool),
    "DefaultValue": ("default", str),
    "MaxLength": ("max_length", int),
    "FillInChoice": ("fill_in", bool),
    "RichText": ("rich_text", bool),
    "Group": ("group", str),
    "CustomFormatter": ("custom_formatter", str),
    "Formula": ("formula", str),
    "LookupField": ("lookup_field", str),
    "LookupFieldName": ("lookup_field", str),
}
# What clients send and what changes nothing here.
_ACCEPTED = frozenset(
    {"FieldTypeKind", "TypeAsString", "StaticName", "AllowMultipleValues", "Choices", "DisplayFormat", "LookupList",
     "LookupListId", "LookupWebId", "OutputType", "SelectionMode", "SelectionGroup", "Presence", "EditFormat",
     "NumberOfLines", "AppendOnly", "AllowHyperlink", "MinimumValue", "MaximumValue", "DateTimeCalendarType",
     "FriendlyDisplayFormat", "IsRelationship", "RelationshipDeleteBehavior", "CurrencyLocaleId", "RestrictedMode",
     "UnlimitedLengthInDocumentLibrary", "WikiLinking", "PrimaryFieldId", "JSLink", "IsCompactName", "SchemaXml",
     "InternalName", "ShowAsPercentage", "CommaSeparator", "DateFormat", "ValidationFormula", "ValidationMessage"}
)  # fmt: skip
_MULTIPLE_FORM = {"Lookup": "LookupMulti", "User": "UserMulti"}


def get_fields(call: Call) -> Reply:
    """Every column."""
    return Reply(collect(fields_of(call.list), call.options, "SP.ApiData.Fields"))


def get_field(call: Call) -> Reply:
    """One column."""
    return _shown(call, call.field)


def get_field_property(call: Call) -> Reply:
    """One plain property of a column."""
    return Reply(one_property(call, field_resource(call.list, call.field)))


def post_field(call: Call) -> Reply:
    """Make a column from a field entity."""
    return _made(call, call.parameters("parameters"), 201)


def add_field(call: Call) -> Reply:
    """Make a column from field creation information."""
    return _made(call, call.parameters("parameters"), 200)


def create_field_as_xml(call: Call) -> Reply:
    """Make a column from a CAML definition."""
    given = call.parameters("parameters")
    text = given.get("SchemaXml")
    if not isinstance(text, str):
        raise errors.bad_query("The parameter SchemaXml cannot be null or empty.")
    options = checked_kind(given.get("Options") or 0, int)
    made = call.list.add_field(field_from_xml(call.list, text, options))
    if options & ADD_TO_DEFAULT_VIEW:
        call.list.default_view.fields.append(made.name)
    return _shown(call, made)


def _made(call: Call, given: dict[str, Any], status: int) -> Reply:
    owner = call.list
    title = given.get("Title")
    if not isinstance(title, str) or not title.strip():
        raise errors.bad_query("The parameter Title cannot be null or empty.")
    kind = _type_of(given)
    name = internal_name(title, {known.name for known in owner.fields()})
    column = Field(owner.site.world.new_guid(), name, title.strip(), kind)
    column = _changed(owner, column, given)
    owner.add_field(column)
    reply = _shown(call, column)
    reply.status = status
    if status == 201 and not isinstance(reply.body, Scalar | None):
        reply.headers["Location"] = f"{call.api}/{field_resource(owner, column).uri}"
    return reply


def _type_of(given: dict[str, Any]) -> str:
    named = given.get("TypeAsString")
    kind = named if isinstance(named, str) else _of_kind(given.get("FieldTypeKind", 0))
    if kind not in TYPES:
        raise NotEmulated(f"columns of type {named or given.get('FieldTypeKind')}")
    return _MULTIPLE_FORM.get(kind, kind) if given.get("AllowMultipleValues") is True else kind


def _of_kind(raw: Any) -> str:
    """The type that a FieldTypeKind means; "" where it means none that is emulated."""
    return TYPE_OF_KIND.get(checked_kind(raw, int), "")


def update_field(call: Call) -> Reply:
    """Change a column's settings."""
    owner, column, given = call.list, call.field, call.parameters("parameters")
    defined = column
    if given.get("SchemaXml") is not None:
        defined = redefined(owner, column, checked_kind(given["SchemaXml"], str))
    owner.change_field(column, _changed(owner, defined, given))
    return Reply(status=204, headers={"ETag": owner.etag})


def set_show_in_new_form(call: Call) -> Reply:
    """Say whether the form for new items has the column."""
    return _stands(call, "SetShowInNewForm", "show_in_new_form")


def set_show_in_edit_form(call: Call) -> Reply:
    """Say whether the form for editing has the column."""
    return _stands(call, "SetShowInEditForm", "show_in_edit_form")


def set_show_in_display_form(call: Call) -> Reply:
    """Say whether the form that shows an item has the column."""
    return _stands(call, "SetShowInDisplayForm", "show_in_display_form")


def _stands(call: Call, method: str, attribute: str) -> Reply:
    owner, column = call.list, call.field
    changes: dict[str, Any] = {attribute: flags(call, method.lower(), ("value",))["value"]}
    owner.change_field(column, replace(column, **changes))
    return Reply(Scalar(method, None))


def delete_field(call: Call) -> Reply:
    """Remove a column and its values."""
    call.list.delete_field(call.field)
    return Reply()


def _changed(owner: SpList, column: Field, given: dict[str, Any]) -> Field:
    changes: dict[str, Any] = {}
    for name, raw in given.items():
        if name in _SETTINGS:
            attribute, kind = _SETTINGS[name]
            default = Field.__dataclass_fields__[attribute].default
            changes[attribute] = default if raw is None else checked_kind(raw, kind)
        elif name not in _ACCEPTED:
            raise errors.unknown_property(name, column.about.odata)
    changes |= _typed_changes(owner, column, given)
    return replace(column, **changes)


def _typed_changes(owner: SpList, column: Field, given: dict[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if "Choices" in given:
        changes["choices"] = tuple(checked_kind(choice, str) for choice in members(given["Choices"]))
    if "DisplayFormat" in given and column.type == "DateTime":
        changes["date_only"] = given["DisplayFormat"] == 0
    if "OutputType" in given:
        changes["output_type"] = _of_kind(given["OutputType"]) or "Text"
    target = given.get("LookupListId", given.get("LookupList"))
    if column.type in {"Lookup", "LookupMulti"} and target is not None:
        found = owner.site.list_with_id(str(target))
        if found is None:
            raise errors.list_missing()
        changes["lookup_list"] = found.id
    if "AllowMultipleValues" in given:
        single = column.type.removesuffix("Multi") if column.type in {"LookupMulti", "UserMulti"} else column.type
        changes["type"] = _MULTIPLE_FORM.get(single, single) if given["AllowMultipleValues"] is True else single
    return changes


def _shown(call: Call, column: Field) -> Reply:
    return Reply(project(field_resource(call.list, column), call.options.select, call.options.expand))
