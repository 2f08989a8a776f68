"""`audit`: the record of decisions and writes, taken out for others or let go of."""

import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli.options import PortfolioFile, parse_day
from sync.errors import ExitCode, NotFoundError, UsageError

if TYPE_CHECKING:
    from sync.core.audit import Link
    from sync.engine.ports import AuditTrail

app = typer.Typer(help="Write out the record of decisions and writes, or let go of it.", no_args_is_help=True)


class Format(StrEnum):
    CSV = "csv"
    JSON = "json"


@app.command("export")
def export(
    portfolio: PortfolioFile = None,
    form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.CSV,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where to; standard output without.", show_default=False),
    ] = None,
    run: Annotated[
        str | None, typer.Option("--run", metavar="ID", help="Only this run's entries.", show_default=False)
    ] = None,
) -> None:
    """Write out the record of every decision and write.

    With the hashes that chain the entries, so that others can verify them; people by number, never by name.
    """
    from sync.report.audit import csv_pieces, json_pieces
    from sync.wiring import load_portfolio, open_runs

    with open_runs(load_portfolio(portfolio)) as runs:
        links = runs.audit.links(run) if run is None else _of(run, runs.audit)
        pieces = csv_pieces(links) if form is Format.CSV else json_pieces(runs.audit.anchor(), links)
        _write(pieces, out)


def _of(run: str, trail: "AuditTrail") -> "Iterator[Link]":
    """That run's entries, of which there has to be one: a mistyped id is not a run without writes."""
    links = trail.links(run)
    first = next(links, None)
    if first is None:
        raise NotFoundError(f"The audit has no entry of run {run}.", "`runs list` shows the runs there are.")
    return chain([first], links)


@app.command("purge")
def purge(
    before: Annotated[str, typer.Option("--before", metavar="DATE", help="Delete entries of before this day.")],
    portfolio: PortfolioFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Answer the prompt.")] = False,
) -> None:
    """Delete old entries of the record for good.

    Says how many first, and asks. What stays can still be verified.
    """
    from sync.cli.asking import agreed
    from sync.cli.terminal import tell
    from sync.clock import SystemClock
    from sync.engine import trail
    from sync.wiring import load_portfolio, open_heads, open_runs

    day, configured = parse_day(before, "--before"), load_portfolio(portfolio)

    def agree(old: trail.Old) -> bool:
        tell(f"Of the audit, {_entries(old.entries)} of before {day} would be deleted, and {_entries(old.stay)} stay.")
        return agreed("Delete them for good?", yes=yes)

    with open_runs(configured) as runs:
        heads = open_heads(configured, runs)
        purged = trail.purge(runs, day, configured.time_zone, SystemClock(), heads, agree)
    if purged is None:
        raise typer.Exit(ExitCode.APPROVAL)
    typer.echo(f"Deleted {_entries(purged.entries)}." if purged.entries else f"Nothing is of before {day}.")
    for warning in purged.warnings:
        tell(warning)


def _entries(count: int) -> str:
    return f"{count:,} {'entry' if count == 1 else 'entries'}"


def _write(pieces: Iterable[str], out: Path | None) -> None:
    if out is None:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        sys.stdout.writelines(pieces)
        return
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}.", "Name another file with --out.") from None
