"""How SharePoint makes names: internal names of columns, entity types of lists, property names of the REST surface."""

import re
from collections.abc import Container

INTERNAL_NAME_LENGTH = 32
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9_]")
_NOT_TYPE = re.compile(r"[^A-Za-z0-9]")
_LEADING_DIGIT = re.compile(r"^[0-9]")


def _hex(match: re.Match[str]) -> str:
    return f"_x{ord(match.group()):04x}_"


def internal_name(title: str, taken: Container[str] = ()) -> str:
    """The internal name a column gets from the title it is created with.

    `With Space` becomes `With_x0020_Space`; the name is cut at 32 characters; a name in `taken` gets a digit.
    """
    encoded = _LEADING_DIGIT.sub(_hex, _NOT_PLAIN.sub(_hex, title.strip()))[:INTERNAL_NAME_LENGTH]
    if encoded not in taken:
        return encoded
    number = 0
    while True:
        digits = str(number)
        candidate = encoded[: INTERNAL_NAME_LENGTH - len(digits)] + digits
        if candidate not in taken:
            return candidate
        number += 1


def property_name(internal: str) -> str:
    """The REST property of a column: a leading underscore is not allowed there, so `OData_` goes before it."""
    return f"OData_{internal}" if internal.startswith("_") else internal


def version_property_name(internal: str) -> str:
    """The property of a column inside a version: underscores are encoded once more, as recorded."""
    encoded = internal.replace("_", "_x005f_")
    return f"OData_{encoded}" if internal.startswith("_") else encoded


def entity_type_name(url_name: str) -> str:
    """The entity type of a generic list from the last part of its address: `My list` gives `My_x0020_listList`."""
    encoded = _NOT_TYPE.sub(_hex, url_name)
    prefix = "" if encoded[:1].isalpha() else "OData_"
    return f"{prefix}{encoded}List"


def item_type_name(url_name: str) -> str:
    """The entity type of a list's items."""
    return f"SP.Data.{entity_type_name(url_name)}Item"
