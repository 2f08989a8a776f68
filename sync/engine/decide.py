"""From what was read to what would be written: the pure core's steps, in the order in which a run takes them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sync.core import explain
from sync.core.guards import LastRun, Seen, guard
from sync.core.matching import Matched, bearing_on, match
from sync.core.ownership import WriteMode
from sync.core.plan import Plan, Refusal
from sync.core.planning import PlanInput, Planned, make_plan
from sync.core.policy import Labels, NonWorkingDay, SourceMapping, digest
from sync.core.rollup import Rollup, roll_up
from sync.core.snapshot import Complete, Record, RecordId
from sync.core.status import Assessment, assess
from sync.engine.ports import RunStore
from sync.engine.read import SourceRead
from sync.engine.state import Decision, RunStart, SourceState
from sync.engine.targets import Portfolio


@dataclass(frozen=True, slots=True)
class Decided:
    """Everything a run knows before it writes anything. `inputs`: the sources that may be written to, with their
    baselines; `digests`: what decides each source's values, by source."""

    reads: Mapping[str, SourceRead]
    inputs: Mapping[str, PlanInput]
    digests: Mapping[str, str]
    matched: Matched
    assessments: Mapping[RecordId, Assessment]
    rollup: tuple[Rollup, ...]
    planned: Planned

    @property
    def plan(self) -> Plan:
        return self.planned.plan


def decide(
    portfolio: Portfolio, reads: Mapping[str, SourceRead], runs: RunStore, today: date, only: frozenset[str]
) -> Decided:
    """Matches, assesses, rolls up and plans. `only`: the sources to plan writes for; empty means all of them."""
    digests = _digests(portfolio)
    refusals = [refusal for read in reads.values() for refusal in _refusals(read, digests, runs)]
    doubted = {refusal.source for refusal in refusals if refusal.doubts_read}
    unread = frozenset(doubted | {name for name, read in reads.items() if not read.is_complete})
    snapshots = [read.snapshot for name, read in reads.items() if read.snapshot and name not in doubted]
    matched = match(snapshots, portfolio.sources, unread)
    assessments = assess(matched, portfolio.policies, portfolio.calendar, today)
    chosen = only or frozenset(reads)
    inputs = {name: known for name, read in reads.items() if name in chosen and (known := _inputs(read, runs))}
    planned = make_plan(
        matched,
        assessments,
        inputs,
        today=today,
        policy_digest=digest(digests),
        refusals=[refusal for refusal in refusals if refusal.source in chosen],
    )
    rollup = roll_up(matched, assessments, today, name=portfolio.name, labels=portfolio.policies.labels)
    return Decided(reads, inputs, digests, matched, assessments, rollup, planned)


def decisions_of(decided: Decided, labels: Labels, run: RunStart) -> tuple[Decision, ...]:
    """Why every record reads as it does, for `explain`; restricted records are left out."""
    return tuple(
        Decision(record.id, record.source, record.label, _content(decided, record, labels, run))
        for record in decided.matched.records
        if not record.restricted
    )


def _content(decided: Decided, record: Record, labels: Labels, run: RunStart) -> dict[str, Any]:
    assessment = decided.assessments[record.id]
    return {
        "kind": record.kind.value,
        "title": record.fields.title,
        "declared": assessment.declared,
        "computed": assessment.computed,
        "differs": assessment.reads_worse,
        "overdue": assessment.overdue,
        "due": assessment.due.isoformat() if assessment.due else None,
        "band": assessment.band,
        "reason": explain.reason(assessment, labels),
        "findings": [finding.text for finding in decided.matched.about(record)],
        "run": run.id,
        "today": run.today.isoformat(),
    }


def _digests(portfolio: Portfolio) -> dict[str, str]:
    """Of what decides each source's values: the mappings that bear on it, and the policies. Not of its name, nor of
    where the list is; of the calendar only where a policy looks at it."""
    own = {name: digest(_meaning(source)) for name, source in portfolio.sources.items()}
    looks_at_calendar = portfolio.policies.overdue.due_on_non_working_day is NonWorkingDay.NEXT
    rules = [portfolio.policies, portfolio.calendar if looks_at_calendar else None]
    bearing = bearing_on(portfolio.sources)
    return {name: digest(sorted(own[each] for each in bearing[name]), rules) for name in portfolio.sources}


def _meaning(source: SourceMapping) -> dict[str, Any]:
    return {each.name: getattr(source, each.name) for each in fields(SourceMapping) if each.name != "name"}


def _writes_to(source: SourceMapping) -> bool:
    return source.write.mode is not WriteMode.OFF and bool(source.write.columns)


def _inputs(read: SourceRead, runs: RunStore) -> PlanInput | None:
    if not read.is_complete or read.binding is None or read.binding.unwritable:
        return None
    return PlanInput(read.binding, runs.baselines(read.binding.schema.host, read.binding.schema.list_guid))


def _refusals(read: SourceRead, digests: Mapping[str, str], runs: RunStore) -> tuple[Refusal, ...]:
    """None for a source that could not be reached at all: that is its failure, and nothing of it is planned."""
    if read.binding is None:
        return ()
    states = runs.source_states(read.binding.schema.host, read.binding.schema.list_guid)
    return guard(
        Seen(
            source=read.source.name,
            read=read.snapshot.read if read.snapshot else Complete(),
            rows=read.rows,
            policy_digest=digests[read.source.name],
            missing=(*read.binding.missing, *read.binding.unwritable),
            writes=_writes_to(read.source),
            last=_last(read.source.name, states, digests),
        )
    )


def _last(name: str, states: Mapping[str, SourceState], configured: Collection[str]) -> LastRun | None:
    """What the source knew, or the one source of that list that has gone from the portfolio file: it was renamed."""
    gone = [state for known, state in sorted(states.items()) if known not in configured]
    state = states.get(name) or (gone[0] if len(gone) == 1 else None)
    return LastRun(rows=state.records, policy_digest=state.policy_digest) if state else None
