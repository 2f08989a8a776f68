"""The canonical model: what the lists mean once their columns, words and scales are mapped.

Every attribute is annotated with the `FieldType` that says how a list column is converted into it. A value that a list
leaves blank is None (or an empty tuple), never zero and never the best value of a scale.

Any record but a programme may be held by staff: `hold_reason` says why its flag is not to be acted on, `hold_until` is
the last day of that, and `hold_by` who set it. See `hold`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Annotated, get_type_hints


class Kind(StrEnum):
    PROGRAMME = "programme"
    PROJECT = "project"
    MILESTONE = "milestone"
    RISK = "risk"
    ISSUE = "issue"
    ACTION = "action"


REGISTERED = frozenset({Kind.RISK, Kind.ISSUE})
"""The kinds that stand in registers."""

HOLD_FIELDS = ("hold_reason", "hold_until", "hold_by")
"""With what staff hold a flag, of every kind but programmes. Columns for these are optional: a list is read without
them, and `provision` makes them."""


class WorkStatus(StrEnum):
    """How work stands; of projects, milestones and actions. `status.WORST_FIRST` orders them."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    ON_HOLD = "on_hold"
    NEEDS_REVIEW = "needs_review"
    COMPLETE = "complete"
    CLOSED = "closed"
    UNKNOWN = "unknown"

    @property
    def is_over(self) -> bool:
        return self in (WorkStatus.COMPLETE, WorkStatus.CLOSED)


class RiskStatus(StrEnum):
    """How a risk or an issue stands."""

    PROPOSED = "proposed"
    OPEN = "open"
    MATERIALISED = "materialised"
    CLOSED = "closed"
    UNKNOWN = "unknown"

    @property
    def is_over(self) -> bool:
        return self is RiskStatus.CLOSED


class Health(StrEnum):
    """What staff say of a project by colour, kept apart from its status."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NONE = "none"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """A judgement that the project will deliver, on three or five points."""

    GREEN = "green"
    AMBER_GREEN = "amber_green"
    AMBER = "amber"
    AMBER_RED = "amber_red"
    RED = "red"
    EXEMPT = "exempt"
    TOO_EARLY = "too_early"
    NOT_PROVIDED = "not_provided"
    NOT_RATED = "not_rated"


class Overdue(StrEnum):
    ON_TIME = "on_time"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    NO_DATE = "no_date"
    CLOSED = "closed"


class Band(StrEnum):
    """Severity of a risk, from a cell of a named matrix."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"
    NOT_ASSESSED = "not_assessed"


class Nature(StrEnum):
    THREAT = "threat"
    OPPORTUNITY = "opportunity"


class Freshness(StrEnum):
    """Whether a review or a report is recent enough; a dimension of its own, which never hides a status."""

    FRESH = "fresh"
    DUE = "due"
    STALE = "stale"
    NEVER = "never"


class FieldType(StrEnum):
    """How a column's value becomes a canonical value."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    FLAG = "flag"
    PEOPLE = "people"
    REFERENCE = "reference"
    SCORE = "score"
    RATING = "rating"
    BAND = "band"
    WORK_STATUS = "work_status"
    RISK_STATUS = "risk_status"
    HEALTH = "health"
    CONFIDENCE = "confidence"
    NATURE = "nature"


VOCABULARIES: dict[FieldType, type[StrEnum]] = {
    FieldType.WORK_STATUS: WorkStatus,
    FieldType.RISK_STATUS: RiskStatus,
    FieldType.HEALTH: Health,
    FieldType.CONFIDENCE: Confidence,
    FieldType.NATURE: Nature,
    FieldType.BAND: Band,
}


@dataclass(frozen=True, slots=True)
class Person:
    """Someone named in a mapped people column; `login` is None where the list holds plain text."""

    name: str
    login: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """Names another record: by item id where the column is a lookup (with the list it looks into), else by key."""

    text: str
    item_id: int | None = None
    list_guid: str | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """Likelihood and impact as steps of a matrix's scales, the lowest being 1; None where it is not assessed."""

    likelihood: int | None = None
    impact: int | None = None


UNRATED = Scores()


@dataclass(frozen=True, slots=True)
class Rating:
    """Several scores that a list keeps in one cell: `Before 3-3 After 3-1`, or `D4`, which is the current one."""

    inherent: Scores = UNRATED
    current: Scores = UNRATED
    target: Scores = UNRATED


