"""What does not fit together in the lists: findings by kind and severity, then one by one."""

from collections.abc import Sequence

from sync.core.findings import SEVERITIES, Finding, FindingKind, Severity
from sync.report.document import Badge, Block, Cell, ColumnKind, ColumnSpec, Section, Table, paragraph
from sync.report.sections.finding_names import FINDINGS
from sync.report.sections.paper import Paper
from sync.report.sections.said import Said
from sync.report.tones import Tone

_SEVERITY_TONES = {Severity.WARNING: Tone.WARN, Severity.INFO: Tone.INFO}
_SEVERITY_RANK = {Severity.WARNING: 0, Severity.INFO: 1}
_KIND_RANK = {kind: rank for rank, kind in enumerate(FindingKind)}


def counts_by_kind(paper: Paper) -> tuple[tuple[FindingKind, Severity, int], ...]:
    """How many findings there are of each kind, warnings before what is for information."""
    counted = [(kind, SEVERITIES.get(kind, Severity.WARNING), n) for kind, n in paper.view.finding_counts.items() if n]
    return tuple(sorted(counted, key=lambda each: (_SEVERITY_RANK[each[1]], _KIND_RANK[each[0]])))


def warnings(paper: Paper) -> int:
    """How many findings a person should look at."""
    return sum(count for _, severity, count in counts_by_kind(paper) if severity is Severity.WARNING)


def sorted_findings(paper: Paper) -> tuple[Finding, ...]:
    """Warnings before what is for information, then by kind, then by list and item."""
    return tuple(
        sorted(paper.view.findings, key=lambda each: (_SEVERITY_RANK[each.severity], _KIND_RANK[each.kind], each))
    )


def kind_name(paper: Paper, kind: FindingKind) -> str:
    """What sort of finding it is, in words."""
    return paper.say(FINDINGS[kind])


def checks(paper: Paper) -> Section:
    """Section: how many of each kind, and every one with what to look at where this edition may tell. Nothing is
    mended silently."""
    counts, found = counts_by_kind(paper), sorted_findings(paper)
    total = sum(count for *_, count in counts)
    lead = paper.count(Said.FINDINGS_LEAD, total, warnings=paper.words.number(warnings(paper)))
    hidden = paper.view.hidden_findings
    said = [lead if total else paper.say(Said.NO_FINDINGS)]
    said += [paper.count(Said.FINDINGS_RESTRICTED, hidden)] if hidden else []
    blocks: list[Block] = [paragraph(" ".join(said))]
    blocks += [_by_kind(paper, counts, total)] if counts else []
    blocks += [_one_by_one(paper, found)] if found else []
    return Section(title=paper.say(Said.CHECKS), anchor="checks", blocks=tuple(blocks))


def _by_kind(paper: Paper, counts: Sequence[tuple[FindingKind, Severity, int]], total: int) -> Table:
    return Table(
        caption=paper.say(Said.FINDINGS_BY_KIND),
        columns=(
            ColumnSpec(paper.say(Said.FINDING), row_header=True, weight=4),
            ColumnSpec(paper.say(Said.SEVERITY), ColumnKind.STATUS),
            ColumnSpec(paper.say(Said.HOW_MANY), ColumnKind.NUMBER),
        ),
        rows=tuple((kind_name(paper, kind), _severity(paper, severity), count) for kind, severity, count in counts),
        total=(paper.say(Said.ALL), None, total),
        source_line=paper.source_line(),
    )


def _severity(paper: Paper, severity: Severity) -> Badge:
    return Badge(paper.say(Said[f"SEVERITY_{severity.name}"]), _SEVERITY_TONES[severity])


def _one_by_one(paper: Paper, found: Sequence[Finding]) -> Table:
    def cells(each: Finding) -> tuple[Cell, ...]:
        return each.source, each.key or None, kind_name(paper, each.kind), each.text.removeprefix(f"{each.key}: ")

    return Table(
        caption=paper.say(Said.FINDINGS_TABLE),
        columns=(
            ColumnSpec(paper.say(Said.LIST), weight=2),
            ColumnSpec(paper.say(Said.RECORD), row_header=True, weight=2),
            ColumnSpec(paper.say(Said.FINDING), weight=2),
            ColumnSpec(paper.say(Said.WHAT_TO_LOOK_AT), weight=5),
        ),
        rows=tuple(map(cells, paper.bounded(found))),
        note=paper.beyond(found),
        source_line=paper.source_line(),
    )
