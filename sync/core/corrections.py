"""What a kept record should have said: one value of it, put right in what was frozen."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Any

from sync.core.model import VOCABULARIES, FieldType, Kind, field_types
from sync.core.text import fold, listed

_FLAGS = {"yes": True, "no": False}


def corrected(records: Sequence[Mapping[str, Any]], key: str, field: str, value: str) -> list[dict[str, Any]]:
    """The kept records of a source with one value of the record of that key put right; blank takes it away.

    Raises LookupError where no record, or more than one, has the key, and ValueError where the field or its value is
    none of that kind. What a record refers to, and who owns it, is not corrected here.
    """
    found = [place for place, record in enumerate(records) if fold(record["said"].get("key") or "") == fold(key)]
    if len(found) != 1:
        raise LookupError(f"{len(found) or 'no'} records have the key '{key}'")
    changed = [dict(record) for record in records]
    changed[found[0]] = _with(records[found[0]], field, value.strip())
    return changed


def _with(record: Mapping[str, Any], field: str, value: str) -> dict[str, Any]:
    types = field_types(Kind(record["kind"]))
    if field not in types or field == "key":
        raise ValueError(f"a {record['kind']} has no field '{field}'")
    if types[field] is FieldType.TEXT:
        return {**record, "said": _put(record["said"], field, value or None)}
    values = record["values"]
    kept = _put(values["fields"], field, _kept(types[field], field, value) if value else None)
    return {**record, "values": {**values, "fields": kept}}


def _put(values: Mapping[str, Any], field: str, value: Any) -> dict[str, Any]:
    others = {name: each for name, each in values.items() if name != field}
    return others if value is None else {**others, field: value}


def _kept(of: FieldType, field: str, value: str) -> Any:
    """The value as an archive keeps it: a word of a vocabulary as the portfolio file writes it."""
    if of in VOCABULARIES:
        words = [each.value for each in VOCABULARIES[of]]
        if value not in words:
            raise ValueError(f"'{field}' may be {listed(words, 'or')}")
        return value
    if of not in _FORMS:
        raise ValueError(f"'{field}' cannot be corrected")
    read, form = _FORMS[of]
    try:
        return read(value)
    except (ValueError, OverflowError, LookupError):
        raise ValueError(f"'{field}' is {form}") from None


def _number(value: str) -> float:
    number = float(value)
    if not isfinite(number):
        raise ValueError(value)
    return number


def _step(value: str) -> int:
    """A step of a scale. Which ones there are is the matrix's to say: `judge` knows none above its last."""
    step = int(value)
    if step < 1:
        raise ValueError(value)
    return step


_FORMS: Mapping[FieldType, tuple[Callable[[str], Any], str]] = {
    FieldType.DATE: (lambda value: date.fromisoformat(value).isoformat(), "a day such as 2026-06-30"),
    FieldType.NUMBER: (_number, "a number"),
    FieldType.SCORE: (_step, "a step of its scale, such as 4"),
    FieldType.FLAG: (lambda value: _FLAGS[fold(value)], "yes or no"),
}
