"""A run report (its JSON form) as tables on a terminal, and as plain text in a pipe.

Counts come first, by exception next; every figure has its denominator; nothing is said by colour alone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from shlex import join
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sync.core.explain import BAND_LABELS
from sync.core.findings import Severity
from sync.core.mirror import Way
from sync.core.model import Band, WorkStatus
from sync.core.policy import STATUS_LABELS
from sync.core.rollup import Scope, percentage
from sync.core.text import counted, listed

Json = Mapping[str, Any]

HEADINGS = {"theme": "Theme", "programme": "Programme", "department": "Department"}
_REGISTERED = {
    Scope.REGISTER: "By register: open risks by band",
    Scope.BOARD: "Recommended to a board now: open risks by band",
}
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


def render(
    report: Json, *, program: str = "portfolio-sync", options: Sequence[str] = (), each_write: bool = False
) -> Group:
    """The whole report: outcome, roll-ups, what to look at, what was or would be written, and what to do then.

    `program` is how it is called from where the reader stands, `options` what the next command has to repeat.
    `each_write`: with a table of every planned write, before what sums it up, so that the last lines on a terminal say
    what to do next.
    """
    parts: list[RenderableType] = [headline(report), sources_table(report)]
    mapped = dict.fromkeys(row["scope"] for row in report["rollup"] if row["scope"] not in frozenset(Scope))
    parts += [rollup_table(report, scope) for scope in (*HEADINGS, *mapped) if _rows(report, scope)]
    parts += [register_table(report, scope) for scope in _REGISTERED if _rows(report, scope)]
    parts.append(findings_table(report))
    if each_write and report["plan"]["writes"]:
        parts.append(plan_table(report["plan"]))
    parts += [plan_summary(report, program, options), *route_lines(report), cost_line(report)]
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
    shows_other, shows_held = any(_other(row) for row in rows), any(row["held"] for row in rows)
    table = table_of(
        f"By {escape(scope)}, as staff reported",
        HEADINGS.get(scope, escape(scope[:1].upper() + scope[1:])),
        ">Projects",
        *(f">{title}" for title, _ in COMMITTEE_COLUMNS),
        *([">Other"] if shows_other else []),
        ">Per\ncent",
        ">Read\nworse",
        ">Overdue",
        *([">Held"] if shows_held else []),
    )
    for row in rows:
        is_total = row["scope"] == "portfolio"
        shown = _shown_counts(row)
        percentages = "/".join(str(percentage(count, row["total"])) for count in shown) if row["total"] else "-"
        other = [_other(row)] if shows_other else []
        held = [row["held"]] if shows_held else []
        cells = [row["total"], *shown, *other, percentages, row["differs"], row["overdue"], *held]
        table.add_row("All" if is_total else escape(row["name"]), *map(str, cells), style="bold" if is_total else None)
    return table


def _shown_counts(row: Json) -> list[int]:
    return [sum(row["counts"].get(status, 0) for status in statuses) for _, statuses in COMMITTEE_COLUMNS]


def _other(row: Json) -> int:
    return int(row["total"]) - sum(_shown_counts(row))


def register_table(report: Json, scope: Scope = Scope.REGISTER) -> Table:
    """Of registers, or of boards: what stands there, and its open risks by band."""
    shows_held = any(row["held"] for row in _rows(report, scope))
    table = table_of(
        _REGISTERED[scope],
        scope.value.capitalize(),
        ">Records",
        *(f">{BAND_LABELS[band].capitalize().replace(' ', chr(10))}" for band in BANDS),
        ">Overdue",
        *([">Held"] if shows_held else []),
    )
    for row in _rows(report, scope):
        bands = [str(row["open_risks"].get(band, 0)) for band in BANDS]
        held = [str(row["held"])] if shows_held else []
        table.add_row(escape(row["name"]), str(row["total"]), *bands, str(row["overdue"]), *held)
    return table


def findings_table(report: Json) -> RenderableType:
    """What asks for a person; what is said alike of several items of a list is said once. What is only worth knowing is
    counted."""
    asking = [finding for finding in report["findings"] if finding["severity"] != Severity.INFO]
    noted = [finding for finding in report["findings"] if finding["severity"] == Severity.INFO]
    told = list(dict.fromkeys((finding["source"], finding["text"]) for finding in asking))
    if not told:
        whole = all(source["read"] == "complete" for source in report["sources"])
        return Text(f"Nothing for a person to mend{'' if whole else ' in what was read'}.\n{_noted(noted)}")
    table = table_of(f"For a person to look at ({len(told)})", "Source", "What")
    for source, text in told[:LONGEST_LIST]:
        table.add_row(source, escape(text))
    return Group(_cut(table, len(told)), *([Text(_noted(noted))] if noted else []))


def _noted(findings: Sequence[Json]) -> str:
    """How many findings of each kind are worth knowing, and where they can be read; empty where there are none."""
    if not findings:
        return ""
    kinds = Counter(finding["kind"] for finding in findings)
    counts = ", ".join(f"{kind.replace('_', ' ')} {count:,}" for kind, count in sorted(kinds.items()))
    return f"Also noted ({len(findings):,}): {counts}; `report --format json` lists them.\n"


def plan_table(plan: Json) -> RenderableType:
    """Each planned write: the record, from what to what, and why."""
    if not plan["writes"]:
        return Text("Nothing to write.\n")
    table = table_of(
        f"Planned writes ({counted(len(plan['writes']), 'item')})", "Source", "Record", "Column", "From", "To"
    )
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


def plan_summary(report: Json, program: str, options: Sequence[str]) -> RenderableType:
    """How many items were to be written, what became of them, which lists a guard held back, and what to do then."""
    plan = report["plan"]
    lines = [Text(_came_to(report)), *_own_lists(report["writes"])]
    if again := len(report.get("redecided", ())):
        lines.append(
            Text(
                f"Decided again, because somebody changed items while the run was under way: {counted(again, 'write')}."
            )
        )
    waiting = report["run"]["mode"] == "plan" or report["run"]["outcome"] == "waiting"
    lines += refusal_lines(plan["refusals"], waiting=waiting)
    lines += approval_lines(report, program, options) if waiting else []
    return Group(*lines, Text(f"Plan digest {plan['digest'][:16]}\n", style="dim"))


def _came_to(report: Json) -> str:
    count, mode = len(report["plan"]["writes"]), report["run"]["mode"]
    if not count:
        return "Nothing to take back." if mode == "undo" else "Nothing to write."
    counts = {kind: number for kind, number in report["writes"].items() if number and kind not in _OWN_LISTS}
    told = ", ".join(f"{number} {kind}" for kind, number in counts.items())
    done = "a plan writes nothing" if mode == "plan" else told or "none written"
    back = f"to get back what {'it' if count == 1 else 'they'} held before"
    return f"{counted(count, 'item')} {back if mode == 'undo' else 'to be written'}: {done}."


_OWN_LISTS = ("own_lists", "heartbeat")
"""What is written into lists that the service keeps itself, which is none of the planned writes."""


def _own_lists(writes: Json) -> list[Text]:
    """What was written there; nothing where nothing was."""
    rows, status = (writes.get(kind, 0) for kind in _OWN_LISTS)
    told = [f"{counted(rows, 'row')} of the roll-up"] if rows else []
    told += ["the status of the service"] if status else []
    return [Text(f"Lists of the service's own: {listed(told)} written.")] if told else []


def approval_lines(report: Json, program: str, options: Sequence[str]) -> list[Text]:
    """The command that approves exactly this plan, where an approval is what it waits for. An undo has its own.

    Where some of it was let through, what still waits is another plan, and has a digest that nobody has seen yet.
    """
    plan, run = report["plan"], report["run"]
    can_be = [refusal for refusal in plan["refusals"] if refusal["approvable"] and refusal["guard"] != "undo"]
    waiting = [refusal for refusal in can_be if not refusal.get("lifted")]
    if not waiting:
        return []
    resync = "--resync" in options or any(refusal["guard"] == "resync" for refusal in waiting)
    same = [each for each in options if each != "--resync"]
    same += [] if run["started"][:10] == run["today"] else ["--today", run["today"]]
    same += ["--resync"] if resync else []
    if report["writes"]["applied"] or len(waiting) < len(can_be):
        look = join([program, "reconcile" if resync else "plan", *same])
        return [Text("To see what still waits, and how to approve it:"), _command(look)]
    approve = join([program, "reconcile", *same, "--approve", plan["digest"][:SHORT_DIGEST]])
    return [Text("To approve exactly this plan:"), _command(approve)]


def _command(line: str) -> Text:
    """On a line of its own, which no width breaks: it is there to be copied."""
    return Text(f"  {line}", style="bold", no_wrap=True, overflow="ignore")


def refusal_lines(refusals: Sequence[Json], *, waiting: bool = True) -> list[Text]:
    """Refusals that are alike are told once, with the sources they hold, and what to do about several is told once.
    What a person lifted is told as such (`lifted`), and so is what the answer at a prompt would lift (`asked`)."""
    alike: dict[tuple[str, str], dict[str, list[str]]] = {}
    for refusal in refusals:
        label = "Approved" if refusal.get("lifted", refusal["approvable"] and not waiting) else "Held"
        label = "A yes approves" if refusal.get("asked") else label
        advice = refusal["advice"] if label == "Held" else ""
        alike.setdefault((label, advice), {}).setdefault(refusal["seen"], []).append(refusal["source"])
    lines: list[Text] = []
    for (label, advice), told in alike.items():
        lines += [Text.assemble((f"{label}: ", "bold"), f"{', '.join(held)}. {seen}") for seen, held in told.items()]
        lines[-1].append(f" {advice}".rstrip())
    return lines


def cost_line(report: Json) -> Text:
    """What a run took of the tenant, and beside it the common way of doing the same."""
    requests, common = report["requests"], report["requests"].get("common_way") or {}
    kinds = ", ".join(f"{count} {kind}" for kind, count in requests["by_kind"].items())
    told = f"{requests['total']} requests ({kinds}), {requests['resource_units']} resource units"
    if requests["throttled_seconds"]:
        told += f"; waited {requests['throttled_seconds']:g} s because SharePoint said so"
    if requests.get("paced_seconds"):
        told += f"; waited {requests['paced_seconds']:g} s so as not to use more than our share"
    if common.get("requests"):
        usual = f"{common['requests']:,} requests and {common['resource_units']:,} resource units"
        told += f". Getting every item and updating it would have taken {usual}"
    return Text(f"{told}.")


def route_lines(report: Json) -> list[Text]:
    """How the lists came to be known, those that did so alike and for the same reason in one line."""
    alike: dict[tuple[str, str], int] = Counter(
        (source["way"], source["why_so"])
        for source in report["sources"]
        if source["read"] == "complete" and source.get("way")
    )
    ordered = sorted(alike.items(), key=lambda each: (_WAYS[each[0][0]][0], -each[1], each[0][1]))
    return [Text(f"{counted(count, 'list')} {_WAYS[way][1]}: {why}.") for (way, why), count in ordered]


_WAYS = {
    Way.UNCHANGED.value: (0, "not read"),
    Way.CHANGES.value: (1, "read by what changed"),
    Way.WHOLE.value: (2, "read whole"),
}
"""In the order in which they are told, with the words for it."""


def status_label(status: str | None) -> str:
    """The English label of a status in its JSON form."""
    return STATUS_LABELS[WorkStatus(status)] if status else "-"


def _rows(report: Json, scope: str) -> list[Json]:
    """The rows of a scope that hold anything: what belongs to no project is told only where something of it is late, or
    held."""
    told = ("total", "overdue", "held")
    return [row for row in report["rollup"] if row["scope"] == scope and any(row[figure] for figure in told)]


def value_cell(value: Any) -> str:
    """An owned value in its JSON form, for a table."""
    if value is None:
        return "(blank)"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return escape(str(value))


UNBROKEN = ("Source", "Record", "Run", "Column", "")
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
