"""Carries out what was agreed to, list by list and one step at a time: looked up again, and stopped between two."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sync.core.findings import Finding
from sync.core.provisioning.removing import Removal
from sync.core.provisioning.steps import MakeColumn, Step
from sync.engine.account import this_account
from sync.engine.heads import keep_head
from sync.engine.provision.hand import Hand, Ledger
from sync.engine.provision.work import ListWork, Provisioning, admin_of
from sync.engine.record import combined_code
from sync.engine.run import Progress, RunContext, RunRequest, Silent, leased, started
from sync.engine.state import RunMode
from sync.errors import ExitCode, PortfolioSyncError, SourceError


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOutcome:
    """What became of one list: the steps that were done, why it went no further, and whether it has come to need more
    than was agreed to."""

    work: ListWork
    done: tuple[Step | Removal, ...] = ()
    error: PortfolioSyncError | None = None
    more: bool = False

    @property
    def code(self) -> ExitCode:
        """What the list alone would end with: a hindrance is a list that does not fit its mapping."""
        if self.error is not None:
            return self.error.exit_code
        if self.work.hindrances:
            return ExitCode.SCHEMA
        return ExitCode.PARTIAL if self.more else ExitCode.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioned:
    """What was done, list by list. `run_id`: as the record has it; blank where nothing was to be done. `warnings`: of
    the record."""

    run_id: str = ""
    lists: tuple[ListOutcome, ...]
    stopped: bool = False
    warnings: tuple[Finding, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """Being stopped comes first; then 0, the code that all lists share, or partial."""
        return ExitCode.INTERRUPTED if self.stopped else combined_code([each.code for each in self.lists])


def untouched(seen: Provisioning) -> Provisioned:
    """What there is to tell where nothing was done."""
    return Provisioned(lists=tuple(ListOutcome(work=work, error=work.error) for work in seen.works))


def carry_out(context: RunContext, agreed: Provisioning, progress: Progress | None = None) -> Provisioned:
    """Does what was agreed to, and no more.

    Raises AccessError, before anything is changed, where a site does not let us; LockHeldError while another run has
    the lease, and LeaseLostError where another run took over.
    """
    agreed.permit()
    start = started(context, RunRequest(RunMode.PROVISION))
    with leased(context, start) as lease:
        ledger = Ledger(context, lease, start.id, this_account(context.runs.audit))
        carrier = _Carrier(context, ledger, progress or Silent(), agreed.steps)
        outcomes = tuple(carrier.list(now, before) for now, before in _pairs(agreed))
        kept = keep_head(context.heads, context.runs.audit, start.id, context.clock.now())
    return Provisioned(run_id=start.id, lists=outcomes, stopped=carrier.stopped, warnings=tuple(kept))


def _pairs(agreed: Provisioning) -> Iterator[tuple[ListWork, Sequence[Step | Removal]]]:
    """Every list as it is now, with the steps there that were agreed to: none, where nobody saw it."""
    now = agreed.again()
    now.permit()
    seen = {(work.connection, work.site, work.name): work.steps for work in agreed.works}
    return ((work, seen.get((work.connection, work.site, work.name), ())) for work in now.works)


@dataclass(slots=True)
class _Carrier:
    context: RunContext
    ledger: Ledger
    progress: Progress
    total: int
    count: int = 0
    stopped: bool = False

    def list(self, work: ListWork, agreed: Sequence[Step | Removal]) -> ListOutcome:
        """One list, as far as it goes; what goes wrong there stops no other."""
        if work.error is not None:
            return ListOutcome(work=work, error=work.error)
        steps = [step for step in work.steps if step in agreed]
        self._prepare(work, steps)
        hand = Hand(self.ledger, work, admin_of(self.context, work.connection), work.guid)
        done: list[Step | Removal] = []
        for step in steps:
            self.stopped = self.context.stop.requested
            if self.stopped:
                break
            try:
                hand.do(step)
            except SourceError as error:
                return ListOutcome(work=work, done=tuple(done), error=error)
            done.append(step)
            self.count += 1
            self.progress.writing(self.count, self.total)
        return ListOutcome(work=work, done=tuple(done), more=len(done) < len(work.steps))

    def _prepare(self, work: ListWork, steps: Sequence[Step | Removal]) -> None:
        """What can be settled before the first step: records of what is gone, and values that were last written into
        columns that are to be made."""
        if work.gone:
            self.ledger.forget(work.gone)
        names = {step.shape.name.casefold() for step in steps if isinstance(step, MakeColumn)}
        if work.guid is not None and names:
            self._forget_values(work, work.guid, names)

    def _forget_values(self, work: ListWork, guid: str, names: set[str]) -> None:
        """What was last written into a column of that name was written into another one, which is gone: without it, a
        blank in the new one is nobody's edit."""
        columns = [pair for source in work.sources for pair in source.write.columns.items()]
        gone = {owned_field for owned_field, name in columns if name.casefold() in names}
        kept = self.context.runs.remembered(work.host, guid).baselines.values()
        changed = [
            replace(each, values={name: value for name, value in each.values.items() if name not in gone})
            for each in kept
            if not gone.isdisjoint(each.values)
        ]
        if changed:
            self.context.runs.journal.settle(self.ledger.lease, {}, baselines=changed)
