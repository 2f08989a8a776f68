"""Every board has a row of what the ladder recommends to it now, which names nothing restricted."""

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from rich.console import Console

from sync.core.boards import names_of
from sync.core.directions import Direction, rollup_directions
from sync.core.history import History, Raising
from sync.core.model import Band, Kind, RiskStatus
from sync.core.policy import Acceptance, Board, Policies, Rung
from sync.core.restated import restated
from sync.core.rollup import LONE, Rollup, Scope
from sync.core.safe_rows import NOT_HERE, safe_rollup
from sync.core.snapshot import RecordId
from sync.core.view import View
from sync.report import text
from sync.report.editions import Edition, for_edition
from sync.report.xlsx import render_xlsx
from tests.support.papers import history, seen
from tests.support.portfolios import TODAY, Portfolio
from tests.support.views import row, view

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
MERGED = "Groups with a single restricted record are counted together here, so that no figure gives it away."
ICT = Acceptance(source=("ICT",), band=Band.HIGH)
POLICIES = Policies(
    ladder=(
        Rung(name="programme", board="ICT Board", accepts=(ICT,)),
        Rung(
            name="corporate",
            board="Corporate Board",
            accepts=(
                Acceptance(source=("programme",), band=Band.VERY_HIGH),
                Acceptance(source=("Estate",), band=Band.HIGH),
            ),
        ),
        Rung(name="again", board="ict board", accepts=(Acceptance(source=("nowhere",)),)),
    ),
    boards={"Cabinet": Board(), "corporate  board": Board()},
)


def registers() -> Portfolio:
    made = Portfolio()
    made.source("ict", Kind.RISK, register="ICT")
    made.source("issues", Kind.ISSUE, register="ICT")
    made.source("estate", Kind.RISK, register="Estate")
    return made


def high(made: Portfolio, key: str, source: str = "ict", **values: Any) -> RecordId:
    return made.risk(key, source=source, **{"project": None, "likelihood": 3, "impact": 4, **values}).id


def worst(made: Portfolio, key: str, **values: Any) -> RecordId:
    return high(made, key, likelihood=5, impact=5, **values)


def boards(of: View) -> dict[str, Rollup]:
    return {row.name: row for row in of.rollup if row.scope is Scope.BOARD}


def rows(made: Portfolio, **more: Any) -> dict[str, Rollup]:
    return boards(seen(made, policies=POLICIES, **more))


def totals(of: Mapping[str, Rollup]) -> dict[str, int]:
    return {name: row.total for name, row in of.items()}


def test_every_board_that_the_policies_name_is_named_once() -> None:
    assert names_of(POLICIES) == ("ICT Board", "Corporate Board", "Cabinet")
    assert names_of(Policies()) == ()


def test_a_board_counts_what_is_recommended_to_it_now_and_one_with_nothing_has_a_row_too() -> None:
    made = registers()
    high(made, "R-1", status=RiskStatus.OPEN, next_review=YESTERDAY)
    worst(made, "R-2")
    worst(made, "R-3", status=RiskStatus.CLOSED)
    high(made, "R-4", likelihood=1, impact=1)
    made.add(Kind.ISSUE, "I-1", "issues", severity=Band.HIGH)
    found = rows(made)
    assert totals(found) == {"Cabinet": 0, "Corporate Board": 1, "ICT Board": 2}
    ict, cabinet = found["ICT Board"], found["Cabinet"]
    assert {name: count for name, count in ict.counts.items() if count} == {"open": 1, "unknown": 1}
    assert (ict.worst, ict.overdue, ict.percent["open"], ict.coverage) == (Band.HIGH, 1, 50, "2 of 2 records read")
    assert (ict.open_risks["high"], sum(ict.open_risks.values()), sum(ict.computed.values())) == (1, 1, 0)
    assert (cabinet.worst, cabinet.coverage, cabinet.reasons, cabinet.others) == (None, "0 of 0 records read", (), ())
    assert found["Corporate Board"].worst is Band.VERY_HIGH


