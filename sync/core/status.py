"""What the rules make of each record: its date, its band, and the computed status of a project or programme.

A computed status starts from what staff declared and can only read worse. Every rule that fires leaves a reason; the
sentences are made in `explain`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sync.core import overdue
from sync.core.history import History
from sync.core.hold import Hold, hold_of
from sync.core.ladder import Escalation, escalation_of
from sync.core.matching import Matched
from sync.core.model import Band, Health, Issue, Kind, Nature, Overdue, Project, Risk, WorkStatus
from sync.core.policy import Calendar, OverduePolicy, Policies, SourceMapping
from sync.core.ratings import above_appetite, rate
from sync.core.review import Review, review_of
from sync.core.snapshot import Record, RecordId

WORST_FIRST: tuple[WorkStatus, ...] = (
    WorkStatus.OFF_TRACK,
    WorkStatus.AT_RISK,
    WorkStatus.NEEDS_REVIEW,
    WorkStatus.UNKNOWN,
    WorkStatus.ON_HOLD,
    WorkStatus.IN_PROGRESS,
    WorkStatus.ON_TRACK,
    WorkStatus.NOT_STARTED,
    WorkStatus.COMPLETE,
    WorkStatus.CLOSED,
)
_RANK = {status: rank for rank, status in enumerate(WORST_FIRST)}
_UNTOUCHED = frozenset({WorkStatus.COMPLETE, WorkStatus.CLOSED, WorkStatus.ON_HOLD})
_SEVERE = frozenset({Band.HIGH, Band.VERY_HIGH})


class Rule(StrEnum):
    """Why a project reads as it does, in the order in which reasons are given."""

    END_LATE = "end_late"
    MILESTONE_LATE = "milestone_late"
    HEALTH_RED = "health_red"
    END_OVERDUE = "end_overdue"
    MILESTONE_OVERDUE = "milestone_overdue"
    VERY_HIGH_RISK = "very_high_risk"
    ACTION_OVERDUE = "action_overdue"
    HEALTH_AMBER = "health_amber"

    @property
    def makes(self) -> WorkStatus:
        """The status that a project reads, at best, when this rule fires."""
        return WorkStatus.OFF_TRACK if self in _OFF_TRACK else WorkStatus.AT_RISK


_OFF_TRACK = frozenset({Rule.END_LATE, Rule.MILESTONE_LATE, Rule.HEALTH_RED})
_ORDER = {rule: place for place, rule in enumerate(Rule)}


@dataclass(frozen=True, slots=True)
class Behind:
    """The record behind a reason. Of a restricted one only its kind is kept, and of the reason no date, so that no
    surface can name it."""

    kind: Kind
    key: str | None = None
    title: str | None = None
    restricted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule that fired for a project. `behind` is the milestone, risk or action; None means the project itself.

    `due`: the date that passed; `days`: how long ago at least, where the rule asks for that. `risk` and `band`: the
    risk that an action mitigates, or of the risk itself; `reviewed`: when that was last looked at. `held`: the last day
    of the hold that is on what is behind it, which makes the project read no better.
    """

    rule: Rule
    behind: Behind | None = None
    due: date | None = None
    days: int | None = None
    risk: Behind | None = None
    band: Band | None = None
    reviewed: date | None = None
    held: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many of a group's open projects read `status` (or worse, where a threshold in per cent decided).

    `names` are the labels of those that may be named, sorted; `restricted` counts the others. `total` counts open
    projects, `over` the others; with none open, `status` is complete, or unknown where the group has no project at all.
    `worse` counts those that read worse still, but are too few for the threshold of what they read.
    """

    status: WorkStatus
    count: int
    total: int
    names: tuple[str, ...] = ()
    restricted: int = 0
    over: int = 0
    worse: int = 0
    threshold: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What the rules make of one record. `declared` and `computed` are of projects, `computed` also of programmes;
    `overdue` is of all but programmes, `band` of risks and issues. `overdue_since` is the due date once it has passed.

    Of risks: `matrix` and `version` are what the bands were read from; `review` is when it is to be looked at again.
    `escalation` is of risks and issues that the ladder says something about. `hold` is what staff set in columns of
    theirs, and changes nothing of all this."""

    kind: Kind
    due: date | None = None
    overdue: Overdue | None = None
    overdue_since: date | None = None
    band: Band | None = None
    inherent_band: Band | None = None
    target_band: Band | None = None
    above_appetite: bool = False
    matrix: str | None = None
    version: str | None = None
    review: Review | None = None
    escalation: Escalation | None = None
    declared: WorkStatus | None = None
    computed: WorkStatus | None = None
    reasons: tuple[Reason | Tally, ...] = ()
    hold: Hold | None = None

    @property
    def is_held(self) -> bool:
        """Whether staff hold its flag today."""
        return self.hold is not None and self.hold.counts

    @property
    def reads_worse(self) -> bool:
        """Whether the rules make a project read worse than staff reported."""
        return self.kind is Kind.PROJECT and self.computed is not (self.declared or WorkStatus.UNKNOWN)


