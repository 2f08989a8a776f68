"""The journal of a database that is in memory, and all that such a database holds."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from sync.core.audit import Anchor, Entry, Link, seal
from sync.core.columns import Row
from sync.core.doubts import Answer, Doubt
from sync.core.history import History
from sync.core.known import Known
from sync.core.mirror import Mirrored
from sync.core.provisioning.made import Made
from sync.core.snapshot import Baseline, RecordId
from sync.engine.state import (
    Approval,
    Archive,
    Decision,
    Intent,
    IntentState,
    KnownPerson,
    Lease,
    Remembered,
    RunSummary,
    SourceState,
)
from sync.errors import DefectError
from sync.store.lease import held_by, lost

Place = tuple[str, str]
"""The host and GUID of a list."""

MirroredRows = tuple[Mirrored, Mapping[int, Row]]

NOTHING = Remembered()
"""What is known of a list that was never met."""


@dataclass(slots=True)
class Kept:
    """What a database would hold. Whatever is inside a dictionary is replaced and never changed, so that a copy may
    share it; so is what was handed out."""

    runs: dict[str, RunSummary] = field(default_factory=dict)
    nights: set[tuple[str, date]] = field(default_factory=set)
    reports: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    decisions: dict[str, tuple[Decision, ...]] = field(default_factory=dict)
    lists: dict[Place, Remembered] = field(default_factory=dict)
    intents: dict[str, Intent] = field(default_factory=dict)
    open: dict[str, None] = field(default_factory=dict)
    approvals: list[Approval] = field(default_factory=list)
    histories: Mapping[int, History] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    answers: dict[str, Answer] = field(default_factory=dict)
    archives: dict[str, Archive] = field(default_factory=dict)
    made: dict[tuple[str, ...], Made] = field(default_factory=dict)
    mirrors: dict[Place, MirroredRows] = field(default_factory=dict)
    people: dict[int, KnownPerson | None] = field(default_factory=dict)
    anchor: Anchor = field(default_factory=Anchor)
    links: list[Link] = field(default_factory=list)
    unsealed: list[Entry] = field(default_factory=list)
    generation: int = 0
    taken: tuple[str, str, datetime] | None = None

    def copy(self) -> "Kept":
        """The same, for somebody else to change."""
        return Kept(
            runs=self.runs.copy(),
            nights=self.nights.copy(),
            reports=self.reports.copy(),
            decisions=self.decisions.copy(),
            lists=self.lists.copy(),
            intents=self.intents.copy(),
            open=self.open.copy(),
            approvals=self.approvals.copy(),
            histories=self.histories,
            doubts=self.doubts,
            answers=self.answers.copy(),
            archives=self.archives.copy(),
            made=self.made.copy(),
            mirrors=self.mirrors.copy(),
            people=self.people.copy(),
            anchor=self.anchor,
            links=self.links.copy(),
            unsealed=self.unsealed.copy(),
            generation=self.generation,
            taken=self.taken,
        )

    def require(self, run_id: str, what: str) -> RunSummary:
        """A run that has begun, as far as it has come; DefectError for any other that had `what`."""
        if run_id not in self.runs:
            raise DefectError(f"Run {run_id} has not begun, and had {what}.")
        return self.runs[run_id]

    def sealed(self) -> list[Link]:
        """The chain. Entries are sealed when somebody asks, because most searches never do."""
        for entry in self.unsealed:
            self.links.append(seal(self.head_of_links(), entry))
        self.unsealed.clear()
        return self.links

    def head_of_links(self) -> Anchor:
        """Where that part of the chain ends that is sealed."""
        return Anchor(self.links[-1].number, self.links[-1].hash) if self.links else self.anchor


class Machine:
    """Where a database in memory is: everybody who opened it, and who of them has the lock."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.holder: MemoryJournal | None = None


