"""Whether something is late: one due date for each kind of record, and the states that staff read."""

from datetime import date, timedelta

from sync.core.dates import effective_due
from sync.core.model import Issue, Milestone, MitigatingAction, Overdue, Programme, Project, Risk
from sync.core.policy import Calendar, OverduePolicy
from sync.core.snapshot import Record


def due_date(record: Record) -> date | None:
    """The day that staff gave; None where they gave none, and of a programme.

    A project is due at its end, a milestone on its forecast else its original date, an issue or an action on its due
    date, and a risk when its next review is, unless its cadence asks for an earlier one (see `review`).
    """
    match record.fields:
        case Project():
            return record.fields.end
        case Milestone():
            return record.fields.forecast or record.fields.original
        case Issue() | MitigatingAction():
            return record.fields.due
        case Risk():
            return record.fields.next_review
        case _:
            return None


def is_over(record: Record) -> bool:
    """Whether nothing is left to do: complete or closed by its status, a milestone reached, an action done."""
    match record.fields:
        case Milestone():
            has_ended = record.fields.actual is not None
        case MitigatingAction():
            has_ended = record.fields.done is not None
        case Programme():
            return False
        case _:
            has_ended = False
    return has_ended or (record.fields.status is not None and record.fields.status.is_over)


def state(
    record: Record, due: date | None, policy: OverduePolicy, calendar: Calendar, today: date
) -> tuple[Overdue | None, date | None]:
    """How a record stands against the day on which it is due, and that day once it has passed. A programme has no such
    state.

    Something due today is not late yet: it is due soon, as is anything up to and including `due_soon_days` from today.
    What is over is closed, whatever its date.
    """
    if isinstance(record.fields, Programme):
        return None, None
    if is_over(record):
        return Overdue.CLOSED, None
    if due is None:
        return Overdue.NO_DATE, None
    effective = effective_due(due, policy, calendar)
    if effective < today:
        return Overdue.OVERDUE, due
    if effective <= today + timedelta(days=policy.due_soon_days):
        return Overdue.DUE_SOON, None
    return Overdue.ON_TIME, None


def is_late(due: date, policy: OverduePolicy, calendar: Calendar, today: date) -> bool:
    """Whether a due date passed more than `late_days` ago."""
    return effective_due(due, policy, calendar) + timedelta(days=policy.late_days) < today
