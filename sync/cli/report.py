"""`report`: the last finished run, a committee's paper, the collated risk register, or the records as data."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from sync.cli.options import PortfolioFile, repeated
from sync.errors import UsageError

if TYPE_CHECKING:
    from sync.cli.kept import KeptView, Library
    from sync.report.editions import EditionView
    from sync.report.sections.paper import Frozen, Paper


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    HTML = "html"
    DOCX = "docx"
    XLSX = "xlsx"
    CSV = "csv"


class What(StrEnum):
    """`run`: what the last run did. `committee`: the paper. `register`: every risk of every register. `data`: the
    records, for other programs."""

    RUN = "run"
    COMMITTEE = "committee"
    REGISTER = "register"
    DATA = "data"


class Shown(StrEnum):
    PMO = "pmo"
    BOARD = "board"
    PUBLIC = "public"


_FORMATS: dict[What, tuple[Format, ...]] = {
    What.RUN: (Format.TEXT, Format.JSON),
    What.COMMITTEE: (Format.HTML, Format.DOCX),
    What.REGISTER: (Format.HTML, Format.DOCX),
    What.DATA: (Format.XLSX, Format.CSV, Format.JSON),
}
"""The formats of each report, its own first."""

_BINARY = (Format.DOCX, Format.XLSX)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was asked for: `since` and `frozen` name frozen reports."""

    what: What
    form: Format
    edition: Shown
    board: str | None
    since: str | None
    frozen: str | None
    meeting: str | None
    reference: str | None


def report(
    what: Annotated[
        What | None,
        typer.Argument(
            metavar="WHAT",
            help="run, committee, register or data; without it, what the format is the first for.",
            show_default=False,
        ),
    ] = None,
    portfolio: PortfolioFile = None,
    form: Annotated[Format | None, typer.Option("--format", help="How to render it.", show_default=False)] = None,
    edition: Annotated[Shown, typer.Option("--edition", help="For whom: it decides what may be told.")] = Shown.PMO,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it into this file.", show_default=False)
    ] = None,
    board: Annotated[
        str | None,
        typer.Option("--board", metavar="NAME", help="The board it is for: since its last report.", show_default=False),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="ID", help="Compare with this frozen report.", show_default=False),
    ] = None,
    frozen: Annotated[
        str | None,
        typer.Option("--frozen", metavar="ID", help="Of this frozen report, not of the last run.", show_default=False),
    ] = None,
    meeting: Annotated[
        str | None, typer.Option("--meeting", metavar="TEXT", help="The meeting it is for.", show_default=False)
    ] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", metavar="TEXT", help="The paper's reference.", show_default=False)
    ] = None,
) -> None:
    """Show the last run, or make a paper, a register or data of it.

    Nothing is read anew and nothing is written into a list: figures are of the moment that the report names.
    """
    chosen, form = _chosen(what, form)
    if chosen is What.RUN:
        _show_run(portfolio, form, out)
        return
    wanted = _Wanted(chosen, form, edition, board, since, frozen, meeting, reference)
    if form in _BINARY and out is None:
        raise UsageError(f"A report as {form} is a file.", f"Name it with --out, such as --out {chosen}.{form}.")
    _deliver(_made(portfolio, wanted), out)


def _chosen(what: What | None, form: Format | None) -> tuple[What, Format]:
    if what is None:
        what = What.RUN if form is None else next(each for each in What if form in _FORMATS[each])
    form = form or _FORMATS[what][0]
    if form not in _FORMATS[what]:
        may = ", ".join(_FORMATS[what])
        raise UsageError(f"There is no {what} report as {form}.", f"Its formats are {may}.")
    return what, form


def _show_run(portfolio: Path | None, form: Format, out: Path | None) -> None:
    from sync.cli.runs import stored_report
    from sync.cli.terminal import own_command, show, show_json
    from sync.report import text
    from sync.report.json import render

    document = stored_report(portfolio, None)
    if out is not None:
        if form is Format.TEXT:
            raise UsageError("The text is for the terminal.", "Write `--format json --out FILE`, or redirect it.")
        _deliver(render(document) + "\n", out)
    elif form is Format.JSON:
        show_json(render(document))
    else:
        show(text.render(document, program=own_command(), options=repeated(portfolio)))