def worst(statuses: Sequence[WorkStatus]) -> WorkStatus:
    """The worst of some statuses, of which there must be one."""
    return min(statuses, key=_RANK.__getitem__)


def assess(
    matched: Matched,
    policies: Policies,
    calendar: Calendar,
    today: date,
    histories: Mapping[RecordId, History] | None = None,
) -> Mapping[RecordId, Assessment]:
    """An assessment for every record, in the order of `matched.records`. Depends on nothing but its arguments.

    `histories`: what is known of records from earlier runs, such as the version of the matrix that rated them.
    """
    own = _Own(policies, calendar, today, histories or {})
    dated = {record.id: own.assess(record, matched.mappings[record.source]) for record in matched.records}
    rules = _Rules(matched, dated, policies.overdue, calendar, today)
    projects = {
        record.id: rules.project(record, record.fields)
        for record in matched.records
        if isinstance(record.fields, Project)
    }
    programmes = {
        record.id: _programme(record, matched, projects, policies)
        for record in matched.records
        if record.kind is Kind.PROGRAMME
    }
    # In place: of a million records a second table of them is felt.
    dated.update(projects)
    dated.update(programmes)
    return dated


def tally(projects: Sequence[tuple[Record, WorkStatus]], thresholds: Mapping[WorkStatus, int] | None = None) -> Tally:
    """The reading of a group of projects by their computed statuses, and which of them decided it.

    The worst status of the projects that are not complete or closed; a status that has a threshold counts only once
    that percentage of them reads so or worse.
    """
    alive = [(record, status) for record, status in projects if not status.is_over]
    if not alive:
        return Tally(
            status=WorkStatus.COMPLETE if projects else WorkStatus.UNKNOWN, count=0, total=0, over=len(projects)
        )
    limits = thresholds or {}
    status = next(status for status in WORST_FIRST if _reaches(alive, status, limits.get(status)))
    limit = limits.get(status)
    worse = [record for record, reads in alive if _RANK[reads] < _RANK[status]]
    behind = [record for record, reads in alive if reads is status] + ([] if limit is None else worse)
    return Tally(
        status=status,
        count=len(behind),
        total=len(alive),
        names=tuple(sorted(record.label for record in behind if not record.restricted)),
        restricted=sum(record.restricted for record in behind),
        over=len(projects) - len(alive),
        worse=len(worse) if limit is None else 0,
        threshold=limit,
    )


def _reaches(alive: Sequence[tuple[Record, WorkStatus]], status: WorkStatus, limit: int | None) -> bool:
    if limit is None:
        return any(reads is status for _, reads in alive)
    so_or_worse = sum(_RANK[reads] <= _RANK[status] for _, reads in alive)
    return so_or_worse > 0 and so_or_worse * 100 >= limit * len(alive)


@dataclass(frozen=True, slots=True)
class _Own:
    """What a record says by itself, whatever refers to it: its date, its band, its review and its rung."""

    policies: Policies
    calendar: Calendar
    today: date
    histories: Mapping[RecordId, History]

    def assess(self, record: Record, mapping: SourceMapping) -> Assessment:
        history = self.histories.get(record.id)
        hold = hold_of(record, history.hold if history else None, self.policies.hold, self.today)
        flagged = self._flagged(record, mapping)
        return replace(flagged, hold=hold) if hold else flagged

    def _flagged(self, record: Record, mapping: SourceMapping) -> Assessment:
        match record.fields:
            case Risk():
                return self._risk(record, record.fields, mapping)
            case Issue():
                band = record.fields.severity or Band.NOT_ASSESSED
                escalation = self._escalation(record, mapping, band, above_appetite=self._exceeds(record.fields, band))
                return replace(self._dated(record, overdue.due_date(record)), band=band, escalation=escalation)
            case _:
                return self._dated(record, overdue.due_date(record))

    def _risk(self, record: Record, fields: Risk, mapping: SourceMapping) -> Assessment:
        rated = rate(record, mapping, self.policies, self.histories.get(record.id), self.today)
        review = review_of(record, rated.band, mapping, self.policies, self.calendar, self.today)
        above = self._exceeds(fields, rated.band)
        return replace(
            self._dated(record, review.due if review else None),
            band=rated.band,
            inherent_band=rated.inherent_band,
            target_band=rated.target_band,
            above_appetite=above,
            matrix=rated.matrix,
            version=rated.version,
            review=review,
            escalation=self._escalation(record, mapping, rated.band, above_appetite=above),
        )

    def _dated(self, record: Record, due: date | None) -> Assessment:
        state, since = overdue.state(record, due, self.policies.overdue, self.calendar, self.today)
        return Assessment(kind=record.kind, due=due, overdue=state, overdue_since=since)

    def _exceeds(self, fields: Risk | Issue, band: Band) -> bool:
        """Of threats only: of an opportunity the more the better."""
        is_welcome = isinstance(fields, Risk) and fields.nature is Nature.OPPORTUNITY
        return not is_welcome and above_appetite(fields.category, band, self.policies.appetite)

    def _escalation(
        self, record: Record, mapping: SourceMapping, band: Band, *, above_appetite: bool
    ) -> Escalation | None:
        tolerated = record.fields.tolerance_end if isinstance(record.fields, Risk) else None
        return escalation_of(
            record,
            mapping.register or mapping.name,
            band,
            self.policies,
            above_appetite=above_appetite,
            tolerance_expired=tolerated is not None and tolerated < self.today,
            has_flag="cannot_mitigate" in mapping.fields,
        )


