"""Why something reads as it does: the one place where sentences are made, used by every surface.

A sentence names dates and references, never how many days ago or to go, so that it changes only when a threshold is
crossed. A restricted record is named nowhere: it is "a restricted risk".
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from sync.core.dates import plain
from sync.core.hold import HELD_UNTIL, Hold
from sync.core.model import Band, Kind, Overdue, WorkStatus
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.policy import STATUS_LABELS, Labels
from sync.core.review import Review
from sync.core.status import Assessment, Behind, Reason, Rule, Tally
from sync.core.text import counted, cut, length, listed, quote

REASON_LENGTH = 255
"""What a single-line text column holds. A reason lists as many facts as fit, and counts the rest."""

HOLD_LENGTH = 80
"""So much of why a row is held is said in front of what the rules say of it; all of it stands in a column beside."""

NAMES_SHOWN = 6
_KEY_LENGTH = 40
_MOST_FACTS = 20

FIELD_LABELS: dict[OwnedField, str] = {
    OwnedField.STATUS: "Status",
    OwnedField.OVERDUE: "Overdue",
    OwnedField.OVERDUE_SINCE: "Overdue since",
    OwnedField.REASON: "Reason",
    OwnedField.NEXT_REVIEW: "Next review",
    OwnedField.ESCALATE_TO: "Escalate to",
    OwnedField.CHECK: "Check",
    OwnedField.STAMP: "Stamp",
}

LEFT_SCOPE = "the item left the rows that count"

BAND_LABELS: dict[Band, str] = {
    Band.LOW: "low",
    Band.MEDIUM: "medium",
    Band.HIGH: "high",
    Band.VERY_HIGH: "very high",
    Band.NOT_ASSESSED: "not assessed",
}

_ARE: dict[WorkStatus, tuple[str, str]] = {
    WorkStatus.NOT_STARTED: ("has not started", "have not started"),
    WorkStatus.IN_PROGRESS: ("is in progress", "are in progress"),
    WorkStatus.ON_TRACK: ("is on track", "are on track"),
    WorkStatus.AT_RISK: ("is at risk", "are at risk"),
    WorkStatus.OFF_TRACK: ("is off track", "are off track"),
    WorkStatus.ON_HOLD: ("is on hold", "are on hold"),
    WorkStatus.NEEDS_REVIEW: ("needs review", "need review"),
    WorkStatus.COMPLETE: ("is complete", "are complete"),
    WorkStatus.CLOSED: ("is closed", "are closed"),
    WorkStatus.UNKNOWN: ("has no known status", "have no known status"),
}
"""One project, several projects; a status with a label of its own is quoted instead."""

_NAMED = frozenset(
    {WorkStatus.OFF_TRACK, WorkStatus.AT_RISK, WorkStatus.NEEDS_REVIEW, WorkStatus.UNKNOWN, WorkStatus.ON_HOLD}
)
"""Statuses that somebody has to do something about: the projects that read so are named."""

_RESTRICTED: dict[Rule, tuple[str, str, str]] = {
    Rule.MILESTONE_LATE: ("milestone", "is long overdue", "are long overdue"),
    Rule.MILESTONE_OVERDUE: ("milestone", "is overdue", "are overdue"),
    Rule.VERY_HIGH_RISK: ("risk", "counts against it", "count against it"),
    Rule.ACTION_OVERDUE: ("action", "is overdue", "are overdue"),
}

_TELLS_DUE = frozenset({Rule.END_LATE, Rule.END_OVERDUE})
_DUE: dict[Kind, tuple[str, str]] = {Kind.PROJECT: ("its end date", ""), Kind.RISK: ("its review", "due ")}


def reason(assessment: Assessment, labels: Labels | None = None) -> str | None:
    """Why a record reads as it does, for its own `reason` column and every report; None where nothing needs saying.

    A hold of staff's comes first, and that it has ended is said until they clear it. It takes nothing from the rest.
    A project or programme tells what its computed status rests on. Anything overdue or due soon tells the date, unless
    that was among the facts already. A risk or an issue that the ladder takes on tells the board and why. A record that
    is on time, closed, without a date, or reads as staff reported with no rule against it, has no reason.
    """
    words = labels or Labels()
    held = _hold_sentence(assessment.hold) if assessment.hold else ""
    dated = " ".join(filter(None, (_date_sentence(assessment, words), _ladder_sentence(assessment))))
    room = REASON_LENGTH - length(dated) - 1 - (length(held) + 1 if held else 0)
    return " ".join(filter(None, (held, _status_sentence(assessment, words, room), dated))) or None


def why(
    field: OwnedField, old: OwnedValue, new: OwnedValue, assessment: Assessment, labels: Labels | None = None
) -> str:
    """One sentence for one write decision: from what, to what, because of what."""
    if field is OwnedField.REASON:
        return f"Reason: {_rewritten(old, new)}."
    if field is OwnedField.CHECK:
        cause = "nothing is left to mend in this row" if new is None else "there is something to mend in this row"
        return f"Check: {'cleared' if new is None else 'written'}, because {cause}."
    cause = _CAUSES.get(field, _date_cause)(assessment, labels or Labels())
    return f"{FIELD_LABELS[field]}: {shown_value(old)} -> {shown_value(new)}, because {cause}."


def restored(field: OwnedField, live: OwnedValue, today: date, *, quoted: bool = True) -> str:
    """The dated sentence added to a reason when a value that a person changed is written again. What stood there is
    `quoted` unless the record is restricted: reasons are kept in more places than the list."""
    said = by_hand(field, live) if quoted else f"{FIELD_LABELS[field]} was changed by hand"
    return f"{said}; restored on {plain(today)}."


def left_scope(field: OwnedField) -> str:
    """Why a value is cleared of an item that counts no longer."""
    return f"{FIELD_LABELS[field]}: cleared, because {LEFT_SCOPE}."


def kept(count: int, unread: Sequence[str], restricted: int = 0) -> str:
    """Why status and reason of some items were left as they are: lists that could not be read, the restricted ones
    (of which `restricted` tells the number) unnamed."""
    return (
        f"Status and reason of {counted(count, 'item')} were kept as they were, because "
        f"{listed(lists_named(unread, restricted))} could not be read."
    )


def lists_named(names: Sequence[str], restricted: int = 0) -> list[str]:
    """Lists as a sentence may name them: restricted ones by their number."""
    hidden = ["a restricted list" if restricted == 1 else f"{restricted} restricted lists"] if restricted else []
    return [*sorted(names), *hidden]


def tally(read: Tally, labels: Labels | None = None) -> str:
    """How many of a group's open projects read what: "3 of 12 open projects are off track: DS-04, DS-11 and DS-12"."""
    if not read.total:
        return f"none of its {counted(read.over, 'project')} is open" if read.over else "it has no project"
    limit = "" if read.threshold is None else f" or worse, and the threshold is {read.threshold} %"
    verb = "reads" if read.worse == 1 else "read"
    worse = f"; {read.worse} {verb} worse, below the threshold" if read.worse else ""
    names = f": {listed(_named(read))}" if read.status in _NAMED else ""
    return (
        f"{read.count} of {counted(read.total, 'open project')} {_are(read, labels or Labels())}{limit}{worse}{names}"
    )


