"""Office hours: when they are, that nothing is begun in them, and that what is under way ends in time for them."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from sync.core.policy import Calendar
from sync.engine.schedule import WIND_DOWN, not_before, office_hours, stop_before_office_hours
from sync.engine.stop import Stop, StopBy
from sync.engine.targets import OfficeHours, Pace, Portfolio, Weekday
from sync.errors import StoppedError

LONDON = "Europe/London"
HOURS = OfficeHours(start=time(7, 30), end=time(18, 30))
WEDNESDAY = date(2026, 6, 17)


def portfolio(
    hours: OfficeHours | None = HOURS, zone: str = LONDON, closed: frozenset[date] = frozenset()
) -> Portfolio:
    return Portfolio(
        name="P",
        time_zone=zone,
        path=Path("p.yaml"),
        connections={},
        sources={},
        calendar=Calendar(closed),
        pace=Pace(office_hours=hours),
    )


def utc(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def test_without_office_hours_nothing_is_held_back_or_ended() -> None:
    plain, stop = portfolio(None), Stop()
    now = utc(WEDNESDAY, 12)
    assert office_hours(plain, now) is None
    assert not_before(plain, now) is None
    assert stop_before_office_hours(plain, stop, lambda: now) is stop


@pytest.mark.parametrize(
    ("now", "begin"),
    [
        (utc(WEDNESDAY, 1, 17), utc(WEDNESDAY, 6, 30)),
        (utc(WEDNESDAY, 6, 30), utc(WEDNESDAY, 6, 30)),
        (utc(WEDNESDAY, 17, 29), utc(WEDNESDAY, 6, 30)),
        (utc(WEDNESDAY, 17, 30), utc(date(2026, 6, 18), 6, 30)),
        (utc(WEDNESDAY, 23, 30), utc(date(2026, 6, 18), 6, 30)),
        (utc(date(2026, 6, 19), 20), utc(date(2026, 6, 22), 6, 30)),
        (utc(date(2026, 12, 1), 1), utc(date(2026, 12, 1), 7, 30)),
    ],
    ids=["at night", "at the first moment", "at the last", "after it", "tomorrow here", "over the weekend", "winter"],
)
def test_they_are_those_of_the_local_clock_on_their_days(now: datetime, begin: datetime) -> None:
    found = office_hours(portfolio(), now)
    assert found == (begin, begin + timedelta(hours=11))


def test_on_a_day_that_the_calendar_has_closed_there_are_none() -> None:
    found = office_hours(portfolio(closed=frozenset({WEDNESDAY})), utc(WEDNESDAY, 1))
    assert found is not None
    assert found[0] == utc(date(2026, 6, 18), 6, 30)


def test_days_that_never_come_have_no_office_hours() -> None:
    every_day = frozenset(WEDNESDAY + timedelta(days=ahead) for ahead in range(40))
    assert office_hours(portfolio(closed=every_day), utc(WEDNESDAY, 1)) is None


@pytest.mark.parametrize(
    ("day", "begin"),
    [(date(2026, 3, 28), 7), (date(2026, 3, 29), 6), (date(2026, 10, 24), 6), (date(2026, 10, 25), 7)],
    ids=["before March", "March", "before October", "October"],
)
def test_both_changes_of_the_clock_move_them(day: date, begin: int) -> None:
    every_day = OfficeHours(start=time(7, 30), end=time(18, 30), days=tuple(Weekday))
    found = office_hours(portfolio(every_day), utc(day, 0))
    assert found == (utc(day, begin, 30), utc(day, begin + 11, 30))


@pytest.mark.parametrize(
    ("day", "hours", "begin", "end"),
    [
        (date(2026, 10, 25), (time(1, 15), time(3)), utc(date(2026, 10, 25), 0, 15), utc(date(2026, 10, 25), 3)),
        (
            date(2026, 10, 25),
            (time(0, 15), time(1, 45)),
            utc(date(2026, 10, 24), 23, 15),
            utc(date(2026, 10, 25), 1, 45),
        ),
        (date(2026, 3, 29), (time(1, 15), time(3)), utc(date(2026, 3, 29), 0, 15), utc(date(2026, 3, 29), 2)),
    ],
    ids=["begin repeated", "end repeated", "begin skipped"],
)
def test_a_time_that_the_clocks_repeat_or_skip_makes_them_longer(
    day: date, hours: tuple[time, time], begin: datetime, end: datetime
) -> None:
    nights = OfficeHours(start=hours[0], end=hours[1], days=tuple(Weekday))
    assert office_hours(portfolio(nights), utc(day, 0) - timedelta(hours=2)) == (begin, end)


@pytest.mark.parametrize(
    ("now", "later"),
    [
        (utc(WEDNESDAY, 6, 24), None),
        (utc(WEDNESDAY, 6, 25), utc(WEDNESDAY, 17, 30)),
        (utc(WEDNESDAY, 12), utc(WEDNESDAY, 17, 30)),
        (utc(WEDNESDAY, 17, 30), None),
        (utc(date(2026, 6, 20), 12), None),
    ],
)
def test_a_night_begins_neither_in_them_nor_shortly_before(now: datetime, later: datetime | None) -> None:
    assert not_before(portfolio(), now) == later


def test_a_night_is_told_to_stop_in_time_and_why() -> None:
    now = [utc(WEDNESDAY, 1, 17)]
    outer = Stop()
    stop = stop_before_office_hours(portfolio(), outer, lambda: now[0])
    stop.check()
    assert (stop.requested, stop.reason) == (False, None)
    now[0] = utc(WEDNESDAY, 6, 30) - WIND_DOWN
    assert stop.requested
    with pytest.raises(StoppedError, match=r"in time for the office hours, which begin at 07:30\.") as told:
        stop.check()
    assert told.value.what == stop.reason
    assert not outer.requested, "whoever serves goes on serving"


def test_who_is_told_by_a_person_says_so_whatever_the_time() -> None:
    late = utc(WEDNESDAY, 12)
    for through_the_outer_one in (True, False):
        outer = Stop()
        stop = StopBy(outer, late, lambda: late, "Too late.")
        assert stop.reason == "Too late."
        (outer if through_the_outer_one else stop).request()
        assert stop.reason == "Told to stop before the work was done."
        assert outer.requested is through_the_outer_one
