"""`demo`: one whole reconciliation on an embedded SharePoint, shown before and after."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli.options import AsJson

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sync.core.columns import Row
    from sync.core.snapshot import RecordId
    from sync.core.view import View
    from sync.engine.provision.carry import Provisioned
    from sync.engine.run import RunContext, RunResult
    from sync.engine.stop import Stop

SAMPLE = "digital-strategy"
SHOWN_ITEMS = 8


def demo(
    json: AsJson = False,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the embedded SharePoint running afterwards.")] = False,
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 0,
) -> int:
    """Reconcile once on an embedded SharePoint, and show what it did.

    A sample council is served on this machine, its lists are reconciled, and what its staff would see is shown before
    and after: what reads worse and why, which risk goes to which board, which reviews are due. Needs no account, no
    portfolio file and no network; nothing of it stays, unless --keep is given.
    """
    from rich.text import Text

    from sync.cli.stopping import stoppable
    from sync.cli.terminal import own_command, show, show_json
    from sync.engine.stop import Stop
    from sync.report.json import render

    stop = Stop()
    with world(port, stop) as (base_url, context, folder):
        with stoppable(stop):
            before = _staff_rows(context)
            made = provisioned(context)
            first, second = reconcile_twice(context)
            after = {} if json else _staff_rows(context)
        stop.check()
        if json:
            show_json(render(first.document))
        else:
            show(*_story(context, base_url, first, second, before, after, made))
        if keep:
            _keep(base_url, folder)
        elif not json:
            show(Text(NEXT.format(command=own_command())))
    return first.exit_code or second.exit_code


@contextmanager
def world(port: int, stop: "Stop | None" = None) -> "Iterator[tuple[str, RunContext, Path]]":
    """The sample served on loopback, and its portfolio opened with a database that lives as long."""
    from config import samples
    from connectors.emulator.hosting import Terms, hosted
    from connectors.emulator.rules.throttle import Mode
    from sync.wiring import open_run

    with (
        tempfile.TemporaryDirectory(prefix="portfolio-sync-demo-") as name,
        # Making lists and filling them within one minute is more than a small tenant's share of it.
        hosted(samples.world(SAMPLE), Terms(port=port, throttle=Mode.OFF)) as serving,
        serving.server as server,
    ):
        folder = Path(name)
        file = folder / "portfolio.yaml"
        file.write_text(
            samples.portfolio_text(SAMPLE, base_url=server.base_url, portfolio_name="Digital strategy (demo)"),
            encoding="utf-8",
        )
        with open_run(file, database=f"sqlite:///{folder / 'state.sqlite'}", stop=stop) as context:
            yield server.base_url, context, folder


def provisioned(context: "RunContext") -> "Provisioned":
    """Makes what staff see: looks and views in their lists, and the two lists of the service's own."""
    from sync.cli.terminal import bars
    from sync.engine.provision.carry import carry_out
    from sync.engine.provision.survey import survey

    with bars() as progress:
        return carry_out(context, survey(context), progress)


def reconcile_twice(context: "RunContext") -> "tuple[RunResult, RunResult]":
    """Once for the result; once more to show that a second run has nothing left to write."""
    from config import samples
    from sync.cli.terminal import bars
    from sync.engine.run import RunRequest, approve_as, execute
    from sync.engine.state import RunMode

    request = RunRequest(RunMode.DEMO, today=samples.day(SAMPLE))
    with bars() as progress:
        first = execute(context, request, approver=approve_as("demo"), progress=progress)
        second = execute(context, request, approver=approve_as("demo"), progress=progress)
    return first, second


def _staff_rows(context: "RunContext") -> "dict[RecordId, Row]":
    """Every item of every list with all columns that are not ours, as they are over HTTP now.

    Lookups that nobody may write are SharePoint's own bookkeeping, such as the number of an item's children, and are
    no values of anybody's.
    """
    from sync.core.columns import ColumnType
    from sync.core.snapshot import RecordId

    rows: dict[RecordId, Row] = {}
    for source in context.portfolio.sources.values():
        store = context.lists[source.connection]
        schema = store.describe(source)
        ours = {column.name for column in schema.find_all(source.write.columns.values())}
        names = [
            column.name
            for column in schema.columns
            if column.name not in ours and not (column.read_only and column.type is ColumnType.LOOKUP)
        ]
        for page in store.read(source, schema, names):
            rows |= {RecordId(schema.host, schema.list_guid, row.item_id): row for row in page}
    return rows


def view_after(context: "RunContext") -> "View":
    """The portfolio as the last run saw it, as reports tell it."""
    from sync.cli.kept import Library

    return Library(context.runs).latest().view


