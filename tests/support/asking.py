"""One question about a list, asked by itself."""

from sync.core.columns import ListSchema
from sync.engine.asked import Changes, ChangesAsked
from sync.engine.ports import ListStore
from sync.engine.targets import Source
from sync.errors import SourceError


def changes(store: ListStore, source: Source, schema: ListSchema, since: str) -> frozenset[int] | None:
    """The items that the change log names since then; raises what the asking ends with."""
    (answer,) = store.ask(source.site, [ChangesAsked(source, schema, since)])
    if isinstance(answer, SourceError):
        raise answer
    assert isinstance(answer, Changes)
    return answer.item_ids
