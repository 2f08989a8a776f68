"""`subject`: what is kept about a person, and forgetting who they are."""

from json import dumps
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sync.cli.options import AsJson, PortfolioFile
from sync.errors import ExitCode

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sync.engine.subject import Found, Subject

_NAMELESS = (
    "Whoever changed a value of ours has no name here unless the source maps Modified By: search by the number of "
    "their account at that site as well."
)

app = typer.Typer(help="Find and forget what is kept about a person.", no_args_is_help=True)


@app.command("find")
def find(
    who: Annotated[
        str, typer.Argument(metavar="NAME-OR-ID", help="A number, or words of a name or login.", show_default=False)
    ],
    portfolio: PortfolioFile = None,
    json: AsJson = False,
) -> None:
    """Show everything that is kept about a person.

    By words of a name or login, or by their number. Tells where the name stands, and what was written on whose account.
    """
    from sync.cli.terminal import show, show_json
    from sync.engine import subject
    from sync.wiring import load_portfolio, open_runs

    with open_runs(load_portfolio(portfolio)) as runs:
        found = subject.find(runs, who)
    if json:
        show_json(_document(found))
    else:
        show(*_told(found, who))


@app.command("erase")
def erase(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="As `subject find` shows it.", show_default=False)],
    portfolio: PortfolioFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Answer the prompt.")] = False,
) -> None:
    """Forget who a number is, and take the name out of what is kept.

    Says who it is first, and asks. The record of writes stays whole, and says the number. The lists themselves are not
    changed: correct them in SharePoint.
    """
    from sync.cli.asking import agreed
    from sync.cli.terminal import show, tell
    from sync.clock import SystemClock
    from sync.engine import subject
    from sync.wiring import load_portfolio, open_heads, open_runs

    configured = load_portfolio(portfolio)
    with open_runs(configured) as runs:
        person = subject.person_of(runs, number)
        account = f"account {person.ident} of {person.scope}"
        tell(f"Number {number} is {f'{person.name}, {account}' if person.name else account}.")
        if not agreed("Forget for good who that is?", yes=yes):
            raise typer.Exit(ExitCode.APPROVAL)
        erased = subject.erase(runs, number, SystemClock(), open_heads(configured, runs))
    texts = "text" if erased.redacted == 1 else "texts"
    show(
        f"Nobody can tell from this database any more who number {number} is; the name was taken out of "
        f"{erased.redacted} {texts}."
    )
    for place in erased.left:
        show(f"The name still stands in: {place}.")
    for warning in erased.warnings:
        tell(warning)


def _told(found: "Found", wanted: str) -> "list[RenderableType]":
    from rich.markup import escape
    from rich.text import Text

    from sync.core.run_report import instant
    from sync.report.text import table_of

    if not found.subjects and not found.mentions:
        return [Text(f"Nothing is kept about '{wanted}'."), *([] if wanted.isdecimal() else [Text(_NAMELESS)])]
    parts: list[RenderableType] = []
    if found.subjects:
        table = table_of("People", ">Number", "Name", "Account", "Of", ">Entries", ">Approvals", "First", "Last")
        for each in found.subjects:
            person = each.person
            figures = [str(each.entries), str(each.approvals)]
            times = [instant(moment) if moment else "-" for moment in (each.first, each.last)]
            row = [str(person.number), person.name or "-", person.ident, person.scope, *figures, *times]
            table.add_row(*map(escape, row))
        parts.append(table)
    places = sorted({*found.mentions, *(place for each in found.subjects for place in each.mentions)})
    if places:
        table = table_of(f"Where the name stands ({len(places)})", "Where")
        for place in places:
            table.add_row(escape(place))
        parts.append(table)
    return parts


def _document(found: "Found") -> str:
    """`schema: 1`, one object per person, and where the words themselves stand."""
    subjects = [_subject(each) for each in found.subjects]
    return dumps({"schema": 1, "subjects": subjects, "mentions": list(found.mentions)}, ensure_ascii=False, indent=2)


def _subject(subject: "Subject") -> dict[str, Any]:
    from sync.core.run_report import instant

    person = subject.person
    return {
        "number": person.number,
        "name": person.name,
        "account": person.ident,
        "scope": person.scope,
        "entries": subject.entries,
        "approvals": subject.approvals,
        "first": instant(subject.first) if subject.first else None,
        "last": instant(subject.last) if subject.last else None,
        "mentions": list(subject.mentions),
    }
