"""The way back from a run: what each value was before it, where what is there now is still what the run wrote.

| the item now                                           | what becomes of the value            |
|--------------------------------------------------------|--------------------------------------|
| holds what the run last wrote                          | gets back what was there before      |
| holds what was there before the run                    | nothing: it is back already          |
| holds anything else: staff's, or a later run's         | stays, with a finding                |
| has no column of ours that can hold what was there     | stays, with a finding                |
| is gone                                                | nothing, with a finding              |
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sync.core.columns import Column, ColumnType
from sync.core.explain import FIELD_LABELS
from sync.core.findings import Finding, FindingKind
from sync.core.grounds import UNDO_OF
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.plan import Guard, Plan, PlannedWrite, Refusal
from sync.core.policy import digest
from sync.core.reconcile import alike
from sync.core.snapshot import Baseline, LeftOut, Record, RecordId
from sync.core.text import counted, listed, tidy

Values = Mapping[OwnedField, OwnedValue]

_Why = tuple[str, str]
"""Why values stay, said of one and of several."""
_BY_HAND: _Why = ("was changed by hand since, and stays as it is", "were changed by hand since, and stay as they are")
_BY_A_RUN: _Why = (
    "was written by a later run, and stays as it is",
    "were written by a later run, and stay as they are",
)
_NO_COLUMN: _Why = ("has no column of ours any more, and stays as it is", "have no columns of ours any more, and stay")
_CANNOT_HOLD: _Why = (
    "is in a column that cannot hold any more what was there, and stays as it is",
    "are in columns that cannot hold any more what was there, and stay as they are",
)


@dataclass(frozen=True, slots=True)
class Done:
    """One write that a run made: what it set, and what was there when it was decided."""

    record: RecordId
    set: Values
    was: Values
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What a run made of one value, from before its first write of it to after its last."""

    before: OwnedValue
    after: OwnedValue


@dataclass(frozen=True, slots=True)
class Now:
    """What a run wrote in one list, and the same items as they are: those that are gone are absent.

    `source` is the list's name now, `owned` the columns that are ours now.
    """

    source: str
    done: Sequence[Done]
    items: Mapping[RecordId, Record | LeftOut]
    owned: Mapping[OwnedField, Column]
    baselines: Mapping[RecordId, Baseline] = field(default_factory=dict)


def undo_plan(run_id: str, lists: Sequence[Now], findings: Sequence[Finding] = ()) -> Plan:
    """The plan that takes a run back; it waits for an approval. `findings`: of lists that could not be looked at."""
    ways = [way for now in lists for way in _ways(now)]
    back = (_write(run_id, way, way.item) for way in ways if way.item is not None and way.back)
    writes = sorted(back, key=lambda each: (each.source, each.id))
    told = [finding for way in ways for finding in _findings(run_id, way)]
    return Plan(
        writes=tuple(writes),
        refusals=tuple(_refusals(run_id, writes)),
        findings=tuple(sorted([*findings, *told])),
        policy_digest=digest("undo", run_id),
    )


def changes_of(done: Sequence[Done]) -> dict[RecordId, dict[OwnedField, Change]]:
    """By record and field, what writes came to, given in the order in which they were made. A stamp is nothing to take
    back: the undo leaves its own."""
    changes: dict[RecordId, dict[OwnedField, Change]] = {}
    for write in done:
        of_record = changes.setdefault(write.record, {})
        for name, value in write.set.items():
            if name is not OwnedField.STAMP:
                first = of_record.get(name)
                of_record[name] = Change(first.before if first else write.was.get(name), value)
    return changes


@dataclass(frozen=True, slots=True)
class _Way:
    """The way back of one record: what can be put back, and what stays, by why. `item`: None where it is gone."""

    source: str
    record: RecordId
    item: Record | LeftOut | None
    restricted: bool
    back: Mapping[OwnedField, Change] = field(default_factory=dict)
    left: Mapping[_Why, Sequence[OwnedField]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        number = f"item {self.record.item_id}"
        return number if self.item is None or self.restricted else self.item.label


def _ways(now: Now) -> Iterator[_Way]:
    restricted = {write.record for write in now.done if write.restricted}
    for record_id, changes in sorted(changes_of(now.done).items()):
        item = now.items.get(record_id)
        if item is None:
            yield _Way(now.source, record_id, None, record_id in restricted)
            continue
        kept = {name: why for name, change in changes.items() if (why := _why_kept(name, change, item, now))}
        left: dict[_Why, list[OwnedField]] = defaultdict(list)
        for name, why in sorted(kept.items()):
            left[why].append(name)
        back = {
            name: change
            for name, change in sorted(changes.items())
            if name not in kept and not alike(item.owned.get(name), change.before)
        }
        yield _Way(now.source, record_id, item, item.restricted or record_id in restricted, back, left)


def _why_kept(name: OwnedField, change: Change, item: Record | LeftOut, now: Now) -> _Why | None:
    """Why a value is not put back; None where it can be, or is back already."""
    column = now.owned.get(name)
    if column is None:
        return _NO_COLUMN
    live = item.owned.get(name)
    if alike(live, change.before):
        return None
    if not alike(live, change.after):
        baseline = now.baselines.get(item.id)
        ours = baseline is not None and name in baseline.values and alike(baseline.values[name], live)
        return _BY_A_RUN if ours else _BY_HAND
    return None if _can_hold(column, change.before) else _CANNOT_HOLD


def _can_hold(column: Column, value: OwnedValue) -> bool:
    if column.type is ColumnType.YES_NO:
        return isinstance(value, bool)
    if column.type is ColumnType.DATE:
        return value is None or isinstance(value, date)
    if column.type is ColumnType.CHOICE and isinstance(value, str) and not column.fill_in:
        return value in {tidy(choice) for choice in column.choices}
    return value is None or isinstance(value, str)


def _write(run_id: str, way: _Way, item: Record | LeftOut) -> PlannedWrite:
    return PlannedWrite(
        source=way.source,
        id=way.record,
        key=way.label,
        version=item.version,
        set={name: change.before for name, change in way.back.items()},
        was={name: item.owned.get(name) for name in way.back},
        why=tuple(f"{FIELD_LABELS[name]} goes back to what it was before run {run_id}." for name in way.back),
        restricted=way.restricted,
        grounds=dict.fromkeys(way.back, f"{UNDO_OF}{run_id}"),
        asks=dict.fromkeys(way.back, Guard.UNDO),
    )


def _findings(run_id: str, way: _Way) -> Iterator[Finding]:
    number = way.record.item_id
    if way.item is None:
        said = f"{way.label}: the item is gone, so nothing of it was put back."
        yield Finding(way.source, number, FindingKind.UNDO_LEFT, way.label, said)
    for why, names in way.left.items():
        fields = listed([FIELD_LABELS[name] for name in names])
        said = f"{way.label}: of what run {run_id} wrote, {fields} {why[len(names) > 1]}."
        yield Finding(way.source, number, FindingKind.UNDO_LEFT, way.label, said)


def _refusals(run_id: str, writes: Sequence[PlannedWrite]) -> Iterator[Refusal]:
    for source, count in sorted(Counter(write.source for write in writes).items()):
        yield Refusal(
            source=source,
            guard=Guard.UNDO,
            seen=f"{counted(count, 'item')} would get back what run {run_id} found there.",
            limit="Nothing is taken back unasked.",
            advice=f"Look through the plan, then take it back with `portfolio-sync runs undo {run_id} --yes`.",
            approvable=True,
        )
