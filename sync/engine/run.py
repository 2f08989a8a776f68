"""One run: read, map, reconcile, roll up, plan, guard, approve, apply, record. A dry run stops after the plan."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from sync.core.approval import Consent, Level
from sync.core.disclosure import SafeRollup
from sync.core.plan import Plan
from sync.core.provisioning.rollup_rows import Figures
from sync.core.provisioning.status_row import Passed
from sync.core.rollup import Rollup
from sync.core.run_report import Requests, RunReport
from sync.core.safe_rows import Told
from sync.core.stamp import stamp
from sync.engine.account import this_account
from sync.engine.admin import ListAdmin
from sync.engine.archiving import (
    archive_of,
    directed,
    directed_to_tell,
    freeze_due,
    rows_to_tell,
    sources_seen,
)
from sync.engine.carry import Carried, carry_through, nothing_carried
from sync.engine.decide import Decided, Terms
from sync.engine.decisions import Decisions
from sync.engine.edits import edits_of
from sync.engine.garbage import seldom_collecting
from sync.engine.heads import Heads, keep_head
from sync.engine.journal import Memory, Pen, own_words
from sync.engine.mirror import Mirror
from sync.engine.numbering import numbering
from sync.engine.observed import Observed
from sync.engine.own_lists import addresses, tend
from sync.engine.ports import Clock, ListStore, RunStore
from sync.engine.read import SourceRead, mirror_of, read_sources
from sync.engine.record import Ran, cut_short, requests_of, requests_since, source_report
from sync.engine.recover import Recovered, let_through, recover
from sync.engine.rounds import Grounds
from sync.engine.schedule import NIGHTLY, local_date, next_due
from sync.engine.state import Decision, Lease, RunMode, RunStart
from sync.engine.stop import Stop
from sync.engine.stopwatch import Stopwatch
from sync.engine.targets import Portfolio
from sync.errors import ExitCode, LeaseLostError, LockHeldError, StoppedError, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """A portfolio with everything that a run needs.

    `new_suffix`: random characters that end a run's id. `holder`: how others are told who has the lease. `release`: of
    this program. `heads`: where the audit's end is kept beside the database, if anywhere. `rules`: those of the
    portfolio as a JSON value, kept with what a run saw so that its figures can be worked out again. `admins`: by
    connection, what keeps the service's own lists.
    """

    portfolio: Portfolio
    lists: Mapping[str, ListStore]
    runs: RunStore
    clock: Clock
    new_suffix: Callable[[], str]
    stop: Stop = field(default_factory=Stop)
    holder: str = "another process"
    release: str = ""
    heads: Heads | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)
    admins: Mapping[str, ListAdmin] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunRequest:
    """`today` overrides the portfolio's local date; `only` are the sources to write to, all when empty; `night` makes
    it that local date's scheduled run, which happens once. `resync`: forget what was agreed, and take what the lists
    hold for ours. `canary`: how many items of each list are written and looked at before the others follow. `anew`:
    every list is read as a whole, whatever was kept of it."""

    mode: RunMode
    today: date | None = None
    only: frozenset[str] = frozenset()
    night: date | None = None
    resync: bool = False
    canary: int | None = None
    anew: bool = False


Approver = Callable[[Plan], Consent]


def approve_as(through: str) -> Approver:
    """Approves whatever `--yes` may approve, as having been said through that."""
    return lambda _plan: Consent(write=True, level=Level.YES, through=through)


def proceed_unapproved(_plan: Plan) -> Consent:
    """Writes what no guard holds back, and approves nothing."""
    return Consent(write=True)


class Progress(Protocol):
    def reading(self, source: str, done: int, expected: int) -> None: ...

    def writing(self, done: int, expected: int) -> None: ...


class Silent:
    """Shows no progress."""

    def reading(self, source: str, done: int, expected: int) -> None:
        pass

    def writing(self, done: int, expected: int) -> None:
        pass


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run leaves to its caller; `document` is the report as it is stored and printed."""

    report: RunReport
    document: Mapping[str, Any]
    reads: Mapping[str, SourceRead]
    decisions: Iterable[Decision]
    exit_code: ExitCode

    @property
    def pending_code(self) -> ExitCode:
        """The exit code with what `--detailed-exitcode` adds to that of a plan: 4 if it needs an approval, 6 if it has
        writes. A run that may write has done all it could, and its own code says what it waits for or failed in."""
        plan = self.report.plan
        if self.report.mode is not RunMode.PLAN:
            return self.exit_code
        if any(refusal.approvable for refusal in plan.refusals):
            return ExitCode.APPROVAL
        return ExitCode.PENDING if self.exit_code is ExitCode.DONE and plan.writes else self.exit_code


