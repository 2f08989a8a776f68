"""Where the risks stand: by likelihood and impact on each matrix, and by band in each register."""

from collections import Counter
from collections.abc import Sequence

from sync.core.item_figures import is_open_threat
from sync.core.model import Band, Kind
from sync.core.risk import DEFAULT_MATRIX, Matrix
from sync.core.rollup import Rollup, Scope
from sync.core.view import Item
from sync.report.charts import HeatCell, HeatMap
from sync.report.document import Block, Cell, ColumnKind, ColumnSpec, Section, Table, paragraph
from sync.report.sections.marks import BANDS_WORST_FIRST
from sync.report.sections.paper import Paper, is_opportunity
from sync.report.sections.said import Said


def open_threats(paper: Paper) -> tuple[Item, ...]:
    """The risks that are not closed and are no opportunities."""
    return tuple(filter(is_open_threat, paper.view.items))


def opportunities(paper: Paper) -> tuple[Item, ...]:
    """The opportunities that are not closed."""
    return tuple(item for item in paper.of(Kind.RISK) if not item.is_over and is_opportunity(item))


def risks(paper: Paper) -> Section:
    """Section: a heat map for each version of each matrix in use, then the bands by register."""
    registers = tuple(row for row in paper.view.rollup if row.scope == Scope.REGISTER)
    if not registers:
        return Section(
            title=paper.say(Said.RISKS_SECTION), anchor="risks", blocks=(paragraph(paper.say(Said.NO_RISKS)),)
        )
    found = open_threats(paper)
    lead = " ".join(filter(None, (_lead(paper), paper.unplaced(Kind.RISK, Kind.ISSUE))))
    blocks: list[Block] = [paragraph(lead), *_heat_maps(paper, found), _by_register(paper)]
    better = opportunities(paper)
    if better:
        blocks.append(paragraph(paper.count(Said.OPPORTUNITIES, len(better), which=paper.refs(better))))
    return Section(title=paper.say(Said.RISKS_SECTION), anchor="risks", blocks=tuple(blocks))


def _lead(paper: Paper) -> str:
    total = paper.total
    counts = {band: total.open_risks[band] if total else 0 for band in BANDS_WORST_FIRST}
    told = [
        paper.say(Said.COUNTED_BAND, n=paper.words.number(count), band=paper.words.band(band).lower())
        for band, count in counts.items()
    ]
    return paper.count(Said.RISKS_LEAD, sum(counts.values()), bands=paper.listed(told))


def _heat_maps(paper: Paper, found: Sequence[Item]) -> list[Block]:
    """One for each version of a matrix by which open risks are rated, those that are not rated counted beneath."""
    used = sorted({(item.matrix or "", item.version or "") for item in found})
    made: list[Block] = []
    for name, version in used:
        matrix = _matrix(paper, name, version)
        if matrix is not None:
            rated = [item for item in found if (item.matrix or "", item.version or "") == (name, version)]
            caption = paper.say(Said.HEAT_MAP, matrix=matrix.name, version=matrix.version)
            made.append(paper.figure(heat_map(rated, matrix), caption))
    return made


def _matrix(paper: Paper, name: str, version: str) -> Matrix | None:
    versions = paper.view.policies.matrices.get(name, ())
    known = next((each for each in versions if each.version == version), None)
    if known is None and (name, version) == (DEFAULT_MATRIX.name, DEFAULT_MATRIX.version):
        return DEFAULT_MATRIX
    return known


def heat_map(rated: Sequence[Item], matrix: Matrix) -> HeatMap:
    """How many risks stand in each cell of a matrix; those without a score that is a step of it stand in none."""
    placed = Counter((item.current.likelihood, item.current.impact) for item in rated)
    cells = tuple(
        tuple(HeatCell(band, placed[likelihood, impact]) for impact, band in enumerate(row, 1))
        for likelihood, row in enumerate(matrix.rows, 1)
    )
    return HeatMap(
        likelihoods=tuple(_step_name(step.words, place) for place, step in enumerate(matrix.likelihood, 1)),
        impacts=tuple(_step_name(step.words, place) for place, step in enumerate(matrix.impact, 1)),
        cells=cells,
        not_assessed=len(rated) - sum(cell.count for row in cells for cell in row),
    )


def _step_name(words: Sequence[str], place: int) -> str:
    return f"{place} {words[0]}" if words else str(place)


def _by_register(paper: Paper) -> Table:
    rows = [row for row in paper.view.rollup if row.scope == Scope.REGISTER]
    shows_held = any(row.held for row in rows)

    def cells(name: str, open_risks: dict[Band, int], *of: Rollup) -> tuple[Cell, ...]:
        late = (sum(row.overdue for row in of), *([sum(row.held for row in of)] if shows_held else []))
        counts = (open_risks[band] for band in BANDS_WORST_FIRST)
        return (name, sum(row.total for row in of), sum(open_risks.values()), *counts, *late)

    bands = [{band: row.open_risks[band] for band in BANDS_WORST_FIRST} for row in rows]
    summed = {band: sum(each[band] for each in bands) for band in BANDS_WORST_FIRST}
    return Table(
        caption=paper.say(Said.REGISTERS_TABLE),
        columns=(
            ColumnSpec(paper.say(Said.REGISTER), row_header=True, weight=3),
            ColumnSpec(paper.say(Said.RISKS_AND_ISSUES), ColumnKind.NUMBER),
            ColumnSpec(paper.say(Said.OPEN_RISKS), ColumnKind.NUMBER),
            *(ColumnSpec(paper.words.band(band), ColumnKind.NUMBER) for band in BANDS_WORST_FIRST),
            ColumnSpec(paper.say(Said.OVERDUE_RECORDS), ColumnKind.NUMBER),
            *((ColumnSpec(paper.say(Said.HELD_RECORDS), ColumnKind.NUMBER),) if shows_held else ()),
        ),
        rows=tuple(cells(paper.register(row.name), each, row) for row, each in zip(rows, bands, strict=True)),
        total=cells(paper.say(Said.ALL), summed, *rows),
        note=" ".join(
            (
                paper.say(Said.REGISTERS_NOTE),
                *((paper.say(Said.HELD_NOTE),) if shows_held else ()),
                *paper.row_notes(Scope.REGISTER),
            )
        ),
        source_line=paper.source_line(),
    )
