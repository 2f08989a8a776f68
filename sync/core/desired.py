"""What the owned columns of one record should hold, in the form in which those columns can hold it."""

from collections.abc import Collection, Sequence
from datetime import date

from sync.core import explain
from sync.core.findings import Finding
from sync.core.mapping import Binding, fit_owned
from sync.core.matching import Matched
from sync.core.model import Overdue
from sync.core.owned import Desired
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.snapshot import Record
from sync.core.status import Assessment

DEPENDENT: frozenset[OwnedField] = frozenset({OwnedField.STATUS, OwnedField.REASON})
"""The fields that rest on other lists as well; they are kept as they are while one of those could not be read."""


def desired(
    assessment: Assessment,
    findings: Sequence[Finding],
    binding: Binding,
    kept: Collection[OwnedField] = (),
) -> dict[OwnedField, OwnedValue]:
    """The value of every owned field that the mapping writes, in a stable order, without those that are `kept`.

    `findings` are those of this record.
    """
    decided: dict[OwnedField, Desired] = {
        OwnedField.STATUS: assessment.computed,
        OwnedField.OVERDUE: assessment.overdue,
        OwnedField.OVERDUE_SINCE: assessment.overdue_since,
        OwnedField.REASON: explain.reason(assessment, binding.labels),
        OwnedField.NEXT_REVIEW: _next_review(assessment),
        OwnedField.ESCALATE_TO: assessment.escalation.board if assessment.escalation else None,
        OwnedField.CHECK: to_mend(findings),
    }
    return {
        name: fit_owned(binding, name, value)
        for name, value in decided.items()
        if name in binding.owned and name not in kept
    }


def _next_review(assessment: Assessment) -> date | None:
    """When the cadence says so: staff's own date stands in a column of theirs."""
    is_over = assessment.overdue is Overdue.CLOSED
    return assessment.review.cadence_due if assessment.review and not is_over else None


def kept_fields(record: Record, matched: Matched) -> frozenset[OwnedField]:
    """What stays as it is because nothing may be concluded from a list that was not read: what rests on other lists,
    and what a person should mend where that may be a reference into one of them."""
    dependent = DEPENDENT if record.id in matched.uncertain else frozenset()
    return dependent | ({OwnedField.CHECK} if record.id in matched.unsettled else set())


def to_mend(findings: Sequence[Finding]) -> str | None:
    """What a person should mend in the row, each thing once; None where there is nothing."""
    return "; ".join(dict.fromkeys(finding.mend for finding in sorted(findings) if finding.mend)) or None
