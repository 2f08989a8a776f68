"""From what a list should have and what it has to the steps between the two; where nothing is missing there are none.

A column of ours that is there already is dressed and never retyped; its choices are only added to. A column of staff's,
and a view that we did not make, are never touched.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sync.core.columns import Column, ColumnType
from sync.core.ownership import WriteMode
from sync.core.policy import Labels, SourceMapping
from sync.core.provisioning.made import Made, What, find
from sync.core.provisioning.shape import (
    LONGEST_LIST_TO_INDEX,
    MOST_INDEXES,
    ColumnChange,
    ColumnShape,
    FoundColumn,
    FoundList,
    FoundView,
    ListShape,
    ViewShape,
)
from sync.core.provisioning.views import views_of
from sync.core.provisioning.wanted import Hindrance, Wanted, wanted_of
from sync.core.text import fold, tidy


class Wording(Protocol):
    """How the host keeps what shapes say in values: see the port of the engine."""

    def formatter(self, column: ColumnShape) -> str:
        """What formats the column; blank where nothing does."""

    def query(self, view: ViewShape) -> str:
        """What selects and orders the view's rows."""


@dataclass(frozen=True, slots=True)
class MakeList:
    """`begun`: it is there, and nobody knows whether its settings and rights were ever given to it."""

    shape: ListShape
    begun: bool = False


@dataclass(frozen=True, slots=True)
class MakeColumn:
    """`hold`: the column is staff's own from then on."""

    shape: ColumnShape
    hold: bool = False


@dataclass(frozen=True, slots=True)
class DressColumn:
    """`was`: what the same things were before. `made`: we made the column, so that there is nothing to give back."""

    name: str
    title: str
    change: ColumnChange
    was: ColumnChange
    made: bool = False


@dataclass(frozen=True, slots=True)
class MakeView:
    shape: ViewShape


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A view of ours that nobody else has changed, and that should be another by now."""

    id: str
    shape: ViewShape


Step = MakeList | MakeColumn | DressColumn | MakeView | ChangeView


@dataclass(frozen=True, slots=True, order=True)
class Left:
    """Something that is left as it is, and why: `view 'Overdue'`."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class ListSteps:
    """What is to be done to one list, in that order; what is left alone; and what has to be mended by a person."""

    steps: tuple[Step, ...] = ()
    left: tuple[Left, ...] = ()
    hindrances: tuple[Hindrance, ...] = ()


def steps_for_sources(
    mappings: Sequence[SourceMapping], found: FoundList, labels: Labels, wording: Wording, made: Sequence[Made]
) -> ListSteps:
    """What the sources of one list need there. Where two want a column or a view of one name, the first has it.

    `made`: what was made in that list before.
    """
    writing = [mapping for mapping in mappings if mapping.write.mode is not WriteMode.OFF]
    if not writing:
        return ListSteps(left=(Left("the list", "it is only read (`mode: off` in the portfolio file)"),))
    work = _Work(found, wording, made)
    for mapping in writing:
        wanted = wanted_of(mapping, work.found, labels)
        work.columns(wanted)
        if wanted.is_anything:
            work.views(views_of(mapping, work.found, labels))
    work.forsaken({name for mapping in mappings for name in mapping.write.columns.values()})
    return work.result()


def steps_for_shape(
    shape: ListShape, found: FoundList | None, wording: Wording, made: Sequence[Made], *, begun: bool = False
) -> ListSteps:
    """What a list of the service's own needs, from nothing or from where it stands. `begun`: a run was cut short while
    it made the list, which may still be open to everybody and under another title; so it is made to its end first."""
    work = _Work(found or nothing_yet(shape), wording, made)
    if found is None or begun:
        work.steps.append(MakeList(shape, begun=found is not None))
    work.columns(Wanted(columns=shape.columns))
    work.views(shape.views)
    return work.result()


def has_shape(found: FoundList, shape: ListShape) -> bool:
    """Whether the list has every column of the shape, by name and type: whoever made it, rows can be kept there."""
    there = {each.column.name: each.column.type for each in found.columns}
    return all(there.get(each.name) == each.type for each in shape.columns)