def sentence(clause: str) -> str:
    """A clause with a capital and a full stop."""
    return f"{clause[:1].upper()}{clause[1:]}."


def by_hand(field: OwnedField, live: OwnedValue) -> str:
    """What a person did to a value of ours."""
    done = "cleared by hand" if live is None else f"changed by hand to {quoted(live)}"
    return f"{FIELD_LABELS[field]} was {done}"


def quoted(value: OwnedValue) -> str:
    """An owned value inside a sentence, in quotation marks where it is text."""
    return quote(value) if isinstance(value, str) else shown_value(value)


def shown_value(value: OwnedValue) -> str:
    """An owned value inside a sentence."""
    match value:
        case None:
            return "blank"
        case bool():
            return "Yes" if value else "No"
        case date():
            return plain(value)
        case _:
            return value


def _hold_sentence(hold: Hold) -> str:
    """`Held until 30 June 2026 (supplier dispute).`, of a restricted record without the brackets, and afterwards
    `The hold ended on 30 June 2026.`, with why where staff's own column names another last day or none."""
    if not hold.counts:
        allowed = "" if hold.asked == hold.until else ", the last day that is allowed"
        return f"The hold ended on {plain(hold.until)}{allowed}."
    why = cut(" ".join(hold.reason.split()).rstrip("."), HOLD_LENGTH)
    return f"{HELD_UNTIL}{plain(hold.until)}{f' ({why})' if why else ''}."