def _made(portfolio: Path | None, wanted: _Wanted) -> str | bytes:
    from sync.cli.kept import Library
    from sync.wiring import load_portfolio, open_runs

    configured = load_portfolio(portfolio)
    _check_board(wanted.board, configured.policies.boards)
    with open_runs(configured) as store:
        library = Library(store)
        kept = library.frozen(wanted.frozen) if wanted.frozen else library.latest()
        return _rendered(library, kept, wanted)


def _check_board(board: str | None, known: object) -> None:
    names = sorted(known) if isinstance(known, dict) else []
    if board is not None and board not in names:
        raise UsageError(
            f"There is no board called '{board}'.", f"The portfolio file has: {', '.join(names) or 'none'}."
        )


def _rendered(library: "Library", kept: "KeptView", wanted: _Wanted) -> str | bytes:
    from sync.report.csv import render_csv
    from sync.report.open_data import render_json
    from sync.report.xlsx import render_xlsx

    before = library.before(kept.view, board=wanted.board, since=wanted.since)
    view = _edition(kept, wanted, before)
    if wanted.what is What.DATA:
        renderers: dict[Format, Callable[[EditionView], str | bytes]] = {
            Format.XLSX: render_xlsx,
            Format.CSV: render_csv,
            Format.JSON: render_json,
        }
        return renderers[wanted.form](view)
    return _paper(library, kept, before, view, wanted)


def _paper(
    library: "Library", kept: "KeptView", before: "KeptView | None", view: "EditionView", wanted: _Wanted
) -> str | bytes:
    from sync.report.committee import committee_report
    from sync.report.english import catalogue_for
    from sync.report.register import register_report
    from sync.report.sections.paper import Paper

    words = catalogue_for("en-GB")
    paper = Paper(
        view=view,
        words=words,
        previous=_told(library, before, wanted) if before else None,
        trend=tuple(_told(library, each, wanted) for each in library.months(kept.view.today)),
        calendar=kept.calendar,
    )
    build = committee_report if wanted.what is What.COMMITTEE else register_report
    document = build(paper, meeting=wanted.meeting or _meeting(paper, wanted.board))
    if wanted.form is Format.HTML:
        from sync.report.html import render_html

        return render_html(document, words)
    from sync.report.docx import render_docx

    return render_docx(document, words)


def _edition(kept: "KeptView", wanted: _Wanted, before: "KeptView | None" = None) -> "EditionView":
    from sync.report.editions import Edition, for_edition

    reports = kept.view.policies.reports
    shown = for_edition(kept.view, Edition(wanted.edition.value), reports, before=before.view if before else None)
    if wanted.reference is None:
        return shown
    headed = replace(shown.policies, reports=replace(reports, reference=wanted.reference))
    return replace(shown, policies=headed)


def _told(library: "Library", kept: "KeptView", wanted: _Wanted) -> "Frozen":
    """An earlier report as this edition tells it, and as it told it first where it was corrected since."""
    from sync.report.sections.paper import Frozen

    first = library.first_told(kept)
    return Frozen(
        label=kept.of.id,
        as_at=kept.view.as_at.astimezone(ZoneInfo(kept.view.zone)),
        rollup=_edition(kept, wanted).rollup,
        was=_edition(first, wanted).rollup if first else (),
    )


def _meeting(paper: "Paper", board: str | None) -> str:
    """The board's next meeting, where one is known."""
    from sync.core.boards import board_named, next_meeting

    known = board_named(board, paper.view.policies.boards) if board else None
    meeting = next_meeting(known, paper.view.today) if known else None
    return f"{board}, {paper.day(meeting)}" if meeting else board or ""


def _deliver(content: str | bytes, out: Path | None) -> None:
    """Into the file, whole or not at all; else to stdout."""
    from sync.cli.terminal import tell
    from sync.cli.writing import print_text, write_whole

    if out is None:
        print_text(content if isinstance(content, str) else content.decode())
    else:
        write_whole(out, content)
        tell(f"Written to {out}.")
