"""Every record becomes one item that says what its list says, what the rules make of it, and what is known of it."""

from datetime import date, timedelta
from typing import Any

import pytest

from sync.core.history import DateTrail, History, Raising
from sync.core.model import UNRATED, Band, Confidence, Freshness, Health, Kind, Overdue, RiskStatus, Scores, WorkStatus
from sync.core.policy import Acceptance, Policies, ReportPolicy, Rung
from sync.core.snapshot import Record
from sync.core.view import Item
from tests.support.keeping import AS_AT, Keeping
from tests.support.portfolios import TODAY, Portfolio

LADDER = (
    Rung(name="board", board="ICT Board", accepts=(Acceptance(source=("risk", "issue"), band=Band.HIGH),)),
    Rung(name="top", board="Cabinet", accepts=(Acceptance(source=("board",), band=Band.VERY_HIGH),)),
)


def history(record: Record, number: int = 7, **more: Any) -> History:
    day = TODAY - timedelta(days=40)
    return History(
        number=number,
        id=record.id,
        source=record.source,
        kind=record.kind,
        first_seen=day,
        last_seen=TODAY,
        since=day,
        **more,
    )


def items(portfolio: Portfolio, *histories: History, policies: Policies | None = None) -> dict[str, Item]:
    keeping = Keeping(portfolio, policies=policies or Policies(), histories={each.id: each for each in histories})
    return {each.ref: each for each in keeping.live().items}


@pytest.mark.parametrize(
    ("unmapped", "reported", "fresh"),
    [
        ((), None, Freshness.NEVER),
        (("last_reported",), None, None),
        ((), TODAY - timedelta(days=31), Freshness.FRESH),
        ((), TODAY - timedelta(days=32), Freshness.STALE),
        (("last_reported",), TODAY, Freshness.FRESH),
    ],
)
def test_whether_a_project_reported_is_known_only_where_its_list_tells(
    unmapped: tuple[str, ...], reported: date | None, fresh: Freshness | None
) -> None:
    portfolio = Portfolio()
    portfolio.source("project", Kind.PROJECT, unmapped=unmapped)
    portfolio.project(last_reported=reported)
    assert items(portfolio)["DS-01"].reported is fresh


def test_how_old_is_stale_is_the_portfolios_to_say() -> None:
    portfolio = Portfolio()
    portfolio.project(last_reported=TODAY - timedelta(days=10))
    policies = Policies(reports=ReportPolicy(stale_days=9))
    assert items(portfolio, policies=policies)["DS-01"].reported is Freshness.STALE


def test_a_project_says_what_its_list_says_and_what_the_rules_make_of_it() -> None:
    portfolio = Portfolio()
    portfolio.add(Kind.PROGRAMME, "PRG", title="Digital")
    made = portfolio.project(
        title="Bins", theme="Places", department="Streets", programme="PRG", status=WorkStatus.ON_TRACK,
        health=Health.GREEN, confidence=Confidence.AMBER, confidence_by="PMO", start=date(2026, 1, 5),
        end=date(2026, 6, 1), actual_end=None, percent_complete=40.0, budget=9.5,
    )  # fmt: skip
    trail = DateTrail(first=date(2026, 4, 1), latest=date(2026, 6, 1), slips=2, moves=2)
    found = items(portfolio, history(made, dates={"end": trail}))
    project = found["DS-01"]
    assert (project.theme, project.department, project.programme) == ("Places", "Streets", "Digital")
    assert (project.project, project.parent) == ("DS-01", "PRG")
    assert (project.declared, project.computed, project.reads_worse) == (WorkStatus.ON_TRACK, WorkStatus.AT_RISK, True)
    assert (project.health, project.confidence, project.confidence_by) == (Health.GREEN, Confidence.AMBER, "PMO")
    assert (project.percent_complete, project.budget) == (40.0, 9.5)
    assert (project.overdue, project.since) == (Overdue.OVERDUE, date(2026, 6, 1))
    assert (project.start, project.due, project.original) == (date(2026, 1, 5), date(2026, 6, 1), date(2026, 4, 1))
    assert (project.number, project.slipped, project.slips_since) == (7, trail, TODAY - timedelta(days=40))
    assert project.reason == "At risk: its end date was 1 June 2026."
    assert (project.register, project.state, project.matrix, project.raising) == (None, None, None, None)
    programme = found["PRG"]
    assert (programme.declared, programme.computed) == (None, WorkStatus.AT_RISK)
    assert (programme.theme, programme.original, programme.slips_since, programme.number) == (None, None, None, None)


def test_a_programme_that_only_a_text_names_is_still_where_the_project_stands() -> None:
    portfolio = Portfolio()
    portfolio.project("DS-01", programme="Somewhere")
    portfolio.project("DS-02")
    portfolio.risk("R-1", project="DS-02")
    found = items(portfolio)
    assert (found["DS-01"].programme, found["DS-02"].programme) == ("Somewhere", None)
    assert (found["R-1"].project, found["R-1"].programme) == ("DS-02", None)


