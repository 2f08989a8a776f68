"""Counts of a portfolio and of its parts, by what staff declared and by what the rules say.

Parts add up to totals: every project is in one row of each scope, and every risk and issue in one row of the registers.
Boards are the exception, for what the ladder recommends to none is in no row of theirs.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Self

from sync.core import explain
from sync.core.dates import plain
from sync.core.grouping import Group, Groups, groupings_of
from sync.core.history import History
from sync.core.matching import Matched
from sync.core.model import Band, Confidence, Issue, Overdue, Project, Risk, RiskStatus, WorkStatus
from sync.core.policy import Labels
from sync.core.raisings import is_decision_overdue, open_raising
from sync.core.snapshot import Record, RecordId
from sync.core.status import Assessment, is_open_threat, tally
from sync.core.text import counted, listed

REPORT_DAYS = 31
"""An open project that last reported longer ago than this is stale, unless the policies say otherwise."""

LONE = "A single restricted record is in the total only: any other figure would be its own."

BANDS_WORST_FIRST = (Band.VERY_HIGH, Band.HIGH, Band.MEDIUM, Band.LOW, Band.NOT_ASSESSED)


class Scope(StrEnum):
    """The scopes that every portfolio has; others bear the name of a mapped grouping (`SourceMapping.groups`)."""

    PORTFOLIO = "portfolio"
    THEME = "theme"
    PROGRAMME = "programme"
    DEPARTMENT = "department"
    REGISTER = "register"
    BOARD = "board"


OF_REGISTERED = frozenset({Scope.REGISTER, Scope.BOARD})
"""Scopes whose rows count risks and issues; those of all others count projects."""


def scope_of(text: str) -> str:
    """The scope of that name; a name that is none of ours is that of a mapped grouping."""
    return Scope(text) if text in frozenset(Scope) else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollup:
    """One row of figures. Every value of an enum is a key, 0 included.

    `scope` is a `Scope`, else the name of a mapped grouping. What is said here of a register goes for a board as well:
    of the risks and issues that the ladder recommends to it now. Where all that waits for any board is one restricted
    record, it is in the `total` of its row and in no other figure.

    `total` counts projects; in a register, its risks and issues. `counts` and `percent` are by declared status (blank
    is unknown; in a register, by risk status), each percentage rounded half up on its own over `total`. `computed` and
    `differs` tell what the rules say and for how many projects that is not what staff declared; a register has
    neither computed statuses nor confidence. `worst` is the worst computed status of the open projects, a programme's
    by its thresholds; in a register, the worst band of its open risks. `overdue` counts records of any kind that belong
    to the projects, the projects included; in a register, its own. `held` counts in the same way those whose flag staff
    hold; in every other figure they count as what they are. `open_risks` counts threats that are not closed. `stale`
    counts open projects that last reported more than `stale_days` ago, where that date is mapped. `projects` and
    `others` are the records behind the figures, and `lasting_coverage` is what `coverage` says without the day that
    moves every night, for rows that are kept from one night to the next; they are no part of the JSON form.
    """

    scope: str
    name: str
    total: int
    counts: Mapping[str, int]
    percent: Mapping[str, int]
    computed: Mapping[str, int]
    worst: WorkStatus | Band | None
    differs: int
    confidence: Mapping[str, int]
    open_risks: Mapping[str, int]
    overdue: int
    stale: int
    coverage: str
    reasons: tuple[str, ...] = ()
    held: int = 0
    direction: str | None = None
    projects: tuple[RecordId, ...] = ()
    others: tuple[RecordId, ...] = ()
    lasting_coverage: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "scope": str(self.scope),
            "name": self.name,
            "total": self.total,
            "counts": dict(self.counts),
            "percent": dict(self.percent),
            "computed": dict(self.computed),
            "worst": self.worst.value if self.worst else None,
            "differs": self.differs,
            "held": self.held,
            "confidence": dict(self.confidence),
            "open_risks": dict(self.open_risks),
            "overdue": self.overdue,
            "stale": self.stale,
            "direction": self.direction,
            "coverage": self.coverage,
            "reasons": list(self.reasons),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The row again, without the records behind it. What a later release counts besides is left out."""
        names = {each.name for each in fields(cls)} - {"projects", "others", "lasting_coverage"}
        given = {name: each for name, each in value.items() if name in names}
        scope = scope_of(value["scope"])
        worst = value["worst"] and (Band if scope in OF_REGISTERED else WorkStatus)(value["worst"])
        return cls(**{**given, "scope": scope, "worst": worst, "reasons": tuple(value["reasons"])})


