"""Walks to every list, hop by hop, and compares its columns with the mapping. Reads no item and writes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sync.core.list_check import ColumnUse, Remark, column_uses, remarks, write_effect
from sync.core.mapping import Binding, bind
from sync.core.ownership import WriteMode
from sync.core.provisioning.own_lists import rollup_list, status_list
from sync.core.provisioning.shape import FoundList, ItemLock, ListShape
from sync.core.ratings import current_matrix
from sync.core.text import listed, quote
from sync.engine.admin import ListAdmin, SitePlace
from sync.engine.ports import Hop, ListStore
from sync.engine.read import misfit_of
from sync.engine.targets import ListAddress, OwnLists, Portfolio, Source
from sync.errors import AccessError, NotFoundError, SchemaError, SourceError


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """The hops that were passed, and what stopped the walk or would stop a run. `effect`: what writing into the list
    does there; `columns`: what is read and written; `remarks`: what else there is to know."""

    source: str
    passed: tuple[Hop, ...]
    error: SourceError | None
    effect: str = ""
    columns: tuple[ColumnUse, ...] = field(default=())
    remarks: tuple[Remark, ...] = field(default=())

    @property
    def is_ready(self) -> bool:
        return self.error is None


def check_sources(
    portfolio: Portfolio,
    lists: Mapping[str, ListStore],
    admins: Mapping[str, ListAdmin],
    only: frozenset[str] = frozenset(),
) -> Iterator[SourceCheck]:
    """One result for each source, or each of `only` these, in the portfolio file's order. What a list allows is told
    where its connection has an admin to ask."""
    for source in (each for each in portfolio.sources.values() if not only or each.name in only):
        yield _Walk(source, lists[source.connection], admins.get(source.connection), portfolio).result()


@dataclass(frozen=True, slots=True)
class OwnListCheck:
    """One of the service's own lists, and why it cannot be kept up as it is."""

    title: str
    error: SourceError | None


def check_own_lists(portfolio: Portfolio, admins: Mapping[str, ListAdmin]) -> Iterator[OwnListCheck]:
    """Those that the portfolio file names. A run goes on without them: nothing of staff's depends on them."""
    own, labels = portfolio.own_lists, portfolio.policies.labels
    if own is None or own.connection not in admins:
        return
    shapes = [rollup_list(own.rollup, labels, restricted=False)] if own.rollup else []
    for shape in (*shapes, *([status_list(own.status)] if own.status else [])):
        try:
            yield OwnListCheck(shape.title, _lacking(shape, admins[own.connection].find(_place(own, shape))))
        except SourceError as error:
            yield OwnListCheck(shape.title, error)


def _place(own: OwnLists, shape: ListShape) -> SitePlace:
    return SitePlace(own.site, ListAddress(url=shape.url))


def _lacking(shape: ListShape, found: FoundList | None) -> SourceError | None:
    if found is None:
        return NotFoundError(f"There is no list '{shape.title}' yet.", "Run `provision`, which makes it.")
    absent = [quote(each.title) for each in shape.columns if found.column(each.name) is None]
    if absent:
        return SchemaError(
            f"List '{shape.title}' lacks {listed(absent)}.", "Run `provision`, which adds what is missing."
        )
    if not found.rights.edit:
        return AccessError(f"We may not edit items of '{shape.title}'.", "Ask the site's owner to share it with us.")
    return None


@dataclass(frozen=True, slots=True)
class _Walk:
    source: Source
    store: ListStore
    admin: ListAdmin | None
    portfolio: Portfolio

    def result(self) -> SourceCheck:
        passed: list[Hop] = []
        try:
            passed.extend(self.store.probe(self.source))
            binding = self._binding()
            found = self._found()
            lock = self._lock(found)
        except SourceError as error:
            return SourceCheck(self.source.name, tuple(passed), error)
        misfit = misfit_of(binding) or (_unwritable(found) if found and lock is ItemLock.REGULATORY else None)
        if misfit is None:
            passed.append(_columns(binding))
        return SourceCheck(
            source=self.source.name,
            passed=tuple(passed),
            error=misfit,
            effect=write_effect(self.source.write.mode, found.terms if found else None),
            columns=column_uses(binding),
            remarks=remarks(binding, found, lock),
        )

    def _binding(self) -> Binding:
        policies = self.portfolio.policies
        schema = self.store.describe(self.source)
        return bind(self.source, schema, policies.labels, current_matrix(self.source.matrix, policies))

    def _found(self) -> FoundList | None:
        return self.admin.find(SitePlace(self.source.site, self.source.list)) if self.admin else None

    def _lock(self, found: FoundList | None) -> ItemLock | None:
        """Asked only of a list that is written to."""
        if found is None or self.admin is None or self.source.write.mode is WriteMode.OFF:
            return None
        return self.admin.item_lock(self.source.site, found)


def _unwritable(found: FoundList) -> SchemaError:
    return SchemaError(
        f"A retention label makes regulatory records of the items of '{found.title}', so that nobody can edit them.",
        "Ask who keeps the labels for one that allows edits, or set `write: {mode: off}` for this source.",
    )


def _columns(binding: Binding) -> Hop:
    schema, write = binding.schema, binding.mapping.write
    owned = "" if write.mode is WriteMode.OFF else f", {len(write.columns)} owned"
    return Hop("columns", f"{len(binding.columns)} mapped{owned}; {schema.item_count} items; zone {schema.zone}")
