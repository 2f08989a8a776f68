"""Sends writes to the lists of a site, and finds out what became of every one of them.

A write whose answer was lost may have happened. So its item is read again before anything else is decided: what
already holds the new values is done, what is still as it was when it was read is written once more on its own, and
what anybody has changed since is not written on the strength of an old reading: it raced.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from sync.core.columns import ListSchema, Row
from sync.core.grounds import is_left_scope
from sync.core.mapping import Binding, encode_owned, live_owned
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.plan import PlannedWrite
from sync.core.reconcile import alike
from sync.engine.ports import (
    Applied,
    Failed,
    ItemWrite,
    ListStore,
    ListWrites,
    Outcome,
    Permit,
    Raced,
    Unknown,
    unconditionally,
)
from sync.engine.read import SourceRead
from sync.engine.targets import Source
from sync.errors import DefectError, NotFoundError, SourceError


@dataclass(frozen=True, slots=True)
class Target:
    """A source as it was read: where to write, how its columns bind, and the text that marks what this run wrote.

    `permit` is asked before every request that writes.
    """

    store: ListStore
    source: Source
    binding: Binding
    stamp: str | None = None
    permit: Permit = unconditionally

    @property
    def schema(self) -> ListSchema:
        return self.binding.schema

    def values(self, write: PlannedWrite) -> dict[OwnedField, OwnedValue]:
        """What a write sets, with the stamp where the list has a column for it: it only ever goes with other values,
        and not into a row that is cleared because it counts no longer."""
        stamped = self.stamp is not None and OwnedField.STAMP in self.binding.owned and not is_left_scope(write)
        return {**({OwnedField.STAMP: self.stamp} if stamped else {}), **write.set}

    def item(self, write: PlannedWrite, version: str) -> ItemWrite:
        return ItemWrite(write.id.item_id, version, encode_owned(self.binding, self.values(write)))

    def items(self, writes: Iterable[PlannedWrite]) -> list[ItemWrite]:
        return [self.item(write, write.version) for write in writes]


def target_of(read: SourceRead, lists: Mapping[str, ListStore], stamp: str | None = None) -> Target:
    """Where a source that could be read is written to; DefectError for one that could not."""
    if read.binding is None:
        raise DefectError(f"'{read.source.name}' was not read, yet it was to be written to.")
    return Target(lists[read.source.connection], read.source, read.binding, stamp)


def apply_writes(writes: Sequence[tuple[Target, PlannedWrite]]) -> Iterator[tuple[PlannedWrite, Outcome]]:
    """Writes into lists of one site, those of one list together: one outcome per write, as they become known; doubtful
    ones come last, settled as far as reading can."""
    doubtful: list[tuple[Target, PlannedWrite, Unknown]] = []
    by_list = [(target, [write for _, write in each]) for target, each in groupby(writes, key=itemgetter(0))]
    lists = [ListWrites(target.source, target.schema, target.items(each)) for target, each in by_list]
    first = writes[0][0]
    answers = first.store.apply_together(lists, first.permit)
    for (target, write), outcome in zip(writes, answers, strict=True):
        if isinstance(outcome, Unknown):
            doubtful.append((target, write, outcome))
        else:
            yield write, outcome
    for target, each in groupby(doubtful, key=itemgetter(0)):
        yield from _settle(target, [(write, unknown) for _, write, unknown in each])


def reread(target: Target, item_ids: Sequence[int]) -> Mapping[int, Row]:
    """The mapped columns of these items as they are now; items that are gone are absent."""
    return target.store.read_items(target.source, target.schema, target.binding.columns, item_ids)


def _settle(target: Target, doubtful: Sequence[tuple[PlannedWrite, Unknown]]) -> Iterator[tuple[PlannedWrite, Outcome]]:
    try:
        rows = reread(target, [write.id.item_id for write, _ in doubtful])
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
    if row.version != write.version:
        return Raced()
    if not retry:
        return Unknown("The write was answered with an error twice, and the item still holds its old values.")
    return _write_alone(target, write, row)


def _write_alone(target: Target, write: PlannedWrite, row: Row) -> Outcome:
    item = target.item(write, row.version)
    outcome = next(iter(target.store.apply(target.source, target.schema, [item], target.permit)))
    if not isinstance(outcome, Unknown):
        return outcome
    try:
        rows = reread(target, [write.id.item_id])
    except SourceError as error:
        return Unknown(f"{outcome.reason}; {error.what}")
    settled = _judge(target, write, rows.get(write.id.item_id), retry=False)
    return outcome if isinstance(settled, Unknown) else settled


def _holds(live: Mapping[OwnedField, OwnedValue], values: Mapping[OwnedField, OwnedValue]) -> bool:
    return all(alike(live.get(owned_field), value) for owned_field, value in values.items())
