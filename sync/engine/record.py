"""What a run leaves behind: its report, how it ended, and the exit code that says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sync.core.run_report import Outcome, ReadState, Requests, RunReport, SourceProblem, SourceReport
from sync.engine.decide import Decided
from sync.engine.ports import ListStore
from sync.engine.read import SourceRead
from sync.engine.state import RunStart
from sync.engine.write import Written
from sync.errors import ExitCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """Everything a finished run did. `waits`: something that an approval can lift was left undone."""

    start: RunStart
    finished: datetime
    decided: Decided
    written: Written
    requests: Requests
    timings: Mapping[str, float]
    waits: bool

    def report(self) -> RunReport:
        sources = tuple(_source(read, self.written.problems_of(name)) for name, read in self.decided.reads.items())
        return RunReport(
            id=self.start.id,
            mode=self.start.mode,
            started=self.start.started,
            finished=self.finished,
            today=self.start.today,
            outcome=self._outcome(),
            sources=sources,
            plan=self.decided.plan,
            writes=self.written.counts,
            rollup=self.decided.rollup,
            findings=tuple(sorted({*self.decided.plan.findings, *self.written.findings})),
            requests=self.requests,
            timings=self.timings,
        )

    @property
    def exit_code(self) -> ExitCode:
        """Waiting comes first; sources that all failed alike give their code; anything else undone is partial."""
        if self.waits:
            return ExitCode.APPROVAL
        failed = combined_code(
            [read.error.exit_code if read.error else ExitCode.DONE for read in self.decided.reads.values()]
        )
        return ExitCode.PARTIAL if failed is ExitCode.DONE and self.written.counts.undone else failed

    def _outcome(self) -> Outcome:
        if self.waits:
            return Outcome.WAITING
        code = self.exit_code
        if code is ExitCode.DONE:
            return Outcome.DONE
        return Outcome.PARTIAL if code is ExitCode.PARTIAL else Outcome.FAILED


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


def _source(read: SourceRead, problems: tuple[SourceProblem, ...]) -> SourceReport:
    state = ReadState.COMPLETE if read.is_complete else ReadState.PARTIAL if read.snapshot else ReadState.FAILED
    own = (SourceProblem(read.error.exit_code, read.error.what, read.error.advice),) if read.error else ()
    return SourceReport(read.source.name, state, len(read.records), (*own, *problems))