def _rewritten(old: OwnedValue, new: OwnedValue) -> str:
    if new is None:
        return "cleared, because there is nothing left to explain"
    return "written, because there is something to explain" if old is None else "rewritten, because the facts changed"


def _status_sentence(assessment: Assessment, labels: Labels, room: int) -> str:
    facts = _facts(assessment, labels)
    if not facts or assessment.computed is None:
        return ""
    if assessment.kind is Kind.PROGRAMME:
        return sentence(facts[0])
    label = labels.of_status(assessment.computed)
    head = f"{label}: " if assessment.reads_worse else f"{label}, as reported; "
    return f"{head}{_joined(facts, room - length(head) - 1)}."


def _date_sentence(assessment: Assessment, labels: Labels) -> str:
    told = any(isinstance(fired, Reason) and fired.rule in _TELLS_DUE for fired in assessment.reasons)
    if assessment.overdue not in (Overdue.OVERDUE, Overdue.DUE_SOON) or told:
        return ""
    cause = _date_cause(assessment, labels).removeprefix("its ").removeprefix("it ")
    return f"{labels.of_overdue(assessment.overdue)}: {cause}."


def _status_cause(assessment: Assessment, labels: Labels) -> str:
    if assessment.reads_worse or assessment.kind is Kind.PROGRAMME:
        return _joined(_facts(assessment, labels), REASON_LENGTH)
    return "that is what staff reported" if assessment.declared else "staff reported no status"


def _date_cause(assessment: Assessment, _labels: Labels) -> str:
    if assessment.overdue is Overdue.CLOSED:
        return "it is complete or closed"
    if assessment.due is None:
        return "it has no due date"
    what, verb = _DUE.get(assessment.kind, ("it", "due "))
    said = f"{what} {'was' if assessment.overdue is Overdue.OVERDUE else 'is'} {verb}{plain(assessment.due)}"
    return said + (_looked_at(assessment.review) if assessment.review else "")


def _looked_at(review: Review) -> str:
    return f", last reviewed {plain(review.last)}" if review.last else ""


def _review_cause(assessment: Assessment, _labels: Labels) -> str:
    review = assessment.review
    if assessment.overdue is Overdue.CLOSED:
        return "it is closed"
    if review is None or review.cadence_due is None:
        return "it is not known since when to count"
    since = f"it was last reviewed {plain(review.last)}" if review.last else _raised_on(review)
    return f"{since} and is to be looked at every {_every(review.months)}"


def _raised_on(review: Review) -> str:
    return f"it was raised {plain(review.counted_from)}" if review.counted_from else "it was raised"


def _every(months: int) -> str:
    return "month" if months == 1 else counted(months, "month")


def _ladder_sentence(assessment: Assessment) -> str:
    board = assessment.escalation.board if assessment.escalation else None
    return f"For {board}: {_ladder_cause(assessment, Labels())}." if board else ""


def _ladder_cause(assessment: Assessment, _labels: Labels) -> str:
    """The conditions under which the last rung took it on."""
    if assessment.escalation is None or not assessment.escalation.steps:
        return "no rung of the ladder takes it on"
    because = assessment.escalation.steps[-1].because
    severity = f"it is {BAND_LABELS[assessment.band or Band.NOT_ASSESSED]}"
    clauses = [severity] if because.band else []
    clauses += ["it cannot be mitigated further where it stands"] if because.cannot_mitigate else []
    clauses += ["it is above the appetite of its category"] if because.above_appetite else []
    clauses += ["the time for which it was tolerated is over"] if because.tolerance_expired else []
    return listed(clauses) or "everything of its register goes there"