def test_what_belongs_to_a_project_stands_where_it_does_and_the_rest_nowhere() -> None:
    portfolio = Portfolio()
    portfolio.project(theme="Places")
    portfolio.milestone(key="M-1", original=date(2026, 5, 1), forecast=date(2026, 6, 1), actual=date(2026, 6, 2))
    portfolio.risk("R-1")
    portfolio.action("A-1", parent="R-1", due=date(2026, 6, 3), done=date(2026, 6, 4), status=WorkStatus.COMPLETE)
    portfolio.risk("R-2", project="nowhere")
    found = items(portfolio)
    assert {found[ref].theme for ref in ("M-1", "R-1", "A-1")} == {"Places"}
    assert (found["A-1"].project, found["A-1"].parent) == ("DS-01", "R-1")
    assert (found["R-2"].project, found["R-2"].parent, found["R-2"].theme) == (None, None, None)
    assert (found["M-1"].original, found["M-1"].due, found["M-1"].actual) == (
        date(2026, 5, 1), date(2026, 6, 1), date(2026, 6, 2),
    )  # fmt: skip
    assert (found["A-1"].actual, found["A-1"].is_over, found["A-1"].declared) == (
        date(2026, 6, 4), True, WorkStatus.COMPLETE,
    )  # fmt: skip


def test_a_risk_has_its_bands_scores_review_and_raising() -> None:
    portfolio = Portfolio()
    portfolio.source("risk", Kind.RISK, register="ICT")
    risk = portfolio.risk(
        "R-1", project=None, status=RiskStatus.OPEN, category="Money", raised=date(2026, 1, 5), likelihood=4, impact=5,
        inherent_likelihood=5, inherent_impact=5, last_reviewed=date(2026, 5, 1), response="Treat", proximity="Near",
        tolerance_end=date(2026, 9, 1), rung="board",
    )  # fmt: skip
    first = Raising(rung="top", board="Cabinet", on=date(2026, 3, 1), ended=date(2026, 4, 1))
    again = Raising(rung="top", board="Cabinet", on=date(2026, 6, 1))
    ladder = (
        Rung(name="board", board="ICT Board", accepts=(Acceptance(source=("ICT",), band=Band.HIGH),)),
        LADDER[1],
    )
    policies = Policies(ladder=ladder, appetite={"Money": Band.LOW})
    found = items(portfolio, history(risk, push_outs=2, raised=(first, again)), policies=policies)["R-1"]
    assert (found.state, found.declared, found.register) == (RiskStatus.OPEN, None, "ICT")
    assert (found.band, found.inherent_band, found.target_band) == (Band.VERY_HIGH, Band.VERY_HIGH, Band.NOT_ASSESSED)
    assert (found.inherent, found.current, found.target) == (Scores(5, 5), Scores(4, 5), UNRATED)
    assert (found.matrix, found.version, found.above_appetite) == ("5x5-2026", "1", True)
    assert (found.review_due, found.reviewed, found.push_outs) == (date(2026, 6, 1), Freshness.STALE, 2)
    assert (found.rung, found.board, found.declared_rung) == ("top", "Cabinet", "board")
    assert (found.raising, found.repeats) == (again, 1)
    assert (found.original, found.slipped, found.slips_since) == (None, None, None), "a risk does not slip"
    assert (found.category, found.response, found.proximity) == ("Money", "Treat", "Near")


def test_half_a_score_is_kept_as_it_is() -> None:
    portfolio = Portfolio()
    portfolio.risk("R-1", project=None, likelihood=4, impact=None)
    found = items(portfolio)["R-1"]
    assert (found.current, found.band, found.push_outs) == (Scores(4, None), Band.NOT_ASSESSED, 0)


def test_an_issue_has_its_severity_as_its_band_and_a_date_that_slips() -> None:
    portfolio = Portfolio()
    issue = portfolio.add(Kind.ISSUE, "I-1", severity=Band.HIGH, category="IT", due=date(2026, 6, 30))
    trail = DateTrail(first=date(2026, 6, 20), latest=date(2026, 6, 30), slips=1, moves=1)
    found = items(portfolio, history(issue, dates={"due": trail}), policies=Policies(ladder=LADDER))["I-1"]
    assert (found.band, found.category, found.register) == (Band.HIGH, "IT", "issue")
    assert (found.rung, found.board, found.raising, found.repeats) == ("board", "ICT Board", None, 0)
    assert (found.slipped, found.original, found.matrix, found.reviewed) == (trail, date(2026, 6, 20), None, None)


def test_a_view_says_when_it_was_and_since_when_counts_are_known() -> None:
    portfolio = Portfolio()
    project, risk = portfolio.project(), portfolio.risk()
    histories = {project.id: history(project, 1), risk.id: history(risk, 2, title=None)}
    view = Keeping(portfolio, histories=histories).live()
    assert (view.name, view.as_at, view.today, view.run_id, view.zone) == (
        "Council", AS_AT, TODAY, "run", "Europe/London",
    )  # fmt: skip
    assert view.since == TODAY - timedelta(days=40)
    assert {item.number: item.ref for item in view.items} == {1: "DS-01", 2: "R-014"}
    unknown = Keeping(portfolio).live()
    assert (unknown.since, [item.number for item in unknown.items if item.number is not None]) == (None, [])


def test_a_restricted_item_is_named_by_its_number_and_an_owner_may_not_be_mapped() -> None:
    portfolio = Portfolio()
    portfolio.source("risk", Kind.RISK, unmapped=("owner",))
    secret = portfolio.risk("R-1", project=None, confidential=True)
    portfolio.project()
    found = items(portfolio)
    assert found[f"item {secret.id.item_id}"].restricted
    assert [found[f"item {secret.id.item_id}"].owner_mapped, found["DS-01"].owner_mapped] == [False, True]
