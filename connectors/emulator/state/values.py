"""Values: how each column type is stored, written by JSON and by ProcessQuery, and read.

Stored forms: text, note, choice and calculated are text; number and currency a float; yes/no a bool; a date an aware
UTC datetime to the second; several choices a tuple of text; people and lookups a number or a tuple of numbers; a
hyperlink a UrlValue. Blank is None, an empty tuple becomes None.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from connectors.emulator import errors
from connectors.emulator.state.fields import PEOPLE, Field
from connectors.emulator.state.json_kinds import checked_kind, is_text, members
from connectors.emulator.state.whole_numbers import whole_number


@dataclass(frozen=True, slots=True)
class UrlValue:
    """A hyperlink and its text."""

    url: str
    description: str


Stored: TypeAlias = str | float | bool | datetime | int | tuple[str, ...] | tuple[int, ...] | UrlValue | None

_FALSE, _TRUE = {"0", "false", "no"}, {"1", "true", "yes", "-1"}
_ISO = re.compile(r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$")
_FIXED_SIZE = 8
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(8900, 12, 31, 23, 59, 59, tzinfo=UTC)
"""Between which a date can be kept; every zone of the world has a calendar there."""
_APPROVALS = range(4)


@dataclass(frozen=True, slots=True)
class References:
    """What a site can say about the numbers in people and lookup columns."""

    user_exists: Callable[[int], bool]
    item_exists: Callable[[str, int], bool]
    find_user: Callable[[str], int | None]
    zone: ZoneInfo


def parse_instant(text: str, assume: ZoneInfo | None = None) -> datetime | None:
    """An ISO date and time as a UTC instant to the second; without a zone it is UTC, or in `assume`."""
    if not _ISO.match(text.strip()):
        return None
    try:
        parsed = datetime.fromisoformat(text.strip())
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=assume or UTC)
        return parsed.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


def can_be_kept(instant: datetime) -> bool:
    """Whether a date column takes the instant, whichever way it comes."""
    return EARLIEST <= instant <= LATEST


def _kept_instant(text: str, zone: ZoneInfo) -> datetime | None:
    instant = parse_instant(text, zone)
    return instant if instant is not None and can_be_kept(instant) else None


def from_json(field: Field, raw: Any, known: References) -> Stored:
    """A value as a JSON body writes it; raises the service's own errors."""
    if raw is None:
        return None
    return _FROM_JSON[field.type](field, raw, known)


def _primitive(raw: Any) -> None:
    if isinstance(raw, dict):
        raise errors.wrong_node("StartObject", "PrimitiveValue")
    if isinstance(raw, list):
        raise errors.wrong_node("StartArray", "PrimitiveValue")


def _text(field: Field, raw: Any, _: References) -> Stored:
    _primitive(raw)
    if not isinstance(raw, str):
        raise errors.wrong_kind("Edm.String")
    return checked_text(field, raw)


def checked_text(field: Field, text: str) -> str | None:
    """Text that fits its column, or the service's error."""
    if not is_text(text) or (field.type == "Text" and len(text) > field.max_length):
        raise errors.invalid_value("text")
    if field.type == "Choice" and text and not field.fill_in and text not in field.choices:
        raise errors.invalid_value("choice")
    return text or None


