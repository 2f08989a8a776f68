"""The command line. Commands import what they need when they run, so that `--help` answers at once."""

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Annotated, ParamSpec

import typer

from sync import __version__
from sync.cli import (
    audit,
    check,
    demo,
    emulator,
    explain,
    frozen,
    matches,
    plan,
    policies,
    provision,
    reconcile,
    report,
    runs,
    serve,
    subject,
)
from sync.cli.completion import prepare
from sync.cli.manual import with_examples
from sync.cli.terminal import tell, tell_error, write_anything
from sync.errors import DefectError, ExitCode, PortfolioSyncError

P = ParamSpec("P")

app = typer.Typer(
    name="portfolio-sync",
    help=(
        "Reads project lists and risk registers in SharePoint, reconciles them with one canonical model, and writes "
        "roll-up status and overdue flags back, with the reason in plain words."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback with an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """`--debug` is taken off the command line before this, wherever it stands."""


def _exiting(command: Callable[P, int | None]) -> Callable[P, None]:
    """The command, ending with the exit code that it returns."""

    @wraps(command)
    def run_and_exit(*arguments: P.args, **options: P.kwargs) -> None:
        raise typer.Exit(command(*arguments, **options) or ExitCode.DONE)

    return run_and_exit


app.command("demo")(_exiting(demo.demo))
app.command("emulator")(_exiting(emulator.emulator))
app.command("check")(_exiting(check.check))
app.command("provision")(_exiting(provision.provision))
app.command("plan")(_exiting(plan.plan))
app.command("reconcile")(_exiting(reconcile.reconcile))
app.command("explain")(_exiting(explain.explain))
app.add_typer(runs.app, name="runs")
app.command("report")(_exiting(report.report))
app.add_typer(frozen.app, name="frozen")
app.add_typer(matches.app, name="matches")
app.command("serve")(_exiting(serve.serve))
app.add_typer(policies.app, name="policies")
app.add_typer(audit.app, name="audit")
app.add_typer(subject.app, name="subject")
with_examples(app)


def run(arguments: Sequence[str]) -> int:
    """The exit code of the command; errors are told as one sentence of what happened and one of what to do."""
    debug = "--debug" in arguments
    write_anything()
    prepare()
    try:
        app(args=[each for each in arguments if each != "--debug"], prog_name="portfolio-sync")
    except SystemExit as end:
        if end.code == ExitCode.INTERRUPTED:
            tell("Interrupted; what was written so far is on record. Run again: the next run does the rest.")
        return end.code if isinstance(end.code, int) else ExitCode.DONE
    except PortfolioSyncError as error:
        if debug:
            raise
        tell_error(error)
        return error.exit_code
    except Exception as error:
        if debug:
            raise
        tell_error(DefectError(f"Something went wrong that should not ({type(error).__name__})."))
        return ExitCode.DEFECT
    return ExitCode.DONE


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))
