"""What cannot be right as it stands: a project that is green and overdue, a risk whose rung nobody knows, and the like.

Each is one neutral sentence that names dates, never how many days ago, so that it changes only when a threshold is
crossed. A rule whose field is not mapped does not fire, and from a list that was not read nothing is concluded.
docs/findings.md tells of every kind what it means and what to do.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from sync.core.boards import without_next_meeting
from sync.core.dates import plain
from sync.core.doubts import Doubt
from sync.core.events import Event
from sync.core.evidence import Evidence, has_unread_date, sources_with_actions
from sync.core.findings import Finding, FindingKind
from sync.core.history import History
from sync.core.hold import of_hold
from sync.core.matching import Matched
from sync.core.merged import same_in_two
from sync.core.model import Issue, Kind, Milestone, MitigatingAction, Project, Risk
from sync.core.policy import Policies
from sync.core.record_findings import finding
from sync.core.risk_checks import of_ladder, of_risk
from sync.core.snapshot import Record, RecordId
from sync.core.status import Assessment
from sync.core.work_checks import of_project, of_work

HAPPENED: dict[Kind, tuple[str, ...]] = {
    Kind.PROGRAMME: (),
    Kind.PROJECT: ("actual_end", "last_reported"),
    Kind.MILESTONE: ("actual",),
    Kind.RISK: ("raised", "last_reviewed", "judged_on"),
    Kind.ISSUE: ("raised", "judged_on"),
    Kind.ACTION: ("done",),
}
"""The dates of what has happened, which are no days to come."""


def contradictions(
    matched: Matched,
    assessments: Mapping[RecordId, Assessment],
    policies: Policies,
    today: date,
    histories: Mapping[RecordId, History],
) -> tuple[Finding, ...]:
    """Everything that the rules find beside what matching and conversion found, sorted. Depends on nothing but its
    arguments. `mend` of a finding is what its row's own `check` column says; it is empty where no row can be mended.
    """
    referred, known = sources_with_actions(matched)
    evidence = Evidence(matched, assessments, policies, today, histories, referred, known)
    found = (each for record in matched.records for each in _of(record, evidence))
    return tuple(sorted({*found, *same_in_two(matched, policies.precedence), *_silent_boards(policies, today)}))


def of_events(events: Iterable[Event]) -> tuple[Finding, ...]:
    """What happened to records since the last run, each as what it was, sorted. It is told once, in the run that finds
    it, and so stands in no row. Only a key that belonged to something else asks for a person's look."""
    return tuple(
        sorted(
            Finding(each.source, each.id.item_id, FindingKind(each.kind.value), each.label, each.text)
            for each in events
        )
    )


def of_doubts(doubts: Iterable[Doubt]) -> tuple[Finding, ...]:
    """What only a person can tell, sorted: asked in every report until there is an answer."""
    return tuple(
        sorted(
            Finding(each.source, each.record.item_id, FindingKind.DOUBTFUL_MATCH, f"item {each.record.item_id}", said)
            for each in doubts
            for said in [f"{each.question} Say so with `matches answer {each.id}`."]
        )
    )


def _of(record: Record, evidence: Evidence) -> Iterator[Finding]:
    yield from _dates_to_come(record, evidence.today)
    hold, policy = evidence.assessments[record.id].hold, evidence.policies.hold
    yield from of_hold(record, hold, policy, is_until_unread=has_unread_date(record))
    match record.fields:
        case Project():
            yield from of_work(record, record.fields, evidence)
            yield from of_project(record, record.fields, evidence)
        case Milestone() | MitigatingAction():
            yield from of_work(record, record.fields, evidence)
        case Risk():
            yield from of_risk(record, record.fields, evidence)
            yield from of_ladder(record, record.fields, evidence)
        case Issue():
            yield from of_ladder(record, record.fields, evidence)
        case _:
            pass


def _dates_to_come(record: Record, today: date) -> Iterator[Finding]:
    for name in HAPPENED[record.kind]:
        day = getattr(record.fields, name)
        if day is not None and day > today:
            field = name.replace("_", " ").capitalize()
            said = f"{field} is {plain(day)}, which is yet to come"
            yield finding(record, FindingKind.DATE_TO_COME, said, plain=f"{field} is a day yet to come")


def _silent_boards(policies: Policies, today: date) -> Iterator[Finding]:
    """These are about the portfolio file, and so of no source."""
    for board in without_next_meeting(policies, today):
        said = f"{board}: the next meeting is not known; add its date to 'meets' under policies.boards."
        yield Finding("", None, FindingKind.NO_NEXT_MEETING, board, said)
