"""Ports that can be killed: every effect of a run is counted, before it happens and after it, and one can be the last.

A write of one item and a transaction of the database are one effect each. What a killed process had in memory is gone:
the wrappers are thrown away, and only what they wrap is kept.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from connectors.memory import MemoryStore
from connectors.memory_list import MemoryList
from sync.core.columns import Cell, ListSchema, Row
from sync.core.ownership import WriteMode
from sync.engine.asked import Answer, Asked, HeadsAsked, Items, Whole
from sync.engine.ports import ItemWrite, ListWrites, Outcome, Permit, unconditionally
from sync.engine.targets import Source
from sync.store.memory import MemoryRunStore

RUN_STORE = frozenset({"begin", "finish", "save_decisions", "save_latest", "save_doubts", "freeze"})
JOURNAL = frozenset({"take_lease", "intend", "settle", "conclude", "release", "keep_made", "forget_made"})
AUDIT = frozenset({"append", "purge", "person", "erase"})


class Killed(BaseException):
    """The process is no more: nothing may catch this."""


def die() -> None:
    raise Killed


def killed_at(item_id: int) -> Callable[[ItemWrite], None]:
    """For a `MemoryStore`: the process is no more before that item is written."""

    def before_apply(write: ItemWrite) -> None:
        if write.item_id == item_id:
            raise Killed

    return before_apply


class Effects:
    """Counts what a run does to the world. At the effect with the number `at`, the first being 1, `then` happens.

    A dead process does nothing more, whatever its `finally` clauses say.
    """

    def __init__(self, at: int = 0, then: Callable[[], None] = die) -> None:
        self.at = at
        self.then = then
        self.names: list[str] = []
        self.dead = False

    def kill_at(self, number: int) -> None:
        """From now on that effect, if it is still to come, is the last."""
        self.at, self.then = number, die

    def passes(self, name: str) -> None:
        """One more effect, or none where the process is dead."""
        if self.dead:
            raise Killed
        self.names.append(name)
        if len(self.names) == self.at:
            self.dead = self.then is die
            self.then()


@dataclass(frozen=True, slots=True)
class Touch:
    """One write that took effect on an item. `read`: the ETag that the run had last read of it."""

    title: str
    guid: str
    item: int
    cells: Mapping[str, Cell]
    mode: WriteMode
    version: str
    read: str | None


@dataclass
class CountedStore:
    """A `ListStore` in memory whose every single write is two effects; `watch` is told of each that took effect."""

    inner: MemoryStore
    effects: Effects
    watch: Callable[[Touch], None]
    _read: dict[tuple[str, int], str] = field(default_factory=dict)

    def ask(self, site: str, asked: Sequence[Asked]) -> Sequence[Answer]:
        answers = self.inner.ask(site, asked)
        for each, answer in zip(asked, answers, strict=True):
            if isinstance(answer, Whole | Items) and not isinstance(each, HeadsAsked):
                rows = answer.rows if isinstance(answer, Whole) else answer.rows.values()
                self._read |= {(each.schema.list_guid, row.item_id): row.version for row in rows}
        return answers

    def read(self, source: Source, schema: ListSchema, columns: Sequence[str]) -> Iterator[tuple[Row, ...]]:
        for page in self.inner.read(source, schema, columns):
            self._read |= {(schema.list_guid, row.item_id): row.version for row in page}
            yield page

    def read_items(
        self, source: Source, schema: ListSchema, columns: Sequence[str], item_ids: Sequence[int]
    ) -> Mapping[int, Row]:
        rows = self.inner.read_items(source, schema, columns, item_ids)
        self._read |= {(schema.list_guid, number): row.version for number, row in rows.items()}
        return rows

    def apply(
        self, source: Source, schema: ListSchema, writes: Sequence[ItemWrite], permit: Permit = unconditionally
    ) -> Iterator[Outcome]:
        kept = next(each for each in self.inner.lists.values() if each.guid == schema.list_guid)
        for write in writes:
            permit()
            self.effects.passes("before a write")
            outcome = self._apply(source, schema, kept, write)
            self.effects.passes("after a write")
            yield outcome

    def apply_together(self, lists: Sequence[ListWrites], permit: Permit = unconditionally) -> Iterator[Outcome]:
        return chain.from_iterable(self.apply(each.source, each.schema, each.writes, permit) for each in lists)

    def _apply(self, source: Source, schema: ListSchema, kept: MemoryList, write: ItemWrite) -> Outcome:
        colleague, self.inner.before_apply = self.inner.before_apply, None
        if colleague is not None:
            colleague(write)
        before = kept.items.get(write.item_id)
        (outcome,) = self.inner.apply(source, schema, [write])
        self.inner.before_apply = colleague
        after = kept.items.get(write.item_id)
        if before and after and after.etag != before.etag:
            place = (kept.guid, write.item_id)
            read, mode = self._read.get(place), source.write.mode
            self.watch(Touch(kept.title, *place, write.cells, mode, f'"{before.etag}"', read))
            # A run knows of its own writes, and may follow one with another.
            self._read[place] = f'"{after.etag}"'
        return outcome

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def versions_kept(runs: MemoryRunStore) -> dict[tuple[str, int], str]:
    """The ETags that a run takes from what earlier ones kept of the lists, by list and item."""
    return {
        (guid, row.item_id): row.version
        for host, guid in runs.mirrors.kept()
        for page in runs.mirrors.pages((host, guid))
        for row in page
    }


class Counted:
    """Passes every call on; those named are transactions, and two effects each."""

    def __init__(self, inner: Any, effects: Effects, transactions: frozenset[str]) -> None:
        self._inner, self._effects, self._transactions = inner, effects, transactions

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in self._transactions:
            return found

        def counted(*arguments: Any, **options: Any) -> Any:
            self._effects.passes(f"before {name}")
            answer = found(*arguments, **options)
            self._effects.passes(f"after {name}")
            return answer

        return counted


class CountedRuns(Counted):
    """A `RunStore` whose every transaction is two effects, those of its journal and its audit as well."""

    def __init__(self, inner: Any, effects: Effects) -> None:
        super().__init__(inner, effects, RUN_STORE)
        self.journal = Counted(inner.journal, effects, JOURNAL)
        self.audit = Counted(inner.audit, effects, AUDIT)
