"""Why every record reads as it does, as `explain` tells it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sync.core import explain
from sync.core.findings import Severity
from sync.core.hold import Hold
from sync.core.policy import Labels
from sync.core.snapshot import Record
from sync.core.status import Assessment
from sync.engine.decide import Decided
from sync.engine.state import Decision, RunStart


@dataclass(frozen=True, slots=True)
class Decisions:
    """Why every record reads as it does, for `explain`; restricted records are left out. Said anew whenever it is asked
    for, so that no more of it is held than one record's."""

    decided: Decided
    labels: Labels
    run: RunStart

    def __iter__(self) -> Iterator[Decision]:
        """In the order of the portfolio file."""
        return chain.from_iterable(map(self.of_source, self.decided.reads))

    def of_source(self, name: str) -> Iterator[Decision]:
        """Those of one source, by item."""
        return (
            Decision(each.id, each.source, each.label, _content(self.decided, each, self.labels, self.run))
            for each in self.decided.matched.of_source(name)
            if not each.restricted
        )


def _content(decided: Decided, record: Record, labels: Labels, run: RunStart) -> dict[str, Any]:
    assessment, told = decided.assessments[record.id], decided.matched.about(record)
    return {
        "kind": record.kind.value,
        "title": record.fields.title,
        "declared": assessment.declared,
        "computed": assessment.computed,
        "differs": assessment.reads_worse,
        "overdue": assessment.overdue,
        "due": assessment.due.isoformat() if assessment.due else None,
        "band": assessment.band,
        "matrix": assessment.matrix,
        "matrix_version": assessment.version,
        **_reviewed(assessment),
        **_escalated(assessment),
        "hold": _hold(assessment.hold) if assessment.hold else None,
        "reason": explain.reason(assessment, labels),
        "findings": [each.text for each in told if each.severity is Severity.WARNING],
        "noted": [each.text for each in told if each.severity is Severity.INFO],
        "run": run.id,
        "today": run.today.isoformat(),
    }


def _hold(hold: Hold) -> dict[str, Any]:
    """Who set it only where the row names them."""
    return {
        "reason": hold.reason,
        "until": hold.until.isoformat(),
        "asked": hold.asked.isoformat() if hold.asked else None,
        "counts": hold.counts,
        "by": [person.name for person in hold.by],
    }


def _reviewed(assessment: Assessment) -> dict[str, Any]:
    review = assessment.review
    due = review.cadence_due if review else None
    return {"next_review": due.isoformat() if due else None, "every_months": review.months if review else None}


def _escalated(assessment: Assessment) -> dict[str, Any]:
    """The rung that is recommended and the way to it, and where staff say that it stands."""
    escalation = assessment.escalation
    return {
        "rung": escalation.rung if escalation else None,
        "board": escalation.board if escalation else None,
        "declared_rung": escalation.declared if escalation else None,
        "climbed": [step.rung for step in escalation.steps] if escalation else [],
    }
