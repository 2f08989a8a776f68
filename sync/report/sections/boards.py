"""What each board is asked to decide: a page for every body of the ladder, and the ladder itself."""

from collections.abc import Iterable, Sequence
from datetime import date

from sync.core.boards import board_named, next_meeting, papers_due
from sync.core.model import Kind
from sync.core.policy import Acceptance, Rung
from sync.core.text import fold
from sync.core.view import Item
from sync.report.document import Badge, Block, Cell, ColumnKind, ColumnSpec, Section, Stack, Table, paragraph
from sync.report.sections.marks import BANDS_WORST_FIRST
from sync.report.sections.paper import Paper
from sync.report.sections.said import Said
from sync.report.tones import Tone

_BAND_RANK = {band: rank for rank, band in enumerate(BANDS_WORST_FIRST)}


def board_names(paper: Paper) -> tuple[str, ...]:
    """The bodies of the ladder from its lowest rung up, each once."""
    names: dict[str, str] = {}
    for rung in paper.view.policies.ladder:
        names.setdefault(fold(rung.board), rung.board)
    return tuple(names.values())


def before(paper: Paper, board: str) -> tuple[Item, ...]:
    """The open risks and issues that the ladder recommends to a board, the worst and longest waiting first."""
    found = [
        item
        for item in paper.of(Kind.RISK, Kind.ISSUE)
        if not item.is_over and item.board is not None and fold(item.board) == fold(board)
    ]
    return tuple(sorted(found, key=_place))


def _place(item: Item) -> tuple[int, date, date, str, object]:
    raising = item.raising
    by = raising.decide_by if raising and raising.decide_by else date.max
    since = raising.on if raising else date.max
    rank = _BAND_RANK[item.band] if item.band else len(_BAND_RANK)
    return rank, by, since, fold(item.ref), item.id


def decision_overdue(item: Item, today: date) -> bool:
    """Whether the day by which its board was to decide has passed."""
    return item.raising is not None and item.raising.decide_by is not None and item.raising.decide_by < today


def are_told(paper: Paper) -> bool:
    """Whether this paper says what is before boards: not without a ladder, and not in public, where that is published
    by a decision of its own."""
    return bool(paper.view.policies.ladder) and not paper.is_public


def waiting(paper: Paper) -> tuple[Item, ...]:
    """Everything that is before any board."""
    return tuple(item for board in board_names(paper) for item in before(paper, board))


def overdue_decisions(paper: Paper) -> tuple[Item, ...]:
    """Everything that a board was to decide on before today."""
    return tuple(item for item in waiting(paper) if decision_overdue(item, paper.view.today))


def boards(paper: Paper) -> tuple[Section, ...]:
    """Sections: one page for each board, then the ladder; none where they are not told."""
    if not are_told(paper):
        return ()
    pages = tuple(_page(paper, name) for name in board_names(paper))
    return (*pages, Section(title=paper.say(Said.LADDER), anchor="ladder", page_break=True, blocks=_ladder(paper)))


def _page(paper: Paper, name: str) -> Section:
    items = before(paper, name)
    blocks: list[Block] = [paragraph(_meeting(paper, name)), paragraph(_asked(paper, items))]
    late = [item for item in items if decision_overdue(item, paper.view.today)]
    if late:
        blocks.append(paragraph(_late(paper, late)))
    if items:
        blocks.append(_decisions(paper, name, items))
    return Section(title=paper.say(Said.BOARD_PAGE, board=name), page_break=True, blocks=tuple(blocks))


def _meeting(paper: Paper, name: str) -> str:
    """When it meets next and until when papers are due; that nothing is known is said, not left out."""
    board = board_named(name, paper.view.policies.boards)
    meeting = next_meeting(board, paper.view.today) if board else None
    within = [
        paper.count(Said.DECIDES_WITHIN, rung.decide_within_days, board=name)
        for rung in paper.view.policies.ladder
        if fold(rung.board) == fold(name) and rung.decide_within_days is not None
    ]
    if board is None or meeting is None:
        return within[0] if within else paper.say(Said.NO_MEETING, board=name)
    due = papers_due(meeting, board, paper.calendar)
    message = Said.PAPERS_WERE_DUE if due < paper.view.today else Said.PAPERS_DUE
    return " ".join((paper.say(message, board=name, meeting=paper.day(meeting), due=paper.day(due)), *within[:1]))


def _asked(paper: Paper, items: Sequence[Item]) -> str:
    """How many are on this page; restricted ones are counted for the portfolio, because here they could be told."""
    asked = paper.count(Said.TO_DECIDE, len(items)) if items else paper.say(Said.NOTHING_TO_DECIDE)
    return " ".join(filter(None, (asked, paper.unplaced(Kind.RISK, Kind.ISSUE))))


def _late(paper: Paper, late: Sequence[Item]) -> str:
    return paper.count(Said.DECISIONS_OVERDUE, len(late), which=paper.refs(late))


