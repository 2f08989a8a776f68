"""What earlier runs knew of the sources that are read now."""

from collections.abc import Mapping
from dataclasses import dataclass

from sync.core.known import Known, LastApplied
from sync.engine.read import SourceRead
from sync.engine.state import Remembered, SourceState

Place = tuple[str, str]
"""The host and GUID of a list."""


@dataclass(frozen=True, slots=True)
class Past:
    """By source: its state, None where nothing was ever let through, and what is remembered of its list."""

    states: Mapping[str, SourceState]
    rows: Mapping[str, tuple[Known, ...]]
    lists: Mapping[str, Remembered]

    def last(self, name: str) -> LastApplied | None:
        """What the last run that was carried through saw of that source."""
        return self.states[name].applied if name in self.states else None

    def approved(self, name: str) -> str | None:
        """The digest of the rules that were let through last."""
        return self.states[name].policy_digest if name in self.states else None


def past_of(reads: Mapping[str, SourceRead], remembered: Mapping[Place, Remembered]) -> Past:
    """Tells every source what it knew, or what the one source of its list knew that is in the portfolio file no
    longer: that one was renamed, and renaming loses nothing."""
    lists = {
        name: remembered.get((read.binding.schema.host, read.binding.schema.list_guid), Remembered())
        for name, read in reads.items()
        if read.binding is not None
    }
    states = {name: state for name, known in lists.items() if (state := _state(name, known, reads))}
    rows = {name: lists[name].known.get(state.source, ()) for name, state in states.items()}
    return Past(states, rows, lists)


def _state(name: str, known: Remembered, configured: Mapping[str, SourceRead]) -> SourceState | None:
    gone = [state for source, state in sorted(known.states.items()) if source not in configured]
    return known.states.get(name) or (gone[0] if len(gone) == 1 else None)
