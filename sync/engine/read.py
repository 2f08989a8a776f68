"""Reads every source into a snapshot. One that cannot be read, or does not fit its mapping, stops no other."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sync.core.columns import ListSchema, Row
from sync.core.mapping import PROVISION, Binding, absent_holds, bind, left_out, to_record
from sync.core.mirror import Route, Wanted
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.policy import digest
from sync.core.ratings import current_matrix
from sync.core.snapshot import Complete, LeftOut, Partial, Record, RecordId, Snapshot
from sync.engine.lanes import in_lanes
from sync.engine.mirror import Beside, Mirror, Sighting
from sync.engine.mirrors import MirrorLostError, Mirrors
from sync.engine.ports import Clock, ListStore
from sync.engine.targets import Portfolio, Source
from sync.errors import SchemaError, SourceError

OnRead = Callable[[str, int, int], None]
"""Told of progress: source, records so far, items that the list said it holds."""


@dataclass(frozen=True, slots=True)
class SourceRead:
    """What came of reading one source; `error` is why it is not read to its end, or may not be written to. `route`: how
    it came to be known."""

    source: Source
    binding: Binding | None = None
    snapshot: Snapshot | None = None
    error: SourceError | None = None
    route: Route | None = None

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

    @property
    def lives(self) -> Iterator[tuple[RecordId, Mapping[OwnedField, OwnedValue]]]:
        """What our columns hold of every row that was read, whether it counts or not."""
        yield from ((record.id, record.owned) for record in self.records)
        yield from ((row.id, row.owned) for row in self.left_out)


def mirror_of(
    portfolio: Portfolio,
    stores: Mapping[str, ListStore],
    mirrors: Mirrors,
    clock: Clock,
    *,
    saves: bool = False,
    anew: bool = False,
    beside: Beside | None = None,
) -> Mirror:
    """What was kept of a portfolio's lists, opened; see `Mirror`."""
    mirror = Mirror(stores, mirrors, clock, partial(_wanted, portfolio), saves=saves, anew=anew, beside=beside or {})
    mirror.open()
    return mirror


def read_sources(portfolio: Portfolio, mirror: Mirror, on_read: OnRead, at_once: int = 1) -> dict[str, SourceRead]:
    """Every source of the portfolio, by name, in the portfolio file's order; so many sites are read at once."""
    sites: dict[tuple[str, str], list[Source]] = {}
    for source in portfolio.sources.values():
        sites.setdefault((source.connection, source.site), []).append(source)
    lanes = {site: [partial(_read_site, portfolio, mirror, sources, on_read)] for site, sources in sites.items()}
    done = in_lanes(lanes, at_once)
    read = {name: each for of_lane in done.values() for site in of_lane for name, each in site.items()}
    return {name: read[name] for name in portfolio.sources}


def _read_site(
    portfolio: Portfolio, mirror: Mirror, sources: Sequence[Source], on_read: OnRead
) -> dict[str, SourceRead]:
    seen = mirror.look(sources)
    return {source.name: _read(source, seen[source.name], portfolio, mirror.clock, on_read) for source in sources}


def _wanted(portfolio: Portfolio, sources: Sequence[Source], schema: ListSchema) -> Wanted:
    """The columns that the sources of one list read, of those whose mapping fits it."""
    bindings = [binding for source in sources if (binding := _bound(source, schema, portfolio)).readable]
    columns = sorted({column for binding in bindings for column in binding.columns})
    mappings = sorted(digest(each.kind, each.fields, each.groups, each.key, each.where) for each in sources)
    return Wanted(tuple(columns), digest(mappings))


def _bound(source: Source, schema: ListSchema, portfolio: Portfolio) -> Binding:
    policies = portfolio.policies
    return bind(source, schema, policies.labels, current_matrix(source.matrix, policies))


def left_scope(read: SourceRead, reads: Mapping[str, SourceRead], unread: Collection[str]) -> tuple[LeftOut, ...]:
    """The rows of a source that count nowhere; none of them while another source that may be of the same list is
    `unread`, because that one may count them."""
    doubtful = any(name in unread and _may_share(read, other) for name, other in reads.items() if other is not read)
    return () if doubtful else read.left_out


def _may_share(read: SourceRead, other: SourceRead) -> bool:
    """Whether two sources may be of one list, by its GUID where both are known, else by its address: a list may be
    named by its title here and by its address there."""
    if read.binding and other.binding:
        one, two = read.binding.schema, other.binding.schema
        return (one.host, one.list_guid) == (two.host, two.list_guid)
    if read.source.site.casefold() != other.source.site.casefold():
        return False
    here, there = read.source.list, other.source.list
    named = [
        (one.casefold(), two.casefold())
        for one, two in ((here.title, there.title), (here.id, there.id), (here.url, there.url))
        if one is not None and two is not None
    ]
    return all(one == two for one, two in named)


def _read(
    source: Source, seen: Sighting | SourceError, portfolio: Portfolio, clock: Clock, on_read: OnRead
) -> SourceRead:
    if isinstance(seen, SourceError):
        return SourceRead(source, error=seen)
    binding = _bound(source, seen.schema, portfolio)
    misfit = misfit_of(binding)
    if not binding.readable:
        return SourceRead(source, binding, error=misfit)
    rows, broken = _rows(source, seen, binding, on_read)
    snapshot = Snapshot(
        source=source.name,
        records=tuple(row for row in rows if isinstance(row, Record)),
        read=Partial(broken.what) if broken else Complete(),
        schema_digest=seen.schema.digest,
        taken_at=clock.now(),
        left_out=tuple(row for row in rows if isinstance(row, LeftOut)),
        place=(seen.schema.host, seen.schema.list_guid),
        problems=tuple(absent_holds(binding)),
    )
    return SourceRead(source, binding, snapshot, broken or misfit, seen.route)


def misfit_of(binding: Binding) -> SchemaError | None:
    """What is wrong between a mapping and its list, if anything: columns that are absent or cannot do their job."""
    title, problems = binding.schema.title, (*binding.missing, *binding.unwritable)
    if problems:
        said = "; ".join((*problems, *binding.settings))
        advice = PROVISION if binding.lacks_owned else None
        return SchemaError(f"List '{title}' does not fit its mapping: {said}.", advice)
    if binding.settings:
        return SchemaError(
            f"List '{title}' may not be written to: {'; '.join(binding.settings)}.",
            "Change it in the list's versioning settings, or set `write: {mode: off}` for this source.",
        )
    return None


def _rows(
    source: Source, seen: Sighting, binding: Binding, on_read: OnRead
) -> tuple[list[Record | LeftOut], SourceError | None]:
    """Every row, admitted by `where` or not, and the error that ended the reading early, if one did."""
    rows: list[Record | LeftOut] = []

    def take(page: tuple[Row, ...]) -> None:
        rows.extend(to_record(binding, row) or left_out(binding, row) for row in page)
        on_read(source.name, len(rows), seen.schema.item_count)

    try:
        try:
            seen.rows(take)
        except MirrorLostError:
            rows.clear()
            seen.read(take)
    except SourceError as error:
        return rows, error
    return rows, None
