"""Every column of the open data: its name, what it means, its type, its unit and its values, in one table.

Workbook, CSV and JSON are made from this table, and docs/open-data.md is held to it: a column that is not described
here does not exist.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import attrgetter
from typing import Any

from sync.core.model import (
    REGISTERED,
    Band,
    Confidence,
    Freshness,
    Health,
    Kind,
    Nature,
    Overdue,
    RiskStatus,
    WorkStatus,
)
from sync.core.slips import slip_days
from sync.core.view import Item
from sync.report.redaction import PUBLIC_FIELDS, Edition

Value = str | date | int | float | bool | tuple[str, ...] | None
"""What one cell holds. None is unknown, or not kept by this list; it is never zero."""

Read = Callable[[Item], Value]

EVERY = frozenset(Kind)
WORK = frozenset({Kind.PROJECT, Kind.MILESTONE, Kind.ACTION})
READING = frozenset({Kind.PROGRAMME, Kind.PROJECT})
PROJECTS = frozenset({Kind.PROJECT})
DATED = EVERY - {Kind.PROGRAMME}
RISKS = frozenset({Kind.RISK})


class Type(StrEnum):
    """How a value is written. `code` is one of the column's `values`, `list` several texts."""

    TEXT = "text"
    CODE = "code"
    DATE = "date"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `kinds`: the records that can have it. `field`: the attribute of `Item` that it is read from, whose
    disclosure decides in which editions it appears. `title`: its heading in a workbook."""

    name: str
    title: str
    meaning: str
    type: Type
    field: str
    read: Read
    kinds: frozenset[Kind] = EVERY
    unit: str = ""
    values: tuple[str, ...] = ()

    def value(self, item: Item) -> Value:
        """What this column says of a record: None where a record of its kind has no such value."""
        return self.read(item) if item.kind in self.kinds else None


def _column(
    name: str,
    title: str,
    meaning: str,
    type_: Type,
    field: str = "",
    read: Read | None = None,
    kinds: frozenset[Kind] = EVERY,
    unit: str = "",
    values: Iterable[str] = (),
) -> Column:
    """A column; unless told otherwise it is read from the attribute of `Item` that has its name."""
    source = field or name
    return Column(
        name=name,
        title=title,
        meaning=meaning,
        type=type_,
        field=source.partition(".")[0],
        read=read or _reader(source, type_),
        kinds=kinds,
        unit=unit,
        values=tuple(str(value) for value in values),
    )


def _reader(source: str, type_: Type) -> Read:
    """Reads an attribute, or one of an attribute's; None as soon as one of them is."""
    steps = [attrgetter(step) for step in source.split(".")]

    def read(item: Item) -> Value:
        found: object = item
        for step in steps:
            found = None if found is None else step(found)
        return str(found) if type_ is Type.CODE and found is not None else found  # type: ignore[return-value]

    return read


def _code(
    name: str, title: str, meaning: str, vocabulary: type[StrEnum], kinds: frozenset[Kind], field: str = ""
) -> Column:
    return _column(name, title, meaning, Type.CODE, field, kinds=kinds, values=vocabulary)


def _score(name: str, title: str, meaning: str, field: str) -> Column:
    return _column(name, title, meaning, Type.INTEGER, field, kinds=RISKS, unit="step of the matrix's scale, from 1")


def _day(name: str, title: str, meaning: str, kinds: frozenset[Kind], field: str = "") -> Column:
    return _column(name, title, meaning, Type.DATE, field, kinds=kinds)


def _text(name: str, title: str, meaning: str, kinds: frozenset[Kind] = EVERY, field: str = "") -> Column:
    return _column(name, title, meaning, Type.TEXT, field, kinds=kinds)


def _flag(name: str, title: str, meaning: str, kinds: frozenset[Kind] = EVERY) -> Column:
    return _column(name, title, meaning, Type.BOOLEAN, kinds=kinds)


def _count(name: str, title: str, meaning: str, kinds: frozenset[Kind]) -> Column:
    return _column(name, title, meaning, Type.INTEGER, kinds=kinds, unit="times")


def _figure(name: str, title: str, meaning: str) -> Column:
    return _column(name, title, meaning, Type.NUMBER, kinds=PROJECTS, unit="as in the list")


def _owners(item: Item) -> Value:
    return tuple(person.name for person in item.owners)


def _hold_by(item: Item) -> Value:
    return tuple(person.name for person in item.hold_by)


