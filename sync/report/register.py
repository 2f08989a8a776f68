"""The collated risk register: all registers of a portfolio in one list, the worst risk first, each with its origin."""

from collections.abc import Callable, Sequence

from sync.core.model import UNRATED, Band, Kind, Scores
from sync.core.text import fold
from sync.core.view import Item
from sync.report.committee import header
from sync.report.document import Block, Cell, ColumnKind, ColumnSpec, Document, Section, Stack, Table, paragraph
from sync.report.sections.coverage import coverage
from sync.report.sections.marks import BANDS_WORST_FIRST
from sync.report.sections.paper import Paper, is_opportunity
from sync.report.sections.risks import risks
from sync.report.sections.said import Said

_Tabulate = Callable[[Paper, Sequence[Item]], Table]
_BAND_RANK = {band: rank for rank, band in enumerate(BANDS_WORST_FIRST)}


def register_report(paper: Paper, *, meeting: str = "") -> Document:
    """The register of one edition: figures by register, then threats, opportunities and issues that are not closed.

    A table holds as many rows as the paper allows and says how many more there are; the workbook holds them all.
    """
    records = collated(paper.of(Kind.RISK, Kind.ISSUE))
    threats = [item for item in records if item.kind is Kind.RISK and not is_opportunity(item)]
    opportunities = [item for item in records if item.kind is Kind.RISK and is_opportunity(item)]
    issues = [item for item in records if item.kind is Kind.ISSUE]
    parts = (
        risks(paper),
        _listed(paper, Said.REGISTER_THREATS, threats, _risk_table),
        _listed(paper, Said.REGISTER_OPPORTUNITIES, opportunities, _risk_table) if opportunities else None,
        _listed(paper, Said.REGISTER_ISSUES, issues, _issue_table) if issues else None,
        coverage(paper),
    )
    return Document(
        title=paper.say(Said.REGISTER_TITLE, portfolio=paper.view.name),
        header=header(paper, meeting=meeting),
        sections=tuple(part for part in parts if part is not None),
    )


def collated(items: Sequence[Item]) -> list[Item]:
    """The worst band first, within it the highest score, closed ones last; the same whatever the order of lists."""
    return sorted(items, key=_place)


def _place(item: Item) -> tuple[bool, int, int, str, object]:
    score = (item.current.likelihood or 0) * (item.current.impact or 0)
    return item.is_over, _BAND_RANK[item.band or Band.NOT_ASSESSED], -score, fold(item.ref), item.id


def _listed(paper: Paper, title: Said, items: Sequence[Item], table: _Tabulate) -> Section:
    closed = sum(item.is_over for item in items)
    still = [item for item in items if not item.is_over]
    lead = [paper.count(Said.REGISTER_OPEN, len(still))]
    lead += [paper.count(Said.REGISTER_CLOSED, closed)] if closed else []
    blocks: list[Block] = [paragraph(" ".join(lead))]
    if still:
        blocks.append(table(paper, still))
    return Section(title=paper.say(title), blocks=tuple(blocks))


def _risk_table(paper: Paper, items: Sequence[Item]) -> Table:
    hosts = len({item.id.host for item in paper.view.items}) > 1

    def cells(item: Item) -> tuple[Cell, ...]:
        return (
            paper.name(item),
            _origin(paper, item, with_host=hosts),
            _ratings(paper, item),
            *_who(paper, item),
            *(() if paper.is_public else (_response(item),)),
            _reviews(paper, item),
            *(() if paper.is_public else (_rung(paper, item),)),
        )

    return Table(
        caption=paper.say(Said.REGISTER_OPPORTUNITIES_TABLE if is_opportunity(items[0]) else Said.REGISTER_RISKS_TABLE),
        columns=(
            ColumnSpec(paper.say(Said.RISK), row_header=True, weight=4),
            ColumnSpec(paper.say(Said.ORIGIN), weight=3),
            ColumnSpec(paper.say(Said.RATINGS), ColumnKind.STATUS, weight=3),
            *_who_columns(paper),
            *(() if paper.is_public else (ColumnSpec(paper.say(Said.RESPONSE), weight=3),)),
            ColumnSpec(paper.say(Said.REVIEW), ColumnKind.DATE, weight=2),
            *(() if paper.is_public else (ColumnSpec(paper.say(Said.RUNG), weight=2),)),
        ),
        rows=tuple(map(cells, paper.bounded(items))),
        note=" ".join(filter(None, (_matrices(paper, items), paper.beyond(items)))),
        source_line=paper.source_line(),
    )


