"""From records and decisions to a plan: what would be written to which item, why, and what holds it back."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sync.core import explain
from sync.core.desired import DEPENDENT, desired, kept_fields
from sync.core.drift import Drifted
from sync.core.findings import Finding, FindingKind
from sync.core.grounds import LEFT_SCOPE, grounds
from sync.core.mapping import Binding
from sync.core.matching import Matched
from sync.core.ownership import OwnedField, OwnedValue, WriteMode
from sync.core.plan import Guard, Plan, PlannedWrite, Refusal
from sync.core.reconcile import RecordOutcome, alike, leave, reconcile
from sync.core.snapshot import Baseline, LeftOut, Record, RecordId
from sync.core.status import Assessment
from sync.core.text import counted

Values = Mapping[OwnedField, OwnedValue]


@dataclass(frozen=True, slots=True)
class PlanInput:
    """What planning needs to know of one source beside its records.

    `left_out`: the rows that `where` leaves out and that no list which was not read may count: see
    `engine.read.left_scope`. `adopt`: for this run, what others wrote may be replaced. `clock_doubted`: what day it is
    cannot be trusted.
    """

    binding: Binding
    baselines: Mapping[RecordId, Baseline]
    left_out: tuple[LeftOut, ...] = ()
    adopt: bool = False
    clock_doubted: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan, and by source the values that live and desired agree on and that the baseline does not hold yet.

    Healed values may be recorded once the run is applied, for sources that are not held. `drifts`: what people changed
    in our columns, for the report to tell with when and who (see `drift`), by source and item.
    """

    plan: Plan
    healed: Mapping[str, Mapping[RecordId, Values]]
    drifts: tuple[Drifted, ...] = ()


Leaver = tuple[LeftOut, RecordOutcome]


