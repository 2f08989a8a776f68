"""Applies a plan, asks what moved meanwhile, and decides those items again before the run ends.

    plan -> write -> what raced, and what the change log says was touched -> read again -> anything new? -> plan ...

The versioned mode learns of a colleague's edit by the refusal of its own write; the quiet mode has no precondition and
asks the list's change log, where it finds its own writes too: an echo that holds what was written is settled there.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sync.core.approval import Consent, allowed
from sync.core.audit import Entry
from sync.core.ownership import OwnedField, WriteMode
from sync.core.plan import PlannedWrite
from sync.core.run_report import SourceProblem
from sync.core.snapshot import RecordId
from sync.engine.apply import Target, reread, target_of
from sync.engine.decide import Decided, Terms, decide
from sync.engine.journal import Memory, Pen, intent_for
from sync.engine.outcomes import Attempt
from sync.engine.patch import moved, with_rows, with_written
from sync.engine.ports import Failed, ListStore, Raced
from sync.engine.read import SourceRead
from sync.engine.recover import Place
from sync.engine.state import Approval, SourceState
from sync.engine.targets import Portfolio
from sync.engine.write import Journalled, Writer
from sync.errors import SourceError, StoppedError

DECIDED_AGAIN = 3
"""How often an item that somebody keeps changing is read and decided again before it is left to the next run."""
FIRST_EVER = 5
"""Items that go ahead of the others when a list is written to for the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What a run decides on, and under what terms: everything that deciding again needs.

    `stamp` marks what it writes; `canary` is how many items of a list go ahead of the others, where a person said so;
    `unsettled` are records of which it could not be told what became of an earlier write, because they were not there.
    """

    portfolio: Portfolio
    lists: Mapping[str, ListStore]
    memory: Memory
    terms: Terms
    stamp: str
    canary: int | None = None
    unsettled: frozenset[RecordId] = frozenset()

    def decide(self, reads: Mapping[str, SourceRead], terms: Terms) -> Decided:
        places = {read.snapshot.place for read in reads.values() if read.snapshot and read.snapshot.place}
        return decide(self.portfolio, reads, self.memory.of(sorted(places)), terms)


@dataclass(frozen=True, slots=True)
class FirstWords:
    """What goes on record together with a run's first intents, all of it or nothing."""

    states: Sequence[SourceState] = ()
    approval: Approval | None = None
    audit: Sequence[Entry] = ()


