"""What contradicts itself in a project, a milestone or an action."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sync.core.dates import plain
from sync.core.evidence import Evidence, has_unread_date, hidden, is_alive, named, open_ones
from sync.core.findings import Finding, FindingKind
from sync.core.model import Band, Health, Kind, Milestone, MitigatingAction, Project, WorkStatus
from sync.core.overdue import is_over
from sync.core.record_findings import finding, notice
from sync.core.snapshot import Record
from sync.core.status import is_open_threat
from sync.core.text import counted, listed, quote

NAMED = 3
"""How many records a sentence names; it counts the rest."""
_BANDS: dict[Band, str] = {Band.HIGH: "high", Band.VERY_HIGH: "very high"}
_ALL_DONE = 100
_ENDS: dict[Kind, str] = {Kind.PROJECT: "actual_end", Kind.MILESTONE: "actual", Kind.ACTION: "done"}
"""The day on which something was over."""


def of_project(record: Record, fields: Project, evidence: Evidence) -> Iterator[Finding]:
    """What staff report of a project, held against its dates and against what belongs to it."""
    yield from _green_but_overdue(record, fields, evidence)
    yield from _red_without_action(record, fields, evidence)
    yield from _closed_with_open(record, fields, evidence)
    yield from _ended_but_open(record, fields, evidence)
    yield from _stale(record, fields, evidence)
    yield from _reads_worse(record, evidence)


def of_work(record: Record, fields: Project | Milestone | MitigatingAction, evidence: Evidence) -> Iterator[Finding]:
    """Complete, but on which day?"""
    name = _ENDS[record.kind]
    is_blank = evidence.maps(record, name) and getattr(fields, name) is None and not has_unread_date(record)
    if fields.status is WorkStatus.COMPLETE and is_blank:
        said = f"It is complete, and {_spoken(name)} is blank"
        yield finding(record, FindingKind.COMPLETE_WITHOUT_DATE, said)


def _green_but_overdue(record: Record, fields: Project, evidence: Evidence) -> Iterator[Finding]:
    if fields.health is not Health.GREEN or not is_alive(record):
        return
    due = evidence.assessments[record.id].overdue_since
    facts = ([f"its end date was {plain(due)}"] if due else []) + _late_milestones(record, evidence)
    if facts:
        said = f"Health is green, but {listed(facts)}"
        yield finding(record, FindingKind.GREEN_BUT_OVERDUE, said, plain="Health is green, but it is overdue")


def _late_milestones(project: Record, evidence: Evidence) -> list[str]:
    since = {each.id: evidence.assessments[each.id].overdue_since for each in evidence.below(project, Kind.MILESTONE)}
    late = [each for each in evidence.below(project, Kind.MILESTONE) if since[each.id]]
    told = sorted((due, each.fields.title or each.label) for each in open_ones(late) if (due := since[each.id]))
    facts = [f"milestone {quote(title)} was due {plain(due)}" for due, title in told[:NAMED]]
    if len(told) > NAMED:
        facts.append(f"{counted(len(told) - NAMED, 'more milestone')} {_are(len(told) - NAMED)} overdue")
    return facts + [f"{each} {_are(len(late) - len(told))} overdue" for each in hidden(late)]


def _red_without_action(record: Record, fields: Project, evidence: Evidence) -> Iterator[Finding]:
    if not is_alive(record) or record.source not in evidence.knows_actions:
        return
    causes = (["health is red"] if fields.health is Health.RED else []) + _severe_risks(record, evidence)
    if causes and all(map(is_over, evidence.actions_of(record))):
        said = _capital(f"{listed(causes)}, but no action is open")
        plain_words = "Health is red or a risk is high, but no action is open"
        yield finding(record, FindingKind.RED_WITHOUT_ACTION, said, plain=plain_words)


def _severe_risks(project: Record, evidence: Evidence) -> list[str]:
    bands = {each.id: evidence.assessments[each.id].band for each in evidence.below(project, Kind.RISK)}
    severe = [each for each in evidence.below(project, Kind.RISK) if is_open_threat(each) and bands[each.id] in _BANDS]
    told = sorted(open_ones(severe), key=lambda each: (bands[each.id] is not Band.VERY_HIGH, each.label))
    facts = [f"{named(each)} is {_BANDS[bands[each.id] or Band.HIGH]}" for each in told[:NAMED]]
    if len(told) > NAMED:
        facts.append(f"{counted(len(told) - NAMED, 'more risk')} {_are(len(told) - NAMED)} high or very high")
    return facts + [f"{each} {_are(len(severe) - len(told))} open" for each in hidden(severe)]


def _closed_with_open(record: Record, fields: Project, evidence: Evidence) -> Iterator[Finding]:
    if fields.status is None or not fields.status.is_over:
        return
    left = _open_of(record, evidence)
    if left:
        verb = "is" if len(left) == 1 else "are"
        said = f"It is {fields.status}, but {listed(_names(left))} {verb} still open"
        plain_words = "It is complete or closed, but something that belongs to it is still open"
        yield finding(record, FindingKind.CLOSED_WITH_OPEN, said, plain=plain_words)


def _open_of(project: Record, evidence: Evidence) -> list[Record]:
    """Its open risks and issues, and the open actions of the project and of all of those."""
    held = [each for kind in (Kind.RISK, Kind.ISSUE) for each in evidence.below(project, kind)]
    actions = [action for each in (project, *held) for action in evidence.open_below(each, Kind.ACTION)]
    return [each for each in held if not is_over(each)] + actions


def _names(records: Sequence[Record]) -> list[str]:
    told = sorted(map(named, open_ones(records)))
    more = [f"{len(told) - NAMED} more"] if len(told) > NAMED else []
    return told[:NAMED] + more + hidden(records)


def _ended_but_open(record: Record, fields: Project, evidence: Evidence) -> Iterator[Finding]:
    if is_over(record) or not evidence.maps(record, "status"):
        return
    ending = "but its status is neither complete nor closed"
    if fields.actual_end and fields.actual_end <= evidence.today:
        said = f"Actual end is {plain(fields.actual_end)}, {ending}"
        yield finding(record, FindingKind.ENDED_BUT_OPEN, said, plain=f"Actual end has passed, {ending}")
    elif fields.percent_complete is not None and fields.percent_complete >= _ALL_DONE:
        said = f"Percent complete is {_ALL_DONE}, {ending}"
        yield finding(record, FindingKind.ENDED_BUT_OPEN, said)


def _stale(record: Record, fields: Project, evidence: Evidence) -> Iterator[Finding]:
    oldest = evidence.today - timedelta(days=evidence.policies.reports.stale_days)
    if fields.last_reported and fields.last_reported < oldest and not is_over(record):
        said = f"Status was last reported on {plain(fields.last_reported)}"
        yield finding(record, FindingKind.STALE_STATUS, said, plain="Status has not been reported lately")


def _reads_worse(record: Record, evidence: Evidence) -> Iterator[Finding]:
    made, labels = evidence.assessments[record.id], evidence.policies.labels
    if made.reads_worse and made.computed:
        reported = f"reported as {quote(labels.of_status(made.declared))}" if made.declared else "no status reported"
        said = f"{reported}, and by the rules {quote(labels.of_status(made.computed))}"
        yield notice(record, FindingKind.READS_WORSE, said, plain="by the rules it reads worse than reported")


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _capital(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
