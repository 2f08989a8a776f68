"""Which writes surprise nobody: staff edited something, a day passed, or a person let them through once already.

| a write is explained by | that is                                                                           |
|-------------------------|-----------------------------------------------------------------------------------|
| a staff edit            | a record that it rests on is new, gone, or modified with other values than it had |
| a date passing          | nothing but the day differs: no value, no rule, no zone, no release               |
| an earlier run          | it journalled just these values and was cut short before it wrote them            |
| staff in our column     | the live value drifted, or staff took the row out of the source's scope           |

A value that changed although nobody modified its item is no edit: so does a half-broken reading look, a retyped
column, or a mapping that reads another column.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sync.core.known import Known
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.plan import PlannedWrite
from sync.core.reconcile import alike
from sync.core.snapshot import RecordId


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from the last applied run: the records that are new, gone or modified by somebody (`edited`), and
    those whose values are others although nobody modified them (`odd`); `edited_under` and `odd_under` are all records
    whose decision rests on one of them."""

    edited: frozenset[RecordId]
    odd: frozenset[RecordId]
    edited_under: frozenset[RecordId]
    odd_under: frozenset[RecordId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Causes:
    """What can explain the writes of one source. `day_passed`: see `explained`; `left_out`: rows that count no longer;
    `drifted`: values that a person changed; `intended`: what a run that was cut short meant to write."""

    changes: Changes
    day_passed: bool = False
    left_out: Collection[RecordId] = frozenset()
    drifted: Collection[tuple[RecordId, OwnedField]] = frozenset()
    intended: Mapping[RecordId, Mapping[OwnedField, OwnedValue]] = field(default_factory=dict)


def changes_between(then: Iterable[Known], now: Iterable[Known]) -> Changes:
    """Compares every row of the sources that were read now with what the last applied runs knew of the same sources.

    A decision rests on the record itself, on those that refer to it, and theirs, by the references of now and of then;
    and, in its findings, on the record that it refers to. One walk up from everything that changed.
    """
    before, after = _by_id(then), _by_id(now)
    edited: set[RecordId] = set()
    odd: set[RecordId] = set()
    for record_id in before.keys() | after.keys():
        one, two = before.get(record_id), after.get(record_id)
        if one is None or two is None:
            edited.add(record_id)
        elif one.fields_digest != two.fields_digest:
            (odd if two.is_as_left(one) else edited).add(record_id)
    above: dict[RecordId, set[RecordId]] = defaultdict(set)
    below: dict[RecordId, set[RecordId]] = defaultdict(set)
    for known in (*before.values(), *after.values()):
        if known.parent is not None:
            above[known.id].add(known.parent)
            below[known.parent].add(known.id)
    return Changes(
        edited=frozenset(edited),
        odd=frozenset(odd),
        edited_under=_bearing(edited, above, below),
        odd_under=_bearing(odd, above, below),
    )


def unexplained(write: PlannedWrite, causes: Causes) -> frozenset[OwnedField]:
    """The fields of a planned write for which there is no explanation. A reason tells of what was restored, so what
    explains that explains the reason.

    `causes.day_passed` says that the source is decided by the rules, the zone and the release of its last applied run,
    and that a day has begun since for it or for a source that bears on it. A decision is a function of the values that
    it rests on, of those, and of the day; where none of the values differs either, the day alone can have made the
    difference, and the stored dates predicted it. So no date has to be computed twice to tell that it passed.
    """
    if _is_record_explained(write.id, causes):
        return frozenset()
    meant = causes.intended.get(write.id, {})
    drifted = {name for name in OwnedField if (write.id, name) in causes.drifted}
    told = drifted | {OwnedField.REASON} if drifted else drifted
    return frozenset(
        name
        for name, value in write.set.items()
        if name not in told and not (name in meant and alike(meant[name], value))
    )


def _is_record_explained(record_id: RecordId, causes: Causes) -> bool:
    changes = causes.changes
    if record_id in changes.edited_under:
        return True
    if record_id in causes.left_out:
        return record_id not in changes.odd
    return causes.day_passed and record_id not in changes.odd_under


def _by_id(rows: Iterable[Known]) -> dict[RecordId, Known]:
    """Every row once: of sources that share a list, the one that counts it."""
    found: dict[RecordId, Known] = {}
    for known in rows:
        if known.counts or known.id not in found:
            found[known.id] = known
    return found


def _bearing(
    changed: Collection[RecordId],
    above: Mapping[RecordId, Collection[RecordId]],
    below: Mapping[RecordId, Collection[RecordId]],
) -> frozenset[RecordId]:
    """The changed records, those that refer to them, and everything above."""
    found = set(changed).union(*(below.get(record_id, ()) for record_id in changed))
    waiting = list(found)
    while waiting:
        fresh = [parent for parent in above.get(waiting.pop(), ()) if parent not in found]
        found.update(fresh)
        waiting.extend(fresh)
    return frozenset(found)
