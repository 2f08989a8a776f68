"""What contradicts itself in a risk or an issue: its scores, its review, what is done about it, and its rung."""

import re
from collections.abc import Iterator

from sync.core.dates import plain
from sync.core.evidence import Evidence, has_unread_date
from sync.core.findings import Finding, FindingKind
from sync.core.ladder import Escalation
from sync.core.model import Issue, Risk
from sync.core.overdue import is_over
from sync.core.raisings import is_decision_overdue, open_raising
from sync.core.ratings import cell_disagreement, is_worse_after_mitigation, matrix_in
from sync.core.record_findings import finding, notice
from sync.core.snapshot import Record
from sync.core.text import fold, listed, quote

_TO_MITIGATE = re.compile(r"\b(mitigat|treat|reduc)")
_OR_NOT = re.compile(r"\b(no|not|none|never|cannot|without)\b|n't\b")
_TIMES = {1: "once", 2: "twice"}


def of_risk(record: Record, fields: Risk, evidence: Evidence) -> Iterator[Finding]:
    """What an open risk says of its rating, its review and what is done about it."""
    if is_over(record):
        return
    yield from _scores(record, evidence)
    yield from _without_date(record, fields, evidence)
    yield from _never_reviewed(record, fields, evidence)
    yield from _pushed_out(record, evidence)
    if fields.tolerance_end and fields.tolerance_end < evidence.today:
        said = f"Tolerance ended on {plain(fields.tolerance_end)}"
        yield finding(record, FindingKind.TOLERANCE_ENDED, said, plain="Tolerance has ended")


def of_ladder(record: Record, fields: Risk | Issue, evidence: Evidence) -> Iterator[Finding]:
    """What staff say of the rung, held against what the ladder knows and recommends; and a decision that is late."""
    escalation = evidence.assessments[record.id].escalation or Escalation()
    if escalation.unknown_rung:
        said = f"Rung {quote(escalation.unknown_rung)} is no rung of the ladder"
        yield finding(record, FindingKind.UNKNOWN_RUNG, said, plain="Rung is no rung of the ladder", quotes=True)
    if escalation.unknown_judges:
        names = listed([quote(body) for body in escalation.unknown_judges])
        said = f"Judged by {names}: the ladder knows no such body"
        plain_words = "Judged by names a body that is not of the ladder"
        yield finding(record, FindingKind.UNKNOWN_JUDGE, said, plain=plain_words, quotes=True)
    if escalation.differs:
        said = f"Rung is {quote(fields.rung or '')}; the ladder recommends {_recommended(escalation.rung)}"
        plain_words = "Rung is another than the ladder recommends"
        yield finding(record, FindingKind.OTHER_RUNG, said, plain=plain_words, quotes=True)
    yield from _overdue_decision(record, fields, evidence)


def _scores(record: Record, evidence: Evidence) -> Iterator[Finding]:
    made = evidence.assessments[record.id]
    matrix = matrix_in(made.matrix, made.version, evidence.policies)
    if wrong := cell_disagreement(record, made, matrix):
        plain_words = "Score, rating or matrix version is not that of its cell"
        yield finding(record, FindingKind.SCORE_MISMATCH, wrong, plain=plain_words)
    if is_worse_after_mitigation(record, made, matrix):
        yield finding(record, FindingKind.WORSE_AFTER_MITIGATION, "It is rated worse after mitigation than before")


def _recommended(rung: str | None) -> str:
    return quote(rung) if rung else "that it stays with its register"


def _overdue_decision(record: Record, fields: Risk | Issue, evidence: Evidence) -> Iterator[Finding]:
    history, escalation = evidence.histories.get(record.id), evidence.assessments[record.id].escalation
    if history is None or not evidence.maps(record, "decided_on"):
        return
    raising = open_raising(history.raised, escalation.rung if escalation else None)
    if raising and raising.decide_by and is_decision_overdue(raising, fields.decided_on, evidence.today):
        said = f"A decision by {raising.board} was due {plain(raising.decide_by)}"
        yield finding(record, FindingKind.OVERDUE_DECISION, said, plain="A decision on it is overdue")


def _without_date(record: Record, fields: Risk, evidence: Evidence) -> Iterator[Finding]:
    """To be mitigated, but by when? Where no list of actions refers to its register, staff's own next review counts:
    it is the one day that such a row gives."""
    said = fold(fields.response or "")
    if not _TO_MITIGATE.search(said) or _OR_NOT.search(said):
        return
    if record.source in evidence.has_actions:
        if record.source in evidence.knows_actions and not _has_dated_action(record, evidence):
            text = "It is to be mitigated, but no open action has a due date"
            yield finding(record, FindingKind.MITIGATION_WITHOUT_DATE, text)
    elif evidence.maps(record, "next_review") and fields.next_review is None and not has_unread_date(record):
        yield finding(record, FindingKind.MITIGATION_WITHOUT_DATE, "It is to be mitigated, but next review is blank")


def _has_dated_action(record: Record, evidence: Evidence) -> bool:
    return any(
        evidence.assessments[action.id].due is not None or has_unread_date(action)
        for action in evidence.actions_of(record)
        if not is_over(action)
    )


def _never_reviewed(record: Record, fields: Risk, evidence: Evidence) -> Iterator[Finding]:
    if fields.last_reviewed or not evidence.maps(record, "last_reviewed") or has_unread_date(record):
        return
    made = evidence.assessments[record.id]
    if made.overdue_since:
        due = f"; its review has been due since {plain(made.overdue_since)}"
    else:
        due = f"; its first review is due {plain(made.due)}" if made.due else ""
    yield notice(record, FindingKind.NEVER_REVIEWED, f"not reviewed yet{due}", plain="not reviewed yet")


def _pushed_out(record: Record, evidence: Evidence) -> Iterator[Finding]:
    history = evidence.histories.get(record.id)
    if history and history.push_outs:
        times = _TIMES.get(history.push_outs, f"{history.push_outs} times")
        said = f"next review was moved to a later day {times} since {plain(history.since)} without a review"
        plain_words = "next review was moved to a later day without a review"
        yield notice(record, FindingKind.REVIEW_PUSHED_OUT, said, plain=plain_words)
