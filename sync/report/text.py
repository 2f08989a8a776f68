"""A run report (its JSON form) as tables on a terminal, and as plain text in a pipe.

Counts come first, by exception next; every figure has its denominator; nothing is said by colour alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sync.core.explain import BAND_LABELS
from sync.core.model import Band, WorkStatus
from sync.core.policy import STATUS_LABELS
from sync.core.rollup import percentage
from sync.core.text import counted

Json = Mapping[str, Any]

HEADINGS = {"theme": "Theme", "programme": "Programme", "department": "Department", "register": "Register"}
COMMITTEE_COLUMNS = (
    ("On\ntrack", ("on_track",)),
    ("Needs\nreview", ("needs_review",)),
    ("Completed\nor closed", ("complete", "closed")),
)
"""What a committee's table shows; any other status is shown under Other."""

LONGEST_LIST = 40

BANDS = (Band.VERY_HIGH, Band.HIGH, Band.MEDIUM, Band.LOW, Band.NOT_ASSESSED)


_OUTCOME_NOTES = {
    "interrupted": ". It was told to stop before it was through; what was written is on record, and the next run "
    "finishes the rest.",
}
"""What a reader may have to know beside the outcome's name."""

SHORT_DIGEST = 12
"""Characters of a plan's digest: enough to approve it by."""


def render(report: Json) -> Group:
    """The whole report: outcome, roll-ups, what to look at, what was or would be written, what it cost."""
    parts: list[RenderableType] = [headline(report), sources_table(report)]
    parts += [rollup_table(report, scope) for scope in ("theme", "programme", "department") if _rows(report, scope)]
    if _rows(report, "register"):
        parts.append(register_table(report))
    parts += [findings_table(report), plan_summary(report), cost_line(report)]
    return Group(*parts)


def headline(report: Json) -> Text:
    run = report["run"]
    told = _OUTCOME_NOTES.get(run["outcome"], "")
    return Text.assemble(
        (f"Run {run['id']}", "bold"), f" ({run['mode']}) for {run['today']}: ", (run["outcome"], "bold"), told, "\n"
    )


def sources_table(report: Json) -> Table:
    table = table_of("Sources", "Source", "Read", ">Records", "Problem")
    for source in report["sources"]:
        problems = "; ".join(f"{p['text']} {p['advice']}" for p in source["problems"])
        table.add_row(source["name"], source["read"], str(source["records"]), escape(problems))
    return table


def rollup_table(report: Json, scope: str) -> Table:
    """Counts by declared status, as committees print them, and beside them how many the rules read worse."""
    rows = [*_rows(report, scope), *_rows(report, "portfolio")]
    shows_other = any(_other(row) for row in rows)
    table = table_of(
        f"By {scope}, as staff reported",
        HEADINGS[scope],
        ">Projects",
        *(f">{title}" for title, _ in COMMITTEE_COLUMNS),
        *([">Other"] if shows_other else []),
        ">Per\ncent",
        ">Read\nworse",
        ">Overdue",
    )
    for row in rows:
        is_total = row["scope"] == "portfolio"
        shown = _shown_counts(row)
        percentages = "/".join(str(percentage(count, row["total"])) for count in shown) if row["total"] else "-"
        other = [_other(row)] if shows_other else []
        cells = [row["total"], *shown, *other, percentages, row["differs"], row["overdue"]]
        table.add_row("All" if is_total else escape(row["name"]), *map(str, cells), style="bold" if is_total else None)
    return table


def _shown_counts(row: Json) -> list[int]:
    return [sum(row["counts"].get(status, 0) for status in statuses) for _, statuses in COMMITTEE_COLUMNS]


def _other(row: Json) -> int:
    return int(row["total"]) - sum(_shown_counts(row))


def register_table(report: Json) -> Table:
    table = table_of(
        "By register: open risks by band",
        "Register",
        ">Records",
        *(f">{BAND_LABELS[band].capitalize()}" for band in BANDS),
        ">Overdue",
    )
    for row in _rows(report, "register"):
        bands = [str(row["open_risks"].get(band, 0)) for band in BANDS]
        table.add_row(escape(row["name"]), str(row["total"]), *bands, str(row["overdue"]))
    return table


def findings_table(report: Json) -> RenderableType:
    """What a person should look at; what is said alike of several items of a list is said once."""
    findings = report["findings"]
    if not findings:
        return Text("Nothing for a person to mend.\n")
    told = list(dict.fromkeys((finding["source"], finding["text"]) for finding in findings))
    table = table_of(f"For a person to look at ({len(told)})", "Source", "What")
    for source, text in told[:LONGEST_LIST]:
        table.add_row(source, escape(text))
    return _cut(table, len(told))


