"""What became of writes that a run had journalled and did not live to settle, found out by reading.

| the item now holds                                | so the write              | baseline becomes |
|---------------------------------------------------|---------------------------|------------------|
| the stamp of that run, which it did not hold then | was done                  | what it set      |
| no stamp, where the write was to take one away    | was done                  | what it set      |
| no such column, but values that it was to set     | was done, as far as seen  | those values     |
| anything else                                     | was not done              | stays            |
| nothing: the item is not there                    | may be told another day   | stays            |

Only a list that was read to its end tells, and of an item that is there: it may come back from the recycle bin with
our values in it. Everything else stays open. A write that was not done, and whose item
is as it was, is what a person or the guards let through once already, so it surprises nobody when it is planned again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sync.core.ownership import OwnedField, OwnedValue
from sync.core.reconcile import alike
from sync.core.snapshot import RecordId
from sync.engine.read import SourceRead
from sync.engine.state import Intent, IntentState, Remembered

Place = tuple[str, str]
"""The host and GUID of a list."""
Values = Mapping[OwnedField, OwnedValue]


@dataclass(frozen=True, slots=True)
class Recovered:
    """What open intents came to. `agreed`: the values that are ours now, by intent that was done; `intended`: those
    that are still to be written, by record, of these and of what was let through and not done."""

    states: Mapping[str, IntentState] = field(default_factory=dict)
    done: tuple[Intent, ...] = ()
    agreed: Mapping[str, Values] = field(default_factory=dict)
    not_done: tuple[Intent, ...] = ()
    intended: Mapping[RecordId, Values] = field(default_factory=dict)


def recover(intents: Sequence[Intent], reads: Mapping[str, SourceRead], unfinished: Sequence[Intent] = ()) -> Recovered:
    """Judges the intents, in their order, by what was read. `unfinished`: those of runs that were `let_through`."""
    lives = _lives(reads)
    told = [intent for intent in intents if intent.record in lives]
    done = [intent for intent in told if _is_done(intent, lives[intent.record])]
    finished = {intent.id for intent in done}
    not_done = [intent for intent in told if intent.id not in finished]
    return Recovered(
        states={intent.id: _state(intent, finished) for intent in told},
        done=tuple(done),
        agreed={intent.id: _agreed(intent, lives[intent.record]) for intent in done},
        not_done=tuple(not_done),
        intended={
            intent.record: {name: value for name, value in intent.set.items() if name is not OwnedField.STAMP}
            for intent in (*_left(unfinished, lives), *not_done)
            if _is_untouched(intent, lives[intent.record])
        },
    )


def let_through(known: Iterable[Remembered]) -> list[str]:
    """The runs that were let write by a person and have not carried their source through: what such a run left undone,
    throttled or told to stop, needs no second word."""
    states = (state for each in known for state in each.states.values())
    return sorted({state.run_id for state in states if state.applied is None or state.applied.run_id != state.run_id})


def _left(intents: Sequence[Intent], lives: Mapping[RecordId, Values]) -> Iterator[Intent]:
    """Those that are known not to have been written: refused for the time being, or never sent."""
    return (intent for intent in intents if intent.state is IntentState.SKIPPED and intent.record in lives)


def _lives(reads: Mapping[str, SourceRead]) -> dict[RecordId, Values]:
    """What our columns hold of every item of the lists that were read to their end. Sources that share a list may own
    different columns of it."""
    lives: dict[RecordId, Values] = {}
    for read in reads.values():
        if read.is_complete:
            for record_id, owned in read.lives:
                lives[record_id] = {**lives.get(record_id, {}), **owned}
    return lives


def _is_done(intent: Intent, live: Values) -> bool:
    if _tells(intent) and OwnedField.STAMP in live:
        return alike(live[OwnedField.STAMP], intent.set[OwnedField.STAMP])
    return any(
        name in live and alike(live[name], value) and not alike(intent.was.get(name), value)
        for name, value in intent.set.items()
    )


def _agreed(intent: Intent, live: Values) -> Values:
    """All that a stamped write set. Without a stamp a person may have typed what one value was to be: then the others
    were never written, and only what is there is ours."""
    if _tells(intent) and OwnedField.STAMP in live:
        return intent.set
    return {name: value for name, value in intent.set.items() if alike(live.get(name), value)}


def _tells(intent: Intent) -> bool:
    """Whether the stamp tells: not where the item held the same one before, of an earlier round of that run, and not
    where there was none to take away from a row that left the scope."""
    stamp = OwnedField.STAMP
    return stamp in intent.set and not alike(intent.was.get(stamp), intent.set[stamp])


def _is_untouched(intent: Intent, live: Values) -> bool:
    return all(alike(live.get(name), value) for name, value in intent.was.items())


def _state(intent: Intent, finished: set[str]) -> IntentState:
    return IntentState.RESOLVED if intent.id in finished else IntentState.SKIPPED
