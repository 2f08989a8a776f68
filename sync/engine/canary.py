"""The first items of a list go ahead of the others, and are looked at again before those follow."""

from collections.abc import Sequence

from sync.core.canary import Photo, moved, watched
from sync.core.run_report import SourceProblem
from sync.engine.apply import Target
from sync.errors import ExitCode

TOLD = 5
"""Items that are named; the others are counted."""
_ADVICE = (
    "A flow or a rule may react to our writes, or a colleague may have edited just then: compare these items' version "
    "history with the time of the run. `runs undo` with the run's id takes our values back."
)


def photograph(target: Target, item_ids: Sequence[int]) -> Photo:
    """These items as they are now, with every column that our writes must leave alone, mapped or not.

    Raises the SourceError that reading them ends with.
    """
    ours = {column.name for column in target.schema.find_all(target.source.write.columns.values())}
    columns = watched(target.schema, ours)
    names = [column.name for column in columns]
    return Photo(columns, target.store.read_items(target.source, target.schema, names, item_ids))


def verdict(target: Target, before: Photo, count: int) -> SourceProblem | None:
    """Why nothing more may be written to this list after the first `count` items; None where nothing else moved."""
    seen = moved(before, photograph(target, sorted(before.rows)), target.source.write.mode)
    if not seen:
        return None
    more = f"; and {len(seen) - TOLD} more" if len(seen) > TOLD else ""
    return SourceProblem(
        ExitCode.PARTIAL,
        f"After the first {count} items, columns that are not ours had changed: {'; '.join(seen[:TOLD])}{more}. "
        "Nothing more was written to this list.",
        _ADVICE,
    )
