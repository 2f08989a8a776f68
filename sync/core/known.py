"""What a run remembers of the lists it read, so that the next can tell an edit of staff's from a surprise.

Nothing that staff wrote is kept: digests only, and the places of records.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sync.core.columns import ColumnType
from sync.core.snapshot import RecordId


@dataclass(frozen=True, slots=True)
class Known:
    """One record as the last applied run saw it: digests of its key (if it has one) and of staff's values, when it
    was last modified, and the record that its reference named. A row that `where` left out has no digests."""

    id: RecordId
    source: str
    key_digest: str | None = None
    fields_digest: str | None = None
    modified: datetime | None = None
    parent: RecordId | None = None


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """What a mapped column was: its type, and the choices that it offered."""

    type: ColumnType
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LastApplied:
    """What the last applied run of one source saw. `rows`: items, admitted by `where` or not. `columns`: the mapped
    ones, by internal name. `release`: of this program, whose rules may differ from another's."""

    run_id: str
    today: date
    rows: int
    zone: str | None
    columns: Mapping[str, ColumnShape] = field(default_factory=dict)
    release: str = ""
