"""`provision`: makes the columns, views and lists that the portfolio needs, and takes them away again."""

import shlex
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli.completion import source_names
from sync.cli.options import AsJson, DetailedExitCode, PortfolioFile, repeated
from sync.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from sync.cli.terminal import Bars
    from sync.engine.provision.carry import Provisioned
    from sync.engine.provision.work import Provisioning
    from sync.engine.run import RunContext
    from sync.engine.targets import Readers


class RollupReaders(StrEnum):
    """As `targets.Readers`, which is not loaded for `--help`."""

    SITE = "site"
    OWNERS = "owners"


class Blank(StrEnum):
    """As `templates.TEMPLATES`, which are not loaded for `--help`."""

    RISK_REGISTER = "risk-register"
    PROJECT_LIST = "project-list"


Sources = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        metavar="NAME",
        help="Only the list of this source (repeatable); without, all of them and the service's own lists.",
        show_default=False,
        autocompletion=source_names,
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")]
Remove = Annotated[
    bool, typer.Option("--remove", help="Take away what was made, and give columns that were dressed their looks back.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Answer the prompt.")]
WhoReads = Annotated[
    RollupReaders | None,
    typer.Option(
        "--rollup-readers",
        help="Who may read the roll-up list, where the portfolio file does not say.",
        show_default=False,
    ),
]
Template = Annotated[
    Blank | None,
    typer.Option(
        "--template", help="Make this blank standard list instead; needs --site and --title.", show_default=False
    ),
]
OnSite = Annotated[
    str | None, typer.Option("--site", metavar="SITE", help="Where the blank list is made.", show_default=False)
]
Title = Annotated[
    str | None, typer.Option("--title", metavar="TEXT", help="What the blank list is called.", show_default=False)
]
Over = Annotated[
    str | None,
    typer.Option(
        "--connection",
        metavar="NAME",
        help="Over which connection; needed where the portfolio file has several.",
        show_default=False,
    ),
]


def provision(
    portfolio: PortfolioFile = None,
    source: Sources = None,
    dry_run: DryRun = False,
    remove: Remove = False,
    yes: Yes = False,
    rollup_readers: WhoReads = None,
    template: Template = None,
    site: OnSite = None,
    title: Title = None,
    connection: Over = None,
    detailed_exitcode: DetailedExitCode = False,
    json: AsJson = False,
) -> int:
    """Make the columns, views and lists that the portfolio needs.

    Shows each step and asks before it does any. Columns and views of staff's are never touched; whatever is made is on
    record, so that --remove takes exactly that away again. Needs the role `manage` on the site, which the nightly run
    does not.
    """
    from sync.cli.provision_shown import document, preview
    from sync.cli.stopping import stoppable
    from sync.cli.terminal import bars, person, show, show_json
    from sync.wiring import open_run

    _consistent(source, rollup_readers, template, site, title, connection, remove=remove)
    block = None
    with stoppable() as stop, open_run(portfolio, tell=person(json=json), stop=stop) as context, bars() as progress:
        if template is not None and site is not None and title is not None:
            seen, block = _blank(context, template, connection, site, title)
        else:
            ask = not (json or yes or dry_run)
            seen = _survey(context, source, rollup_readers, progress, remove=remove, ask=ask)
        if not json:
            show(*preview(seen, remove=remove))
        done, code = _carried(context, seen, progress, yes=yes, json=json, dry_run=dry_run, remove=remove)
    if code is ExitCode.DONE and dry_run and detailed_exitcode and seen.steps:
        code = ExitCode.PENDING
    if json:
        mode = "remove" if remove else "template" if template else "provision"
        show_json(document(seen, done, mode=mode, dry_run=dry_run, planned=seen.steps, source=block))
    else:
        _tell(seen, done, block, repeated(portfolio), remove=remove, dry_run=dry_run)
    return code


def _consistent(
    source: list[str] | None,
    readers: RollupReaders | None,
    template: Blank | None,
    site: str | None,
    title: str | None,
    connection: str | None,
    *,
    remove: bool,
) -> None:
    """Raises UsageError for options that make no sense together."""
    if template is None and (site or title or connection):
        raise UsageError("--site, --title and --connection are of a blank list.", "Give --template as well.")
    if template is not None and not (site and title):
        raise UsageError("A blank list needs a site and a title.", "Give --site and --title as well.")
    if template is not None and (source or remove or readers):
        raise UsageError(
            "--template makes one list and does nothing else.", "Leave out --source, --remove and --rollup-readers."
        )
    if remove and readers:
        raise UsageError("--rollup-readers is of a list that is made.", "Leave it out with --remove.")


