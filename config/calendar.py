"""Days on which nobody works, and times of day that a clock change skips or repeats."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from config.lint import Complaint
from config.names import nearest, quoted
from sync.core.policy import Calendar
from sync.engine.targets import Holidays

FIRST_YEAR, LAST_YEAR = 2015, 2040
"""The years whose bank holidays are counted. A fixed span, so that the same file means the same every day."""
FIRST_CHANGE, LAST_CHANGE = 2026, 2036
"""The years whose clock changes a nightly time is held against."""


@dataclass(frozen=True, slots=True)
class ClosedDays:
    calendar: Calendar
    complaints: tuple[Complaint, ...] = ()


def closed_days(holidays: Holidays | None) -> ClosedDays:
    """The bank holidays of a country or its subdivision, with local closures; complaints name what is not known."""
    if holidays is None:
        return ClosedDays(Calendar())
    bank, complaint = _bank_holidays(holidays.country, holidays.subdivision)
    if complaint is not None:
        return ClosedDays(Calendar(), (complaint,))
    return ClosedDays(Calendar(bank | frozenset(holidays.closed)))


@cache
def _bank_holidays(country: str, subdivision: str | None) -> tuple[frozenset[date], Complaint | None]:
    import holidays as library  # takes 0.1 s, and most commands need none

    known: dict[str, list[str]] = library.list_supported_countries(include_aliases=True)
    if country not in known:
        close = nearest(country, known)
        hint = f"; did you mean '{close}'?" if close else "; use the ISO 3166 code, such as GB"
        where = ("holidays", "country")
        return frozenset(), Complaint(where, f"{quoted(country)} is not a country whose bank holidays are known{hint}")
    if subdivision is not None and subdivision not in known[country]:
        text = f"{quoted(subdivision)} is not a subdivision of {country}"
        hint = f"; it may be {', '.join(known[country])}" if known[country] else ", which has none"
        return frozenset(), Complaint(("holidays", "subdivision"), text + hint)
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    return frozenset(library.country_holidays(country, subdiv=subdivision, years=years)), None


@dataclass(frozen=True, slots=True)
class ClockChange:
    """Wall-clock times from `start` up to `end` that a day skips (spring) or has twice (autumn)."""

    start: datetime
    end: datetime
    skipped: bool


@cache
def clock_changes(zone: str) -> tuple[ClockChange, ...]:
    """The clock changes of a zone from FIRST_CHANGE up to LAST_CHANGE, as naive wall-clock times."""
    info = ZoneInfo(zone)
    changes = []
    instant = datetime(FIRST_CHANGE, 1, 1, tzinfo=UTC)
    while instant.year < LAST_CHANGE:
        following = instant + timedelta(days=1)
        if _offset(instant, info) != _offset(following, info):
            changes.append(_change(instant, following, info))
        instant = following
    return tuple(changes)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta(0)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> ClockChange:
    old = _offset(before, zone)
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) // 2
        before, after = (middle, after) if _offset(middle, zone) == old else (before, middle)
    moment = after.replace(second=0, microsecond=0, tzinfo=None)
    walls = sorted((moment + old, moment + _offset(after, zone)))
    return ClockChange(walls[0], walls[1], skipped=_offset(after, zone) > old)


def hit_by(trigger: Any, zone: str) -> ClockChange | None:
    """The first clock change that a cron trigger, made for UTC, would fire within if its times were the zone's."""
    for change in clock_changes(zone):
        start, end = change.start.replace(tzinfo=UTC), change.end.replace(tzinfo=UTC)
        due = trigger.get_next_fire_time(None, start)
        if due is not None and due < end:
            return change
    return None
