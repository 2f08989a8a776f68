"""The bank holidays of the four nations are those that were proclaimed, and a council may close besides."""

from datetime import date

import pytest

from config.calendar import closed_days
from sync.core.dates import add_working_days, is_working, next_working
from sync.core.policy import Calendar
from sync.engine.targets import Holidays
from tests.support.bank_holidays import BANK_HOLIDAYS


def in_nation(subdivision: str, *closed: date) -> Calendar:
    found = closed_days(Holidays(country="GB", subdivision=subdivision, closed=closed))
    assert not found.complaints
    return found.calendar


@pytest.mark.parametrize(("nation", "year"), BANK_HOLIDAYS)
def test_nobody_works_on_the_bank_holidays_of_a_nation_and_on_no_other_weekday_less(nation: str, year: int) -> None:
    calendar = in_nation(nation)
    weekdays = [day for day in map(date.fromordinal, _days_of(year)) if day.weekday() < 5]
    assert {day for day in weekdays if not is_working(day, calendar)} == {
        date(year, month, day) for month, day in BANK_HOLIDAYS[nation, year]
    }


def _days_of(year: int) -> range:
    return range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())


@pytest.mark.parametrize(
    ("nation", "due", "following"),
    [
        ("ENG", date(2026, 4, 3), date(2026, 4, 7)),
        ("SCT", date(2026, 4, 3), date(2026, 4, 6)),
        ("NIR", date(2026, 7, 12), date(2026, 7, 14)),
        ("WLS", date(2026, 7, 12), date(2026, 7, 13)),
        ("ENG", date(2027, 12, 25), date(2027, 12, 29)),
        ("SCT", date(2027, 1, 1), date(2027, 1, 5)),
    ],
)
def test_the_next_working_day_is_the_one_of_the_nation(nation: str, due: date, following: date) -> None:
    assert next_working(due, in_nation(nation)) == following


def test_papers_are_due_earlier_where_a_bank_holiday_or_a_closure_lies_before_the_meeting() -> None:
    meeting = date(2026, 4, 14)
    assert add_working_days(meeting, -5, in_nation("SCT")) == date(2026, 4, 7)
    assert add_working_days(meeting, -5, in_nation("ENG")) == date(2026, 4, 7)
    assert add_working_days(meeting, -6, in_nation("SCT")) == date(2026, 4, 6)
    assert add_working_days(meeting, -6, in_nation("ENG")) == date(2026, 4, 2)
    assert add_working_days(meeting, -6, in_nation("ENG", date(2026, 4, 9))) == date(2026, 4, 1)
