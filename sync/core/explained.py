"""Which writes surprise nobody: staff edited something, a day passed, or a person let them through once already.

| a write is explained by | that is                                                                           |
|-------------------------|-----------------------------------------------------------------------------------|
| a staff edit            | a record that it rests on is new, gone, or modified with other values than it had |
| a date passing          | by these very values and rules, the day of the last run gives another value       |
| an earlier run          | it journalled just these values, and did not come to write them                   |
| staff in our column     | the live value drifted, or staff took the row out of the source's scope           |

A value that changed although nobody modified its item is no edit: so does a half-broken reading look, a retyped
column, or a mapping that reads another column.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sync.core.known import Known
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.plan import PlannedWrite
from sync.core.reconcile import alike
from sync.core.snapshot import RecordId

Rows = Mapping[RecordId, Known]


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from the last applied run: the records that are new, gone or modified by somebody (`edited`), and
    those whose values are others although nobody modified them (`odd`); `edited_under` and `odd_under` are all records
    whose decision rests on one of them. `edited_above`: those that refer to an edited record, which bears on nothing
    of theirs but what there is to mend in the row."""

    edited: frozenset[RecordId]
    odd: frozenset[RecordId]
    edited_under: frozenset[RecordId]
    odd_under: frozenset[RecordId]
    edited_above: frozenset[RecordId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Causes:
    """What can explain the writes of one source. `predicted`: values that are others for no other cause than the day;
    `left_out`: rows that count no longer; `drifted`: values that a person changed; `intended`: what an earlier run
    meant to write and did not come to."""

    changes: Changes
    predicted: Collection[tuple[RecordId, OwnedField]] = frozenset()
    left_out: Collection[RecordId] = frozenset()
    drifted: Collection[tuple[RecordId, OwnedField]] = frozenset()
    intended: Mapping[RecordId, Mapping[OwnedField, OwnedValue]] = field(default_factory=dict)


def changes_between(
    then: Iterable[Known], now: Iterable[Known], other_release: Collection[str] = frozenset()
) -> Changes:
    """Compares every row of the sources that were read now with what the last applied runs knew of the same sources.

    A decision rests on the record itself, on those that refer to it, and theirs, by the references of now and of then;
    and, in its findings, on the record that it refers to. One walk up from everything that changed. `other_release`:
    sources whose digests another release made, which may differ for that alone.
    """
    before, after = _by_id(then), _by_id(now)
    edited: set[RecordId] = set()
    odd: set[RecordId] = set()
    for record_id in before.keys() | after.keys():
        one, two = before.get(record_id), after.get(record_id)
        if one is not None and two is not None and one.fields_digest == two.fields_digest:
            continue
        if one is None or two is None or not two.is_as_left(one):
            edited.add(record_id)
        elif one.source not in other_release:
            odd.add(record_id)
    referring = _referring(edited, before, after)
    return Changes(
        edited=frozenset(edited),
        odd=frozenset(odd),
        edited_under=_bearing({*edited, *referring}, edited, before, after),
        odd_under=_bearing({*odd, *_referring(odd, before, after)}, odd, before, after),
        edited_above=referring,
    )


def unexplained(write: PlannedWrite, causes: Causes) -> frozenset[OwnedField]:
    """The fields of a planned write for which there is no explanation.

    That a day passed explains only what was predicted, and nothing that rests on values which changed by themselves:
    a value that should have been there on the day of the last run already is not due to the calendar.
    """
    if write.id in causes.changes.edited_under:
        return frozenset()
    if write.id in causes.left_out and write.id not in causes.changes.odd:
        return frozenset()
    known = _told(write.id, causes)
    meant = causes.intended.get(write.id, {})
    return frozenset(
        name
        for name, value in write.set.items()
        if name not in known and not (name in meant and alike(meant[name], value))
    )


def _told(record_id: RecordId, causes: Causes) -> set[OwnedField]:
    """The fields of a record that may change, whatever to. A reason tells of what was restored, so what explains that
    explains the reason."""
    drifted = {name for name in OwnedField if (record_id, name) in causes.drifted}
    told = drifted | {OwnedField.REASON} if drifted else drifted
    if record_id in causes.changes.edited_above:
        told = told | {OwnedField.CHECK}
    if record_id in causes.changes.odd_under:
        return told
    return told | {name for name in OwnedField if (record_id, name) in causes.predicted}


def _by_id(rows: Iterable[Known]) -> dict[RecordId, Known]:
    """Every row once: of sources that share a list, the one that counts it."""
    found: dict[RecordId, Known] = {}
    for known in rows:
        if known.counts or known.id not in found:
            found[known.id] = known
    return found


def _bearing(below: Collection[RecordId], changed: Collection[RecordId], *seen: Rows) -> frozenset[RecordId]:
    """The changed records and everything above them; and above what refers to them, which may have meant another
    record before."""
    found = set(changed)
    waiting = list(below)
    while waiting:
        record_id = waiting.pop()
        above = {rows[record_id].parent for rows in seen if record_id in rows}
        fresh = [parent for parent in above if parent is not None and parent not in found]
        found.update(fresh)
        waiting.extend(fresh)
    return frozenset(found)


def _referring(changed: Collection[RecordId], *seen: Rows) -> frozenset[RecordId]:
    return frozenset(known.id for rows in seen for known in rows.values() if known.parent in changed)
