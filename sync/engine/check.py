"""Walks to every list, hop by hop, and compares its columns with the mapping. Reads no item and writes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sync.core.mapping import bind
from sync.core.ownership import WriteMode
from sync.core.ratings import current_matrix
from sync.engine.ports import Hop, ListStore
from sync.engine.read import misfit_of
from sync.engine.targets import Portfolio, Source
from sync.errors import SourceError


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """The hops that were passed, and what stopped the walk or would stop a run."""

    source: str
    passed: tuple[Hop, ...]
    error: SourceError | None

    @property
    def is_ready(self) -> bool:
        return self.error is None


def check_sources(portfolio: Portfolio, lists: Mapping[str, ListStore]) -> Iterator[SourceCheck]:
    for source in portfolio.sources.values():
        yield _check(source, lists[source.connection], portfolio)


def _check(source: Source, store: ListStore, portfolio: Portfolio) -> SourceCheck:
    passed: list[Hop] = []
    try:
        passed.extend(store.probe(source))
        passed.append(_columns(source, store, portfolio))
    except SourceError as error:
        return SourceCheck(source.name, tuple(passed), error)
    return SourceCheck(source.name, tuple(passed), None)


def _columns(source: Source, store: ListStore, portfolio: Portfolio) -> Hop:
    schema = store.describe(source)
    policies = portfolio.policies
    binding = bind(source, schema, policies.labels, current_matrix(source.matrix, policies))
    if misfit := misfit_of(binding):
        raise misfit
    owned = "" if source.write.mode is WriteMode.OFF else f", {len(source.write.columns)} owned"
    return Hop("columns", f"{len(binding.columns)} mapped{owned}; {schema.item_count} items; zone {schema.zone}")
