"""What became of writes that a run had journalled and did not live to settle, found out by reading.

| the item now holds                                | so the write              | baseline becomes |
|---------------------------------------------------|---------------------------|------------------|
| the stamp of that run, which it did not hold then | was done                  | what it set      |
| no such column, but a value that it was to set    | was done                  | what it set      |
| anything else                                     | was not done              | stays            |
| nothing: the item is gone                         | does not matter any more  | stays            |

Only a list that was read to its end tells; the others' intents stay open. A write that was not done, and whose item
is as it was, is what a person or the guards let through once already, so it surprises nobody when it is planned again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sync.core.ownership import OwnedField, OwnedValue
from sync.core.reconcile import alike
from sync.core.snapshot import RecordId
from sync.engine.read import SourceRead
from sync.engine.state import Intent, IntentState

Place = tuple[str, str]
"""The host and GUID of a list."""
Values = Mapping[OwnedField, OwnedValue]


@dataclass(frozen=True, slots=True)
class Recovered:
    """What open intents came to. `intended`: values that are still to be written, by record."""

    states: Mapping[str, IntentState] = field(default_factory=dict)
    done: tuple[Intent, ...] = ()
    not_done: tuple[Intent, ...] = ()
    intended: Mapping[RecordId, Values] = field(default_factory=dict)


def recover(intents: Sequence[Intent], reads: Mapping[str, SourceRead]) -> Recovered:
    """Judges the intents, in their order, by what was read."""
    lives = _lives(reads)
    told = [intent for intent in intents if _place(intent.record) in lives]
    done = [intent for intent in told if _is_done(intent, lives[_place(intent.record)].get(intent.record))]
    finished = {intent.id for intent in done}
    not_done = [intent for intent in told if intent.id not in finished]
    return Recovered(
        states={intent.id: _state(intent, finished) for intent in told},
        done=tuple(done),
        not_done=tuple(not_done),
        intended={
            intent.record: {name: value for name, value in intent.set.items() if name is not OwnedField.STAMP}
            for intent in not_done
            if _is_untouched(intent, lives[_place(intent.record)].get(intent.record))
        },
    )


def _lives(reads: Mapping[str, SourceRead]) -> dict[Place, dict[RecordId, Values]]:
    """What our columns hold, by list and record, of every list that was read to its end. Sources that share a list
    may own different columns of it."""
    lives: dict[Place, dict[RecordId, Values]] = {}
    for read in reads.values():
        if read.snapshot is None or read.snapshot.place is None or not read.is_complete:
            continue
        of_list = lives.setdefault(read.snapshot.place, {})
        for record_id, owned in read.lives:
            of_list[record_id] = {**of_list.get(record_id, {}), **owned}
    return lives


def _is_done(intent: Intent, live: Values | None) -> bool:
    if live is None:
        return False
    if _tells(intent) and OwnedField.STAMP in live:
        return alike(live[OwnedField.STAMP], intent.set[OwnedField.STAMP])
    return any(
        name in live and alike(live[name], value) and not alike(intent.was.get(name), value)
        for name, value in intent.set.items()
    )


def _tells(intent: Intent) -> bool:
    """Whether the stamp tells: not where the item held the same one before, of an earlier round of that run."""
    stamp = intent.set.get(OwnedField.STAMP)
    return stamp is not None and not alike(intent.was.get(OwnedField.STAMP), stamp)


def _is_untouched(intent: Intent, live: Values | None) -> bool:
    return live is not None and all(alike(live.get(name), value) for name, value in intent.was.items())


def _state(intent: Intent, finished: set[str]) -> IntentState:
    return IntentState.RESOLVED if intent.id in finished else IntentState.SKIPPED


def _place(record_id: RecordId) -> Place:
    return record_id.host, record_id.list_guid
