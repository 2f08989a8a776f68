"""An edition as a workbook: its figures, its records by kind, its findings and changes, and what every column means."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sync.core.changes import Change
from sync.core.findings import SEVERITIES, Severity
from sync.core.model import Band, Kind, Overdue, RiskStatus, Scores, WorkStatus
from sync.core.policy import Labels
from sync.core.rollup import OF_REGISTERED, Rollup, Scope
from sync.report.dictionary import Column, Type, Value, columns_for, entry
from sync.report.editions import EditionView
from sync.report.register import collated
from sync.report.workbook import Cell, Percent, Sheet, write_workbook

_SHEETS = (
    ("Projects", Kind.PROJECT),
    ("Programmes", Kind.PROGRAMME),
    ("Risks", Kind.RISK),
    ("Milestones", Kind.MILESTONE),
    ("Issues", Kind.ISSUE),
    ("Actions", Kind.ACTION),
)
_BANDS = (Band.VERY_HIGH, Band.HIGH, Band.MEDIUM, Band.LOW, Band.NOT_ASSESSED)
_LIST = "; "


def render_xlsx(view: EditionView) -> bytes:
    """The workbook's bytes; equal views give equal bytes.

    Cells are typed: days are dates, figures numbers, percentages percentages. Codes are written in words, statuses in
    the council's own, where the data dictionary tells the code.
    """
    words = _Words(view.policies.labels)
    sheets = [
        _about(view),
        _summary(view, words),
        _registered(view, "Registers", Scope.REGISTER),
        _boards(view),
        *(_records(view, words, name, kind) for name, kind in _SHEETS),
        _findings(view, words),
        _changes(view, words),
        _coverage(view),
        _dictionary(view),
    ]
    title = f"{view.name}, {view.edition.value} edition"
    return write_workbook([sheet for sheet in sheets if sheet], title=title, created=view.as_at)


class _Words:
    """Codes in words: statuses as the council calls them, everything else as it is spelt."""

    def __init__(self, labels: Labels) -> None:
        self._known = {str(status): labels.of_status(status) for status in WorkStatus}
        self._dates = {str(state): labels.of_overdue(state) for state in Overdue}

    def status(self, code: object) -> str:
        return self._known.get(str(code)) or spelt(code)

    def of(self, column: Column, code: str) -> str:
        if column.field in ("declared", "computed"):
            return self.status(code)
        return self._dates.get(code, spelt(code)) if column.field == "overdue" else spelt(code)


def spelt(code: object) -> str:
    """`very_high` as `Very high`."""
    return str(code).replace("_", " ").capitalize()


def _moment(view: EditionView) -> datetime:
    return view.as_at.astimezone(ZoneInfo(view.zone))


def _about(view: EditionView) -> Sheet:
    reports = view.policies.reports
    whole = next((row.coverage for row in view.rows), "")
    rows: list[tuple[Cell, ...]] = [
        ("Portfolio", view.name),
        ("Edition", spelt(view.edition.value) if view.edition.value != "pmo" else "PMO"),
        ("Reference", reports.reference),
        ("Protective marking", reports.marking),
        ("As at", _moment(view)),
        ("Time zone", view.zone),
        ("Run", view.run_id),
        ("Coverage", whole),
        ("Slips and push-outs counted since", view.since),
        *(("Left out", text) for text in view.left_out),
    ]
    return Sheet(name="About", headings=("What", "Value"), rows=rows)


def _summary(view: EditionView, words: _Words) -> Sheet:
    """Every row of figures: counts with their percentages, what the rules read, and the open risks."""
    statuses = tuple(WorkStatus)
    headings = (
        "Of", "Name", "Total",
        *(text for status in statuses for text in (f"{words.status(status)}, reported", f"{words.status(status)}, %")),
        *(f"{words.status(status)}, as read" for status in statuses),
        "Worst", "Read worse", "Overdue", "Held", "Late reports",
        *(f"{spelt(band)} risks" for band in _BANDS),
        "Direction", "Coverage",
    )  # fmt: skip

    def cells(row: Rollup) -> tuple[Cell, ...]:
        declared = [cell for status in statuses for cell in _share(row, status)]
        return (
            spelt(row.scope) if row.scope in frozenset(Scope) else row.scope, row.name, row.total,
            *declared,
            *(row.computed[status] for status in statuses),
            words.status(row.worst) if row.worst else None, row.differs, row.overdue, row.held, row.stale,
            *(row.open_risks[band] for band in _BANDS),
            _heading(row), row.coverage,
        )  # fmt: skip

    rows = [cells(row) for row in view.rows if row.scope not in OF_REGISTERED]
    return Sheet(name="Summary", headings=headings, rows=rows)


def _share(row: Rollup, status: WorkStatus) -> tuple[Cell, Cell]:
    """A count and its percentage; of nothing there is none."""
    return row.counts[status], Percent(row.percent[status]) if row.total else None


def _heading(row: Rollup) -> Cell:
    return spelt(row.direction) if row.direction else None


def _boards(view: EditionView) -> Sheet | None:
    """What the ladder recommends to each board now; no sheet where this edition tells of none."""
    told = any(row.scope == Scope.BOARD for row in view.rows)
    return _registered(view, "Boards", Scope.BOARD) if told else None


def _registered(view: EditionView, name: str, scope: Scope) -> Sheet:
    """The rows of figures that are of registers, or of boards, whose counts are of risks and issues."""
    headings = (
        spelt(scope), "Risks and issues", *(spelt(state) for state in RiskStatus),
        *(f"{spelt(band)} risks" for band in _BANDS), "Overdue", "Held", "Direction", "Coverage",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            row.name, row.total, *(row.counts[state] for state in RiskStatus),
            *(row.open_risks[band] for band in _BANDS), row.overdue, row.held, _heading(row), row.coverage,
        )
        for row in view.rows
        if row.scope == scope
    ]  # fmt: skip
    return Sheet(name=name, headings=headings, rows=rows)


def _records(view: EditionView, words: _Words, name: str, kind: Kind) -> Sheet:
    columns = [column for column in columns_for(view.edition, kind) if column.name != "kind"]
    held = [item for item in view.items if item.kind is kind]
    ordered = collated(held) if kind in (Kind.RISK, Kind.ISSUE) else held
    rows = [[_cell(column, words, column.value(item)) for column in columns] for item in ordered]
    return Sheet(name=name, headings=[column.title for column in columns], rows=rows)


def _cell(column: Column, words: _Words, value: Value) -> Cell:
    if isinstance(value, tuple):
        return _LIST.join(value) or None
    if column.type is Type.CODE and value is not None:
        return words.of(column, str(value))
    return value


def _findings(view: EditionView, words: _Words) -> Sheet:
    """One by one, or by kind alone where the edition tells no more."""
    if not view.findings:
        counted = [
            (spelt(kind), spelt(SEVERITIES.get(kind, Severity.WARNING)), count)
            for kind, count in view.finding_counts.items()
        ]
        return Sheet(name="Findings", headings=("Finding", "Weight", "How many"), rows=counted)
    rows = [
        (spelt(each.severity), spelt(each.kind), each.source, each.key or None, each.text) for each in view.findings
    ]
    return Sheet(name="Findings", headings=("Weight", "Finding", "List", "Record", "What to look at"), rows=rows)


def _changes(view: EditionView, words: _Words) -> Sheet | None:
    """What happened since the earlier report; no sheet without one."""
    if view.changes is None:
        return None

    def cells(change: Change) -> tuple[Cell, ...]:
        return (
            spelt(change.what),
            spelt(change.kind),
            change.item.ref,
            change.item.title,
            spelt(change.attribute) if change.attribute else None,
            _said(words, change.was),
            _said(words, change.now),
            change.days,
        )

    headings = ("What happened", "Kind", "Reference", "Title", "Of it", "Was", "Is now", "Days later")
    return Sheet(name="Changes", headings=headings, rows=[cells(change) for change in view.changes.changes])


def _said(words: _Words, value: object) -> Cell:
    """What an attribute was or is."""
    match value:
        case WorkStatus():
            return words.status(value)
        case Scores():
            return f"likelihood {value.likelihood or '?'}, impact {value.impact or '?'}"
        case str() if hasattr(value, "value"):
            return spelt(value)
        case _:
            return value  # type: ignore[return-value]


def _coverage(view: EditionView) -> Sheet:
    rows = [
        (
            seen.name,
            spelt(seen.kind),
            seen.register,
            spelt(seen.read),
            seen.records if seen.read == "complete" else None,
            seen.problem,
        )
        for seen in view.sources
    ]
    return Sheet(name="Coverage", headings=("List", "Holds", "Register", "Read", "Records", "Problem"), rows=rows)


def _dictionary(view: EditionView) -> Sheet:
    """Every column of the sheets of records: its heading here, its name in CSV and JSON, and what it means."""

    def cells(column: Column) -> Sequence[Cell]:
        told = entry(column)
        lists = (", ".join(told[name]) for name in ("values", "kinds", "editions"))
        return (column.title, column.name, column.meaning, column.type.value, column.unit or None, *lists)

    headings = ("Heading", "Name", "Meaning", "Type", "Unit", "Values", "Of", "Editions")
    return Sheet(
        name="Data dictionary", headings=headings, rows=[cells(column) for column in columns_for(view.edition)]
    )
