"""The columns that only we write: which may hold what, what they hold now, and how a value is put into one."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from sync.core import dates
from sync.core.columns import Cell, Column, ColumnType
from sync.core.convert import cell_text
from sync.core.model import Kind, Overdue, WorkStatus
from sync.core.ownership import OWNED_BY_KIND, OwnedField, OwnedValue
from sync.core.policy import Labels
from sync.core.text import cut, fold, harmless, listed, quote, tidy

SINGLE_LINE = 255
"""How much a column of one line of text holds, unless it says less."""

STAMP_LENGTH = 64
"""What a stamp needs at most: the installation's id and the run's, which make no sense when cut."""

_WORDS = (ColumnType.TEXT, ColumnType.CHOICE)
_PROSE = (ColumnType.TEXT, ColumnType.NOTE)
ALLOWED_TYPES: dict[OwnedField, tuple[ColumnType, ...]] = {
    OwnedField.STATUS: _WORDS,
    OwnedField.OVERDUE: (*_WORDS, ColumnType.YES_NO),
    OwnedField.OVERDUE_SINCE: (ColumnType.DATE,),
    OwnedField.REASON: _PROSE,
    OwnedField.NEXT_REVIEW: (ColumnType.DATE,),
    OwnedField.ESCALATE_TO: (ColumnType.TEXT,),
    OwnedField.CHECK: _PROSE,
    OwnedField.STAMP: (ColumnType.TEXT,),
}
"""The column types that may hold an owned field; rich text may not, since what we write is no markup."""

_TYPE_NAMES = {
    ColumnType.TEXT: "a single line of text",
    ColumnType.NOTE: "plain text of several lines",
    ColumnType.CHOICE: "a choice",
    ColumnType.YES_NO: "a yes/no",
    ColumnType.DATE: "a date without time",
}

Desired = WorkStatus | Overdue | date | str | None
"""What we decided, before it takes the form that a column can hold."""


def owned_problems(
    kind: Kind, owned: Mapping[OwnedField, Column], staff: Sequence[Column], labels: Labels
) -> Iterator[str]:
    """One sentence for everything that keeps an owned column from being ours and holding its field."""
    staff_names = {column.name for column in staff}
    claimed: dict[str, OwnedField] = {}
    for owned_field, column in owned.items():
        of = f"column {column.title!r} of owned field {owned_field}"
        if owned_field not in OWNED_BY_KIND[kind]:
            yield f"{of}; a {kind} has no such field"
        if column.name in staff_names:
            yield f"{of}; it is also read as staff's, and can be only one of the two"
        if column.name in claimed:
            yield f"{of}; it already holds owned field {claimed[column.name]}"
        claimed.setdefault(column.name, owned_field)
        if column.read_only:
            yield f"{of}; it is read-only"
        if column.type not in ALLOWED_TYPES[owned_field]:
            names = listed([_TYPE_NAMES[allowed] for allowed in ALLOWED_TYPES[owned_field]], "or")
            yield f"{of}; it must be {names}"
        if owned_field is OwnedField.STAMP and (column.max_length or SINGLE_LINE) < STAMP_LENGTH:
            yield f"{of}; it must hold {STAMP_LENGTH} characters, not only {column.max_length}"
        yield from _unoffered(of, owned_field, column, labels)


def _unoffered(of: str, owned_field: OwnedField, column: Column, labels: Labels) -> Iterator[str]:
    """Labels that a choice column would refuse."""
    if column.type is not ColumnType.CHOICE or column.fill_in or ColumnType.CHOICE not in ALLOWED_TYPES[owned_field]:
        return
    every = (
        [labels.of_status(status) for status in WorkStatus]
        if owned_field is OwnedField.STATUS
        else [labels.of_overdue(state) for state in Overdue]
    )
    offered = {fold(choice) for choice in column.choices}
    absent = [quote(label) for label in every if fold(label) not in offered]
    if absent:
        yield f"{of}; it does not offer {listed(absent)}"


def decode(column: Column, cell: Cell, zone: str | None) -> OwnedValue:
    """What an owned column shows now: tidy text, yes or no, or a day; None where it is blank."""
    if column.type is ColumnType.YES_NO:
        return cell is True  # staff see No where nothing was ever stored
    if isinstance(cell, datetime):
        return dates.shown(cell, zone).day
    return cell_text(column, cell) or None


def blank_value(column: Column) -> OwnedValue:
    """What the column holds where nobody has written: its default, or nothing; No in a yes/no column."""
    if column.type is ColumnType.YES_NO:
        return fold(column.default or "") in ("1", "yes", "true")
    if column.type is ColumnType.DATE:
        return None
    return tidy(column.default or "") or None


def fit(column: Column, labels: Labels, value: Desired) -> OwnedValue:
    """What the column can hold of a decision: its label, in the spelling of the list's own choice; yes only for
    overdue; a text cut with an ellipsis where the column is shorter."""
    if isinstance(value, Overdue) and column.type is ColumnType.YES_NO:
        return value is Overdue.OVERDUE
    if isinstance(value, WorkStatus):
        return _label(column, labels.of_status(value))
    if isinstance(value, Overdue):
        return _label(column, labels.of_overdue(value))
    if isinstance(value, str):
        return cut(tidy(harmless(value)), limit(column)) or None
    return value


def limit(column: Column) -> int | None:
    """The longest text the column takes, in SharePoint's counting; None where there is no limit worth naming."""
    if column.type is ColumnType.NOTE:
        return column.max_length
    return min(column.max_length or SINGLE_LINE, SINGLE_LINE)


def encode(column: Column, value: OwnedValue, zone: str | None) -> Cell:
    """An owned value as its cell: a choice byte for byte as the list offers it; a day as the instant by which the
    site holds it."""
    if isinstance(value, date):
        return dates.site_midnight(value, zone)
    return next((choice for choice in column.choices if tidy(choice) == value), value)


def _label(column: Column, label: str) -> str:
    if column.type is ColumnType.CHOICE:
        return next((tidy(choice) for choice in column.choices if fold(choice) == fold(label)), label)
    return cut(label, limit(column))
