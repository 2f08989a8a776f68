"""The columns that only we write, as they should look in each kind of list, and those in which staff hold a flag.

Their titles and descriptions are all that most staff ever read of this service, so they say in plain words what a value
means, who writes it, and what happens to a change made by hand.
"""

from collections.abc import Mapping

from sync.core.columns import ColumnType
from sync.core.hold import HELD_UNTIL
from sync.core.model import Kind, Overdue, WorkStatus
from sync.core.ownership import DriftPolicy, OwnedField
from sync.core.policy import Labels
from sync.core.provisioning.shape import (
    Badge,
    Badges,
    ColumnShape,
    DaysSince,
    DueDay,
    HoldBeside,
    Icon,
    Look,
    Tone,
    Wrapped,
)

LONGEST_DESCRIPTION = 255
"""Characters of a description that every SharePoint page shows whole."""

STATUS_BADGES: Mapping[WorkStatus, Badge] = {
    WorkStatus.NOT_STARTED: Badge(Tone.PLAIN, Icon.CLOCK),
    WorkStatus.IN_PROGRESS: Badge(Tone.INFORMATION, Icon.CLOCK),
    WorkStatus.ON_TRACK: Badge(Tone.GOOD, Icon.DONE),
    WorkStatus.AT_RISK: Badge(Tone.WARNING, Icon.WARNING),
    WorkStatus.OFF_TRACK: Badge(Tone.SEVERE, Icon.ALERT),
    WorkStatus.ON_HOLD: Badge(Tone.PLAIN, Icon.PAUSE),
    WorkStatus.NEEDS_REVIEW: Badge(Tone.WARNING, Icon.QUESTION),
    WorkStatus.COMPLETE: Badge(Tone.PLAIN, Icon.DONE),
    WorkStatus.CLOSED: Badge(Tone.PLAIN, Icon.DONE),
    WorkStatus.UNKNOWN: Badge(Tone.PLAIN, Icon.QUESTION),
}
OVERDUE_BADGES: Mapping[Overdue, Badge] = {
    Overdue.ON_TIME: Badge(Tone.GOOD, Icon.DONE),
    Overdue.DUE_SOON: Badge(Tone.WARNING, Icon.CLOCK),
    Overdue.OVERDUE: Badge(Tone.SEVERE, Icon.ALERT),
    Overdue.NO_DATE: Badge(Tone.PLAIN, Icon.QUESTION),
    Overdue.CLOSED: Badge(Tone.PLAIN, Icon.DONE),
}
"""How a label is shown: nothing that waits for nobody is coloured, and no two labels that ask for different things
have both tone and icon in common."""

_TYPES: Mapping[OwnedField, ColumnType] = {
    OwnedField.STATUS: ColumnType.CHOICE,
    OwnedField.OVERDUE: ColumnType.CHOICE,
    OwnedField.OVERDUE_SINCE: ColumnType.DATE,
    OwnedField.REASON: ColumnType.NOTE,
    OwnedField.NEXT_REVIEW: ColumnType.DATE,
    OwnedField.ESCALATE_TO: ColumnType.TEXT,
    OwnedField.CHECK: ColumnType.TEXT,  # a note could not be indexed
    OwnedField.STAMP: ColumnType.TEXT,
}
_TITLES: Mapping[OwnedField, str] = {
    OwnedField.STATUS: "Status (worked out)",
    OwnedField.OVERDUE: "Overdue?",
    OwnedField.OVERDUE_SINCE: "Overdue since",
    OwnedField.REASON: "Why",
    OwnedField.NEXT_REVIEW: "Next review due",
    OwnedField.ESCALATE_TO: "Escalate to",
    OwnedField.CHECK: "Please check",
    OwnedField.STAMP: "Last written by",
}
_TITLES_OF_RISKS: Mapping[OwnedField, str] = {
    OwnedField.OVERDUE: "Review overdue?",
    OwnedField.OVERDUE_SINCE: "Review overdue since",
}

_DUE: Mapping[Kind, str] = {
    Kind.PROGRAMME: "end date",
    Kind.PROJECT: "end date",
    Kind.MILESTONE: "forecast date, else its first date,",
    Kind.RISK: "review date",
    Kind.ISSUE: "due date",
    Kind.ACTION: "due date",
}
"""What `overdue` goes by, as a sentence names it."""

_HAND: Mapping[DriftPolicy, str] = {
    DriftPolicy.RESTORE: "a change made by hand is put back",
    DriftPolicy.RESPECT: "a change made by hand stays, and is reported",
    DriftPolicy.ASK: "a change made by hand is put back once somebody approves that",
}
_MORE = "See the guide, For staff."

_HOLDS: Mapping[str, tuple[str, ColumnType, str]] = {
    "hold_reason": (
        "Hold: reason",
        ColumnType.TEXT,
        (
            "Yours to fill in. To hold the flag of this row, say why here, and until when beside it. What Portfolio "
            "Sync worked out is still shown, and the row counts as held. To end the hold, clear both."
        ),
    ),
    "hold_until": (
        "Hold until",
        ColumnType.DATE,
        (
            "Yours to fill in: the last day of the hold. The portfolio's policy says how long a hold may last at most, "
            "also where this is blank. Without a reason nothing is held. To end the hold earlier, clear both."
        ),
    ),
    "hold_by": (
        "Hold set by",
        ColumnType.PERSON,
        (
            "Yours to fill in: who decided on the hold and can be asked about it. Portfolio Sync reads the hold "
            "columns and never writes them."
        ),
    ),
}


