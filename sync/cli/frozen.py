"""`frozen`: reports as boards saw them: which there are, making one, working one out again, and correcting one."""

from collections.abc import Sequence
from json import dumps
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sync.cli.options import AsJson, PortfolioFile, list_by_default, parse_day
from sync.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sync.core.restated import Restated
    from sync.engine.state import Frozen

app = typer.Typer(help="Reports as boards saw them; without a command, lists them.", invoke_without_command=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="As `frozen list` shows it.", show_default=False)]
LONGEST_WHY = 255


@app.callback()
def _frozen(context: typer.Context, portfolio: PortfolioFile = None, json: AsJson = False) -> None:
    list_by_default(context, portfolio, json=json, listing=list_frozen)


@app.command("list")
def list_frozen(portfolio: PortfolioFile = None, json: AsJson = False) -> None:
    """List the frozen reports, the newest first.

    One is frozen at each month's beginning and on the day that papers for a board are due.
    """
    from sync.cli.terminal import show, show_json
    from sync.wiring import load_portfolio, open_runs

    with open_runs(load_portfolio(portfolio)) as store:
        frozen = store.frozen()
    if json:
        show_json(dumps({"schema": 1, "frozen": [_entry(each) for each in frozen]}, ensure_ascii=False, indent=2))
    else:
        show(_table(frozen))


@app.command("make")
def make(
    portfolio: PortfolioFile = None,
    board: Annotated[
        str | None,
        typer.Option("--board", metavar="NAME", help="For that board's next meeting.", show_default=False),
    ] = None,
) -> None:
    """Freeze what the last run saw, now.

    Runs do so by themselves at the month's beginning and before a board; this is for every other occasion.
    """
    from sync.cli.terminal import show
    from sync.clock import SystemClock
    from sync.engine.archiving import freeze_on_request
    from sync.wiring import load_portfolio, open_runs

    configured = load_portfolio(portfolio)
    with open_runs(configured) as store:
        made = freeze_on_request(store, configured, board, SystemClock().now())
    show(f"Frozen as {made.id}, as on {made.as_of}.")


@app.command("verify")
def verify(
    name: Annotated[
        str | None, typer.Argument(metavar="ID", help="As `frozen list` shows it; all of them without.")
    ] = None,
    portfolio: PortfolioFile = None,
    json: AsJson = False,
) -> None:
    """Work the figures of frozen reports out again.

    From the records that they froze, by the rules that they froze. Exits with 5 where a figure comes out otherwise.
    """
    from sync.cli.kept import Library
    from sync.cli.terminal import show, show_json
    from sync.core.restated import restated
    from sync.wiring import load_portfolio, open_runs

    with open_runs(load_portfolio(portfolio)) as store:
        library = Library(store)
        names = [name] if name else [each.id for each in store.frozen()]
        kept = [library.frozen(each) for each in names]
    differing = {each.of.id: restated(each.figures, [row.to_json() for row in each.view.rollup]) for each in kept}
    if json:
        show_json(dumps({"schema": 1, "reports": [_verdict(*each) for each in differing.items()]}, indent=2))
    else:
        show(*_told(differing))
    raise typer.Exit(ExitCode.PARTIAL if any(differing.values()) else ExitCode.DONE)


