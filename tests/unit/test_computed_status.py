"""A project reads what staff declared, or worse where a rule fires; every rule that fires leaves its reason."""

from datetime import date, timedelta
from typing import Any

import pytest

from sync.core.model import Band, Health, Kind, Nature, Overdue, RiskStatus, WorkStatus
from sync.core.policy import OverduePolicy, Policies
from sync.core.status import WORST_FIRST, Behind, Reason, Rule, worst
from tests.support.portfolios import TODAY, Portfolio

YESTERDAY = TODAY - timedelta(days=1)
DAYS_28, DAYS_29 = TODAY - timedelta(days=28), TODAY - timedelta(days=29)


def fired(portfolio: Portfolio, project: Any) -> list[Rule]:
    return [reason.rule for reason in portfolio.assessment(project).reasons if isinstance(reason, Reason)]


@pytest.mark.parametrize(
    ("values", "rule", "computed"),
    [
        ({"end": YESTERDAY}, Rule.END_OVERDUE, WorkStatus.AT_RISK),
        ({"end": DAYS_28}, Rule.END_OVERDUE, WorkStatus.AT_RISK),
        ({"end": DAYS_29}, Rule.END_LATE, WorkStatus.OFF_TRACK),
        ({"health": Health.AMBER}, Rule.HEALTH_AMBER, WorkStatus.AT_RISK),
        ({"health": Health.RED}, Rule.HEALTH_RED, WorkStatus.OFF_TRACK),
    ],
)
def test_a_projects_own_date_and_health_make_it_read_worse(
    values: dict[str, Any], rule: Rule, computed: WorkStatus
) -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.ON_TRACK, **values)
    assert fired(portfolio, project) == [rule]
    assert portfolio.assessment(project).computed is computed


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"end": TODAY},
        {"end": TODAY + timedelta(days=1)},
        {"health": Health.GREEN},
        {"health": Health.NONE},
        {"health": Health.UNKNOWN},
        {"original_end": DAYS_29},
    ],
)
def test_no_rule_fires_on_what_is_well_blank_or_not_mapped(values: dict[str, Any]) -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.ON_TRACK, **values)
    assert fired(portfolio, project) == []
    assert portfolio.assessment(project).computed is WorkStatus.ON_TRACK


@pytest.mark.parametrize(
    ("values", "rules"),
    [
        ({"original": YESTERDAY}, [Rule.MILESTONE_OVERDUE]),
        ({"original": DAYS_29}, [Rule.MILESTONE_LATE]),
        ({"original": DAYS_29, "forecast": DAYS_28}, [Rule.MILESTONE_OVERDUE]),
        ({"original": DAYS_29, "forecast": TODAY}, []),
        ({"original": DAYS_29, "actual": DAYS_28}, []),
        ({"original": DAYS_29, "status": WorkStatus.COMPLETE}, []),
        ({"original": DAYS_29, "project": "DS-02"}, []),
    ],
)
def test_an_overdue_milestone_makes_its_project_read_worse(values: dict[str, Any], rules: list[Rule]) -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.ON_TRACK)
    portfolio.milestone(**values)
    assert fired(portfolio, project) == rules


@pytest.mark.parametrize(
    ("values", "rules"),
    [
        ({}, [Rule.VERY_HIGH_RISK]),
        ({"status": RiskStatus.OPEN}, [Rule.VERY_HIGH_RISK]),
        ({"status": RiskStatus.UNKNOWN}, [Rule.VERY_HIGH_RISK]),
        ({"nature": Nature.THREAT}, [Rule.VERY_HIGH_RISK]),
        ({"status": RiskStatus.CLOSED}, []),
        ({"nature": Nature.OPPORTUNITY}, []),
        ({"likelihood": 3}, []),
        ({"impact": None}, []),
        ({"next_review": DAYS_29, "likelihood": 1}, []),
        ({"project": "DS-02"}, []),
    ],
)
def test_an_open_very_high_risk_makes_its_project_read_at_risk(values: dict[str, Any], rules: list[Rule]) -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.ON_TRACK)
    portfolio.risk(**values)
    assert fired(portfolio, project) == rules


def test_a_risk_that_does_not_count_hides_none_that_comes_after_it() -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.ON_TRACK)
    portfolio.risk(status=RiskStatus.CLOSED)
    portfolio.risk()
    assert fired(portfolio, project) == [Rule.VERY_HIGH_RISK]


