"""A reading brought up to date, item by item, without reading the list again."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from sync.core.columns import Row
from sync.core.mapping import left_out, to_record
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.snapshot import LeftOut, Record, RecordId, Snapshot
from sync.engine.outcomes import Attempt
from sync.engine.ports import Applied
from sync.engine.read import SourceRead

_Kept = TypeVar("_Kept", Record, LeftOut)


def with_written(read: SourceRead, attempts: Iterable[Attempt]) -> SourceRead:
    """The reading with what was written since: the owned values, and the version where the host told it."""
    applied = {attempt.write.id: attempt for attempt in attempts if attempt.is_applied}
    if read.snapshot is None or not applied:
        return read
    snapshot = replace(
        read.snapshot,
        records=tuple(_written(record, applied) for record in read.records),
        left_out=tuple(_written(row, applied) for row in read.left_out),
    )
    return replace(read, snapshot=snapshot)


def with_rows(read: SourceRead, item_ids: Collection[int], rows: Mapping[int, Row]) -> SourceRead:
    """The reading with these items as they are now; those that `rows` does not have are gone."""
    if read.snapshot is None or read.binding is None:
        return read
    kept = [record for record in read.records if record.id.item_id not in item_ids]
    left = [row for row in read.left_out if row.id.item_id not in item_ids]
    for number in sorted(rows):
        record = to_record(read.binding, rows[number])
        if record is None:
            left.append(left_out(read.binding, rows[number]))
        else:
            kept.append(record)
    return replace(read, snapshot=_snapshot(read.snapshot, kept, left))


def moved(before: SourceRead, after: SourceRead, item_ids: Collection[int]) -> frozenset[int]:
    """Of these items, those that staff, or anybody but us, changed between two readings."""
    then, now = _values(before, item_ids), _values(after, item_ids)
    return frozenset(number for number in item_ids if then.get(number) != now.get(number))


def _values(read: SourceRead, item_ids: Collection[int]) -> dict[int, object]:
    return {
        **{row.id.item_id: _unstamped(row.owned) for row in read.left_out if row.id.item_id in item_ids},
        **{
            record.id.item_id: (record.key, record.fields, _unstamped(record.owned))
            for record in read.records
            if record.id.item_id in item_ids
        },
    }


def _unstamped(owned: Mapping[OwnedField, OwnedValue]) -> dict[OwnedField, OwnedValue]:
    return {name: value for name, value in owned.items() if name is not OwnedField.STAMP}


def _written(row: _Kept, applied: Mapping[RecordId, Attempt]) -> _Kept:
    attempt = applied.get(row.id)
    if attempt is None or not isinstance(attempt.outcome, Applied):
        return row
    return replace(row, owned={**row.owned, **attempt.values}, version=attempt.outcome.version or row.version)


def _snapshot(snapshot: Snapshot, records: list[Record], rows: list[LeftOut]) -> Snapshot:
    in_order = sorted(records, key=lambda record: record.id)
    return replace(snapshot, records=tuple(in_order), left_out=tuple(sorted(rows, key=lambda row: row.id)))