def _number(_: Field, raw: Any, __: References) -> Stored:
    _primitive(raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise errors.wrong_kind("Edm.Double")
    return _finite(raw)


def _finite(raw: float) -> float:
    try:
        number = float(raw)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise errors.invalid_value("number")
    return number


def _boolean(_: Field, raw: Any, __: References) -> Stored:
    _primitive(raw)
    if not isinstance(raw, bool):
        raise errors.wrong_kind("Edm.Boolean")
    return raw


def _date(_: Field, raw: Any, known: References) -> Stored:
    _primitive(raw)
    if raw == "":
        return None
    instant = _kept_instant(raw, known.zone) if isinstance(raw, str) else None
    if instant is None:
        raise errors.wrong_kind("Edm.DateTime")
    return instant


def _choices(field: Field, raw: Any, _: References) -> Stored:
    return checked_choices(field, [checked_kind(member, str) for member in members(raw)])


def checked_choices(field: Field, members: Sequence[str]) -> tuple[str, ...] | None:
    """Several choices, each one of the column's, or the service's error."""
    if not all(is_text(member) for member in members):
        raise errors.invalid_value("text")
    if not field.fill_in and any(member not in field.choices for member in members):
        raise errors.invalid_value("choice")
    return tuple(members) or None


def _reference(field: Field, raw: Any, known: References) -> Stored:
    _primitive(raw)
    return checked_references(field, [checked_kind(raw, int)], known)[0]


def _references(field: Field, raw: Any, known: References) -> Stored:
    return checked_references(field, [checked_kind(member, int) for member in members(raw)], known) or None


def checked_references(field: Field, numbers: Iterable[int], known: References) -> tuple[int, ...]:
    """Numbers of people or items that exist, or the service's error."""
    checked = tuple(numbers)
    for number in checked:
        if field.type in PEOPLE:
            if not known.user_exists(number):
                raise errors.user_not_found()
        elif not known.item_exists(field.lookup_list, number):
            raise errors.invalid_value("lookup")
    return checked


def _url(_: Field, raw: Any, __: References) -> Stored:
    if not isinstance(raw, dict):
        raise errors.wrong_node("PrimitiveValue", "StartObject")
    url, description = raw.get("Url"), raw.get("Description")
    unknown = next((key for key in raw if key not in {"Url", "Description", "__metadata"}), None)
    if unknown is not None:
        raise errors.unknown_property(unknown, "SP.FieldUrlValue")
    return _link(str(url), str(description if description is not None else url)) if url else None


def _link(url: str, description: str) -> UrlValue:
    if not is_text(url) or not is_text(description):
        raise errors.invalid_value("text")
    return UrlValue(url, description)


def _refused(_: Field, __: Any, ___: References) -> Stored:
    raise errors.read_only()


def _approval(_: Field, raw: Any, __: References) -> Stored:
    _primitive(raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise errors.wrong_kind("Edm.Int32")
    if raw not in _APPROVALS:
        raise errors.invalid_value("approval status")
    return int(raw)


_FROM_JSON: dict[str, Callable[[Field, Any, References], Stored]] = {
    "Text": _text,
    "Note": _text,
    "Choice": _text,
    "Number": _number,
    "Currency": _number,
    "Boolean": _boolean,
    "DateTime": _date,
    "MultiChoice": _choices,
    "Lookup": _reference,
    "User": _reference,
    "LookupMulti": _references,
    "UserMulti": _references,
    "URL": _url,
    "Calculated": _refused,
    "ModStat": _approval,
}


def from_text(field: Field, text: str | None, known: References) -> Stored:
    """A value given as text: a column's default, or ParseAndSetFieldValue. Dates without a zone are site local."""
    if text is None or text == "":
        return None
    if field.type in {"Text", "Note", "Choice"}:
        return checked_text(field, text)
    if field.type == "ModStat":
        return _approval(field, _number_text(text), known)
    if field.type == "MultiChoice":
        return checked_choices(field, [part for part in text.split(";#") if part])
    if field.type in {"Number", "Currency"}:
        return _number_text(text)
    if field.type == "Boolean":
        return _boolean_text(text)
    if field.type == "DateTime":
        return _date_text(text, known)
    if field.type == "URL":
        url, _, description = text.partition(", ")
        return _link(url, description or url)
    return _reference_text(field, text, known)


def _number_text(text: str) -> float:
    try:
        return _finite(float(text.replace(",", "")))
    except ValueError:
        raise errors.invalid_value("number") from None


def _boolean_text(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered not in _TRUE | _FALSE:
        raise errors.invalid_value("boolean")
    return lowered in _TRUE


def _date_text(text: str, known: References) -> datetime:
    instant = _kept_instant(text, known.zone)
    if instant is None:
        raise errors.invalid_value("date")
    return instant


def _reference_text(field: Field, text: str, known: References) -> Stored:
    numbers: list[int] = []
    for part in text.split(";#")[:: 2 if ";#" in text else 1]:
        number = whole_number(part.strip())
        if number is not None:
            numbers.append(number)
        elif part and field.type in PEOPLE:
            found = known.find_user(part)
            if found is None:
                raise errors.user_not_found()
            numbers.append(found)
        elif part:
            raise errors.invalid_value("lookup")
    checked = checked_references(field, numbers, known)
    return (checked or None) if field.multiple else (checked[0] if checked else None)


def calculated(value: Any) -> str | None:
    """A calculated column's value as the wire shows it: a number has fifteen significant digits."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    whole = str(abs(int(value)))
    return f"{float(value):.{15 if whole == '0' else max(0, 15 - len(whole))}f}"


def row_size(values: Mapping[str, Stored], columns: Iterable[Field]) -> int:
    """The bytes a row takes in the service's table; notes live elsewhere and do not count."""
    total = 0
    for column in columns:
        value = values.get(column.name)
        if value is None or column.type == "Note":
            continue
        total += _size(value)
    return total


def _size(value: Stored) -> int:
    if isinstance(value, str):
        return 2 * len(value)
    if isinstance(value, UrlValue):
        return 2 * (len(value.url) + len(value.description))
    if isinstance(value, tuple):
        return sum(_size(member) for member in value)
    return _FIXED_SIZE
