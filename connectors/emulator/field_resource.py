"""Columns as resources, with the SchemaXml the service derives from each."""

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from connectors.emulator.fields import ALL_TYPES, PEOPLE, REFERENCES, Field
from connectors.emulator.lists import SpList
from connectors.emulator.projection import Resource
from connectors.emulator.shapes import Multi

_ZERO_GUID = "00000000-0000-0000-0000-000000000000"
_DEFAULT_LENGTH = 255
_LARGEST = 1.7976931348623157e308


# Every property of a column in the recorded order; what a column has of its own is filled in.
_DEFAULTS: dict[str, Any] = {
    "AutoIndexed": False,
    "CanBeDeleted": None,
    "ClientSideComponentId": _ZERO_GUID,
    "ClientSideComponentProperties": None,
    "ClientValidationFormula": None,
    "ClientValidationMessage": None,
    "CustomFormatter": None,
    "DefaultFormula": None,
    "DefaultValue": None,
    "Description": None,
    "Direction": "none",
    "EnforceUniqueValues": None,
    "EntityPropertyName": None,
    "Filterable": None,
    "FromBaseType": None,
    "Group": None,
    "Hidden": None,
    "Id": None,
    "Indexed": None,
    "IndexStatus": None,
    "InternalName": None,
    "IsModern": False,
    "JSLink": "clienttemplates.js",
    "PinnedToFiltersPane": False,
    "ReadOnlyField": None,
    "Required": None,
    "SchemaXml": None,
    "Scope": None,
    "Sealed": False,
    "ShowInFiltersPane": 0,
    "Sortable": None,
    "StaticName": None,
    "Title": None,
    "FieldTypeKind": None,
    "TypeAsString": None,
    "TypeDisplayName": None,
    "TypeShortDescription": None,
    "ValidationFormula": None,
    "ValidationMessage": None,
}


def fields_of(owner: SpList) -> Iterator[Resource]:
    """Every column of a list."""
    return (field_resource(owner, known) for known in owner.fields())


def field_resource(owner: SpList, known: Field) -> Resource:
    """One column with the properties of every column and those of its type."""
    about = known.about
    properties: dict[str, Any] = {
        **_DEFAULTS,
        "CanBeDeleted": not known.builtin,
        "CustomFormatter": known.custom_formatter,
        "DefaultValue": known.default,
        "Description": known.description,
        "EnforceUniqueValues": known.unique,
        "EntityPropertyName": known.rest_name,
        "Filterable": about.filterable,
        "FromBaseType": known.builtin,
        "Group": known.group,
        "Hidden": known.hidden,
        "Id": known.id,
        "Indexed": known.indexed,
        "IndexStatus": int(known.indexed),
        "InternalName": known.name,
        "ReadOnlyField": known.read_only or known.type == "Calculated",
        "Required": known.required,
        "SchemaXml": schema_xml(owner, known),
        "Scope": owner.server_relative_url,
        "Sortable": about.sortable,
        "StaticName": known.name,
        "Title": known.title,
        "FieldTypeKind": about.kind,
        "TypeAsString": known.type,
        "TypeDisplayName": about.display,
        "TypeShortDescription": about.description,
        **_of_type(owner, known),
    }
    uri = f"Web/Lists(guid'{owner.id}')/Fields(guid'{known.id}')"
    return Resource(about.odata, uri, properties, context="SP.ApiData.Fields/@Element")


def _of_type(owner: SpList, known: Field) -> dict[str, Any]:
    if known.type in REFERENCES:
        return _reference(owner, known)
    by_type: dict[str, dict[str, Any]] = {
        "Text": {"MaxLength": known.max_length},
        "Note": {"AllowHyperlink": False, "AppendOnly": False, "NumberOfLines": 6, "RestrictedMode": True,
                 "RichText": known.rich_text, "UnlimitedLengthInDocumentLibrary": False, "WikiLinking": False},
        "DateTime": {"DateTimeCalendarType": 0, "DateFormat": None, "DisplayFormat": int(not known.date_only),
                     "FriendlyDisplayFormat": 0, "TimeFormat": None},
        "Number": _number(),
        "Currency": {**_number(), "CurrencyLocaleId": 2057},
        "Choice": {"FillInChoice": known.fill_in, "Mappings": None, "Choices": Multi("Edm.String", known.choices),
                   "EditFormat": 0},
        "MultiChoice": {"FillInChoice": known.fill_in, "Mappings": None, "Choices": Multi("Edm.String", known.choices)},
        "URL": {"DisplayFormat": 0},
        "Calculated": {"CurrencyLocaleId": 2057, "DateFormat": 0, "DisplayFormat": -1, "Formula": known.formula,
                       "OutputType": ALL_TYPES[known.output_type].kind, "ShowAsPercentage": False},
    }  # fmt: skip
    return by_type.get(known.type, {})


