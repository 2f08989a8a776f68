"""Figures that give no restricted record away: a group of one is nowhere, and totals still add up."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from sync.core.disclosure import CountRow, SafeRollup, count_groups
from sync.core.item_figures import TOGETHER
from sync.core.model import Band, Kind, RiskStatus, WorkStatus
from sync.core.rollup import Scope
from sync.core.safe_rows import safe_rollup
from sync.core.view import View
from sync.report.editions import Edition, for_edition
from tests.support.portfolios import TODAY, Portfolio
from tests.support.random_portfolios import Drawn
from tests.support.views import item

YESTERDAY = TODAY - timedelta(days=1)
ON, OFF = WorkStatus.ON_TRACK, WorkStatus.OFF_TRACK


def seen(portfolio: Portfolio, unread: Iterable[str] = ()) -> View:
    return Drawn(portfolio, frozenset(unread)).view()


def rows(portfolio: Portfolio, scope: Scope, unread: Iterable[str] = ()) -> dict[str, SafeRollup]:
    return {row.name: row for row in safe_rollup(seen(portfolio, unread)) if row.scope is scope}


def some(figures: Any) -> dict[str, int]:
    """The figures that are not 0."""
    return {name: figure for name, figure in figures.items() if figure}


def register(*confidential: tuple[int, int], named: int = 9) -> Portfolio:
    """A register of so many low risks that are named, and confidential ones with these scores."""
    portfolio = Portfolio()
    portfolio.source("risk", Kind.RISK, register="ICT")
    for number in range(named):
        portfolio.risk(f"R-{number}", project=None, likelihood=1, impact=1)
    for number, (likelihood, impact) in enumerate(confidential):
        portfolio.risk(f"C-{number}", project=None, likelihood=likelihood, impact=impact, confidential=True)
    return portfolio


def test_the_tenth_of_a_register_of_which_nine_are_named_is_in_the_total_only() -> None:
    made = rows(register((5, 5)), Scope.REGISTER)
    assert {name: (row.total, some(row.open_risks), row.worst) for name, row in made.items()} == {
        "ICT": (9, {"low": 9}, Band.LOW),
        "(restricted)": (1, {}, None),
    }
    assert made["(restricted)"].withheld == {Kind.RISK: 1}
    note = "1 restricted risk is in the total only: any other figure would be its own."
    assert made["(restricted)"].reasons == made["(restricted)"].notes == (TOGETHER, note)
    (whole,) = rows(register((5, 5)), Scope.PORTFOLIO).values()
    assert (some(whole.open_risks), whole.withheld, whole.notes) == ({"low": 9}, {Kind.RISK: 1}, (note,))


def test_two_restricted_records_are_told_together_and_the_parts_add_up() -> None:
    made = rows(register((5, 5), (1, 1)), Scope.REGISTER)
    restricted = made["(restricted)"]
    assert (restricted.total, some(restricted.open_risks), restricted.withheld) == (2, {"low": 1, "very_high": 1}, {})
    assert (restricted.worst, some(restricted.counts), some(restricted.percent)) == (
        Band.VERY_HIGH,
        {"unknown": 2},
        {"unknown": 100},
    )
    (whole,) = rows(register((5, 5), (1, 1)), Scope.PORTFOLIO).values()
    assert some(whole.open_risks) == {"low": 10, "very_high": 1}


def test_a_row_tells_in_json_what_is_withheld() -> None:
    (whole,) = rows(register((5, 5)), Scope.PORTFOLIO).values()
    assert whole.to_json()["withheld"] == {"risk": 1}
    assert rows(register((5, 5)), Scope.REGISTER)["ICT"].to_json()["withheld"] == {}


def strategy(*restricted: WorkStatus) -> Portfolio:
    """Projects of two themes, and restricted ones of a third that are so and overdue."""
    portfolio = Portfolio()
    portfolio.source("secret", Kind.PROJECT, restricted=True)
    portfolio.project("DS-1", theme="Places", status=ON, last_reported=TODAY)
    portfolio.project("DS-2", theme="places ", status=OFF, end=YESTERDAY, last_reported=YESTERDAY - timedelta(days=60))
    portfolio.project("DS-3", theme="People", status=WorkStatus.COMPLETE)
    for number, status in enumerate(restricted):
        portfolio.project(f"S-{number}", source="secret", theme="Growth", status=status, end=YESTERDAY)
    return portfolio


def test_restricted_projects_of_a_theme_stand_together_and_the_theme_is_no_row() -> None:
    made = rows(strategy(ON, OFF), Scope.THEME)
    assert list(made) == ["People", "Places", "(restricted)"]
    assert (made["Places"].total, some(made["Places"].computed), made["Places"].overdue) == (
        2,
        {"on_track": 1, "off_track": 1},
        1,
    )
    assert made["Places"].reasons == ("1 of 2 open projects is off track: DS-2.",)
    assert (
        made["Places"].coverage
        == "2 of 2 projects read; of 2 open projects whose list tells, 1 reported since 17 May 2026"
    )
    together = made["(restricted)"]
    assert (together.total, some(together.counts), together.overdue) == (2, {"on_track": 1, "off_track": 1}, 2)
    assert together.reasons[0] == "1 of 2 open projects is off track: a restricted project."
    (whole,) = rows(strategy(ON, OFF), Scope.PORTFOLIO).values()
    assert (whole.total, whole.stale, whole.overdue, whole.differs) == (5, 1, 3, 1)


def test_the_only_restricted_project_decides_no_figure() -> None:
    made = [rows(strategy(status), Scope.PORTFOLIO)["Portfolio"] for status in (ON, OFF)]
    assert made[0] == made[1]
    assert (made[0].total, some(made[0].counts), made[0].overdue) == (
        4,
        {"on_track": 1, "off_track": 1, "complete": 1},
        1,
    )
    assert some(made[0].percent) == {"on_track": 25, "off_track": 25, "complete": 25}


def test_a_scope_that_only_restricted_projects_name_is_not_there() -> None:
    portfolio = Portfolio()
    portfolio.source("secret", Kind.PROJECT, restricted=True)
    portfolio.project("DS-1", status=ON)
    portfolio.project("S-1", source="secret", theme="Growth", status=ON)
    assert rows(portfolio, Scope.THEME) == {}
    assert len(rows(portfolio, Scope.PORTFOLIO)) == 1


def test_what_belongs_to_a_restricted_project_does_not_tell_where_that_stands() -> None:
    portfolio = strategy(ON)
    portfolio.risk("R-1", project="S-0")
    portfolio.risk("R-2", project="DS-1")
    portfolio.risk("R-3", project=None)
    portfolio.milestone(project=None, original=TODAY)
    made = rows(portfolio, Scope.THEME)
    assert {name: sum(row.open_risks.values()) for name, row in made.items()} == {
        "People": 0,
        "Places": 1,
        "(no project)": 1,
        "(restricted)": 1,
    }
    assert made["(no project)"].notes == ("Risks, issues, milestones and actions that belong to no project.",)
    assert made["(no project)"].coverage == "1 of 1 record read"


def test_projects_without_a_theme_have_a_row_of_their_own() -> None:
    portfolio = strategy(ON)
    portfolio.project("DS-4", status=ON)
    assert list(rows(portfolio, Scope.THEME)) == ["People", "Places", "(none)", "(restricted)"]


def test_a_programme_reads_by_its_thresholds_and_one_without_projects_is_empty() -> None:
    portfolio = Portfolio()
    portfolio.source("secret", Kind.PROJECT, restricted=True)
    for key in ("PG-1", "PG-2"):
        portfolio.add(Kind.PROGRAMME, key, title=f"Programme {key[-1]}")
    for number, status in enumerate((OFF, ON, ON, ON)):
        portfolio.project(f"DS-{number}", programme="PG-1", status=status)
    portfolio.project("DS-9", programme="A name", status=ON)
    portfolio.project("S-1", source="secret", programme="PG-2", status=OFF)
    made = rows(portfolio, Scope.PROGRAMME)
    assert {name: (row.total, row.worst) for name, row in made.items()} == {
        "A name": (1, ON),
        "Programme 1": (4, ON),
        "Programme 2": (0, None),
        "(restricted)": (1, None),
    }


def test_lists_that_could_not_be_read_are_told_and_restricted_ones_by_their_number() -> None:
    portfolio = register((5, 5), (1, 1), named=1)
    portfolio.source("secret", Kind.RISK, restricted=True, register="Legal")
    portfolio.source("estate", Kind.ISSUE, register="Estate")
    portfolio.project("DS-1", theme="Places", status=ON)
    made = rows(portfolio, Scope.REGISTER, unread=["secret", "estate"])
    assert {name: row.coverage for name, row in made.items()} == {
        "Estate": "0 records read; 1 list could not be read: estate",
        "ICT": "1 of 1 record read",
        "(restricted)": "2 records read; 1 list could not be read: a restricted list",
    }
    places = rows(portfolio, Scope.THEME, unread=["secret", "estate"])["Places"]
    assert places.coverage == "1 project read; 2 lists could not be read: estate and a restricted list"


def test_where_nothing_is_restricted_the_rows_are_those_of_the_roll_up() -> None:
    view = seen(register(named=3))
    assert [row.to_json() for row in safe_rollup(view)] == [row.to_json() | {"withheld": {}} for row in view.rollup]


@pytest.mark.parametrize("edition", Edition)
def test_every_edition_has_the_rows_that_are_safe(edition: Edition) -> None:
    view = seen(register((5, 5)))
    shown = for_edition(view, edition, view.policies.reports)
    is_public = edition is Edition.PUBLIC
    assert [(row.name, row.total, row.open_risks) for row in shown.rollup] == [
        (row.name, row.total, row.open_risks)
        for row in safe_rollup(view)
        if not (is_public and row.scope is Scope.BOARD)
    ]
    assert shown.rollup == shown.rows


ITEMS = [
    item(1, Kind.RISK, category="People", band=Band.HIGH),
    item(2, Kind.RISK, category="People", band=Band.LOW),
    item(3, Kind.RISK, category="Money", band=Band.LOW),
    item(4, Kind.RISK, category="Money", band=Band.VERY_HIGH, restricted=True),
]


def test_tables_place_no_restricted_record_and_their_totals_count_them() -> None:
    table = count_groups(
        ITEMS,
        lambda each: each.category or "",
        lambda each: (each.band or Band.NOT_ASSESSED).value,
        groups=["Reputation", "People"],
        values=["very_high"],
        restricted=2,
    )
    nothing = {"very_high": 0, "high": 0, "low": 0}
    assert table.rows == (
        CountRow(name="Reputation", total=0, counts=nothing),
        CountRow(name="People", total=2, counts=nothing | {"high": 1, "low": 1}),
        CountRow(name="Money", total=1, counts=nothing | {"low": 1}),
    )
    assert (table.total, table.restricted, table.counts) == (6, 3, nothing | {"high": 1, "low": 2})
    assert list(table.counts) == ["very_high", "high", "low"]


def test_closed_risks_and_those_without_a_status_are_told_apart_in_registers() -> None:
    portfolio = register((5, 5), named=0)
    portfolio.risk("R-1", project=None, status=RiskStatus.CLOSED)
    assert some(rows(portfolio, Scope.REGISTER)["ICT"].counts) == {"closed": 1}