def execute(
    context: RunContext, request: RunRequest, *, approver: Approver | None = None, progress: Progress | None = None
) -> RunResult:
    """Runs once and records it. Without an approver it stops after the plan, and takes no lease.

    Raises LockHeldError where another run has the lease or this night's run was already begun, LeaseLostError where
    another run took over, StoppedError where it was told to stop before it wrote, UsageError for a source that is not
    configured.
    """
    check_sources(context.portfolio, request.only)
    start = started(context, request)
    claim = leased(context, start) if approver is not None else nullcontext()
    with claim as lease, begun(context, start), seldom_collecting():
        return _Run(context, request, start, progress or Silent()).carry_out(lease, approver)


def check_sources(portfolio: Portfolio, only: frozenset[str]) -> None:
    """Raises UsageError for a source that is not configured."""
    unknown = sorted(only - set(portfolio.sources))
    if unknown:
        known = ", ".join(sorted(portfolio.sources))
        raise UsageError(f"There is no source called {', '.join(unknown)}.", f"The portfolio file has: {known}.")


def started(context: RunContext, request: RunRequest) -> RunStart:
    """A new run's identity, as of now."""
    now = context.clock.now()
    return RunStart(
        id=f"{now:%Y%m%dT%H%M%SZ}-{context.new_suffix()}",
        mode=request.mode,
        started=now,
        today=request.today or local_date(now, context.portfolio.time_zone),
        job=NIGHTLY if request.night else None,
        night=request.night,
    )


@contextmanager
def leased(context: RunContext, start: RunStart) -> Iterator[Lease]:
    """The right to write, for as long as this lasts; LockHeldError while another run has it."""
    journal = context.runs.journal
    lease = journal.take_lease(start.id, context.holder, start.started)
    try:
        yield lease
    finally:
        journal.release(lease)


@contextmanager
def begun(context: RunContext, start: RunStart) -> Iterator[None]:
    """Puts on record that a run began, and its end also where it is cut short.

    A run that writes takes its lease before: a night that cannot be run now is still to be run.
    """
    if not context.runs.begin(start):
        raise LockHeldError(f"The run of {start.night} was already begun.", "`runs list` shows it.")
    try:
        yield
    except (StoppedError, LeaseLostError) as ended:
        report = cut_short(start, context.clock.now(), stopped=isinstance(ended, StoppedError))
        context.runs.finish(start.id, report.finished, report.outcome, report.to_json())
        raise


