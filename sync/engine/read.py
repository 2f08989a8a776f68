"""Reads every source into a snapshot. One that cannot be read, or does not fit its mapping, stops no other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sync.core.columns import ListSchema
from sync.core.mapping import Binding, bind, left_out, to_record
from sync.core.snapshot import Complete, LeftOut, Partial, Record, Snapshot
from sync.engine.ports import Clock, ListStore
from sync.engine.targets import Portfolio, Source
from sync.errors import SchemaError, SourceError

OnRead = Callable[[str, int, int], None]
"""Told of progress: source, records so far, items that the list said it holds."""


@dataclass(frozen=True, slots=True)
class SourceRead:
    """What came of reading one source; `error` is why it is not read to its end, or may not be written to."""

    source: Source
    binding: Binding | None = None
    snapshot: Snapshot | None = None
    error: SourceError | None = None

    @property
    def is_complete(self) -> bool:
        return self.snapshot is not None and isinstance(self.snapshot.read, Complete)

    @property
    def rows(self) -> int:
        """How many items were read, whether the source's `where` admits them or not."""
        return len(self.records) + len(self.left_out)

    @property
    def records(self) -> tuple[Record, ...]:
        return tuple(self.snapshot.records) if self.snapshot else ()

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        return self.snapshot.left_out if self.snapshot else ()


def read_sources(
    portfolio: Portfolio, stores: Mapping[str, ListStore], clock: Clock, on_read: OnRead
) -> dict[str, SourceRead]:
    """Every source of the portfolio, by name, in the portfolio file's order."""
    return {
        name: _read(source, stores[source.connection], portfolio, clock, on_read)
        for name, source in portfolio.sources.items()
    }


def _read(source: Source, store: ListStore, portfolio: Portfolio, clock: Clock, on_read: OnRead) -> SourceRead:
    try:
        schema = store.describe(source)
        binding = bind(source, schema, portfolio.policies.labels)
    except SourceError as unread:
        return SourceRead(source, error=unread)
    misfit = misfit_of(binding)
    if not binding.readable:
        return SourceRead(source, binding, error=misfit)
    rows, broken = _rows(source, store, schema, binding, on_read)
    snapshot = Snapshot(
        source=source.name,
        records=tuple(row for row in rows if isinstance(row, Record)),
        read=Partial(broken.what) if broken else Complete(),
        schema_digest=schema.digest,
        taken_at=clock.now(),
        left_out=tuple(row for row in rows if isinstance(row, LeftOut)),
        place=(schema.host, schema.list_guid),
    )
    return SourceRead(source, binding, snapshot, broken or misfit)


def misfit_of(binding: Binding) -> SchemaError | None:
    """What is wrong between a mapping and its list, if anything: columns that are absent or cannot do their job."""
    problems = (*binding.missing, *binding.unwritable)
    if not problems:
        return None
    return SchemaError(f"List '{binding.schema.title}' does not fit its mapping: {'; '.join(problems)}.")


def _rows(
    source: Source, store: ListStore, schema: ListSchema, binding: Binding, on_read: OnRead
) -> tuple[list[Record | LeftOut], SourceError | None]:
    """Every row read, admitted by `where` or not, and the error that ended the reading early, if one did."""
    rows: list[Record | LeftOut] = []
    try:
        for page in store.read(source, schema, binding.columns):
            rows += [to_record(binding, row) or left_out(binding, row) for row in page]
            on_read(source.name, len(rows), schema.item_count)
    except SourceError as error:
        return rows, error
    return rows, None
