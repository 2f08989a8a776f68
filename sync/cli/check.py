"""`check`: can every list be reached, read and written, are its columns there, and what does each list allow?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from sync.cli.completion import source_names
from sync.cli.options import AsJson, PortfolioFile
from sync.errors import ExitCode, SourceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from rich.padding import Padding

    from sync.core.list_check import ColumnUse, Remark, Weight
    from sync.engine.check import OwnListCheck, SourceCheck
    from sync.engine.run import RunContext
    from sync.engine.write_trial import WriteTest

Said = TypeVar("Said")

LookedAt = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        metavar="NAME",
        help="Look at this source only (repeatable).",
        show_default=False,
        autocompletion=source_names,
    ),
]
TryWriting = Annotated[
    bool, typer.Option("--write-test", help="Also try each mode of writing, on the service's own status list.")
]
EachColumn = Annotated[bool, typer.Option("--columns", help="Name every column that is read or written, and as what.")]

NAMES_SHOWN = 3
"""Lists of which the same is said are counted beyond these."""


def check(
    portfolio: PortfolioFile = None,
    source: LookedAt = None,
    columns: EachColumn = False,
    write_test: TryWriting = False,
    json: AsJson = False,
) -> int:
    """Look at every list hop by hop, and say what it allows.

    Tells what is missing and how to mend it: columns, permissions, settings that forbid writing, choices without a
    meaning, limits that are near, flows that would start, and certificates that end. Changes no list of staff's.
    """
    from sync.cli.stopping import stoppable
    from sync.cli.terminal import console, person, show_json
    from sync.engine.check import check_own_lists, check_sources
    from sync.engine.record import combined_code
    from sync.engine.run import check_sources as check_names
    from sync.wiring import open_run

    checked: list[SourceCheck] = []
    out, only = console(), frozenset(source or ())
    with stoppable() as stop, open_run(portfolio, tell=person(json=json), stop=stop) as context:
        check_names(context.portfolio, only)
        for result in check_sources(context.portfolio, context.lists, context.admins, only):
            checked.append(result)
            if not json:
                for line in _lines(result, columns=columns):
                    out.print(_indented(line), style="" if result.is_ready else "bold")
            stop.check()
        own = tuple(check_own_lists(context.portfolio, context.admins))
        around = _Around(_ends(context), own, _tried(context) if write_test else ())
    if json:
        show_json(_document(checked, around))
    else:
        for line in _summary(checked, around):
            out.print(_indented(line))
    errors = [*(result.error for result in checked), *(trial.error for trial in around.trials)]
    return combined_code([error.exit_code if error else ExitCode.DONE for error in errors])


@dataclass(frozen=True, slots=True)
class _Around:
    """What is told of besides the sources. `ends`: the last day of each connection's certificate, and how far off."""

    ends: "Mapping[str, tuple[date, int]]"
    own_lists: "Sequence[OwnListCheck]"
    trials: "Sequence[WriteTest]"


def _ends(context: "RunContext") -> "dict[str, tuple[date, int]]":
    from sync.wiring import certificate_ends

    today = context.clock.now().date()
    return {name: (end, (end - today).days) for name, end in certificate_ends(context.portfolio).items()}


def _tried(context: "RunContext") -> "tuple[WriteTest, ...]":
    from sync.engine.write_trial import try_writing

    own = context.portfolio.own_lists
    if own is None:
        raise UsageError(
            "The portfolio file names no list to try writing on.", "Add `own_lists`, and run `provision` to make them."
        )
    store, admin = context.lists[own.connection], context.admins[own.connection]
    return tuple(try_writing(context.portfolio, own, store, admin, context.clock.now()))


def _indented(line: str) -> "Padding":
    """A line that keeps its indent where it is too long for one."""
    from rich.padding import Padding
    from rich.text import Text

    text = line.lstrip(" ")
    return Padding(Text(text), (0, 0, 0, len(line) - len(text)), expand=False)


def _lines(result: "SourceCheck", *, columns: bool) -> "Iterator[str]":
    if result.error is None:
        yield f"ready   {result.source}: {result.passed[-1].detail}"
    else:
        passed = ", ".join(hop.name for hop in result.passed) or "nothing"
        yield f"FAILED  {result.source} (passed: {passed})"
        yield f"        {result.error.what} {result.error.advice}"
    if columns:
        yield from (f"          {_told(use)}" for use in result.columns)


