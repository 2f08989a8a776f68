"""What may be asked of the lists of one site together, and the answers: many questions, few requests."""

from collections.abc import Mapping
from dataclasses import dataclass

from sync.core.columns import ListHead, ListSchema, Row
from sync.engine.targets import ListAddress, Source
from sync.errors import SourceError


@dataclass(frozen=True, slots=True)
class HeadsAsked:
    """How the site's lists stand; of them those at these addresses are told, each under its name."""

    lists: Mapping[str, ListAddress]


@dataclass(frozen=True, slots=True)
class SchemaAsked:
    """A source's list: its columns and its site's time zone, now. It is answered with a `ListSchema`."""

    source: Source


@dataclass(frozen=True, slots=True)
class WholeAsked:
    """Every item of a list that is short enough to be held, with these columns."""

    source: Source
    schema: ListSchema
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangesAsked:
    """What happened in a list since a place in its change log."""

    source: Source
    schema: ListSchema
    since: str


@dataclass(frozen=True, slots=True)
class ItemsAsked:
    """These items of a list, with these columns."""

    source: Source
    schema: ListSchema
    columns: tuple[str, ...]
    item_ids: tuple[int, ...]


Asked = HeadsAsked | SchemaAsked | WholeAsked | ChangesAsked | ItemsAsked


@dataclass(frozen=True, slots=True)
class Heads:
    """By the name that was given; a list that is not there is absent. `marks`: of every list of the site, by GUID."""

    by_name: Mapping[str, ListHead]
    marks: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Whole:
    """Every item, by ascending id."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """The items that were changed, by anybody and in any way; None where nothing can be concluded, because the log
    does not reach back so far or does not know the place."""

    item_ids: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Items:
    """By number; items that no longer exist are absent."""

    rows: Mapping[int, Row]


Answer = Heads | ListSchema | Whole | Changes | Items | SourceError
