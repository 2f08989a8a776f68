"""From what was read to what would be written: the pure core's steps, in the order in which a run takes them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from typing import Any

from sync.core import guards
from sync.core.desired import desired
from sync.core.explained import Causes, changes_between
from sync.core.history import History
from sync.core.identity import Answer, Identified
from sync.core.judging import Judged
from sync.core.known import Known, LastApplied, as_before, choices_removed, known_rows, retyped, shapes, with_parents
from sync.core.mapping import Binding
from sync.core.matching import Matched, bearing_on
from sync.core.merged import bears_on
from sync.core.ownership import OwnedField, OwnedValue, WriteMode
from sync.core.plan import Guard, Plan, PlannedWrite, Refusal
from sync.core.planning import PlanInput, Planned, make_plan
from sync.core.policy import NonWorkingDay, Policies, SourceMapping, digest
from sync.core.reconcile import alike
from sync.core.rollup import Rollup
from sync.core.snapshot import Complete, RecordId
from sync.core.status import Assessment
from sync.engine.elsewhere import Elsewhere
from sync.engine.past import Past, Place, past_of
from sync.engine.read import SourceRead, left_scope
from sync.engine.state import Remembered, SourceState
from sync.engine.targets import Portfolio
from sync.engine.understand import Understood, understand
from sync.errors import DefectError


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a run decides under, beside what it read and remembers.

    `only`: the sources to plan writes for; empty means all of them. `release`: of this program. `lifted`: refusals of
    whole sources that were lifted earlier in the same run, and are not raised again. `intended`: what earlier runs
    had journalled and did not come to write. `differences`: the server's clock less ours, by connection. `histories`
    are those of every record that was ever carried through, `answers` what people said of doubtful ones.
    """

    today: date
    only: frozenset[str]
    release: str
    lifted: frozenset[tuple[str, Guard]] = frozenset()
    intended: Mapping[RecordId, Mapping[OwnedField, OwnedValue]] = field(default_factory=dict)
    resync: bool = False
    differences: Mapping[str, timedelta | None] = field(default_factory=dict)
    histories: tuple[History, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decided:
    """Everything a run knows before it writes anything. `inputs`: the sources that may be written to, with their
    baselines; `digests`: what decides each source's values, by source; `rows`: what was read, as it is remembered."""

    reads: Mapping[str, SourceRead]
    inputs: Mapping[str, PlanInput]
    digests: Mapping[str, str]
    understood: Understood
    planned: Planned
    terms: Terms
    past: Past
    rows: Mapping[str, tuple[Known, ...]]

    @property
    def plan(self) -> Plan:
        return self.planned.plan

    @property
    def matched(self) -> Matched:
        return self.understood.judged.matched

    @property
    def assessments(self) -> Mapping[RecordId, Assessment]:
        return self.understood.judged.assessments

    @property
    def identified(self) -> Identified:
        return self.understood.identified

    @property
    def rollup(self) -> tuple[Rollup, ...]:
        return self.understood.rollup

    def state(self, name: str, run_id: str) -> SourceState:
        """What is approved now, to be kept before anything is written: the rules of now, and what the last run that
        was carried through saw."""
        schema = self._binding(name).schema
        last = self.past.last(name)
        return SourceState(schema.host, schema.list_guid, name, self.digests[name], run_id, last)

    def applied(self, name: str, run_id: str) -> SourceState:
        """What is kept once a source is carried through. A day that a wrong clock made doubtful does not count as
        begun: what fell due on it and was not written is explained by it still."""
        read, binding, last = self.reads[name], self._binding(name), self.past.last(name)
        doubted = name in self.inputs and self.inputs[name].clock_doubted
        eve = last.today if last else self.terms.today - timedelta(days=1)
        seen = LastApplied(
            run_id=run_id,
            today=eve if doubted else self.terms.today,
            rows=read.rows,
            zone=binding.schema.zone,
            columns=shapes(binding),
            release=self.terms.release,
        )
        return replace(self.state(name, run_id), applied=seen)

    def known(self, name: str) -> tuple[Known, ...]:
        """Every row of that source as it was read; see `remember` for what the next run is to know of it."""
        return self.rows.get(name, ())

    def _binding(self, name: str) -> Binding:
        binding = self.reads[name].binding
        if binding is None:
            raise DefectError(f"'{name}' was not read, so there is nothing to remember of it.")
        return binding


def decide(
    portfolio: Portfolio,
    reads: Mapping[str, SourceRead],
    remembered: Mapping[Place, Remembered],
    terms: Terms,
) -> Decided:
    """Matches, assesses, rolls up and plans; guards look at what was read, and then at what was planned.

    `remembered` is by list, of those that were read. A refusal that was lifted earlier in the run is not raised again,
    but what it doubted stays in doubt: nothing is written that its plan did not show.
    """
    past = past_of(reads, remembered)
    rows = {
        name: as_before(known_rows(read.binding, read.records, read.left_out), past.rows.get(name, ()))
        for name, read in reads.items()
        if read.binding
    }
    case = _Case(portfolio, reads, _digests(portfolio), past, rows, Elsewhere.of(past, rows), terms)
    found = [refusal for read in reads.values() for refusal in _refusals(read, case)]
    doubted = frozenset(refusal.source for refusal in found if refusal.doubts_read)
    unread = doubted | {name for name, read in reads.items() if not read.is_complete}
    snapshots = [read.snapshot for name, read in reads.items() if read.snapshot and name not in doubted]
    understood = understand(portfolio, snapshots, unread, terms.today, terms.histories, terms.answers)
    inputs = {
        name: given
        for name, read in reads.items()
        if name in (terms.only or reads) and (given := _inputs(read, case, unread))
    }
    judged = understood.judged
    planned = make_plan(
        judged.matched, judged.assessments, inputs, today=terms.today, policy_digest=digest(case.digests)
    )
    above = bears_on(judged.matched, judged.one)
    decided = Decided(
        reads=reads,
        inputs=inputs,
        digests=case.digests,
        understood=understood,
        planned=planned,
        terms=terms,
        past=case.past,
        rows={name: with_parents(each, above) for name, each in rows.items()},
    )
    found += [*_surprises(decided, portfolio, unread), *(_resyncs(decided) if terms.resync else ())]
    chosen = [each for each in found if each.source in (terms.only or reads)]
    return _refused(decided, [each for each in chosen if (each.source, each.guard) not in terms.lifted])


def _digests(portfolio: Portfolio) -> dict[str, str]:
    """Of what decides each source's values: the mappings that bear on it, and the policies. Not of its name, nor of
    where the list is; of the calendar only where a policy looks at it."""
    own = {name: digest(_meaning(source)) for name, source in portfolio.sources.items()}
    looks_at_calendar = portfolio.policies.overdue.due_on_non_working_day is NonWorkingDay.NEXT
    rules = digest(_deciding(portfolio.policies), portfolio.calendar if looks_at_calendar else None)
    bearing = bearing_on(portfolio.sources)
    return {name: digest(sorted(own[each] for each in bearing[name]), rules) for name in portfolio.sources}


def _meaning(source: SourceMapping) -> dict[str, Any]:
    names = (each.name for each in fields(SourceMapping) if each.name not in _MEANS_NOTHING)
    return {name: getattr(source, name) for name in names}


_MEANS_NOTHING = frozenset({"name", "groups"})
"""Of a mapping: what a source is called, and what its projects are counted under in roll-ups."""


_DECIDES_NOTHING = frozenset({"guards", "boards", "identity", "reports"})
"""Policies that decide no value of ours: how much may change unasked, when boards meet, who is who, and what papers
say at their head."""


def _deciding(policies: Policies) -> dict[str, Any]:
    deciding = (each.name for each in fields(Policies) if each.name not in _DECIDES_NOTHING)
    return {**{name: getattr(policies, name) for name in deciding}, "stale_days": policies.reports.stale_days}


def writes_to(source: SourceMapping) -> bool:
    """Whether a source is ever written to."""
    return source.write.mode is not WriteMode.OFF and bool(source.write.columns)


@dataclass(frozen=True, slots=True)
class _Case:
    """What there is to decide on. `rows`: by source, what was read of it, as it is remembered."""

    portfolio: Portfolio
    reads: Mapping[str, SourceRead]
    digests: Mapping[str, str]
    past: Past
    rows: Mapping[str, tuple[Known, ...]]
    elsewhere: Elsewhere
    terms: Terms

    def difference(self, read: SourceRead) -> timedelta | None:
        return self.terms.differences.get(read.source.connection)


def _refusals(read: SourceRead, case: _Case) -> tuple[Refusal, ...]:
    """What can be told before anything is planned. Nothing of a source that could not be reached at all: that is its
    failure, and nothing of it is planned."""
    if read.binding is None:
        return ()
    name = read.source.name
    last = case.past.last(name)
    columns = last.columns if last else {}
    return guards.guard(
        guards.Seen(
            source=name,
            read=read.snapshot.read if read.snapshot else Complete(),
            rows=read.rows if read.snapshot else None,
            policy_digest=case.digests[name],
            limits=case.portfolio.policies.guards,
            missing=(*read.binding.missing, *read.binding.unwritable),
            lacks_owned=read.binding.lacks_owned,
            settings=read.binding.settings,
            retyped=tuple(retyped(read.binding, columns)),
            removed=tuple(choices_removed(read.binding, columns)),
            zone=read.binding.schema.zone,
            writes=writes_to(read.source),
            approved=case.past.approved(name),
            last=last,
            known=case.past.rows.get(name, ()),
            now=case.rows[name],
            elsewhere=case.elsewhere.than(name) if last else frozenset(),
            difference=case.difference(read),
            resync=case.terms.resync,
        )
    )


def _inputs(read: SourceRead, case: _Case, unread: Collection[str]) -> PlanInput | None:
    """What may be planned for a source. Of one that is in doubt nothing is: what is not there is not cleared either."""
    if not read.is_complete or read.binding is None or not read.binding.writable:
        return None
    name, resync = read.source.name, case.terms.resync
    return PlanInput(
        binding=read.binding,
        baselines={} if resync else case.past.lists[name].baselines,
        left_out=() if name in unread else left_scope(read, case.reads, unread),
        adopt=resync,
        clock_doubted=guards.is_clock_doubted(case.difference(read), case.portfolio.policies.guards),
    )


def _surprises(decided: Decided, portfolio: Portfolio, unread: frozenset[str]) -> Iterator[Refusal]:
    """From the second applied run of a source on, whatever changes in it without a cause.

    Only sources that were read to their end, and of which it is known what they held, tell what staff changed: what is
    missing in half a list was not deleted, and of a list that nobody knew not every row is new.
    """
    past, limits = decided.past, portfolio.policies.guards
    told = [name for name in decided.reads if name not in unread and past.last(name) is not None]
    left_out = {name: frozenset(row.id for row in given.left_out) for name, given in decided.inputs.items()}
    many = {
        name: writes
        for name, writes in _by_source(decided.plan.writes).items()
        if name in told and guards.may_surprise(writes, len(decided.reads[name].records), left_out[name], limits)
    }
    if not many:
        return
    changes = changes_between(
        (row for name in told for row in past.rows[name]),
        (row for name in told for row in decided.rows[name]),
        frozenset(name for name in told if past.release(name) != decided.terms.release),
    )
    predicted = _predicted(decided, portfolio, many)
    drifted = frozenset((drift.id, drift.field) for drift in decided.planned.drifts)
    for name, writes in many.items():
        causes = Causes(
            changes=changes,
            predicted=predicted,
            left_out=left_out[name],
            drifted=drifted,
            intended=decided.terms.intended,
        )
        yield from guards.surprising(name, writes, len(decided.reads[name].records), causes, limits)


def _predicted(
    decided: Decided, portfolio: Portfolio, by_source: Mapping[str, Sequence[PlannedWrite]]
) -> frozenset[tuple[RecordId, OwnedField]]:
    """The values that the stored dates made inevitable: by what was read today and the rules of today they would have
    been others on the day of the last run that was carried through, for the source or for one that bears on it."""
    today, bearing = decided.terms.today, bearing_on(portfolio.sources)
    days = {
        name: min((seen.today for each in bearing[name] if (seen := decided.past.last(each))), default=today)
        for name in by_source
    }
    then = {day: decided.understood.on(day, portfolio) for day in sorted(set(days.values())) if day < today}
    return frozenset(
        (write.id, name)
        for source, writes in by_source.items()
        if days[source] in then
        for write in writes
        for name in _differing(decided, write, then[days[source]])
    )


def _differing(decided: Decided, write: PlannedWrite, then: Judged) -> Iterator[OwnedField]:
    """The fields of which another day's assessments ask for another value; none of a row that counts no longer."""
    record = decided.matched.by_id.get(write.id)
    if record is None:
        return
    binding = decided.inputs[write.source].binding
    before = desired(then.assessments[record.id], then.matched.about(record), binding)
    now = desired(decided.assessments[record.id], decided.matched.about(record), binding)
    yield from (name for name in before if not alike(before[name], now[name]))


def _resyncs(decided: Decided) -> Iterator[Refusal]:
    """For every source that a resync would change something for."""
    by_source = _by_source(decided.plan.writes)
    for name, given in decided.inputs.items():
        if writes_to(decided.reads[name].source):
            baselines, blanks = decided.past.lists[name].baselines, given.binding.blanks
            yield from guards.resync(
                name,
                forgotten=sum(record_id in baselines for record_id, _ in decided.reads[name].lives),
                adopted=sum(_replaces(write, blanks) for write in by_source.get(name, ())),
            )


def _replaces(write: PlannedWrite, blanks: Mapping[OwnedField, OwnedValue]) -> bool:
    return any(not (alike(value, None) or alike(value, blanks[name])) for name, value in write.was.items())


def _by_source(writes: Iterable[PlannedWrite]) -> dict[str, list[PlannedWrite]]:
    by_source: dict[str, list[PlannedWrite]] = defaultdict(list)
    for write in writes:
        by_source[write.source].append(write)
    return by_source


def _refused(decided: Decided, refusals: Sequence[Refusal]) -> Decided:
    """The same with the guards' refusals in its plan."""
    every = sorted(
        [*decided.plan.refusals, *refusals], key=lambda refusal: (refusal.source, refusal.guard, refusal.seen)
    )
    return replace(decided, planned=replace(decided.planned, plan=replace(decided.plan, refusals=tuple(every))))
