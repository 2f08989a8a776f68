"""A column's definition in CAML, as CreateFieldAsXml takes it."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

from connectors.sharepoint.admin.formatting import formatter
from sync.core.columns import ColumnType
from sync.core.provisioning.shape import ColumnShape
from sync.errors import DefectError

_PEOPLE = {"UserSelectionMode": "PeopleOnly", "UserSelectionScope": "0"}
_TYPES: Mapping[ColumnType, tuple[str, Mapping[str, str]]] = {
    ColumnType.TEXT: ("Text", {"MaxLength": "255"}),
    ColumnType.NOTE: ("Note", {"RichText": "FALSE"}),
    ColumnType.RICH_NOTE: ("Note", {"RichText": "TRUE", "RichTextMode": "FullHtml"}),
    ColumnType.NUMBER: ("Number", {}),
    ColumnType.CURRENCY: ("Currency", {}),
    ColumnType.YES_NO: ("Boolean", {}),
    ColumnType.DATE: ("DateTime", {"Format": "DateOnly", "FriendlyDisplayFormat": "Disabled"}),
    ColumnType.DATE_TIME: ("DateTime", {"Format": "DateTime", "FriendlyDisplayFormat": "Disabled"}),
    ColumnType.CHOICE: ("Choice", {"Format": "Dropdown", "FillInChoice": "FALSE"}),
    ColumnType.MULTI_CHOICE: ("MultiChoice", {"FillInChoice": "FALSE"}),
    ColumnType.LOOKUP: ("Lookup", {"ShowField": "Title"}),
    ColumnType.LOOKUP_MULTI: ("LookupMulti", {"ShowField": "Title", "Mult": "TRUE"}),
    ColumnType.PERSON: ("User", _PEOPLE),
    ColumnType.PERSON_MULTI: ("UserMulti", {**_PEOPLE, "Mult": "TRUE"}),
    ColumnType.LINK: ("URL", {"Format": "Hyperlink"}),
}
"""What SharePoint calls a column of each type that can be made, and what makes it the plain kind of it."""

OPTIONS = 4 | 8
"""AddToAllContentTypes, so that the page of an item shows the column; AddFieldInternalNameHint, so that `Name` becomes
the internal name, whatever the title."""


def field_xml(shape: ColumnShape, target: str | None = None) -> str:
    """`target`: of a lookup, the GUID of the list that it looks into. DefectError for what cannot be made."""
    if shape.type not in _TYPES:
        raise DefectError(f"A column of type {shape.type.value} cannot be made.")
    kind, more = _TYPES[shape.type]
    field = Element(
        "Field",
        {
            "Type": kind,
            "Name": shape.name,
            "StaticName": shape.name,
            "DisplayName": shape.title,
            "Description": shape.description,
            "Required": _flag(shape.required),
            **more,
            **_details(shape, target),
            **_places(shape),
        },
    )
    if shape.default is not None:
        SubElement(field, "Default").text = shape.default
    if shape.choices:
        choices = SubElement(field, "CHOICES")
        for choice in shape.choices:
            SubElement(choices, "CHOICE").text = choice
    return tostring(field, encoding="unicode")


def _details(shape: ColumnShape, target: str | None) -> dict[str, str]:
    given = {
        "NumLines": str(shape.lines) if shape.type in (ColumnType.NOTE, ColumnType.RICH_NOTE) else "",
        "Decimals": str(shape.decimals) if shape.decimals is not None else "",
        "List": f"{{{target}}}" if target else "",
        "CustomFormatter": formatter(shape.look),
    }
    return {name: value for name, value in given.items() if value}


def _places(shape: ColumnShape) -> dict[str, str]:
    """A unique column needs an index. What is always true goes without saying."""
    indexed = shape.indexed or shape.unique
    return {
        **({"Indexed": "TRUE"} if indexed else {}),
        **({"EnforceUniqueValues": "TRUE"} if shape.unique else {}),
        **({} if shape.in_forms else {"ShowInNewForm": "FALSE", "ShowInEditForm": "FALSE"}),
    }


def _flag(value: bool) -> str:
    return "TRUE" if value else "FALSE"
