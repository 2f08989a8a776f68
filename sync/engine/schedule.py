"""When the nightly run is due: a cron expression in the portfolio's zone, and one run per job and local date."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from sync.engine.ports import RunStore
from sync.engine.targets import Portfolio

NIGHTLY = "nightly"
LOOK_BACK = timedelta(days=31)
"""How far back a missed night is looked for: every practical schedule is due at least once in a month."""


def trigger(expression: str, zone: str) -> CronTrigger:
    """The five-field expression as APScheduler understands it, in that zone."""
    return CronTrigger.from_crontab(expression, timezone=ZoneInfo(zone))


def latest_due(expression: str, zone: str, now: datetime) -> datetime | None:
    """The last moment up to now (aware) at which the schedule was due, in its own zone; None within `LOOK_BACK`.

    A local time that a clock change repeats is due twice; both are of one local date, for which a job runs once.
    """
    schedule = trigger(expression, zone)
    due: datetime | None = None
    upcoming = schedule.get_next_fire_time(None, now - LOOK_BACK)
    while upcoming is not None and upcoming <= now:
        due = upcoming
        # In UTC, where time only goes forward: a second after an ambiguous local time may be that time again.
        upcoming = schedule.get_next_fire_time(None, upcoming.astimezone(UTC) + timedelta(seconds=1))
    return due


def night_to_catch_up(portfolio: Portfolio, store: RunStore, now: datetime) -> date | None:
    """The local date of the latest due night that has not run; missed nights before it are not made up for."""
    if portfolio.schedule.nightly is None:
        return None
    due = latest_due(portfolio.schedule.nightly, portfolio.time_zone, now)
    if due is None or store.night_done(NIGHTLY, due.date()):
        return None
    return due.date()


def local_date(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
