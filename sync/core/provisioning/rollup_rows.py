"""The rows of the roll-up list: what each has to say, and which of them have to be written.

A row is written when something it says has changed, and at no other time: nothing in it counts days, and the day of its
figures moves only with them. A part of the portfolio that is no more is retired with its last figures, never deleted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sync.core.columns import Cell, Row
from sync.core.directions import Direction
from sync.core.model import Band, RiskStatus, WorkStatus
from sync.core.policy import Labels, Policies
from sync.core.provisioning.own_column import LONGEST_TEXT
from sync.core.provisioning.own_lists import key_of
from sync.core.provisioning.own_rows import RowChange, by_key, day_cell, differing, words
from sync.core.provisioning.rollup_columns import (
    BAND_WORDS,
    DIRECTION_WORDS,
    RISKS_COUNTED,
    WORK_COUNTED,
    Rolled,
    State,
    band_column,
    computed_column,
    count_column,
    percent_column,
    row_order,
    scope_word,
)
from sync.core.rollup import BANDS_WORST_FIRST, OF_REGISTERED, Rollup, Scope
from sync.core.text import cut, fold, harmless


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A portfolio's rows as they may be told to whoever reads the list (`sync.core.disclosure`), with where they are
    heading. `is_whole`: every list was read."""

    portfolio: str
    rows: tuple[Rollup, ...]
    policies: Policies
    is_whole: bool

    @property
    def labels(self) -> Labels:
        return self.policies.labels

    def title(self, row: Rollup) -> str:
        """What people call a row: a register may have a title beside the name it has in the portfolio file."""
        titles = {fold(name): each.title for name, each in sorted(self.policies.registers.items())}
        return (titles.get(fold(row.name)) if row.scope == Scope.REGISTER else None) or row.name


def changed_rows(items: Mapping[int, Row], figures: Figures, today: date) -> tuple[RowChange, ...]:
    """What has to be written into the list, in the order of the figures; rows of other portfolios are left alone.

    | the list has                                   | the figures have | written                                |
    |------------------------------------------------|------------------|----------------------------------------|
    | no such row                                    | a row            | a new item                             |
    | the row                                        | the same         | nothing                                |
    | the row                                        | others           | what differs, and the day              |
    | the row, retired                               | a row            | what differs: it is current again      |
    | a row of this portfolio                        | none             | that it is retired, and the day        |
    | a row of this portfolio, and lists were unread | none             | nothing: it may stand in an unread one |
    """
    wanted = wanted_rows(figures)
    there = by_key(items)
    stamp: dict[str, Cell] = {Rolled.AS_AT: day_cell(today)}
    found: list[RowChange] = []
    for key, cells in wanted.items():
        row = there.get(key)
        if row is None:
            found.append(RowChange(None, {**cells, **stamp}))
        elif differs := differing(row, cells):
            found.append(RowChange(row.item_id, {**differs, **stamp}))
    ours = {row.item_id for key, row in there.items() if key in wanted}
    left = sorted(set(items) - ours) if figures.is_whole else ()
    retired: dict[str, Cell] = {Rolled.STATE: State.RETIRED.value, **stamp}
    found += [RowChange(number, retired) for number in left if _is_current(items[number], figures.portfolio)]
    return tuple(found)


def wanted_rows(figures: Figures) -> dict[str, dict[str, Cell]]:
    """The cells of every row, all but the day, by the row's key: the portfolio's, the scope's and the part's name."""
    made: dict[str, dict[str, Cell]] = {}
    headings = list(_headings(figures))
    for row, heading in zip(figures.rows, headings, strict=True):
        key = _free_key(figures.portfolio, row, made)
        cells: dict[str, Cell] = {
            Rolled.NAME: cut(figures.title(row), LONGEST_TEXT),
            Rolled.PORTFOLIO: cut(figures.portfolio, LONGEST_TEXT),
            Rolled.SCOPE: cut(scope_word(row.scope), LONGEST_TEXT),
            Rolled.KEY: key,
            Rolled.ORDER: row_order(row.scope, row.name),
            Rolled.STATE: State.CURRENT.value,
            Rolled.DIRECTION: DIRECTION_WORDS[heading],
            **_said(row, figures.labels),
            **dict(_counts(row)),
        }
        made[key] = {name: harmless(cell) if isinstance(cell, str) else cell for name, cell in cells.items()}
    return made


def _is_current(row: Row, portfolio: str) -> bool:
    """Whether a row is of this portfolio, and not retired yet."""
    whose, state = fold(words(row, Rolled.PORTFOLIO)), fold(words(row, Rolled.STATE))
    return whose == fold(cut(portfolio, LONGEST_TEXT)) and state != fold(State.RETIRED)


def _free_key(portfolio: str, row: Rollup, taken: Iterable[str]) -> str:
    """Rows of one scope may bear one name, as two programmes can; the portfolio is one row whatever it is called."""
    parts = (portfolio, row.scope) if row.scope == Scope.PORTFOLIO else (portfolio, row.scope, row.name)
    key, number = key_of(*parts), 1
    while key in taken:
        number += 1
        key = key_of(*parts, f"#{number}")
    return key


def _headings(figures: Figures) -> Iterator[Direction]:
    """Where every row is heading. A row that the last frozen report does not have is new."""
    names = Counter((row.scope, row.name) for row in figures.rows)
    for row in figures.rows:
        if row.direction is not None:
            yield Direction(row.direction)
        else:
            yield Direction.NOT_KNOWN if names[row.scope, row.name] > 1 else Direction.NEW


def _said(row: Rollup, labels: Labels) -> dict[str, Cell]:
    is_work = row.scope not in OF_REGISTERED
    return {
        Rolled.TOTAL: row.total,
        Rolled.WORST: _worst(row.worst, labels),
        Rolled.DIFFERS: row.differs if is_work else None,
        Rolled.OVERDUE: row.overdue,
        Rolled.STALE: row.stale if is_work else None,
        Rolled.HELD: row.held,
        Rolled.WHY: " ".join(row.reasons) or None,
        Rolled.COVERAGE: row.lasting_coverage,
    }


def _worst(worst: WorkStatus | Band | None, labels: Labels) -> str | None:
    if worst is None:
        return None
    return BAND_WORDS[worst] if isinstance(worst, Band) else cut(labels.of_status(worst), LONGEST_TEXT)


def _counts(row: Rollup) -> Iterator[tuple[str, Cell]]:
    """Counts, with their percentages beside them; what a row does not count is blank, not zero."""
    statuses: Sequence[WorkStatus | RiskStatus] = (*WORK_COUNTED, *RISKS_COUNTED)
    for status in statuses:
        count = row.counts.get(status.value)
        yield count_column(status), count
        yield percent_column(status), row.percent.get(status.value) if row.total else None
    for status in WORK_COUNTED:
        yield computed_column(status), row.computed.get(status.value) if row.scope not in OF_REGISTERED else None
    for band in BANDS_WORST_FIRST:
        yield band_column(band), row.open_risks.get(band.value)
