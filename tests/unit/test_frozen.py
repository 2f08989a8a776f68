"""Reports are frozen once a month and before every board, and a half-read portfolio waits for a while."""

from datetime import date

import pytest

from sync.core.frozen import Occasion, Period, due_reports
from sync.core.policy import Board, Calendar, Policies

MEETING, NEXT = date(2026, 6, 24), date(2026, 7, 22)
POLICIES = Policies(boards={"Digital Board": Board(meets=(MEETING, NEXT), papers_due_days=5)})
JUNE = Period(Occasion.MONTHLY, date(2026, 6, 1))
BOARD = Period(Occasion.BOARD, MEETING, "Digital Board")


@pytest.mark.parametrize(
    ("today", "is_whole", "expected"),
    [
        (date(2026, 6, 1), True, {JUNE}),
        (date(2026, 6, 16), True, {JUNE}),
        (date(2026, 6, 17), True, {JUNE, BOARD}),  # five working days before the 24th
        (date(2026, 6, 24), True, {JUNE, BOARD}),
        (date(2026, 6, 25), True, {JUNE}),
        (date(2026, 7, 23), True, {Period(Occasion.MONTHLY, date(2026, 7, 1))}),
        (date(2026, 6, 7), False, set()),
        (date(2026, 6, 8), False, {JUNE}),
        (date(2026, 6, 23), False, {JUNE}),
        (date(2026, 6, 24), False, {JUNE, BOARD}),
    ],
)
def test_what_is_frozen_on_a_day(today: date, is_whole: bool, expected: set[Period]) -> None:
    assert set(due_reports((), POLICIES, Calendar(), today, is_whole=is_whole)) == expected


def test_what_was_frozen_is_not_frozen_again() -> None:
    assert due_reports((JUNE, BOARD), POLICIES, Calendar(), date(2026, 6, 18), is_whole=True) == ()


def test_a_bank_holiday_brings_the_day_for_papers_forward() -> None:
    closed = Calendar(frozenset({date(2026, 6, 22)}))
    assert BOARD in due_reports((), POLICIES, closed, date(2026, 6, 16), is_whole=True)
    assert BOARD not in due_reports((), POLICIES, closed, date(2026, 6, 15), is_whole=True)


def test_a_board_of_which_no_meeting_is_known_freezes_nothing() -> None:
    policies = Policies(boards={"Digital Board": Board()})
    assert due_reports((), policies, Calendar(), MEETING, is_whole=True) == (JUNE,)