@pytest.mark.parametrize(
    ("risk", "action", "rules"),
    [
        ({"likelihood": 3}, {"due": YESTERDAY}, [Rule.ACTION_OVERDUE]),
        ({}, {"due": YESTERDAY}, [Rule.VERY_HIGH_RISK, Rule.ACTION_OVERDUE]),
        ({"likelihood": 3}, {"due": DAYS_29}, [Rule.ACTION_OVERDUE]),
        ({"likelihood": 3}, {"due": TODAY}, []),
        ({"likelihood": 3}, {"due": YESTERDAY, "done": YESTERDAY}, []),
        ({"likelihood": 2, "impact": 3}, {"due": YESTERDAY}, []),
        ({"likelihood": None}, {"due": YESTERDAY}, []),
        ({"likelihood": 3, "status": RiskStatus.CLOSED}, {"due": YESTERDAY}, []),
        ({"likelihood": 3, "nature": Nature.OPPORTUNITY}, {"due": YESTERDAY}, []),
        ({"likelihood": 3}, {"due": YESTERDAY, "parent": "DS-01"}, []),
    ],
)
def test_an_overdue_action_on_a_high_or_very_high_risk_makes_the_risks_project_read_at_risk(
    risk: dict[str, Any], action: dict[str, Any], rules: list[Rule]
) -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.ON_TRACK)
    portfolio.risk(**risk)
    portfolio.action(**action)
    assert fired(portfolio, project) == rules
    assert portfolio.assessment(project).computed is (WorkStatus.AT_RISK if rules else WorkStatus.ON_TRACK)


@pytest.mark.parametrize(
    ("declared", "computed"),
    [
        (WorkStatus.NOT_STARTED, WorkStatus.AT_RISK),
        (WorkStatus.IN_PROGRESS, WorkStatus.AT_RISK),
        (WorkStatus.ON_TRACK, WorkStatus.AT_RISK),
        (WorkStatus.NEEDS_REVIEW, WorkStatus.AT_RISK),
        (WorkStatus.UNKNOWN, WorkStatus.AT_RISK),
        (None, WorkStatus.AT_RISK),
        (WorkStatus.AT_RISK, WorkStatus.AT_RISK),
        (WorkStatus.OFF_TRACK, WorkStatus.OFF_TRACK),
    ],
)
def test_a_rule_never_makes_a_project_read_better(declared: WorkStatus | None, computed: WorkStatus) -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=declared, end=YESTERDAY)
    made = portfolio.assessment(project)
    assert (made.declared, made.computed) == (declared, computed)
    assert made.reads_worse is (declared not in (WorkStatus.AT_RISK, WorkStatus.OFF_TRACK))
    assert fired(portfolio, project) == [Rule.END_OVERDUE]


@pytest.mark.parametrize("declared", [WorkStatus.COMPLETE, WorkStatus.CLOSED, WorkStatus.ON_HOLD])
def test_what_is_complete_closed_or_on_hold_is_never_touched(declared: WorkStatus) -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=declared, end=DAYS_29, health=Health.RED)
    portfolio.milestone(original=DAYS_29)
    portfolio.risk()
    made = portfolio.assessment(project)
    assert (made.computed, made.reasons, made.reads_worse) == (declared, (), False)


def test_a_blank_status_is_unknown_and_no_rule_makes_it_better() -> None:
    portfolio = Portfolio()
    made = portfolio.assessment(portfolio.project())
    assert (made.declared, made.computed, made.reads_worse) == (None, WorkStatus.UNKNOWN, False)


def test_reasons_come_by_rule_then_date_then_key_whatever_the_order_of_the_rows() -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.ON_TRACK, end=DAYS_29, health=Health.AMBER)
    portfolio.risk("R-2")
    portfolio.risk("R-1", likelihood=5)
    portfolio.milestone("Second", original=YESTERDAY)
    portfolio.milestone("First", original=DAYS_28)
    portfolio.milestone("Long gone", original=DAYS_29)
    portfolio.action("A-2", parent="R-1", due=YESTERDAY)
    portfolio.action("A-1", parent="R-1", due=YESTERDAY)
    reasons = [reason for reason in portfolio.assessment(project).reasons if isinstance(reason, Reason)]
    assert [(reason.rule, reason.behind and (reason.behind.key or reason.behind.title)) for reason in reasons] == [
        (Rule.END_LATE, None),
        (Rule.MILESTONE_LATE, "Long gone"),
        (Rule.MILESTONE_OVERDUE, "First"),
        (Rule.MILESTONE_OVERDUE, "Second"),
        (Rule.VERY_HIGH_RISK, "R-1"),
        (Rule.VERY_HIGH_RISK, "R-2"),
        (Rule.ACTION_OVERDUE, "A-1"),
        (Rule.ACTION_OVERDUE, "A-2"),
        (Rule.HEALTH_AMBER, None),
    ]


