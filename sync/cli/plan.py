"""`plan`: what a run would write, shown and kept as a run of mode plan. Nothing is written."""

from sync.cli.options import AsJson, DetailedExitCode, OnlySources, PortfolioFile, Today, parse_today


def plan(
    portfolio: PortfolioFile = None,
    source: OnlySources = None,
    today: Today = None,
    detailed_exitcode: DetailedExitCode = False,
    json: AsJson = False,
) -> int:
    """Show exactly what a reconciliation would write, and write nothing."""
    from sync.cli.terminal import bars, person, show, show_json
    from sync.engine.run import RunRequest, execute
    from sync.engine.state import RunMode
    from sync.report import text
    from sync.report.json import render
    from sync.wiring import open_run

    request = RunRequest(RunMode.PLAN, today=parse_today(today), only=frozenset(source or ()))
    with open_run(portfolio, tell=person(json=json)) as context, bars() as progress:
        result = execute(context, request, progress=progress)
    document = result.document
    if json:
        show_json(render(document))
    else:
        show(text.render(document), text.plan_table(document["plan"]))
    return result.pending_code if detailed_exitcode else result.exit_code