def _story(
    context: "RunContext",
    base_url: str,
    first: "RunResult",
    second: "RunResult",
    staff_before: "dict[RecordId, Row]",
    staff_after: "dict[RecordId, Row]",
    made: "Provisioned",
) -> "list[RenderableType]":
    from rich.text import Text

    from sync.core.dates import plain
    from sync.report import story

    lists, items = len(first.reads), len(staff_before)
    before = {record.id: record for read in first.reads.values() for record in read.records}
    after = {record.id: record for read in second.reads.values() for record in read.records}
    return [
        Text.assemble(("Portfolio Sync: one night's reconciliation, on sample data\n", "bold")),
        Text(
            f"A council's {lists} lists with {items} items are served by an embedded SharePoint at {base_url}. "
            f"They were read over HTTP, as they stood on {plain(first.report.today)}, the sample's day.\n"
        ),
        story.lists_kept(context.portfolio.sources, {name: read.rows for name, read in first.reads.items()}),
        *_as_it_stands(first, view_after(context)),
        story.plan_and_result(first.document),
        story.before_and_after(first.report.plan, before, after, SHOWN_ITEMS),
        story.untouched(staff_before, staff_after),
        story.second_run(second.document),
        story.where_staff_see_it(*_seen_by_staff(made)),
    ]


def _seen_by_staff(made: "Provisioned") -> tuple[int, int]:
    """The columns and the views of their own lists."""
    from sync.core.provisioning.steps import DressColumn, MakeView

    steps = [step for each in made.lists if each.work.sources for step in each.done]
    return sum(isinstance(step, DressColumn) for step in steps), sum(isinstance(step, MakeView) for step in steps)


def _as_it_stands(result: "RunResult", view: "View") -> "list[RenderableType]":
    """What the council's lists add up to, and what asks for whom."""
    from rich.text import Text

    from sync.report import story, text

    return [
        text.rollup_table(result.document, "theme"),
        Text(story.THEME_NOTE),
        story.read_worse([(each.key, each.content) for each in result.decisions]),
        text.register_table(result.document),
        story.for_boards(view),
        Text(LADDER_NOTE),
        story.reviews_due(view),
        text.findings_table(result.document),
    ]


LADDER_NOTE = (
    "High risks go to the ICT Programme Board, those of technical operations only where their own meeting cannot\n"
    "mitigate them; what is very high, or what the board cannot mitigate either, goes on. The portfolio file says so.\n"
)

NEXT = """
What now
  {command} demo --keep
      keeps it running, to try plan, reconcile, explain and report
  {command} demo --json
      the same run as one JSON document
  See README.md for how to point it at your own lists.
"""


# What a newcomer may do as staff would: a date of one project, on the page of its list.
LIST_PAGE = "/sites/digital-strategy/Lists/PublicServicesProjects/AllItems.aspx"
ROLLUP_PAGE = "/sites/digital-strategy/Lists/PortfolioRollUp/Current.aspx"
PROJECT = "Report a missed bin by text message"
DAYS_LATE = 14

AS_STAFF = """
Or be a colleague first, in a browser:
  1. Open {page}
  2. Edit “{project}”: set its Target date to {due}, and save.
  3. In that other terminal: {command} reconcile -c {file} --today {today} --yes
  4. Reload the page: Overdue, which said On time, says Overdue, and Why names the date. So does its view Overdue.
  5. To hold the flag: edit it once more, fill in “Hold: reason” and “Hold until”, reconcile, and read Why.
  6. What it all adds up to: {rollup}
"""


def _keep(base_url: str, folder: Path) -> None:
    """Holds the world open until Ctrl-C, telling what can be tried on it."""
    import signal
    import threading

    from sync.cli.emulator import next_steps
    from sync.cli.terminal import tell

    file = folder / "portfolio.yaml"
    steps = next_steps(file, SAMPLE, f"sqlite:///{folder / 'state.sqlite'}")
    # Being told to end is as good as Ctrl-C: the files are removed then too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        tell(f"{steps}\n{_as_staff(base_url, file)}\nCtrl-C ends the demo and removes its files.")
        threading.Event().wait()
    except KeyboardInterrupt:
        tell("Ended.")


def _as_staff(base_url: str, file: Path) -> str:
    """The steps that let a flag move: an edit in the browser, and the command that notices it."""
    from datetime import timedelta
    from shlex import quote

    from config import samples
    from sync.cli.terminal import own_command
    from sync.core.dates import plain

    today = samples.day(SAMPLE)
    return AS_STAFF.format(
        page=base_url + LIST_PAGE,
        rollup=base_url + ROLLUP_PAGE,
        project=PROJECT,
        due=plain(today - timedelta(days=DAYS_LATE)),
        command=own_command(),
        file=quote(str(file)),
        today=today,
    )