@app.command("restate")
def restate(
    name: Id,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="What was wrong, for whoever reads it.")],
    portfolio: PortfolioFile = None,
    corrections: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="SOURCE/KEY.FIELD=VALUE",
            help="What a record should have said (repeatable): a day as 2026-06-30, a word of ours such as on_track.",
            show_default=False,
        ),
    ] = None,
    todays_rules: Annotated[
        bool, typer.Option("--todays-rules", help="By the rules of the portfolio file as it is now.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Answer the prompt.")] = False,
) -> None:
    """Correct a frozen report, beside what was told.

    What was told stays. The correction is kept with its reason, and every figure that differs is marked as restated.
    """
    from sync.cli.asking import agreed
    from sync.cli.restating import restatement
    from sync.cli.terminal import show, tell
    from sync.clock import SystemClock
    from sync.wiring import load_portfolio, open_runs

    if not why.strip() or len(why) > LONGEST_WHY:
        raise UsageError("A restatement needs its reason.", f"Give it with --why, in at most {LONGEST_WHY} characters.")
    if not corrections and not todays_rules:
        raise UsageError("Nothing would be corrected.", "Say what was wrong with --set, or use --todays-rules.")
    configured = load_portfolio(portfolio)
    with open_runs(configured) as store:
        made = restatement(store, name, configured if todays_rules else None, corrections or [], why.strip())
        tell("\n".join(_lines(made.differing)) or "No figure of the roll-ups differs.")
        if not agreed(f"Keep {made.frozen.id} beside {name}, which it restates?", yes=yes):
            raise typer.Exit(ExitCode.APPROVAL)
        made.keep(store, SystemClock().now())
    show(f"Kept as {made.frozen.id}; {len(made.differing)} figures are marked as restated.")


@app.command("purge")
def purge(
    before: Annotated[str, typer.Option("--before", metavar="DATE", help="Delete reports of before this day.")],
    portfolio: PortfolioFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Answer the prompt.")] = False,
) -> None:
    """Delete old frozen reports for good.

    Says which first, and asks. Papers and comparisons that would need them can no longer be made.
    """
    from sync.cli.asking import agreed
    from sync.cli.terminal import show, tell
    from sync.wiring import load_portfolio, open_runs

    day = parse_day(before, "--before")
    with open_runs(load_portfolio(portfolio)) as store:
        old = [each.id for each in store.frozen() if each.as_of < day]
        if not old:
            show(f"No frozen report is of before {day}.")
            return
        tell(f"To be deleted: {', '.join(old)}.")
        if not agreed("Delete them for good?", yes=yes):
            raise typer.Exit(ExitCode.APPROVAL)
        gone = store.purge_frozen(day)
    show(f"Deleted {gone} frozen {'report' if gone == 1 else 'reports'}.")


def _table(frozen: "Sequence[Frozen]") -> "RenderableType":
    from rich.markup import escape
    from rich.text import Text

    from sync.report.text import table_of

    if not frozen:
        return Text("No report has been frozen yet: the first run of a month freezes one, and so does `frozen make`.")
    table = table_of(None, "Report", "For", "As on", "Of run", "Restates")
    for each in frozen:
        what = f"{each.board}, {each.period}" if each.board else each.occasion.value
        restates = f"{each.restates}: {each.why}" if each.restates else ""
        table.add_row(each.id, escape(what), each.as_of.isoformat(), each.run_id, escape(restates))
    return table


def _entry(frozen: "Frozen") -> dict[str, Any]:
    return {
        "id": frozen.id,
        "occasion": frozen.occasion.value,
        "board": frozen.board,
        "period": frozen.period.isoformat() if frozen.period else None,
        "as_of": frozen.as_of.isoformat(),
        "run": frozen.run_id,
        "revision": frozen.revision,
        "restates": frozen.restates,
        "why": frozen.why,
    }


def _verdict(name: str, differing: "Sequence[Restated]") -> dict[str, Any]:
    figures = [
        {"scope": each.scope, "name": each.name, "figure": each.figure, "was": each.was, "now": each.now}
        for each in differing
    ]
    return {"id": name, "same": not differing, "differing": figures}


def _told(differing: "dict[str, tuple[Restated, ...]]") -> "list[RenderableType]":
    from rich.text import Text

    told: list[RenderableType] = []
    for name, figures in differing.items():
        told.append(Text(f"{name}: {'comes out the same again' if not figures else 'comes out otherwise'}."))
        told += [Text(f"  {line}") for line in _lines(figures)]
    return told or [Text("No report has been frozen yet.")]


def _lines(differing: "Sequence[Restated]") -> list[str]:
    return [f"{each.scope} {each.name}, {each.figure}: {each.was} was told, {each.now} it is" for each in differing]
