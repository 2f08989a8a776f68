"""The rows of the roll-up list: what they say, and that nothing is written that has not changed."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sync.core.columns import Cell, Row
from sync.core.directions import Direction
from sync.core.model import Band, RiskStatus, WorkStatus
from sync.core.policy import Labels, Policies, RegisterPolicy
from sync.core.provisioning.own_lists import rollup_list
from sync.core.provisioning.own_rows import day_of
from sync.core.provisioning.rollup_rows import Figures, changed_rows, wanted_rows
from sync.core.rollup import Rollup, Scope, by_value, percentage

TODAY, LATER = date(2026, 6, 17), date(2026, 6, 24)
NAME = "Digital Strategy"


def rollup(scope: str = Scope.THEME, name: str = "Services", *, on_track: int = 3, **more: Any) -> Rollup:
    counts = {**by_value(WorkStatus, ()), "on_track": on_track, "complete": 1}
    total = sum(counts.values())
    values: dict[str, Any] = {
        "scope": scope,
        "name": name,
        "total": total,
        "counts": counts,
        "percent": {status: percentage(count, total) for status, count in counts.items()},
        "computed": {**by_value(WorkStatus, ()), "at_risk": 2},
        "worst": WorkStatus.AT_RISK,
        "differs": 2,
        "confidence": {},
        "open_risks": by_value(Band, (Band.HIGH,)),
        "overdue": 5,
        "stale": 1,
        "coverage": "4 of 4 projects read; of 3 open projects whose list tells, 2 reported since 17 May 2026",
        "lasting_coverage": "4 of 4 projects read; of 3 open projects whose list tells, 2 reported in time",
        "reasons": ("2 of 3 open projects are at risk: P-1 and P-2.", "One more."),
        "held": 1,
        "direction": "worse",
    }
    return Rollup(**{**values, **more})


def register(name: str = "ICT risks", **more: Any) -> Rollup:
    counts = by_value(RiskStatus, (RiskStatus.OPEN, RiskStatus.OPEN, RiskStatus.CLOSED))
    percent = {status: percentage(count, 3) for status, count in counts.items()}
    told = {"counts": counts, "percent": percent, "total": 3, "worst": Band.HIGH, "reasons": (), **more}
    return rollup(Scope.REGISTER, name, computed=by_value(WorkStatus, ()), differs=0, stale=0, **told)


def figures(*rows: Rollup, portfolio: str = NAME, is_whole: bool = True) -> Figures:
    policies = Policies(registers={"ict RISKS": RegisterPolicy(title="ICT project registers")})
    return Figures(portfolio=portfolio, rows=rows, policies=policies, is_whole=is_whole)


PORTFOLIO = rollup(Scope.PORTFOLIO, NAME)
THEME = rollup()
REGISTER = register()


class SharedList:
    """The list, as runs leave it."""

    def __init__(self) -> None:
        self.items: dict[int, dict[str, Cell]] = {}

    def rows(self) -> dict[int, Row]:
        return {number: Row(number, "1", dict(cells)) for number, cells in self.items.items()}

    def after(self, told: Figures, today: date = TODAY) -> list[tuple[int, dict[str, Cell]]]:
        """What a run with these figures writes, by item."""
        written = []
        for change in changed_rows(self.rows(), told, today):
            number = change.item_id or len(self.items) + 1
            self.items.setdefault(number, {}).update(change.cells)
            written.append((number, dict(change.cells)))
        return written


def test_a_row_of_projects_says_every_figure() -> None:
    (cells,) = wanted_rows(figures(THEME)).values()
    said = {name: cell for name, cell in cells.items() if cell not in (0, None)}
    assert said == {
        "Title": "Services",
        "PSPortfolio": NAME,
        "PSScope": "Theme",
        "PSKey": "digital strategy / theme / services",
        "PSOrder": 20,
        "PSState": "Current",
        "PSDirection": "Worse",
        "PSTotal": 4,
        "PSWorst": "At risk",
        "PSDiffers": 2,
        "PSOverdueCount": 5,
        "PSStale": 1,
        "PSHeld": 1,
        "PSWhy": "2 of 3 open projects are at risk: P-1 and P-2. One more.",
        "PSCoverage": "4 of 4 projects read; of 3 open projects whose list tells, 2 reported in time",
        "PSCountOnTrack": 3,
        "PSPercentOnTrack": 75,
        "PSCountComplete": 1,
        "PSPercentComplete": 25,
        "PSComputedAtRisk": 2,
        "PSOpenRisksHigh": 1,
    }
    assert {name for name, cell in cells.items() if cell is None} == {
        f"PS{figure}{status.capitalize()}"
        for figure in ("Count", "Percent")
        for status in (RiskStatus.PROPOSED, RiskStatus.OPEN, RiskStatus.MATERIALISED)
    }, "what a row does not count is blank, not zero"


def test_a_row_of_risks_has_no_figures_of_work() -> None:
    (cells,) = wanted_rows(figures(REGISTER)).values()
    assert {name: cells[name] for name in ("PSWorst", "PSCountOpen", "PSPercentOpen", "PSCountClosed")} == {
        "PSWorst": "High",
        "PSCountOpen": 2,
        "PSPercentOpen": 67,
        "PSCountClosed": 1,
    }
    blank = ("PSDiffers", "PSStale", "PSWhy", "PSCountOnTrack", "PSPercentOnTrack", "PSComputedAtRisk")
    assert {cells[name] for name in blank} == {None}
    assert (cells["PSScope"], cells["Title"]) == ("Register", "ICT project registers")
    assert cells["PSKey"] == "digital strategy / register / ict risks", "another title is the same row"


def test_of_nothing_there_is_no_percentage_and_no_worst() -> None:
    (cells,) = wanted_rows(figures(rollup(total=0, worst=None))).values()
    assert (cells["PSTotal"], cells["PSPercentOnTrack"], cells["PSWorst"]) == (0, None, None)


def test_every_cell_has_its_column_and_every_column_its_cell() -> None:
    (cells,) = wanted_rows(figures(THEME)).values()
    columns = {each.name for each in rollup_list("x", Labels(), restricted=False).columns}
    assert {"Title", *columns} == {*cells, "PSAsAt"}


def test_a_second_run_writes_nothing() -> None:
    kept, told = SharedList(), figures(PORTFOLIO, THEME, REGISTER)
    assert [number for number, _ in kept.after(told)] == [1, 2, 3]
    assert {day_of(row, "PSAsAt") for row in kept.rows().values()} == {TODAY}
    assert kept.after(told, LATER) == []


def test_what_moves_every_night_is_no_change() -> None:
    kept = SharedList()
    kept.after(figures(THEME))
    tomorrow = replace(THEME, coverage=THEME.coverage.replace("17 May", "18 May"))
    assert kept.after(figures(tomorrow), LATER) == []


def test_only_what_differs_is_written_with_the_day_of_it() -> None:
    kept = SharedList()
    kept.after(figures(PORTFOLIO, THEME))
    written = kept.after(figures(PORTFOLIO, replace(THEME, overdue=6)), LATER)
    assert [(number, set(cells), cells["PSOverdueCount"]) for number, cells in written] == [
        (2, {"PSOverdueCount", "PSAsAt"}, 6)
    ]
    assert day_of(kept.rows()[2], "PSAsAt") == LATER


def test_a_part_that_is_no_more_is_retired_with_its_last_figures_and_comes_back() -> None:
    kept = SharedList()
    kept.after(figures(PORTFOLIO, THEME))
    before = dict(kept.items[2])
    ((number, cells),) = kept.after(figures(PORTFOLIO), LATER)
    assert (number, set(cells), cells["PSState"]) == (2, {"PSState", "PSAsAt"}, "Retired")
    assert {name: cell for name, cell in kept.items[2].items() if name not in cells} == {
        name: cell for name, cell in before.items() if name not in cells
    }
    assert kept.after(figures(PORTFOLIO), date(2026, 6, 25)) == []
    ((number, cells),) = kept.after(figures(PORTFOLIO, THEME), date(2026, 6, 26))
    assert (number, set(cells), cells["PSState"]) == (2, {"PSState", "PSAsAt"}, "Current")


def test_a_part_that_may_stand_in_a_list_that_was_not_read_is_not_retired() -> None:
    kept = SharedList()
    kept.after(figures(PORTFOLIO, THEME))
    told = replace(PORTFOLIO, lasting_coverage="3 projects read; 1 list could not be read: capital")
    written = kept.after(figures(told, is_whole=False), LATER)
    assert [(number, set(cells)) for number, cells in written] == [(1, {"PSCoverage", "PSAsAt"})]


def test_rows_of_another_portfolio_are_left_alone() -> None:
    kept = SharedList()
    kept.after(figures(PORTFOLIO, THEME))
    capital = figures(rollup(Scope.PORTFOLIO, "Capital"), THEME, portfolio="Capital")
    assert [number for number, _ in kept.after(capital)] == [3, 4]
    assert kept.after(figures(PORTFOLIO, THEME), LATER) == []
    assert [number for number, _ in kept.after(figures(PORTFOLIO), LATER)] == [2]


def test_a_name_in_other_case_and_space_is_the_same_row() -> None:
    kept = SharedList()
    kept.after(figures(THEME))
    ((number, cells),) = kept.after(figures(replace(THEME, name="SERVICES")), LATER)
    assert (number, cells["Title"]) == (1, "SERVICES")


def test_control_characters_in_a_name_are_left_out_and_make_no_row_of_its_own() -> None:
    kept = SharedList()
    steering = figures(replace(THEME, name="Ser\x0bvices\x1b[31m", reasons=("P\x1b-1.",)))
    kept.after(steering)
    assert (kept.items[1]["Title"], kept.items[1]["PSWhy"]) == ("Services[31m", "P-1.")
    assert kept.after(steering, LATER) == []


def test_parts_of_one_name_have_a_row_each() -> None:
    kept = SharedList()
    twice = figures(PORTFOLIO, THEME, replace(THEME, overdue=9, direction=None))
    assert [number for number, _ in kept.after(twice)] == [1, 2, 3]
    assert kept.items[3]["PSKey"] == "digital strategy / theme / services / #2"
    assert kept.items[3]["PSDirection"] == "Not known"
    assert kept.after(twice, LATER) == []


def test_what_a_person_typed_into_a_row_is_put_right_and_what_a_list_does_to_text_is_no_change() -> None:
    kept = SharedList()
    kept.after(figures(replace(THEME, reasons=("One.\nTwo.",))))
    kept.items[1] |= {"PSTotal": 99.0, "PSWhy": "One.\r\nTwo. ", "PSCountOnTrack": 3.0, "PSWorst": " at risk"}
    ((_, cells),) = kept.after(figures(replace(THEME, reasons=("One.\nTwo.",))), LATER)
    assert cells.keys() == {"PSTotal", "PSWorst", "PSAsAt"}


def test_of_two_items_with_one_key_the_older_is_the_row_and_the_other_is_retired() -> None:
    """An answer that was lost may have left an item that nobody knows of."""
    kept = SharedList()
    kept.after(figures(THEME))
    kept.items[2] = dict(kept.items[1])
    assert [(number, cells["PSState"]) for number, cells in kept.after(figures(THEME), LATER)] == [(2, "Retired")]
    assert kept.after(figures(THEME), LATER) == []


@pytest.mark.parametrize(
    ("directions", "expected"),
    [
        (("better", "same"), ("Better", "Same")),
        (("not_known", None), ("Not known", "New")),
    ],
)
def test_where_rows_are_heading(directions: tuple[str | None, ...], expected: tuple[str, ...]) -> None:
    rows = [replace(each, direction=heading) for each, heading in zip((PORTFOLIO, THEME), directions, strict=True)]
    told = wanted_rows(figures(*rows)).values()
    assert tuple(cells["PSDirection"] for cells in told) == expected
    assert {each.value for each in Direction} >= {each for each in directions if each}