def test_a_reason_keeps_the_records_and_dates_behind_it() -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.ON_TRACK)
    portfolio.risk(title="Supplier fails", last_reviewed=date(2026, 5, 17))
    portfolio.action(title="Find another", due=DAYS_29)
    risk = Behind(Kind.RISK, "R-014", "Supplier fails")
    assert portfolio.assessment(project).reasons == (
        Reason(rule=Rule.VERY_HIGH_RISK, behind=risk, band=Band.VERY_HIGH, reviewed=date(2026, 5, 17)),
        Reason(
            rule=Rule.ACTION_OVERDUE,
            behind=Behind(Kind.ACTION, "A-07", "Find another"),
            due=DAYS_29,
            risk=risk,
            band=Band.VERY_HIGH,
        ),
    )


@pytest.mark.parametrize("hidden", ["risk", "action"])
def test_a_restricted_record_counts_and_leaves_neither_name_nor_date_in_a_reason(hidden: str) -> None:
    portfolio = Portfolio()
    portfolio.source(hidden, Kind(hidden), restricted=True)
    project = portfolio.project(status=WorkStatus.ON_TRACK)
    portfolio.risk(title="Secret", likelihood=3, last_reviewed=DAYS_28)
    portfolio.action(title="Secret too", due=DAYS_29)
    made = portfolio.assessment(project)
    assert made.computed is WorkStatus.AT_RISK
    assert made.reasons == (Reason(rule=Rule.ACTION_OVERDUE, behind=Behind(Kind.ACTION, restricted=True)),)


def test_a_restricted_milestone_leaves_no_date_in_a_reason() -> None:
    portfolio = Portfolio()
    portfolio.source("milestone", Kind.MILESTONE, restricted=True)
    project = portfolio.project(status=WorkStatus.ON_TRACK)
    portfolio.milestone(original=DAYS_29)
    hidden = Behind(Kind.MILESTONE, restricted=True)
    assert portfolio.assessment(project).reasons == (Reason(rule=Rule.MILESTONE_LATE, behind=hidden, days=28),)


def test_a_confidential_risk_is_restricted_in_an_open_register() -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.ON_TRACK)
    portfolio.risk(title="Secret", last_reviewed=YESTERDAY, confidential=True)
    hidden = Reason(rule=Rule.VERY_HIGH_RISK, behind=Behind(Kind.RISK, restricted=True), band=Band.VERY_HIGH)
    assert portfolio.assessment(project).reasons == (hidden,)


def test_children_that_share_a_key_still_count() -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.ON_TRACK)
    portfolio.risk("R-014")
    portfolio.risk("R-014")
    assert fired(portfolio, project) == [Rule.VERY_HIGH_RISK] * 2


def test_the_limits_are_policy() -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.ON_TRACK, end=YESTERDAY)
    strict = Policies(overdue=OverduePolicy(late_days=0))
    made = portfolio.assessment(project, policies=strict)
    assert made.computed is WorkStatus.OFF_TRACK
    assert made.reasons == (Reason(rule=Rule.END_LATE, due=YESTERDAY, days=0),)


def test_every_record_is_assessed_in_order_with_its_dates_and_band() -> None:
    portfolio = Portfolio()
    portfolio.project(status=WorkStatus.ON_TRACK)
    risk = portfolio.risk(next_review=YESTERDAY)
    programme = portfolio.add(Kind.PROGRAMME, "P-1")
    assessed = portfolio.assessed()
    assert list(assessed) == [record.id for record in portfolio.matched().records]
    made = assessed[risk.id]
    assert (made.kind, made.due, made.overdue, made.overdue_since) == (Kind.RISK, YESTERDAY, Overdue.OVERDUE, YESTERDAY)
    assert (made.band, made.declared, made.computed, made.reasons) == (Band.VERY_HIGH, None, None, ())
    assert (assessed[programme.id].overdue, assessed[programme.id].declared) == (None, None)


def test_worst_first_orders_every_status() -> None:
    assert sorted(WORST_FIRST) == sorted(WorkStatus)
    assert worst([WorkStatus.ON_TRACK, WorkStatus.UNKNOWN, WorkStatus.COMPLETE]) is WorkStatus.UNKNOWN
