"""From what was made to the steps that take exactly that away again, and what is kept all the same.

| what                                             | becomes                                                |
|--------------------------------------------------|--------------------------------------------------------|
| a view of ours as we left it                     | goes                                                   |
| a view of ours that somebody changed or renamed  | stays, and is told                                     |
| a column that we dressed                         | gets back what it had, where it is still as we left it |
| a column of ours                                 | goes, with what it holds                               |
| a column in which staff hold a flag              | goes while it is empty, else stays                     |
| a list of ours                                   | goes, with all that is in it                           |
| a list that was begun and is not known as ours   | goes while it is empty, else stays, and is told        |
| a blank list made from a template                | goes while it is empty, else it is staff's             |
| what is gone already                             | is told, and forgotten                                 |
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sync.core.provisioning.made import Made, What
from sync.core.provisioning.shape import LONGEST_LIST_TO_INDEX, ColumnChange, FoundColumn, FoundList, FoundView
from sync.core.provisioning.steps import Left, is_as_left, is_column, same_id
from sync.core.text import counted, listed, tidy


@dataclass(frozen=True, slots=True)
class RemoveView:
    id: str
    title: str
    made: Made


@dataclass(frozen=True, slots=True)
class RestoreColumn:
    name: str
    title: str
    change: ColumnChange
    made: Made


@dataclass(frozen=True, slots=True)
class RemoveColumn:
    """`filled`: how many items hold something in it. Of the views that stay, `shown_in` only show it; `asked_in` choose
    or order their rows by it."""

    name: str
    title: str
    filled: int
    shown_in: tuple[str, ...]
    made: Made
    asked_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoveList:
    """`with_it`: what else was made there, which goes with the list. `others`: other portfolios with rows in it."""

    guid: str
    title: str
    items: int
    made: Made
    with_it: tuple[Made, ...] = ()
    others: tuple[str, ...] = ()


Removal = RemoveView | RestoreColumn | RemoveColumn | RemoveList


@dataclass(frozen=True, slots=True)
class ListRemovals:
    """What is to be taken away from one list, in that order; what stays and why; and what is gone already, which only
    has to be forgotten."""

    steps: tuple[Removal, ...] = ()
    left: tuple[Left, ...] = ()
    gone: tuple[Made, ...] = ()


def columns_to_count(found: FoundList | None, made: Sequence[Made]) -> tuple[str, ...]:
    """The columns of which it has to be known how many items hold something: none where the whole list goes."""
    if found is None or not found.item_count or any(_goes_whole(each) for each in made):
        return ()
    return tuple(each.name for each in made if each.what is What.COLUMN and _there(found, each.name))


def _goes_whole(made: Made) -> bool:
    """Whether it is a list of the service's own, whatever that holds."""
    return made.what is What.LIST and not made.was.get("template")


def removals(found: FoundList | None, made: Sequence[Made], filled: Mapping[str, int]) -> ListRemovals:
    """What becomes of what was made in one list. `filled`: of each of `columns_to_count`, how many items hold
    something."""
    itself = next((each for each in made if each.what is What.LIST), None)
    if found is None:
        told = Left(_name(itself) if itself else "the list", f"{_GONE}, and with it what was made there")
        return ListRemovals(left=(told,) if any(each.ident for each in made) else (), gone=tuple(made))
    inside = [each for each in made if each is not itself]
    left: list[Left] = []
    if itself is not None:
        if itself.ident is None and found.item_count:
            return ListRemovals(left=(Left(f"list '{found.title}'", _IN_USE),))
        if _goes_whole(itself) or not found.item_count:
            return ListRemovals((RemoveList(found.guid, found.title, found.item_count, itself, tuple(inside)),))
        left.append(Left(f"list '{found.title}'", f"it holds {counted(found.item_count, 'item')} of staff's"))
    outcomes: list[Removal | Left | _Gone] = [
        _view(found, each) for each in sorted(inside, key=_order) if each.what is What.VIEW
    ]
    going = {each.id for each in outcomes if isinstance(each, RemoveView)}
    found = replace(found, views=tuple(each for each in found.views if each.id not in going))
    outcomes += [_column_outcome(found, each, filled) for each in sorted(inside, key=_order) if each.what in _COLUMNS]
    return ListRemovals(
        steps=tuple(each for each in outcomes if isinstance(each, Removal)),
        left=(*left, *(each for each in outcomes if isinstance(each, Left)), *_gone_already(outcomes)),
        gone=tuple(each.made for each in outcomes if isinstance(each, _Gone)),
    )


_IN_USE = (
    "a run was cut short while it made a list at that address, and this one holds items; delete it by hand if nobody "
    "needs it"
)


_GONE = "it is gone already"
_ANOTHER = "it is gone already, and somebody has made another one under its name"


@dataclass(frozen=True, slots=True)
class _Gone:
    """Not there any more. `silent`: it never came to be, or there is nothing of ours to see on it."""

    made: Made
    silent: bool = False
    why: str = _GONE


_COLUMNS = (What.DRESS, What.COLUMN)


def _order(made: Made) -> tuple[bool, str]:
    return made.what is What.COLUMN, made.name


def _column_outcome(found: FoundList, made: Made, filled: Mapping[str, int]) -> Removal | Left | _Gone:
    there = _there(found, made.name)
    if there is None:
        return _Gone(made, silent=made.ident is None)
    if made.what is What.DRESS:
        return _dress(there, made, found)
    return _column(found, there, made, filled) if is_column(made, there) else _Gone(made, why=_ANOTHER)