def percentage(count: int, total: int) -> int:
    """An integer, rounded half up; of nothing, 0."""
    return (200 * count + total) // (2 * total) if total else 0


def roll_up(
    matched: Matched,
    assessments: Mapping[RecordId, Assessment],
    today: date,
    *,
    name: str = "Portfolio",
    labels: Labels | None = None,
    stale_days: int = REPORT_DAYS,
    boards: Iterable[str] = (),
    histories: Mapping[RecordId, History] | None = None,
) -> tuple[Rollup, ...]:
    """The portfolio's row, called `name`, then those of its themes, programmes, departments, registers, boards and
    mapped groupings.

    A scope of projects has rows only where something names a group; then projects that name none are in `(none)`, and
    what belongs to no project in `(no project)`, so that every column adds up to the portfolio's. A restricted record
    counts and is named nowhere; a group that would give one away is merged into `(other)`, and says so.

    Boards have a row for each of `boards` (`boards.names_of`), so that each can see that nothing waits for it, and of
    what the ladder recommends to one now; `histories` tell what was to be decided before today.
    """
    count = _Count(matched, assessments, labels or Labels(), today, stale_days, histories or {})
    groups = Groups(matched, count.has_figures)
    return (
        count.of_projects(Scope.PORTFOLIO, groups.portfolio(name)),
        *(count.of_projects(Scope.THEME, group) for group in groups.themes()),
        *(count.of_projects(Scope.PROGRAMME, group) for group in groups.programmes()),
        *(count.of_projects(Scope.DEPARTMENT, group) for group in groups.departments()),
        *(count.of_register(group) for group in groups.registers()),
        *(count.of_board(group) for group in groups.boards(boards, count.board_of)),
        *(
            count.of_projects(name, group)
            for name in groupings_of(matched.mappings.values())
            for group in groups.mapped(name)
        ),
    )


