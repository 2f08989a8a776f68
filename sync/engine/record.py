"""What a run leaves behind: its report, how it ended, and the exit code that says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sync.core.approval import Consent, lifted, waits
from sync.core.findings import Finding
from sync.core.plan import Plan
from sync.core.rollup import Rollup
from sync.core.run_report import Outcome, ReadState, Requests, RunReport, SourceProblem, SourceReport, WriteCounts
from sync.engine.outcomes import Written
from sync.engine.ports import ListStore
from sync.engine.read import SourceRead
from sync.engine.state import RunStart
from sync.errors import ExitCode


class Judged(Protocol):
    """What was read, and what was made of it."""

    @property
    def reads(self) -> Mapping[str, SourceRead]: ...

    @property
    def plan(self) -> Plan: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """Everything a finished run did. `plan`: as a person saw it; `decided`: the newest decision, which differs where
    somebody changed items meanwhile. `observed`: findings beside the plan's. `consent`: what was said to the plan,
    None where nobody was asked. `rollup`: what it adds up to, with where that is heading."""

    start: RunStart
    finished: datetime
    plan: Plan
    decided: Judged
    observed: tuple[Finding, ...]
    written: Written
    requests: Requests
    timings: Mapping[str, float]
    consent: Consent | None
    rollup: tuple[Rollup, ...]

    def report(self) -> RunReport:
        sources = tuple(
            source_report(read, self.written.problems.get(name, ())) for name, read in self.decided.reads.items()
        )
        return RunReport(
            id=self.start.id,
            mode=self.start.mode,
            started=self.start.started,
            finished=self.finished,
            today=self.start.today,
            outcome=self._outcome(),
            sources=sources,
            plan=self.plan,
            redecided=self.written.redecided,
            lifted=lifted(self.plan, self.consent or Consent.nothing()),
            writes=self.written.counts,
            rollup=self.rollup,
            findings=tuple(sorted({*self.decided.plan.findings, *self.observed, *self.written.findings})),
            requests=self.requests,
            timings=self.timings,
        )

    @property
    def exit_code(self) -> ExitCode:
        """Being stopped comes first, then waiting; sources that all failed alike give their code; anything else undone
        is partial."""
        if self.written.stopped:
            return ExitCode.INTERRUPTED
        if self.consent is not None and waits(self.plan, self.consent):
            return ExitCode.APPROVAL
        failed = combined_code([self._code(name, read) for name, read in self.decided.reads.items()])
        undone = self.written.counts.undone or self.written.problems
        return ExitCode.PARTIAL if failed is ExitCode.DONE and undone else failed

    def _code(self, name: str, read: SourceRead) -> ExitCode:
        """What a source failed with: its reading, or a list that changed so that nothing may be written there and no
        approval lifts that."""
        if read.error is not None:
            return read.error.exit_code
        final = any(each.source == name and not each.approvable for each in self.plan.refusals)
        return ExitCode.SCHEMA if final else ExitCode.DONE

    def _outcome(self) -> Outcome:
        return _OUTCOMES.get(self.exit_code, Outcome.FAILED)


_OUTCOMES = {
    ExitCode.DONE: Outcome.DONE,
    ExitCode.APPROVAL: Outcome.WAITING,
    ExitCode.PARTIAL: Outcome.PARTIAL,
    ExitCode.INTERRUPTED: Outcome.INTERRUPTED,
}


def cut_short(start: RunStart, finished: datetime, *, stopped: bool) -> RunReport:
    """The report of a run that ended before it had decided anything, or that lost its lease: that it did is all."""
    return RunReport(
        id=start.id,
        mode=start.mode,
        started=start.started,
        finished=finished,
        today=start.today,
        outcome=Outcome.INTERRUPTED if stopped else Outcome.FAILED,
        sources=(),
        plan=Plan((), (), (), ""),
        writes=WriteCounts(),
        rollup=(),
        findings=(),
        requests=Requests(),
        timings={},
    )


def combined_code(codes: Sequence[ExitCode]) -> ExitCode:
    """0 when nothing failed, the code they share when everything failed alike, else partial."""
    distinct = set(codes)
    if distinct <= {ExitCode.DONE}:
        return ExitCode.DONE
    return distinct.pop() if len(distinct) == 1 else ExitCode.PARTIAL


def requests_since(before: Requests, lists: Mapping[str, ListStore]) -> Requests:
    """What the stores' requests have cost since `before`, which is what they had cost then."""
    now = requests_of(lists)
    kinds = {kind: count - before.by_kind.get(kind, 0) for kind, count in now.by_kind.items()}
    return Requests(
        by_kind={kind: count for kind, count in kinds.items() if count},
        resource_units=now.resource_units - before.resource_units,
        throttled_seconds=now.throttled_seconds - before.throttled_seconds,
    )


def requests_of(lists: Mapping[str, ListStore]) -> Requests:
    """The cost of all stores together since they were made."""
    usages = [store.usage() for store in lists.values()]
    kinds = sorted({kind for usage in usages for kind in usage.by_kind})
    return Requests(
        by_kind={kind: sum(usage.by_kind.get(kind, 0) for usage in usages) for kind in kinds},
        resource_units=sum(usage.resource_units for usage in usages),
        throttled_seconds=sum(usage.throttled_seconds for usage in usages),
    )


def source_report(read: SourceRead, problems: tuple[SourceProblem, ...] = ()) -> SourceReport:
    """How a list was read, with what kept it from being read or written."""
    state = ReadState.COMPLETE if read.is_complete else ReadState.PARTIAL if read.snapshot else ReadState.FAILED
    own = (SourceProblem.of(read.error),) if read.error else ()
    return SourceReport(read.source.name, state, len(read.records), (*own, *problems))
