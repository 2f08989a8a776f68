"""`report`: the last finished run, for people or for scripts."""

from enum import StrEnum
from typing import Annotated

import typer

from sync.cli.options import PortfolioFile, repeated


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


def report(
    portfolio: PortfolioFile = None,
    form: Annotated[Format, typer.Option("--format", help="How to render it.")] = Format.TEXT,
) -> None:
    """Show the report of the last finished run."""
    from sync.cli.runs import stored_report
    from sync.cli.terminal import own_command, show, show_json
    from sync.report import text
    from sync.report.json import render

    document = stored_report(portfolio, None)
    if form is Format.JSON:
        show_json(render(document))
    else:
        show(text.render(document, program=own_command(), options=repeated(portfolio)))
