"""Applies a plan, asks what moved meanwhile, and decides those items again before the run ends.

    plan -> write -> look again at the lists -> anything new that is not ours? -> plan ...

The versioned mode learns of a colleague's edit by the refusal of its own write as well; the quiet mode has no
precondition. Both look again at what they wrote into, where they find their own writes too: an echo that holds what was
written is settled there.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from sync.core.approval import Consent, allowed
from sync.core.audit import Entry
from sync.core.ownership import OwnedField
from sync.core.plan import PlannedWrite
from sync.core.run_report import SourceProblem
from sync.core.snapshot import RecordId
from sync.engine.apply import Target, target_of
from sync.engine.decide import Decided, Terms, decide
from sync.engine.journal import Memory, Pen, intent_for
from sync.engine.mirror import Mirror
from sync.engine.outcomes import Attempt
from sync.engine.patch import moved, with_rows, with_written
from sync.engine.ports import Failed, ListStore, Raced
from sync.engine.read import SourceRead
from sync.engine.recover import Place
from sync.engine.settle import Found, look_before, settle
from sync.engine.state import Approval, SourceState
from sync.engine.targets import Portfolio
from sync.engine.write import Job, Journalled, Writer
from sync.errors import SourceError, StoppedError

DECIDED_AGAIN = 3
"""How often an item that somebody keeps changing is read and decided again before it is left to the next run."""
FRESH = timedelta(minutes=5)
"""How long what was read is written upon without another look: what happened meanwhile is found after writing."""
FIRST_EVER = 5
"""Items that go ahead of the others when a list is written to for the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What a run decides on, and under what terms: everything that deciding again needs.

    `stamp` marks what it writes; `at_once`: sites that are looked at together; `canary` is how many items of a list go
    ahead of the others, where a person said so; `unsettled` are records of which it could not be told what became of an
    earlier write, because they were not there.
    """

    portfolio: Portfolio
    lists: Mapping[str, ListStore]
    mirror: Mirror
    memory: Memory
    terms: Terms
    stamp: str
    canary: int | None = None
    at_once: int = 1
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
        writes = self._still_wanted(allowed(plan, consent), terms, later, asked=consent.asked)
        for turn in range(1, DECIDED_AGAIN + 2):
            done = len(self.writer.attempts)
            self._write(writes, turn, said if turn == 1 else FirstWords())
            sent = self.writer.attempts[done:]
            if self.writer.stop.requested or not self._looked_again(partial(self._settle, sent), sent, terms):
                return
            writes = tuple(write for write in allowed(self.decided.plan, later) if self._may_follow(write))
        self.writer.attempts += [Attempt(write, {}, Raced()) for write in writes]

    def _still_wanted(
        self, writes: Sequence[PlannedWrite], terms: Terms, later: Consent, *, asked: bool
    ) -> tuple[PlannedWrite, ...]:
        """The writes, unless something moved between reading and now, which may be long where a person was asked: then
        those that are decided as before, and what else nobody has to be asked about."""
        if not self._looked_again(partial(self._look_before, writes, asked=asked), (), terms):
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
        jobs = [Job(self._target(name), pairs, self._first(name, turn)) for name, pairs in sorted(by_source.items())]
        self.given_up |= self.writer.write(jobs, self.grounds.at_once)

    def _looked_again(self, look: Callable[[], Found], sent: Sequence[Attempt], terms: Terms) -> bool:
        """Whether anything was touched meanwhile by others, in the lists that are looked at; then it has been decided
        again. `sent`: what was written. Told to stop while it waits, the run ends with that, and the next one looks."""
        try:
            found = look()
        except StoppedError:
            return False
        reads = {name: with_written(read, sent) for name, read in self.decided.reads.items()}
        raced = {attempt.write.id for attempt in sent if isinstance(attempt.outcome, Raced)}
        news = bool(raced)
        for name, read in reads.items():
            place = read.snapshot.place if read.snapshot and read.is_complete else None
            again = found.get(place) if place else None
            if place is None or again is None:
                continue
            if isinstance(again, SourceError):
                self.given_up[name] = SourceProblem.of(again)
                continue
            numbers = again.changed - self._unsettled(place)
            fresh = with_rows(read, numbers, {number: row for number, row in again.rows.items() if number in numbers})
            news = news or bool(moved(read, fresh, numbers))
            reads[name] = fresh
        if news:
            self.decided = self.grounds.decide(reads, terms)
        return news

    def _look_before(self, writes: Sequence[PlannedWrite], *, asked: bool) -> Found:
        """What happened to the lists that are to be written to since they were read, where that is a while ago or a
        person was `asked` meanwhile."""
        mirror, targets = self.grounds.mirror, self._places(write.source for write in writes)
        since = mirror.clock.now() - FRESH
        old = {place: each for place, each in targets.items() if asked or mirror.looked_at(each.source) <= since}
        return look_before(mirror, old, self.grounds.at_once)

    def _settle(self, sent: Sequence[Attempt]) -> Found:
        ours: dict[Place, set[int]] = defaultdict(set)
        for attempt in sent:
            record = attempt.write.id
            ours[record.host, record.list_guid].add(record.item_id)
        targets = self._places(attempt.write.source for attempt in sent)
        return settle(self.grounds.mirror, targets, ours, self.grounds.at_once)

    def _places(self, names: Iterable[str]) -> dict[Place, Target]:
        targets = [self._target(name) for name in sorted(set(names))]
        return {(target.schema.host, target.schema.list_guid): target for target in targets}

    def _unsettled(self, place: Place) -> set[int]:
        """Items that came back while the run was under way, perhaps with a write of ours that is not on record yet:
        they are left to the next run, which first finds that out."""
        return {each.item_id for each in self.grounds.unsettled if (each.host, each.list_guid) == place}

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
