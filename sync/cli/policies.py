"""`policies test FILE`: a council's own examples, held against its own rules."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli.options import AsJson, PortfolioFile
from sync.errors import ExitCode

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sync.core.examples import Result

app = typer.Typer(help="Try the rules of the portfolio file on examples.", no_args_is_help=True)


@app.callback()
def _policies() -> None:
    pass


@app.command("test")
def run_examples(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A YAML file of examples.", show_default=False)],
    portfolio: PortfolioFile = None,
    json: AsJson = False,
) -> None:
    """Hold your own examples against the rules of the portfolio file.

    An example is a row as staff would write it, and what the rules should make of it. No list is read and nothing is
    written. Exits with 5 where one comes out otherwise.
    """
    from sync.cli.terminal import show, show_json
    from sync.core.examples import try_out
    from sync.wiring import load_examples, load_portfolio

    configured = load_portfolio(portfolio)
    results = [
        try_out(example, configured.sources, configured.policies, configured.calendar)
        for example in load_examples(file, configured)
    ]
    if json:
        show_json(_document(results))
    else:
        show(*_told(results))
    raise typer.Exit(ExitCode.DONE if all(result.passed for result in results) else ExitCode.PARTIAL)


def _told(results: "Sequence[Result]") -> "Sequence[RenderableType]":
    from rich.text import Text

    lines = [Text.assemble(("passed  " if each.passed else "FAILED  ", _style(each)), each.name) for each in results]
    told: list[RenderableType] = []
    for line, result in zip(lines, results, strict=True):
        told.append(line)
        told += [Text(f"        {each}.") for each in result.unread]
        told += [
            Text(f"        {each.answer}: expected {_shown(each.expected)}, found {_shown(each.found)}")
            for each in result.wrong
        ]
    failed = sum(not each.passed for each in results)
    told.append(
        Text(f"{len(results)} examples, {failed} of them came out otherwise." if failed else _all_passed(results))
    )
    return told


def _all_passed(results: "Sequence[Result]") -> str:
    return "The one example came out as expected." if len(results) == 1 else f"All {len(results)} came out as expected."


def _style(result: "Result") -> str:
    return "green" if result.passed else "bold red"


def _shown(value: str) -> str:
    return f"'{value}'" if value else "nothing"


def _document(results: "Sequence[Result]") -> str:
    from json import dumps

    examples = [
        {
            "name": each.name,
            "passed": each.passed,
            "wrong": [
                {"answer": wrong.answer.value, "expected": wrong.expected, "found": wrong.found} for wrong in each.wrong
            ],
            "unread": list(each.unread),
        }
        for each in results
    ]
    return dumps({"schema": 1, "examples": examples}, ensure_ascii=False, indent=2)
