"""The roll-ups of a view as they may be shown to readers: `disclosure` says by which rule, and why."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from functools import partial

from sync.core.boards import names_of
from sync.core.disclosure import SafeRollup, alone
from sync.core.grouping import NO_PROJECT, NONE, RESTRICTED
from sync.core.item_figures import Count, Members, empty_row, has_figures, notes_of, programme_name
from sync.core.model import REGISTERED, Kind
from sync.core.rollup import OF_REGISTERED, Rollup, Scope, decided_late
from sync.core.text import fold
from sync.core.view import Item, SourceSeen, View

NOT_HERE = "Restricted records are not counted here."

_LAST = {name: place for place, name in enumerate((NONE, NO_PROJECT, RESTRICTED), 1)}
_AXES: dict[Scope, Callable[[Item], str | None]] = {
    Scope.THEME: lambda item: item.theme,
    Scope.PROGRAMME: lambda item: item.programme,
    Scope.DEPARTMENT: lambda item: item.department,
}


def safe_rollup(view: View) -> tuple[SafeRollup, ...]:
    """The rows of the view's roll-up, the restricted row last in its scope. In every scope but that of boards, which
    count nothing restricted, they add up as those do; where nothing is restricted they are the roll-up's own."""
    if any(item.restricted for item in view.items):
        return tuple(_Rows(view).made())
    return all_told(view.rollup)


def all_told(rollup: Iterable[Rollup]) -> tuple[SafeRollup, ...]:
    """The rows of a roll-up that counts nothing restricted, as they are."""
    return tuple(
        SafeRollup(**{each.name: getattr(row, each.name) for each in fields(Rollup)}, notes=notes_of(row))
        for row in rollup
    )


@dataclass(frozen=True, slots=True)
class Told:
    """Rows that may be told, and the lists behind them."""

    rollup: tuple[SafeRollup, ...]
    sources: tuple[SourceSeen, ...]


def untold_directions(*told: Iterable[SafeRollup]) -> frozenset[tuple[str, str]]:
    """The rows, by scope and name, that have no direction: other restricted records may be in the figures it rests on
    than in those they are compared with, so that it would tell of them."""
    return frozenset((row.scope, row.name) for rows in told for row in rows if row.name == RESTRICTED or _hides(row))


def _hides(row: SafeRollup) -> bool:
    """Whether records of the kinds that the row's total counts are in that alone."""
    counted = REGISTERED if row.scope in OF_REGISTERED else {Kind.PROJECT}
    return any(kind in counted for kind in row.withheld)


class _Rows:
    """Rows made anew: groups of what is not restricted, and one row for all that is.

    Nothing here depends on the values of a record that is withheld, not even which rows there are: a theme that only
    restricted projects name is no row, and a programme or register that only they belong to is an empty one.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        items = {item.id: item for item in view.items}
        self._rows = view.rollup
        self._whole = Members()
        for row in view.rollup:
            if row.scope == Scope.PORTFOLIO:
                self._whole += Members(
                    tuple(map(items.__getitem__, row.projects)), tuple(map(items.__getitem__, row.others))
                )
        self._count = Count(view, alone(self._whole.all))
        self._hidden = {item.ref for item in self._whole.projects if item.restricted}

    def made(self) -> Iterator[SafeRollup]:
        """The portfolio's row, then those of each scope that names anything."""
        yield from (self._count.row(row, self._whole) for row in self._rows if row.scope == Scope.PORTFOLIO)
        for scope, place_of in _AXES.items():
            yield from self._axis(scope, place_of)
        yield from self._registers()
        yield from self._boards()
        for grouping in dict.fromkeys(row.scope for row in self._rows if row.scope not in frozenset(Scope)):
            yield from self._axis(grouping, partial(_word_in, grouping))

    def _axis(self, scope: str, place_of: Callable[[Item], str | None]) -> Iterator[SafeRollup]:
        told = self._whole.where(self._stays)
        known = self._programmes() if scope == Scope.PROGRAMME else []
        groups = _grouped(told.all, known, lambda item: place_of(item) or _nowhere(item))
        if all(name in _LAST for name in groups):
            return
        loose = groups.get(NO_PROJECT, [])
        groups[NO_PROJECT] = list(filter(has_figures, loose))
        for name in sorted(groups, key=_rank):
            if groups[name] or name not in _LAST:
                yield self._count.row(empty_row(scope, name), _members(groups[name]))
        together = self._whole.where(lambda item: not self._stays(item))
        if together:
            yield self._count.row(empty_row(scope, RESTRICTED), together)

    def _registers(self) -> Iterator[SafeRollup]:
        held = [item for item in self._whole.others if item.kind in REGISTERED]
        lists = [seen for seen in self._view.sources if seen.kind in REGISTERED]
        known = [seen.register or seen.name for seen in lists if not seen.restricted]
        told = [item for item in held if not item.restricted]
        groups = _grouped(told, known, lambda item: item.register or item.source)
        for name in sorted(groups, key=_rank):
            yield self._count.row(empty_row(Scope.REGISTER, name), Members((), tuple(groups[name])))
        together = tuple(item for item in held if item.restricted)
        if together or any(seen.restricted for seen in lists):
            yield self._count.row(empty_row(Scope.REGISTER, RESTRICTED), Members((), together))

    def _boards(self) -> Iterator[SafeRollup]:
        """Whether a record is before a board depends on what it says. So nothing restricted is counted here, and where
        it would be told that something is, every row says so alike."""
        told = [item for item in self._whole.others if item.board and not item.restricted]
        groups = _grouped(told, names_of(self._view.policies), lambda item: item.board or "")
        for name in sorted(groups, key=_rank):
            row = self._count.row(empty_row(Scope.BOARD, name), Members((), tuple(groups[name])))
            late = decided_late(sum(item.is_decision_late for item in groups[name]), row.total)
            yield replace(row, reasons=(*late, *row.reasons, NOT_HERE), notes=(*row.notes, NOT_HERE))

    def _stays(self, item: Item) -> bool:
        """Whether an item may be counted where it stands: what belongs to a restricted project would tell where that
        stands."""
        return not item.restricted and (item.kind is Kind.PROJECT or item.project not in self._hidden)

    def _programmes(self) -> list[str]:
        programmes = [item for item in self._view.items if item.kind is Kind.PROGRAMME]
        return [programme_name(item) for item in programmes if not item.restricted]


def _grouped(items: Iterable[Item], known: Iterable[str], place_of: Callable[[Item], str]) -> dict[str, list[Item]]:
    """Items by the name of where they stand, however that is written; `known` names are there even where empty."""
    names = {fold(name): " ".join(name.split()) for name in known}
    groups: dict[str, list[Item]] = defaultdict(list)
    for name in names.values():
        groups[name] = []
    for item in items:
        place = " ".join(place_of(item).split())
        groups[names.setdefault(fold(place), place)].append(item)
    return groups


def _word_in(grouping: str, item: Item) -> str | None:
    return item.groups.get(grouping)


def _nowhere(item: Item) -> str:
    return NONE if item.project or item.kind is Kind.PROJECT else NO_PROJECT


def _members(items: Iterable[Item]) -> Members:
    held = tuple(items)
    projects = tuple(item for item in held if item.kind is Kind.PROJECT)
    return Members(projects, tuple(item for item in held if item.kind is not Kind.PROJECT))


def _rank(name: str) -> tuple[int, str, str]:
    return _LAST.get(name, 0), fold(name), name
