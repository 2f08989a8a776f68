"""The command line. Commands import what they need when they run, so that `--help` answers at once."""

import sys
from collections.abc import Sequence

import typer

from sync import __version__
from sync.cli import check, demo, emulator, explain, plan, reconcile, report, runs, serve
from sync.cli.terminal import tell, tell_error
from sync.errors import DefectError, ExitCode, PortfolioSyncError

app = typer.Typer(
    name="portfolio-sync",
    help=(
        "Reads project lists and risk registers in SharePoint, reconciles them with one canonical model, and writes "
        "roll-up status and overdue flags back, with the reason in plain words."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _options(
    debug: bool = typer.Option(False, "--debug", help="Show a traceback with an error."),
    version: bool = typer.Option(False, "--version", help="Print the version and exit.", is_eager=True),
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


app.command("demo")(demo.demo)
app.command("emulator")(emulator.emulator)
app.command("plan")(plan.plan)
app.command("reconcile")(reconcile.reconcile)
app.command("explain")(explain.explain)
app.add_typer(runs.app, name="runs")
app.command("report")(report.report)
app.command("check")(check.check)
app.command("serve")(serve.serve)


def run(arguments: Sequence[str]) -> int:
    """The exit code of the command; errors are told as one sentence of what happened and one of what to do."""
    from click.exceptions import Abort, ClickException

    debug = "--debug" in arguments
    try:
        return int(app(args=[each for each in arguments if each != "--debug"], standalone_mode=False) or 0)
    except ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, Abort):
        tell("Interrupted; what was written so far is on record.")
        return ExitCode.INTERRUPTED
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


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))
