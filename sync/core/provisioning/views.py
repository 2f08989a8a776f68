"""The views that staff get in their own list: what is overdue, what is due soon, what is theirs, what to put right.

A list of more than 5,000 items shows a view only where it begins, and is ordered, by indexed columns. The nightly run
may not change views, so a list that comes near that length gets the views of a long one before it is there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sync.core.columns import ColumnType
from sync.core.model import REFERENCES, Kind, Overdue
from sync.core.owned import encode, fit
from sync.core.ownership import OwnedField, WriteMode
from sync.core.policy import Labels, SourceMapping
from sync.core.provisioning.shape import (
    VIEW_THRESHOLD,
    Ask,
    Condition,
    FoundColumn,
    FoundList,
    Order,
    ViewShape,
)

LONG_FROM = VIEW_THRESHOLD * 4 // 5
"""Items beyond which a list gets the views of a long one: it may well outgrow the others before somebody looks."""

_PEOPLE = frozenset({ColumnType.PERSON, ColumnType.PERSON_MULTI})
_LABELLED = frozenset({ColumnType.TEXT, ColumnType.CHOICE})
_DUE: dict[Kind, tuple[str, ...]] = {
    Kind.PROGRAMME: (),
    Kind.PROJECT: ("end",),
    Kind.MILESTONE: ("forecast", "original"),
    Kind.RISK: ("next_review",),
    Kind.ISSUE: ("due",),
    Kind.ACTION: ("due",),
}
_HOLD = ("hold_reason", "hold_until")
_SHOWN = (
    OwnedField.STATUS,
    OwnedField.OVERDUE,
    OwnedField.OVERDUE_SINCE,
    OwnedField.NEXT_REVIEW,
    OwnedField.REASON,
    OwnedField.CHECK,
    OwnedField.ESCALATE_TO,
)
"""Ours, as a reader asks: how it stands, since when, why, what to do. The stamp is for nobody who reads a list."""


def views_of(mapping: SourceMapping, found: FoundList, labels: Labels) -> tuple[ViewShape, ...]:
    """The views that the list's columns allow, none where it is only read or has no column of ours.

    | view | asks for | ordered by |
    |---|---|---|
    | Overdue | label of overdue | the longest overdue first |
    | Due soon | label of due soon | the day it is due |
    | My items | I own it, and it is not closed; one of today has no label yet and counts | the day it is due |
    | My reviews (risks) | a review is due some day, and I own it | the day of the review |
    | Please check | there is something to put right | the key |
    | Escalated (risks, issues) | there is a board to decide | the board |

    On a long list "My items" and "My reviews" ask first for what is overdue or due soon, which is indexed, and no view
    is ordered by a column that is not. A view for which a column or its index is missing is left out, since it would
    show an error. A yes or no in place of the label tells nothing of what is due soon; what is overdue is then found by
    the day since when. "Mine" is the first column of people of the owner's; a list that names owners in text has none.

    A view of the same title that the list has already is no reason to leave one out: whoever makes them decides.
    """
    if mapping.write.mode is WriteMode.OFF:
        return ()
    at_hand = _AtHand(mapping, found, labels)
    if not at_hand.ours:
        return ()
    return tuple(view for view in at_hand.views() if at_hand.can_be_shown(view))


@dataclass(frozen=True, slots=True)
class _AtHand:
    """What one list has to make views of."""

    mapping: SourceMapping
    found: FoundList
    labels: Labels

    @property
    def ours(self) -> dict[OwnedField, FoundColumn]:
        named = self.mapping.write.columns
        there = {each: self._column(named[each]) for each in OwnedField if each in named}
        return {each: column for each, column in there.items() if column is not None}

    @property
    def is_long(self) -> bool:
        return self.found.item_count > LONG_FROM

    def views(self) -> Iterator[ViewShape]:
        """Every view for whose conditions there are columns."""
        since, review, due = self._name(OwnedField.OVERDUE_SINCE), self._name(OwnedField.NEXT_REVIEW), self._due()
        if overdue := self._is(Overdue.OVERDUE) or self._since():
            yield self._view("Overdue", overdue, (*since, *review, *due))
        if due_soon := self._is(Overdue.DUE_SOON):
            yield self._view("Due soon", due_soon, (*review, *due))
        if (owner := self._owner()) is not None:
            mine = (Condition(owner, Ask.IS_ME),)
            pressing = self._is(Overdue.OVERDUE, Overdue.DUE_SOON) if self.is_long else ()
            still_open = () if self.is_long else self._is(Overdue.CLOSED, ask=Ask.IS_NOT)
            yield self._view("My items", (*pressing, *mine, *still_open), (*review, *due))
            if reviewed := self._filled(OwnedField.NEXT_REVIEW):
                yield self._view("My reviews", (*(pressing or reviewed), *mine), review)
        if check := self._filled(OwnedField.CHECK):
            yield self._view("Please check", check, self._known_by()[:1])
        if escalated := self._filled(OwnedField.ESCALATE_TO):
            yield self._view("Escalated", escalated, (*self._name(OwnedField.ESCALATE_TO), *since))

    def can_be_shown(self, view: ViewShape) -> bool:
        """Whether SharePoint shows it of a list that long."""
        return not self.is_long or self._is_indexed(view.where[0].column)

    def _view(self, title: str, where: tuple[Condition, ...], by: tuple[str, ...]) -> ViewShape:
        order = tuple(Order(name) for name in dict.fromkeys(by) if not self.is_long or self._is_indexed(name))
        return ViewShape(title=title, columns=self._columns(), where=where, order=order)

    def _name(self, owned_field: OwnedField) -> tuple[str, ...]:
        there = self.ours.get(owned_field)
        return (there.column.name,) if there is not None else ()

    def _is(self, *states: Overdue, ask: Ask = Ask.IS) -> tuple[Condition, ...]:
        """That the label is one of these, or is not, spelt as the list spells it."""
        there = self.ours.get(OwnedField.OVERDUE)
        if there is None or there.column.type not in _LABELLED:
            return ()
        values = (encode(there.column, fit(there.column, self.labels, state), None) for state in states)
        return (Condition(there.column.name, ask, tuple(str(value) for value in values)),)

    def _since(self) -> tuple[Condition, ...]:
        return self._filled(OwnedField.OVERDUE_SINCE) if OwnedField.OVERDUE in self.ours else ()

    def _filled(self, owned_field: OwnedField) -> tuple[Condition, ...]:
        return tuple(Condition(name, Ask.IS_NOT_BLANK) for name in self._name(owned_field))

    def _owner(self) -> str | None:
        return next((each.column.name for each in self._of("owner") if each.column.type in _PEOPLE), None)

    def _due(self) -> tuple[str, ...]:
        """The columns of days by which staff say it is due; text that means a day puts nothing in order."""
        of_kind = [each for name in _DUE[self.mapping.kind] for each in self._of(name)]
        return tuple(
            each.column.name for each in of_kind if each.column.type in (ColumnType.DATE, ColumnType.DATE_TIME)
        )

    def _columns(self) -> tuple[str, ...]:
        """Ours stand before what staff said of the record, so that a reader need not look for why it is there. A hold
        is shown wherever its flag is: formatting sees no column that the view leaves out."""
        ours = [name for each in _SHOWN for name in self._name(each)]
        named = [*(name for name, _ in REFERENCES[self.mapping.kind]), *_HOLD]
        if OwnedField.NEXT_REVIEW not in self.ours:
            named += ["status", *_DUE[self.mapping.kind]]
        return tuple(dict.fromkeys([*self._known_by(), *ours, *self._firsts(named)]))

    def _known_by(self) -> tuple[str, ...]:
        """By what staff know the record, and whose it is."""
        key = self._column(self.mapping.key) if self.mapping.key else None
        return ((key.column.name,) if key else ()) + self._firsts(["title", "owner"])

    def _firsts(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(each.column.name for name in names for each in self._of(name)[:1])

    def _of(self, field_name: str) -> list[FoundColumn]:
        """The columns of staff's that a canonical field is read from, the first to be asked first."""
        mapped = self.mapping.fields.get(field_name)
        names = mapped.column if mapped else ()
        return [column for name in names if (column := self._column(name)) is not None]

    def _column(self, name: str) -> FoundColumn | None:
        there = self.found.column(name)
        return there if there is not None and not there.hidden else None

    def _is_indexed(self, name: str) -> bool:
        there = self.found.column(name)
        return there is not None and there.indexed