def owned_column(
    owned_field: OwnedField,
    name: str,
    kind: Kind,
    labels: Labels,
    *,
    hold: HoldBeside | None = None,
    drift: DriftPolicy = DriftPolicy.RESTORE,
) -> ColumnShape:
    """The column of an owned field in a list of that kind, under that internal name.

    Shown in views, in no form. Choices are the portfolio's labels, all of them, so that a filter offers each. `check`
    is a single line of text, for a note could not be indexed. `hold`: where the row tells of a hold, if staff have
    columns for one (`told_hold`); statuses show the pause. `drift`: what happens to a change made by hand, which the
    description tells.
    """
    return ColumnShape(
        name=name,
        title=_title(owned_field, kind),
        description=_description(owned_field, kind, drift),
        type=_TYPES[owned_field],
        choices=_choices(owned_field, labels),
        indexed=owned_field in _indexed(kind),
        look=_look(owned_field, labels, hold),
    )


def told_hold(reason: str | None, hold_until: str | None) -> HoldBeside | None:
    """How a list with columns for a hold tells of one: in our reason, which says what counts. None where it has no
    such column, so that nobody could tell."""
    return HoldBeside(reason, HELD_UNTIL, hold_until) if reason else None


def hold_column(field_name: str, name: str) -> ColumnShape:
    """The column of staff's for `hold_reason`, `hold_until` or `hold_by`, under that internal name: shown in forms, for
    only staff fill it in."""
    title, of_type, description = _HOLDS[field_name]
    return ColumnShape(name=name, title=title, description=description, type=of_type, in_forms=True)


def _title(owned_field: OwnedField, kind: Kind) -> str:
    """What is overdue about a risk is its review, and the title says so."""
    title = _TITLES[owned_field]
    return _TITLES_OF_RISKS.get(owned_field, title) if kind is Kind.RISK else title


def _description(owned_field: OwnedField, kind: Kind, drift: DriftPolicy) -> str:
    return f"{_meaning(owned_field, kind)} Written every night by Portfolio Sync; {_HAND[drift]}. {_MORE}"


def _meaning(owned_field: OwnedField, kind: Kind) -> str:
    match owned_field:
        case OwnedField.STATUS if kind is Kind.PROGRAMME:
            return "Worked out from the programme's open projects. Why says which."
        case OwnedField.STATUS:
            return "The status you reported, or a worse one where dates, milestones, risks or actions say so."
        case OwnedField.OVERDUE:
            return f"Whether the {_DUE[kind]} has passed; on the day it is only due. To change it, mend date or status."
        case OwnedField.OVERDUE_SINCE:
            return "The day on which it was due, once that has passed. The days since then are counted as you look."
        case OwnedField.REASON:
            return "Why the columns beside it say what they say, by dates and references."
        case OwnedField.NEXT_REVIEW:
            return "When the rules ask for the next review. An earlier date of your own counts instead."
        case OwnedField.ESCALATE_TO:
            return f"The board that is asked to decide on this {kind}; blank where it stays with you."
        case OwnedField.CHECK:
            return "What to put right in this row, such as a date that is text; blank where nothing is."
        case _:
            return "Which installation wrote here last, and in which run."


def _choices(owned_field: OwnedField, labels: Labels) -> tuple[str, ...]:
    match owned_field:
        case OwnedField.STATUS:
            return tuple(labels.of_status(status) for status in WorkStatus)
        case OwnedField.OVERDUE:
            return tuple(labels.of_overdue(state) for state in Overdue)
        case _:
            return ()


def _indexed(kind: Kind) -> frozenset[OwnedField]:
    """What views begin with and are ordered by: at most four of the twenty indexes of a list. Reviews that are overdue
    are ordered by the day of the review, so that a risk needs no index on when that passed."""
    ordered = OwnedField.NEXT_REVIEW if kind is Kind.RISK else OwnedField.OVERDUE_SINCE
    return frozenset({OwnedField.OVERDUE, OwnedField.CHECK, OwnedField.ESCALATE_TO, ordered})


def _look(owned_field: OwnedField, labels: Labels, hold: HoldBeside | None) -> Look | None:
    match owned_field:
        case OwnedField.STATUS:
            return Badges({labels.of_status(status): badge for status, badge in STATUS_BADGES.items()}, hold)
        case OwnedField.OVERDUE:
            return Badges({labels.of_overdue(state): badge for state, badge in OVERDUE_BADGES.items()}, hold)
        case OwnedField.OVERDUE_SINCE:
            return DaysSince()
        case OwnedField.NEXT_REVIEW:
            return DueDay()
        case OwnedField.REASON:
            return Wrapped(Badge(Tone.PLAIN, Icon.QUESTION))
        case OwnedField.ESCALATE_TO:
            return Wrapped(Badge(Tone.INFORMATION, Icon.BOARD))
        case OwnedField.CHECK:
            return Wrapped(Badge(Tone.WARNING, Icon.MEND))
        case _:
            return None
