"""Figures over the items of a view, as `sync.core.rollup` counts records: for rows that `safe_rows` puts together."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sync.core import explain
from sync.core.dates import plain
from sync.core.disclosure import SafeRollup
from sync.core.grouping import LOOSE, NO_PROJECT, RESTRICTED
from sync.core.model import REGISTERED, Band, Confidence, Kind, Nature, Overdue, Project, RiskStatus, WorkStatus
from sync.core.rollup import BANDS_WORST_FIRST, OF_REGISTERED, Rollup, Scope, by_value, percentage
from sync.core.snapshot import Record
from sync.core.status import Tally, tally
from sync.core.text import counted, fold, listed
from sync.core.view import Item, SourceSeen, View

TOGETHER = "Restricted records, and what belongs to restricted projects or programmes, are counted together here."

_NOTES = {NO_PROJECT: (LOOSE,), RESTRICTED: (TOGETHER,)}


@dataclass(frozen=True, slots=True)
class Members:
    """The records of one row: its projects, and the others that belong to them or to its register."""

    projects: tuple[Item, ...] = ()
    others: tuple[Item, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.projects or self.others)

    def __add__(self, more: "Members") -> "Members":
        return Members(self.projects + more.projects, self.others + more.others)

    @property
    def all(self) -> tuple[Item, ...]:
        return self.projects + self.others

    def where(self, holds: Callable[[Item], bool]) -> "Members":
        return Members(tuple(filter(holds, self.projects)), tuple(filter(holds, self.others)))


@dataclass(frozen=True, slots=True)
class Count:
    """Counts items as `sync.core.rollup` counts records; kinds in `alone` have a single restricted record."""

    view: View
    alone: frozenset[Kind]

    def row(self, row: Rollup, members: Members) -> SafeRollup:
        """That row, with the figures of those members. What may have no figure of its own is in the total only."""
        withheld = Counter(item.kind for item in members.all if self._is_withheld(item))
        told = members.where(lambda item: not self._is_withheld(item))
        notes = (*notes_of(row), *_withheld_notes(withheld))
        is_registered = row.scope in OF_REGISTERED
        figures = self._register(told, members) if is_registered else self._projects(row, told, members)
        why = figures.pop("why")
        return SafeRollup(
            scope=row.scope,
            name=row.name,
            held=sum(item.held for item in told.all),
            open_risks=by_value(Band, _open_bands(told.others)),
            overdue=sum(item.overdue is Overdue.OVERDUE for item in told.all),
            coverage=_coverage(row, self.view, members, told, f"since {plain(_reporting_since(self.view))}"),
            lasting_coverage=_coverage(row, self.view, members, told, "in time"),
            reasons=(*why, *notes),
            projects=tuple(item.id for item in members.projects),
            others=tuple(item.id for item in members.others),
            withheld=dict(sorted(withheld.items())),
            notes=notes,
            **figures,
        )

    def _projects(self, row: Rollup, told: Members, members: Members) -> dict[str, Any]:
        total, projects = len(members.projects), told.projects
        counts = by_value(WorkStatus, (item.declared or WorkStatus.UNKNOWN for item in projects))
        read = _read(projects, self._thresholds(row))
        return {
            "total": total,
            "counts": counts,
            "percent": {value: percentage(count, total) for value, count in counts.items()},
            "computed": by_value(WorkStatus, (item.computed or WorkStatus.UNKNOWN for item in projects)),
            "worst": read.status if projects else None,
            "differs": sum(item.reads_worse for item in projects),
            "confidence": by_value(Confidence, (item.confidence or Confidence.NOT_RATED for item in projects)),
            "stale": sum(_is_stale(item, self.view) for item in projects),
            "why": [explain.sentence(explain.tally(read, self.view.policies.labels))] if projects else [],
        }

    def _register(self, told: Members, members: Members) -> dict[str, Any]:
        total = len(members.others)
        counts = by_value(RiskStatus, (item.state or RiskStatus.UNKNOWN for item in told.others))
        bands = _open_bands(told.others)
        return {
            "total": total,
            "counts": counts,
            "percent": {value: percentage(count, total) for value, count in counts.items()},
            "computed": by_value(WorkStatus, ()),
            "worst": next((band for band in BANDS_WORST_FIRST if band in bands), None),
            "differs": 0,
            "confidence": by_value(Confidence, ()),
            "stale": 0,
            "why": [],
        }

    def _is_withheld(self, item: Item) -> bool:
        return item.restricted and item.kind in self.alone

    def _thresholds(self, row: Rollup) -> Mapping[WorkStatus, int] | None:
        """A programme reads by its thresholds; a name that only projects give does not."""
        programmes = {fold(programme_name(item)) for item in self.view.items if item.kind is Kind.PROGRAMME}
        is_programme = row.scope == Scope.PROGRAMME and fold(row.name) in programmes
        return self.view.policies.rollup.thresholds if is_programme else None


def _coverage(row: Rollup, view: View, members: Members, told: Members, when: str) -> str:
    """How much was read, as roll-ups say it: of how much, only where every list was. `when` projects reported."""
    total = len(members.projects or members.others)
    noun = "project" if members.projects else "record"
    reported = _reported(told.projects, view, when)
    unread = [seen for seen in view.sources if seen.read != "complete" and _may_hold(seen, row)]
    if not unread:
        return f"{total} of {counted(total, noun)} read{reported}"
    named = [seen.name for seen in unread if not seen.restricted]
    lists = listed(explain.lists_named(named, len(unread) - len(named)))
    return f"{counted(total, noun)} read; {counted(len(unread), 'list')} could not be read: {lists}{reported}"


def _may_hold(seen: SourceSeen, row: Rollup) -> bool:
    if row.scope not in OF_REGISTERED:
        return True
    name = RESTRICTED if seen.restricted else seen.register or seen.name
    return seen.kind in REGISTERED and (row.scope == Scope.BOARD or row.name == name)


def _reported(projects: Sequence[Item], view: View, when: str) -> str:
    """How many of the open projects reported of late, in lists where any project did."""
    lists = {item.source for item in projects if item.last_reported}
    asked = [item for item in projects if item.source in lists and not _reads_over(item)]
    if not asked:
        return ""
    fresh = sum(item.last_reported is not None and not _is_stale(item, view) for item in asked)
    of_all = counted(len(asked), "open project")
    return f"; of {of_all} whose list tells, {fresh} reported {when}"


def _is_stale(item: Item, view: View) -> bool:
    told = item.last_reported
    return told is not None and told < _reporting_since(view) and not _reads_over(item)


def _reporting_since(view: View) -> date:
    return view.today - timedelta(days=view.policies.reports.stale_days)


def _reads_over(item: Item) -> bool:
    return item.computed is not None and item.computed.is_over


def _open_bands(items: Iterable[Item]) -> list[Band]:
    return [item.band or Band.NOT_ASSESSED for item in items if is_open_threat(item)]


def is_open_threat(item: Item) -> bool:
    """Whether an item is a risk, not closed, and no opportunity. Blank means open, and a threat."""
    return item.kind is Kind.RISK and item.nature is not Nature.OPPORTUNITY and not item.is_over


def has_figures(item: Item) -> bool:
    """Whether an item that belongs to no project shows in any figure."""
    return item.overdue is Overdue.OVERDUE or item.held or is_open_threat(item)


def without_hidden_projects(programme: Item, view: View) -> Item:
    """A programme as its projects read that are not restricted: its status and reason would tell of the others.

    Where a portfolio has restricted projects, a programme of which no other project is known has no status to tell.
    """
    projects = [item for item in view.items if item.kind is Kind.PROJECT]
    if not any(item.restricted for item in projects):
        return programme
    name = fold(programme_name(programme))
    told = [item for item in projects if not item.restricted and fold(item.programme or "") == name]
    if not told:
        return replace(programme, computed=None, reason=None)
    read = _read(told, view.policies.rollup.thresholds)
    reason = explain.sentence(explain.tally(read, view.policies.labels))
    return replace(programme, computed=read.status, reason=reason)


def programme_name(programme: Item) -> str:
    """How its projects call it."""
    return programme.title or programme.ref


def _read(projects: Sequence[Item], thresholds: Mapping[WorkStatus, int] | None) -> Tally:
    return tally([(_record(item), item.computed or WorkStatus.UNKNOWN) for item in projects], thresholds)


def _record(item: Item) -> Record:
    """As much of its record as a tally asks for: what it is called, and whether it may be."""
    return Record(
        id=item.id,
        source=item.source,
        kind=item.kind,
        key=item.ref,
        fields=Project(title=item.title),
        owned={},
        version="",
        restricted=item.restricted,
    )


def empty_row(scope: str, name: str) -> Rollup:
    """A row before anything is counted."""
    empty: dict[str, int] = {}
    return Rollup(
        scope=scope,
        name=name,
        total=0,
        counts=empty,
        percent=empty,
        computed=empty,
        worst=None,
        differs=0,
        confidence=empty,
        open_risks=empty,
        overdue=0,
        stale=0,
        coverage="",
        reasons=_NOTES.get(name, ()),
    )


def notes_of(row: Rollup) -> tuple[str, ...]:
    """What a row without a name of its own says of itself."""
    return _NOTES.get(row.name, ())


def _withheld_notes(withheld: Mapping[Kind, int]) -> list[str]:
    return [
        f"{counted(count, f'restricted {kind.value}')} is in the total only: any other figure would be its own."
        for kind, count in sorted(withheld.items())
    ]
