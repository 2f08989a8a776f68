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

    def release(self, name: str) -> str | None:
        """The release of this program that saw it."""
        last = self.last(name)
        return last.release if last else None

    def approved(self, name: str) -> str | None:
        """The digest of the rules that were let through last."""
        return self.states[name].policy_digest if name in self.states else None


def past_of(reads: Mapping[str, SourceRead], remembered: Mapping[Place, Remembered]) -> Past:
    """Tells every source what it knew, or what the source of its list knew that is configured no longer: that
    one was renamed, and renaming loses nothing. Of several, the one that ran last was; if two did, nobody can tell."""
    lists = {
        name: remembered.get((read.binding.schema.host, read.binding.schema.list_guid), Remembered())
        for name, read in reads.items()
        if read.binding is not None
    }
    states = {name: state for name, known in lists.items() if (state := _state(name, known, reads))}
    rows = {name: lists[name].known.get(state.source, ()) for name, state in states.items()}
    return Past(states, rows, lists)


def _state(name: str, known: Remembered, configured: Mapping[str, SourceRead]) -> SourceState | None:
    gone = [state for source, state in known.states.items() if source not in configured]
    latest = max(map(_since, gone), default=None)
    newest = [state for state in gone if _since(state) == latest]
    return known.states.get(name) or (newest[0] if len(newest) == 1 else None)


def _since(state: SourceState) -> str:
    """The last run that was carried through for it, or that let it be written to: run ids sort by time."""
    return state.applied.run_id if state.applied else state.run_id
