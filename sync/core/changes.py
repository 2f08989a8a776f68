"""What changed between two moments of a portfolio, such as since the last board: record by record, worst first.

A record that is restricted in either view is only counted. A record that is missing from one of them because its list
could not be read is neither gone nor new: nothing can be said of it, and it is counted too.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sync.core.comparing import Reach, in_pairs, names, place
from sync.core.directions import JUDGED, Direction, compare, compare_scores, direction, level
from sync.core.model import Kind, Overdue, RiskStatus
from sync.core.policy import Rung
from sync.core.snapshot import RecordId
from sync.core.text import fold
from sync.core.view import Item, View

KINDS = (Kind.PROJECT, Kind.MILESTONE, Kind.RISK, Kind.ISSUE, Kind.ACTION)
"""The kinds that are compared; programmes are rows of a roll-up."""


class What(StrEnum):
    """What happened to a record; the order is that in which a board is told."""

    ESCALATED = "escalated"
    MATERIALISED = "materialised"
    WORSE = "worse"
    NO_LONGER_KNOWN = "no_longer_known"
    BECAME_OVERDUE = "became_overdue"
    SLIPPED = "slipped"
    DATE_REMOVED = "date_removed"
    PUSHED_OUT = "pushed_out"
    REOPENED = "reopened"
    NEW = "new"
    GONE = "gone"
    MOVED = "moved"
    RENAMED = "renamed"
    DATE_SET = "date_set"
    BROUGHT_FORWARD = "brought_forward"
    NOW_KNOWN = "now_known"
    REVIEWED = "reviewed"
    NO_LONGER_OVERDUE = "no_longer_overdue"
    STOOD_DOWN = "stood_down"
    BETTER = "better"
    CLOSED = "closed"


_ORDER = {what: place for place, what in enumerate(What)}
_KIND_ORDER = {kind: place for place, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that happened to one record: `attribute` of its item was `was` and is `now`.

    `before` and `after` are the record as both views told it, one of them None where it is new or gone; then
    `attribute` is empty. A new record that is on a rung already is ESCALATED too, with no `before`.
    """

    what: What
    attribute: str = ""
    before: Item | None = None
    after: Item | None = None

    @property
    def item(self) -> Item:
        """The record as it was told last."""
        told = self.after or self.before
        if told is None:
            raise ValueError("a change is about a record")
        return told

    @property
    def kind(self) -> Kind:
        return self.item.kind

    @property
    def was(self) -> Any:
        return getattr(self.before, self.attribute, None) if self.attribute else None

    @property
    def now(self) -> Any:
        return getattr(self.after, self.attribute, None) if self.attribute else None

    @property
    def days(self) -> int | None:
        """By how many calendar days a date moved, later being more; None for what is no date."""
        was, now = self.was, self.now
        return (now - was).days if isinstance(was, date) and isinstance(now, date) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChange:
    """A list that the portfolio took in (`joined`), or left, with all its `records`; they are not told one by one."""

    name: str
    kind: Kind
    records: int
    joined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What happened since `since`. `changes` is sorted worst first.

    `restricted` counts, by kind, restricted records of which something changed; `not_comparable` records that one view
    has and the other could not read. `directions`: where each record of the later view is heading that is not
    restricted and can be compared.
    """

    since: datetime
    changes: tuple[Change, ...] = ()
    lists: tuple[ListChange, ...] = ()
    restricted: Mapping[Kind, int] = field(default_factory=dict)
    not_comparable: Mapping[Kind, int] = field(default_factory=dict)
    directions: Mapping[RecordId, Direction] = field(default_factory=dict)

    def of(self, *whats: What, kind: Kind | None = None) -> tuple[Change, ...]:
        """The changes of these sorts, of one kind of record where that is named."""
        return tuple(each for each in self.changes if each.what in whats and kind in (None, each.kind))


def changes_between(before: View, now: View) -> Changes:
    """What happened to projects, milestones, risks, issues and actions. Depends on no order of items.

    Records are matched by their number; where either has none, by their place in SharePoint.
    """
    return _Comparison(before, now).made()


class _Comparison:
    """Two views, record by record."""

    def __init__(self, before: View, now: View) -> None:
        self._before, self._now = before, now
        self._matrices = now.policies.matrices
        self._heights = _heights(now.policies.ladder)
        self._changes: list[Change] = []
        self._lists: Counter[tuple[str, Kind, bool]] = Counter()
        self._restricted: Counter[Kind] = Counter()
        self._not_comparable: Counter[Kind] = Counter()
        self._directions: dict[RecordId, Direction] = {}
        self._renamed: frozenset[tuple[str, str]] = frozenset()
        self._reach_before, self._reach_now = Reach.of(before), Reach.of(now)

    def made(self) -> Changes:
        pairs, gone, new = in_pairs(self._before.items, self._now.items)
        self._renamed = frozenset(names(was, now) for was, now in pairs)
        for was, now in pairs:
            if now.kind in KINDS:
                self._both(was, now)
        for item in _compared(gone):
            self._alone(item, self._reach_now, Change(what=What.GONE, before=item), joined=False)
        for item in _compared(new):
            self._alone(item, self._reach_before, Change(what=What.NEW, after=item), joined=True)
        return Changes(
            since=self._before.as_at,
            changes=tuple(sorted(self._changes, key=_worst_first)),
            lists=tuple(
                ListChange(name=name, kind=kind, records=count, joined=joined)
                for (name, kind, joined), count in sorted(self._lists.items())
            ),
            restricted=_by_kind(self._restricted),
            not_comparable=_by_kind(self._not_comparable),
            directions={each: self._directions[each] for each in sorted(self._directions)},
        )

    def _both(self, was: Item, now: Item) -> None:
        if was.restricted or now.restricted:
            moved = was.restricted != now.restricted or any(True for _ in self._happened(was, now))
            self._restricted[now.kind] += moved
            return
        found = direction(was, now, self._matrices)
        clouded = JUDGED[now.kind][0] == "computed" and self._is_clouded(found)
        self._directions[now.id] = Direction.NOT_KNOWN if clouded else found
        self._changes += self._happened(was, now)

    def _alone(self, item: Item, other: Reach, change: Change, *, joined: bool) -> None:
        """A record that only one view has; `other` is what the other one could see."""
        if other.missed(item):
            self._not_comparable[item.kind] += 1
        elif item.restricted:
            self._restricted[item.kind] += 1
        else:
            self._told_alone(item, other, change, joined=joined)

    def _told_alone(self, item: Item, other: Reach, change: Change, *, joined: bool) -> None:
        if other.knows_list(item):
            self._changes.append(change)
        else:
            self._lists[item.source, item.kind, joined] += 1
        if joined:
            self._directions[item.id] = Direction.NEW
            self._changes += _escalated(None, item, self._heights)

    def _happened(self, was: Item, now: Item) -> Iterator[Change]:
        yield from self._moved(was, now)
        yield from _renamed(was, now)
        if now.is_over:
            if not was.is_over:
                yield Change(what=What.CLOSED, attribute=_standing(now), before=was, after=now)
            return
        if was.is_over:
            yield Change(what=What.REOPENED, attribute=_standing(now), before=was, after=now)
        else:
            yield from self._judged(was, now)
        yield from _dates(was, now)
        yield from _escalated(was, now, self._heights)

    def _moved(self, was: Item, now: Item) -> Iterator[Change]:
        """Where it stands. What belongs to a project stands where that does, and a project that has another name is
        still the same project."""
        differs = [name for name in _STANDS[now.kind] if self._stands_elsewhere(getattr(was, name), getattr(now, name))]
        if place(was) != place(now):
            differs.append("source")
        for name in sorted(differs):
            yield Change(what=What.MOVED, attribute=name, before=was, after=now)

    def _stands_elsewhere(self, was: str | None, now: str | None) -> bool:
        return fold(was or "") != fold(now or "") and (was, now) not in self._renamed

    def _is_clouded(self, found: Direction) -> bool:
        """Whether a computed status may have moved only because a list could not be read."""
        unseen_now, unseen_before = not self._reach_now.sees_belongings, not self._reach_before.sees_belongings
        return (found is not Direction.WORSE and unseen_now) or (found is not Direction.BETTER and unseen_before)

    def _judged(self, was: Item, now: Item) -> Iterator[Change]:
        for attribute in JUDGED[now.kind]:
            clouded = attribute == "computed" and self._is_clouded(compare(was, now, attribute))
            if not clouded and (what := _turn(was, now, attribute)):
                yield Change(what=what, attribute=attribute, before=was, after=now)
        if now.state is RiskStatus.MATERIALISED and was.state is not RiskStatus.MATERIALISED:
            yield Change(what=What.MATERIALISED, attribute="state", before=was, after=now)
        if now.kind is Kind.RISK and compare(was, now, "band") is Direction.SAME:
            scored = _TURNS.get(compare_scores(was, now, self._matrices))
            if scored:
                yield Change(what=scored, attribute="current", before=was, after=now)


_TURNS = {Direction.BETTER: What.BETTER, Direction.WORSE: What.WORSE}


def _turn(was: Item, now: Item, attribute: str) -> What | None:
    known_before, known_now = level(was, attribute) is not None, level(now, attribute) is not None
    if known_before and known_now:
        return _TURNS.get(compare(was, now, attribute))
    if known_before == known_now:
        return None
    return What.NOW_KNOWN if known_now else What.NO_LONGER_KNOWN


def _renamed(was: Item, now: Item) -> Iterator[Change]:
    if _tidy(was.title) != _tidy(now.title):
        yield Change(what=What.RENAMED, attribute="title", before=was, after=now)
    if was.ref != now.ref and not (was.ref == was.title and now.ref == now.title):
        yield Change(what=What.RENAMED, attribute="ref", before=was, after=now)


_STANDS: dict[Kind, tuple[str, ...]] = {
    Kind.PROJECT: ("theme", "programme", "department"),
    Kind.MILESTONE: ("project",),
    Kind.RISK: ("register", "project"),
    Kind.ISSUE: ("register", "project"),
    Kind.ACTION: ("parent",),
}


def _dates(was: Item, now: Item) -> Iterator[Change]:
    """How its dates moved. A risk's date is its next review: a later one is a push-out unless it was reviewed."""

    def change(what: What, attribute: str) -> Change:
        return Change(what=what, attribute=attribute, before=was, after=now)

    if now.overdue is Overdue.OVERDUE and was.overdue is not Overdue.OVERDUE:
        yield change(What.BECAME_OVERDUE, "overdue")
    if was.overdue is Overdue.OVERDUE and now.overdue in (Overdue.ON_TIME, Overdue.DUE_SOON):
        yield change(What.NO_LONGER_OVERDUE, "overdue")
    if now.kind is not Kind.RISK and was.due != now.due:
        yield change(_shift(was.due, now.due), "due")
    if now.last_reviewed and (was.last_reviewed is None or now.last_reviewed > was.last_reviewed):
        yield change(What.REVIEWED, "last_reviewed")
    if now.push_outs > was.push_outs:
        yield change(What.PUSHED_OUT, "push_outs")


