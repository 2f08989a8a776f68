"""What a kept record should have said: one value of it, put right in what was frozen."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sync.core.model import VOCABULARIES, FieldType, Kind, field_types
from sync.core.text import fold

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
    """The value as an archive keeps it."""
    if of is FieldType.DATE:
        return date.fromisoformat(value).isoformat()
    if of is FieldType.NUMBER:
        return float(value)
    if of is FieldType.SCORE:
        return int(value)
    if of is FieldType.FLAG and fold(value) in _FLAGS:
        return _FLAGS[fold(value)]
    if of in VOCABULARIES:
        return VOCABULARIES[of](value).value
    raise ValueError(f"'{field}' cannot be corrected to '{value}'")
