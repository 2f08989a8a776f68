"""A council's own examples, held against its own rules: rows as staff would write them, and what should come of them.

An example is read by the same mapping, words and matrix as the list that it stands for, so that it tests what the
portfolio file says and not a copy of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum

from sync.core import explain
from sync.core.columns import Column, ColumnType, ListSchema, Row
from sync.core.desired import to_mend
from sync.core.findings import FindingKind
from sync.core.judging import Judged, judge
from sync.core.mapping import bind, to_record
from sync.core.matching import match
from sync.core.model import REFERENCES
from sync.core.policy import Calendar, Policies, SourceMapping, WritePolicy
from sync.core.ratings import current_matrix
from sync.core.snapshot import Complete, Record, Snapshot
from sync.core.status import Assessment
from sync.core.text import fold

_HOST = "examples"
_UNREAD = frozenset({FindingKind.UNKNOWN_VALUE, FindingKind.TEXT_DATE, FindingKind.NOT_A_NUMBER})


class Answer(StrEnum):
    """What an example may expect of its record."""

    STATUS = "status"
    OVERDUE = "overdue"
    DUE = "due"
    BAND = "band"
    INHERENT_BAND = "inherent_band"
    TARGET_BAND = "target_band"
    NEXT_REVIEW = "next_review"
    REVIEW = "review"
    ESCALATE_TO = "escalate_to"
    RUNG = "rung"
    REASON = "reason"
    CHECK = "check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One row: the source whose mapping reads it, what it says by canonical field, and the rows that refer to it."""

    source: str
    row: Mapping[str, str] = field(default_factory=dict)
    below: tuple["Case", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Example(Case):
    """A row, and what the rules should make of it on a day. `expect`: by answer, in words; empty means blank."""

    name: str
    today: date
    expect: Mapping[Answer, str]


@dataclass(frozen=True, slots=True)
class Wrong:
    """One answer that is not what the example expects."""

    answer: Answer
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an example; it passed where nothing is wrong. `unread`: what could not be read in its rows."""

    name: str
    wrong: tuple[Wrong, ...]
    unread: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.wrong and not self.unread


def try_out(example: Example, mappings: Mapping[str, SourceMapping], policies: Policies, calendar: Calendar) -> Result:
    """Judges the example's row as a run would on that day, with nothing but its own rows in the portfolio."""
    used = {name: _as_written(mappings[name]) for name in sorted(_sources(example))}
    rows: dict[str, list[dict[str, str]]] = {name: [] for name in used}
    _collect(example, None, rows, used)
    snapshots = [_snapshot(mapping, rows[name], policies, example.today) for name, mapping in used.items()]
    judged = judge(match(snapshots, used), policies, calendar, example.today, {})
    record = next(each for each in judged.matched.records if each.source == example.source)
    told = dict(_answers(record, judged, policies))
    wrong = tuple(
        Wrong(answer, expected, told[answer][0])
        for answer, expected in example.expect.items()
        if fold(expected) not in {fold(form) for form in told[answer]}
    )
    return Result(example.name, wrong, _unread(judged))


def _answers(record: Record, judged: Judged, policies: Policies) -> Iterator[tuple[Answer, tuple[str, ...]]]:
    """Every answer in each of the forms in which it may be expected: as the file writes it and as staff read it."""
    made, labels = judged.assessments[record.id], policies.labels
    review, escalation = made.review, made.escalation
    yield Answer.STATUS, (made.computed.value, labels.of_status(made.computed)) if made.computed else ("",)
    yield Answer.OVERDUE, (made.overdue.value, labels.of_overdue(made.overdue)) if made.overdue else ("",)
    yield Answer.DUE, _day(made.due)
    yield from _bands(made)
    yield Answer.NEXT_REVIEW, _day(review.cadence_due if review else None)
    yield Answer.REVIEW, (review.freshness.value if review else "",)
    yield Answer.ESCALATE_TO, ((escalation.board or "") if escalation else "",)
    yield Answer.RUNG, ((escalation.rung or "") if escalation else "",)
    yield Answer.REASON, (explain.reason(made, labels) or "",)
    yield Answer.CHECK, (to_mend(judged.matched.about(record)) or "",)


def _bands(made: Assessment) -> Iterator[tuple[Answer, tuple[str, ...]]]:
    bands = (
        (Answer.BAND, made.band),
        (Answer.INHERENT_BAND, made.inherent_band),
        (Answer.TARGET_BAND, made.target_band),
    )
    for answer, band in bands:
        yield answer, (band.value, explain.BAND_LABELS[band]) if band else ("",)


def _day(day: date | None) -> tuple[str, ...]:
    return (day.isoformat(),) if day else ("",)


def _unread(judged: Judged) -> tuple[str, ...]:
    """What the rows say that no rule could understand; `check` tells of the rest where the example asks for it."""
    problems = (problem for record in judged.matched.records for problem in record.problems)
    return tuple(problem.mend for problem in problems if problem.kind in _UNREAD)


def _sources(case: Case) -> set[str]:
    return {case.source}.union(*(_sources(below) for below in case.below))


def _as_written(mapping: SourceMapping) -> SourceMapping:
    """The mapping with one column for every field that it maps, called like the field; words, matrix and register
    stay."""
    fields = {name: replace(each, column=(name,), refers_to=()) for name, each in mapping.fields.items()}
    return replace(mapping, key="key", fields=fields, where={}, write=WritePolicy())


def _collect(
    case: Case, parent: str | None, rows: dict[str, list[dict[str, str]]], mappings: Mapping[str, SourceMapping]
) -> None:
    number = sum(map(len, rows.values())) + 1
    says = {"key": f"Example {number}", **case.row}
    if parent is not None:
        says |= {name: parent for name, _ in REFERENCES[mappings[case.source].kind]}
    rows[case.source].append(says)
    for below in case.below:
        _collect(below, says["key"], rows, mappings)


def _snapshot(mapping: SourceMapping, rows: Sequence[Mapping[str, str]], policies: Policies, today: date) -> Snapshot:
    names = ["key", *mapping.fields]
    schema = ListSchema(
        host=_HOST,
        list_guid=mapping.name,
        title=mapping.name,
        columns=tuple(Column(name, name, ColumnType.TEXT) for name in names),
        zone="UTC",
        item_count=len(rows),
    )
    binding = bind(mapping, schema, policies.labels, current_matrix(mapping.matrix, policies))
    records = [to_record(binding, Row(number, "", row)) for number, row in enumerate(rows, 1)]
    return Snapshot(
        source=mapping.name,
        records=tuple(record for record in records if record),
        read=Complete(),
        schema_digest=schema.digest,
        taken_at=datetime.combine(today, time(), UTC),
        place=(_HOST, mapping.name),
    )
