"""Typed parameters of ProcessQuery as values of a column."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element

from connectors.emulator import errors
from connectors.emulator.errors import NotEmulated
from connectors.emulator.state.fields import Field
from connectors.emulator.state.values import (
    References,
    Stored,
    UrlValue,
    checked_choices,
    checked_references,
    from_json,
)

_USER_VALUE = "{c956ab54-16bd-4c18-89d2-996f57282a6f}"
_LOOKUP_VALUE = "{f1d34cc0-9b50-4a78-be78-d5facfcccfb7}"
_URL_VALUE = "{fa8b44af-7b43-43f2-904a-bd319497011e}"
_NUMBERS = frozenset({"Int16", "Int32", "Int64", "Byte", "UInt32", "Double", "Single", "Decimal", "Number"})


def parameter_text(element: Element) -> str | None:
    """The text of a parameter; None where it is null."""
    return None if _type(element) == "Null" else (element.text or "")


def parameter_value(column: Field, element: Element, known: References) -> Stored:
    """A typed parameter as the column stores it; raises the service's errors."""
    plain = _plain(element)
    if plain is None or plain == []:
        return None
    if column.type in {"Lookup", "User"}:
        return checked_references(column, [_number(plain)], known)[0]
    if column.type in {"LookupMulti", "UserMulti"}:
        members = plain if isinstance(plain, list) else [plain]
        return checked_references(column, [_number(member) for member in members], known) or None
    if column.type == "MultiChoice":
        return checked_choices(column, [str(member) for member in (plain if isinstance(plain, list) else [plain])])
    if column.type == "URL":
        return plain if isinstance(plain, UrlValue) else from_json(column, {"Url": plain}, known)
    if isinstance(plain, datetime | UrlValue | list):
        raise errors.invalid_value("text")
    return from_json(column, plain, known)


def _type(element: Element) -> str:
    return element.get("Type", "")


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _plain(element: Element) -> Any:
    kind, text = _type(element), element.text or ""
    if kind in {"Null", "Unspecified"}:
        return None
    if kind == "Array":
        return [_plain(child) for child in element]
    if kind in _NUMBERS:
        return _parsed_number(text)
    if kind == "Boolean":
        return _parsed_boolean(text)
    if kind in {"String", "DateTime", "Guid"}:
        return text
    return _object(element)


def _parsed_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise errors.wrong_kind("Edm.Double") from None


def _parsed_boolean(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered not in {"true", "false", "1", "0"}:
        raise errors.wrong_kind("Edm.Boolean")
    return lowered in {"true", "1"}


def _object(element: Element) -> Any:
    kind = element.get("TypeId", "").lower()
    properties = dict(_properties(element))
    if kind in {_USER_VALUE, _LOOKUP_VALUE}:
        number = properties.get("LookupId")
        if number is None:
            raise errors.invalid_value("lookup")
        return number
    if kind == _URL_VALUE:
        url = str(properties.get("Url") or "")
        return UrlValue(url, str(properties.get("Description") or url)) if url else None
    raise NotEmulated(f"ProcessQuery parameter type {kind or _type(element) or '(none)'}")


def _properties(element: Element) -> Iterator[tuple[str, Any]]:
    for child in element:
        if _local(child) == "Property":
            yield child.get("Name", ""), _plain(child)


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise errors.wrong_kind("Edm.Int32")
    try:
        return int(float(value))
    except (ValueError, OverflowError):
        raise errors.wrong_kind("Edm.Int32") from None