def _groups(item: Item) -> Value:
    return tuple(f"{name}: {text}" for name, text in sorted(item.groups.items()))


def _slips(item: Item) -> Value:
    return item.slipped.slips if item.slipped else None


def _slip_days(item: Item) -> Value:
    return slip_days(item.original, item.due, item.actual)


_IDENTITY = (
    _code("kind", "Kind", "What kind of record this is.", Kind, EVERY),
    _column("number", "Number", "Identity over time: given once, never used again.", Type.INTEGER),
    _text(
        "ref",
        "Reference",
        "How the council refers to the record: its key, else its title, else its item number. In public, where that "
        "may hold words, a number of this report alone.",
    ),
    _text("title", "Title", "Title of the record, as staff wrote it."),
    _text("list", "List", "Name of the configured list that holds the record.", field="source"),
    _text("site", "Site", "Address of the site that holds the list, which tells councils apart.", field="id.host"),
    _text("project", "Project", "Reference of the project that the record belongs to.", EVERY - READING),
    _text("parent", "Belongs to", "Reference of the record that this one names as the one it belongs to.", DATED),
    _text("theme", "Theme", "Theme of the project that the record is or belongs to.", DATED),
    _text("programme", "Programme", "Programme of the project that the record is or belongs to.", DATED),
    _text("department", "Department", "Department of the project that the record is or belongs to.", DATED),
    _column(
        "groups",
        "Groups",
        "Mapped groupings of the project that the record is or belongs to, each with its name: `ward: Northgate`.",
        Type.LIST,
        read=_groups,
        kinds=DATED,
    ),
    _text("register", "Register", "Register that the risk or issue is kept in.", REGISTERED),
    _column("owners", "Owners", "Names in the record's owner column.", Type.LIST, read=_owners),
)

_STANDING = (
    _flag("is_over", "Over", "Whether the record is complete or closed."),
    _code("declared_status", "Declared status", "Status that staff reported.", WorkStatus, WORK, field="declared"),
    _code(
        "computed_status",
        "Computed status",
        "Status that the rules read; never better than declared.",
        WorkStatus,
        READING,
        field="computed",
    ),
    _flag("reads_worse", "Reads worse", "Whether the rules read worse than staff reported.", PROJECTS),
    _code("state", "State", "Status of the risk or issue that staff reported.", RiskStatus, REGISTERED),
    _code("health", "Health", "Colour that staff reported, kept apart from the status.", Health, PROJECTS),
    _code("confidence", "Confidence", "Judgement that the project will deliver.", Confidence, PROJECTS),
    _text("confidence_by", "Confidence given by", "Who gave that judgement.", PROJECTS),
    _figure("percent_complete", "Complete", "How much of the project staff report as done, a share or per cent."),
    _figure("budget", "Budget", "Money that the project has."),
    _day("last_reported", "Last reported", "Day on which staff last reported on the project.", PROJECTS),
    _code("report_freshness", "Report", "Whether that report is recent enough.", Freshness, PROJECTS, field="reported"),
    _text("reason", "Reason", "Why the record reads as it does, by dates and references."),
)

_DATES = (
    _day("start_date", "Start", "Day on which the project starts.", PROJECTS, field="start"),
    _day("original_date", "Original date", "Day that was promised first.", WORK, field="original"),
    _day("due_date", "Due", "Day that counts: end, forecast, due date, or next review of a risk.", DATED, field="due"),
    _day("actual_date", "Actual", "Day on which it was done.", WORK, field="actual"),
    _code("overdue", "Overdue", "How the due date stands on the day of the report.", Overdue, DATED),
    _day("overdue_since", "Overdue since", "The due date once it has passed; else empty.", DATED, field="since"),
    _flag("held", "Held", "Whether staff hold its flag today, with a reason and a last day.", DATED),
    _day("held_until", "Held until", "Last day of that hold, as the policy allows it at most.", DATED),
    _text("hold_reason", "Hold: reason", "Why its flag is held, as staff wrote it.", DATED),
    _column(
        "hold_by", "Hold set by", "Names in the column of who set the hold.", Type.LIST, read=_hold_by, kinds=DATED
    ),
    _column(
        "slip_days", "Slip", "From the original date to the due date, or to the actual date of what is done; negative "
        "where it is earlier.", Type.INTEGER, "original", _slip_days, WORK, "calendar days",
    ),
    _column(
        "slips", "Slips", "How often the due date was seen to move later, since the day in `slips_since`.",
        Type.INTEGER, "slipped", _slips, WORK, "times",
    ),
    _day("slips_since", "Slips counted since", "First day from which the dates of the record are known.", WORK),
)  # fmt: skip

