"""Dates are read as the site shows them, written back as the site stores them, and counted in days that people work."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from sync.core.dates import (
    DateNote,
    ShownDate,
    add_months,
    add_working_days,
    effective_due,
    is_working,
    next_working,
    plain,
    shown,
    shown_instant,
    site_midnight,
    working_days_between,
)
from sync.core.policy import Calendar, NonWorkingDay, OverduePolicy
from tests.support.machine_zone import machine_in

LONDON, PACIFIC, AUCKLAND = "Europe/London", "America/Los_Angeles", "Pacific/Auckland"
FIRST_OF_JULY = date(2026, 7, 1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("stored", "zone", "day", "note"),
    [
        ("2026-06-30T23:00:00Z", LONDON, FIRST_OF_JULY, None),
        ("2026-07-01T07:00:00Z", PACIFIC, FIRST_OF_JULY, None),
        ("2026-06-30T12:00:00Z", AUCKLAND, FIRST_OF_JULY, None),
        ("2026-01-15T00:00:00Z", LONDON, date(2026, 1, 15), None),
        ("2026-07-01T00:00:00Z", LONDON, FIRST_OF_JULY, DateNote.OFF_MIDNIGHT),
        ("2026-07-01T00:00:00Z", PACIFIC, FIRST_OF_JULY, DateNote.OFF_MIDNIGHT),
        ("2026-07-01T00:00:00Z", AUCKLAND, FIRST_OF_JULY, DateNote.OFF_MIDNIGHT),
        ("2020-12-06T14:25:47Z", LONDON, date(2020, 12, 6), DateNote.OFF_MIDNIGHT),
        ("2026-06-30T23:30:00Z", LONDON, FIRST_OF_JULY, DateNote.OFF_MIDNIGHT),
        ("2026-07-01T06:59:59Z", PACIFIC, date(2026, 6, 30), DateNote.OFF_MIDNIGHT),
        ("2026-07-01T01:00:00+02:00", LONDON, FIRST_OF_JULY, None),
        ("2026-06-30T23:00:00Z", None, FIRST_OF_JULY, DateNote.ZONE_UNKNOWN),
        ("2026-07-01T07:00:00Z", None, FIRST_OF_JULY, DateNote.ZONE_UNKNOWN),
        ("2026-07-01T00:00:00Z", None, FIRST_OF_JULY, DateNote.ZONE_UNKNOWN),
        ("2026-07-01T11:59:59Z", None, FIRST_OF_JULY, DateNote.ZONE_UNKNOWN),
        ("2026-07-01T12:00:00Z", None, FIRST_OF_JULY, DateNote.ZONE_UNKNOWN),
        ("2026-07-01T12:00:01Z", None, date(2026, 7, 2), DateNote.ZONE_UNKNOWN),
        ("0001-01-01T00:00:00Z", PACIFIC, date(1, 1, 1), None),
    ],
)
def test_a_date_only_value_is_the_day_the_site_shows(
    stored: str, zone: str | None, day: date, note: DateNote | None
) -> None:
    assert shown(at(stored), zone) == ShownDate(day, note)


@pytest.mark.parametrize(
    ("stored", "zone", "day", "note"),
    [
        ("2026-06-30T23:00:00Z", LONDON, FIRST_OF_JULY, None),
        ("2026-06-30T22:59:00Z", LONDON, date(2026, 6, 30), None),
        ("2026-07-01T00:00:00Z", PACIFIC, date(2026, 6, 30), None),
        ("2026-06-30T18:00:00Z", None, date(2026, 6, 30), DateNote.ZONE_UNKNOWN),
    ],
)
def test_a_date_and_time_value_is_the_day_the_site_shows_without_an_off_midnight_note(
    stored: str, zone: str | None, day: date, note: DateNote | None
) -> None:
    assert shown_instant(at(stored), zone) == ShownDate(day, note)


@pytest.mark.parametrize(
    ("day", "zone", "stored"),
    [
        (FIRST_OF_JULY, LONDON, "2026-06-30T23:00:00+00:00"),
        (FIRST_OF_JULY, PACIFIC, "2026-07-01T07:00:00+00:00"),
        (date(2026, 1, 15), LONDON, "2026-01-15T00:00:00+00:00"),
        (FIRST_OF_JULY, None, "2026-07-01T12:00:00+00:00"),
        # Cairo's clocks go from 00:00 to 01:00 that night: the day begins at 01:00, three hours ahead of UTC.
        (date(2026, 4, 24), "Africa/Cairo", "2026-04-23T22:00:00+00:00"),
        # The Azores' clocks go back from 01:00 to 00:00: the first of the two midnights begins the day.
        (date(2026, 10, 25), "Atlantic/Azores", "2026-10-25T00:00:00+00:00"),
        (date.min, AUCKLAND, "0001-01-01T12:00:00+00:00"),
    ],
)
def test_a_day_is_stored_as_the_instant_at_which_it_begins_at_the_site(
    day: date, zone: str | None, stored: str
) -> None:
    assert site_midnight(day, zone) == at(stored)
    assert site_midnight(day, zone).tzinfo is UTC


@pytest.mark.parametrize(
    ("day", "zone"), [(date(2026, 4, 24), "Africa/Cairo"), (date(2026, 10, 25), "Atlantic/Azores")]
)
def test_a_day_whose_midnight_is_skipped_or_doubled_is_read_back_without_a_note(day: date, zone: str) -> None:
    assert shown(site_midnight(day, zone), zone) == ShownDate(day)


def test_the_second_of_two_midnights_is_a_midnight_too() -> None:
    assert shown(at("2026-10-25T01:00:00Z"), "Atlantic/Azores") == ShownDate(date(2026, 10, 25))


CHRISTMAS = Calendar(frozenset({date(2026, 12, 25), date(2026, 12, 28)}))


@pytest.mark.parametrize(
    ("day", "working", "following"),
    [
        (date(2026, 12, 24), True, date(2026, 12, 24)),
        (date(2026, 12, 25), False, date(2026, 12, 29)),
        (date(2026, 12, 26), False, date(2026, 12, 29)),
        (date(2026, 12, 28), False, date(2026, 12, 29)),
    ],
)
def test_nobody_works_at_weekends_and_on_closed_days(day: date, working: bool, following: date) -> None:
    assert is_working(day, CHRISTMAS) is working
    assert next_working(day, CHRISTMAS) == following


EASTER = Calendar(frozenset({date(2026, 4, 3), date(2026, 4, 6), date(2026, 4, 11)}))
"""Good Friday and Easter Monday, and a local closure on a Saturday, which was none to begin with."""


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (date(2026, 6, 16), date(2026, 6, 16), 0),
        (date(2026, 6, 16), date(2026, 6, 17), 1),
        (date(2026, 6, 12), date(2026, 6, 14), 0),
        (date(2026, 6, 12), date(2026, 6, 15), 1),
        (date(2026, 6, 13), date(2026, 6, 15), 1),
        (date(2026, 6, 15), date(2026, 6, 22), 5),
        (date(2026, 6, 15), date(2026, 6, 28), 9),
        (date(2026, 4, 2), date(2026, 4, 13), 5),
        (date(2026, 4, 3), date(2026, 4, 6), 0),
        (date(2026, 4, 6), date(2026, 4, 7), 1),
        (date(2026, 4, 2), date(2026, 4, 3), 0),
        (date(2026, 6, 17), date(2026, 6, 16), -1),
        (date(2026, 4, 13), date(2026, 4, 2), -5),
    ],
)
def test_working_days_are_counted_after_the_first_day_up_to_and_including_the_last(
    since: date, until: date, days: int
) -> None:
    assert working_days_between(since, until, EASTER) == days


def test_working_days_of_seven_thousand_years_are_counted_at_once() -> None:
    assert working_days_between(date(1900, 1, 1), date(8900, 12, 31), Calendar()) == 1_826_474


@pytest.mark.parametrize(
    ("day", "count", "reached"),
    [
        (date(2026, 6, 16), -5, date(2026, 6, 9)),
        (date(2026, 4, 13), -5, date(2026, 4, 2)),
        (date(2026, 4, 2), 5, date(2026, 4, 13)),
        (date(2026, 6, 13), 1, date(2026, 6, 15)),
        (date(2026, 6, 13), -1, date(2026, 6, 12)),
        (date(2026, 6, 12), 1, date(2026, 6, 15)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),
        (date(2026, 4, 7), -1, date(2026, 4, 2)),
        (date(2026, 6, 13), 0, date(2026, 6, 13)),
    ],
)
def test_a_day_so_many_working_days_on_or_back_is_found(day: date, count: int, reached: date) -> None:
    assert add_working_days(day, count, EASTER) == reached


@pytest.mark.parametrize(
    ("day", "months", "reached"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 5, 17), 1, date(2026, 6, 17)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 6, 17), 120, date(2036, 6, 17)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 6, 17), 0, date(2026, 6, 17)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_months_on_is_the_same_day_or_the_last_of_a_shorter_month(day: date, months: int, reached: date) -> None:
    assert add_months(day, months) == reached


def test_a_due_day_nobody_works_on_moves_only_where_the_policy_says_so() -> None:
    christmas = date(2026, 12, 25)
    assert effective_due(christmas, OverduePolicy(), CHRISTMAS) == christmas
    moving = OverduePolicy(due_on_non_working_day=NonWorkingDay.NEXT)
    assert effective_due(christmas, moving, CHRISTMAS) == date(2026, 12, 29)


def test_dates_are_written_in_plain_english() -> None:
    assert plain(date(2026, 6, 3)) == "3 June 2026"
    assert plain(date(2026, 12, 31)) == "31 December 2026"


def test_any_aware_instant_is_understood_whatever_its_offset() -> None:
    elsewhere = timezone(timedelta(hours=5, minutes=45))
    assert shown(at("2026-06-30T23:00:00Z").astimezone(elsewhere), LONDON) == ShownDate(FIRST_OF_JULY)


@pytest.mark.parametrize("machine", ["Asia/Tokyo", PACIFIC])
def test_the_zone_of_the_machine_makes_no_difference_to_a_day(machine: str) -> None:
    late, early = at("2026-06-30T22:30:00Z"), at("2026-07-01T03:00:00Z")
    with machine_in(machine):
        days = [shown_instant(late, None).day, shown_instant(late, LONDON).day, shown_instant(early, None).day]
        noon = at("2026-07-01T12:00:00Z")
        dates_only = [shown(late, None).day, shown(at("2026-06-30T23:00:00Z"), LONDON).day, shown(noon, None).day]
        stored = site_midnight(FIRST_OF_JULY, LONDON)
    assert days == [date(2026, 6, 30), date(2026, 6, 30), FIRST_OF_JULY]
    assert dates_only == [FIRST_OF_JULY, FIRST_OF_JULY, FIRST_OF_JULY]
    assert stored.isoformat() == "2026-06-30T23:00:00+00:00"