def _told(use: "ColumnUse") -> str:
    name = "" if use.name == use.title else f" ({use.name})"
    what = f"written, as our {use.field}" if use.ours else f"read as {use.field}"
    return f"{use.title}{name}, {use.type.value.replace('_', ' ')}: {what}"


def _summary(checked: "Sequence[SourceCheck]", around: _Around) -> "Iterator[str]":
    from sync.core.list_check import Weight

    effects = _grouped((result.source, result.effect) for result in checked if result.effect)
    yield "\nHow items are written"
    yield from (f"  {_named(names)}: {effect}." for effect, names in effects.items())
    yield from _section("To mend", checked, Weight.MEND)
    yield from _section("Worth knowing", checked, Weight.KNOW)
    yield from _beside(around)
    ready = sum(result.is_ready for result in checked)
    yield f"\n{ready} of {len(checked)} sources are ready."


def _section(title: str, checked: "Sequence[SourceCheck]", weight: "Weight") -> "Iterator[str]":
    remarks = [(each.source, remark) for each in checked for remark in each.remarks if remark.weight is weight]
    if not remarks:
        return
    yield f"\n{title}"
    for remark, names in _grouped(remarks).items():
        yield f"  {_named(names)}: {remark.text}"
        if remark.remedy:
            yield f"    {remark.remedy}"


def _beside(around: _Around) -> "Iterator[str]":
    from sync.core.dates import plain
    from sync.core.text import counted

    absent = [each.error for each in around.own_lists if each.error is not None]
    if absent:
        yield "\nThe service's own lists"
        yield from (f"  {error.what} {error.advice}" for error in absent)
    if around.trials:
        yield "\nWrite test"
        yield from (f"  {trial.mode.value}: {_outcome(trial)}" for trial in around.trials)
    for name, (end, days) in around.ends.items():
        yield f"\nThe certificate of connection {name} ends on {plain(end)}, in {counted(days, 'day')}."


def _outcome(trial: "WriteTest") -> str:
    from sync.core.text import listed

    if trial.error is not None:
        return f"FAILED. {trial.error.what} {trial.error.advice}"
    return f"passed: {listed(trial.seen)}."


def _grouped(told: "Iterable[tuple[str, Said]]") -> "dict[Said, list[str]]":
    """The sources of which the same is said, by what is said, in the order in which it is said first."""
    found: dict[Said, list[str]] = {}
    for source, said in told:
        found.setdefault(said, []).append(source)
    return found


def _named(names: "Sequence[str]") -> str:
    from sync.core.text import listed

    more = len(names) - NAMES_SHOWN
    return listed([*names[:NAMES_SHOWN], *([f"{more} more"] if more > 0 else [])])


def _document(checked: "Sequence[SourceCheck]", around: _Around) -> str:
    from json import dumps

    document = {
        "schema": 1,
        "sources": [_source(result) for result in checked],
        "own_lists": [
            {"title": each.title, "ready": each.error is None, "problem": _problem(each.error)}
            for each in around.own_lists
        ],
        "write_test": [
            {"mode": each.mode.value, "passed": each.passed, "seen": list(each.seen), "problem": _problem(each.error)}
            for each in around.trials
        ],
        "certificates": [
            {"connection": name, "ends": end.isoformat(), "days": days} for name, (end, days) in around.ends.items()
        ],
    }
    return dumps(document, ensure_ascii=False, indent=2)


def _source(result: "SourceCheck") -> "dict[str, Any]":
    return {
        "name": result.source,
        "ready": result.is_ready,
        "passed": [{"hop": hop.name, "detail": hop.detail} for hop in result.passed],
        "problem": _problem(result.error),
        "effect": result.effect or None,
        "columns": [
            {"name": use.name, "title": use.title, "type": use.type.value, "field": use.field, "ours": use.ours}
            for use in result.columns
        ],
        "remarks": [_remark(remark) for remark in result.remarks],
    }


def _problem(error: "SourceError | None") -> "dict[str, Any] | None":
    return None if error is None else {"code": int(error.exit_code), "text": error.what, "advice": error.advice}


def _remark(remark: "Remark") -> "dict[str, str]":
    return {"weight": remark.weight.value, "text": remark.text, "remedy": remark.remedy}
