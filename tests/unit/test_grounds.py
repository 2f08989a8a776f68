"""Grounds name rules and dates, never a word of staff's."""

from datetime import date
from typing import Any

import pytest

from sync.core.grounds import grounds
from sync.core.ladder import Climb, Escalation
from sync.core.model import Band, Health, Kind, Overdue, RiskStatus, WorkStatus
from sync.core.ownership import OwnedField
from sync.core.policy import Acceptance, Policies, RollupPolicy
from sync.core.status import Assessment
from tests.support.portfolios import Portfolio

JUNE_3 = date(2026, 6, 3)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"status": WorkStatus.ON_TRACK}, "as_declared"),
        ({"status": WorkStatus.COMPLETE, "end": JUNE_3}, "as_declared"),
        ({"status": WorkStatus.OFF_TRACK, "end": JUNE_3}, "as_declared"),
        ({}, "not_declared"),
        ({"status": WorkStatus.ON_TRACK, "end": JUNE_3, "health": Health.AMBER}, "end_overdue,health_amber"),
    ],
)
def test_a_projects_status_rests_on_rules_or_on_what_was_declared(values: dict[str, Any], said: str) -> None:
    portfolio = Portfolio()
    assert grounds(OwnedField.STATUS, portfolio.assessment(portfolio.project(**values))) == said


def test_a_rule_is_named_once_however_often_it_fired() -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.ON_TRACK)
    portfolio.risk("R-1")
    portfolio.risk("R-2")
    assert grounds(OwnedField.STATUS, portfolio.assessment(project)) == "very_high_risk"


@pytest.mark.parametrize(
    ("projects", "limits", "said"),
    [
        ([WorkStatus.ON_TRACK], {}, "worst_of_projects"),
        ([WorkStatus.OFF_TRACK], {WorkStatus.OFF_TRACK: 25}, "threshold 25 %"),
        ([WorkStatus.COMPLETE], {}, "no_open_project"),
        ([], {}, "no_open_project"),
    ],
)
def test_a_programmes_status_rests_on_its_projects(
    projects: list[WorkStatus], limits: dict[WorkStatus, int], said: str
) -> None:
    portfolio = Portfolio()
    programme = portfolio.add(Kind.PROGRAMME, "P-1")
    for number, status in enumerate(projects):
        portfolio.project(f"DS-{number}", programme="P-1", status=status)
    policies = Policies(rollup=RollupPolicy(thresholds=limits))
    assert grounds(OwnedField.STATUS, portfolio.assessment(programme, policies=policies)) == said


@pytest.mark.parametrize("field", [OwnedField.OVERDUE, OwnedField.OVERDUE_SINCE])
@pytest.mark.parametrize(
    ("state", "due", "restricted", "said"),
    [
        (Overdue.OVERDUE, JUNE_3, False, "due 2026-06-03"),
        (Overdue.OVERDUE, JUNE_3, True, "due"),
        (Overdue.CLOSED, JUNE_3, False, "closed"),
        (Overdue.NO_DATE, None, False, "no_date"),
    ],
)
def test_a_date_is_named_but_of_a_restricted_record(
    field: OwnedField, state: Overdue, due: date | None, restricted: bool, said: str
) -> None:
    made = Assessment(kind=Kind.RISK, overdue=state, due=due)
    assert grounds(field, made, restricted=restricted) == said
    assert restricted or grounds(field, made) == said


@pytest.mark.parametrize("field", [OwnedField.REASON, OwnedField.CHECK])
def test_texts_rest_on_facts(field: OwnedField) -> None:
    assert grounds(field, Assessment(kind=Kind.RISK)) == "facts"


@pytest.mark.parametrize(
    ("values", "open_said", "secret_said"),
    [
        ({"last_reviewed": JUNE_3}, "every 1 month since 2026-06-03", "every 1 month"),
        ({"likelihood": 2, "impact": 4, "raised": JUNE_3}, "every 3 months since 2026-06-03", "every 3 months"),
        ({}, "no_date", "no_date"),
        ({"last_reviewed": JUNE_3, "status": RiskStatus.CLOSED}, "closed", "closed"),
    ],
)
def test_a_next_review_rests_on_the_cadence_and_of_a_restricted_risk_no_day_is_told(
    values: dict[str, Any], open_said: str, secret_said: str
) -> None:
    portfolio = Portfolio()
    made = portfolio.assessment(portfolio.risk("R-1", project=None, **values))
    assert grounds(OwnedField.NEXT_REVIEW, made) == open_said
    assert grounds(OwnedField.NEXT_REVIEW, made, restricted=True) == secret_said


def test_what_has_no_review_has_no_date_for_one() -> None:
    assert grounds(OwnedField.NEXT_REVIEW, Assessment(kind=Kind.ISSUE)) == "no_date"


@pytest.mark.parametrize(
    ("because", "said"),
    [
        ({"band": Band.VERY_HIGH}, "band very_high"),
        ({"band": Band.HIGH, "cannot_mitigate": True}, "band high,cannot_mitigate"),
        ({"above_appetite": True, "tolerance_expired": True}, "above_appetite,tolerance_expired"),
        ({}, "accepted"),
    ],
)
def test_a_board_rests_on_the_conditions_of_the_last_rung(because: dict[str, Any], said: str) -> None:
    first = Climb(rung="low", board="Panel", source="team", because=Acceptance(source=("team",), band=Band.MEDIUM))
    last = Climb(rung="top", board="Cabinet", source="low", because=Acceptance(source=("low",), **because))
    made = Assessment(kind=Kind.RISK, escalation=Escalation(steps=(first, last)))
    assert grounds(OwnedField.ESCALATE_TO, made) == said
    assert grounds(OwnedField.ESCALATE_TO, made, restricted=True) == said, "no word of staff's is in it"


@pytest.mark.parametrize("escalation", [None, Escalation()])
def test_what_no_rung_takes_on_says_so(escalation: Escalation | None) -> None:
    assert grounds(OwnedField.ESCALATE_TO, Assessment(kind=Kind.RISK, escalation=escalation)) == "no_rung"
