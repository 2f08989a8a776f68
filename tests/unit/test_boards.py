"""Papers are due working days before a meeting; what is raised later goes to the meeting after."""

from datetime import date

import pytest

from config.calendar import closed_days
from sync.core.boards import (
    board_named,
    decide_by,
    last_meeting,
    meeting_for,
    next_meeting,
    papers_due,
    without_next_meeting,
)
from sync.core.policy import Board, Calendar, Policies, Rung
from sync.engine.targets import Holidays

ENGLAND = closed_days(Holidays(country="GB", subdivision="ENG")).calendar
SCOTLAND = closed_days(Holidays(country="GB", subdivision="SCT")).calendar
COUNCIL = closed_days(Holidays(country="GB", subdivision="ENG", closed=(date(2026, 12, 24),))).calendar
MONTHLY = Board(meets=(date(2026, 7, 14), date(2026, 5, 12), date(2026, 6, 9)))
"""Second Tuesdays, not in order."""


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("on", "following", "before"),
    [
        ("2026-05-01", "2026-05-12", None),
        ("2026-05-12", "2026-05-12", None),
        ("2026-05-13", "2026-06-09", "2026-05-12"),
        ("2026-06-09", "2026-06-09", "2026-05-12"),
        ("2026-07-14", "2026-07-14", "2026-06-09"),
        ("2026-07-15", None, "2026-07-14"),
    ],
)
def test_a_meeting_today_is_the_next_one_and_not_the_last(on: str, following: str | None, before: str | None) -> None:
    assert next_meeting(MONTHLY, day(on)) == (following and day(following))
    assert last_meeting(MONTHLY, day(on)) == (before and day(before))
    assert next_meeting(Board(), day(on)) is last_meeting(Board(), day(on)) is None


@pytest.mark.parametrize(
    ("meeting", "days", "calendar", "due"),
    [
        ("2026-06-16", 5, ENGLAND, "2026-06-09"),  # Tuesday to Tuesday, over a weekend
        ("2026-06-16", 0, ENGLAND, "2026-06-16"),
        ("2026-06-15", 1, ENGLAND, "2026-06-12"),  # Monday to Friday
        ("2026-04-07", 1, ENGLAND, "2026-04-02"),  # Good Friday 3 April and Easter Monday 6 April
        ("2026-04-07", 5, ENGLAND, "2026-03-27"),
        ("2026-04-07", 1, SCOTLAND, "2026-04-06"),  # works on Easter Monday
        ("2026-04-07", 5, Calendar(), "2026-03-31"),
        ("2026-12-29", 1, ENGLAND, "2026-12-24"),  # Christmas, and Boxing Day's substitute on Monday 28
        ("2026-12-29", 1, COUNCIL, "2026-12-23"),  # closed on Christmas Eve besides
        ("2027-01-05", 5, ENGLAND, "2026-12-24"),  # 4 January, 31, 30 and 29 December, and Christmas Eve
        ("2027-01-05", 5, COUNCIL, "2026-12-23"),
        ("2026-06-14", 1, ENGLAND, "2026-06-12"),  # a meeting on a Sunday
    ],
)
def test_papers_are_due_that_many_working_days_before_the_meeting(
    meeting: str, days: int, calendar: Calendar, due: str
) -> None:
    assert papers_due(day(meeting), Board(papers_due_days=days), calendar) == day(due)


@pytest.mark.parametrize(
    ("raised", "meeting"),
    [
        ("2026-01-01", "2026-05-12"),
        ("2026-05-05", "2026-05-12"),
        ("2026-05-06", "2026-06-09"),
        ("2026-06-02", "2026-06-09"),
        ("2026-06-03", "2026-07-14"),
        ("2026-07-07", "2026-07-14"),
        ("2026-07-08", None),
        ("2027-01-01", None),
    ],
)
def test_what_is_raised_after_papers_are_due_goes_to_the_meeting_after(raised: str, meeting: str | None) -> None:
    assert meeting_for(MONTHLY, day(raised), ENGLAND) == (meeting and day(meeting))


def test_a_board_that_takes_papers_on_the_day_takes_what_is_raised_that_day() -> None:
    board = Board(meets=MONTHLY.meets, papers_due_days=0)
    assert meeting_for(board, day("2026-05-12"), ENGLAND) == day("2026-05-12")
    assert meeting_for(board, day("2026-05-13"), ENGLAND) == day("2026-06-09")


@pytest.mark.parametrize(
    ("rung", "expected"),
    [
        (Rung(name="r", board="Monthly"), "2026-06-09"),
        (Rung(name="r", board=" MONTHLY "), "2026-06-09"),
        (Rung(name="r", board="Monthly", decide_within_days=10), "2026-05-30"),
        (Rung(name="r", board="Nobody", decide_within_days=1), "2026-05-21"),
        (Rung(name="r", board="Nobody"), None),
        (Rung(name="r", board="Never"), None),
    ],
)
def test_a_rung_decides_within_its_days_else_at_its_boards_meeting(rung: Rung, expected: str | None) -> None:
    found = decide_by(rung, {"Monthly": MONTHLY, "Never": Board()}, day("2026-05-20"), ENGLAND)
    assert found == (expected and day(expected))


def test_a_board_is_found_without_regard_to_case_and_space() -> None:
    boards = {"ICT Programme Board": MONTHLY}
    assert board_named("ict  programme board", boards) is MONTHLY
    assert board_named("Programme Board", boards) is None


@pytest.mark.parametrize(
    ("today", "without"),
    [
        ("2026-05-01", ("Assembly", "Cabinet", "Never")),
        ("2026-07-14", ("Assembly", "Cabinet", "Never")),
        ("2026-07-15", ("Assembly", "Cabinet", "Monthly", "Never")),
    ],
)
def test_boards_whose_next_meeting_is_not_known_are_told_once_each_in_order(
    today: str, without: tuple[str, ...]
) -> None:
    policies = Policies(
        boards={"Never": Board(), "Monthly": MONTHLY},
        ladder=(
            Rung(name="1", board="MONTHLY"),
            Rung(name="2", board="Cabinet"),
            Rung(name="3", board="cabinet"),
            Rung(name="4", board="Assembly"),
            Rung(name="5", board="Officer", decide_within_days=28),
            Rung(name="6", board="never"),
        ),
    )
    assert without_next_meeting(policies, day(today)) == without


def test_with_neither_boards_nor_a_ladder_no_board_is_missing_a_meeting() -> None:
    assert without_next_meeting(Policies(), day("2026-05-01")) == ()
