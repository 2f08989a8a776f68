"""A column from its CAML definition, as CreateFieldAsXml takes it."""

import sys
import uuid
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from connectors.emulator import errors
from connectors.emulator.errors import NotEmulated
from connectors.emulator.state.fields import TYPES, Field
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.naming import internal_name
from connectors.emulator.state.whole_numbers import whole_number
from connectors.emulator.wire.xml import read_xml

NAME_HINT = 8
ADD_TO_DEFAULT_VIEW = 16
_MULTIPLE_FORM = {"Lookup": "LookupMulti", "User": "UserMulti"}


def field_from_xml(owner: SpList, text: str, options: int = 0) -> Field:
    """Read a `<Field .../>`.

    The internal name comes from the display name, as the service has it, unless `options` carries the hint (8) to
    use the Name attribute.
    """
    element = _parsed(text)
    given = element.attrib
    kind = _type(given)
    title = given.get("DisplayName") or given.get("Name") or ""
    if not title:
        raise errors.bad_query("The definition of a column needs a DisplayName.")
    hinted = given.get("Name") if options & NAME_HINT else None
    return Field(
        id=_identifier(owner, given),
        name=internal_name(hinted or title, {known.name for known in owner.fields()}),
        title=title,
        type=kind,
        description=given.get("Description", ""),
        required=_on(given, "Required"),
        indexed=_on(given, "Indexed"),
        unique=_on(given, "EnforceUniqueValues"),
        hidden=_on(given, "Hidden"),
        read_only=_on(given, "ReadOnly"),
        default=_child(element, "Default"),
        max_length=_length(given.get("MaxLength")),
        choices=tuple(choice.text or "" for choice in element.iterfind("CHOICES/CHOICE")),
        fill_in=_on(given, "FillInChoice"),
        date_only=given.get("Format") == "DateOnly" and kind == "DateTime",
        rich_text=_on(given, "RichText"),
        lookup_list=_target(owner, kind, given),
        lookup_field=given.get("ShowField", "Title"),
        formula=_child(element, "Formula") or "",
        output_type=given.get("ResultType", "Text") if given.get("ResultType", "Text") in TYPES else "Text",
        group=given.get("Group", "Custom Columns"),
        schema=text.strip(),
    )


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


def _on(given: Mapping[str, str], name: str) -> bool:
    return given.get(name, "").upper() == "TRUE"


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
