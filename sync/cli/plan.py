"""`plan`: what a run would write, shown and kept as a run of mode plan. Nothing is written."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli.options import AsJson, DetailedExitCode, Full, OnlySources, PortfolioFile, Today, parse_today, repeated
from sync.errors import UsageError

if TYPE_CHECKING:
    from sync.engine.run import RunResult

Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Keep the plan in this file, to look through and to hand to `reconcile --plan`.",
        show_default=False,
    ),
]


def plan(
    portfolio: PortfolioFile = None,
    source: OnlySources = None,
    today: Today = None,
    full: Full = False,
    out: Out = None,
    detailed_exitcode: DetailedExitCode = False,
    json: AsJson = False,
) -> int:
    """Show what a reconciliation would write, and write nothing.

    Looks at every list, decides as the nightly run would, and shows each value that would change: from what, to what,
    and why. What a guard holds back is told with the way to approve it. The plan is kept as a run, for `runs show`.
    """
    from sync.cli.stopping import stoppable
    from sync.cli.terminal import bars, own_command, person, show, show_json
    from sync.engine.run import RunRequest, execute
    from sync.engine.state import RunMode
    from sync.report import text
    from sync.report.json import render
    from sync.wiring import open_run

    request = RunRequest(RunMode.PLAN, today=parse_today(today), only=frozenset(source or ()), anew=full)
    with (
        stoppable() as stop,
        open_run(portfolio, tell=person(json=json), stop=stop) as context,
        bars() as progress,
    ):
        result = execute(context, request, progress=progress)
        if out is not None:
            _keep(result, context.portfolio.name, out)
    document = result.document
    if json:
        show_json(render(document))
    else:
        show(text.render(document, program=own_command(), options=repeated(portfolio, source), each_write=True))
    return result.pending_code if detailed_exitcode else result.exit_code


def _keep(result: "RunResult", portfolio: str, file: Path) -> None:
    from json import dumps

    from sync.core.plan_file import document

    report = result.report
    kept = document(report.plan, portfolio=portfolio, made=report.finished, today=report.today)
    try:
        file.write_text(dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"The plan cannot be kept in {file}: {error.strerror}.", "Name another file.") from None