_RISK = (
    _code("nature", "Nature", "Whether the risk is a threat or an opportunity.", Nature, RISKS),
    _text("category", "Category", "Category of the risk or issue.", REGISTERED),
    _text("response", "Response", "How the risk is responded to, as staff wrote it.", RISKS),
    _text("proximity", "Proximity", "How near the risk is, as staff wrote it.", RISKS),
    _day("raised_on", "Raised", "Day on which staff raised the risk or issue.", REGISTERED, field="raised"),
    _text("matrix", "Matrix", "Name of the matrix whose cells give the bands.", RISKS),
    _text(
        "matrix_version",
        "Matrix version",
        "Version of that matrix with which the rating was made.",
        RISKS,
        field="version",
    ),
    _score("inherent_likelihood", "Inherent likelihood", "Likelihood before anything was done.", "inherent.likelihood"),
    _score("inherent_impact", "Inherent impact", "Impact before anything was done.", "inherent.impact"),
    _code("inherent_band", "Inherent band", "Severity before anything was done.", Band, RISKS),
    _score("likelihood", "Likelihood", "Likelihood now.", "current.likelihood"),
    _score("impact", "Impact", "Impact now.", "current.impact"),
    _code("band", "Band", "Severity now, from the matrix's cell; of an issue, its severity.", Band, REGISTERED),
    _score("target_likelihood", "Target likelihood", "Likelihood that is aimed at.", "target.likelihood"),
    _score("target_impact", "Target impact", "Impact that is aimed at.", "target.impact"),
    _code("target_band", "Target band", "Severity that is aimed at.", Band, RISKS),
    _flag("above_appetite", "Above appetite", "Whether the band is worse than the appetite of its category.", RISKS),
    _day("last_reviewed", "Last reviewed", "Day on which the risk was last reviewed.", RISKS),
    _day("review_due", "Review due", "Day by which it is to be reviewed again.", RISKS),
    _code(
        "review_freshness", "Review", "Whether the last review is recent enough.", Freshness, RISKS, field="reviewed"
    ),
    _count("push_outs", "Push-outs", "How often the next review moved later without a review.", RISKS),
    _day("tolerance_end", "Tolerated until", "Day until which the risk is tolerated.", RISKS),
)

_LADDER = (
    _text("rung", "Recommended rung", "Step of the ladder that the rules recommend.", REGISTERED),
    _text("board", "Board", "Body that decides at that step.", REGISTERED),
    _text("declared_rung", "Declared rung", "Step at which staff say it is.", REGISTERED),
    _day("raised_to_board", "Raised to the board", "Day on which it reached that step.", REGISTERED, "raising.on"),
    _day("decide_by", "Decide by", "Day by which the board is to decide.", REGISTERED, "raising.decide_by"),
    _count("repeats", "Raised before", "How often it had reached that step before.", REGISTERED),
)

COLUMNS: tuple[Column, ...] = (*_IDENTITY, *_STANDING, *_DATES, *_RISK, *_LADDER)
"""Every column, in the order in which files hold them."""

_CALLED = frozenset({"ref", "title", "project", "parent"})
_PEOPLE = frozenset({"owners", "confidence_by", "hold_by"})


def editions_of(column: Column) -> tuple[Edition, ...]:
    """The editions in which a column appears: people for the PMO only, and in public what is listed as public and what
    records are called there."""
    if column.field in _PEOPLE:
        return (Edition.PMO,)
    if column.field in PUBLIC_FIELDS | _CALLED:
        return tuple(Edition)
    return (Edition.PMO, Edition.BOARD)


def columns_for(edition: Edition, kind: Kind | None = None) -> tuple[Column, ...]:
    """The columns of an edition, of one kind of record where that is named."""
    return tuple(
        column for column in COLUMNS if edition in editions_of(column) and (kind is None or kind in column.kinds)
    )


def entry(column: Column) -> dict[str, Any]:
    """A column as the data dictionary describes it."""
    return {
        "name": column.name,
        "meaning": column.meaning,
        "type": column.type.value,
        "unit": column.unit or None,
        "values": list(column.values),
        "kinds": [kind.value for kind in Kind if kind in column.kinds],
        "editions": [edition.value for edition in editions_of(column)],
    }