def plan_table(plan: Json) -> RenderableType:
    """Each planned write: the record, from what to what, and why."""
    if not plan["writes"]:
        return Text("Nothing to write.\n")
    table = table_of(f"Planned writes ({len(plan['writes'])} items)", "Source", "Record", "Column", "From", "To")
    for write in plan["writes"]:
        for position, (column, value) in enumerate(write["set"].items()):
            first = position == 0
            table.add_row(
                write["source"] if first else "",
                escape(str(write["key"])) if first else "",
                column,
                value_cell(write["was"].get(column)),
                value_cell(value) + _asks(write, column),
            )
    return table


def _asks(write: Json, column: str) -> str:
    """Marks a value of its own that is written only once somebody has approved it. Of an undo every value is."""
    guard = write.get("asks", {}).get(column, "undo")
    return "" if guard == "undo" else f" (asks first: {guard.replace('_', ' ')})"


def plan_summary(report: Json) -> RenderableType:
    """How many items were to be written, what became of them, which lists a guard held back, and what to do then."""
    plan, mode = report["plan"], report["run"]["mode"]
    told = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in report["writes"].items() if count)
    done = "a plan writes nothing" if mode == "plan" else told or "none written"
    what = "to get back what they held before" if mode == "undo" else "to be written"
    lines = [Text(f"{counted(len(plan['writes']), 'item')} {what}: {done}.")]
    if again := len(report.get("redecided", ())):
        lines.append(
            Text(
                f"Decided again, because somebody changed items while the run was under way: {counted(again, 'write')}."
            )
        )
    waiting = mode == "plan" or report["run"]["outcome"] == "waiting"
    lines += refusal_lines(plan["refusals"], waiting=waiting)
    lines += approval_lines(plan) if waiting else []
    return Group(*lines, Text(f"Plan digest {plan['digest'][:16]}\n", style="dim"))


def approval_lines(plan: Json) -> list[Text]:
    """The command that approves exactly this plan, where an approval is what it waits for. An undo has its own."""
    asks = {refusal["guard"] for refusal in plan["refusals"] if refusal["approvable"]} - {"undo"}
    command = f"portfolio-sync reconcile --approve {plan['digest'][:SHORT_DIGEST]}"
    return [Text.assemble("To approve exactly this plan: ", (command, "bold"))] if asks else []


def refusal_lines(refusals: Sequence[Json], *, waiting: bool = True) -> list[Text]:
    """Refusals that are alike are told once, with the sources they hold; what a person lifted is told as such."""
    alike: dict[tuple[str, bool, str, str], list[str]] = {}
    for refusal in refusals:
        held = waiting or not refusal["approvable"]
        alike.setdefault((refusal["guard"], held, refusal["seen"], refusal["advice"]), []).append(refusal["source"])
    return [
        Text.assemble(
            ("Held: " if held else "Approved: ", "bold"), f"{', '.join(sources)}. {seen}{f' {advice}' if held else ''}"
        )
        for (_, held, seen, advice), sources in alike.items()
    ]


def cost_line(report: Json) -> Text:
    requests = report["requests"]
    kinds = ", ".join(f"{count} {kind}" for kind, count in requests["by_kind"].items())
    waited = requests["throttled_seconds"]
    tail = f"; waited {waited:g} s because SharePoint said so" if waited else ""
    return Text(f"{requests['total']} requests ({kinds}), {requests['resource_units']} resource units{tail}.")


def status_label(status: str | None) -> str:
    """The English label of a status in its JSON form."""
    return STATUS_LABELS[WorkStatus(status)] if status else "-"


def _rows(report: Json, scope: str) -> list[Json]:
    """The rows of a scope that hold anything: what belongs to no project is told only where something of it is late."""
    return [row for row in report["rollup"] if row["scope"] == scope and (row["total"] or row["overdue"])]


def value_cell(value: Any) -> str:
    """An owned value in its JSON form, for a table."""
    if value is None:
        return "(blank)"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return escape(str(value))


UNBROKEN = ("Source", "Record", "Register", "")
"""Columns of names that are typed again into a command, and the one without a heading."""


def table_of(title: str | None, *columns: str) -> Table:
    """Column headings that begin with `>` hold figures."""
    table = Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True
    )
    for column in columns:
        figures = column.startswith(">")
        whole = figures or column in UNBROKEN
        table.add_column(
            column.removeprefix(">"), justify="right" if figures else "left", overflow="fold", no_wrap=whole
        )
    return table


def _cut(table: Table, total: int) -> RenderableType:
    more = total - LONGEST_LIST
    return Group(table, Text(f"... and {more} more; `report --format json` lists them all.\n")) if more > 0 else table
