"""What a run leaves behind: its report, how it ended, and the exit code that says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sync.core.approval import Consent, lifted, waits
from sync.core.cost import Cost, update_all
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
            common_way=self._common_way(),
        )

    def _common_way(self) -> Cost:
        """What getting every item of the lists that were read, and updating it, would have cost."""
        reads = [read for read in self.decided.reads.values() if read.is_complete]
        sites = {(read.source.connection, read.source.site) for read in reads}
        return update_all((read.rows for read in reads), len(sites))

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
    return requests_of(lists).since(before)


def requests_of(lists: Mapping[str, ListStore]) -> Requests:
    """The cost of all stores together since they were made."""
    return Requests.together(store.usage() for store in lists.values())


def source_report(read: SourceRead, problems: tuple[SourceProblem, ...] = ()) -> SourceReport:
    """How a list was read, with what kept it from being read or written."""
    state = ReadState.COMPLETE if read.is_complete else ReadState.PARTIAL if read.snapshot else ReadState.FAILED
    own = (SourceProblem.of(read.error),) if read.error else ()
    token = read.binding.schema.change_token if read.binding and read.is_complete else None
    return SourceReport(read.source.name, state, len(read.records), (*own, *problems), read.route, token)