def _shift(was: date | None, now: date | None) -> What:
    if was is None:
        return What.DATE_SET
    if now is None:
        return What.DATE_REMOVED
    return What.SLIPPED if now > was else What.BROUGHT_FORWARD


def _escalated(was: Item | None, now: Item, heights: Mapping[str, int]) -> Iterator[Change]:
    """Whether it reached a rung, or stands on a lower one than before; raised again to the same one is told again."""
    old = was.rung if was else None
    climbed = _height(now.rung, heights) - _height(old, heights)
    raised_again = was is not None and now.rung is not None and now.rung == old and now.repeats > was.repeats
    if climbed > 0 or raised_again:
        yield Change(what=What.ESCALATED, attribute="rung", before=was, after=now)
    elif climbed < 0:
        yield Change(what=What.STOOD_DOWN, attribute="rung", before=was, after=now)


def _heights(ladder: Iterable[Rung]) -> Mapping[str, int]:
    return {rung.name: height for height, rung in enumerate(ladder, 1)}


def _height(rung: str | None, heights: Mapping[str, int]) -> float:
    """The ladder is told from the bottom up; a rung that is no longer on it is somewhere below all others."""
    return 0 if rung is None else heights.get(rung, 0.5)


def _standing(item: Item) -> str:
    return "state" if item.kind in (Kind.RISK, Kind.ISSUE) else "declared"


def _compared(items: Iterable[Item]) -> list[Item]:
    return [item for item in items if item.kind in KINDS]


def _tidy(text: str | None) -> str:
    return " ".join((text or "").split())


def _by_kind(counts: Mapping[Kind, int]) -> Mapping[Kind, int]:
    return {kind: counts[kind] for kind in KINDS if counts.get(kind)}


def _magnitude(change: Change) -> int:
    """How bad it is among changes of its sort, most first."""
    if change.days is not None:
        return -change.days
    reads = level(change.item, JUDGED[change.kind][0])
    return len(_ORDER) if reads is None else reads


def _worst_first(change: Change) -> tuple[int, int, int, str, str, RecordId]:
    place = _KIND_ORDER[change.kind]
    return _ORDER[change.what], _magnitude(change), place, fold(change.item.ref), change.attribute, change.item.id
