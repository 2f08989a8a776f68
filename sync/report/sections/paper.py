"""What every section of a paper is made from: the edition's view, its words, and how much of it a page can hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from sync.core.changes import Changes
from sync.core.directions import Direction
from sync.core.grouping import NO_PROJECT, NONE, OTHER, RESTRICTED
from sync.core.model import Band, Kind, Nature, Overdue, WorkStatus
from sync.core.policy import Calendar
from sync.core.rollup import Rollup, Scope
from sync.core.text import fold
from sync.core.view import Item
from sync.report import figures
from sync.report.catalogue import Catalogue
from sync.report.charts import Chart
from sync.report.document import Cell, Figure, Stack
from sync.report.editions import Edition, EditionView
from sync.report.sections import marks
from sync.report.sections.said import Said
from sync.report.tones import Badge

ROWS = 200
"""Rows of a table before it says how many more there are; the workbook lists them all."""

NAMES = 60
"""References in one cell before it says how many more there are."""

_GROUPS = {
    NONE: Said.GROUP_NONE,
    NO_PROJECT: Said.GROUP_NO_PROJECT,
    RESTRICTED: Said.GROUP_RESTRICTED,
    OTHER: Said.GROUP_OTHER,
}
"""What papers call the rows that no list names."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """The figures of an earlier report, as its own edition told them. `was`: as they were first, where they were
    corrected since."""

    label: str
    as_at: datetime
    rollup: tuple[Rollup, ...]
    was: tuple[Rollup, ...] = ()

    @property
    def day(self) -> date:
        return self.as_at.date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One edition's paper in the making.

    `previous`: the report that the view's changes are since. `trend`: the earlier reports, the oldest first.
    `calendar`: the days by which papers for meetings are counted. `rows`: of one table.
    """

    view: EditionView
    words: Catalogue
    previous: Frozen | None = None
    trend: tuple[Frozen, ...] = ()
    calendar: Calendar = field(default_factory=Calendar)
    rows: int = ROWS

    # words

    def say(self, message: StrEnum, **values: object) -> str:
        """A message without plural forms."""
        return self.words.text(message, **values)

    def count(self, message: StrEnum, number: int, **values: object) -> str:
        """A message in the plural form of the number."""
        return self.words.counted(message, number, **values)

    def day(self, day: date) -> str:
        """A day as sentences write it."""
        return self.words.day(day)

    def source_line(self, coverage: str | None = None) -> str:
        """As at when and from how much: what stands under every table and figure."""
        return self.words.source_line(self.as_at, self.coverage if coverage is None else coverage)

    def listed(self, names: Sequence[str]) -> str:
        """`a`, `a and b`, or `a, b and c`."""
        if len(names) < 2:
            return "".join(names)
        return self.say(Said.LISTED, names=", ".join(names[:-1]), last=names[-1])

    # what it is of

    @property
    def as_at(self) -> datetime:
        """The moment of the figures, in the portfolio's zone."""
        return self.local(self.view.as_at)

    def local(self, moment: datetime) -> datetime:
        """A moment in the portfolio's zone."""
        return moment.astimezone(ZoneInfo(self.view.zone))

    @property
    def changes(self) -> Changes | None:
        """What happened since the earlier report; None where there is none."""
        return self.view.changes

    @property
    def total(self) -> Rollup | None:
        """The portfolio's own row of figures."""
        return next((row for row in self.view.rollup if row.scope == Scope.PORTFOLIO), None)

    @property
    def coverage(self) -> str:
        """How much was read, as the portfolio's figures say it."""
        return f"{self.total.coverage}." if self.total else ""

    @property
    def is_pmo(self) -> bool:
        """Whether people may be named."""
        return self.view.edition is Edition.PMO

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it: then there are no reasons, no ladder and no names of records."""
        return self.view.edition is Edition.PUBLIC

    def of(self, *kinds: Kind) -> tuple[Item, ...]:
        """The edition's records of these kinds; no restricted one is among them."""
        return tuple(item for item in self.view.items if item.kind in kinds)

    def unplaced(self, *kinds: Kind) -> str:
        """How many restricted records of these kinds are only in totals; empty where there is none."""
        hidden = sum(self.view.hidden.get(kind, 0) for kind in kinds)
        return self.count(Said.UNPLACED, hidden) if hidden else ""

    def row_notes(self, *scopes: str) -> tuple[str, ...]:
        """What the rows of these scopes say of themselves, each once."""
        told = {text: row for row in self.view.rows if row.scope in scopes for text in row.notes}
        return tuple(
            self.say(
                Said.ROW_NOTE,
                row=self.say(Said.ALL) if row.scope == Scope.PORTFOLIO else self.group(row.name),
                text=text,
            )
            for text, row in told.items()
        )

    # how it is shown

    def status(self, status: WorkStatus | None) -> Badge:
        """A status in the council's own words."""
        known = status or WorkStatus.UNKNOWN
        return Badge(self.view.policies.labels.of_status(known), marks.STATUS_TONES[known])

    def overdue(self, state: Overdue | None) -> Badge | None:
        """How a due date stands, in the council's own words."""
        return Badge(self.view.policies.labels.of_overdue(state), marks.OVERDUE_TONES[state]) if state else None

    def band(self, band: Band | None) -> Badge:
        """A severity; not assessed where nothing is known."""
        known = band or Band.NOT_ASSESSED
        return Badge(self.words.band(known), marks.BAND_TONES[known])

    def severity(self, item: Item) -> Badge:
        """The band of a risk or an issue. That of an opportunity tells what there is to gain, and warns of nothing."""
        band = self.band(item.band)
        return Badge(band.text, marks.GAIN_TONES[item.band or Band.NOT_ASSESSED]) if is_opportunity(item) else band

    def direction(self, found: Direction | str | None) -> str | None:
        """Where something is heading: a sign beside the word, never instead of it."""
        if found is None:
            return None
        known = Direction(found)
        return f"{known.symbol} {self.say(Said[f'DIRECTION_{known.name}'])}"

    def kind(self, kind: Kind) -> str:
        """What sort of record it is."""
        return self.say(Said[f"KIND_{kind.name}"])

    def kinds(self, kind: Kind) -> str:
        """Several records of a sort."""
        return self.say(Said[f"KINDS_{kind.name}"])

    def group(self, name: str) -> str:
        """A row of figures: its name, or what a row without one of its own is."""
        return self.say(_GROUPS[name]) if name in _GROUPS else name

    def register(self, name: str) -> str:
        """A register by its title, where the portfolio gives it one."""
        titles = {fold(known): policy.title for known, policy in sorted(self.view.policies.registers.items())}
        return titles.get(fold(name)) or self.group(name)

    def figure(self, chart: Chart, caption: str) -> Figure:
        """A chart with its numbers and its source."""
        return figures.figure(chart, caption, self.words, source_line=self.source_line())

    def name(self, item: Item) -> Cell:
        """A record as a table names it: its reference above its title."""
        if item.title and item.title != item.ref:
            return Stack((item.ref, item.title))
        return item.ref

    def refs(self, items: Iterable[Item]) -> str:
        """References, sorted; those beyond what a cell holds are counted."""
        names = sorted(item.ref for item in items)
        more = len(names) - NAMES
        return self.listed([*names[:NAMES], self.count(Said.MORE, more)] if more > 0 else names)

    def bounded(self, rows: Sequence[_T]) -> tuple[_T, ...]:
        """As many rows as a table holds."""
        return tuple(rows[: self.rows])

    def beyond(self, rows: Sequence[object]) -> str:
        """How many rows a table does not show; empty where it shows them all."""
        more = len(rows) - self.rows
        return self.count(Said.ROWS_MORE, more) if more > 0 else ""


def is_opportunity(item: Item) -> bool:
    """Whether a risk is one that is hoped for. Blank means a threat."""
    return item.nature is Nature.OPPORTUNITY