def nothing_yet(shape: ListShape) -> FoundList:
    """What there is of a list that is still to be made."""
    return FoundList(host="", guid="", title=shape.title, url=shape.url, item_count=0, columns=(), views=())


def form_of(view: ViewShape, wording: Wording) -> dict[str, Any]:
    """What `Made.was` keeps of a view as we leave it."""
    return {"columns": list(view.columns), "query": wording.query(view), "rows": view.rows}


def form_found(view: FoundView) -> dict[str, Any]:
    """A view as it is, in the same form."""
    return {"columns": list(view.columns), "query": view.query, "rows": view.rows}


def is_as_left(view: FoundView, forms: Sequence[Mapping[str, Any]], gone: Collection[str]) -> bool:
    """Whether a view is in one of the forms in which we left it. `gone`: columns that somebody deleted, which the
    host took out of every view by itself: nobody has changed the view."""
    found = form_found(view)
    without = ({**form, "columns": [name for name in form["columns"] if name not in gone]} for form in forms)
    return found in forms or found in without


def same_id(one: str | None, other: str) -> bool:
    """Whether two ids of views are one, with or without braces."""
    return one is not None and one.strip("{}").casefold() == other.strip("{}").casefold()


def is_column(made: Made, there: FoundColumn) -> bool:
    """Whether a column of that name is the one that was made: somebody may have deleted it and made another. Where no
    id is on record, for the answer was lost or the name was kept for it once, the name decides."""
    return made.ident in (None, made.name) or same_id(made.ident, there.id)


