"""The first items of the lists of a site go ahead of the others, and are looked at again before those follow."""

from collections.abc import Sequence
from dataclasses import dataclass

from sync.core.canary import Photo, moved, watched
from sync.core.columns import Column
from sync.core.run_report import SourceProblem
from sync.engine.apply import Target
from sync.engine.asked import Items, ItemsAsked
from sync.engine.in_step import the
from sync.errors import ExitCode, SourceError

TOLD = 5
"""Items that are named; the others are counted."""
_ADVICE = (
    "A flow or a rule may react to our writes, or a colleague may have edited just then: compare these items' version "
    "history with the time of the run. `runs undo` with the run's id takes our values back."
)


@dataclass(frozen=True, slots=True)
class Watched:
    """Items of a list that go ahead of the others."""

    target: Target
    item_ids: Sequence[int]

    @property
    def columns(self) -> tuple[Column, ...]:
        """Every column that our writes must leave alone, mapped or not."""
        schema = self.target.schema
        ours = {column.name for column in schema.find_all(self.target.source.write.columns.values())}
        return watched(schema, ours)


def photographs(several: Sequence[Watched]) -> list[Photo | SourceError]:
    """Items of lists of one site as they are now; one answer each, in order, and asked together."""
    if not several:
        return []
    columns = [each.columns for each in several]
    questions = [
        ItemsAsked(each.target.source, each.target.schema, tuple(column.name for column in names), tuple(each.item_ids))
        for each, names in zip(several, columns, strict=True)
    ]
    first = several[0].target
    answers = first.store.ask(first.source.site, questions)
    return [
        answer if isinstance(answer, SourceError) else Photo(names, the(Items, answer).rows)
        for names, answer in zip(columns, answers, strict=True)
    ]


def verdicts(seen: Sequence[tuple[Watched, Photo]]) -> dict[str, SourceProblem]:
    """Why nothing more may be written to a list, now that these items were, by source: something else moved since the
    photograph, or the list cannot be looked at again. Those of which there is nothing to say are absent."""
    after = photographs([each for each, _ in seen])
    found = {
        each.target.source.name: SourceProblem.of(now) if isinstance(now, SourceError) else _verdict(each, before, now)
        for (each, before), now in zip(seen, after, strict=True)
    }
    return {name: problem for name, problem in found.items() if problem is not None}


def _verdict(watched: Watched, before: Photo, after: Photo) -> SourceProblem | None:
    seen = moved(before, after, watched.target.source.write.mode)
    if not seen:
        return None
    more = f"; and {len(seen) - TOLD} more" if len(seen) > TOLD else ""
    return SourceProblem(
        ExitCode.PARTIAL,
        f"After the first {len(watched.item_ids)} items, columns that are not ours had changed: "
        f"{'; '.join(seen[:TOLD])}{more}. Nothing more was written to this list.",
        _ADVICE,
    )