def _issue_table(paper: Paper, items: Sequence[Item]) -> Table:
    hosts = len({item.id.host for item in paper.view.items}) > 1

    def cells(item: Item) -> tuple[Cell, ...]:
        rung = () if paper.is_public else (_rung(paper, item),)
        origin = _origin(paper, item, with_host=hosts)
        return (paper.name(item), origin, paper.severity(item), *_who(paper, item), item.due, *rung)

    return Table(
        caption=paper.say(Said.REGISTER_ISSUES_TABLE),
        columns=(
            ColumnSpec(paper.say(Said.ISSUE), row_header=True, weight=4),
            ColumnSpec(paper.say(Said.ORIGIN), weight=3),
            ColumnSpec(paper.say(Said.BAND), ColumnKind.STATUS),
            *_who_columns(paper),
            ColumnSpec(paper.say(Said.DUE), ColumnKind.DATE),
            *(() if paper.is_public else (ColumnSpec(paper.say(Said.RUNG), weight=2),)),
        ),
        rows=tuple(map(cells, paper.bounded(items))),
        note=paper.beyond(items),
        source_line=paper.source_line(),
    )


def _origin(paper: Paper, item: Item, *, with_host: bool) -> Cell:
    """The register, the list where that is not the register, the project, and the site where there are several."""
    register = paper.register(item.register or "")
    places = [register, item.source if item.source != item.register else "", item.project or ""]
    places += [item.id.host] if with_host else []
    return Stack(tuple(filter(None, places)))


def _ratings(paper: Paper, item: Item) -> Cell:
    """The band and scores of now; before anything was done and aimed at, where it is rated."""
    others = (
        (Said.INHERENT, item.inherent, item.inherent_band),
        (Said.TARGET, item.target, item.target_band),
    )
    told = [
        paper.say(said, scores=_scores(paper, scores), band=paper.words.band(band or Band.NOT_ASSESSED).lower())
        for said, scores, band in others
        if scores != UNRATED
    ]
    now = [] if item.current == UNRATED else [_scores(paper, item.current)]
    return Stack((paper.severity(item), *now, *told))


def _scores(paper: Paper, scores: Scores) -> str:
    """Likelihood by impact; a missing one is shown as missing."""
    told = {"likelihood": scores.likelihood, "impact": scores.impact}
    return paper.say(Said.BY, **{name: "?" if step is None else step for name, step in told.items()})


def _matrices(paper: Paper, items: Sequence[Item]) -> str:
    """By which matrices the scores are read."""
    used = sorted({(item.matrix, item.version or "?") for item in items if item.matrix})
    named = [paper.say(Said.MATRIX, name=name, version=version) for name, version in used]
    return paper.say(Said.MATRICES, which=paper.listed(named)) if named else ""


def _who_columns(paper: Paper) -> tuple[ColumnSpec, ...]:
    return (ColumnSpec(paper.say(Said.OWNER if paper.is_pmo else Said.DEPARTMENT), weight=2),)


def _who(paper: Paper, item: Item) -> tuple[Cell, ...]:
    """Its owners for the PMO, its department for everybody else."""
    if not paper.is_pmo:
        return (item.department,)
    names = paper.listed(sorted(person.name for person in item.owners))
    return (names or (paper.say(Said.NONE_NAMED) if item.owner_mapped else None),)


def _response(item: Item) -> Cell:
    return Stack(texts) if (texts := tuple(filter(None, (item.category, item.response)))) else None


def _reviews(paper: Paper, item: Item) -> Cell:
    """When it was reviewed last, and when it is to be again; that it never was is said."""
    last = paper.words.short_day(item.last_reviewed) if item.last_reviewed else paper.say(Said.FRESHNESS_NEVER)
    due = (paper.say(Said.DUE_ON, day=paper.words.short_day(item.review_due)),) if item.review_due else ()
    return Stack((last, *due))


def _rung(paper: Paper, item: Item) -> Cell:
    """Where the ladder recommends it, and where staff say it is, if that is elsewhere."""
    said = item.declared_rung if item.declared_rung != item.rung else None
    told = ([item.board] if item.board else []) + ([paper.say(Said.STAFF_SAY, rung=said)] if said else [])
    return Stack(tuple(told)) if told else None