def test_without_a_ladder_and_boards_there_is_no_row() -> None:
    made = registers()
    worst(made, "R-1")
    assert boards(seen(made)) == {}


def test_a_list_that_was_not_read_may_hold_more_for_every_board() -> None:
    made = registers()
    high(made, "R-1")
    found = rows(made, unread=["estate"])
    assert found["ICT Board"].coverage == "1 record read; 1 list could not be read: estate"
    assert found["Cabinet"].coverage == "0 records read; 1 list could not be read: estate"


@pytest.mark.parametrize(
    ("by", "decided", "said"),
    [
        ((YESTERDAY, TODAY), None, "1 of 2 is past the day by which it was to be decided."),
        ((YESTERDAY, YESTERDAY), None, "2 of 2 are past the day by which they were to be decided."),
        ((YESTERDAY, YESTERDAY), YESTERDAY, "1 of 2 is past the day by which it was to be decided."),
        ((TODAY, TOMORROW), None, None),
        ((None, None), None, None),
    ],
)
def test_a_board_is_told_what_was_to_be_decided_before_today(
    by: tuple[date | None, date | None], decided: date | None, said: str | None
) -> None:
    made = registers()
    records = [
        made.risk(f"R-{number}", source="ict", project=None, likelihood=3, impact=4, decided_on=on)
        for number, on in enumerate((None, decided))
    ]
    since = TODAY - timedelta(days=30)
    known: dict[RecordId, History] = {
        each.id: history(each, number, raised=(Raising(rung="programme", board="ICT Board", on=since, decide_by=day),))
        for number, (each, day) in enumerate(zip(records, by, strict=True))
    }
    assert rows(made, histories=known)["ICT Board"].reasons == ((said,) if said else ())
    hidden = made.risk("R-9", source="ict", project=None, likelihood=3, impact=4, confidential=True)
    late = Raising(rung="programme", board="ICT Board", on=since, decide_by=YESTERDAY)
    safe = safe_rollup(
        seen(made, policies=POLICIES, histories={**known, hidden.id: history(hidden, 9, raised=(late,))})
    )
    [told] = [row for row in safe if row.name == "ICT Board"]
    assert told.reasons == ((said, NOT_HERE) if said else (NOT_HERE,)), "of a restricted one nothing"


class TestRestricted:
    """A single restricted record shares another board's row, and is in no figure where there is none to share."""

    def test_it_shares_the_row_of_another_board(self) -> None:
        made = registers()
        worst(made, "R-1", confidential=True)
        high(made, "R-2")
        found = rows(made)
        assert totals(found) == {"Cabinet": 0, "(other)": 2}
        assert found["(other)"].reasons == (MERGED,)
        assert found["(other)"].worst is Band.VERY_HIGH

    def test_alone_it_is_in_a_total_and_nowhere_else(self) -> None:
        made = registers()
        worst(made, "R-1", confidential=True, next_review=YESTERDAY, status=RiskStatus.OPEN)
        found = rows(made)
        assert totals(found) == {"(other)": 1}, "a board without a row would be the one"
        lone = found["(other)"]
        assert (lone.worst, lone.overdue, lone.reasons) == (None, 0, (MERGED, LONE))
        assert not any(count for each in (lone.counts, lone.open_risks, lone.percent) for count in each.values())

    def test_an_edition_counts_nothing_restricted_there_and_says_so(self) -> None:
        made = registers()
        for number in range(3):
            worst(made, f"R-{number}", confidential=bool(number) or None)
        safe = [row for row in safe_rollup(seen(made, policies=POLICIES)) if row.scope is Scope.BOARD]
        assert [(row.name, row.total) for row in safe] == [("Cabinet", 0), ("Corporate Board", 1), ("ICT Board", 0)]
        assert all(row.reasons == row.notes == (NOT_HERE,) for row in safe)
        assert safe[1].worst is Band.VERY_HIGH
        assert safe[0].coverage == "0 of 0 records read"

    def test_of_a_list_that_was_not_read_an_edition_says_so_at_every_board(self) -> None:
        made = registers()
        worst(made, "R-1", confidential=True)
        high(made, "R-2")
        safe = safe_rollup(seen(made, policies=POLICIES, unread=["estate"]))
        told = {row.coverage for row in safe if row.scope is Scope.BOARD}
        assert told == {
            f"{count} could not be read: estate" for count in ("0 records read; 1 list", "1 record read; 1 list")
        }


