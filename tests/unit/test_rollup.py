"""Roll-ups count everything, add up, and name nothing restricted."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from sync.core.model import Band, Confidence, Kind, Nature, RiskStatus, WorkStatus
from sync.core.policy import Labels, Policies, RollupPolicy
from sync.core.rollup import Rollup, Scope, percentage, roll_up
from sync.core.status import assess
from tests.support.portfolios import OPEN_CALENDAR, TODAY, Portfolio

YESTERDAY = TODAY - timedelta(days=1)
ON, RISK, OFF, DONE = WorkStatus.ON_TRACK, WorkStatus.AT_RISK, WorkStatus.OFF_TRACK, WorkStatus.COMPLETE


def rows(
    portfolio: Portfolio, scope: Scope, unread: Iterable[str] = (), policies: Policies | None = None
) -> dict[str, Rollup]:
    matched = portfolio.matched(unread)
    made = roll_up(matched, assess(matched, policies or Policies(), OPEN_CALENDAR, TODAY), TODAY)
    return {row.name: row for row in made if row.scope is scope}


def whole(portfolio: Portfolio, unread: Iterable[str] = ()) -> Rollup:
    return rows(portfolio, Scope.PORTFOLIO, unread)["Portfolio"]


def some(figures: Any) -> dict[str, int]:
    """The figures that are not 0."""
    return {name: figure for name, figure in figures.items() if figure}


@pytest.mark.parametrize(
    ("count", "total", "expected"),
    [(9, 13, 69), (2, 13, 15), (4, 12, 33), (1, 8, 13), (1, 200, 1), (1, 201, 0), (0, 5, 0), (5, 5, 100), (0, 0, 0)],
)
def test_each_percentage_is_rounded_half_up_on_its_own(count: int, total: int, expected: int) -> None:
    assert percentage(count, total) == expected


def test_the_committee_s_table_is_reproduced_and_never_forced_to_a_hundred() -> None:
    portfolio = Portfolio()
    table = {"Provide": (9, 2, 2), "Create": (7, 1, 4), "Infrastructure": (10, 1, 0), "Health": (5, 4, 2)}
    for theme, counts in table.items():
        for status, count in zip((ON, WorkStatus.NEEDS_REVIEW, DONE), counts, strict=True):
            for number in range(count):
                portfolio.project(f"{theme}-{status}-{number}", theme=theme, status=status)
    made = rows(portfolio, Scope.THEME)
    assert {name: tuple(some(row.counts).values()) for name, row in made.items()} == {
        "Create": (7, 1, 4),
        "Health": (5, 4, 2),
        "Infrastructure": (10, 1),
        "Provide": (9, 2, 2),
    }
    assert {name: tuple(some(row.percent).values()) for name, row in made.items()} == {
        "Create": (58, 8, 33),
        "Health": (45, 36, 18),
        "Infrastructure": (91, 9),
        "Provide": (69, 15, 15),
    }
    assert tuple(some(whole(portfolio).percent).values()) == (66, 17, 17)


def test_declared_and_computed_statuses_stand_side_by_side() -> None:
    portfolio = Portfolio()
    portfolio.project("DS-1", status=ON, end=YESTERDAY)
    portfolio.project("DS-2", status=ON)
    portfolio.project("DS-3", status=DONE)
    portfolio.project("DS-4")
    row = whole(portfolio)
    assert some(row.counts) == {"on_track": 2, "complete": 1, "unknown": 1}
    assert some(row.computed) == {"on_track": 1, "at_risk": 1, "complete": 1, "unknown": 1}
    assert (row.total, row.differs, row.worst, row.overdue) == (4, 1, RISK, 1)
    assert row.reasons == ("1 of 3 open projects is at risk: DS-1.",)


def test_every_value_of_every_vocabulary_is_a_figure() -> None:
    row = whole(Portfolio()).to_json()
    assert (
        list(row["counts"]) == list(row["percent"]) == list(row["computed"]) == [status.value for status in WorkStatus]
    )
    assert list(row["confidence"]) == [judgement.value for judgement in Confidence]
    assert list(row["open_risks"]) == [band.value for band in Band]
    assert {**row, **dict.fromkeys(("counts", "percent", "computed", "confidence", "open_risks"))} == {
        "scope": "portfolio",
        "name": "Portfolio",
        "total": 0,
        "counts": None,
        "percent": None,
        "computed": None,
        "worst": None,
        "differs": 0,
        "held": 0,
        "confidence": None,
        "open_risks": None,
        "overdue": 0,
        "stale": 0,
        "direction": None,
        "coverage": "0 of 0 projects read",
        "reasons": [],
    }


def test_confidence_that_nobody_gave_is_not_rated() -> None:
    portfolio = Portfolio()
    for number, judgement in enumerate((Confidence.GREEN, Confidence.EXEMPT, None)):
        portfolio.project(f"DS-{number}", confidence=judgement)
    assert some(whole(portfolio).confidence) == {"green": 1, "exempt": 1, "not_rated": 1}


def test_overdue_counts_everything_that_belongs_to_the_projects_through_their_risks_too() -> None:
    portfolio = Portfolio()
    portfolio.project("DS-01", theme="Places", status=ON, end=YESTERDAY)
    portfolio.milestone(original=YESTERDAY)
    portfolio.milestone(original=TODAY)
    portfolio.risk(next_review=YESTERDAY)
    portfolio.action(due=YESTERDAY)
    portfolio.add(Kind.ISSUE, "I-1", project="DS-01", due=YESTERDAY)
    assert rows(portfolio, Scope.THEME)["Places"].overdue == whole(portfolio).overdue == 5


def test_open_risks_are_threats_that_are_not_closed() -> None:
    portfolio = Portfolio()
    portfolio.project("DS-01")
    portfolio.risk("R-1")
    portfolio.risk("R-2", likelihood=None)
    portfolio.risk("R-3", status=RiskStatus.CLOSED)
    portfolio.risk("R-4", nature=Nature.OPPORTUNITY)
    assert some(whole(portfolio).open_risks) == {"very_high": 1, "not_assessed": 1}


def test_what_belongs_to_no_project_has_a_row_of_its_own_so_that_columns_add_up() -> None:
    portfolio = Portfolio()
    portfolio.project("DS-01", theme="Places", status=ON)
    portfolio.project("DS-02", status=ON)
    portfolio.risk("R-1", project=None)
    portfolio.milestone(project="lost", original=YESTERDAY)
    portfolio.milestone(project="lost", original=TODAY)
    made = rows(portfolio, Scope.THEME)
    assert list(made) == ["Places", "(none)", "(no project)"]
    loose = made["(no project)"]
    assert (loose.total, loose.overdue, some(loose.open_risks), loose.worst) == (0, 1, {"very_high": 1}, None)
    assert loose.coverage == "2 of 2 records read"
    assert loose.reasons == ("Risks, issues, milestones and actions that belong to no project.",)


def test_a_scope_that_nothing_names_has_no_rows() -> None:
    portfolio = Portfolio()
    portfolio.project("DS-01", status=ON)
    portfolio.risk(project=None)
    assert rows(portfolio, Scope.THEME) == rows(portfolio, Scope.PROGRAMME) == rows(portfolio, Scope.DEPARTMENT) == {}


def test_groups_are_told_apart_without_regard_to_case_and_space() -> None:
    portfolio = Portfolio()
    for number, department in enumerate(("Adult Social Care", "adult  social care ", "Planning", " ")):
        portfolio.project(f"DS-{number}", department=department)
    assert {name: row.total for name, row in rows(portfolio, Scope.DEPARTMENT).items()} == {
        "Adult Social Care": 2,
        "Planning": 1,
        "(none)": 1,
    }


def test_a_row_is_told_in_the_words_of_the_portfolio() -> None:
    portfolio = Portfolio()
    portfolio.add(Kind.PROGRAMME, "G-1", title="Roads")
    portfolio.add(Kind.PROGRAMME, "G-2", title="Bridges")
    portfolio.project("DS-1", programme="G-1", status=OFF)
    matched = portfolio.matched()
    decided = assess(matched, Policies(), OPEN_CALENDAR, TODAY)
    made = roll_up(matched, decided, TODAY, labels=Labels(status={OFF: "Delayed", WorkStatus.UNKNOWN: "No idea"}))
    told = {row.name: row.reasons for row in made}
    assert told["Portfolio"] == told["Roads"] == ("1 of 1 open project reads 'Delayed': DS-1.",)
    assert all(all(reasons) for reasons in told.values())


@pytest.mark.parametrize("in_order", [1, -1])
def test_programmes_of_the_same_name_keep_their_order_however_they_were_read(in_order: int) -> None:
    portfolio = Portfolio()
    for number in (1, 2):
        portfolio.add(Kind.PROGRAMME, f"G-{number}", title="Roads")
    for number, programme in enumerate(("G-1", "G-2", "G-2")):
        portfolio.project(f"DS-{number}", programme=programme, status=ON)
    portfolio.records[:] = portfolio.records[::in_order]
    matched = portfolio.matched()
    made = roll_up(matched, assess(matched, Policies(), OPEN_CALENDAR, TODAY), TODAY)
    assert [(row.name, row.total) for row in made if row.scope is Scope.PROGRAMME] == [("Roads", 1), ("Roads", 2)]


def test_a_programme_s_row_reads_as_the_programme_does_thresholds_included() -> None:
    portfolio = Portfolio()
    portfolio.add(Kind.PROGRAMME, "P-1", title="Digital workplace")
    portfolio.add(Kind.PROGRAMME, "P-2")
    for key, status in (("DS-1", OFF), ("DS-2", ON), ("DS-3", ON)):
        portfolio.project(key, status=status, programme="P-1")
    portfolio.project("DS-4", status=ON, programme="Elsewhere")
    made = rows(portfolio, Scope.PROGRAMME, policies=Policies(rollup=RollupPolicy(thresholds={OFF: 50})))
    assert [(row.name, row.total, row.worst) for row in made.values()] == [
        ("Digital workplace", 3, ON),
        ("Elsewhere", 1, ON),
        ("P-2", 0, None),
    ]
    assert made["Digital workplace"].reasons == (
        "2 of 3 open projects are on track; 1 reads worse, below the threshold.",
    )
    assert made["P-2"].reasons == ("It has no project.",)


def test_a_register_counts_its_risks_and_issues_by_their_status() -> None:
    portfolio = Portfolio()
    portfolio.source("ict-risks", Kind.RISK, register="project-registers")
    portfolio.source("ict-issues", Kind.ISSUE, register="project-registers")
    portfolio.source("other-risks", Kind.RISK)
    for key, status in (("R-1", RiskStatus.OPEN), ("R-2", RiskStatus.CLOSED), ("R-3", None)):
        portfolio.risk(key, source="ict-risks", project=None, status=status, next_review=YESTERDAY, likelihood=3)
    portfolio.add(Kind.ISSUE, "I-1", source="ict-issues", status=RiskStatus.OPEN)
    portfolio.risk("R-9", source="other-risks", project=None, status=RiskStatus.CLOSED)
    made = rows(portfolio, Scope.REGISTER)
    assert list(made) == ["other-risks", "project-registers"]
    row = made["project-registers"]
    assert some(row.counts) == {"open": 2, "closed": 1, "unknown": 1}
    assert list(row.counts) == [status.value for status in RiskStatus]
    assert some(row.percent) == {"open": 50, "closed": 25, "unknown": 25}
    assert (row.total, row.overdue, row.worst, some(row.open_risks)) == (4, 2, Band.HIGH, {"high": 2})
    assert (some(row.computed), some(row.confidence), row.differs, row.coverage) == ({}, {}, 0, "4 of 4 records read")
    assert made["other-risks"].worst is None


def test_an_open_project_that_reported_more_than_31_days_ago_is_stale() -> None:
    portfolio = Portfolio()
    portfolio.source("silent", Kind.PROJECT, unmapped=("last_reported",))
    for key, days, status in (("DS-1", 31, ON), ("DS-2", 32, ON), ("DS-3", 400, DONE)):
        portfolio.project(key, last_reported=TODAY - timedelta(days=days), status=status)
    portfolio.project("DS-4", status=ON)
    portfolio.project("DS-5", status=ON, source="silent")
    portfolio.project("DS-6", status=ON, last_reported=TODAY)
    row = whole(portfolio)
    assert row.stale == 1
    assert row.coverage == "6 of 6 projects read; of 4 open projects whose list tells, 2 reported since 17 May 2026"
    assert row.lasting_coverage == "6 of 6 projects read; of 4 open projects whose list tells, 2 reported in time"


def test_coverage_names_the_lists_that_could_not_be_read_but_no_restricted_one() -> None:
    portfolio = Portfolio()
    portfolio.source("projects-b", Kind.PROJECT)
    portfolio.source("risks-b", Kind.RISK, restricted=True, register="corporate")
    portfolio.source("risks-a", Kind.RISK, register="corporate")
    portfolio.project("DS-1", status=DONE)
    portfolio.risk("R-1", source="risks-a", project=None)
    portfolio.source("risks-c", Kind.RISK, register="corporate")
    assert whole(portfolio, ["projects-b", "risks-b"]).coverage == (
        "1 project read; 2 lists could not be read: projects-b and a restricted list"
    )
    registers = rows(portfolio, Scope.REGISTER, ["projects-b", "risks-c"])
    assert registers["corporate"].coverage == "1 record read; 1 list could not be read: risks-c"


class TestRestricted:
    """What is restricted counts in every total, and no row is that of one restricted record."""

    def test_a_restricted_register_shares_a_row_without_a_name(self) -> None:
        portfolio = Portfolio()
        portfolio.source("whistleblowing", Kind.RISK, restricted=True, register="whistleblowing")
        portfolio.source("fraud", Kind.RISK, restricted=True, register="fraud")
        portfolio.source("open-register", Kind.RISK, register="open")
        portfolio.risk("W-1", source="whistleblowing", project=None)
        portfolio.risk("F-1", source="fraud", project=None)
        portfolio.risk("R-1", source="open-register", project=None)
        made = rows(portfolio, Scope.REGISTER)
        assert {name: row.total for name, row in made.items()} == {"open": 1, "(restricted)": 2}

    def test_a_restricted_register_of_one_record_shares_another_registers_row(self) -> None:
        portfolio = Portfolio()
        portfolio.source("fraud", Kind.RISK, restricted=True, register="fraud")
        portfolio.source("open-register", Kind.RISK, register="open")
        portfolio.risk("F-1", source="fraud", project=None)
        portfolio.risk("R-1", source="open-register", project=None)
        [shared] = rows(portfolio, Scope.REGISTER).values()
        assert (shared.name, shared.total, shared.stale, shared.differs) == ("(other)", 2, 0, 0)
        assert shared.reasons == (
            "Groups with a single restricted record are counted together here, so that no figure gives it away.",
        )

    def test_a_group_of_one_is_merged_with_the_smallest_other_and_says_so(self) -> None:
        portfolio = Portfolio()
        portfolio.source("secret", Kind.PROJECT, restricted=True)
        portfolio.project("S-1", source="secret", theme="Secret theme", status=OFF)
        for number, theme in enumerate(("Big", "Big", "Small")):
            portfolio.project(f"DS-{number}", theme=theme, status=ON)
        made = rows(portfolio, Scope.THEME)
        assert {name: row.total for name, row in made.items()} == {"Big": 2, "(other)": 2}
        assert made["(other)"].reasons == (
            "1 of 2 open projects is off track: a restricted project.",
            "Groups with a single restricted record are counted together here, so that no figure gives it away.",
        )

    def test_several_groups_of_one_are_merged_together_and_no_other_is_needed(self) -> None:
        portfolio = Portfolio()
        portfolio.source("secret", Kind.PROJECT, restricted=True)
        for number in range(2):
            portfolio.project(f"S-{number}", source="secret", theme=f"Secret theme {number}", status=ON)
        portfolio.project("DS-1", theme="Small", status=ON)
        assert {name: row.total for name, row in rows(portfolio, Scope.THEME).items()} == {"Small": 1, "(other)": 2}

    def test_a_group_of_one_joins_a_group_that_its_total_can_hide_in(self) -> None:
        portfolio = Portfolio()
        portfolio.source("secret", Kind.PROJECT, restricted=True)
        portfolio.project("S-1", source="secret", theme="Secret theme", status=ON)
        portfolio.risk(project=None)
        for number in range(2):
            portfolio.project(f"DS-{number}", theme="Places", status=ON)
        made = rows(portfolio, Scope.THEME)
        assert {name: row.total for name, row in made.items()} == {"(no project)": 0, "(other)": 3}

    def test_where_there_is_nothing_else_the_only_group_stays_without_its_name(self) -> None:
        portfolio = Portfolio()
        portfolio.source("secret", Kind.PROJECT, restricted=True)
        portfolio.project("S-1", source="secret", theme="Secret theme", status=ON)
        assert list(rows(portfolio, Scope.THEME)) == ["(other)"]

    def test_a_single_confidential_risk_without_a_project_joins_another_row(self) -> None:
        portfolio = Portfolio()
        portfolio.project("DS-1", theme="Places", status=ON)
        portfolio.risk("R-1", project=None, confidential=True)
        made = rows(portfolio, Scope.THEME)
        assert {name: some(row.open_risks) for name, row in made.items()} == {"(other)": {"very_high": 1}}

    def test_restricted_programmes_share_a_row_without_a_name(self) -> None:
        portfolio = Portfolio()
        portfolio.source("programme", Kind.PROGRAMME, restricted=True)
        for number in range(2):
            portfolio.add(Kind.PROGRAMME, f"P-{number}", title=f"Secret {number}")
            portfolio.project(f"DS-{number}", programme=f"P-{number}", status=ON)
        made = rows(portfolio, Scope.PROGRAMME)
        assert {name: row.total for name, row in made.items()} == {"(restricted)": 2}
        assert "Secret" not in str([row.to_json() for row in made.values()])
