"""A run's hand in the journal: an intent before every write, its outcome after it, and the baselines that follow.

Everything is written under the run's lease. What is held in memory moves only once the database has it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sync.core.audit import Act, Entry, auditable
from sync.core.grounds import UNDO_OF
from sync.core.history import History
from sync.core.known import Known
from sync.core.model import Overdue, WorkStatus
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.plan import PlannedWrite
from sync.core.policy import Labels
from sync.core.snapshot import Baseline, RecordId
from sync.engine.apply import Target
from sync.engine.ports import Applied, Clock, Journal, Outcome, RunStore, Unknown
from sync.engine.recover import Place, Recovered, Values
from sync.engine.state import Approval, Intent, IntentState, Lease, Remembered, SourceState


class Memory:
    """What is remembered of the lists that a run touches: loaded once, and baselines kept as the database has them."""

    def __init__(self, runs: RunStore) -> None:
        self._runs = runs
        self._places: dict[Place, Remembered] = {}
        self._baselines: dict[Place, dict[RecordId, Baseline]] = {}

    def of(self, places: Iterable[Place]) -> dict[Place, Remembered]:
        return {place: self._of(place) for place in places}

    def agreed(self, record_id: RecordId, values: Values, version: str | None, run_id: str) -> Baseline:
        """The record's baseline with these values in it; not learnt yet."""
        known = self._of((record_id.host, record_id.list_guid)).baselines.get(record_id)
        kept: Values = {name: value for name, value in values.items() if name is not OwnedField.STAMP}
        return Baseline(record_id, {**(known.values if known else {}), **kept}, version, run_id)

    def recovered(self, recovered: Recovered) -> list[Baseline]:
        """The baselines that follow from writes that were found to be done, one for each record; not learnt yet."""
        values: dict[RecordId, Values] = {}
        runs: dict[RecordId, str] = {}
        for intent in recovered.done:
            values[intent.record] = {**values.get(intent.record, {}), **recovered.agreed[intent.id]}
            runs[intent.record] = intent.run_id
        return [self.agreed(record_id, each, None, runs[record_id]) for record_id, each in values.items()]

    def learn(self, baselines: Iterable[Baseline]) -> None:
        for baseline in baselines:
            place = (baseline.id.host, baseline.id.list_guid)
            self._of(place)
            self._baselines[place][baseline.id] = baseline

    def _of(self, place: Place) -> Remembered:
        if place not in self._places:
            remembered = self._runs.remembered(*place)
            self._baselines[place] = dict(remembered.baselines)
            self._places[place] = Remembered(self._baselines[place], remembered.states, remembered.known)
        return self._places[place]


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes into the journal for one run. `labels`: the words of ours that the audit may repeat."""

    journal: Journal
    lease: Lease
    memory: Memory
    clock: Clock
    labels: frozenset[str]

    @property
    def run_id(self) -> str:
        return self.lease.run_id

    def check(self) -> None:
        """Raises LeaseLostError where another run has taken over."""
        self.journal.check(self.lease)

    def intend(
        self,
        intents: Sequence[Intent],
        states: Sequence[SourceState] = (),
        approval: Approval | None = None,
        audit: Sequence[Entry] = (),
    ) -> None:
        self.journal.intend(self.lease, intents, states=states, approval=approval, audit=audit)

    def recover(self, recovered: Recovered) -> None:
        """Puts on record what became of the writes of runs that were cut short."""
        if not recovered.states:
            return
        baselines = self.memory.recovered(recovered)
        entries = [entry for each in recovered.done for entry in self.told(each, Act.RESOLVED)]
        entries += [entry for each in recovered.not_done for entry in self.told(each, Act.NOT_WRITTEN, "cut short")]
        self.journal.settle(self.lease, recovered.states, baselines=baselines, audit=entries)
        self.memory.learn(baselines)

    def conclude(
        self,
        states: Sequence[SourceState],
        known: Mapping[str, Sequence[Known]],
        audit: Sequence[Entry],
        histories: Iterable[History] = (),
    ) -> None:
        """What the next run has to know of the sources that were carried through; `known` of those that have other
        rows than are kept."""
        by_place = {
            (state.host, state.list_guid, state.source): known[state.source]
            for state in states
            if state.source in known
        }
        self.journal.conclude(self.lease, states, known=by_place, audit=audit, histories=histories)

    def agree(self, values: Mapping[RecordId, Values]) -> None:
        """Takes values that are there already for agreed."""
        baselines = [self.memory.agreed(record_id, each, None, self.run_id) for record_id, each in values.items()]
        if baselines:
            self.journal.settle(self.lease, {}, baselines=baselines)
            self.memory.learn(baselines)

    def accept(self, stamps: Mapping[RecordId, OwnedValue]) -> None:
        """Takes what another installation left on items for known, so that it is told no longer."""
        baselines = []
        for record_id, stamp in stamps.items():
            agreed = self.memory.agreed(record_id, {}, None, self.run_id)
            baselines.append(replace(agreed, values={**agreed.values, OwnedField.STAMP: stamp}))
        if baselines:
            self.journal.settle(self.lease, {}, baselines=baselines)
            self.memory.learn(baselines)

    def settle(self, outcomes: Sequence[tuple[Intent, Outcome]]) -> None:
        """What became of intents. One whose outcome is unknown stays open: the next run finds out by reading."""
        known = [(intent, outcome) for intent, outcome in outcomes if not isinstance(outcome, Unknown)]
        if not known:
            return
        baselines = [
            self.memory.agreed(intent.record, intent.set, outcome.version, self.run_id)
            for intent, outcome in known
            if isinstance(outcome, Applied)
        ]
        states = {
            intent.id: IntentState.DONE if isinstance(outcome, Applied) else IntentState.SKIPPED
            for intent, outcome in known
        }
        entries = [entry for intent, outcome in known for entry in self._entries(intent, outcome)]
        self.journal.settle(self.lease, states, baselines=baselines, audit=entries)
        self.memory.learn(baselines)

    def skip(self, intents: Sequence[Intent], why: str) -> None:
        """Intents that were never sent."""
        if intents:
            entries = [entry for intent in intents for entry in self.told(intent, Act.NOT_WRITTEN, why)]
            states = {intent.id: IntentState.SKIPPED for intent in intents}
            self.journal.settle(self.lease, states, audit=entries)

    def told(self, intent: Intent, act: Act, why: str | None = None, after: str | None = None) -> Iterator[Entry]:
        """One entry for each column of an intent, in the order of the fields. Our own mark is none, but its end is."""
        for name in sorted(intent.set):
            if name is not OwnedField.STAMP or intent.set[name] is None:
                yield Entry(
                    at=self.clock.now(),
                    act=act,
                    run_id=intent.run_id,
                    source=intent.source,
                    list_guid=intent.record.list_guid,
                    item=intent.record.item_id,
                    column=name.value,
                    old=self._shown(name, intent.was.get(name), intent, ours=False),
                    new=self._shown(name, intent.set[name], intent, ours=not _takes_back(intent, name)),
                    why=intent.grounds.get(name, "") if why is None else why,
                    version_before=intent.version,
                    version_after=after,
                )

    def _entries(self, intent: Intent, outcome: Outcome) -> Iterator[Entry]:
        if isinstance(outcome, Applied):
            return self.told(intent, Act.WRITTEN, after=outcome.version)
        return self.told(intent, Act.NOT_WRITTEN, type(outcome).__name__.lower())

    def _shown(self, name: OwnedField, value: OwnedValue, intent: Intent, *, ours: bool) -> str | None:
        return auditable(name, value, known=self.labels, restricted=intent.restricted, ours=ours)


def _takes_back(intent: Intent, name: OwnedField) -> bool:
    """Whether the value is what stood there before a run, which a person may have typed."""
    return intent.grounds.get(name, "").startswith(UNDO_OF)


def own_words(labels: Labels) -> frozenset[str]:
    """The labels that we write, which the audit may repeat: nobody's text."""
    return frozenset({*map(labels.of_status, WorkStatus), *map(labels.of_overdue, Overdue)})


def intent_for(target: Target, write: PlannedWrite, live: Values, run_id: str, turn: int) -> Intent:
    """The intent to make a planned write, with the stamp that goes with it. `live`: our columns of the item as they
    were read; `turn`: which round of the run it is."""
    values = target.values(write)
    return Intent(
        id=f"{run_id}/{turn}/{write.id.host}/{write.id.list_guid}/{write.id.item_id}",
        run_id=run_id,
        source=write.source,
        record=write.id,
        set=values,
        was={name: write.was.get(name, live.get(name)) for name in values},
        version=write.version,
        grounds=write.grounds,
        restricted=write.restricted,
    )