@dataclass(frozen=True, slots=True)
class _Count:
    """Counts what groups hold."""

    matched: Matched
    assessments: Mapping[RecordId, Assessment]
    labels: Labels
    today: date
    stale_days: int
    histories: Mapping[RecordId, History]

    @property
    def reporting_since(self) -> date:
        return self.today - timedelta(days=self.stale_days)

    def has_figures(self, record: Record) -> bool:
        """Whether a record that is no project shows in any figure."""
        return self._is_overdue(record) or self._is_held(record) or is_open_threat(record)

    def board_of(self, record: Record) -> str | None:
        """The board that the ladder recommends a record to now."""
        escalation = self.assessments[record.id].escalation
        return escalation.board if escalation else None

    def of_projects(self, scope: str, group: Group) -> Rollup:
        fields = [record.fields for record in group.projects if isinstance(record.fields, Project)]
        declared = [project.status or WorkStatus.UNKNOWN for project in fields]
        computed = [self._computed(record) for record in group.projects]
        counts = by_value(WorkStatus, declared)
        return Rollup(
            scope=scope,
            name=group.name,
            total=len(fields),
            counts=counts,
            percent={value: percentage(count, len(fields)) for value, count in counts.items()},
            computed=by_value(WorkStatus, computed),
            worst=self._worst(group),
            differs=sum(self.assessments[record.id].reads_worse for record in group.projects),
            confidence=by_value(Confidence, (project.confidence or Confidence.NOT_RATED for project in fields)),
            open_risks=by_value(Band, self._open_bands(group.others)),
            overdue=sum(map(self._is_overdue, (*group.projects, *group.others))),
            held=sum(map(self._is_held, (*group.projects, *group.others))),
            stale=sum(map(self._is_stale, group.projects)),
            coverage=self._coverage(group) + self._reported(group, f"since {plain(self.reporting_since)}"),
            lasting_coverage=self._coverage(group) + self._reported(group, "in time"),
            reasons=(*self._why(group), *group.notes),
            projects=tuple(record.id for record in group.projects),
            others=tuple(record.id for record in group.others),
        )

    def of_register(self, group: Group) -> Rollup:
        return self._of_registered(Scope.REGISTER, group, group.others, group.notes)

    def of_board(self, group: Group) -> Rollup:
        """What waits for one board. A single restricted record that no other hides has no figure but the total."""
        if group.gives_away:
            return self._of_registered(Scope.BOARD, group, (), (*group.notes, LONE))
        return self._of_registered(Scope.BOARD, group, group.others, (*self._late(group), *group.notes))

    def _of_registered(self, scope: Scope, group: Group, told: tuple[Record, ...], reasons: tuple[str, ...]) -> Rollup:
        """The figures of those that are told; the total is that of the group."""
        total = len(group.others)
        fields = [record.fields for record in told if isinstance(record.fields, Risk | Issue)]
        counts = by_value(RiskStatus, (held.status or RiskStatus.UNKNOWN for held in fields))
        bands = self._open_bands(told)
        return Rollup(
            scope=scope,
            name=group.name,
            total=total,
            counts=counts,
            percent={value: percentage(count, total) for value, count in counts.items()},
            computed=by_value(WorkStatus, ()),
            worst=next((band for band in BANDS_WORST_FIRST if band in bands), None),
            differs=0,
            confidence=by_value(Confidence, ()),
            open_risks=by_value(Band, bands),
            overdue=sum(map(self._is_overdue, told)),
            held=sum(map(self._is_held, told)),
            stale=0,
            coverage=self._coverage(group, "record"),
            lasting_coverage=self._coverage(group, "record"),
            reasons=reasons,
            others=tuple(record.id for record in group.others),
        )

    def _late(self, group: Group) -> list[str]:
        return decided_late(sum(map(self._is_decision_late, group.others)), len(group.others))

    def _is_decision_late(self, record: Record) -> bool:
        history, escalation = self.histories.get(record.id), self.assessments[record.id].escalation
        raising = open_raising(history.raised, escalation.rung) if history and escalation else None
        decided_on = getattr(record.fields, "decided_on", None)
        return raising is not None and is_decision_overdue(raising, decided_on, self.today)

    def _computed(self, project: Record) -> WorkStatus:
        return self.assessments[project.id].computed or WorkStatus.UNKNOWN

    def _open_bands(self, records: Iterable[Record]) -> list[Band]:
        return [self.assessments[record.id].band or Band.NOT_ASSESSED for record in records if is_open_threat(record)]

    def _is_overdue(self, record: Record) -> bool:
        return self.assessments[record.id].overdue is Overdue.OVERDUE

    def _is_held(self, record: Record) -> bool:
        return self.assessments[record.id].is_held

    def _worst(self, group: Group) -> WorkStatus | None:
        if not group.projects:
            return None
        if group.programme:
            return self.assessments[group.programme.id].computed
        return tally([(record, self._computed(record)) for record in group.projects]).status

    def _why(self, group: Group) -> list[str]:
        if group.programme:
            said = explain.reason(self.assessments[group.programme.id], self.labels)
            return [said] if said else []
        read = tally([(record, self._computed(record)) for record in group.projects])
        return [explain.sentence(explain.tally(read, self.labels))] if group.projects else []

    def _is_stale(self, project: Record) -> bool:
        last = self._last_reported(project)
        return last is not None and last < self.reporting_since

    def _last_reported(self, project: Record) -> date | None:
        is_open = not self._computed(project).is_over
        return project.fields.last_reported if isinstance(project.fields, Project) and is_open else None

    def _reported(self, group: Group, when: str) -> str:
        """How many of the open projects whose list maps it have reported of late; nothing where none does."""
        asked = [
            record
            for record in group.projects
            if not self._computed(record).is_over and "last_reported" in self.matched.mappings[record.source].fields
        ]
        fresh = sum(self._last_reported(record) is not None and not self._is_stale(record) for record in asked)
        if not asked:
            return ""
        of_all = counted(len(asked), "open project")
        return f"; of {of_all} whose list tells, {fresh} reported {when}"

    def _coverage(self, group: Group, noun: str = "project") -> str:
        """How much was read; of how much, only where every list was, since nobody knows what an unread one holds."""
        total = len(group.members)
        noun = "record" if group.others and not group.projects else noun
        unread = sorted(self.matched.unread & group.sources)
        if not unread:
            return f"{total} of {counted(total, noun)} read"
        named = [name for name in unread if not self.matched.mappings[name].restricted]
        lists = listed(explain.lists_named(named, len(unread) - len(named)))
        return f"{counted(total, noun)} read; {counted(len(unread), 'list')} could not be read: {lists}"


def decided_late(late: int, total: int) -> list[str]:
    """How many of those before a board were to be decided before today, where any was."""
    if not late:
        return []
    is_or_are, it = ("is", "it was") if late == 1 else ("are", "they were")
    return [f"{late} of {total} {is_or_are} past the day by which {it} to be decided."]


def by_value(vocabulary: type[StrEnum], values: Iterable[StrEnum]) -> dict[str, int]:
    """How often each value of an enum occurs, in its order, 0 included."""
    found = Counter(values)
    return {value.value: found[value] for value in vocabulary}
