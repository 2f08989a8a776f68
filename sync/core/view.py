"""A portfolio as reports tell it: every record with what the rules make of it, and what they add up to.

One value for every edition and format. It holds names and restricted records' places in totals; `sync.report.editions`
decides what of it a reader may see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sync.core.findings import Finding
from sync.core.history import DateTrail, Raising
from sync.core.model import (
    UNRATED,
    Band,
    Confidence,
    Freshness,
    Health,
    Kind,
    Nature,
    Overdue,
    Person,
    RiskStatus,
    Scores,
    WorkStatus,
)
from sync.core.policy import Policies
from sync.core.rollup import Rollup
from sync.core.snapshot import RecordId


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One record. Fields that its kind does not have, or its list does not map, are None or empty.

    `number`: its identity over time, None where it has no history yet. `ref`: how messages name it (its key, else its
    title, else its number; a restricted one by its number only). `project`: the ref of the project it belongs to,
    `parent` that of the record it refers to. `groups`: what its project is counted under in mapped groupings.
    `declared` and `computed` are of projects (`computed` also of programmes); milestones and actions have `declared`
    only; risks and issues have `state`. `due` is the day that counts, a risk's being its next review; `since` that day
    once it has passed. `original` is the date promised first. `slipped` is how the due date (a risk's: none) moved. A
    risk has its bands and scores, on `matrix` in `version`; an issue's `band` is its severity. `rung`: where the ladder
    recommends it, `declared_rung` where staff say it is, `raising` since when; `repeats` how often it had been raised
    there before, `is_decision_late` whether it was to be decided there before today and was not. `held`: whether staff
    hold its flag; only then are there `held_until`, the last day of that, `hold_reason` and `hold_by`.
    """

    id: RecordId
    number: int | None = None
    source: str
    kind: Kind
    ref: str
    title: str | None = None
    restricted: bool = False
    project: str | None = None
    parent: str | None = None
    theme: str | None = None
    programme: str | None = None
    department: str | None = None
    groups: Mapping[str, str] = field(default_factory=dict)
    register: str | None = None
    owners: tuple[Person, ...] = ()
    owner_mapped: bool = False
    is_over: bool = False
    # how it stands
    declared: WorkStatus | None = None
    computed: WorkStatus | None = None
    state: RiskStatus | None = None
    reads_worse: bool = False
    health: Health | None = None
    confidence: Confidence | None = None
    confidence_by: str | None = None
    percent_complete: float | None = None
    budget: float | None = None
    last_reported: date | None = None
    reported: Freshness | None = None
    reason: str | None = None
    # when
    start: date | None = None
    original: date | None = None
    due: date | None = None
    actual: date | None = None
    overdue: Overdue | None = None
    since: date | None = None
    slipped: DateTrail | None = None
    slips_since: date | None = None
    held: bool = False
    held_until: date | None = None
    hold_reason: str | None = None
    hold_by: tuple[Person, ...] = ()
    # risks and issues
    nature: Nature | None = None
    category: str | None = None
    response: str | None = None
    proximity: str | None = None
    raised: date | None = None
    matrix: str | None = None
    version: str | None = None
    inherent: Scores = UNRATED
    current: Scores = UNRATED
    target: Scores = UNRATED
    inherent_band: Band | None = None
    band: Band | None = None
    target_band: Band | None = None
    above_appetite: bool = False
    last_reviewed: date | None = None
    review_due: date | None = None
    reviewed: Freshness | None = None
    push_outs: int = 0
    tolerance_end: date | None = None
    rung: str | None = None
    board: str | None = None
    declared_rung: str | None = None
    raising: Raising | None = None
    repeats: int = 0
    is_decision_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSeen:
    """One list as it was read. `read`: `complete`, `partial` or `failed`; only complete ones count."""

    name: str
    kind: Kind
    read: str
    records: int
    register: str | None = None
    restricted: bool = False
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything a report may tell, as at one moment. `items` are sorted by source and item, restricted ones included.
    `since`: the day of the first run, from which counts of slips and push-outs are known."""

    name: str
    as_at: datetime
    today: date
    run_id: str
    zone: str
    sources: tuple[SourceSeen, ...]
    items: tuple[Item, ...]
    rollup: tuple[Rollup, ...]
    findings: tuple[Finding, ...]
    policies: Policies = field(default_factory=Policies)
    since: date | None = None
