"""`runs`: what ran, when, and how it ended; taking a run back; checking the record of all of them."""

from collections.abc import Mapping, Sequence
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sync.cli.options import AsJson, PortfolioFile, list_by_default, repeated
from sync.errors import ExitCode, NotFoundError, UnreadableError, UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sync.core.audit import Verdict
    from sync.engine.state import RunSummary

app = typer.Typer(help="Show what ran, take a run back, and check the record.", invoke_without_command=True)

Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many runs to list, newest first.")]


@app.callback()
def _runs(context: typer.Context, portfolio: PortfolioFile = None, json: AsJson = False) -> None:
    list_by_default(context, portfolio, json=json, listing=list_runs)


@app.command("list")
def list_runs(portfolio: PortfolioFile = None, limit: Limit = 20, json: AsJson = False) -> None:
    """List the latest runs, the newest first.

    One line each: its id, what it was for, when it began and how it ended.
    """
    from sync.cli.terminal import show, show_json
    from sync.wiring import load_portfolio, open_runs

    with open_runs(load_portfolio(portfolio)) as store:
        summaries = store.runs(limit)
    if json:
        show_json(_document(summaries))
    else:
        show(_table(summaries))


@app.command("show")
def show_run(
    run: Annotated[
        str | None, typer.Argument(metavar="ID", help="The run's id; the last finished one without.")
    ] = None,
    portfolio: PortfolioFile = None,
    json: AsJson = False,
) -> None:
    """Show one run whole: figures, findings, every planned write.

    As it was told when it ended. Values of restricted records are withheld.
    """
    from sync.cli.terminal import own_command, show, show_json
    from sync.report import text
    from sync.report.json import render

    document = stored_report(portfolio, run)
    if json:
        show_json(render(document))
    else:
        show(text.render(document, program=own_command(), options=repeated(portfolio), each_write=True))


@app.command("undo")
def undo_run(
    run: Annotated[str, typer.Argument(metavar="ID", help="The run to take back; `runs list` shows ids.")],
    portfolio: PortfolioFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Answer the prompt.")] = False,
    approve: Annotated[
        str | None,
        typer.Option(
            "--approve",
            metavar="DIGEST",
            help="Take back exactly what the plan with this digest shows.",
            show_default=False,
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Take a run back: what nobody changed since gets its former value.

    Plans the way back, shows it and asks. It is a run of its own, on record, and can be taken back itself. Mend the
    portfolio file as well, or the next run plans the same again.
    """
    from sync.cli.consent import approver
    from sync.cli.stopping import stoppable
    from sync.cli.terminal import bars, person, show, show_json
    from sync.engine.undo import undo
    from sync.report import text
    from sync.report.json import render
    from sync.wiring import open_run

    if approve is not None and yes:
        raise UsageError("--approve says everything that --yes could say.", "Give only one of them.")
    with bars() as progress:
        said = approver(progress, command="runs undo", yes=yes, json=json, approve=approve)
        with stoppable() as stop, open_run(portfolio, tell=person(json=json), stop=stop) as context:
            result = undo(context, run, approver=said, progress=progress)
    if json:
        show_json(render(result.document))
    else:
        waits = result.exit_code is ExitCode.APPROVAL
        show(text.render(result.document, each_write=waits))
    raise typer.Exit(result.exit_code)


@app.command("verify")
def verify_runs(portfolio: PortfolioFile = None, json: AsJson = False) -> None:
    """Check that the record of all runs is whole.

    Nothing may be missing, altered or cut off. Exits with 14 where it is not whole, and says at which entry.
    """
    from sync.cli.terminal import show, show_json
    from sync.engine.trail import check
    from sync.wiring import load_portfolio, open_heads, open_runs

    configured = load_portfolio(portfolio)
    with open_runs(configured) as store:
        verdict = check(store, open_heads(configured, store))
    if json:
        show_json(_verdict(verdict))
        raise typer.Exit(ExitCode.DONE if verdict.holds else ExitCode.UNREADABLE)
    if verdict.trouble is not None:
        raise UnreadableError(verdict.trouble, "Keep a copy of the database as it is; docs/audit.md says what to do.")
    entries = f"{verdict.checked:,} {'entry' if verdict.checked == 1 else 'entries'}"
    show(f"The record is whole: {entries} checked, the last is number {verdict.head.number}.")


def _verdict(verdict: "Verdict") -> str:
    """`schema: 1`: whether the record holds, how many entries do, where that ends, and what is wrong first."""
    head = {"number": verdict.head.number, "hash": verdict.head.hash}
    told = {"schema": 1, "holds": verdict.holds, "checked": verdict.checked, "head": head, "trouble": verdict.trouble}
    return dumps(told, indent=2)


def stored_report(portfolio: Path | None, run: str | None) -> Mapping[str, Any]:
    """The report of that run, or of the last finished one; NotFoundError where there is none."""
    from sync.wiring import load_portfolio, open_runs

    with open_runs(load_portfolio(portfolio)) as store:
        document = store.report(run)
    if document is None:
        what = f"There is no finished run {run} in this portfolio's database." if run else "Nothing has run yet."
        raise NotFoundError(what, "`runs list` shows the runs there are; `plan` makes one without writing.")
    return document


def _table(summaries: "Sequence[RunSummary]") -> "RenderableType":
    from rich.text import Text

    from sync.report.text import table_of

    if not summaries:
        return Text("Nothing has run yet.")
    rendered = table_of(None, "Run", "Mode", "For", "Started (UTC)", "Outcome")
    for run in summaries:
        outcome = run.outcome or ("running or cut short" if run.finished is None else "-")
        rendered.add_row(run.id, run.mode, run.today.isoformat(), f"{run.started:%Y-%m-%d %H:%M:%S}", outcome)
    return rendered


def _document(summaries: "Sequence[RunSummary]") -> str:
    """`schema: 1`, one object per run, newest first."""
    from sync.core.run_report import instant

    runs = [
        {
            "id": run.id,
            "mode": run.mode.value,
            "today": run.today.isoformat(),
            "night": run.night.isoformat() if run.night else None,
            "started": instant(run.started),
            "finished": instant(run.finished) if run.finished else None,
            "outcome": run.outcome,
        }
        for run in summaries
    ]
    return dumps({"schema": 1, "runs": runs}, indent=2)
