"""`reconcile`: plan, then apply what is allowed, once a person or the guards' silence has said yes."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli.options import AsJson, DetailedExitCode, OnlySources, PortfolioFile, Today, parse_today

if TYPE_CHECKING:
    from sync.cli.terminal import Bars
    from sync.core.plan import Plan
    from sync.engine.run import Approver, Consent

Yes = Annotated[bool, typer.Option("--yes", help="Answer the prompt, and approve a first run or a changed policy.")]


def reconcile(
    portfolio: PortfolioFile = None,
    source: OnlySources = None,
    today: Today = None,
    yes: Yes = False,
    detailed_exitcode: DetailedExitCode = False,
    json: AsJson = False,
) -> int:
    """Reconcile once: show the plan, ask on a terminal, write, and tell what was done."""
    from sync.cli.terminal import bars, person, show, show_json
    from sync.engine.run import RunRequest, execute
    from sync.engine.state import RunMode
    from sync.report import text
    from sync.report.json import render
    from sync.wiring import open_run

    request = RunRequest(RunMode.RECONCILE, today=parse_today(today), only=frozenset(source or ()))
    with open_run(portfolio, tell=person(json=json)) as context, bars() as progress:
        result = execute(context, request, progress=progress, approver=_approver(progress, yes=yes, json=json))
    document = result.document
    if json:
        show_json(render(document))
    else:
        show(text.render(document))
    return result.pending_code if detailed_exitcode else result.exit_code


def _approver(progress: "Bars", *, yes: bool, json: bool) -> "Approver":
    from sync.engine.run import approve_as, proceed_unapproved

    if yes:
        return approve_as("reconcile --yes")
    if json or not sys.stdin.isatty() or not sys.stdout.isatty():
        return proceed_unapproved

    def ask(plan: "Plan") -> "Consent":
        with progress.hidden():
            return _ask(plan)

    return ask


def _ask(plan: "Plan") -> "Consent":
    """Shows the plan on the terminal and asks once."""
    from sync.cli.terminal import show
    from sync.engine.run import Consent, approve_as
    from sync.report import text

    if not plan.writes:
        return approve_as("prompt")(plan)
    document = plan.to_json()
    show(text.plan_table(document), *text.refusal_lines(document["refusals"]))
    try:
        agreed = typer.confirm(f"Write these {len(plan.writes)} items?", default=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
    return approve_as("prompt")(plan) if agreed else Consent.nothing()