_CAUSES: dict[OwnedField, Callable[[Assessment, Labels], str]] = {
    OwnedField.STATUS: _status_cause,
    OwnedField.NEXT_REVIEW: _review_cause,
    OwnedField.ESCALATE_TO: _ladder_cause,
}
"""Why a field holds what it holds; the others follow from the due date."""


def _facts(assessment: Assessment, labels: Labels) -> list[str]:
    """A clause for each reason, in their order; restricted records are counted together, rule by rule."""
    hidden = Counter(fired.rule for fired in assessment.reasons if isinstance(fired, Reason) and _is_hidden(fired))
    clauses = [
        tally(fired, labels) if isinstance(fired, Tally) else _fact(fired, hidden[fired.rule])
        for fired in assessment.reasons
    ]
    return list(dict.fromkeys(clauses))


def _is_hidden(fired: Reason) -> bool:
    return fired.behind is not None and fired.behind.restricted


def _fact(fired: Reason, hidden: int) -> str:
    if _is_hidden(fired):
        noun, one, several = _RESTRICTED[fired.rule]
        return f"a restricted {noun} {one}" if hidden == 1 else f"{hidden} restricted {noun}s {several}"
    return _said(fired) + (f" (held until {plain(fired.held)})" if fired.held else "")


def _said(fired: Reason) -> str:
    match fired.rule:
        case Rule.HEALTH_RED | Rule.HEALTH_AMBER:
            return f"its health is reported {'red' if fired.rule is Rule.HEALTH_RED else 'amber'}"
        case Rule.VERY_HIGH_RISK:
            reviewed = f", last reviewed {plain(fired.reviewed)}" if fired.reviewed else ""
            return f"risk {_name(fired.behind)} is very high{reviewed}"
        case _:
            long_ago = f", more than {counted(fired.days, 'day')} ago" if fired.days is not None else ""
            return f"{_what_was(fired)} {plain(fired.due) if fired.due else ''}{long_ago}"


def _what_was(fired: Reason) -> str:
    if fired.rule is Rule.ACTION_OVERDUE:
        severity = BAND_LABELS[fired.band or Band.NOT_ASSESSED]
        return f"action {_name(fired.behind)} on {severity} risk {_name(fired.risk)} was due"
    if fired.behind is None:
        return "its end date was"
    return f"milestone {quote(fired.behind.title) if fired.behind.title else _name(fired.behind)} was due"


def _name(record: Behind | None) -> str:
    """A key as it is, else a title in quotation marks."""
    if record is None or not (record.key or record.title):
        return "without a reference"
    return cut(record.key, _KEY_LENGTH) if record.key else quote(record.title or "")


def _are(read: Tally, labels: Labels) -> str:
    label = labels.of_status(read.status)
    one, several = _ARE[read.status]
    if label != STATUS_LABELS[read.status]:
        one, several = f"reads {quote(label)}", f"read {quote(label)}"
    return one if read.count == 1 else several


def _named(read: Tally) -> list[str]:
    names = [cut(name, _KEY_LENGTH) for name in read.names[:NAMES_SHOWN]]
    if read.count > NAMES_SHOWN:
        return [*names, f"{read.count - len(names)} more"]
    hidden = ["a restricted project" if read.restricted == 1 else f"{read.restricted} restricted projects"]
    return names + (hidden if read.restricted else [])


def _joined(facts: Sequence[str], room: int) -> str:
    """As many facts as fit, at least one, and the number of the others."""
    shorter = [
        f"{'; '.join(facts[:few])}; and {len(facts) - few} more" for few in range(1, min(len(facts), _MOST_FACTS))
    ]
    texts = ["; ".join(facts), *reversed(shorter)]
    return next((text for text in texts if length(text) <= room), texts[-1])