class MemoryJournal:
    """Intents and what became of them. One journal has one lease at a time."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._lease: Lease | None = None

    def take_lease(self, run_id: str, holder: str, at: datetime) -> Lease:
        """The lease, with a new generation; LockHeldError, naming the run, while another live run has it."""
        kept = self._machine.kept
        if self._machine.holder is not None:
            raise held_by(*(kept.taken or (None, None, None)))
        kept.generation += 1
        kept.taken = (run_id, holder, at)
        self._machine.holder = self
        self._lease = Lease(run_id, kept.generation)
        return self._lease

    def release(self, lease: Lease) -> None:
        """Gives the lease up; does no harm where it was lost."""
        if self._machine.holder is self and self._lease == lease:
            self._machine.holder = None

    def close(self) -> None:
        """Gives up whatever lease there is."""
        self.lose_lock()

    def lose_lock(self) -> None:
        """As when the connection that has the lock dies while the run lives on."""
        if self._machine.holder is self:
            self._machine.holder = None

    def check(self, lease: Lease) -> None:
        """Raises LeaseLostError where the lease was lost."""
        kept = self._machine.kept
        if self._machine.holder is not self or self._lease != lease:
            run_id, holder, _ = kept.taken or (None, None, None)
            raise lost(lease, kept.generation, run_id, holder)

    def open_intents(self) -> Sequence[Intent]:
        """Those of runs that were cut short, by source and item, the oldest first."""
        kept = self._machine.kept
        return _in_order(kept.intents[intent_id] for intent_id in kept.open)

    def writes_of(self, run_id: str) -> Sequence[Intent]:
        """Every intent of that run, by source and item, the oldest first."""
        return _in_order(intent for intent in self._machine.kept.intents.values() if intent.run_id == run_id)

    def intend(
        self,
        lease: Lease,
        intents: Sequence[Intent],
        *,
        states: Sequence[SourceState] = (),
        approval: Approval | None = None,
        audit: Sequence[Entry] = (),
    ) -> None:
        """All of it or nothing: the writes about to be made, and what was approved so that they may be."""
        self.check(lease)
        kept = self._machine.kept
        made = {intent.id: intent for intent in intents}
        if len(made) < len(intents) or not made.keys().isdisjoint(kept.intents):
            raise DefectError("An intent was to be journalled twice.")
        if approval is not None:
            if approval.by not in kept.people:
                raise DefectError(f"Nobody has the number {approval.by}.")
            kept.approvals.append(approval)
        self._keep_states(states)
        kept.intents.update(made)
        kept.open.update(dict.fromkeys(intent.id for intent in intents if intent.state is IntentState.OPEN))
        kept.unsealed.extend(audit)

    def settle(
        self,
        lease: Lease,
        settled: Mapping[str, IntentState],
        *,
        baselines: Sequence[Baseline] = (),
        audit: Sequence[Entry] = (),
    ) -> None:
        """All of it or nothing: what became of intents, the baselines that follow, and the record of it.

        An id that is not an open intent's is a DefectError.
        """
        self.check(lease)
        kept = self._machine.kept
        if not settled.keys() <= kept.open.keys():
            raise DefectError("An intent that is not open was to be settled.")
        for intent_id, state in settled.items():
            kept.intents[intent_id] = replace(kept.intents[intent_id], state=state)
            if state is not IntentState.OPEN:
                del kept.open[intent_id]
        by_place: dict[Place, dict[RecordId, Baseline]] = defaultdict(dict)
        for baseline in baselines:
            by_place[baseline.id.host, baseline.id.list_guid][baseline.id] = baseline
        for place, of_list in by_place.items():
            before = kept.lists.get(place, NOTHING)
            merged = {**before.baselines, **of_list}
            if len(merged) > len(before.baselines):
                merged = dict(sorted(merged.items(), key=_item_of_pair))
            kept.lists[place] = replace(before, baselines=merged)
        kept.unsealed.extend(audit)

    def conclude(
        self,
        lease: Lease,
        states: Sequence[SourceState],
        *,
        known: Mapping[tuple[str, str, str], Sequence[Known]],
        audit: Sequence[Entry] = (),
        histories: Iterable[History] = (),
    ) -> None:
        """What a run leaves for the next: all of it or nothing."""
        self.check(lease)
        kept = self._machine.kept
        self._keep_states(states)
        for (host, list_guid, source), records in known.items():
            before = kept.lists.get((host, list_guid), NOTHING)
            after = {name: kept_records for name, kept_records in before.known.items() if name != source}
            if records:
                after[source] = tuple(sorted(records, key=_item_of_known))
            kept.lists[host, list_guid] = replace(before, known=after)
        kept.histories = {**kept.histories, **{each.number: each for each in histories}}
        kept.unsealed.extend(audit)

    def keep_made(self, lease: Lease, thing: Made, audit: Sequence[Entry] = ()) -> None:
        """What is about to be made, or was: in place of what was kept of it before."""
        self.check(lease)
        if thing.at.tzinfo is None:
            raise DefectError("A time without a zone was about to be stored.")
        self._machine.kept.made[thing.key] = replace(thing, at=thing.at.astimezone(UTC))
        self._machine.kept.unsealed.extend(audit)

    def forget_made(self, lease: Lease, things: Sequence[Made], audit: Sequence[Entry] = ()) -> None:
        """What is no more, or is not ours any longer; one that is not kept is no error."""
        self.check(lease)
        for thing in things:
            self._machine.kept.made.pop(thing.key, None)
        self._machine.kept.unsealed.extend(audit)

    def _keep_states(self, states: Sequence[SourceState]) -> None:
        lists = self._machine.kept.lists
        for state in states:
            before = lists.get((state.host, state.list_guid), NOTHING)
            lists[state.host, state.list_guid] = replace(before, states={**before.states, state.source: state})


def _item_of_pair(pair: tuple[RecordId, Baseline]) -> int:
    return pair[0].item_id


def _item_of_known(known: Known) -> int:
    return known.id.item_id


def _in_order(intents: Iterable[Intent]) -> tuple[Intent, ...]:
    return tuple(sorted(intents, key=lambda each: (each.source, each.record)))
