"""What the rules say of everything that was read: the assessments, and the findings that follow from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sync.core.contradictions import contradictions
from sync.core.history import History
from sync.core.matching import Matched
from sync.core.merged import as_one
from sync.core.model import Kind
from sync.core.policy import Calendar, Policies
from sync.core.snapshot import RecordId
from sync.core.status import Assessment, assess


@dataclass(frozen=True, slots=True)
class Judged:
    """`matched` has the findings of the rules beside its own, and an assessment for every row, by its own values.

    `one` is what totals and reports count: where several lists tell of one thing, the values that are believed, once;
    `counted` are its assessments. Both are the same as the first two where no list is believed before another.
    """

    matched: Matched
    assessments: Mapping[RecordId, Assessment]
    one: Matched
    counted: Mapping[RecordId, Assessment]


def judge(
    matched: Matched, policies: Policies, calendar: Calendar, today: date, histories: Mapping[RecordId, History]
) -> Judged:
    """Assesses every record, and looks for what contradicts itself. Depends on nothing but its arguments.

    A programme reads by what counts of its projects, whichever list that stands in.
    """
    own = assess(matched, policies, calendar, today, histories)
    one = as_one(matched, policies.precedence)
    counted = own if one is matched else assess(one, policies, calendar, today, histories)
    programmes = {record.id: counted[record.id] for record in one.records if record.kind is Kind.PROGRAMME}
    assessments = {**own, **programmes} if programmes else own
    found = contradictions(matched, assessments, policies, today, histories)
    return Judged(matched.with_findings(found), assessments, one.with_findings(found), counted)
