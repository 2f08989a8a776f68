"""Takes a run back: reads the items that it wrote, plans the way back, and carries that out like any plan.

    the journal's writes of the run -> their lists as they are -> plan -> (approve) -> look again -> apply -> record

What is put back becomes the baseline. So the next run of unchanged rules plans the same writes again, and the guards,
to which nothing explains them, speak up: the rules are to be changed first.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sync.core.approval import Consent, allowed
from sync.core.plan import Plan, PlannedWrite
from sync.core.rollup import Rollup
from sync.core.stamp import stamp
from sync.core.undo import undo_plan
from sync.engine.account import this_account
from sync.engine.apply import Target, target_of
from sync.engine.carry import approval_of, told_of
from sync.engine.heads import keep_head
from sync.engine.journal import Memory, Pen, intent_for, own_words
from sync.engine.lookback import Lookback
from sync.engine.outcomes import Attempt, Written, summed_up
from sync.engine.ports import Raced
from sync.engine.read import SourceRead
from sync.engine.record import Ran, requests_of, requests_since
from sync.engine.recover import Place, recover
from sync.engine.run import (
    Approver,
    Progress,
    RunContext,
    RunRequest,
    RunResult,
    Silent,
    begun,
    leased,
    started,
)
from sync.engine.state import Intent, Lease, RunMode, RunStart, SourceState
from sync.engine.stopwatch import Stopwatch
from sync.engine.write import Job, Journalled, Writer
from sync.errors import NotFoundError


def undo(context: RunContext, run_id: str, *, approver: Approver, progress: Progress | None = None) -> RunResult:
    """Takes back what that run wrote, as far as `approver` says so, and records it as a run of its own.

    Raises NotFoundError where that run wrote nothing, LockHeldError while another run has the lease, and what else a
    run raises.
    """
    intents = context.runs.journal.writes_of(run_id)
    if not intents:
        raise NotFoundError(f"Run {run_id} wrote nothing.", "`runs list` shows the runs there are.")
    start = started(context, RunRequest(RunMode.UNDO))
    with leased(context, start) as lease, begun(context, start):
        return _Undo(context, run_id, intents, start, progress or Silent()).carry_out(lease, approver)


@dataclass(frozen=True, slots=True)
class _Way:
    """The way back, planned on what was read. Nothing is rolled up of a few items."""

    reads: Mapping[str, SourceRead]
    plan: Plan
    rollup: tuple[Rollup, ...] = ()


@dataclass(frozen=True, slots=True)
class _Undo:
    context: RunContext
    run_id: str
    intents: Sequence[Intent]
    start: RunStart
    progress: Progress

    def carry_out(self, lease: Lease, approver: Approver) -> RunResult:
        context, stopwatch = self.context, Stopwatch(self.context.clock)
        before = requests_of(context.lists)
        words = own_words(context.portfolio.policies.labels)
        pen = Pen(context.runs.journal, lease, Memory(context.runs), context.clock, words)
        with stopwatch.stage("read"):
            way = self._settled_way(pen)
        consent = approver(way.plan)
        with stopwatch.stage("write"):
            now = self._way_now(way, pen, consent)
            written = self._write(way.plan, now, pen, consent)
        ran = Ran(
            start=self.start,
            finished=context.clock.now(),
            plan=way.plan,
            decided=now,
            observed=keep_head(context.heads, context.runs.audit, self.start.id, context.clock.now()),
            written=written,
            requests=requests_since(before, context.lists),
            timings=stopwatch.seconds,
            consent=consent,
            rollup=now.rollup,
        )
        report = ran.report()
        document = report.to_json()
        context.runs.finish(self.start.id, ran.finished, report.outcome, document)
        return RunResult(report, document, now.reads, (), ran.exit_code)

    def _settled_way(self, pen: Pen) -> _Way:
        """The way back once it is known what became of writes to the same items that were cut short, such as those of
        an undo that was killed."""
        journal = self.context.runs.journal
        way = self._way(pen.memory, self.intents)
        recovered = recover(journal.open_intents(), way.reads)
        if not recovered.states:
            return way
        pen.recover(recovered)
        return self._way(pen.memory, journal.writes_of(self.run_id))

    def _way_now(self, way: _Way, pen: Pen, consent: Consent) -> _Way:
        """The way back once the person has answered, which may be long after it was planned: the quiet mode is not
        told by a refusal what moved meanwhile."""
        if not allowed(way.plan, consent):
            return way
        return self._way(pen.memory, self.context.runs.journal.writes_of(self.run_id))

    def _way(self, memory: Memory, written: Sequence[Intent]) -> _Way:
        context = self.context
        lookback = Lookback(context.portfolio, context.lists, context.clock, memory, self.run_id)
        by_list: dict[tuple[str, Place], list[Intent]] = defaultdict(list)
        for intent in written:
            by_list[intent.source, (intent.record.host, intent.record.list_guid)].append(intent)
        for (name, place), intents in sorted(by_list.items()):
            context.stop.check()
            lookback.look(name, place, intents)
            self.progress.reading(name, len(intents), len(intents))
        return _Way(lookback.reads, undo_plan(self.run_id, lookback.lists, lookback.findings))

    def _write(self, plan: Plan, now: _Way, pen: Pen, consent: Consent) -> Written:
        """One round, of what is still so; what raced is left to another undo."""
        context, total = self.context, len(plan.writes)
        planned = {write.id: write for write in now.plan.writes}
        unread = {name for name, read in now.reads.items() if not read.is_complete}
        wanted = [write for write in allowed(plan, consent) if write.source not in unread]
        same = {each.id: planned[each.id].only(each.set) for each in wanted if each.is_still(planned.get(each.id))}
        pairs = self._journalled(now, same.values())
        approval = approval_of(plan, consent, pen, lambda: this_account(context.runs.audit))
        if pairs or approval:
            every = [intent for of_source in pairs.values() for _, intent in of_source]
            pen.intend(every, self._states(now, pen), approval, tuple(told_of(approval, pen)))
        writer = Writer(pen, context.stop, lambda done: self.progress.writing(done, total))
        writer.attempts += [Attempt(write, {}, Raced()) for write in wanted if write.id not in same]
        given_up = writer.write([Job(self._target(now, name), each) for name, each in sorted(pairs.items())])
        return summed_up(plan.writes, writer.attempts, given_up, stopped=context.stop.requested)

    def _states(self, way: _Way, pen: Pen) -> tuple[SourceState, ...]:
        """What was let through for these sources before is so no more: what the run taken back left undone needs a
        person's word again."""
        places = {name: read.snapshot.place for name, read in way.reads.items() if read.snapshot}
        known = {name: pen.memory.of([place])[place].states.get(name) for name, place in places.items() if place}
        return tuple(replace(state, run_id=self.start.id) for state in known.values() if state)

    def _journalled(self, way: _Way, writes: Iterable[PlannedWrite]) -> dict[str, list[Journalled]]:
        lives = {record_id: owned for read in way.reads.values() for record_id, owned in read.lives}
        pairs: dict[str, list[Journalled]] = defaultdict(list)
        for write in writes:
            target = self._target(way, write.source)
            pairs[write.source].append((write, intent_for(target, write, lives[write.id], self.start.id, 1)))
        return pairs

    def _target(self, way: _Way, name: str) -> Target:
        marked = stamp(self.context.runs.installation_id, self.start.id)
        return target_of(way.reads[name], self.context.lists, marked)
