"""What a run wrote, and the same items as they are now: read one list at a time, and nothing but these items."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sync.core.columns import Column, Row
from sync.core.findings import Finding, FindingKind
from sync.core.mapping import Binding, bind, left_out, to_record
from sync.core.owned import ALLOWED_TYPES
from sync.core.ownership import OwnedField, WriteMode
from sync.core.ratings import current_matrix
from sync.core.snapshot import Complete, LeftOut, Record, RecordId, Snapshot
from sync.core.text import counted
from sync.core.undo import Done, Now
from sync.engine.apply import reread, target_of
from sync.engine.journal import Memory
from sync.engine.ports import Clock, ListStore
from sync.engine.read import SourceRead
from sync.engine.recover import Place
from sync.engine.state import Intent, IntentState
from sync.engine.targets import Portfolio
from sync.errors import SourceError


@dataclass(slots=True)
class Lookback:
    """Reads what one run wrote. `reads` are by source; `lists` what the way back is planned on; `findings` are about
    lists, or writes, that could not be looked at."""

    portfolio: Portfolio
    stores: Mapping[str, ListStore]
    clock: Clock
    memory: Memory
    run_id: str
    reads: dict[str, SourceRead] = field(default_factory=dict)
    lists: list[Now] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    _described: dict[str, SourceRead] = field(default_factory=dict)

    def look(self, name: str, place: Place, intents: Sequence[Intent]) -> None:
        """At the items of one list that the run wrote to as the source `name`, which may have another name by now."""
        cut_short = sum(intent.state is IntentState.OPEN for intent in intents)
        if cut_short:
            settled = f"{counted(cut_short, 'write')} {'is' if cut_short == 1 else 'are'} not settled"
            self._found(name, f"{settled}: `reconcile` first finds out whether it was done, then undo again")
        done = [_done(intent) for intent in intents if intent.state.is_written]
        if not done:
            return
        home = self._home(name, place)
        if home is None:
            self._unread(name)
            return
        binding = self._described[home].binding
        if binding is None or binding.mapping.write.mode is WriteMode.OFF:
            self._found(home, "nothing is put back, because the list is only read now (`write: {mode: off}`)")
            return
        try:
            self._read(home, place, done)
        except SourceError as error:
            self.reads[home] = SourceRead(self.portfolio.sources[home], binding, error=error)
            self._found(home, "nothing was put back, because the list could not be read")

    def _read(self, home: str, place: Place, done: Sequence[Done]) -> None:
        described = self._described[home]
        target = target_of(described, self.stores)
        rows = reread(target, sorted({write.record.item_id for write in done}))
        items = [_item(target.binding, row) for _, row in sorted(rows.items())]
        snapshot = Snapshot(
            source=home,
            records=tuple(item for item in items if isinstance(item, Record)),
            read=Complete(),
            schema_digest=target.schema.digest,
            taken_at=self.clock.now(),
            left_out=tuple(item for item in items if isinstance(item, LeftOut)),
            place=place,
        )
        self.reads[home] = SourceRead(described.source, target.binding, snapshot)
        now: Mapping[RecordId, Record | LeftOut] = {item.id: item for item in items}
        baselines = self.memory.of([place])[place].baselines
        self.lists.append(Now(home, done, now, dict(_ours(target.binding)), baselines))

    def _home(self, name: str, place: Place) -> str | None:
        """The source that this list has now: the one of that name if it still is, else the first that is."""
        for candidate in (name, *sorted(set(self.portfolio.sources) - {name})):
            binding = self._describe(candidate).binding if candidate in self.portfolio.sources else None
            if binding is not None and (binding.schema.host, binding.schema.list_guid) == place:
                return candidate
        return None

    def _describe(self, name: str) -> SourceRead:
        if name not in self._described:
            source = self.portfolio.sources[name]
            try:
                schema = self.stores[source.connection].describe(source)
            except SourceError as error:
                self._described[name] = SourceRead(source, error=error)
            else:
                policies = self.portfolio.policies
                binding = bind(source, schema, policies.labels, current_matrix(source.matrix, policies))
                self._described[name] = SourceRead(source, binding)
        return self._described[name]

    def _unread(self, name: str) -> None:
        described = self._described.get(name)
        if described is not None and described.error is not None:
            self.reads[name] = described
            self._found(name, "nothing was put back, because the list could not be read")
        else:
            self._found(name, "nothing was put back, because no source of the portfolio file is that list any more")

    def _found(self, name: str, said: str) -> None:
        text = f"{name}: of what run {self.run_id} wrote there, {said}."
        self.findings.append(Finding(name, None, FindingKind.UNDO_LEFT, name, text))


def _done(intent: Intent) -> Done:
    return Done(intent.record, intent.set, intent.was, intent.restricted)


def _item(binding: Binding, row: Row) -> Record | LeftOut:
    """A row that the mapping cannot read is named by its number, like one that does not count."""
    record = to_record(binding, row) if binding.readable else None
    return record or left_out(binding, row)


def _ours(binding: Binding) -> Iterator[tuple[OwnedField, Column]]:
    """The columns that are ours and may be written to as they are now."""
    staff = {column.name for bound in binding.fields for column in bound.columns}
    for name, column in binding.owned.items():
        if column.name not in staff and not column.read_only and column.type in ALLOWED_TYPES[name]:
            yield name, column
