"""Rules and mappings as data, filled from the portfolio file. Nothing here decides anything."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sync.core.model import Band, Kind, Overdue, WorkStatus
from sync.core.ownership import DriftPolicy, OwnedField, WriteMode
from sync.core.risk import Matrix


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


class DayOrder(StrEnum):
    """What 03/04/2026 means in a list that writes dates as text."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class Quarters(StrEnum):
    """Whether Q1 begins in January, or in April as the financial year that is named by the year it begins in."""

    CALENDAR = "calendar"
    FINANCIAL = "financial"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateWords:
    """What the text dates of one list mean beyond those that name a day beyond doubt. What is not told here is never
    guessed. `months`: `March 2026` is read, as its last day (its first, where something starts); so are quarters."""

    order: DayOrder | None = None
    quarters: Quarters | None = None
    months: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMapping:
    """How one list maps onto the canonical model. `key` is the column staff know a record by. `matrix`: the one whose
    scales the list's scores are steps of; the default one where it is None. `groups`: for projects, by the name of a
    grouping of the council's own, the columns that hold what a project is counted under in roll-ups; the first that
    holds anything counts. They decide no value that is written."""

    name: str
    kind: Kind
    key: str | None = None
    fields: Mapping[str, FieldMapping] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    register: str | None = None
    matrix: str | None = None
    dates: DateWords = field(default_factory=DateWords)
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
class HoldPolicy:
    """`max_days`: how long a flag may be held at most, counted from the day on which the hold was first seen."""

    max_days: int = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupPolicy:
    """`thresholds`: a programme reads this status as soon as that percentage of its open projects reads so or worse;
    empty means the worst project decides."""

    thresholds: Mapping[WorkStatus, int] = field(default_factory=dict)


REVIEW_MONTHS: dict[Band, int] = {
    Band.VERY_HIGH: 1,
    Band.HIGH: 1,
    Band.MEDIUM: 3,
    Band.LOW: 6,
    Band.NOT_ASSESSED: 1,
}
"""Months between reviews, by band; what nobody has assessed is looked at as soon as the worst."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPolicy:
    """Months between reviews by band; bands left out keep the default. A register's own cadence comes first."""

    months: Mapping[Band, int] = field(default_factory=dict)

    def months_of(self, band: Band) -> int:
        return self.months.get(band, REVIEW_MONTHS[band])


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPolicy:
    """A register's place beside the lists that make it up. `kept_by`: the body whose word "cannot mitigate" is on it.
    `months`: between reviews of everything in it, whatever its band."""

    title: str | None = None
    kept_by: str | None = None
    months: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A body that meets. `meets`: its meeting dates. `papers_due_days`: working days before a meeting by which papers
    are due, so that what is raised later goes to the meeting after."""

    meets: tuple[date, ...] = ()
    papers_due_days: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What a rung takes on: records of these registers (or that reached these rungs), all of whose conditions hold.

    `band`: at least that one; a record that was never assessed has none. `cannot_mitigate`: the keeper of where it
    comes from has judged so. `above_appetite`: worse than the appetite of its category. `tolerance_expired`: the day
    until which it was tolerated has passed.
    """

    source: tuple[str, ...]
    band: Band | None = None
    cannot_mitigate: bool = False
    above_appetite: bool = False
    tolerance_expired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step of the ladder. Any one acceptance is enough. `board`: who meets and decides, a name of `boards` where
    its meetings are known. `decide_within_days`: calendar days; where None, by the board's next meeting."""

    name: str
    board: str
    accepts: tuple[Acceptance, ...] = ()
    decide_within_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecedencePolicy:
    """Which source is believed where two lists tell of one project: by kind and field, sources with the best first.
    Fields left out follow `sources`; where neither says, both values are shown and none wins."""

    sources: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityPolicy:
    """The field that tells records of one title apart where their key has changed, by kind: `{project: department}`."""

    place: Mapping[Kind, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPolicy:
    """What reports say at their head, and what a public edition may tell.

    `reference`, `marking`: of the committee's papers. `public_titles`: sources whose titles were written to be
    published. `stale_days`: a status older than that is stale.
    """

    reference: str | None = None
    marking: str = "OFFICIAL"
    public_titles: tuple[str, ...] = ()
    stale_days: int = 31


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
    """`matrices`: by name, the versions of each, the oldest first. `appetite`: by category of risk, the worst band
    that is still within it."""

    overdue: OverduePolicy = field(default_factory=OverduePolicy)
    hold: HoldPolicy = field(default_factory=HoldPolicy)
    rollup: RollupPolicy = field(default_factory=RollupPolicy)
    labels: Labels = field(default_factory=Labels)
    matrices: Mapping[str, tuple[Matrix, ...]] = field(default_factory=dict)
    appetite: Mapping[str, Band] = field(default_factory=dict)
    review: ReviewPolicy = field(default_factory=ReviewPolicy)
    registers: Mapping[str, RegisterPolicy] = field(default_factory=dict)
    boards: Mapping[str, Board] = field(default_factory=dict)
    ladder: tuple[Rung, ...] = ()
    precedence: Mapping[Kind, PrecedencePolicy] = field(default_factory=dict)
    identity: IdentityPolicy = field(default_factory=IdentityPolicy)
    reports: ReportPolicy = field(default_factory=ReportPolicy)
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
