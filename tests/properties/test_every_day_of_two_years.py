"""Every day of 2026 and 2027, and the leap day of 2028: from what a site stores to what staff read of it.

The second opinion has no time zone, no calendar and no date arithmetic. It counts days by hand-written months from
1 January 2026, a Thursday, and knows when the clocks change from a table.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from config.calendar import closed_days
from sync.core.columns import ColumnType
from sync.core.dates import site_midnight
from sync.core.findings import FindingKind
from sync.core.mapping import Binding, bind, to_record
from sync.core.model import Band, Freshness, Kind, Overdue
from sync.core.overdue import due_date, state
from sync.core.policy import Calendar, NonWorkingDay, OverduePolicy, Policies, ReviewPolicy
from sync.core.review import review_of
from sync.core.snapshot import Record
from sync.engine.targets import Holidays
from tests.support.bank_holidays import BANK_HOLIDAYS
from tests.support.lists import column, record, row, schema, source

MONTH_LENGTHS = {
    2026: (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31),
    2027: (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31),
    2028: (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31),
}
FIRST_WEEKDAY = 3
"""1 January 2026 is a Thursday, where Monday is 0."""
SOON = 7
NATIONS = ("ENG", "WLS", "SCT", "NIR")


@dataclass(frozen=True, slots=True)
class Day:
    """A day as people write it, and how many days it comes after 1 January 2026."""

    number: int
    year: int
    month: int
    day: int

    @property
    def as_date(self) -> date:
        return date(self.year, self.month, self.day)


def _counted() -> Iterator[Day]:
    number = 0
    for year, lengths in MONTH_LENGTHS.items():
        for month, length in enumerate(lengths, 1):
            for day in range(1, length + 1):
                yield Day(number, year, month, day)
                number += 1


THREE_YEARS = tuple(_counted())
NUMBERS = {(each.year, each.month, each.day): each.number for each in THREE_YEARS}
EVERY_DAY = (*(each for each in THREE_YEARS if each.year < 2028), THREE_YEARS[NUMBERS[2028, 2, 29]])


@dataclass(frozen=True, slots=True)
class Site:
    """A site's zone, and its clock in hours ahead of UTC: usually, and after the first change of a year up to and
    including the day of the second. A day begins before the clocks change on it."""

    zone: str
    usual: int
    between: int
    changes: dict[int, tuple[tuple[int, int], tuple[int, int]]]

    def hours(self, day: Day) -> int:
        first, second = (NUMBERS[day.year, *change] for change in self.changes[day.year])
        return self.between if first < day.number <= second else self.usual


SITES = (
    Site("Europe/London", 0, 1, {2026: ((3, 29), (10, 25)), 2027: ((3, 28), (10, 31)), 2028: ((3, 26), (10, 29))}),
    Site(
        "America/Los_Angeles",
        -8,
        -7,
        {2026: ((3, 8), (11, 1)), 2027: ((3, 14), (11, 7)), 2028: ((3, 12), (11, 5))},
    ),
    Site("Pacific/Auckland", 13, 12, {2026: ((4, 5), (9, 27)), 2027: ((4, 4), (9, 26)), 2028: ((4, 2), (9, 24))}),
)
BY_ZONE = pytest.mark.parametrize("site", SITES, ids=[site.zone for site in SITES])


def stored(day: Day, site: Site) -> datetime:
    """The instant by which that site holds the day."""
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=24 * day.number - site.hours(day))


def list_at(site: Site, *fields: str, kind: Kind = Kind.PROJECT) -> Binding:
    mapping = source("list", kind, fields={name: name for name in fields})
    return bind(mapping, schema(*(column(name, ColumnType.DATE) for name in fields), zone=site.zone))


def read(binding: Binding, **cells: datetime) -> Record:
    made = to_record(binding, row(1, **cells))
    assert made is not None
    return made


def test_the_two_years_begin_and_end_where_they_should() -> None:
    assert [EVERY_DAY[0].as_date, EVERY_DAY[729].as_date] == [date(2026, 1, 1), date(2027, 12, 31)]
    assert (len(EVERY_DAY), EVERY_DAY[-1].number) == (731, 789)


@pytest.mark.parametrize(
    ("zone", "day", "instant"),
    [
        ("Europe/London", (2026, 3, 29), "2026-03-29T00:00:00Z"),
        ("Europe/London", (2026, 3, 30), "2026-03-29T23:00:00Z"),
        ("Europe/London", (2027, 10, 31), "2027-10-30T23:00:00Z"),
        ("Europe/London", (2027, 11, 1), "2027-11-01T00:00:00Z"),
        ("America/Los_Angeles", (2026, 3, 8), "2026-03-08T08:00:00Z"),
        ("America/Los_Angeles", (2026, 3, 9), "2026-03-09T07:00:00Z"),
        ("America/Los_Angeles", (2026, 11, 2), "2026-11-02T08:00:00Z"),
        ("Pacific/Auckland", (2026, 4, 5), "2026-04-04T11:00:00Z"),
        ("Pacific/Auckland", (2026, 4, 6), "2026-04-05T12:00:00Z"),
        ("Pacific/Auckland", (2027, 9, 27), "2027-09-26T11:00:00Z"),
        ("Europe/London", (2028, 2, 29), "2028-02-29T00:00:00Z"),
    ],
)
def test_the_second_opinion_stores_days_around_the_clock_changes_as_a_site_does(
    zone: str, day: tuple[int, int, int], instant: str
) -> None:
    site = next(site for site in SITES if site.zone == zone)
    assert stored(THREE_YEARS[NUMBERS[day]], site) == datetime.fromisoformat(instant)


@BY_ZONE
def test_a_stored_day_is_the_day_that_the_site_shows_and_is_written_back_as_it_was(site: Site) -> None:
    binding = list_at(site, "end")
    for day in EVERY_DAY:
        made = read(binding, end=stored(day, site))
        assert (due_date(made), made.problems) == (day.as_date, ())
        assert site_midnight(day.as_date, site.zone) == stored(day, site)


@BY_ZONE
def test_a_day_that_a_flow_wrote_in_utc_is_the_day_it_meant_and_is_told(site: Site) -> None:
    binding = list_at(site, "end")
    for day in EVERY_DAY:
        made = read(binding, end=datetime(day.year, day.month, day.day, tzinfo=UTC))
        told = [problem.kind for problem in made.problems]
        assert due_date(made) == day.as_date
        assert told == ([] if site.hours(day) == 0 else [FindingKind.DATE_OFF_MIDNIGHT])


def effective(number: int, closed: frozenset[int], *, moves: bool) -> int:
    """The day on which something is due: that one, or the next on which people work."""
    while moves and ((FIRST_WEEKDAY + number) % 7 >= 5 or number in closed):
        number += 1
    return number


def closed_in(nation: str) -> frozenset[int]:
    return frozenset(
        NUMBERS[year, month, day]
        for (place, year), days in BANK_HOLIDAYS.items()
        if place == nation
        for month, day in days
    )


def calendar_of(nation: str) -> Calendar:
    return closed_days(Holidays(country="GB", subdivision=nation)).calendar


def expected_state(due: int, today: int) -> Overdue:
    if due < today:
        return Overdue.OVERDUE
    return Overdue.DUE_SOON if due - today <= SOON else Overdue.ON_TIME


AROUND = range(-9, 7)
"""Days from a due date to a today: all at which a state may change, even where four days on end nobody works."""


@BY_ZONE
@pytest.mark.parametrize("nation", NATIONS)
@pytest.mark.parametrize("rule", list(NonWorkingDay))
def test_every_due_day_is_on_time_then_due_soon_then_overdue(site: Site, nation: str, rule: NonWorkingDay) -> None:
    binding, calendar, closed = list_at(site, "end"), calendar_of(nation), closed_in(nation)
    policy = OverduePolicy(due_soon_days=SOON, due_on_non_working_day=rule)
    seen = set()
    for day in EVERY_DAY:
        made = read(binding, end=stored(day, site))
        due = effective(day.number, closed, moves=rule is NonWorkingDay.NEXT)
        for today in (day.number + distance for distance in AROUND if day.number + distance >= 0):
            found, since = state(made, due_date(made), policy, calendar, THREE_YEARS[today].as_date)
            expected = expected_state(due, today)
            assert (found, since) == (expected, day.as_date if expected is Overdue.OVERDUE else None)
            seen.add(found)
    assert seen == {Overdue.ON_TIME, Overdue.DUE_SOON, Overdue.OVERDUE}


def months_later(day: Day, months: int) -> Day:
    year, month = day.year, day.month + months
    if month > 12:
        year, month = year + 1, month - 12
    return THREE_YEARS[NUMBERS[year, month, min(day.day, MONTH_LENGTHS[year][month - 1])]]


def expected_freshness(due: int, today: int) -> Freshness:
    if due < today:
        return Freshness.STALE
    return Freshness.DUE if due - today <= SOON else Freshness.FRESH


@BY_ZONE
@pytest.mark.parametrize(("nation", "months"), [("ENG", 1), ("WLS", 3), ("SCT", 6), ("NIR", 11)])
def test_a_review_on_any_day_is_due_so_many_months_later_and_stale_after_that(
    site: Site, nation: str, months: int
) -> None:
    binding, calendar, closed = list_at(site, "last_reviewed", kind=Kind.RISK), calendar_of(nation), closed_in(nation)
    policies = Policies(
        overdue=OverduePolicy(due_soon_days=SOON, due_on_non_working_day=NonWorkingDay.NEXT),
        review=ReviewPolicy(months={Band.MEDIUM: months}),
    )
    seen = set()
    for day in (each for each in EVERY_DAY if each.year < 2028):
        made = read(binding, last_reviewed=stored(day, site))
        due = months_later(day, months)
        last_with_holidays = NUMBERS[2027, 12, 31]
        for today in (due.number + distance for distance in AROUND):
            found = review_of(made, Band.MEDIUM, binding.mapping, policies, calendar, THREE_YEARS[today].as_date)
            assert found is not None
            assert (found.last, found.due) == (day.as_date, due.as_date)
            if due.number <= last_with_holidays:
                expected = expected_freshness(effective(due.number, closed, moves=True), today)
                assert found.freshness is expected
                seen.add(expected)
    assert seen == set(Freshness) - {Freshness.NEVER}


@BY_ZONE
def test_a_risk_that_nobody_reviewed_counts_from_the_day_on_which_its_item_was_made(site: Site) -> None:
    """An item is made at any time of day; the day is the one that the site's clock showed, the last minute included."""
    binding = list_at(site, "last_reviewed", kind=Kind.RISK)
    for day in (each for each in EVERY_DAY if each.year < 2028):
        midnight, next_midnight = stored(day, site), stored(THREE_YEARS[day.number + 1], site)
        due = months_later(day, 1)
        for instant in (midnight, midnight + timedelta(hours=12), next_midnight - timedelta(minutes=1)):
            made = to_record(binding, replace(row(1), created=instant))
            assert made is not None
            found = review_of(made, Band.HIGH, binding.mapping, Policies(), Calendar(), due.as_date)
            assert found is not None
            assert (found.counted_from, found.due, found.freshness) == (day.as_date, due.as_date, Freshness.NEVER)


def test_what_is_due_on_a_clock_change_is_late_the_day_after_wherever_the_site_is() -> None:
    for site in SITES:
        for year in (2026, 2027):
            for change in site.changes[year]:
                day = THREE_YEARS[NUMBERS[year, *change]]
                made = record(1, end=due_date(read(list_at(site, "end"), end=stored(day, site))))
                states = [
                    state(made, due_date(made), OverduePolicy(), Calendar(), THREE_YEARS[day.number + ahead].as_date)
                    for ahead in (0, 1)
                ]
                assert states == [(Overdue.DUE_SOON, None), (Overdue.OVERDUE, day.as_date)]