@pytest.mark.parametrize("hidden", [True, None])
def test_the_public_is_not_told_what_is_before_boards(hidden: bool | None) -> None:
    made = registers()
    for number in range(2):
        high(made, f"R-{number}", confidential=hidden)
    found = seen(made, policies=POLICIES)
    told = {edition: boards(for_edition(found, edition, POLICIES.reports)) for edition in Edition}
    assert [bool(told[edition]) for edition in (Edition.PMO, Edition.BOARD, Edition.PUBLIC)] == [True, True, False]


@pytest.mark.parametrize(("edition", "told"), [(Edition.BOARD, True), (Edition.PUBLIC, False)])
def test_the_workbook_has_a_sheet_of_boards_where_the_edition_tells_of_them(edition: Edition, told: bool) -> None:
    made = registers()
    high(made, "R-1")
    book = openpyxl.load_workbook(
        io.BytesIO(render_xlsx(for_edition(seen(made, policies=POLICIES), edition, POLICIES.reports)))
    )
    assert ("Boards" in book.sheetnames) is told
    assert {row[0] for row in book["Summary"].iter_rows(values_only=True)} == {"Of", "Portfolio"}
    if told:
        shown = [row[:2] for row in book["Boards"].iter_rows(values_only=True)]
        assert shown == [("Board", "Risks and issues"), ("Cabinet", 0), ("Corporate Board", 0), ("ICT Board", 1)]


def test_a_row_comes_back_from_its_json_form() -> None:
    made = registers()
    high(made, "R-1")
    for each in seen(made, policies=POLICIES).rollup:
        again = Rollup.from_json(each.to_json())
        assert again == replace(each, projects=(), others=(), lasting_coverage="")
        assert isinstance(again.scope, Scope)


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ({"very_high": 1}, {"very_high": 2}, Direction.WORSE),
        ({"high": 2}, {"high": 1, "medium": 4}, Direction.BETTER),
        ({"high": 1}, {"not_assessed": 1}, Direction.NOT_KNOWN),
    ],
)
def test_a_board_is_heading_where_its_open_risks_are(
    was: dict[str, int], now: dict[str, int], expected: Direction
) -> None:
    before, after = (view(rollup=[row("ICT Board", Scope.BOARD, open_risks=risks)]) for risks in (was, now))
    assert rollup_directions(before, after) == {(Scope.BOARD, "ICT Board"): expected}
    unread = view(rollup=[row("ICT Board", Scope.BOARD, open_risks=was)], read={"risks": "partial"})
    assert rollup_directions(before, unread) == {(Scope.BOARD, "ICT Board"): Direction.NOT_KNOWN}


def test_a_report_that_was_frozen_without_boards_is_not_restated_for_them() -> None:
    theme, one = row("Places", total=1).to_json(), row("ICT Board", Scope.BOARD, total=1).to_json()
    assert restated([theme], [theme, one]) == ()
    assert [each.name for each in restated([theme, one | {"total": 2}], [theme, one])] == ["ICT Board"]
    assert [each.now for each in restated([one], [one, one | {"name": "Cabinet"}])] == [1]


def test_the_run_s_report_has_a_table_of_the_boards_that_something_is_before() -> None:
    made = registers()
    high(made, "R-1")
    document = {"rollup": [each.to_json() for each in seen(made, policies=POLICIES).rollup]}
    console = Console(width=100, record=True)
    with console.capture() as capture:
        console.print(text.register_table(document, Scope.BOARD))
    said = capture.get()
    assert "Recommended to a board now: open risks by band" in said
    assert "ICT Board" in said
    assert "Cabinet" not in said
