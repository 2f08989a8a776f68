"""List rows and schemas as the mirror keeps them, and back: compact JSON, every kind of cell under its own tag."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.core.columns import Cell, Column, ColumnType, LinkCell, ListSchema, LookupCell, PersonCell, Row
from sync.core.mirror import Mirrored, Wanted

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_TIME, _LOOKUP, _PERSON, _LINK = "t", "l", "p", "u"
_PLAIN = frozenset({str, int, float, bool, type(None)})
"""What is kept as it is."""


def rows_to_bytes(rows: Sequence[Row], columns: Sequence[str]) -> bytes:
    """Rows that all have these columns."""
    plain = [
        [
            row.item_id,
            row.version,
            _time(row.modified),
            row.editor_id,
            _time(row.created),
            [cell if type(cell) in _PLAIN else plain_cell(cell) for cell in map(row.cells.__getitem__, columns)],
        ]
        for row in rows
    ]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")


def rows_from_bytes(content: bytes, columns: Sequence[str]) -> tuple[Row, ...]:
    """Raises ValueError, LookupError or TypeError for what is not the work of `rows_to_bytes`."""
    return tuple(
        Row(
            item_id=number,
            version=version,
            cells=dict(zip(columns, [cell if type(cell) in _PLAIN else _cell(cell) for cell in cells], strict=True)),
            modified=_instant(modified),
            editor_id=editor,
            created=_instant(created),
        )
        for number, version, modified, editor, created, cells in json.loads(content.decode(errors="surrogatepass"))
    )


def mirrored_to_json(told: Mirrored) -> dict[str, Any]:
    """What is kept of a list beside its rows, as plain values."""
    return {
        "schema": asdict(told.schema),
        "columns": list(told.wanted.columns),
        "mapping": told.wanted.mapping,
        "mark": told.mark,
        "since": told.since,
        "shape": told.shape,
        "rows": told.rows,
        "others": told.others,
        "looked_into": dict(told.looked_into),
        "described": told.described.isoformat(),
        "read_whole": told.read_whole.isoformat(),
    }


def mirrored_from_json(document: Mapping[str, Any]) -> Mirrored:
    """Raises ValueError, LookupError or TypeError for what is no such document."""
    schema = document["schema"]
    return Mirrored(
        schema=ListSchema(**{**schema, "columns": tuple(_column(each) for each in schema["columns"])}),
        wanted=Wanted(tuple(document["columns"]), document["mapping"]),
        mark=document["mark"],
        since=document["since"],
        shape=document["shape"],
        rows=document["rows"],
        others=document["others"],
        looked_into=document["looked_into"],
        described=datetime.fromisoformat(document["described"]),
        read_whole=datetime.fromisoformat(document["read_whole"]),
    )


def _column(document: Mapping[str, Any]) -> Column:
    return Column(**{**document, "type": ColumnType(document["type"]), "choices": tuple(document["choices"])})


def _time(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH) // _TICK


def _instant(ticks: int | None) -> datetime | None:
    return None if ticks is None else _EPOCH + ticks * _TICK


def plain_cell(cell: Cell) -> Any:
    """A cell as plain values."""
    match cell:
        case datetime():
            return {_TIME: _time(cell)}
        case LookupCell(item_id=number, text=text):
            return {_LOOKUP: [number, text]}
        case PersonCell(user_id=number, name=name, login=login):
            return {_PERSON: [number, name, login]}
        case LinkCell(url=url, description=description):
            return {_LINK: [url, description]}
        case tuple():
            return [plain_cell(each) for each in cell]
        case _:
            return cell


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_cell, value))
    if not isinstance(value, dict):
        return value
    ((tag, told),) = value.items()
    if tag == _TIME:
        return _instant(told)
    return _CELLS[tag](*told)


_CELLS: Mapping[str, type[LookupCell] | type[PersonCell] | type[LinkCell]] = {
    _LOOKUP: LookupCell,
    _PERSON: PersonCell,
    _LINK: LinkCell,
}