@dataclass(slots=True)
class Rounds:
    """Carries one decided plan through. `decided` is the newest decision; `given_up`: why lists were left early."""

    grounds: Grounds
    pen: Pen
    writer: Writer
    decided: Decided
    given_up: dict[str, SourceProblem] = field(default_factory=dict)

    def run(self, consent: Consent, said: FirstWords) -> None:
        """Writes what the consent allows, round by round, until nothing that was touched asks for anything new. What
        still does after the last round raced us, and is left to the next run."""
        plan = self.decided.plan
        lifted = {(each.source, each.guard) for each in plan.refusals if each.holds_source and consent.lifts(each)}
        terms = replace(self.grounds.terms, lifted=frozenset(lifted) | self.grounds.terms.lifted)
        later = self.later(consent)
        writes = self._still_wanted(allowed(plan, consent), terms, later)
        for turn in range(1, DECIDED_AGAIN + 2):
            done = len(self.writer.attempts)
            self._write(writes, turn, said if turn == 1 else FirstWords())
            sent = self.writer.attempts[done:]
            if self.writer.stop.requested or not self._moved_meanwhile([each.write for each in sent], sent, terms):
                return
            writes = tuple(write for write in allowed(self.decided.plan, later) if self._may_follow(write))
        self.writer.attempts += [Attempt(write, {}, Raced()) for write in writes]

    def _still_wanted(self, writes: Sequence[PlannedWrite], terms: Terms, later: Consent) -> tuple[PlannedWrite, ...]:
        """The writes, unless something moved between reading and now, which may be long where a person was asked: then
        those that are decided as before, and what else nobody has to be asked about. Only the quiet mode has to ask;
        the versioned one is told."""
        if not self._moved_meanwhile(writes, (), terms):
            return tuple(write for write in writes if self._may_follow(write))
        now = {write.id: write for write in self.decided.plan.writes}
        unasked = {write.id: write for write in allowed(self.decided.plan, later)}
        same = [write for write in writes if write.is_still(now.get(write.id))]
        merged = {each.id: now[each.id].only({*each.set, *_fields(unasked.get(each.id))}) for each in same}
        return tuple(write for write in {**unasked, **merged}.values() if self._may_follow(write))

    @staticmethod
    def later(consent: Consent) -> Consent:
        """What the consent is worth once something was decided again: only what was looked at."""
        return Consent(write=True, reviewed=consent.reviewed)

    def pending(self) -> frozenset[str]:
        """The sources of which something that could have been written was not. What the list refused for good may be
        as much as may change without explanation: it holds up nothing else, and surprises nobody the next time."""
        last = self._last()
        undone = [write for write in self.decided.plan.writes if _is_undone(write, last.get(write.id))]
        refused = Counter(write.source for write in undone if _is_refused(last.get(write.id)))
        percent = self.grounds.portfolio.policies.guards.unexplained_percent
        few = {name for name, count in refused.items() if count * 100 <= percent * self.decided.reads[name].rows}
        return frozenset(
            write.source for write in undone if not (write.source in few and _is_refused(last.get(write.id)))
        )

    def _write(self, writes: Sequence[PlannedWrite], turn: int, said: FirstWords) -> None:
        lives = {name: dict(self.decided.reads[name].lives) for name in {write.source for write in writes}}
        by_source: dict[str, list[Journalled]] = defaultdict(list)
        for write in writes:
            target = self._target(write.source)
            intent = intent_for(target, write, lives[write.source][write.id], self.pen.run_id, turn)
            by_source[write.source].append((write, intent))
        intents = [intent for pairs in by_source.values() for _, intent in pairs]
        if intents or said != FirstWords():
            self.pen.intend(intents, said.states, said.approval, said.audit)
        for name, pairs in sorted(by_source.items()):
            problem = self.writer.write(self._target(name), pairs, self._first(name, turn))
            if problem is not None:
                self.given_up[name] = problem

    def _moved_meanwhile(self, watched: Sequence[PlannedWrite], sent: Sequence[Attempt], terms: Terms) -> bool:
        """As `_look_again`; told to stop while it waits, the run ends with what it wrote, and the next one looks."""
        try:
            return self._look_again(watched, sent, terms)
        except StoppedError:
            return False

    def _look_again(self, watched: Sequence[PlannedWrite], sent: Sequence[Attempt], terms: Terms) -> bool:
        """Whether anything was touched meanwhile by others, in the lists of the writes that are `watched`; then it has
        been decided again. `sent`: those of them that were made."""
        reads = {name: with_written(read, sent) for name, read in self.decided.reads.items()}
        raced = {attempt.write.id for attempt in sent if isinstance(attempt.outcome, Raced)}
        touched = self._touched(watched, raced)
        news = bool(raced)
        for name, read in reads.items():
            numbers = touched.get(read.snapshot.place) if read.snapshot and read.snapshot.place else None
            if not numbers or not read.is_complete:
                continue
            try:
                fresh = with_rows(read, numbers, reread(self._target(name), sorted(numbers)))
            except SourceError as error:
                self.given_up[name] = SourceProblem.of(error)
                continue
            news = news or bool(moved(read, fresh, numbers))
            reads[name] = fresh
        if news:
            self.decided = self.grounds.decide(reads, terms)
        return news

    def _touched(self, watched: Sequence[PlannedWrite], raced: set[RecordId]) -> dict[Place, set[int]]:
        """By list, the items to look at again: what raced, and in the quiet mode whatever the change log has."""
        touched: dict[Place, set[int]] = defaultdict(set)
        for record_id in raced:
            touched[record_id.host, record_id.list_guid].add(record_id.item_id)
        for name in sorted({write.source for write in watched}):
            target = self._target(name)
            if target.source.write.mode is not WriteMode.QUIET:
                continue
            place = (target.schema.host, target.schema.list_guid)
            try:
                changed = self._changed(target)
            except SourceError as error:
                self.given_up[name] = SourceProblem.of(error)
                continue
            ours = {write.id.item_id for write in watched if write.source == name}
            touched[place] |= (ours if changed is None else changed) - self._unsettled(place)
        return touched

    def _unsettled(self, place: Place) -> set[int]:
        """Items that came back while the run was under way, perhaps with a write of ours that is not on record yet:
        they are left to the next run, which first finds that out."""
        return {each.item_id for each in self.grounds.unsettled if (each.host, each.list_guid) == place}

    def _changed(self, target: Target) -> frozenset[int] | None:
        token = target.schema.change_token
        return target.store.changes(target.source, target.schema, token) if token else None

    def _may_follow(self, write: PlannedWrite) -> bool:
        """Not what failed, was throttled or is unknown: that is the next run's. Not a list that was given up."""
        last = self._last().get(write.id)
        undone = last is not None and not last.is_applied and not isinstance(last.outcome, Raced)
        return not undone and write.source not in self.given_up

    def _last(self) -> dict[RecordId, Attempt]:
        return {attempt.write.id: attempt for attempt in self.writer.attempts}

    def _first(self, name: str, turn: int) -> int:
        if turn > 1:
            return 0
        never = self.decided.state(name, self.pen.run_id).applied is None
        return self.grounds.canary or (FIRST_EVER if never else 0)

    def _target(self, name: str) -> Target:
        return target_of(self.decided.reads[name], self.grounds.lists, self.grounds.stamp)


def _fields(write: PlannedWrite | None) -> Collection[OwnedField]:
    return write.set if write is not None else ()


def _is_undone(write: PlannedWrite, last: Attempt | None) -> bool:
    """Whether of what nobody has to be asked about anything is not written, by the last attempt at that item."""
    wrote = last.write.set if last is not None and last.is_applied else {}
    return any(name not in wrote or wrote[name] != write.set[name] for name in set(write.set) - set(write.asks))


def _is_refused(last: Attempt | None) -> bool:
    return last is not None and isinstance(last.outcome, Failed)