def _number() -> dict[str, Any]:
    return {
        "CommaSeparator": True,
        "CustomUnitName": None,
        "CustomUnitOnRight": False,
        "DisplayFormat": -1,
        "MaximumValue": _LARGEST,
        "MinimumValue": -_LARGEST,
        "ShowAsPercentage": False,
        "Unit": None,
    }


def _reference(owner: SpList, known: Field) -> dict[str, Any]:
    people = known.type in PEOPLE
    shared = {
        "AllowMultipleValues": known.multiple,
        "DependentLookupInternalNames": Multi("Edm.String", ()),
        "IsDependentLookup": False,
        "IsRelationship": not people and not known.builtin,
        "LookupField": "" if people else known.lookup_field,
        "LookupList": f"{{{owner.site.user_list_id}}}" if people else known.lookup_list,
        "LookupWebId": owner.site.web_id,
        "PrimaryFieldId": None,
        "RelationshipDeleteBehavior": 0,
        "UnlimitedLengthInDocumentLibrary": False,
    }
    if not people:
        return shared
    shown = {"AllowDisplay": True, "Presence": True, "SelectionGroup": 0, "SelectionMode": 1}
    return {**shared, **shown, "UserDisplayOptions": None}


def schema_xml(owner: SpList, known: Field) -> str:
    """The column's definition in CAML, in the attribute order the service writes."""
    attributes = {
        "Type": known.type,
        "Name": known.name,
        "DisplayName": known.title,
        "ID": f"{{{known.id}}}",
        "Group": known.group,
        "Required": _flag(known.required),
        **_schema_of_type(known),
        **{name: "TRUE" for name, on in _schema_flags(known) if on},
        "SourceID": f"{{{owner.id}}}",
        "StaticName": known.name,
    }
    head = " ".join(f"{name}={quoteattr(value, {chr(39): '&apos;'})}" for name, value in attributes.items())
    inner = "".join(_schema_children(known))
    return f"<Field {head}>{inner}</Field>" if inner else f"<Field {head} />"


def _flag(value: bool) -> str:
    return "TRUE" if value else "FALSE"


def _schema_flags(known: Field) -> tuple[tuple[str, bool], ...]:
    return (
        ("Mult", known.multiple and known.type in REFERENCES),
        ("Indexed", known.indexed),
        ("EnforceUniqueValues", known.unique),
        ("Hidden", known.hidden),
        ("FillInChoice", known.fill_in),
        ("ReadOnly", known.read_only or known.type == "Calculated"),
    )


def _schema_of_type(known: Field) -> dict[str, str]:
    by_type = {
        "Text": {} if known.max_length == _DEFAULT_LENGTH else {"MaxLength": str(known.max_length)},
        "Note": {"RichText": _flag(known.rich_text), "NumLines": "6"},
        "DateTime": {
            "Format": "DateOnly" if known.date_only else "DateTime",
            "FriendlyDisplayFormat": "Unspecified",
            "CalType": "0",
        },
        "Choice": {"Format": "Dropdown"},
        "Lookup": {"ShowField": known.lookup_field, "List": known.lookup_list},
        "LookupMulti": {"ShowField": known.lookup_field, "List": known.lookup_list},
        "User": {"UserSelectionMode": "1", "UserSelectionScope": "0"},
        "UserMulti": {"UserSelectionMode": "1", "UserSelectionScope": "0"},
        "URL": {"Format": "Hyperlink"},
        "Calculated": {"ResultType": known.output_type},
    }
    return by_type.get(known.type, {})


def _schema_children(known: Field) -> Iterator[str]:
    if known.default is not None:
        yield f"<Default>{escape(known.default)}</Default>"
    if known.choices:
        yield "<CHOICES>" + "".join(f"<CHOICE>{escape(choice)}</CHOICE>" for choice in known.choices) + "</CHOICES>"
    if known.formula:
        yield f"<Formula>{escape(known.formula)}</Formula>"
