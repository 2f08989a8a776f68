"""Checks of how much of a tenant may be used, and when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from config.lint import Complaint, Location
from sync.engine.targets import OfficeHours, Pace, Schedule, Weekday

PACE_BOUNDS: Mapping[str, tuple[int, int]] = {
    "share": (5, 100),
    "licences": (1, 10_000_000),
    "quota": (1, 10),
    "rest_price": (1, 5),
    "sites_at_once": (1, 16),
}
"""The least and the most that each number may be. With the least share at the highest price every request still fits
into a minute."""
_HOURS: Location = ("pace", "office_hours")
_NIGHTS = 31
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def write_out_pace(entry: dict[str, Any]) -> dict[str, Any]:
    """The part as the validator takes it: a key with nothing behind it is not written, one day is a list of days."""
    pace = {key: each for key, each in entry.items() if each is not None}
    if isinstance(pace.get("office_hours"), dict):
        hours = pace["office_hours"] = {key: each for key, each in pace["office_hours"].items() if each is not None}
        if isinstance(hours.get("days"), str):
            hours["days"] = [hours["days"]]
    return pace


def check_pace(pace: Pace, schedule: Schedule) -> list[Complaint]:
    """Every complaint about the pace, each with its place in the file."""
    found = [
        Complaint(("pace", name), f"'{name}' must be from {least} to {most:,}, not {getattr(pace, name)}")
        for name, (least, most) in PACE_BOUNDS.items()
        if not least <= getattr(pace, name) <= most
    ]
    if pace.office_hours is not None:
        found.extend(_office_hours(pace.office_hours, schedule))
    return found


def _office_hours(hours: OfficeHours, schedule: Schedule) -> Iterator[Complaint]:
    zoned = [name for name, each in (("start", hours.start), ("end", hours.end)) if each.tzinfo is not None]
    for name in zoned:
        yield Complaint(
            (*_HOURS, name), f"'{name}' is a time in the portfolio's zone: write it without a zone of its own"
        )
    if not hours.days:
        yield Complaint((*_HOURS, "days"), "office hours without days are none; leave 'office_hours' out")
    if zoned:
        return
    if hours.end <= hours.start:
        yield Complaint((*_HOURS, "end"), f"the office hours end at {hours.end:%H:%M}, before they begin")
    elif schedule.nightly is not None and (fires := _fires(schedule.nightly)) and _is_inside(fires, hours):
        at = f"{fires.at:%H:%M}"
        yield Complaint(("schedule", "nightly"), f"{at} lies in the office hours, in which no nightly run works")


@dataclass(frozen=True, slots=True)
class _Fires:
    at: time
    days: frozenset[Weekday]


def _fires(expression: str) -> _Fires | None:
    """At what time and on which days of the week a schedule is due; None where it is no schedule."""
    from apscheduler.triggers.cron import CronTrigger  # takes 0.1 s, and only this needs it

    try:
        trigger = CronTrigger.from_crontab(expression, timezone="UTC")
    except ValueError:
        return None
    week, days = tuple(Weekday), set()
    at = due = trigger.get_next_fire_time(None, _ANY_DAY)
    for _ in range(_NIGHTS):
        if due is None:
            break
        days.add(week[due.weekday()])
        due = trigger.get_next_fire_time(due, due)
    return _Fires(at.time(), frozenset(days)) if at is not None else None


def _is_inside(fires: _Fires, hours: OfficeHours) -> bool:
    return hours.start <= fires.at < hours.end and fires.days <= frozenset(hours.days)