def _programme(
    record: Record, matched: Matched, projects: Mapping[RecordId, Assessment], policies: Policies
) -> Assessment:
    children = matched.children(record.id, Kind.PROJECT)
    read = tally(
        [(child, projects[child.id].computed or WorkStatus.UNKNOWN) for child in children], policies.rollup.thresholds
    )
    return Assessment(kind=record.kind, computed=read.status, reasons=(read,))


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules by which a project reads worse, over everything that refers to it."""

    matched: Matched
    dated: Mapping[RecordId, Assessment]
    policy: OverduePolicy
    calendar: Calendar
    today: date

    def project(self, record: Record, fields: Project) -> Assessment:
        """The project's own dates, with the status that the rules make of what staff declared."""
        own = self.dated[record.id]
        declared = fields.status or WorkStatus.UNKNOWN
        if declared in _UNTOUCHED:
            return replace(own, declared=declared, computed=declared)
        fired: list[Reason] = [*self._end(own), *self._milestones(record), *self._risks(record), *_health(fields)]
        return replace(
            own,
            declared=fields.status,
            computed=worst([declared, *(reason.rule.makes for reason in fired)]),
            reasons=(*sorted(fired, key=_place),),
        )

    def _end(self, own: Assessment) -> Iterator[Reason]:
        if own.overdue_since:
            yield self._passed(Rule.END_OVERDUE, Rule.END_LATE, own.overdue_since, None)

    def _milestones(self, project: Record) -> Iterator[Reason]:
        for milestone in self.matched.children(project.id, Kind.MILESTONE):
            if since := self.dated[milestone.id].overdue_since:
                reason = self._passed(Rule.MILESTONE_OVERDUE, Rule.MILESTONE_LATE, since, _behind(milestone))
                yield replace(reason, held=self._held(milestone))

    def _passed(self, rule: Rule, rule_if_late: Rule, due: date, behind: Behind | None) -> Reason:
        named = None if behind and behind.restricted else due
        if overdue.is_late(due, self.policy, self.calendar, self.today):
            return Reason(rule=rule_if_late, behind=behind, due=named, days=self.policy.late_days)
        return Reason(rule=rule, behind=behind, due=named)

    def _risks(self, project: Record) -> Iterator[Reason]:
        for record in self.matched.children(project.id, Kind.RISK):
            band = self.dated[record.id].band
            if not is_open_threat(record) or band not in _SEVERE:
                continue
            if band is Band.VERY_HIGH:
                yield replace(_very_high(record), held=self._held(record))
            for action in self.matched.children(record.id, Kind.ACTION):
                if since := self.dated[action.id].overdue_since:
                    reason = _overdue_action(action, record, band, since)
                    yield reason if record.restricted else replace(reason, held=self._held(action))

    def _held(self, record: Record) -> date | None:
        """Until when; of a restricted record nothing is told."""
        hold = self.dated[record.id].hold
        return hold.until if hold and hold.counts and not record.restricted else None


def is_open_threat(record: Record) -> bool:
    """Whether a record is a risk, not closed, and no opportunity. Blank means open, and a threat."""
    fields = record.fields
    return isinstance(fields, Risk) and fields.nature is not Nature.OPPORTUNITY and not overdue.is_over(record)


def _very_high(record: Record) -> Reason:
    reviewed = record.fields.last_reviewed if isinstance(record.fields, Risk) and not record.restricted else None
    return Reason(rule=Rule.VERY_HIGH_RISK, behind=_behind(record), band=Band.VERY_HIGH, reviewed=reviewed)


def _overdue_action(action: Record, record: Record, band: Band | None, due: date) -> Reason:
    """One restricted record of the two hides both: the other would lead to it."""
    if action.restricted or record.restricted:
        return Reason(rule=Rule.ACTION_OVERDUE, behind=Behind(Kind.ACTION, restricted=True))
    return Reason(rule=Rule.ACTION_OVERDUE, behind=_behind(action), due=due, risk=_behind(record), band=band)


def _health(fields: Project) -> Iterator[Reason]:
    if fields.health is Health.RED:
        yield Reason(rule=Rule.HEALTH_RED)
    elif fields.health is Health.AMBER:
        yield Reason(rule=Rule.HEALTH_AMBER)


def _behind(record: Record) -> Behind:
    if record.restricted:
        return Behind(record.kind, restricted=True)
    return Behind(record.kind, record.key, record.fields.title)


def _place(reason: Reason) -> tuple[int, date, str, str]:
    """By rule, then date, then key: what staff read must not depend on the order in which lists were read."""
    behind = reason.behind or Behind(Kind.PROJECT)
    return _ORDER[reason.rule], reason.due or date.min, behind.key or "", behind.title or ""
