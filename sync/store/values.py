"""How values are kept, alike on SQLite and PostgreSQL: instants as sortable UTC text, the rest as tagged JSON.

kept as                         stands for
"text", 1, 2.5, true, null      itself
[...]                           a list (a tuple comes back as a list)
{"name": ...}                   a mapping
{"$date": "2026-07-01"}         a date, which is not the text "2026-07-01"
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from math import isfinite
from typing import Any

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from sync.core.ownership import OwnedField, OwnedValue
from sync.errors import DefectError

_DATE = "$date"
# ASCII, so that a NUL or half of a surrogate pair in staff's text is escaped: PostgreSQL takes neither in text.
_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))
_AS_THEY_ARE = frozenset({str, int, bool, type(None)})
"""Types of which nearly all values are; asking anything else of them takes longer than all the rest."""


class Instant(TypeDecorator[datetime]):
    """An aware time, kept as UTC text of one width, so that its order as text is its order in time."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise DefectError("A time without a zone was about to be stored.")
        return value.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class Document(TypeDecorator[Any]):
    """A value in tagged JSON, kept as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else decode(value)


def encode(value: Any) -> str:
    """Tagged JSON, names in the order given; raises DefectError for what would not come back as it went in."""
    return _ENCODER.encode(_tagged(value))


def decode(text: str) -> Any:
    """The value that `encode` was given; raises ValueError where the text is not its work."""
    return json.loads(text, object_hook=_untagged)


def owned_document(values: Mapping[OwnedField, OwnedValue]) -> dict[str, OwnedValue]:
    """Owned values as a document: by field name."""
    return {owned.value: values[owned] for owned in sorted(values)}


def owned_values(document: Mapping[str, OwnedValue]) -> dict[OwnedField, OwnedValue]:
    """Owned values from their document; raises ValueError for a field that this release does not know."""
    return {OwnedField(name): value for name, value in document.items()}


@lru_cache(maxsize=16384)
def owned_from(text: str) -> Mapping[OwnedField, OwnedValue]:
    """Owned values from their document as it is kept. Most records have the same few values, which are held once."""
    return owned_values(decode(text))


def _tagged(value: Any) -> Any:
    # Asked for exactly, which nearly all are, because an abstract type takes ten times as long to tell.
    kind = type(value)
    if kind is dict or (kind is not list and isinstance(value, Mapping)):
        for name in value:
            if type(name) is not str or name == _DATE:
                _check_name(name)
        return {name: entry if type(entry) in _AS_THEY_ARE else _tagged(entry) for name, entry in value.items()}
    match value:
        case list() | tuple():
            return [entry if type(entry) in _AS_THEY_ARE else _tagged(entry) for entry in value]
        case datetime():
            raise DefectError("A time was about to be stored inside a document; documents hold dates and text.")
        case date():
            return {_DATE: value.isoformat()}
        case float() if not isfinite(value):
            raise DefectError(f"The number {value} was about to be stored; JSON has no such number.")
        case None | str() | bool() | int() | float():
            return value
        case _:
            raise DefectError(f"A {type(value).__name__} was about to be stored; documents hold plain values.")


def _check_name(name: Any) -> None:
    if not isinstance(name, str) or name == _DATE:
        raise DefectError(f"{name!r} was about to be stored as a name in a document.")


def _untagged(entry: dict[str, Any]) -> Any:
    return date.fromisoformat(entry[_DATE]) if _DATE in entry else entry
