"""Form values: fields by internal name with text as people of the site write it, and one row of outcome for each.

This is how a form in the browser saves. A value that does not fit is no HTTP error: its row says so, and nothing of
the request is saved. People are JSON lists of keys, dates and numbers are in the site's locale and zone.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from connectors.emulator.errors import SharePointError, user_not_resolved
from connectors.emulator.state.fields import PEOPLE, Field
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.values import EARLIEST, LATEST, Stored, can_be_kept, checked_references, from_text
from connectors.emulator.state.versions import Item
from connectors.emulator.state.world import Site

REFUSED = -2146232832
# Columns every list has that only form values may write: who and when, as a migration sets them.
STAMPS = frozenset({"Created", "Modified", "Author", "Editor"})
_FIXED_FORM = re.compile(r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$")


@dataclass(frozen=True, slots=True)
class FormValue:
    """One field as a request gives it."""

    name: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one field; `failed` is what the wire calls HasException."""

    name: str
    text: str | None
    code: int = 0
    message: str | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """The rows of a request in its order, with the values of its columns and its stamps where none has failed."""

    rows: tuple[Row, ...]
    values: Mapping[str, Stored] = field(default_factory=dict)
    stamps: Mapping[str, Stored] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether any field keeps the request from being saved."""
        return any(row.failed for row in self.rows)

    def refused(self, error: SharePointError, owner: SpList) -> "Reading":
        """The same request after the list would not take the row: the sentence stands at a field it is about."""
        about = {known.name for known in owner.fields() if f"[{known.title}]" in error.message}
        places = [place for place, row in enumerate(self.rows) if row.name in about] or [len(self.rows) - 1]
        rows = list(self.rows)
        for place in places:
            if place >= 0:
                rows[place] = replace(rows[place], code=_code(error), message=error.message, failed=True)
        return Reading(tuple(rows))


class _RefusedValueError(Exception):
    """A value that its column does not take, with the sentence for its row."""

    def __init__(self, message: str, code: int = REFUSED) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def read(owner: SpList, given: Sequence[FormValue], *, zone: ZoneInfo) -> Reading:
    """Read every field of a request; `zone` is where its dates are, the site's own unless the client says UTC."""
    columns = {known.name: known for known in owner.fields()}
    rows: list[Row] = []
    values: dict[str, Stored] = {}
    for one in given:
        column = columns.get(one.name)
        if column is None or (column.builtin and column.name not in STAMPS and not owner.takes(column)):
            # As recorded for a system column: no code, and the value itself for a sentence.
            rows.append(Row(one.name, one.text, 0, one.text, failed=True))
            continue
        try:
            values[one.name] = _value(owner.site, column, one.text, zone)
            rows.append(Row(one.name, one.text))
        except _RefusedValueError as refused:
            rows.append(Row(one.name, one.text, refused.code, refused.message, failed=True))
        except SharePointError as error:
            rows.append(Row(one.name, one.text, _code(error), error.message, failed=True))
    stamps = {name: value for name, value in values.items() if name in STAMPS}
    return Reading(tuple(rows), {name: value for name, value in values.items() if name not in STAMPS}, stamps)


def stamp(item: Item, stamps: Mapping[str, Stored]) -> None:
    """Put the who and when of a request on a saved item."""
    for name, value in stamps.items():
        if isinstance(value, datetime | int):
            setattr(item, name.lower(), value)


def _code(error: SharePointError) -> int:
    return error.number if error.number != -1 else REFUSED


def _value(site: Site, column: Field, text: str | None, zone: ZoneInfo) -> Stored:
    if not column.about.writable:
        raise _RefusedValueError("The field is read only.")
    if text is None or not text.strip() or (column.type in PEOPLE and text.strip() == "[]"):
        if column.required or column.name in STAMPS:
            raise _RefusedValueError("You can't leave this blank.")
        return None
    if column.type in {"Number", "Currency"}:
        return _number(site, text)
    if column.type == "DateTime":
        return _instant(site, text, zone)
    if column.type in PEOPLE:
        return _people(site, column, text)
    stored = from_text(column, text, site.references())
    if column.type == "LookupMulti" and isinstance(stored, tuple):
        return tuple(dict.fromkeys(int(number) for number in stored))
    return stored


def _number(site: Site, text: str) -> float:
    number = site.locale.parse_number(text)
    if number is None:
        raise _RefusedValueError("Only numbers can go here.")
    return number


def _instant(site: Site, text: str, zone: ZoneInfo) -> datetime:
    local = _local_time(site, text.strip())
    if local is None:
        raise _RefusedValueError(f"Enter a date like this: {site.locale.example}")
    instant = local.replace(tzinfo=zone).astimezone(UTC) if _within_calendar(local) else None
    if instant is None or not can_be_kept(instant):
        first, last = site.locale.date(EARLIEST), site.locale.date(LATEST)
        raise _RefusedValueError(f"You must specify a valid date within the range of {first} and {last}.")
    return instant


def _local_time(site: Site, text: str) -> datetime | None:
    """ISO dates are refused: only the fixed form with a blank, and what the locale writes, is a date here."""
    if not _FIXED_FORM.match(text):
        return site.locale.parse_date(text)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _within_calendar(local: datetime) -> bool:
    """Whether a zone's offset can be taken off without leaving the years there are."""
    return 1 < local.year < 9999


def _people(site: Site, column: Field, text: str) -> Stored:
    numbers = [_person(site, key) for key in _keys(text)]
    checked = checked_references(column, dict.fromkeys(numbers), site.references())
    if column.multiple:
        return checked or None
    if len(checked) > 1:
        raise _RefusedValueError("You can only select one user.")
    return checked[0] if checked else None


def _keys(text: str) -> list[str]:
    try:
        members: Any = json.loads(text)
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, list):
        raise _RefusedValueError("The user value is not valid JSON.")
    keys = [member.get("Key") if isinstance(member, dict) else None for member in members]
    if not all(isinstance(key, str) and key for key in keys):
        raise _RefusedValueError("The user value is not valid JSON.")
    return [str(key) for key in keys]


def _person(site: Site, key: str) -> int:
    try:
        return site.ensure_user(key).id
    except SharePointError:
        raise _RefusedValueError(user_not_resolved(key).message) from None
