"""`reconcile`: plan, then apply what is allowed, once a person or the guards' silence has said yes."""

from pathlib import Path
from typing import Annotated

import typer

from sync.cli.options import AsJson, DetailedExitCode, Full, OnlySources, PortfolioFile, Today, parse_today, repeated
from sync.errors import UsageError

PlanFile = Annotated[
    Path | None,
    typer.Option(
        "--plan",
        metavar="FILE",
        help="Apply what this reviewed plan holds and what has not moved since; the file is the approval.",
        show_default=False,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Answer the prompt, and approve a first run or a changed policy.")]
Approve = Annotated[
    str | None,
    typer.Option(
        "--approve",
        metavar="DIGEST",
        help="Approve exactly the plan with this digest (twelve characters of it do), surprising as it may be.",
        show_default=False,
    ),
]
Resync = Annotated[
    bool,
    typer.Option(
        "--resync",
        help="Forget what was agreed and take what the lists hold for ours, once that plan is approved by its digest.",
    ),
]
Canary = Annotated[
    int | None,
    typer.Option(
        "--canary",
        metavar="N",
        min=1,
        help="Write N items of each list first, and stop there if anything but our own columns moved.",
        show_default=False,
    ),
]


def reconcile(
    portfolio: PortfolioFile = None,
    source: OnlySources = None,
    today: Today = None,
    full: Full = False,
    plan: PlanFile = None,
    yes: Yes = False,
    approve: Approve = None,
    resync: Resync = False,
    canary: Canary = None,
    detailed_exitcode: DetailedExitCode = False,
    json: AsJson = False,
) -> int:
    """Plan, ask where it has to, write, and tell what was done.

    In staff's lists only columns of the service's own are written. On a terminal the plan is shown and asked about;
    elsewhere what needs an approval waits, the rest is written, and the exit code is 4. Run it as often as you like:
    what is as it should be is not written again.
    """
    from sync.cli.consent import approver
    from sync.cli.stopping import stoppable
    from sync.cli.terminal import bars, own_command, person, show, show_json
    from sync.engine.run import RunRequest, execute
    from sync.engine.state import RunMode
    from sync.report import text
    from sync.report.json import render
    from sync.wiring import open_run

    if approve is not None and (plan is not None or yes):
        raise UsageError("--approve says everything that --yes and --plan could say.", "Give only one of them.")
    request = RunRequest(
        RunMode.RECONCILE,
        today=parse_today(today),
        only=frozenset(source or ()),
        resync=resync,
        canary=canary,
        anew=full,
    )
    with (
        stoppable() as stop,
        open_run(portfolio, tell=person(json=json), stop=stop) as context,
        bars() as progress,
    ):
        said = approver(
            progress,
            command="reconcile",
            yes=yes,
            json=json,
            approve=approve,
            file=plan,
            portfolio=context.portfolio.name,
        )
        result = execute(context, request, progress=progress, approver=said)
    document = result.document
    if json:
        show_json(render(document))
    else:
        show(text.render(document, program=own_command(), options=repeated(portfolio, source, resync=resync)))
    return result.pending_code if detailed_exitcode else result.exit_code
