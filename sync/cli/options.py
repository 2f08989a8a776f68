"""Options that several commands share, and what every command does with them."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from sync.cli.completion import source_names
from sync.errors import UsageError

PortfolioFile = Annotated[
    Path | None,
    typer.Option(
        "-c",
        "--portfolio",
        metavar="FILE",
        help="The portfolio file; else PORTFOLIO_SYNC_PORTFOLIO, else ./portfolio.yaml.",
        show_default=False,
    ),
]
OnlySources = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        metavar="NAME",
        help="Write to this source only (repeatable). All sources are read: decisions need them.",
        show_default=False,
        autocompletion=source_names,
    ),
]
Today = Annotated[
    str | None,
    typer.Option("--today", metavar="DATE", help="Decide as on this day (YYYY-MM-DD).", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else there.")]
DetailedExitCode = Annotated[
    bool, typer.Option("--detailed-exitcode", help="Exit 6 when there are changes to write, 4 when they need approval.")
]


Full = Annotated[
    bool, typer.Option("--full", help="Read every list as a whole, relying on nothing that was kept of it.")
]


def repeated(portfolio: Path | None, source: Sequence[str] | None = None, *, resync: bool = False) -> list[str]:
    """The options that a command to copy has to repeat."""
    where = ["-c", str(portfolio)] if portfolio else []
    only = [word for name in source or () for word in ("--source", name)]
    return [*where, *only, *(["--resync"] if resync else [])]


def list_by_default(
    context: typer.Context, portfolio: Path | None, *, json: bool, listing: Callable[..., None]
) -> None:
    """A group of commands that is called without one lists what there is; else its options belong to the command."""
    if context.invoked_subcommand is None:
        listing(portfolio, json=json)
    elif portfolio is not None or json:
        behind = f"`{context.info_name} {context.invoked_subcommand} ...`"
        raise UsageError("An option stands before the subcommand.", f"Write it behind: {behind}.")


def parse_today(text: str | None) -> date | None:
    return None if text is None else parse_day(text, "--today")


def parse_day(text: str, option: str) -> date:
    """The day that an option names; UsageError where it is none."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise UsageError(f"'{text}' is not a date.", f"Write {option} as YYYY-MM-DD, for example 2026-06-17.") from None