class _Work:
    """Plans one list: every step is taken at once in `found`, so that the next one builds on it."""

    def __init__(self, found: FoundList, wording: Wording, made: Sequence[Made]) -> None:
        self.found = found
        self.wording = wording
        self.made = made
        self.steps: list[Step] = []
        self.left: list[Left] = []
        self.hindrances: list[Hindrance] = []
        self.claimed: set[tuple[What, str]] = set()

    def result(self) -> ListSteps:
        return ListSteps(tuple(self.steps), tuple(self.left), tuple(dict.fromkeys(self.hindrances)))

    def columns(self, wanted: Wanted) -> None:
        self.hindrances += wanted.hindrances
        for shape in wanted.columns:
            if self._claim(What.COLUMN, shape.name):
                self._column(shape)
        for shape in wanted.holds:
            if self._claim(What.COLUMN, shape.name):
                self._make(shape, hold=True)

    def views(self, views: Sequence[ViewShape]) -> None:
        for view in views:
            if self._claim(What.VIEW, view.title):
                self._view(view)

    def forsaken(self, names: Collection[str]) -> None:
        """Columns of ours that stand under none of these names are told: nothing is written into them any more."""
        named = {there.column.name for name in names if (there := self.found.column(name)) is not None}
        for there in self.found.columns:
            ours = self._ours(there)
            if ours is not None and not ours.was.get("hold") and there.column.name not in named:
                self.left.append(Left(f"column {there.column.name} '{there.column.title}'", _FORSAKEN))

    def _ours(self, there: FoundColumn) -> Made | None:
        record = find(self.made, What.COLUMN, there.column.name)
        return record if record is not None and is_column(record, there) else None

    def _claim(self, what: What, name: str) -> bool:
        claim = (what, name.casefold())
        first = claim not in self.claimed
        self.claimed.add(claim)
        return first

    def _column(self, shape: ColumnShape) -> None:
        there = next((each for each in self.found.columns if each.column.name == shape.name), None)
        if there is None:
            self._make(shape)
            return
        change, was = self._dressing(shape, there)
        if change == ColumnChange():
            return
        ours = self._ours(there) is not None
        self.steps.append(DressColumn(shape.name, there.column.title, change, was, made=ours))
        dressed = replace(there, indexed=there.indexed or bool(change.indexed))
        self.found = replace(
            self.found, columns=tuple(dressed if each is there else each for each in self.found.columns)
        )

    def _make(self, shape: ColumnShape, *, hold: bool = False) -> None:
        if shape.indexed and not self._may_index(shape):
            shape = replace(shape, indexed=False)
        self.steps.append(MakeColumn(shape, hold))
        added = FoundColumn(column=Column(shape.name, shape.title, shape.type), indexed=shape.indexed)
        self.found = replace(self.found, columns=(*self.found.columns, added))

    def _dressing(self, shape: ColumnShape, there: FoundColumn) -> tuple[ColumnChange, ColumnChange]:
        change, was = ColumnChange(), ColumnChange()
        if tidy(there.description) != tidy(shape.description):
            change, was = replace(change, description=shape.description), replace(was, description=there.description)
        formatter = self.wording.formatter(shape)
        if formatter and formatter != there.formatter:
            change, was = replace(change, formatter=formatter), replace(was, formatter=there.formatter)
        if there.in_new_form is not shape.in_forms:
            change, was = replace(change, in_new_form=shape.in_forms), replace(was, in_new_form=there.in_new_form)
        if there.in_edit_form is not shape.in_forms:
            change, was = replace(change, in_edit_form=shape.in_forms), replace(was, in_edit_form=there.in_edit_form)
        if shape.indexed and not there.indexed and self._may_index(shape):
            change, was = replace(change, indexed=True), replace(was, indexed=False)
        if more := _more_choices(shape, there.column):
            choices = there.column.choices
            change, was = replace(change, choices=(*choices, *more)), replace(was, choices=choices)
        return change, was

    def _may_index(self, shape: ColumnShape) -> bool:
        why = why_no_index(self.found)
        if why is not None:
            self.left.append(Left(f"column {shape.name} without an index", why))
        return why is None

    def _view(self, view: ViewShape) -> None:
        record = find(self.made, What.VIEW, view.title)
        ours = next((each for each in self.found.views if record and same_id(record.ident, each.id)), None)
        there = self.found.view(view.title)
        if ours is not None and ours is not there:
            self.left.append(Left(f"view '{view.title}'", f"somebody has renamed it '{ours.title}'"))
        elif there is None:
            self.steps.append(MakeView(view))
        elif record is None and form_found(there) == form_of(view, self.wording):
            pass  # as we would make it: nobody has to do anything
        elif record is None or not (ours is there or record.ident is None):
            self.left.append(Left(f"view '{view.title}'", "the list has a view of that title that we did not make"))
        elif form_found(there) != form_of(view, self.wording):
            self._change(view, there, record)

    def _change(self, view: ViewShape, there: FoundView, record: Made) -> None:
        made_anew = {step.shape.name for step in self.steps if isinstance(step, MakeColumn)}
        if is_as_left(there, record.was.get("forms", []), made_anew):
            self.steps.append(ChangeView(there.id, view))
        else:
            self.left.append(Left(f"view '{view.title}'", "somebody has changed it since we made it"))


_FORSAKEN = (
    "we made it, and the portfolio file does not name it any more, so what it says gets old; delete it by hand if "
    "nobody needs it"
)


def why_no_index(found: FoundList) -> str | None:
    """Why SharePoint adds no index to a list; None where it does."""
    if found.item_count > LONGEST_LIST_TO_INDEX:
        return (
            f"the list has {found.item_count:,} items, and SharePoint adds no index beyond {LONGEST_LIST_TO_INDEX:,}; "
            "a view that begins with this column may show nothing"
        )
    if found.indexes >= MOST_INDEXES:
        return f"the list has {found.indexes} indexes, and SharePoint allows {MOST_INDEXES}; take one away first"
    return None


def _more_choices(shape: ColumnShape, column: Column) -> tuple[str, ...]:
    """The labels that a choice of its own would refuse."""
    if column.type is not ColumnType.CHOICE or column.fill_in:
        return ()
    offered = {fold(choice) for choice in column.choices}
    return tuple(choice for choice in shape.choices if fold(choice) not in offered)
