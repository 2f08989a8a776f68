"""What a reviewed plan still holds, in plain words: for whoever hands one to `reconcile --plan`."""

from collections.abc import Iterator, Sequence

from sync.core.plan_file import Compared
from sync.core.text import counted

NAMED = 20
"""Items that are named of each sort; the others are counted."""


def compared_lines(compared: Compared) -> Iterator[str]:
    """One line for each sort of write: as planned, moved, needed no more, new."""
    if compared.rules_changed:
        yield "The mapping or the policies are no longer those of the reviewed plan, so nothing of it counts."
    yield f"As reviewed: {counted(compared.as_planned, 'item')}."
    if compared.moved:
        yield f"Moved since, and decided again: {_names(compared.moved)}."
    if compared.gone:
        yield f"Needs nothing any more: {_names(compared.gone)}."
    if compared.new:
        yield f"New, and not in the reviewed plan: {_names(compared.new)}."


def _names(labels: Sequence[str]) -> str:
    more = len(labels) - NAMED
    return f"{'; '.join(labels[:NAMED])}{f'; and {more} more' if more > 0 else ''}"
