"""Writes what a plan holds for one source, and finds out what became of every write.

A write whose answer was lost may have happened. So its item is read again before anything else is decided: what
already holds the new values is done, what still holds the old ones is written once more on its own, and what holds
something else was changed by a person and is left alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sync.core.columns import ListSchema, Row
from sync.core.mapping import Binding, encode_owned, live_owned
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.plan import PlannedWrite
from sync.engine.ports import Applied, Failed, ItemWrite, ListStore, Outcome, Raced, Unknown
from sync.engine.targets import Source
from sync.errors import NotFoundError, SourceError


@dataclass(frozen=True, slots=True)
class Target:
    """A source as it was read: where to write, and how its columns bind."""

    store: ListStore
    source: Source
    binding: Binding

    @property
    def schema(self) -> ListSchema:
        return self.binding.schema


def apply_writes(target: Target, writes: Sequence[PlannedWrite]) -> Iterator[tuple[PlannedWrite, Outcome]]:
    """One outcome per write, as they become known; doubtful ones come last, settled as far as reading can."""
    doubtful: list[tuple[PlannedWrite, Unknown]] = []
    for write, outcome in zip(
        writes, target.store.apply(target.source, target.schema, _items(target, writes)), strict=True
    ):
        if isinstance(outcome, Unknown):
            doubtful.append((write, outcome))
        else:
            yield write, outcome
    yield from _settle(target, doubtful)


def _settle(target: Target, doubtful: Sequence[tuple[PlannedWrite, Unknown]]) -> Iterator[tuple[PlannedWrite, Outcome]]:
    if not doubtful:
        return
    try:
        rows = _reread(target, [write for write, _ in doubtful])
    except SourceError as error:
        yield from ((write, Unknown(f"{unknown.reason}; {error.what}")) for write, unknown in doubtful)
        return
    for write, _ in doubtful:
        yield write, _judge(target, write, rows.get(write.id.item_id), retry=True)


def _judge(target: Target, write: PlannedWrite, row: Row | None, *, retry: bool) -> Outcome:
    if row is None:
        return Failed(NotFoundError(f"Item {write.id.item_id} of '{write.source}' no longer exists."))
    live = live_owned(target.binding, row)
    if _holds(live, write.set):
        return Applied(row.version)
    if not _holds(live, {owned_field: write.was.get(owned_field) for owned_field in write.set}):
        return Raced()
    if not retry:
        return Unknown("The write was answered with an error twice, and the item still holds its old values.")
    return _write_alone(target, write, row)


def _write_alone(target: Target, write: PlannedWrite, row: Row) -> Outcome:
    item = ItemWrite(row.item_id, row.version, encode_owned(target.binding, write.set))
    outcome = next(iter(target.store.apply(target.source, target.schema, [item])))
    if not isinstance(outcome, Unknown):
        return outcome
    try:
        rows = _reread(target, [write])
    except SourceError as error:
        return Unknown(f"{outcome.reason}; {error.what}")
    settled = _judge(target, write, rows.get(write.id.item_id), retry=False)
    return outcome if isinstance(settled, Unknown) else settled


def _reread(target: Target, writes: Sequence[PlannedWrite]) -> Mapping[int, Row]:
    ids = [write.id.item_id for write in writes]
    return target.store.read_items(target.source, target.schema, target.binding.columns, ids)


def _items(target: Target, writes: Sequence[PlannedWrite]) -> list[ItemWrite]:
    return [ItemWrite(w.id.item_id, w.version, encode_owned(target.binding, w.set)) for w in writes]


def _holds(live: Mapping[OwnedField, OwnedValue], values: Mapping[OwnedField, OwnedValue]) -> bool:
    return all(live.get(owned_field) == value for owned_field, value in values.items())
