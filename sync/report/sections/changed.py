"""What changed since the last board: in numbers, and record by record, the worst first."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from sync.core.changes import KINDS, Change, Changes, What
from sync.core.model import Band, Health, Overdue, RiskStatus, Scores, WorkStatus
from sync.report.document import Block, Cell, ColumnKind, ColumnSpec, Section, Table, bullets, paragraph
from sync.report.sections.paper import Paper
from sync.report.sections.said import Said


def changed(paper: Paper) -> Section:
    """Section: what happened since the report that this one is compared with; that there is none is said."""
    title, changes = paper.say(Said.CHANGED), paper.changes
    if changes is None:
        return Section(title=title, anchor="changes", blocks=(paragraph(paper.say(Said.NO_PREVIOUS)),))
    blocks: list[Block] = [paragraph(_lead(paper, changes))]
    if changes.changes:
        blocks += [_numbers(paper, changes), _list(paper, changes.changes)]
    blocks += _aside(paper, changes)
    return Section(title=title, anchor="changes", blocks=tuple(blocks))


def since(paper: Paper, changes: Changes) -> str:
    """The report that this one is compared with, in words."""
    return paper.say(Said.SINCE_REPORT, day=paper.day(paper.local(changes.since).date()))


def _lead(paper: Paper, changes: Changes) -> str:
    if not changes.changes:
        return paper.say(Said.NOTHING_CHANGED, since=since(paper, changes))
    records = len({change.item.id for change in changes.changes})
    return paper.count(Said.CHANGED_LEAD, records, since=since(paper, changes))


def _numbers(paper: Paper, changes: Changes) -> Table:
    counts = Counter((change.what, change.kind) for change in changes.changes)
    kinds = [kind for kind in KINDS if any(counts[what, kind] for what in What)]
    whats = [what for what in What if any(counts[what, kind] for kind in kinds)]
    return Table(
        caption=paper.say(Said.CHANGES_TABLE),
        columns=(
            ColumnSpec(paper.say(Said.WHAT_HAPPENED), row_header=True, weight=3),
            *(ColumnSpec(paper.kinds(kind), ColumnKind.NUMBER) for kind in kinds),
        ),
        rows=tuple((_what(paper, what), *(counts[what, kind] for kind in kinds)) for what in whats),
        note=paper.say(Said.CHANGES_NOTE),
        source_line=paper.source_line(),
    )


def _what(paper: Paper, what: What) -> str:
    return paper.say(Said[f"CHANGE_{what.name}"])


def _list(paper: Paper, changes: Sequence[Change]) -> Table:
    def cells(change: Change) -> tuple[Cell, ...]:
        return (
            paper.name(change.item),
            paper.kind(change.kind),
            _what(paper, change.what),
            value(paper, change.was),
            value(paper, change.now),
        )

    return Table(
        caption=paper.say(Said.CHANGE_LIST),
        columns=(
            ColumnSpec(paper.say(Said.RECORD), row_header=True, weight=4),
            ColumnSpec(paper.say(Said.KIND)),
            ColumnSpec(paper.say(Said.WHAT_HAPPENED), weight=2),
            ColumnSpec(paper.say(Said.WAS), weight=2),
            ColumnSpec(paper.say(Said.IS_NOW), weight=2),
        ),
        rows=tuple(map(cells, paper.bounded(changes))),
        note=paper.beyond(changes),
        source_line=paper.source_line(),
    )


def value(paper: Paper, said: Any) -> Cell:
    """What an attribute was or is, as a table shows it."""
    match said:
        case WorkStatus():
            return paper.status(said)
        case Band():
            return paper.band(said)
        case Overdue():
            return paper.overdue(said)
        case RiskStatus():
            return paper.say(Said[f"STATE_{said.name}"])
        case Health():
            return paper.say(Said[f"HEALTH_{said.name}"])
        case Scores(likelihood=int(likelihood), impact=int(impact)):
            return paper.say(Said.SCORES, likelihood=likelihood, impact=impact)
        case date() | int() | str():
            return said
        case _:
            return None


def _aside(paper: Paper, changes: Changes) -> list[Block]:
    """Lists that joined or left, and what is only counted: what may not or cannot be told."""
    lists = [
        paper.count(Said.LIST_JOINED if each.joined else Said.LIST_LEFT, each.records, name=each.name)
        for each in changes.lists
    ]
    counts = (
        (Said.CHANGED_RESTRICTED, sum(changes.restricted.values())),
        (Said.NOT_COMPARABLE, sum(changes.not_comparable.values())),
        (Said.UNTOLD, sum(paper.view.untold.values())),
    )
    lines = [*lists, *(paper.count(said, count) for said, count in counts if count)]
    return [bullets(*lines)] if lines else []
