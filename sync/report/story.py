"""What the demonstration tells beside the run report: who reads worse and why, and items before and after."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from rich.console import RenderableType
from rich.markup import escape
from rich.text import Text

from sync.core.columns import Row
from sync.core.dates import plain
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.plan import Plan, PlannedWrite
from sync.core.policy import FieldMapping, SourceMapping
from sync.core.snapshot import Record, RecordId
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


def plan_and_result(report: Json) -> RenderableType:
    plan, done, cost = report["plan"], report["writes"], report["requests"]
    lists = len({write["source"] for write in plan["writes"]})
    return Text(
        f"The plan: {len(plan['writes'])} items in {lists} lists. Outside the demo, a first run waits for approval.\n"
        f"The result: {done['applied']} items written in quiet mode; {cost['total']} HTTP requests in all.\n"
    )


def before_and_after(
    plan: Plan, before: Mapping[RecordId, Record], after: Mapping[RecordId, Record], limit: int
) -> RenderableType:
    """A few written items, the most telling first: what each of our columns held, and what it holds now."""
    table = table_of(
        "Some items, before and after (only columns that the service owns)", "Item", "Column", "Before", "After"
    )
    for write in _most_telling(plan.writes)[:limit]:
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
    return Text(f"A second run straight afterwards wrote {report['writes']['applied']} items.")


def _name(record: Record) -> str:
    """Key and title; of a restricted record its number only."""
    title = "" if record.restricted else record.fields.title or ""
    return f"{record.label} {title}".strip()


def _seen(row: Row) -> tuple[Any, ...]:
    return dict(row.cells), row.modified, row.editor_id


def _most_telling(writes: Sequence[PlannedWrite]) -> list[PlannedWrite]:
    """Of each list the item about which most is said, and of all these the ones about which most is said."""
    best: dict[str, PlannedWrite] = {}
    for write in writes:
        if write.source not in best or _said(write) > _said(best[write.source]):
            best[write.source] = write
    return sorted(best.values(), key=lambda write: (-_said(write), write.source))


def _said(write: PlannedWrite) -> int:
    return sum(write.set.get(name) is not None for name in OWNED_TITLES)


def _shown(value: OwnedValue) -> str:
    return value_cell(plain(value) if isinstance(value, date) else value)
