"""What one source held when it was read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sync.core.findings import Finding
from sync.core.model import Fields, Kind
from sync.core.ownership import OwnedField, OwnedValue


@dataclass(frozen=True, slots=True, order=True)
class RecordId:
    """Where a record lives, for ever: renaming a list, a source or a key does not change it."""

    host: str
    list_guid: str
    item_id: int


@dataclass(frozen=True, slots=True)
class Record:
    """One list item in canonical form: staff's values in `fields`, the live values of our own columns in `owned`.

    `restricted` records count in totals and are named nowhere outside their own list. `created`: the day on which the
    item was made, as its site shows it. `groups`: of a project, what it is counted under in each mapped grouping.
    """

    id: RecordId
    source: str
    kind: Kind
    key: str | None
    fields: Fields
    owned: Mapping[OwnedField, OwnedValue]
    version: str
    modified: datetime | None = None
    editor_id: int | None = None
    restricted: bool = False
    problems: tuple[Finding, ...] = ()
    created: date | None = None
    groups: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """How messages name this record: its key, else its title, else its number; a restricted one by number."""
        if self.restricted:
            return f"item {self.id.item_id}"
        return self.key or self.fields.title or f"item {self.id.item_id}"


@dataclass(frozen=True, slots=True)
class Complete:
    """Everything the list held was read."""


@dataclass(frozen=True, slots=True)
class Partial:
    """Something is missing, so nothing may be concluded from what is there."""

    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that the source's `where` leaves out: it counts nowhere, but what we once wrote there is ours to clear."""

    id: RecordId
    source: str
    owned: Mapping[OwnedField, OwnedValue]
    version: str
    modified: datetime | None = None
    editor_id: int | None = None
    restricted: bool = False

    @property
    def label(self) -> str:
        return f"item {self.id.item_id}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`records` are those that the source's `where` admits; `left_out` are the other rows. `place`: the host and GUID
    of the list, which lookups into it name."""

    source: str
    records: Iterable[Record]
    read: Complete | Partial
    schema_digest: str
    taken_at: datetime
    left_out: tuple[LeftOut, ...] = ()
    place: tuple[str, str] | None = None
    problems: tuple[Finding, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Baseline:
    """The owned values we last wrote or agreed to for one record, and the run that did."""

    id: RecordId
    values: Mapping[OwnedField, OwnedValue]
    version: str | None
    run_id: str
