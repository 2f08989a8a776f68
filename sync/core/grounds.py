"""Why a value is what it is, for the audit: names of rules and dates, never a word of staff's."""

from sync.core.model import Kind, Overdue
from sync.core.ownership import OwnedField
from sync.core.plan import PlannedWrite
from sync.core.status import Assessment, Reason, Tally
from sync.core.text import counted

LEFT_SCOPE = "left scope"
"""The grounds of every value that is cleared because its record left the rows that count."""

UNDO_OF = "undo of "
"""How the grounds of every value begin that is put back; the run's id follows."""

FACTS = "facts"
"""The grounds of texts: they follow from whatever the other values and the row's problems follow from."""


def grounds(field: OwnedField, assessment: Assessment, *, restricted: bool = False) -> str:
    """What one value rests on; of a restricted record no date is told.

    | field                  | grounds                                                                  |
    |------------------------|--------------------------------------------------------------------------|
    | status of a project    | the rules that fired, else `as_declared`, else `not_declared`            |
    | status of a programme  | `worst_of_projects`, `threshold 25 %` or `no_open_project`               |
    | overdue, overdue since | `due 2026-06-03`, `closed` or `no_date`                                  |
    | next review            | `every 3 months since 2026-06-03`, `closed` or `no_date`                 |
    | escalate to            | `band very_high` and the other conditions of the last rung, or `no_rung` |
    | reason, check          | `facts`                                                                  |
    """
    if field is OwnedField.STATUS:
        return _of_group(assessment) if assessment.kind is Kind.PROGRAMME else _of_project(assessment)
    if field is OwnedField.NEXT_REVIEW:
        return _of_review(assessment, restricted)
    if field is OwnedField.ESCALATE_TO:
        return _of_ladder(assessment)
    return _of_date(assessment, restricted) if field in (OwnedField.OVERDUE, OwnedField.OVERDUE_SINCE) else FACTS


def is_left_scope(write: PlannedWrite) -> bool:
    """Whether the write only clears what a record that counts no longer held; such a record is not stamped."""
    return bool(write.set) and all(write.grounds.get(name) == LEFT_SCOPE for name in write.set)


def _of_project(assessment: Assessment) -> str:
    if assessment.reads_worse:
        fired = [each.rule.value for each in assessment.reasons if isinstance(each, Reason)]
        return ",".join(dict.fromkeys(fired))
    return "as_declared" if assessment.declared else "not_declared"


def _of_group(assessment: Assessment) -> str:
    tallies = [each for each in assessment.reasons if isinstance(each, Tally) and each.total]
    limits = [f"threshold {each.threshold} %" for each in tallies if each.threshold is not None]
    return (limits or ["worst_of_projects" if tallies else "no_open_project"])[0]


def _of_review(assessment: Assessment, restricted: bool) -> str:
    review = assessment.review
    since = review.last or review.counted_from if review else None
    if assessment.overdue is Overdue.CLOSED:
        return "closed"
    if review is None or since is None:
        return "no_date"
    every = f"every {counted(review.months, 'month')}"
    return every if restricted else f"{every} since {since.isoformat()}"


def _of_ladder(assessment: Assessment) -> str:
    """The conditions of the acceptance that let the record through last."""
    if assessment.escalation is None or not assessment.escalation.steps:
        return "no_rung"
    because = assessment.escalation.steps[-1].because
    named = [f"band {because.band.value}"] if because.band else []
    flags = ("cannot_mitigate", "above_appetite", "tolerance_expired")
    return ",".join([*named, *(flag for flag in flags if getattr(because, flag))]) or "accepted"


def _of_date(assessment: Assessment, restricted: bool) -> str:
    if assessment.overdue is Overdue.CLOSED:
        return "closed"
    if assessment.due is None:
        return "no_date"
    return "due" if restricted else f"due {assessment.due.isoformat()}"