def _decisions(paper: Paper, name: str, items: Sequence[Item]) -> Table:
    """What is to be decided on; where staff say that something stands elsewhere, a column of its own says where."""
    with_declared = any(_elsewhere(item) for item in items)

    def cells(item: Item) -> tuple[Cell, ...]:
        return (
            paper.name(item),
            Stack(tuple(filter(None, (paper.register(item.register or ""), item.project)))),
            paper.severity(item),
            _since(paper, item),
            _by(paper, item),
            *((_elsewhere(item),) if with_declared else ()),
        )

    return Table(
        caption=paper.say(Said.DECISIONS_TABLE, board=name),
        columns=(
            ColumnSpec(paper.say(Said.RISK_OR_ISSUE), row_header=True, weight=4),
            ColumnSpec(paper.say(Said.BELONGS_TO), weight=2),
            ColumnSpec(paper.say(Said.BAND), ColumnKind.STATUS),
            ColumnSpec(paper.say(Said.BEFORE_BOARD_SINCE), ColumnKind.DATE),
            ColumnSpec(paper.say(Said.DECIDE_BY), ColumnKind.DATE),
            *((ColumnSpec(paper.say(Said.STAFF_SAY_IT_IS_AT), weight=2),) if with_declared else ()),
        ),
        rows=tuple(map(cells, paper.bounded(items))),
        note=paper.beyond(items),
        source_line=paper.source_line(),
    )


def _elsewhere(item: Item) -> str | None:
    """Where staff say it stands, if that is not where the ladder recommends it."""
    return item.declared_rung if item.declared_rung != item.rung else None


def _since(paper: Paper, item: Item) -> Cell:
    """The day it was raised; that it had been there before is told beneath."""
    if item.raising is None:
        return None
    if not item.repeats:
        return item.raising.on
    return Stack((item.raising.on, paper.count(Said.RAISED_BEFORE, item.repeats)))


def _by(paper: Paper, item: Item) -> Cell:
    """The day by which it is to be decided; that none is known is said."""
    if item.raising is None:
        return None
    by = item.raising.decide_by
    if by is None:
        return paper.say(Said.NO_MEETING_KNOWN)
    return Stack((by, Badge(paper.say(Said.OVERDUE), Tone.BAD))) if decision_overdue(item, paper.view.today) else by


def _ladder(paper: Paper) -> tuple[Block, ...]:
    rungs = paper.view.policies.ladder
    table = Table(
        caption=paper.say(Said.LADDER_TABLE),
        columns=(
            ColumnSpec(paper.say(Said.BOARD), row_header=True, weight=3),
            ColumnSpec(paper.say(Said.RUNG), weight=2),
            ColumnSpec(paper.say(Said.TAKES_ON), weight=4),
            ColumnSpec(paper.say(Said.DECIDES), weight=2),
            ColumnSpec(paper.say(Said.THERE_NOW), ColumnKind.NUMBER),
        ),
        rows=tuple(_rung(paper, rung) for rung in rungs),
        note=paper.say(Said.LADDER_NOTE),
        source_line=paper.source_line(),
    )
    return (paragraph(paper.say(Said.LADDER_LEAD)), table)


def _rung(paper: Paper, rung: Rung) -> tuple[Cell, ...]:
    there = [item for item in paper.of(Kind.RISK, Kind.ISSUE) if item.rung == rung.name and not item.is_over]
    within = rung.decide_within_days
    decides = paper.say(Said.AT_NEXT_MEETING) if within is None else paper.count(Said.WITHIN_DAYS, within)
    return rung.board, rung.name, Stack(tuple(_acceptances(paper, rung.accepts))), decides, len(there)


def _acceptances(paper: Paper, accepts: Iterable[Acceptance]) -> list[str]:
    """One sentence for each way onto a rung: from where, and under which conditions, all of which hold."""
    return [
        paper.say(
            Said.ACCEPTS,
            source=paper.listed([_place_name(paper, name) for name in each.source]),
            when=_when(paper, each),
        )
        for each in accepts
    ]


def _place_name(paper: Paper, name: str) -> str:
    """A register by its title, a rung by its board. Where there are restricted registers, one that no list shows is
    taken for one of them: what it is called may tell what it is about."""
    rung = next((rung for rung in paper.view.policies.ladder if fold(rung.name) == fold(name)), None)
    if rung:
        return rung.board
    kept = [seen for seen in paper.view.sources if seen.kind in (Kind.RISK, Kind.ISSUE)]
    shown = {fold(seen.register or seen.name) for seen in kept if not seen.restricted}
    hides = any(seen.restricted for seen in kept) and fold(name) not in shown
    return paper.say(Said.RESTRICTED_REGISTER) if hides else paper.register(name)


def _when(paper: Paper, acceptance: Acceptance) -> str:
    band = acceptance.band
    worst = band is BANDS_WORST_FIRST[0]
    least = Said.IF_TOP_BAND if worst else Said.IF_BAND
    clauses = [paper.say(least, band=paper.words.band(band).lower())] if band else []
    clauses += [paper.say(Said.IF_CANNOT_MITIGATE)] if acceptance.cannot_mitigate else []
    clauses += [paper.say(Said.IF_ABOVE_APPETITE)] if acceptance.above_appetite else []
    clauses += [paper.say(Said.IF_TOLERANCE_EXPIRED)] if acceptance.tolerance_expired else []
    return paper.listed(clauses) or paper.say(Said.IF_ANYTHING)
