"""Rules and mappings as data, filled from the portfolio file. Nothing here decides anything."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sync.core.model import Kind, Overdue, WorkStatus
from sync.core.ownership import DriftPolicy, OwnedField, WriteMode


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMapping:
    """Where a canonical field comes from: the first of `column` that has a usable value.

    `values`: canonical value -> the list's words for it; a word ending in `*` matches by its beginning.
    `refers_to`: the sources that a reference may point into; empty means every source of a fitting kind.
    """

    column: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    refers_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WritePolicy:
    """What may be written into a list, and how. `columns`: owned field -> the column that only we write.

    `drift`: one policy for every owned field, or one for each; fields that are not named are restored.
    """

    mode: WriteMode = WriteMode.QUIET
    adopt: bool = False
    drift: DriftPolicy | Mapping[OwnedField, DriftPolicy] = DriftPolicy.RESTORE
    columns: Mapping[OwnedField, str] = field(default_factory=dict)

    def drift_of(self, owned_field: OwnedField) -> DriftPolicy:
        if isinstance(self.drift, DriftPolicy):
            return self.drift
        return self.drift.get(owned_field, DriftPolicy.RESTORE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMapping:
    """How one list maps onto the canonical model. `key` is the column staff know a record by."""

    name: str
    kind: Kind
    key: str | None = None
    fields: Mapping[str, FieldMapping] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    register: str | None = None
    restricted: bool = False
    write: WritePolicy = field(default_factory=WritePolicy)


class NonWorkingDay(StrEnum):
    """Something due on a day nobody works is due that day, or on the next working day."""

    SAME = "same"
    NEXT = "next"


@dataclass(frozen=True, slots=True, kw_only=True)
class OverduePolicy:
    """`due_soon_days`: how long before its date an item is due soon. `late_days`: a project whose end date or
    milestone passed more than this many days ago is off track rather than at risk."""

    due_soon_days: int = 7
    late_days: int = 28
    due_on_non_working_day: NonWorkingDay = NonWorkingDay.SAME


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupPolicy:
    """`thresholds`: a programme reads this status as soon as that percentage of its open projects reads so or worse;
    empty means the worst project decides."""

    thresholds: Mapping[WorkStatus, int] = field(default_factory=dict)


STATUS_LABELS: dict[WorkStatus, str] = {
    WorkStatus.NOT_STARTED: "Not started",
    WorkStatus.IN_PROGRESS: "In progress",
    WorkStatus.ON_TRACK: "On track",
    WorkStatus.AT_RISK: "At risk",
    WorkStatus.OFF_TRACK: "Off track",
    WorkStatus.ON_HOLD: "On hold",
    WorkStatus.NEEDS_REVIEW: "Needs review",
    WorkStatus.COMPLETE: "Complete",
    WorkStatus.CLOSED: "Closed",
    WorkStatus.UNKNOWN: "Unknown",
}
OVERDUE_LABELS: dict[Overdue, str] = {
    Overdue.ON_TIME: "On time",
    Overdue.DUE_SOON: "Due soon",
    Overdue.OVERDUE: "Overdue",
    Overdue.NO_DATE: "No date",
    Overdue.CLOSED: "Closed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What staff read in an owned column instead of an enum name; entries left out keep their English default."""

    status: Mapping[WorkStatus, str] = field(default_factory=dict)
    overdue: Mapping[Overdue, str] = field(default_factory=dict)

    def of_status(self, status: WorkStatus) -> str:
        return self.status.get(status, STATUS_LABELS[status])

    def of_overdue(self, state: Overdue) -> str:
        return self.overdue.get(state, OVERDUE_LABELS[state])


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardPolicy:
    """When a plan is surprising enough to stop; each guard acts above its number, which is in per cent of a list's
    records. `minimum`: the fewest records for which a percentage means anything. `clock_minutes`: how far this
    machine's clock may be from the server's."""

    records_gone_percent: int = 20
    unexplained_percent: int = 30
    flipped_percent: int = 60
    minimum: int = 10
    clock_minutes: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    overdue: OverduePolicy = field(default_factory=OverduePolicy)
    rollup: RollupPolicy = field(default_factory=RollupPolicy)
    labels: Labels = field(default_factory=Labels)
    guards: GuardPolicy = field(default_factory=GuardPolicy)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days on which nobody works beside weekends: bank holidays and local closures."""

    closed: frozenset[date] = frozenset()


def digest(*parts: Any) -> str:
    """SHA-256 over dataclasses and plain values; equal policies give equal digests in every process."""
    text = json.dumps(parts, default=_plain, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, date):
        return value.isoformat()
    return asdict(value)
