"""Makes the view that reports tell: one item for every record, with what the rules and its history say of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sync.core import explain
from sync.core.grouping import RESTRICTED, project_of
from sync.core.history import History
from sync.core.matching import Matched
from sync.core.model import (
    UNRATED,
    Freshness,
    Issue,
    Kind,
    Milestone,
    MitigatingAction,
    Project,
    Risk,
    Scores,
)
from sync.core.overdue import is_over
from sync.core.policy import Policies, SourceMapping
from sync.core.raisings import is_decision_overdue, open_raising, repeats_of
from sync.core.rollup import Rollup
from sync.core.slips import TRACKED, original_date
from sync.core.snapshot import Record, RecordId
from sync.core.status import Assessment
from sync.core.view import Item, SourceSeen, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """When and by which run a portfolio was seen, and in which zone its days are."""

    name: str
    as_at: datetime
    today: date
    run_id: str
    zone: str


def view_of(
    seen: Seen,
    matched: Matched,
    assessments: Mapping[RecordId, Assessment],
    histories: Mapping[RecordId, History],
    rollup: Sequence[Rollup],
    sources: Sequence[SourceSeen],
    policies: Policies,
) -> View:
    """The portfolio as reports tell it. Depends on nothing but its arguments, so that a frozen one comes out again."""
    items = tuple(
        _item(record, matched, assessments[record.id], histories.get(record.id), policies, seen.today)
        for record in matched.records
    )
    return View(
        name=seen.name,
        as_at=seen.as_at,
        today=seen.today,
        run_id=seen.run_id,
        zone=seen.zone,
        sources=tuple(sources),
        items=items,
        rollup=tuple(rollup),
        findings=matched.findings,
        policies=policies,
        since=min((history.since for history in histories.values()), default=None),
    )


def _item(
    record: Record,
    matched: Matched,
    assessment: Assessment,
    history: History | None,
    policies: Policies,
    today: date,
) -> Item:
    mapping = matched.mappings[record.source]
    fields = record.fields
    parent = matched.parents.get(record.id)
    project = project_of(record, matched)
    return Item(
        id=record.id,
        number=history.number if history else None,
        source=record.source,
        kind=record.kind,
        ref=record.label,
        title=fields.title,
        restricted=record.restricted,
        project=project.label if project else None,
        parent=parent.label if parent else None,
        **_place(record, project, matched),
        register=(mapping.register or mapping.name) if record.kind in (Kind.RISK, Kind.ISSUE) else None,
        owners=getattr(fields, "owner", ()),
        owner_mapped="owner" in mapping.fields,
        is_over=is_over(record),
        declared=getattr(fields, "status", None) if not isinstance(fields, Risk | Issue) else None,
        computed=assessment.computed,
        state=fields.status if isinstance(fields, Risk | Issue) else None,
        reads_worse=assessment.reads_worse,
        reason=explain.reason(assessment, policies.labels),
        due=assessment.due,
        overdue=assessment.overdue,
        since=assessment.overdue_since,
        **_held(assessment),
        **_dates(record, history),
        **(_reported(fields, mapping, policies, today) if isinstance(fields, Project) else {}),
        **(_rated(fields, assessment, history) if isinstance(fields, Risk | Issue) else {}),
        **_raised(assessment, history, getattr(fields, "decided_on", None), today),
    )


def _place(record: Record, project: Record | None, matched: Matched) -> dict[str, Any]:
    """Where a record stands on the axes of roll-ups: as its project does."""
    at = project.fields if project else None
    if not isinstance(at, Project) or project is None:
        return {}
    programme = matched.parents.get(project.id)
    named = at.programme.text if at.programme else None
    if programme is not None:
        named = RESTRICTED if programme.restricted else programme.fields.title or programme.label
    return {
        "theme": at.theme,
        "department": at.department,
        "programme": named,
        "groups": project.groups,
    }


def _held(assessment: Assessment) -> dict[str, Any]:
    hold = assessment.hold
    if hold is None or not hold.counts:
        return {}
    return {"held": True, "held_until": hold.until, "hold_reason": hold.reason, "hold_by": hold.by}


def _dates(record: Record, history: History | None) -> dict[str, Any]:
    slipped = history.dates.get(TRACKED[record.kind]) if history and record.kind in TRACKED else None
    match record.fields:
        case Project(start=start, actual_end=actual):
            own: dict[str, date | None] = {"start": start, "actual": actual}
        case Milestone(actual=actual) | MitigatingAction(done=actual):
            own = {"actual": actual}
        case Issue():
            own = {}
        case _:
            return {}
    return {
        **own,
        "original": original_date(record, slipped),
        "slipped": slipped,
        "slips_since": history.since if history else None,
    }


def _reported(fields: Project, mapping: SourceMapping, policies: Policies, today: date) -> dict[str, Any]:
    """What a project reports of itself. Whether it ever did is not known where its list does not map that day."""
    last, since = fields.last_reported, today - timedelta(days=policies.reports.stale_days)
    fresh = Freshness.NEVER if "last_reported" in mapping.fields else None
    if last is not None:
        fresh = Freshness.STALE if last < since else Freshness.FRESH
    return {
        "health": fields.health,
        "confidence": fields.confidence,
        "confidence_by": fields.confidence_by,
        "percent_complete": fields.percent_complete,
        "budget": fields.budget,
        "last_reported": last,
        "reported": fresh,
    }


def _rated(fields: Risk | Issue, assessment: Assessment, history: History | None) -> dict[str, Any]:
    common = {"category": fields.category, "raised": fields.raised, "band": assessment.band}
    if isinstance(fields, Issue):
        return common
    review = assessment.review
    return {
        **common,
        "nature": fields.nature,
        "response": fields.response,
        "proximity": fields.proximity,
        "matrix": assessment.matrix,
        "version": assessment.version,
        "inherent": _scores(fields.inherent_likelihood, fields.inherent_impact),
        "current": _scores(fields.likelihood, fields.impact),
        "target": _scores(fields.target_likelihood, fields.target_impact),
        "inherent_band": assessment.inherent_band,
        "target_band": assessment.target_band,
        "above_appetite": assessment.above_appetite,
        "last_reviewed": fields.last_reviewed,
        "review_due": review.due if review else None,
        "reviewed": review.freshness if review else None,
        "push_outs": history.push_outs if history else 0,
        "tolerance_end": fields.tolerance_end,
    }


def _scores(likelihood: int | None, impact: int | None) -> Scores:
    return UNRATED if likelihood is None and impact is None else Scores(likelihood, impact)


def _raised(assessment: Assessment, history: History | None, decided_on: date | None, today: date) -> dict[str, Any]:
    escalation = assessment.escalation
    if escalation is None:
        return {}
    raised = history.raised if history else ()
    raising = open_raising(raised, escalation.rung)
    return {
        "rung": escalation.rung,
        "board": escalation.board,
        "declared_rung": escalation.declared,
        "raising": raising,
        "is_decision_late": raising is not None and is_decision_overdue(raising, decided_on, today),
        "repeats": repeats_of(raised, escalation.rung),
    }