def _view(found: FoundList, made: Made) -> RemoveView | Left | _Gone:
    by_id = next((each for each in found.views if same_id(made.ident, each.id)), None)
    there = by_id if made.ident is not None else found.view(made.name)
    if there is None:
        return _Gone(made, silent=made.ident is None)
    if (why := _why_kept(found, there, made)) is not None:
        return Left(f"view '{there.title}'", why)
    return RemoveView(there.id, there.title, made)


def _why_kept(found: FoundList, view: FoundView, made: Made) -> str | None:
    forms = made.was.get("forms", [])
    gone = {name for form in forms for name in form["columns"] if _there(found, name) is None}
    if view.title != made.name or not is_as_left(view, forms, gone):
        return "somebody has changed it since we made it; delete it by hand if nobody needs it"
    if view.default:
        return "it is what the list opens with; make another view the default first"
    return None


def _dress(there: FoundColumn, made: Made, found: FoundList) -> RestoreColumn | Left | _Gone:
    """Only what is still as we left it goes back."""
    now = attributes(there)
    was, sets = made.was.get("was", {}), made.was.get("sets", [])
    change = {name: value for name, value in was.items() if any(_same(now[name], each.get(name)) for each in sets)}
    change = {name: value for name, value in change.items() if not _same(now[name], value)}
    others = [name for name, value in was.items() if name not in change and not _same(now[name], value)]
    title = there.column.title
    if "indexed" in change and found.item_count > LONGEST_LIST_TO_INDEX:
        return Left(f"looks and index of column '{title}'", _TOO_LONG)
    if change:
        return RestoreColumn(made.name, title, change_of(change), made)
    if others:
        return Left(f"column '{title}'", f"somebody has changed its {parts_called(others)} since")
    return _Gone(made, silent=True)


_TOO_LONG = f"SharePoint takes no index away from a list of more than {LONGEST_LIST_TO_INDEX:,} items"

LABELS = {
    "title": "title",
    "description": "description",
    "formatter": "formatting",
    "indexed": "index",
    "in_new_form": "place in forms",
    "in_edit_form": "place in forms",
    "choices": "choices",
}
"""What people call each part of a `ColumnChange`."""


def parts_called(names: Iterable[str]) -> str:
    """Parts of a `ColumnChange` in a sentence, each once."""
    return listed(list(dict.fromkeys(LABELS[name] for name in names)))


def _column(found: FoundList, there: FoundColumn, made: Made, filled: Mapping[str, int]) -> RemoveColumn | Left:
    title, count = there.column.title, filled.get(made.name, 0)
    if made.was.get("type") not in (None, there.column.type.value):
        return Left(f"column '{title}'", "somebody has made it a column of another type since")
    if made.was.get("hold") and count:
        held = f"{counted(count, 'item')} hold{'s' if count == 1 else ''} something in it, which is staff's"
        return Left(f"column '{title}'", held)
    if there.indexed and found.item_count > LONGEST_LIST_TO_INDEX:
        return Left(f"column '{title}'", f"it has an index, and {_TOO_LONG}")
    public = [view for view in found.views if not view.personal]
    asking = [view for view in public if made.name in view.asks]
    if opening := next((view.title for view in asking if view.default), None):
        return Left(f"column '{title}'", _opened(opening))
    shown_in = tuple(view.title for view in public if made.name in view.columns and view not in asking)
    return RemoveColumn(made.name, title, count, shown_in, made, tuple(view.title for view in asking))


def _opened(view: str) -> str:
    return (
        f"view '{view}', with which the list opens, chooses or orders its rows by it; make another view the default "
        "first"
    )


def _gone_already(outcomes: Sequence[Removal | Left | _Gone]) -> Iterator[Left]:
    for each in outcomes:
        if isinstance(each, _Gone) and not each.silent:
            yield Left(_name(each.made), each.why)


def _name(made: Made) -> str:
    if made.what is What.DRESS:
        return f"looks of column {made.name}"
    return f"view '{made.name}'" if made.what is What.VIEW else f"{made.what.value} {made.name}"


def _there(found: FoundList, name: str) -> FoundColumn | None:
    """By the internal name alone: a column that somebody else gave that title is not ours."""
    return next((each for each in found.columns if each.column.name == name), None)


def attributes(found: FoundColumn) -> dict[str, Any]:
    """A column as it is, part by part as a `ColumnChange` has them."""
    return {
        "title": found.column.title,
        "description": found.description,
        "formatter": found.formatter,
        "indexed": found.indexed,
        "in_new_form": found.in_new_form,
        "in_edit_form": found.in_edit_form,
        "choices": list(found.column.choices),
    }


def change_to_json(change: ColumnChange) -> dict[str, Any]:
    """Only what the change is about, as `Made.was` keeps it."""
    values = {each.name: getattr(change, each.name) for each in fields(change)}
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in values.items() if value is not None
    }


def change_of(values: Mapping[str, Any]) -> ColumnChange:
    """The change that `change_to_json` was given."""
    given: dict[str, Any] = {name: tuple(value) if name == "choices" else value for name, value in values.items()}
    return ColumnChange(**given)


def _same(one: Any, other: Any) -> bool:
    """Whether two values of one part are the same; a description may come back with other line ends."""
    if isinstance(one, str) and isinstance(other, str):
        return tidy(one) == tidy(other)
    return bool(one == other)
