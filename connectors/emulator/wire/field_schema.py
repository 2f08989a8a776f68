"""A column from its CAML definition, as CreateFieldAsXml takes it."""

import sys
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

from connectors.emulator import errors
from connectors.emulator.errors import NotEmulated
from connectors.emulator.state.fields import TYPES, Field
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.naming import internal_name
from connectors.emulator.state.whole_numbers import whole_number
from connectors.emulator.wire.xml import read_xml

# Of SP.AddFieldOptions, those that change anything where a list has one content type.
NAME_HINT = 8
ADD_TO_DEFAULT_VIEW = 16
CHECK_DISPLAY_NAME = 32
_MULTIPLE_FORM = {"Lookup": "LookupMulti", "User": "UserMulti"}


def field_from_xml(owner: SpList, text: str, options: int = 0) -> Field:
    """Read a `<Field .../>`.

    The internal name comes from the display name, as the service has it, unless `options` carries the hint (8) to
    use the Name attribute. A name made from the display name gets a digit where it is taken; a hinted one is refused.
    """
    element = _parsed(text)
    given = element.attrib
    kind = _type(given)
    title = given.get("DisplayName") or given.get("Name") or ""
    if not title:
        raise errors.bad_query("The definition of a column needs a DisplayName.")
    if options & CHECK_DISPLAY_NAME and owner.field_titled(title) is not None:
        raise errors.duplicate_field(title)
    return Field(
        id=_identifier(owner, given),
        name=_name(owner, given, title, options),
        title=title,
        type=kind,
        schema=text.strip(),
        **_told(owner, kind, element),
    )


def redefined(owner: SpList, column: Field, text: str) -> Field:
    """The column as a `<Field .../>` written to its SchemaXml defines it: what the text leaves out is as in a new one.

    Its identifier, its internal name and its type stay. NotEmulated for another type.
    """
    element = _parsed(text)
    kind = _type(element.attrib) if element.get("Type") else column.type
    if kind != column.type:
        raise NotEmulated(f"changing a column of type {column.type} to {kind}")
    title = element.get("DisplayName") or column.title
    return replace(column, title=title, schema=text.strip(), **_told(owner, kind, element))


def _name(owner: SpList, given: Mapping[str, str], title: str, options: int) -> str:
    taken = {known.name for known in owner.fields()}
    hinted = given.get("Name") if options & NAME_HINT else None
    if not hinted:
        return internal_name(title, taken)
    name = internal_name(hinted)
    if owner.field_named(name) is not None:
        raise errors.duplicate_field(name)
    return name


def _told(owner: SpList, kind: str, element: Element) -> dict[str, Any]:
    """What a definition says about a column besides its identity."""
    given = element.attrib
    return {
        "description": given.get("Description", ""),
        "required": _on(given, "Required"),
        "indexed": _on(given, "Indexed"),
        "unique": _on(given, "EnforceUniqueValues"),
        "hidden": _on(given, "Hidden"),
        "read_only": _on(given, "ReadOnly"),
        "default": _child(element, "Default"),
        "max_length": _length(given.get("MaxLength")),
        "choices": tuple(choice.text or "" for choice in element.iterfind("CHOICES/CHOICE")),
        "fill_in": _on(given, "FillInChoice"),
        "date_only": given.get("Format") == "DateOnly" and kind == "DateTime",
        "rich_text": _on(given, "RichText"),
        "lookup_list": _target(owner, kind, given),
        "lookup_field": given.get("ShowField", "Title"),
        "formula": _child(element, "Formula") or "",
        "output_type": given.get("ResultType", "Text") if given.get("ResultType", "Text") in TYPES else "Text",
        "group": given.get("Group", "Custom Columns"),
        "custom_formatter": given.get("CustomFormatter") or None,
        "show_in_new_form": _on(given, "ShowInNewForm", otherwise=True),
        "show_in_edit_form": _on(given, "ShowInEditForm", otherwise=True),
        "show_in_display_form": _on(given, "ShowInDisplayForm", otherwise=True),
    }


def _parsed(text: str) -> Element:
    element = read_xml(text.strip())
    if element is None:
        raise errors.bad_query("The definition of the column is not well-formed XML.")
    if element.tag != "Field":
        raise errors.bad_query("The definition of the column must be a Field element.")
    return element


def _type(given: Mapping[str, str]) -> str:
    kind = given.get("Type", "")
    if _on(given, "Mult"):
        kind = _MULTIPLE_FORM.get(kind, kind)
    if kind not in TYPES:
        raise NotEmulated(f"columns of type {kind or '(none)'}")
    return kind


def _length(text: str | None) -> int:
    """The longest text; what is no number is as if it were absent, and what has too many digits is too long."""
    number = whole_number(text or "")
    return number if number is not None else sys.maxsize if text and text.isdecimal() else 255


def _on(given: Mapping[str, str], name: str, *, otherwise: bool = False) -> bool:
    return given[name].upper() == "TRUE" if name in given else otherwise


def _child(element: Element, name: str) -> str | None:
    found = element.find(name)
    return None if found is None else (found.text or "")


def _identifier(owner: SpList, given: Mapping[str, str]) -> str:
    text = given.get("ID")
    if not text:
        return owner.site.world.new_guid()
    try:
        return str(uuid.UUID(text.strip("{}")))
    except ValueError:
        raise errors.bad_query(f"The identifier '{text}' is not a GUID.") from None


def _target(owner: SpList, kind: str, given: Mapping[str, str]) -> str:
    if kind not in {"Lookup", "LookupMulti"}:
        return ""
    named = given.get("List", "")
    found = owner.site.list_with_id(named) or owner.site.list_at(named) if named else None
    if found is None:
        raise errors.list_missing()
    return found.id
