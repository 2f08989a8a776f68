"""What `provision` is about to do, in plain words: one line a step."""

from sync.core.columns import ColumnType
from sync.core.provisioning.removing import (
    Removal,
    RemoveColumn,
    RemoveView,
    RestoreColumn,
    change_to_json,
    parts_called,
)
from sync.core.provisioning.shape import ColumnShape, ListShape
from sync.core.provisioning.steps import DressColumn, MakeColumn, MakeList, MakeView, Step
from sync.core.text import counted, listed

_TYPES = {
    ColumnType.TEXT: "a single line of text",
    ColumnType.NOTE: "plain text of several lines",
    ColumnType.RICH_NOTE: "rich text",
    ColumnType.YES_NO: "yes or no",
    ColumnType.DATE: "a date",
    ColumnType.DATE_TIME: "a date with time",
    ColumnType.PERSON: "a person",
    ColumnType.PERSON_MULTI: "people",
}


def step_words(step: Step) -> str:
    """`make column PSOverdue 'Overdue?': a choice of 5, formatted, indexed, not in forms`."""
    match step:
        case MakeList():
            return _list(step.shape, begun=step.begun)
        case MakeColumn():
            return f"make column {step.shape.name} '{step.shape.title}': {_column(step.shape, hold=step.hold)}"
        case DressColumn():
            return f"dress column {step.name} '{step.title}', which is there: {_parts(step)}"
        case MakeView():
            return f"make view '{step.shape.title}'"
        case _:
            return f"bring view '{step.shape.title}', which we made, up to date"


def removal_words(step: Removal) -> str:
    """`take away column PSOverdue 'Overdue?', with what 47 items hold in it`."""
    match step:
        case RemoveView():
            return f"take away view '{step.title}'"
        case RestoreColumn():
            parts = parts_called(change_to_json(step.change))
            return f"give column {step.name} '{step.title}' back the {parts} it had"
        case RemoveColumn():
            shown = f"; {listed([repr(each) for each in step.shown_in])} will not show it any more"
            held = f", with what {counted(step.filled, 'item')} hold{'' if step.filled > 1 else 's'} in it"
            views = listed([repr(each) for each in step.asked_in])
            asked = f"; rows are chosen or ordered by it in {views}, which may show an error then"
            told = (held if step.filled else ", which is empty") + (shown if step.shown_in else "")
            told += asked if step.asked_in else ""
            return f"take away column {step.name} '{step.title}'{told}"
        case _:
            of_others = f", also of {listed([repr(each) for each in step.others])}" if step.others else ""
            held = f"{counted(step.items, 'item')}{of_others}"
            return f"take away list '{step.title}' with {held}, into the recycle bin of its site"


def _list(shape: ListShape, *, begun: bool) -> str:
    readers = (
        "only administrators of the site collection may read it, until one of them shares it"
        if shape.restricted
        else "whoever may read the site may read it"
    )
    versions = "with a version history" if shape.versioned else "without a version history"
    made = "go on making" if begun else "make"
    return f"{made} list '{shape.title}' at {shape.url}: {versions}; {readers}"


def _column(shape: ColumnShape, *, hold: bool) -> str:
    said = {
        "formatted": shape.look is not None,
        "indexed": shape.indexed,
        "in forms, for staff to fill": hold or shape.in_forms,
        "not in forms": not (hold or shape.in_forms),
    }
    return ", ".join([_type(shape), *(words for words, so in said.items() if so)])


def _type(shape: ColumnShape) -> str:
    if shape.type is ColumnType.CHOICE:
        return f"a choice of {len(shape.choices)}"
    if shape.lookup is not None:
        return f"a lookup into '{shape.lookup}'"
    return _TYPES.get(shape.type, f"a {shape.type.value}")


def _parts(step: DressColumn) -> str:
    change, parts = step.change, []
    if change.formatter is not None:
        parts.append("formatting")
    if change.description is not None:
        parts.append("description")
    forms = {change.in_new_form, change.in_edit_form} - {None}
    if forms:
        parts.append("in forms" if True in forms else "not in forms any more")
    if change.indexed:
        parts.append("index")
    if change.choices is not None:
        more = [choice for choice in change.choices if choice not in (step.was.choices or ())]
        parts.append(f"also offers {listed([repr(choice) for choice in more])}")
    return ", ".join(parts)
