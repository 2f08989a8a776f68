"""What the demonstration tells beside the run report: who reads worse and why, which risks go to which board, which
reviews are due, and items before and after."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from rich.console import RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from sync.core.columns import Row
from sync.core.dates import plain
from sync.core.explain import BAND_LABELS
from sync.core.model import Band, Kind, Overdue
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.plan import Plan, PlannedWrite
from sync.core.policy import FieldMapping, SourceMapping
from sync.core.snapshot import Record, RecordId
from sync.core.text import counted
from sync.core.view import Item, View
from sync.report.text import status_label, table_of, value_cell

Json = Mapping[str, Any]

THEME_NOTE = (
    "Counts are what staff reported, as a committee prints them; each percentage is rounded half up on its own.\n"
    "'Read worse' counts projects that the rules read worse than reported; 'Overdue' anything late, of any kind.\n"
)

DUE_FIELDS = ("end", "forecast", "original", "due", "next_review")

OWNED_TITLES = {
    OwnedField.STATUS: "Roll-up status",
    OwnedField.OVERDUE: "Overdue",
    OwnedField.OVERDUE_SINCE: "Overdue since",
    OwnedField.REASON: "Why",
    OwnedField.NEXT_REVIEW: "Next review due",
    OwnedField.ESCALATE_TO: "Escalate to",
    OwnedField.CHECK: "Please check",
}


def lists_kept(sources: Mapping[str, SourceMapping], items: Mapping[str, int]) -> RenderableType:
    """The lists as staff keep them: no two need agree on their columns, nor on their words."""
    table = table_of(
        "The lists, as staff keep them", "Source", ">Items", "", "Status is in", "A word of theirs", "Due is in"
    )
    for name, source in sources.items():
        status = source.fields.get("status")
        word = next((values[0] for values in status.values.values()), "-") if status else "-"
        due = next((source.fields[each] for each in DUE_FIELDS if each in source.fields), None)
        table.add_row(name, str(items.get(name, 0)), f"{source.kind}s", _column(status), escape(word), _column(due))
    return table


def _column(mapping: FieldMapping | None) -> str:
    return escape(mapping.column[0]) if mapping else "-"


def read_worse(decisions: Iterable[tuple[str, Json]]) -> RenderableType:
    """Projects whose computed status is worse than what staff reported; `decisions` are (key, content) pairs."""
    worse = [(key, each) for key, each in decisions if each["kind"] == "project" and each["differs"]]
    table = table_of(
        f"Read worse than reported ({len(worse)} projects)", "Project", "Staff say", "The rules say", "Because"
    )
    for key, each in worse:
        title = f"{key} {each['title'] or ''}".strip()
        says = [status_label(each["declared"]), status_label(each["computed"])]
        table.add_row(escape(title), *says, escape(each["reason"] or ""))
    return table


def for_boards(view: View) -> RenderableType:
    """What the ladder takes to which board, the highest first, and by when that is to decide. Restricted risks are
    counted, and named nowhere."""
    raised = [item for item in view.items if item.board and not item.is_over]
    table = table_of(
        f"What goes to which board ({counted(len(raised), 'risk')})", "Board, risk", "Severity", "From", "Decide by"
    )
    for board in dict.fromkeys(rung.board for rung in reversed(view.policies.ladder)):
        here = [item for item in raised if item.board == board]
        table.add_row(f"{escape(board)} ({len(here)})", style="bold")
        for item in sorted(here, key=lambda item: (-_severity(item), item.ref)):
            if not item.restricted:
                severity = BAND_LABELS[item.band or Band.NOT_ASSESSED]
                table.add_row(_beneath(_titled(item)), severity, escape(item.register or ""), _by(item))
        if hidden := sum(item.restricted for item in here):
            its = "its" if hidden == 1 else "their"
            table.add_row(_beneath(f"{counted(hidden, 'restricted risk')}, named in {its} own list only"))
    return table


def _beneath(text: str) -> RenderableType:
    """Indented also where it goes on in a second line."""
    return Padding(text, (0, 0, 0, 2))


def _severity(item: Item) -> int:
    return -1 if item.band in (None, Band.NOT_ASSESSED) else list(Band).index(item.band)


def _by(item: Item) -> str:
    return plain(item.raising.decide_by) if item.raising and item.raising.decide_by else "-"


def reviews_due(view: View) -> RenderableType:
    """The risks whose review has been due, or is soon, the longest due first; restricted ones are counted."""
    due = [item for item in view.items if item.kind is Kind.RISK and item.overdue in _IS_DUE and item.due]
    title = f"Reviews that are due ({counted(len(due), 'risk')})"
    table = table_of(title, "Review due", "Risk", "Register", "Last reviewed")
    for item in sorted(due, key=lambda item: (item.due, item.ref)):
        if not item.restricted:
            last = plain(item.last_reviewed) if item.last_reviewed else "not yet"
            table.add_row(_due(item), _titled(item), escape(item.register or ""), last)
    if hidden := sum(item.restricted for item in due):
        table.add_row("", counted(hidden, "restricted risk"))
    return table


_IS_DUE = (Overdue.OVERDUE, Overdue.DUE_SOON)


def _due(item: Item) -> str:
    return f"{'since' if item.overdue is Overdue.OVERDUE else 'on'} {plain(item.due) if item.due else '-'}"


def _titled(item: Item) -> str:
    return escape(f"{item.ref} {item.title or ''}".strip())


def plan_and_result(report: Json) -> RenderableType:
    plan, done, cost = report["plan"], report["writes"], report["requests"]
    lists = len({write["source"] for write in plan["writes"]})
    planned = f"{counted(len(plan['writes']), 'item')} in {counted(lists, 'list')}"
    return Text(
        f"The plan: {planned}. Outside the demo, a first run waits for approval.\n"
        f"The result: {counted(done['applied'], 'item')} written in quiet mode; "
        f"{counted(cost['total'], 'HTTP request')} in all.\n"
    )


def before_and_after(
    plan: Plan, before: Mapping[RecordId, Record], after: Mapping[RecordId, Record], limit: int
) -> RenderableType:
    """A few written items, the most telling first: what each of our columns held, and what it holds now."""
    table = table_of(
        "Some items, before and after (only columns that the service owns)", "Item", "Column", "Before", "After"
    )
    for write in _most_telling(plan.writes, before)[:limit]:
        old, new = before[write.id], after[write.id]
        rows = [name for name in OWNED_TITLES if new.owned.get(name) != old.owned.get(name)]
        for position, name in enumerate(rows):
            label = _name(new) if position == 0 else ""
            table.add_row(escape(label), OWNED_TITLES[name], _shown(old.owned.get(name)), _shown(new.owned.get(name)))
    return table


def untouched(before: Mapping[RecordId, Row], after: Mapping[RecordId, Row]) -> Text:
    """Says of how many items all that staff see, Modified and Modified By included, is as it was; rows without our
    columns."""
    same = sum(_seen(row) == _seen(after[key]) for key, row in before.items() if key in after)
    return Text(
        f"All other columns, Modified and Modified By included, are unchanged on {same} of {len(before)} items.\n"
    )


def second_run(report: Json) -> Text:
    return Text(f"A second run straight afterwards wrote {counted(report['writes']['applied'], 'item')}.")


def where_staff_see_it(columns: int, views: int) -> Text:
    """What `provision` did for the lists before the run: the same values, where people look."""
    return Text(
        f"Staff see it where they work: {counted(columns, 'column')} with words, icons and colours, and "
        f"{counted(views, 'view')} such as Overdue, My items and Please check. Totals stand in the list Portfolio "
        "roll-up, how the service is in Portfolio Sync status."
    )


def _name(record: Record) -> str:
    """Key and title; of a restricted record its number only."""
    title = "" if record.restricted else record.fields.title or ""
    return f"{record.label} {title}".strip()


def _seen(row: Row) -> tuple[Any, ...]:
    return dict(row.cells), row.modified, row.editor_id


def _most_telling(writes: Sequence[PlannedWrite], records: Mapping[RecordId, Record]) -> list[PlannedWrite]:
    """Of each list the item about which most is said: of every kind of record one, and then the others."""
    best: dict[str, PlannedWrite] = {}
    for write in writes:
        if write.source not in best or _said(write) > _said(best[write.source]):
            best[write.source] = write
    ordered = sorted(best.values(), key=lambda write: (-_said(write), write.source))
    first_of_kind: dict[Kind, PlannedWrite] = {}
    for write in ordered:
        first_of_kind.setdefault(records[write.id].kind, write)
    shown = {write.id for write in first_of_kind.values()}
    return [*first_of_kind.values(), *(write for write in ordered if write.id not in shown)]


def _said(write: PlannedWrite) -> int:
    return sum(write.set.get(name) is not None for name in OWNED_TITLES)


def _shown(value: OwnedValue) -> str:
    return value_cell(plain(value) if isinstance(value, date) else value)
