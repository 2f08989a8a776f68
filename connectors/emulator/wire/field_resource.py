"""Columns as resources: the properties of every column and those of its type."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.emulator.state.fields import ALL_TYPES, PEOPLE, REFERENCES, Field
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.whole_numbers import whole_number
from connectors.emulator.wire.column_schema import schema_xml, written
from connectors.emulator.wire.projection import Resource
from connectors.emulator.wire.shapes import Multi

_ZERO_GUID = "00000000-0000-0000-0000-000000000000"
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
    given = written(known.schema)
    locale = owner.site.locale.id
    by_type: dict[str, dict[str, Any]] = {
        "Text": {"MaxLength": known.max_length},
        "Note": {"AllowHyperlink": False, "AppendOnly": False, "NumberOfLines": _count(given.get("NumLines"), 6),
                 "RestrictedMode": True, "RichText": known.rich_text, "UnlimitedLengthInDocumentLibrary": False,
                 "WikiLinking": False},
        "DateTime": {"DateTimeCalendarType": 0, "DateFormat": None, "DisplayFormat": int(not known.date_only),
                     "FriendlyDisplayFormat": 0, "TimeFormat": None},
        "Number": _number(given),
        "Currency": {**_number(given), "CurrencyLocaleId": _count(given.get("LCID"), locale)},
        "Choice": {"FillInChoice": known.fill_in, "Mappings": None, "Choices": Multi("Edm.String", known.choices),
                   "EditFormat": int(given.get("Format") == "RadioButtons")},
        "MultiChoice": {"FillInChoice": known.fill_in, "Mappings": None, "Choices": Multi("Edm.String", known.choices)},
        "URL": {"DisplayFormat": int(given.get("Format") == "Image")},
        "Calculated": {"CurrencyLocaleId": locale, "DateFormat": 0, "DisplayFormat": -1, "Formula": known.formula,
                       "OutputType": ALL_TYPES[known.output_type].kind, "ShowAsPercentage": _percentage(given)},
    }  # fmt: skip
    return by_type.get(known.type, {})


def _number(given: Mapping[str, str]) -> dict[str, Any]:
    return {
        "CommaSeparator": True,
        "CustomUnitName": None,
        "CustomUnitOnRight": False,
        "DisplayFormat": _count(given.get("Decimals"), -1),
        "MaximumValue": _bound(given.get("Max"), _LARGEST),
        "MinimumValue": _bound(given.get("Min"), -_LARGEST),
        "ShowAsPercentage": _percentage(given),
        "Unit": None,
    }


def _percentage(given: Mapping[str, str]) -> bool:
    return given.get("Percentage", "").upper() == "TRUE"


def _count(text: str | None, otherwise: int) -> int:
    number = whole_number(text or "")
    return otherwise if number is None else number


def _bound(text: str | None, otherwise: float) -> float:
    try:
        bound = otherwise if text is None else float(text)
    except ValueError:
        return otherwise
    return bound if math.isfinite(bound) else otherwise


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
    shown = {"AllowDisplay": True, "Presence": True, "SelectionGroup": 0, "SelectionMode": _selection(known)}
    return {**shared, **shown, "UserDisplayOptions": None}


def _selection(known: Field) -> int:
    """Whether the column takes groups (1) or people alone (0)."""
    return int(written(known.schema).get("UserSelectionMode", "1") not in {"0", "PeopleOnly"})
