"""How `provision` shows what it is about to do and what it did: tables on a terminal, one JSON document otherwise."""

from collections.abc import Iterator, Sequence
from json import dumps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sync.core.provisioning.removing import Removal
    from sync.core.provisioning.steps import Step
    from sync.engine.provision.carry import ListOutcome, Provisioned
    from sync.engine.provision.work import ListWork, Provisioning
    from sync.errors import PortfolioSyncError

NOTHING_TO_MAKE = (
    "There is nothing to make: the portfolio file names no column to write and no list of the service's own."
)
NOTHING_TO_REMOVE = "There is nothing to take away: nothing that `provision` made is on record here."


def preview(seen: "Provisioning", *, remove: bool) -> "Iterator[RenderableType]":
    """A table for each list: what happens there, what stays as it is and why, and what a person has to mend. Lists of
    which nothing is to be said are told together."""
    from rich.markup import escape
    from rich.text import Text

    from sync.core.text import listed
    from sync.report.text import table_of

    settled = []
    for work in seen.works:
        rows = list(_rows(work))
        if not rows:
            settled.append(work)
            continue
        table = table_of(escape(f"{work.name}: list '{work.title}' at {work.site}"), ">", "What")
        for mark, said in rows:
            table.add_row(mark, escape(said))
        yield table
    if settled:
        what = "Everything is there" if any(work.sources or work.url for work in settled) else "Nothing is to be done"
        yield Text(f"{what}: {listed([work.name for work in settled])}.")
    if not seen.works:
        yield Text(NOTHING_TO_REMOVE if remove else NOTHING_TO_MAKE)


def _rows(work: "ListWork") -> "Iterator[tuple[str, str]]":
    """What is said of one list, each with its number or mark. One that is made whole is told in two lines: what it has
    is all the service's own."""
    if work.error is not None:
        yield "!", str(work.error)
    else:
        yield from ((str(number), said) for number, said in enumerate(_told(work.steps), 1))
    yield from (("-", f"{left.what} stays as it is: {left.why}") for left in work.left)
    yield from (("!", f"{each.what} {each.advice}") for each in work.hindrances)


def _told(steps: "Sequence[Step | Removal]") -> "Iterator[str]":
    from sync.core.provisioning.steps import MakeColumn, MakeList
    from sync.core.text import counted

    if not (steps and isinstance(steps[0], MakeList)):
        yield from map(words_of, steps)
        return
    columns = sum(isinstance(step, MakeColumn) for step in steps)
    yield words_of(steps[0])
    yield f"with {counted(columns, 'column')} and {counted(len(steps) - 1 - columns, 'view')}; --json names each"


def outcome(done: "Provisioned", *, remove: bool) -> "Iterator[str]":
    """What was done, list by list, and what went wrong; on record under which run."""
    for each in done.lists:
        if each.done or each.error is not None or each.more:
            yield f"{each.work.name}: {_counts(each)}"
        if each.error is not None:
            yield f"  {each.error.what} {each.error.advice}"
    steps = sum(len(each.done) for each in done.lists)
    word = "taken away or given back" if remove else "made or changed"
    if steps:
        yield f"{steps} {'thing was' if steps == 1 else 'things were'} {word}, on record as {done.run_id}."


def document(seen: "Provisioning", done: "Provisioned", **told: Any) -> str:
    """`schema: 1`; `told` is what else the command has to say."""
    lists = [_list(each) for each in done.lists]
    denied = [_error(each) for each in seen.denied]
    return dumps(
        {"schema": 1, **told, "run": done.run_id or None, "denied": denied, "lists": lists},
        ensure_ascii=False,
        indent=2,
    )


def words_of(step: "Step | Removal") -> str:
    """One step in plain words."""
    from sync.core.provisioning.removing import RemoveColumn, RemoveList, RemoveView, RestoreColumn
    from sync.core.provisioning.telling import removal_words, step_words

    if isinstance(step, RemoveColumn | RemoveList | RemoveView | RestoreColumn):
        return removal_words(step)
    return step_words(step)


def _counts(each: "ListOutcome") -> str:
    total = len(each.work.steps)
    more = "; the list has come to need more than was agreed to, so run this again" if each.more else ""
    return f"{len(each.done)} of {total} {'step' if total == 1 else 'steps'} done{more}"


def _list(each: "ListOutcome") -> dict[str, Any]:
    work: ListWork = each.work
    return {
        "name": work.name,
        "list": work.title,
        "site": work.site,
        "guid": work.guid,
        "steps": [
            {"do": _kind(step), "name": _name(step), "text": words_of(step), "done": step in each.done}
            for step in work.steps
        ],
        "left": [{"what": left.what, "why": left.why} for left in work.left],
        "hindrances": [{"text": one.what, "advice": one.advice} for one in work.hindrances],
        "error": _error(each.error) if each.error is not None else None,
    }


def _kind(step: "Step | Removal") -> str:
    """`MakeColumn` as `make_column`."""
    name = type(step).__name__
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def _name(step: "Step | Removal") -> str:
    """The internal name of a column, else a title."""
    from sync.core.provisioning.steps import ChangeView, MakeColumn, MakeList, MakeView

    match step:
        case MakeColumn():
            return step.shape.name
        case MakeList() | MakeView() | ChangeView():
            return step.shape.title
    return getattr(step, "name", None) or step.title


def _error(error: "PortfolioSyncError") -> dict[str, Any]:
    return {"code": int(error.exit_code), "text": error.what, "advice": error.advice}
