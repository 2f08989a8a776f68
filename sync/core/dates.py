"""Dates as staff see them: SharePoint keeps instants, people mean days.

A date-only value is the midnight at which that day begins at the site, written in UTC. Reading its first ten characters
is a day early for seven months of the year in London.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sync.core.policy import Calendar, NonWorkingDay, OverduePolicy

_NOON = time(12)
_MIDNIGHT = time(0)
_SATURDAY = 5
_YEARS = range(1900, 8901)  # what a SharePoint date column can hold

_MONTHS = (
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
_MONTH_NUMBERS = {
    **{name: number for number, name in enumerate(_MONTHS, 1)},
    **{name[:3]: number for number, name in enumerate(_MONTHS, 1)},
    "sept": 9,
}
_TEXT_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (
        r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[ -](?P<month>[a-z]+)\.?[ -](?P<year>\d{4})",
        r"(?P<month>[a-z]+)\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})",
    )
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
    if zone is None or day.year not in _YEARS:
        return datetime.combine(day, _NOON, UTC)
    return datetime.combine(day, _MIDNIGHT, ZoneInfo(zone)).astimezone(UTC)


def parse_text_date(text: str) -> date | None:
    """The day that a text names beyond doubt, else None: an ISO date, or a day, an English month's name and a year.

    `03/04/2026` is April to some and March to others, so forms of bare numbers are never guessed; nor is an instant
    with an offset, whose day depends on a zone that a text does not carry.
    """
    tidy = " ".join(text.split())
    matches = (form.fullmatch(tidy) for form in _TEXT_FORMS)
    return next((_named_day(found) for found in matches if found), None)


def is_working(day: date, calendar: Calendar) -> bool:
    """Whether people work that day: not at a weekend, nor on a bank holiday or local closure."""
    return day.weekday() < _SATURDAY and day not in calendar.closed


def next_working(day: date, calendar: Calendar) -> date:
    """That day, or the first working day after it."""
    while not is_working(day, calendar):
        day += timedelta(days=1)
    return day


def effective_due(due: date, policy: OverduePolicy, calendar: Calendar) -> date:
    """The day on which something is due when the day it names may be one on which nobody works."""
    return next_working(due, calendar) if policy.due_on_non_working_day is NonWorkingDay.NEXT else due


def plain(day: date) -> str:
    """A date as sentences write it: 3 June 2026, in English whatever the machine's locale."""
    return f"{day.day} {_MONTHS[day.month - 1].title()} {day.year}"


def _local(universal: datetime, zone: str) -> datetime:
    return universal.astimezone(ZoneInfo(zone)) if universal.year in _YEARS else universal


def _named_day(found: re.Match[str]) -> date | None:
    word = found["month"].casefold()
    month = int(word) if word.isdigit() else _MONTH_NUMBERS.get(word, 0)
    try:
        day = date(int(found["year"]), month, int(found["day"]))
    except ValueError:
        return None
    return day if day.year in _YEARS else None