def _survey(
    context: "RunContext",
    source: list[str] | None,
    readers: RollupReaders | None,
    progress: "Bars",
    *,
    remove: bool,
    ask: bool,
) -> "Provisioning":
    from sync.engine.provision.removal import survey_removal
    from sync.engine.provision.survey import survey
    from sync.engine.targets import Readers

    only = frozenset(source or ())
    if remove:
        return survey_removal(context, only)
    seen = survey(context, only, Readers(readers) if readers else None)
    if not (seen.asks_readers and ask and sys.stdin.isatty() and sys.stdout.isatty()):
        return seen
    with progress.hidden():
        said = _ask_readers(context)
    return survey(context, only, said) if said else seen


def _ask_readers(context: "RunContext") -> "Readers | None":
    """Who may read the roll-up list, said by whoever knows what it would show; None for nobody yet."""
    from sync.cli.terminal import show
    from sync.engine.provision.survey import narrower_sources
    from sync.engine.targets import Readers

    show("The roll-up list shows totals of every source, also to people who may not read the lists themselves.")
    for name, why in narrower_sources(context):
        show(f"  {name} {why}.")
    question = (
        "Who may read it: everybody who may read its site (site), only administrators of the site collection until one "
        "of them shares it (owners), or shall it not be made now (later)?"
    )
    answers = [*Readers, "later"]
    try:
        said = typer.prompt(f"{question} ({', '.join(answers)})", default="later")
    except typer.Abort:
        raise KeyboardInterrupt from None
    return Readers(said) if said in list(Readers) else None


def _blank(
    context: "RunContext", template: Blank, connection: str | None, site: str, title: str
) -> "tuple[Provisioning, str]":
    """What it takes to make the blank list, and what reads it in the portfolio file."""
    from sync.core.provisioning.templates import TEMPLATES
    from sync.engine.provision.lists import survey_template

    names = sorted(context.portfolio.connections)
    if connection is None and len(names) > 1:
        raise UsageError("The portfolio file has several connections.", f"Name one of {', '.join(names)}.")
    over = connection or names[0]
    seen = survey_template(context, template.value, connection=over, site=site, title=title)
    return seen, TEMPLATES[template.value].source(over, site, title)


def _carried(
    context: "RunContext",
    seen: "Provisioning",
    progress: "Bars",
    *,
    yes: bool,
    json: bool,
    dry_run: bool,
    remove: bool,
) -> "tuple[Provisioned, ExitCode]":
    """What was done once it was agreed to; what is only to be forgotten needs nobody's word."""
    from sync.engine.provision.carry import carry_out, untouched

    nothing = untouched(seen)
    if dry_run or not (seen.steps or seen.forgets):
        return nothing, nothing.exit_code
    seen.permit()
    if seen.steps and not _agreed(seen, progress, yes=yes, json=json, remove=remove):
        return nothing, ExitCode.APPROVAL
    done = carry_out(context, seen, progress)
    return done, done.exit_code


def _agreed(seen: "Provisioning", progress: "Bars", *, yes: bool, json: bool, remove: bool) -> bool:
    from sync.cli.asking import agreed
    from sync.cli.terminal import tell

    if json and not yes:
        tell("Nothing was done: it needs --yes.")
        return False
    what = "this step" if seen.steps == 1 else f"these {seen.steps} steps"
    with progress.hidden():
        return agreed(f"Take {what} to remove what was made?" if remove else f"Take {what}?", yes=yes)


def _tell(
    seen: "Provisioning", done: "Provisioned", block: str | None, options: list[str], *, remove: bool, dry_run: bool
) -> None:
    """What was done, and what to do next."""
    from sync.cli.provision_shown import outcome
    from sync.cli.terminal import own_command, show, tell
    from sync.cli.writing import print_text

    show(*outcome(done, remove=remove))
    for finding in done.warnings:
        tell(finding.text)
    for error in seen.denied if dry_run else ():
        tell(f"{error.what} {error.advice}")
    if not any(each.done for each in done.lists):
        return
    if remove:
        show("Take the columns out of `write` in the portfolio file, or set `mode: off`, before the next nightly run.")
    elif block is not None:
        show("Put this under `sources` in the portfolio file:\n")
        print_text(block)
    else:
        show(f"Next: {shlex.join([own_command(), 'plan', *options])}")
