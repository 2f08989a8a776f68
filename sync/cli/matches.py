"""`matches`: records that may be something that was known before, and what a person says of it."""

from collections.abc import Sequence
from json import dumps
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sync.cli.options import AsJson, PortfolioFile, list_by_default
from sync.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sync.core.doubts import Doubt

app = typer.Typer(help="Records that may be something that was known before.", invoke_without_command=True)


@app.callback()
def _matches(context: typer.Context, portfolio: PortfolioFile = None, json: AsJson = False) -> None:
    list_by_default(context, portfolio, json=json, listing=list_matches)


@app.command("list")
def list_matches(portfolio: PortfolioFile = None, json: AsJson = False) -> None:
    """List what the last run could not tell.

    Each question names two things that may be one, and what either answer would mean.
    """
    from sync.cli.terminal import show, show_json
    from sync.wiring import load_portfolio, open_runs

    with open_runs(load_portfolio(portfolio)) as store:
        doubts = _open(store.doubts(), store.answers())
    if json:
        show_json(dumps({"schema": 1, "matches": [_entry(each) for each in doubts]}, ensure_ascii=False, indent=2))
    else:
        show(*_told(doubts))


@app.command("answer")
def answer(
    doubt: Annotated[
        str, typer.Argument(metavar="ID", help="The question's id, as `matches` shows it.", show_default=False)
    ],
    same: Annotated[
        bool | None,
        typer.Option("--same/--another", help="Whether it is the same thing, or another.", show_default=False),
    ] = None,
    portfolio: PortfolioFile = None,
) -> None:
    """Say whether it is the same thing or another.

    The next run goes by it, and so does every run after it.
    """
    from sync.cli.terminal import show
    from sync.clock import SystemClock
    from sync.core.doubts import Answer
    from sync.engine.account import this_account
    from sync.wiring import load_portfolio, open_runs

    if same is None:
        raise UsageError("The question has two answers.", "Add --same or --another.")
    with open_runs(load_portfolio(portfolio)) as store:
        asked = {each.id: each for each in store.doubts()}
        if doubt not in asked and doubt not in store.answers():
            raise NotFoundError(f"Nothing is asked under '{doubt}'.", "`matches list` shows the questions there are.")
        store.keep_answer(Answer(doubt, same, this_account(store.audit), SystemClock().now()))
    show(f"Kept: it is {'the same' if same else 'another'}. The next run goes by that.")


def _open(doubts: "Sequence[Doubt]", answered: object) -> "list[Doubt]":
    known = answered if isinstance(answered, dict) else {}
    return [each for each in doubts if each.id not in known]


def _told(doubts: "Sequence[Doubt]") -> "list[RenderableType]":
    from rich.markup import escape
    from rich.text import Text

    from sync.report.text import table_of

    if not doubts:
        return [Text("Nothing is doubtful.")]
    table = table_of(None, "Question", "Source", "What", "--same means", "--another means")
    for each in doubts:
        table.add_row(each.id, escape(each.source), escape(each.question), *map(escape, each.choices))
    return [table, Text("Answer with `matches answer ID --same` or `--another`.")]


def _entry(doubt: "Doubt") -> dict[str, Any]:
    return {
        "id": doubt.id,
        "source": doubt.source,
        "item": doubt.record.item_id,
        "kind": doubt.kind.value,
        "question": doubt.question,
        "same": doubt.choices[0],
        "another": doubt.choices[1],
    }
