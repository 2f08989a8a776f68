"""Whether risks are looked at as often as they should be: overdue reviews, risks that never had one, and push-outs."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from sync.core.boards import last_meeting
from sync.core.model import Band, Freshness, Kind
from sync.core.review import Review, silent_registers
from sync.core.text import fold
from sync.core.view import Item
from sync.report.document import Block, Cell, ColumnKind, ColumnSpec, Section, Table, bullets, paragraph
from sync.report.sections.marks import BANDS_WORST_FIRST
from sync.report.sections.paper import Paper
from sync.report.sections.said import Said

_ORDER = (Freshness.STALE, Freshness.NEVER, Freshness.DUE, Freshness.FRESH)
_BAND_RANK = {band: rank for rank, band in enumerate(BANDS_WORST_FIRST)}


def reviewable(paper: Paper) -> tuple[Item, ...]:
    """The open risks that this edition tells of."""
    return tuple(item for item in paper.of(Kind.RISK) if not item.is_over)


def review_overdue(item: Item, today: date) -> bool:
    """Whether a risk was to be reviewed before today, never reviewed ones included."""
    return item.review_due is not None and item.review_due < today


def reviews(paper: Paper) -> Section | None:
    """Section: how recent the reviews are by register, what is overdue or was never done, and what was put off."""
    found = reviewable(paper)
    if not found:
        return None
    overdue = [item for item in found if review_overdue(item, paper.view.today)]
    blocks: list[Block] = [paragraph(_lead(paper, found, overdue)), _by_register(paper, found)]
    silent = silent_since(paper)
    if silent:
        blocks.append(paragraph(silent))
    blocks += [_overdue(paper, overdue)] if overdue else []
    blocks += _never(paper, found)
    blocks += _pushed_out(paper, found)
    return Section(title=paper.say(Said.REVIEWS), anchor="reviews", blocks=tuple(blocks))


def _lead(paper: Paper, found: Sequence[Item], overdue: Sequence[Item]) -> str:
    never = sum(item.reviewed is Freshness.NEVER for item in found)
    told = paper.count(Said.REVIEWS_OVERDUE, len(overdue), of=paper.words.number(len(found)))
    return f"{told} {paper.count(Said.NEVER_REVIEWED, never)}"


def _by_register(paper: Paper, found: Sequence[Item]) -> Table:
    names = sorted({item.register or "" for item in found}, key=fold)
    counted = {name: Counter(item.reviewed for item in found if (item.register or "") == name) for name in names}

    def cells(name: str, counts: Counter[Freshness | None]) -> tuple[Cell, ...]:
        return (name, counts.total(), *(counts[freshness] for freshness in _ORDER))

    return Table(
        caption=paper.say(Said.REVIEWS_TABLE),
        columns=(
            ColumnSpec(paper.say(Said.REGISTER), row_header=True, weight=3),
            ColumnSpec(paper.say(Said.OPEN), ColumnKind.NUMBER),
            *(ColumnSpec(paper.say(Said[f"FRESHNESS_{each.name}"]), ColumnKind.NUMBER) for each in _ORDER),
        ),
        rows=tuple(cells(paper.register(name), counted[name]) for name in names),
        total=cells(paper.say(Said.ALL), Counter(item.reviewed for item in found)),
        note=" ".join(filter(None, (paper.say(Said.REVIEWS_NOTE), paper.unplaced(Kind.RISK)))),
        source_line=paper.source_line(),
    )


def silent_since(paper: Paper) -> str:
    """Which registers nobody reviewed anything in since the last board; empty where there is none, or no such board.

    The last board is the report that this one is compared with, else the latest meeting of any board.
    """
    meetings = [last_meeting(board, paper.view.today) for board in paper.view.policies.boards.values()]
    since = paper.previous.day if paper.previous else max(filter(None, meetings), default=None)
    if since is None:
        return ""
    by_register: dict[str, list[Review]] = defaultdict(list)
    for item in paper.of(Kind.RISK):
        by_register[item.register or ""].append(_review(item))
    silent = [paper.register(name) for name in silent_registers(by_register, since)]
    if not silent:
        return paper.say(Said.NO_REGISTER_SILENT, day=paper.day(since))
    return paper.count(Said.REGISTERS_SILENT, len(silent), which=paper.listed(silent), day=paper.day(since))


def _review(item: Item) -> Review:
    """As much of a review as a record tells."""
    return Review(
        due=item.review_due,
        cadence_due=None,
        last=item.last_reviewed,
        counted_from=item.raised,
        months=0,
        freshness=item.reviewed or Freshness.NEVER,
        is_over=item.is_over,
    )


def _overdue(paper: Paper, overdue: Sequence[Item]) -> Table:
    ordered = sorted(
        overdue, key=lambda item: (_BAND_RANK[item.band or Band.NOT_ASSESSED], item.review_due, fold(item.ref))
    )

    shows_held = any(item.held for item in ordered)

    def cells(item: Item) -> tuple[Cell, ...]:
        last = item.last_reviewed or paper.say(Said.FRESHNESS_NEVER)
        until = (item.held_until,) if shows_held else ()
        name, register = paper.name(item), paper.register(item.register or "")
        return (name, register, paper.severity(item), last, item.review_due, *until)

    return Table(
        caption=paper.say(Said.OVERDUE_REVIEWS_TABLE),
        columns=(
            ColumnSpec(paper.say(Said.RISK), row_header=True, weight=4),
            ColumnSpec(paper.say(Said.REGISTER), weight=2),
            ColumnSpec(paper.say(Said.BAND), ColumnKind.STATUS),
            ColumnSpec(paper.say(Said.LAST_REVIEWED), ColumnKind.DATE),
            ColumnSpec(paper.say(Said.REVIEW_DUE_SINCE), ColumnKind.DATE),
            *((ColumnSpec(paper.say(Said.HELD_UNTIL), ColumnKind.DATE),) if shows_held else ()),
        ),
        rows=tuple(map(cells, paper.bounded(ordered))),
        note=paper.beyond(ordered),
        source_line=paper.source_line(),
    )


def _never(paper: Paper, found: Sequence[Item]) -> list[Block]:
    never = [item for item in found if item.reviewed is Freshness.NEVER]
    return [paragraph(paper.count(Said.NEVER_REVIEWED_WHICH, len(never), which=paper.refs(never)))] if never else []


def _pushed_out(paper: Paper, found: Sequence[Item]) -> list[Block]:
    """Next reviews that moved later while nobody reviewed the risk, told since when that is known."""
    moved = sorted((item for item in found if item.push_outs), key=lambda item: (-item.push_outs, fold(item.ref)))
    if not moved:
        return []
    since = paper.say(Said.PUSH_OUTS_SINCE, day=paper.day(paper.view.since)) if paper.view.since else ""
    shown = paper.bounded(moved)
    lines = [paper.count(Said.PUSHED_OUT, item.push_outs, ref=item.ref) for item in shown]
    more = [paper.beyond(moved)] if len(moved) > len(shown) else []
    return [paragraph(paper.count(Said.PUSH_OUTS, len(moved), since=since)), bullets(*lines, *more)]
