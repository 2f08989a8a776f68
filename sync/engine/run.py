"""One run: read, map, reconcile, roll up, plan, guard, apply, record. A dry run stops after the plan."""

import getpass
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sync.core.plan import Plan
from sync.core.run_report import RunReport
from sync.engine.decide import Decided, decide, decisions_of
from sync.engine.ports import Clock, ListStore, RunStore
from sync.engine.read import SourceRead, read_sources
from sync.engine.record import Ran, requests_of, requests_since
from sync.engine.schedule import NIGHTLY, local_date
from sync.engine.state import Decision, RunMode, RunStart
from sync.engine.targets import Portfolio
from sync.engine.write import Writer, Written
from sync.errors import ExitCode, LockHeldError, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """A portfolio with everything that a run needs. `new_suffix`: random characters that end a run's id."""

    portfolio: Portfolio
    lists: Mapping[str, ListStore]
    runs: RunStore
    clock: Clock
    new_suffix: Callable[[], str]


@dataclass(frozen=True, slots=True)
class RunRequest:
    """`today` overrides the portfolio's local date; `only` are the sources to write to, all when empty; `night` makes
    it that local date's scheduled run, which happens once."""

    mode: RunMode
    today: date | None = None
    only: frozenset[str] = frozenset()
    night: date | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person, or nobody, says to a plan: `through` names how an approval was given; `write` whether to go on."""

    write: bool
    through: str | None = None

    @classmethod
    def nothing(cls) -> "Consent":
        return cls(write=False)


Approver = Callable[[Plan], Consent]


def approve_as(through: str) -> Approver:
    """Approves whatever `--yes` may approve, as having been said through that."""
    return lambda _plan: Consent(write=True, through=through)


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
    decisions: tuple[Decision, ...]
    exit_code: ExitCode

    @property
    def pending_code(self) -> ExitCode:
        """The exit code with what `--detailed-exitcode` adds: 4 if the plan needs an approval, 6 if it has writes."""
        pending = len(self.report.plan.writes) - self.report.writes.applied
        if pending and any(refusal.yes_lifts for refusal in self.report.plan.refusals):
            return ExitCode.APPROVAL
        return ExitCode.PENDING if self.exit_code is ExitCode.DONE and pending else self.exit_code


def execute(
    context: RunContext, request: RunRequest, *, approver: Approver | None = None, progress: Progress | None = None
) -> RunResult:
    """Runs once and records it. Without an approver it stops after the plan.

    Raises LockHeldError where this night's run was already begun, UsageError for a source that is not configured.
    """
    check_sources(context.portfolio, request.only)
    start = _start(context, request)
    if not context.runs.begin(start):
        raise LockHeldError(f"The run of {request.night} was already begun.", "`runs list` shows it.")
    before, stopwatch, shown = requests_of(context.lists), _Stopwatch(context.clock), progress or Silent()
    with stopwatch.stage("read"):
        reads = read_sources(context.portfolio, context.lists, context.clock, shown.reading)
    with stopwatch.stage("decide"):
        decided = decide(context.portfolio, reads, context.runs, start.today, request.only)
    consent = approver(decided.plan) if approver else Consent.nothing()
    with stopwatch.stage("write"):
        written = _write(context, start, decided, consent, shown) if consent.write else Written()
    ran = Ran(
        start=start,
        finished=context.clock.now(),
        decided=decided,
        written=written,
        requests=requests_since(before, context.lists),
        timings=stopwatch.seconds,
        waits=approver is not None and _waits(decided.plan, consent),
    )
    return _record(context, ran)


def _start(context: RunContext, request: RunRequest) -> RunStart:
    started = context.clock.now()
    return RunStart(
        id=f"{started:%Y%m%dT%H%M%SZ}-{context.new_suffix()}",
        mode=request.mode,
        started=started,
        today=request.today or local_date(started, context.portfolio.time_zone),
        job=NIGHTLY if request.night else None,
        night=request.night,
    )


def check_sources(portfolio: Portfolio, only: frozenset[str]) -> None:
    """Raises UsageError for a source that is not configured."""
    unknown = sorted(only - set(portfolio.sources))
    if unknown:
        known = ", ".join(sorted(portfolio.sources))
        raise UsageError(f"There is no source called {', '.join(unknown)}.", f"The portfolio file has: {known}.")


def _write(context: RunContext, start: RunStart, decided: Decided, consent: Consent, shown: Progress) -> Written:
    """Records the approval, if one was needed and given, and applies what is not held."""
    plan = decided.plan
    if consent.through and any(refusal.yes_lifts for refusal in plan.refusals):
        context.runs.approve(plan.digest, _user(), context.clock.now(), consent.through)
    held = plan.held(approved=consent.through is not None)
    return Writer(decided, context.lists, context.runs, start.id, held).write(shown.writing)


def _waits(plan: Plan, consent: Consent) -> bool:
    """Whether a person's word is all that is missing: a refusal that can be lifted, or a prompt answered with no."""
    if not consent.write:
        return bool(plan.writes)
    return any(refusal.approvable and not (consent.through and refusal.yes_lifts) for refusal in plan.refusals)


def _record(context: RunContext, ran: Ran) -> RunResult:
    report = ran.report()
    document = report.to_json()
    by_source: dict[str, list[Decision]] = {name: [] for name, read in ran.decided.reads.items() if read.is_complete}
    for decision in decisions_of(ran.decided, context.portfolio.policies.labels, ran.start):
        by_source[decision.source].append(decision)
    for name, decisions in by_source.items():
        context.runs.save_decisions(ran.start.id, name, decisions)
    context.runs.finish(ran.start.id, ran.finished, report.outcome, document)
    decided = tuple(decision for decisions in by_source.values() for decision in decisions)
    return RunResult(report, document, ran.decided.reads, decided, ran.exit_code)


def _user() -> str:
    """Who is at the keyboard, for the record of approvals."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


class _Stopwatch:
    """Seconds by stage, from the injected clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        since = self._clock.now()
        yield
        self.seconds[name] = (self._clock.now() - since).total_seconds()
