"""From records and decisions to a plan: what would be written to which item, why, and what holds it back."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sync.core import explain
from sync.core.desired import DEPENDENT, desired
from sync.core.findings import Finding, FindingKind
from sync.core.mapping import Binding
from sync.core.matching import Matched
from sync.core.ownership import OwnedField, OwnedValue, WriteMode
from sync.core.plan import Guard, Plan, PlannedWrite, Refusal
from sync.core.reconcile import RecordOutcome, alike, reconcile
from sync.core.snapshot import Baseline, Record, RecordId
from sync.core.status import Assessment
from sync.core.text import counted

Values = Mapping[OwnedField, OwnedValue]


@dataclass(frozen=True, slots=True)
class PlanInput:
    """What planning needs to know of one source beside its records."""

    binding: Binding
    baselines: Mapping[RecordId, Baseline]


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan, and by source the values that live and desired agree on and that the baseline does not hold yet.

    Healed values may be recorded once the run is applied, for sources that are not held.
    """

    plan: Plan
    healed: Mapping[str, Mapping[RecordId, Values]]


@dataclass(frozen=True, slots=True)
class _SourcePlan:
    writes: tuple[PlannedWrite, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    findings: tuple[Finding, ...] = ()
    healed: Mapping[RecordId, Values] | None = None


def make_plan(
    matched: Matched,
    assessments: Mapping[RecordId, Assessment],
    sources: Mapping[str, PlanInput],
    *,
    today: date,
    policy_digest: str,
    refusals: Sequence[Refusal] = (),
) -> Planned:
    """What this run would write, in a stable order. `refusals` are those of the guards.

    A source that a guard holds still shows its writes, since a person has to see what an approval would let through;
    one that could not be read has none. Records that share a key are not written. In mode `off` nothing is written.
    """
    by_source: dict[str, list[Record]] = {name: [] for name in sorted(sources)}
    for record in matched.records:
        if record.source in by_source:
            by_source[record.source].append(record)
    plans = {
        name: _left_behind(sources[name].binding, records)
        if sources[name].binding.mapping.write.mode is WriteMode.OFF
        else _source_plan(sources[name], records, matched, assessments, today)
        for name, records in by_source.items()
    }
    return Planned(
        plan=Plan(
            writes=tuple(write for each in plans.values() for write in each.writes),
            refusals=tuple(
                sorted(
                    [*refusals, *(refusal for each in plans.values() for refusal in each.refusals)],
                    key=lambda refusal: (refusal.source, refusal.guard, refusal.seen),
                )
            ),
            findings=tuple(sorted({*matched.findings, *(found for each in plans.values() for found in each.findings)})),
            policy_digest=policy_digest,
        ),
        healed={name: each.healed for name, each in plans.items() if each.healed},
    )


def _source_plan(
    source: PlanInput,
    records: Sequence[Record],
    matched: Matched,
    assessments: Mapping[RecordId, Assessment],
    today: date,
) -> _SourcePlan:
    outcomes: list[tuple[Record, RecordOutcome]] = []
    for record in records:
        if record.id in matched.duplicates:
            continue
        want = desired(
            assessments[record.id],
            matched.about(record),
            source.binding,
            uncertain=record.id in matched.uncertain,
        )
        baseline = source.baselines.get(record.id)
        outcomes.append((record, reconcile(record, want, baseline, source.binding, today)))
    drift = (found for _, outcome in outcomes for found in outcome.findings)
    return _SourcePlan(
        writes=tuple(
            _planned(record, outcome, assessments[record.id], source.binding)
            for record, outcome in outcomes
            if outcome.set
        ),
        refusals=tuple(_foreign(source.binding, [outcome for _, outcome in outcomes])),
        findings=(*drift, *_kept(source.binding, records, matched)),
        healed={record.id: outcome.healed for record, outcome in outcomes if outcome.healed},
    )


def _planned(record: Record, outcome: RecordOutcome, assessment: Assessment, binding: Binding) -> PlannedWrite:
    return PlannedWrite(
        source=record.source,
        id=record.id,
        key=record.label,
        version=record.version,
        set=outcome.set,
        was=outcome.was,
        why=tuple(
            explain.why(name, outcome.was[name], value, assessment, binding.labels)
            for name, value in outcome.set.items()
        ),
        restricted=record.restricted,
    )


def _foreign(binding: Binding, outcomes: Sequence[RecordOutcome]) -> Iterator[Refusal]:
    """One refusal for each owned column in which others have written: it holds back those values, nothing else."""
    counts = Counter(name for outcome in outcomes for name in outcome.foreign)
    for name in sorted(counts):
        title = binding.owned[name].title
        verb = "holds" if counts[name] == 1 else "hold"
        yield Refusal(
            source=binding.mapping.name,
            guard=Guard.FOREIGN_VALUE,
            seen=f"{counted(counts[name], 'item')} already {verb} a value in column '{title}' "
            "that this service did not write.",
            limit="A column that the service owns starts blank.",
            advice="Clear those values, or set `adopt: true` under this source's `write` to replace them.",
            approvable=False,
        )


def _kept(binding: Binding, records: Sequence[Record], matched: Matched) -> Iterator[Finding]:
    """One finding for a source in which values stay because a list that they rest on was not read."""
    waiting = [record for record in records if record.id in matched.uncertain and record.id not in matched.duplicates]
    if not waiting or DEPENDENT.isdisjoint(binding.owned):
        return
    unread = sorted({name for record in waiting for name in matched.uncertain[record.id]})
    named = [name for name in unread if not matched.mappings[name].restricted]
    said = explain.kept(len(waiting), named, len(unread) - len(named))
    yield Finding(binding.mapping.name, None, FindingKind.KEPT, "", said)


def _left_behind(binding: Binding, records: Sequence[Record]) -> _SourcePlan:
    """Nothing is written in mode `off`; values written earlier stay, and are counted."""
    blanks = binding.blanks
    left = sum(
        any(not (alike(value, None) or alike(value, blanks[name])) for name, value in record.owned.items())
        for record in records
    )
    if not left:
        return _SourcePlan()
    verb = "holds" if left == 1 else "hold"
    said = f"{counted(left, 'item')} still {verb} values in columns that are no longer written (mode off)."
    return _SourcePlan(findings=(Finding(binding.mapping.name, None, FindingKind.LEFT_BEHIND, "", said),))
