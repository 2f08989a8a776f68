"""What the demonstration tells beside the run report: who reads worse and why, and items before and after."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sync.core.ownership import OwnedField
from sync.core.plan import Plan, PlannedWrite, plain
from sync.core.snapshot import Record, RecordId
from sync.report.text import status_label

Json = Mapping[str, Any]

THEME_NOTE = (
    "Counts are what staff reported, as a committee prints them; each percentage is rounded half up on its own.\n"
    "'Read worse' counts projects that the rules read worse than reported; 'Overdue' counts anything late, of any kind.\n"
)

OWNED_TITLES = {
    OwnedField.STATUS: "Roll-up status",
    OwnedField.OVERDUE: "Overdue",
    OwnedField.OVERDUE_SINCE: "Overdue since",
    OwnedField.REASON: "Why",
    OwnedField.CHECK: "Please check",
}


def read_worse(decisions: Iterable[tuple[str, Json]]) -> RenderableType:
    """Projects whose computed status is worse than what staff reported; `decisions` are (key, content) pairs."""
    worse = [(key, each) for key, each in decisions if each["kind"] == "project" and each["differs"]]
    table = _table(
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
        f"The plan: {len(plan['writes'])} items in {lists} lists. Outside the demo a first run waits here for approval.\n"
        f"The result: {done['applied']} items written in quiet mode; {cost['total']} HTTP requests in all.\n"
    )


def before_and_after(
    plan: Plan, before: Mapping[RecordId, Record], after: Mapping[RecordId, Record], limit: int
) -> RenderableType:
    """A few written items, the most telling first: what each of our columns held, and what it holds now."""
    table = _table(
        "Some items, before and after (only columns that the service owns)", "Item", "Column", "Before", "After"
    )
    for write in sorted(plan.writes, key=_telling)[:limit]:
        old, new = before[write.id], after[write.id]
        rows = [name for name in OWNED_TITLES if new.owned.get(name) != old.owned.get(name)]
        for position, name in enumerate(rows):
            label = f"{new.label} {new.fields.title or ''}".strip() if position == 0 else ""
            table.add_row(escape(label), OWNED_TITLES[name], _shown(old.owned.get(name)), _shown(new.owned.get(name)))
    return table


def untouched(before: Mapping[RecordId, Record], after: Mapping[RecordId, Record]) -> Text:
    """Says of how many items staff's own values, Modified and Modified By are as they were."""
    same = sum(_staff_side(record) == _staff_side(after[key]) for key, record in before.items() if key in after)
    return Text(f"Staff's values, Modified and Modified By: unchanged on {same} of {len(before)} items.\n")


def second_run(report: Json) -> Text:
    return Text(f"A second run straight afterwards wrote {report['writes']['applied']} items.")


def _staff_side(record: Record) -> tuple[Any, ...]:
    return record.fields, record.modified, record.editor_id


def _telling(write: PlannedWrite) -> tuple[int, str, RecordId]:
    """Rows with a reason come first, and of those the ones whose status was decided, one list after the other."""
    weight = -sum(write.set.get(name) is not None for name in OWNED_TITLES)
    return weight, write.source, write.id


def _shown(value: Any) -> str:
    rendered = plain(value)
    if rendered is None:
        return "(blank)"
    if isinstance(rendered, bool):
        return "Yes" if rendered else "No"
    return escape(rendered)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
