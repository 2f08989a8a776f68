"""What a run noticed beside its plan: values of ours that people changed, and writes of another installation."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sync.core import drift
from sync.core.audit import Act, Entry, auditable
from sync.core.findings import Finding, FindingKind
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.snapshot import LeftOut, Record
from sync.core.stamp import installation_of, others
from sync.core.text import counted
from sync.engine.decide import Decided
from sync.engine.edits import Edits
from sync.engine.journal import Pen
from sync.engine.ports import RunStore
from sync.engine.read import SourceRead
from sync.engine.recover import Recovered
from sync.engine.state import Remembered


@dataclass(frozen=True, slots=True)
class Observed:
    """`edits`: when and by whom our values were changed. `recovered`: what became of runs that were cut short."""

    decided: Decided
    edits: Edits
    runs: RunStore
    recovered: Recovered = field(default_factory=Recovered)

    def findings(self, today: date) -> tuple[Finding, ...]:
        drifts = self.decided.planned.drifts
        changed = (drift.finding(each, self.edits.get((each.id, each.field)), today) for each in drifts)
        strangers = others(self.strangers(), self.runs.installation_id)
        return tuple(sorted({*changed, *strangers, *self._abandoned(), *self._settled()}))

    def strangers(self) -> Iterator[Record | LeftOut]:
        """Items that bear the stamp of another installation, unless a resync has accepted that very stamp."""
        for name in sorted(self.decided.inputs):
            read, baselines = self.decided.reads[name], self.decided.past.lists[name].baselines
            for row in _rows(read):
                known, wrote = baselines.get(row.id), installation_of(row.owned.get(OwnedField.STAMP))
                accepted = known is not None and known.values.get(OwnedField.STAMP) == row.owned.get(OwnedField.STAMP)
                if wrote not in (None, self.runs.installation_id) and not accepted:
                    yield row

    def _settled(self) -> Iterator[Finding]:
        """What a run that was cut short had left open, list by list."""
        done = Counter(intent.source for intent in self.recovered.done)
        every = done + Counter(intent.source for intent in self.recovered.not_done)
        for name, count in sorted(every.items()):
            said = (
                f"{name}: of {counted(count, 'write')} that a run cut short had left open, {done[name]} had been done."
            )
            yield Finding(name, None, FindingKind.SETTLED, "", said)

    def _abandoned(self) -> Iterator[Finding]:
        """Lists that are in the portfolio file no more: nothing is written there, and what was written stays."""
        configured = self.decided.reads
        read = {each.snapshot.place for each in configured.values() if each.snapshot}
        for place in self.runs.places():
            kept = self.runs.remembered(*place) if place not in read else Remembered()
            left = sum(any(_holds(value) for value in each.values.values()) for each in kept.baselines.values())
            if left and configured.keys().isdisjoint(kept.states):
                name, items = min(kept.states), counted(left, "item")
                said = f"{items} of '{name}' hold values that are no longer written, because no source has that list."
                yield Finding(name, None, FindingKind.LEFT_BEHIND, "", said)

    def entries(self, pen: Pen) -> Iterator[Entry]:
        """For the audit: a person's change of a value of ours, by number, and what becomes of it."""
        for each in self.decided.planned.drifts:
            edit = self.edits.get((each.id, each.field))
            yield Entry(
                at=pen.clock.now(),
                act=Act.DRIFT,
                run_id=pen.run_id,
                source=each.source,
                list_guid=each.id.list_guid,
                item=each.id.item_id,
                column=each.field.value,
                old=auditable(each.field, each.base, known=pen.labels, restricted=each.restricted),
                new=auditable(each.field, each.live, known=pen.labels, restricted=each.restricted, ours=False),
                why=each.policy.value,
                person=edit.person if edit else None,
            )


def _rows(read: SourceRead) -> tuple[Record | LeftOut, ...]:
    return (*read.records, *read.left_out)


def _holds(value: OwnedValue) -> bool:
    return value is not None and value is not False
