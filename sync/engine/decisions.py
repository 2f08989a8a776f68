"""Why every record reads as it does, as `explain` tells it."""

from typing import Any

from sync.core import explain
from sync.core.policy import Labels
from sync.core.snapshot import Record
from sync.engine.decide import Decided
from sync.engine.state import Decision, RunStart


def decisions_of(decided: Decided, labels: Labels, run: RunStart) -> tuple[Decision, ...]:
    """Why every record reads as it does, for `explain`; restricted records are left out."""
    return tuple(
        Decision(record.id, record.source, record.label, _content(decided, record, labels, run))
        for record in decided.matched.records
        if not record.restricted
    )


def _content(decided: Decided, record: Record, labels: Labels, run: RunStart) -> dict[str, Any]:
    assessment = decided.assessments[record.id]
    return {
        "kind": record.kind.value,
        "title": record.fields.title,
        "declared": assessment.declared,
        "computed": assessment.computed,
        "differs": assessment.reads_worse,
        "overdue": assessment.overdue,
        "due": assessment.due.isoformat() if assessment.due else None,
        "band": assessment.band,
        "reason": explain.reason(assessment, labels),
        "findings": [finding.text for finding in decided.matched.about(record)],
        "run": run.id,
        "today": run.today.isoformat(),
    }