@dataclass(frozen=True, slots=True)
class _SourcePlan:
    writes: tuple[PlannedWrite, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    findings: tuple[Finding, ...] = ()
    healed: Mapping[RecordId, Values] | None = None
    drifts: tuple[Drifted, ...] = ()


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
    Rows that count no longer are cleared of what we wrote into them.
    """
    by_source: dict[str, list[Record]] = {name: [] for name in sorted(sources)}
    for record in matched.records:
        if record.source in by_source:
            by_source[record.source].append(record)
    leavers = _leavers(sources, matched)
    plans = {
        name: _left_behind(sources[name], records, matched)
        if sources[name].binding.mapping.write.mode is WriteMode.OFF
        else _source_plan(sources[name], records, leavers.get(name, ()), matched, assessments, today)
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
        drifts=tuple(drifted for each in plans.values() for drifted in each.drifts),
    )


def _source_plan(
    source: PlanInput,
    records: Sequence[Record],
    leavers: Sequence[Leaver],
    matched: Matched,
    assessments: Mapping[RecordId, Assessment],
    today: date,
) -> _SourcePlan:
    outcomes = [
        (record, _outcome(source, record, matched, assessments[record.id], today))
        for record in records
        if record.id not in matched.duplicates
    ]
    decided: list[tuple[Record | LeftOut, RecordOutcome]] = sorted([*outcomes, *leavers], key=lambda each: each[0].id)
    writes = [
        *(_planned(record, made, assessments[record.id], source.binding) for record, made in outcomes if made.set),
        *(_clearing(left, made) for left, made in leavers if made.set),
    ]
    return _SourcePlan(
        writes=tuple(sorted(writes, key=lambda write: write.id)),
        refusals=tuple(_asked(source.binding, [outcome for _, outcome in decided])),
        findings=tuple(_kept(source.binding, records, matched)),
        healed={record.id: outcome.healed for record, outcome in decided if outcome.healed},
        drifts=tuple(drifted for record, outcome in decided for drifted in _drifted(record, outcome)),
    )


def _outcome(source: PlanInput, record: Record, matched: Matched, assessment: Assessment, today: date) -> RecordOutcome:
    want = desired(assessment, matched.about(record), source.binding, kept_fields(record, matched))
    return reconcile(
        record,
        want,
        source.baselines.get(record.id),
        source.binding,
        today,
        adopt=source.adopt,
        clock_doubted=source.clock_doubted,
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
        grounds={name: grounds(name, assessment, restricted=record.restricted) for name in outcome.set},
        asks=outcome.asks,
    )


def _clearing(left: LeftOut, outcome: RecordOutcome) -> PlannedWrite:
    return PlannedWrite(
        source=left.source,
        id=left.id,
        key=left.label,
        version=left.version,
        set=outcome.set,
        was=outcome.was,
        why=tuple(explain.left_scope(name) for name in outcome.set),
        restricted=left.restricted,
        grounds=dict.fromkeys(outcome.set, LEFT_SCOPE),
        asks=outcome.asks,
    )


def _leavers(sources: Mapping[str, PlanInput], matched: Matched) -> dict[str, list[Leaver]]:
    """By source, the rows that count nowhere any more and into which we once wrote, each once.

    Where several sources leave the same row out, the one whose columns hold most of what is to be done has it, the
    first by name among equals: a write is one item's, once.
    """
    best: dict[RecordId, Leaver] = {}
    for source in (sources[name] for name in sorted(sources)):
        if source.binding.mapping.write.mode is WriteMode.OFF:
            continue
        for left in source.left_out:
            baseline = source.baselines.get(left.id)
            if baseline is None or left.id in matched.by_id:
                continue
            outcome = leave(left, baseline, source.binding)
            known = best.get(left.id)
            if known is None or _amount(outcome) > _amount(known[1]):
                best[left.id] = (left, outcome)
    by_source: dict[str, list[Leaver]] = defaultdict(list)
    for left, outcome in best.values():
        by_source[left.source].append((left, outcome))
    return by_source


def _amount(outcome: RecordOutcome) -> tuple[int, int, int]:
    return len(outcome.set), len(outcome.drifts), len(outcome.healed)


def _drifted(record: Record | LeftOut, outcome: RecordOutcome) -> Iterator[Drifted]:
    for name, drift in outcome.drifts.items():
        yield Drifted(
            id=record.id,
            source=record.source,
            label=record.label,
            field=name,
            base=drift.base,
            live=drift.live,
            want=drift.want,
            policy=drift.policy,
            restricted=record.restricted,
            left_scope=isinstance(record, LeftOut),
        )


def _asked(binding: Binding, outcomes: Sequence[RecordOutcome]) -> Iterator[Refusal]:
    """One refusal for each owned column and cause: it holds back those values, nothing else. What a doubted clock
    holds back is refused with the clock (see `guards`)."""
    counts = Counter((guard, name) for outcome in outcomes for name, guard in outcome.asks.items())
    for (guard, name), count in sorted(counts.items()):
        if guard is Guard.CLOCK_DIFFERS:
            continue
        held = f"{counted(count, 'item')} {{verb}} a value in column '{binding.owned[name].title}'"
        seen, limit, advice = _ASKED[guard]
        yield Refusal(
            source=binding.mapping.name,
            guard=guard,
            seen=f"{held} {seen}".format(verb="holds" if count == 1 else "hold"),
            limit=limit,
            advice=advice,
            approvable=True,
            field=name,
        )


_APPROVE = "approve exactly this plan with `reconcile --approve DIGEST`."
_ASKED: dict[Guard, tuple[str, str, str]] = {
    Guard.FOREIGN_VALUE: (
        "that this service did not write.",
        "A column that the service owns starts blank.",
        f"Clear those values, set `adopt: true` under this source's `write` to replace them, or {_APPROVE}",
    ),
    Guard.DRIFT: (
        "that a person changed.",
        "What a person changed is written again only once a person has approved it (`drift: ask`).",
        f"Look through the plan, then {_APPROVE}",
    ),
}


def _kept(binding: Binding, records: Sequence[Record], matched: Matched) -> Iterator[Finding]:
    """One finding for a source in which values stay because a list that they rest on was not read."""
    waiting = [record for record in records if record.id in matched.uncertain and record.id not in matched.duplicates]
    if not waiting or DEPENDENT.isdisjoint(binding.owned):
        return
    unread = sorted({name for record in waiting for name in matched.uncertain[record.id]})
    named = [name for name in unread if not matched.mappings[name].restricted]
    said = explain.kept(len(waiting), named, len(unread) - len(named))
    yield Finding(binding.mapping.name, None, FindingKind.KEPT, "", said)


def _left_behind(source: PlanInput, records: Sequence[Record], matched: Matched) -> _SourcePlan:
    """Nothing is written in mode `off`; values written earlier stay, and are counted."""
    blanks = source.binding.blanks
    rows: list[Record | LeftOut] = [*records]
    rows += [left for left in source.left_out if left.id in source.baselines and left.id not in matched.by_id]
    left = sum(
        any(not (alike(value, None) or alike(value, blanks[name])) for name, value in row.owned.items()) for row in rows
    )
    if not left:
        return _SourcePlan()
    verb = "holds" if left == 1 else "hold"
    said = f"{counted(left, 'item')} still {verb} values in columns that are no longer written (mode off)."
    finding = Finding(source.binding.mapping.name, None, FindingKind.LEFT_BEHIND, "", said)
    return _SourcePlan(findings=(finding,))
