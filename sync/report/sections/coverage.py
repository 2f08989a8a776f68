"""What the figures rest on: which lists were read, what this edition leaves out, and how figures are made."""

from sync.core.view import SourceSeen
from sync.report.document import Block, Cell, ColumnKind, ColumnSpec, Section, Table, bullets, note, paragraph
from sync.report.sections.marks import BANDS_WORST_FIRST
from sync.report.sections.paper import Paper
from sync.report.sections.said import Said
from sync.report.tones import Badge, Tone

COMPLETE, PARTIAL = "complete", "partial"
_READ = {COMPLETE: (Said.READ_COMPLETE, Tone.GOOD), PARTIAL: (Said.READ_PARTIAL, Tone.WARN)}


def unread(paper: Paper) -> tuple[SourceSeen, ...]:
    """The lists that were not read completely, and so count for nothing."""
    return tuple(seen for seen in paper.view.sources if seen.read != COMPLETE)


def coverage(paper: Paper) -> Section:
    """Section: every list with whether it was read, and what this edition leaves out."""
    missing = unread(paper)
    lead = paper.count(Said.LISTS_READ, len(paper.view.sources), unread=paper.words.number(len(missing)))
    blocks: list[Block] = [paragraph(lead), _lists(paper)]
    if missing:
        blocks.append(note(paper.say(Said.UNREAD_NOTE), tone=Tone.WARN))
    if paper.view.left_out:
        blocks += [paragraph(paper.say(Said.LEFT_OUT_LEAD)), bullets(*paper.view.left_out)]
    return Section(title=paper.say(Said.COVERAGE_SECTION), anchor="coverage", blocks=tuple(blocks))


def _lists(paper: Paper) -> Table:
    def cells(seen: SourceSeen) -> tuple[Cell, ...]:
        name = paper.say(Said.RESTRICTED_LIST) if seen.restricted else seen.name
        register = None if seen.restricted or not seen.register else paper.register(seen.register)
        message, tone = _READ.get(seen.read, (Said.READ_FAILED, Tone.BAD))
        counted = seen.records if seen.read == COMPLETE else None
        problem = None if seen.restricted else seen.problem
        return name, paper.kinds(seen.kind), register, counted, Badge(paper.say(message), tone), problem

    ordered = sorted(paper.view.sources, key=lambda seen: (seen.restricted, seen.name))
    return Table(
        caption=paper.say(Said.LISTS_TABLE),
        columns=(
            ColumnSpec(paper.say(Said.LIST), row_header=True, weight=3),
            ColumnSpec(paper.say(Said.HOLDS)),
            ColumnSpec(paper.say(Said.REGISTER), weight=2),
            ColumnSpec(paper.say(Said.RECORDS), ColumnKind.NUMBER),
            ColumnSpec(paper.say(Said.READ), ColumnKind.STATUS),
            ColumnSpec(paper.say(Said.PROBLEM), weight=3),
        ),
        rows=tuple(cells(seen) for seen in ordered),
        source_line=paper.source_line(),
    )


def method(paper: Paper) -> Section:
    """Section: the rules that a reader needs to judge the figures."""
    policies = paper.view.policies
    since = paper.view.since
    lines = [
        paper.say(Said.METHOD_ROUNDING),
        paper.say(Said.METHOD_DECLARED),
        paper.count(Said.METHOD_OVERDUE, policies.overdue.due_soon_days),
        paper.count(Said.METHOD_STATUS, policies.overdue.late_days),
        paper.say(Said.METHOD_REVIEW, cadence=_cadence(paper)),
        paper.say(Said.METHOD_SLIPS, day=paper.day(since)) if since else paper.say(Said.METHOD_NO_SLIPS),
        paper.say(Said.METHOD_UNKNOWN),
        paper.say(Said.METHOD_RESTRICTED),
        paper.say(Said.METHOD_RESTATED),
    ]
    return Section(title=paper.say(Said.METHOD), anchor="method", blocks=(bullets(*lines),))


def _cadence(paper: Paper) -> str:
    months = {band: paper.view.policies.review.months_of(band) for band in BANDS_WORST_FIRST}
    return paper.listed(
        [paper.count(Said.EVERY_MONTHS, count, band=paper.words.band(band).lower()) for band, count in months.items()]
    )