@dataclass(frozen=True, slots=True)
class _Run:
    context: RunContext
    request: RunRequest
    start: RunStart
    progress: Progress

    def carry_out(self, lease: Lease | None, approver: Approver | None) -> RunResult:
        context, stopwatch = self.context, Stopwatch(self.context.clock)
        before = requests_of(context.lists)
        with stopwatch.stage("read"):
            mirror = self._mirror(lease)
            reads = read_sources(context.portfolio, mirror, self._reading, self._at_once)
        with stopwatch.stage("decide"):
            grounds, pen, recovered = self._grounds(reads, mirror, lease)
            decided = grounds.decide(reads, grounds.terms)
            edits = edits_of(decided, context.lists, context.runs.audit)
            observed = Observed(decided, edits, context.runs, recovered)
        consent = approver(decided.plan) if approver else Consent.nothing()
        with stopwatch.stage("write"):
            carried = self._write(grounds, pen, consent, observed)
        kept = keep_head(context.heads, context.runs.audit, self.start.id, context.clock.now()) if pen else ()
        ran = Ran(
            start=self.start,
            finished=context.clock.now(),
            plan=decided.plan,
            decided=carried.decided,
            written=carried.written,
            observed=(*observed.findings(self.start.today), *kept),
            requests=requests_since(before, context.lists),
            timings=stopwatch.seconds,
            consent=consent if approver else None,
            rollup=self._rollup(carried.decided),
        )
        if pen is not None and consent.write:
            tended = self._tended(ran, carried.decided, mirror, pen, before, stopwatch)
            return self._record(tended, carried, pen)
        return self._record(ran, carried, None)

    def _mirror(self, lease: Lease | None) -> Mirror:
        """What was kept of the lists. A dry run leaves it as it is."""
        context, is_kept = self.context, lease is not None
        return mirror_of(
            context.portfolio,
            context.lists,
            context.runs.mirrors,
            context.clock,
            saves=is_kept,
            anew=self.request.anew,
            beside=addresses(context.portfolio.own_lists),
        )

    @property
    def _at_once(self) -> int:
        return self.context.portfolio.pace.sites_at_once

    def _grounds(
        self, reads: Mapping[str, SourceRead], mirror: Mirror, lease: Lease | None
    ) -> tuple[Grounds, Pen | None, Recovered]:
        """What to decide on, once it is known what became of the writes of runs that were cut short."""
        context, journal = self.context, self.context.runs.journal
        memory = Memory(context.runs)
        places = {read.snapshot.place for read in reads.values() if read.snapshot and read.snapshot.place}
        unfinished = let_through(memory.of(sorted(places)).values())
        left = [intent for run_id in unfinished for intent in journal.writes_of(run_id)]
        open_intents = journal.open_intents()
        recovered = recover(open_intents, reads, left)
        words = own_words(context.portfolio.policies.labels)
        pen = Pen(journal, lease, memory, context.clock, words) if lease is not None else None
        if pen is not None:
            pen.recover(recovered)
        else:
            memory.learn(memory.recovered(recovered))
        terms = Terms(
            today=self.start.today,
            only=self.request.only,
            release=context.release,
            intended=recovered.intended,
            resync=self.request.resync,
            differences={name: store.clock_difference() for name, store in context.lists.items()},
            histories=tuple(context.runs.histories()),
            answers=context.runs.answers(),
        )
        grounds = Grounds(
            portfolio=context.portfolio,
            lists=context.lists,
            mirror=mirror,
            memory=memory,
            terms=terms,
            stamp=stamp(context.runs.installation_id, self.start.id),
            canary=self.request.canary,
            at_once=self._at_once,
            unsettled=frozenset(each.record for each in open_intents if each.id not in recovered.states),
        )
        return grounds, pen, recovered

    def _write(self, grounds: Grounds, pen: Pen | None, consent: Consent, observed: Observed) -> Carried:
        decided = observed.decided
        if pen is None or not consent.write:
            return nothing_carried(decided, self.context.portfolio)
        total = len(decided.plan.writes)
        return carry_through(
            grounds,
            pen,
            decided,
            consent,
            stop=self.context.stop,
            on_write=lambda done: self.progress.writing(done, max(done, total)),
            person=lambda: this_account(self.context.runs.audit),
            observed=observed,
        )

    def _tended(
        self, ran: Ran, decided: Decided, mirror: Mirror, pen: Pen, before: Requests, stopwatch: Stopwatch
    ) -> Ran:
        """The run with what it wrote into the lists of the service's own, if there are any."""
        context, portfolio = self.context, self.context.portfolio
        own = portfolio.own_lists
        if own is None or own.connection not in context.admins:
            return ran
        passed = Passed(
            portfolio=portfolio.name,
            report=ran.report(),
            restricted=frozenset(name for name, source in portfolio.sources.items() if source.restricted),
            next_run=next_due(portfolio, ran.finished),
            head=context.runs.audit.head(),
            installation=context.runs.installation_id,
            release=context.release,
        )
        figures = Figures(
            portfolio=portfolio.name,
            rows=self._rollup_to_tell(decided),
            policies=portfolio.policies,
            is_whole=not decided.matched.unread,
        )
        with stopwatch.stage("own_lists"):
            tended = tend(own, context.admins[own.connection], mirror, passed, figures, pen.check)
        counts = replace(ran.written.counts, own_lists=tended.rollup, heartbeat=tended.status)
        return replace(
            ran,
            finished=context.clock.now(),
            observed=(*ran.observed, *tended.findings),
            written=replace(ran.written, counts=counts),
            requests=requests_since(before, context.lists),
        )

    def _reading(self, source: str, done: int, expected: int) -> None:
        self.context.stop.check()
        self.progress.reading(source, done, expected)

    def _record(self, ran: Ran, carried: Carried, pen: Pen | None) -> RunResult:
        runs, report, decided = self.context.runs, ran.report(), carried.decided
        document = report.to_json()
        decisions = Decisions(decided, self.context.portfolio.policies.labels, ran.start)
        for name in (name for name, read in decided.reads.items() if read.is_complete):
            runs.save_decisions(ran.start.id, name, decisions.of_source(name))
        self._keep(ran, report, carried, pen)
        runs.finish(ran.start.id, ran.finished, report.outcome, document)
        return RunResult(report, document, decided.reads, decisions, ran.exit_code)

    def _rollup(self, decided: Decided) -> tuple[Rollup, ...]:
        told = sources_seen([source_report(read) for read in decided.reads.values()], self.context.portfolio)
        return directed(self.context.runs, decided.rollup, told, self.start.today)

    def _rollup_to_tell(self, decided: Decided) -> tuple[SafeRollup, ...]:
        """What the roll-up list says, which many people may read."""
        told = sources_seen([source_report(read) for read in decided.reads.values()], self.context.portfolio)
        rows = rows_to_tell(self.context.portfolio, decided, told, self.start)
        return directed_to_tell(self.context.runs, Told(rows, told), self.start.today)

    def _keep(self, ran: Ran, report: RunReport, carried: Carried, pen: Pen | None) -> None:
        """What reports are made of. Only a run that wrote, or would have had there been anything, freezes one: what a
        dry run saw may never have been agreed to, and one that was taken over speaks for nobody any more."""
        runs, context = self.context.runs, self.context
        archive = archive_of(
            context.portfolio, context.rules, carried.decided, carried.histories, report, ran.start, numbering(runs)
        )
        runs.save_latest(ran.start.id, archive.header, archive.parts)
        if pen is not None:
            pen.check()
            runs.save_doubts(ran.start.id, carried.decided.identified.doubts)
            freeze_due(runs, context.portfolio, archive, ran.start, ran.finished)