Text = Annotated[str | None, FieldType.TEXT]
Day = Annotated[date | None, FieldType.DATE]
Number = Annotated[float | None, FieldType.NUMBER]
Flag = Annotated[bool | None, FieldType.FLAG]
People = Annotated[tuple[Person, ...], FieldType.PEOPLE]
Refers = Annotated[Reference | None, FieldType.REFERENCE]
Score = Annotated[int | None, FieldType.SCORE]
Rated = Annotated[Rating | None, FieldType.RATING]
Severity = Annotated[Band | None, FieldType.BAND]
Work = Annotated[WorkStatus | None, FieldType.WORK_STATUS]
RiskState = Annotated[RiskStatus | None, FieldType.RISK_STATUS]
Colour = Annotated[Health | None, FieldType.HEALTH]
Trust = Annotated[Confidence | None, FieldType.CONFIDENCE]
Side = Annotated[Nature | None, FieldType.NATURE]


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    key: Text = None
    title: Text = None
    owner: People = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    key: Text = None
    title: Text = None
    theme: Text = None
    programme: Refers = None
    department: Text = None
    owner: People = ()
    status: Work = None
    health: Colour = None
    confidence: Trust = None
    confidence_by: Text = None
    start: Day = None
    original_end: Day = None
    end: Day = None
    actual_end: Day = None
    percent_complete: Number = None
    budget: Number = None
    last_reported: Day = None
    hold_reason: Text = None
    hold_until: Day = None
    hold_by: People = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    key: Text = None
    title: Text = None
    project: Refers = None
    original: Day = None
    forecast: Day = None
    actual: Day = None
    status: Work = None
    hold_reason: Text = None
    hold_until: Day = None
    hold_by: People = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A threat or an opportunity; likelihood and impact are the current (residual) ones, on the matrix's steps.

    `rating` is for lists that keep scores in one cell; the mapping has put them into the six scores already.
    `score` and `band` are what the list itself says of its cell, and `matrix_version` with which version of its
    matrix. `cannot_mitigate` and `judged_by` (the bodies, parted by semicolons) and `judged_on`: who judged when that
    it cannot be mitigated. `rung` is where staff say it stands; `decided_on` when that body last decided on it.
    """

    key: Text = None
    title: Text = None
    project: Refers = None
    nature: Side = None
    category: Text = None
    cause: Text = None
    event: Text = None
    consequence: Text = None
    owner: People = ()
    raised: Day = None
    inherent_likelihood: Score = None
    inherent_impact: Score = None
    likelihood: Score = None
    impact: Score = None
    target_likelihood: Score = None
    target_impact: Score = None
    rating: Rated = None
    score: Number = None
    band: Severity = None
    matrix_version: Text = None
    response: Text = None
    proximity: Text = None
    status: RiskState = None
    last_reviewed: Day = None
    next_review: Day = None
    tolerance_end: Day = None
    cannot_mitigate: Flag = None
    judged_by: Text = None
    judged_on: Day = None
    rung: Text = None
    decided_on: Day = None
    confidential: Flag = None
    hold_reason: Text = None
    hold_until: Day = None
    hold_by: People = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A risk that happened, or a problem that there is. Its severity is a band; see `Risk` for the ladder's fields."""

    key: Text = None
    title: Text = None
    project: Refers = None
    category: Text = None
    severity: Severity = None
    owner: People = ()
    raised: Day = None
    due: Day = None
    status: RiskState = None
    cannot_mitigate: Flag = None
    judged_by: Text = None
    judged_on: Day = None
    rung: Text = None
    decided_on: Day = None
    confidential: Flag = None
    hold_reason: Text = None
    hold_until: Day = None
    hold_by: People = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MitigatingAction:
    """Something to be done about a risk, an issue or a project: its `parent`."""

    key: Text = None
    title: Text = None
    parent: Refers = None
    owner: People = ()
    due: Day = None
    done: Day = None
    status: Work = None
    hold_reason: Text = None
    hold_until: Day = None
    hold_by: People = ()


Fields = Programme | Project | Milestone | Risk | Issue | MitigatingAction

CLASSES: dict[Kind, type[Fields]] = {
    Kind.PROGRAMME: Programme,
    Kind.PROJECT: Project,
    Kind.MILESTONE: Milestone,
    Kind.RISK: Risk,
    Kind.ISSUE: Issue,
    Kind.ACTION: MitigatingAction,
}

REFERENCES: dict[Kind, tuple[tuple[str, tuple[Kind, ...]], ...]] = {
    Kind.PROGRAMME: (),
    Kind.PROJECT: (("programme", (Kind.PROGRAMME,)),),
    Kind.MILESTONE: (("project", (Kind.PROJECT,)),),
    Kind.RISK: (("project", (Kind.PROJECT,)),),
    Kind.ISSUE: (("project", (Kind.PROJECT,)),),
    Kind.ACTION: (("parent", (Kind.RISK, Kind.ISSUE, Kind.PROJECT)),),
}
"""Which fields of a kind name another record, and of which kinds that record may be."""


@cache
def field_types(kind: Kind) -> Mapping[str, FieldType]:
    """The canonical fields of a kind, in their order, with how each is converted."""
    hints = get_type_hints(CLASSES[kind], include_extras=True)
    return MappingProxyType({name: hint.__metadata__[0] for name, hint in hints.items()})
