"""Dates as staff see them: SharePoint keeps instants, people mean days.

A date-only value is the midnight at which that day begins at the site, written in UTC. Reading its first ten characters
is a day early for seven months of the year in London.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from sync.core.policy import Calendar, NonWorkingDay, OverduePolicy

_NOON = time(12)
_MIDNIGHT = time(0)
_SATURDAY = 5
YEARS = range(1900, 8901)
"""What a SharePoint date column can hold."""

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


class DateNote(StrEnum):
    """Why a date that was read deserves a person's look."""

    OFF_MIDNIGHT = "off_midnight"
    ZONE_UNKNOWN = "zone_unknown"


@dataclass(frozen=True, slots=True)
class ShownDate:
    """The day a column shows to staff, and what was odd about the stored instant."""

    day: date
    note: DateNote | None = None


@lru_cache(maxsize=16384)  # lists say the same days again and again, and finding one out takes long
def shown(instant: datetime, zone: str | None) -> ShownDate:
    """The day that a date-only column shows for an aware instant at a site of that IANA zone.

    | stored                | site     | day    | note         |
    |-----------------------|----------|--------|--------------|
    | 2026-06-30T23:00:00Z  | London   | 1 July |              |
    | 2026-07-01T07:00:00Z  | Pacific  | 1 July |              |
    | 2026-07-01T00:00:00Z  | either   | 1 July | off midnight |
    | 2026-06-30T23:00:00Z  | unknown  | 1 July | zone unknown |

    Midnight UTC that is not midnight at the site was written by a flow that meant the UTC day. Without a zone, twelve
    hours are added (unless it is noon UTC, which we wrote ourselves): right for every site from UTC-11 to UTC+12.
    """
    universal = instant.astimezone(UTC)
    if zone is None:
        half_day = timedelta(0) if universal.time() == _NOON else timedelta(hours=12)
        return ShownDate((universal + half_day).date(), DateNote.ZONE_UNKNOWN)
    day = _local(universal, zone).date()
    if _local(universal, zone).time() == _MIDNIGHT or universal == site_midnight(day, zone):
        return ShownDate(day)
    if universal.time() == _MIDNIGHT:
        return ShownDate(universal.date(), DateNote.OFF_MIDNIGHT)
    return ShownDate(day, DateNote.OFF_MIDNIGHT)


def shown_instant(instant: datetime, zone: str | None) -> ShownDate:
    """The day that a date-and-time column shows: any time of day is ordinary there. Without a zone, the UTC day."""
    if zone is None:
        return ShownDate(instant.astimezone(UTC).date(), DateNote.ZONE_UNKNOWN)
    return ShownDate(_local(instant.astimezone(UTC), zone).date())


def site_midnight(day: date, zone: str | None) -> datetime:
    """The instant (aware, UTC) by which a date-only column at that site holds a day: `shown` gives the day back.

    Where the clocks skip midnight that day, its first instant. Without a zone, noon UTC, which most of the world's
    sites show as that day.
    """
    if zone is None or day.year not in YEARS:
        return datetime.combine(day, _NOON, UTC)
    return datetime.combine(day, _MIDNIGHT, ZoneInfo(zone)).astimezone(UTC)


def is_working(day: date, calendar: Calendar) -> bool:
    """Whether people work that day: not at a weekend, nor on a bank holiday or local closure."""
    return day.weekday() < _SATURDAY and day not in calendar.closed


def next_working(day: date, calendar: Calendar) -> date:
    """That day, or the first working day after it."""
    while not is_working(day, calendar):
        day += timedelta(days=1)
    return day


def working_days_between(since: date, until: date, calendar: Calendar) -> int:
    """How many working days come after `since`, up to and including `until`; the same below zero where that is earlier.

    Weeks are counted, not days, so that a slip of the pen by a thousand years takes no longer than any other.
    """
    if until < since:
        return -working_days_between(until, since, calendar)
    weeks, rest = divmod((until - since).days, 7)
    weekdays = 5 * weeks + sum((since.weekday() + day) % 7 < _SATURDAY for day in range(1, rest + 1))
    return weekdays - sum(since < day <= until and day.weekday() < _SATURDAY for day in calendar.closed)


def add_working_days(day: date, count: int, calendar: Calendar) -> date:
    """The working day that comes `count` working days after a day, or before it where `count` is below zero.

    | from            | count | day                                        |
    |-----------------|-------|--------------------------------------------|
    | Tue 16 June     | -5    | Tue 9 June                                 |
    | Mon 13 April    | -5    | Thu 2 April (Good Friday and Easter Monday) |
    | Sat 13 June     | 1     | Mon 15 June                                |
    | any             | 0     | that day itself, even if nobody works      |
    """
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_working(day, calendar):
            day += step
    return day


def add_months(day: date, months: int) -> date:
    """The same day so many months on (or back), or the last of that month where it is shorter: a month after
    31 January is 28 February, and two months after it 31 March."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def effective_due(due: date, policy: OverduePolicy, calendar: Calendar) -> date:
    """The day on which something is due when the day it names may be one on which nobody works."""
    return next_working(due, calendar) if policy.due_on_non_working_day is NonWorkingDay.NEXT else due


def plain(day: date) -> str:
    """A date as sentences write it: 3 June 2026, in English whatever the machine's locale."""
    return f"{day.day} {MONTHS[day.month - 1].title()} {day.year}"


def _local(universal: datetime, zone: str) -> datetime:
    return universal.astimezone(ZoneInfo(zone)) if universal.year in YEARS else universal
