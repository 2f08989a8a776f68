"""Figures that give no restricted record away, however a reader subtracts.

A report names the records that are not restricted one by one, with their statuses and bands, and so do the lists that
stand beside the roll-up list in SharePoint. So a row of figures that counted a single restricted record beside them
would tell that record's own status: ten in a register, nine of them named, leave the tenth. The rule, in every edition
and in the roll-up list:

1. Rows of themes, programmes, departments, mapped groupings and registers count what is not restricted. All restricted
   records stand in one row, `(restricted)`, and in the portfolio's, so that every column still adds up.
2. Of a kind (risk, project ...) with a single restricted record even that row would be its own: that record is in the
   totals only, and `withheld` says so. Because the rule goes by kind, no difference of two tables leaves one record.
3. What belongs to a restricted project stands in that row too: elsewhere it would tell where the project stands.
4. A name that only restricted projects give (a theme, say) is no row, and the status of a programme is that of its
   other projects: no figure depends on what the only restricted record of a kind holds.
5. Whether something is before a board depends on its band: rows of boards count nothing restricted, and say so.
6. Any other table (`count_groups`: heat maps, ages, categories) places no restricted record and says how many there
   are.

What it cannot do: hide what two restricted records share (two that are both very high), what somebody who knows one of
two can work out of the other, what the figures of different days tell by their difference, or that the status and the
reason of a project may rest on "a restricted risk", which the rules of the portfolio let them tell. The run report,
made for those who run the service, has the rows of `sync.core.rollup` as they are.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.core.model import Kind
from sync.core.rollup import Rollup
from sync.core.view import Item

TOO_FEW = 1
"""So many restricted records of one kind have no figure of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeRollup(Rollup):
    """A row of figures that may be told. `withheld`: restricted records, by kind, that belong to the row and are in
    its `total`, where that counts their kind, and in no other figure. `notes`: those of its reasons that name nothing.
    """

    withheld: Mapping[Kind, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return Rollup.to_json(self) | {"withheld": {kind.value: count for kind, count in self.withheld.items()}}


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """One group of a table: how many records, and how many of each value, which add up to that."""

    name: str
    total: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountTable:
    """Records by group and value. `total` is that of all rows and `restricted`, which stand in no row; `counts` are
    those of all rows."""

    rows: tuple[CountRow, ...]
    counts: Mapping[str, int]
    total: int
    restricted: int = 0


def count_groups(
    items: Iterable[Item],
    group_of: Callable[[Item], str],
    value_of: Callable[[Item], str],
    *,
    groups: Sequence[str] = (),
    values: Sequence[str] = (),
    restricted: int = 0,
) -> CountTable:
    """Counts items by group and value: every table that is no roll-up is made with it.

    `groups` and `values` are there even where nothing falls into them, in this order; others follow by name.
    `restricted`: how many records the edition keeps out of `items` (`EditionView.hidden`). A restricted item that is
    among them after all is counted with those, and placed nowhere.
    """
    listed = list(items)
    told = [(group_of(item), value_of(item)) for item in listed if not item.restricted]
    names = [*groups, *sorted({group for group, _ in told} - set(groups))]
    columns = [*values, *sorted({value for _, value in told} - set(values))]
    held = Counter(told)
    rows = []
    for name in names:
        counts = {column: held[name, column] for column in columns}
        rows.append(CountRow(name=name, total=sum(counts.values()), counts=counts))
    hidden = restricted + len(listed) - len(told)
    return CountTable(
        rows=tuple(rows),
        counts={column: sum(row.counts[column] for row in rows) for column in columns},
        total=len(told) + hidden,
        restricted=hidden,
    )


def alone(items: Iterable[Item]) -> frozenset[Kind]:
    """The kinds of which a single record is restricted."""
    restricted = Counter(item.kind for item in items if item.restricted)
    return frozenset(kind for kind, count in restricted.items() if count <= TOO_FEW)
