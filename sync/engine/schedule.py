"""When the nightly run is due: a cron expression in the portfolio's zone, and one run per job and local date. And when
it is not to be under way: in office hours."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from sync.core.run_report import Outcome
from sync.engine.ports import RunStore
from sync.engine.state import RunMode
from sync.engine.stop import Stop, StopBy
from sync.engine.targets import Portfolio, Weekday

NIGHTLY = "nightly"
LOOK_BACK = timedelta(days=31)
"""How far back a missed night is looked for: every practical schedule is due at least once in a month."""
MOST_TRIES = 5
"""Runs for one night: one that is cut short so often is left to the next night, for something is wrong."""
RETRY_AFTER = timedelta(minutes=10)
"""How soon a night is looked for again whose turn another run had."""
WIND_DOWN = timedelta(minutes=5)
"""How long before the office hours a night begins to end, so that what is under way is over when they begin."""
_RECENT_RUNS = 100
"""Where a night's runs are looked for; after so many others, none needs what that night left undone."""
_WEEK = tuple(Weekday)
_CUT_SHORT = frozenset({None, Outcome.INTERRUPTED})


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
    due = _latest_due(portfolio, now)
    return None if due is None or store.night_done(NIGHTLY, due.date()) else due.date()


def night_to_finish(portfolio: Portfolio, store: RunStore, now: datetime) -> date | None:
    """The local date of the latest due night, where every run for it was cut short: killed, or told to stop.

    What is left of it is for a run of mode nightly that claims no night: a night is begun once. A run that is still at
    work looks the same from here; its lease turns away whoever would join it.
    """
    due = _latest_due(portfolio, now)
    if due is None:
        return None
    tries = [
        run
        for run in store.runs(_RECENT_RUNS)
        if run.mode is RunMode.NIGHTLY and (run.night == due.date() or run.started >= due)
    ]
    is_open = 0 < len(tries) < MOST_TRIES and all(run.outcome in _CUT_SHORT for run in tries)
    return due.date() if is_open else None


def retry_at(portfolio: Portfolio, now: datetime) -> datetime | None:
    """When to look again for a night whose turn another run had; None where the next night is due before that."""
    if portfolio.schedule.nightly is None:
        return None
    upcoming = trigger(portfolio.schedule.nightly, portfolio.time_zone).get_next_fire_time(None, now)
    again = now + RETRY_AFTER
    return None if upcoming is not None and upcoming <= again else again


def next_due(portfolio: Portfolio, now: datetime) -> datetime | None:
    """The next moment after now (both aware) at which the schedule is due; None where there is no schedule."""
    if portfolio.schedule.nightly is None:
        return None
    schedule = trigger(portfolio.schedule.nightly, portfolio.time_zone)
    due: datetime | None = schedule.get_next_fire_time(None, now + timedelta(seconds=1))
    return due.astimezone(UTC) if due else None


def _latest_due(portfolio: Portfolio, now: datetime) -> datetime | None:
    if portfolio.schedule.nightly is None:
        return None
    return latest_due(portfolio.schedule.nightly, portfolio.time_zone, now)


def office_hours(portfolio: Portfolio, now: datetime) -> tuple[datetime, datetime] | None:
    """Begin and end (UTC) of the office hours that are under way, or else come next; None within `LOOK_BACK`.

    Of a local time that a clock change repeats or skips, whichever makes them longer.
    """
    hours = portfolio.pace.office_hours
    if hours is None:
        return None
    zone = ZoneInfo(portfolio.time_zone)
    today = local_date(now, portfolio.time_zone)
    for day in (today + timedelta(days=ahead) for ahead in range(LOOK_BACK.days)):
        if _WEEK[day.weekday()] not in hours.days or day in portfolio.calendar.closed:
            continue
        begin, end = min(_moments(day, hours.start, zone)), max(_moments(day, hours.end, zone))
        if now < end:
            return begin, end
    return None


def not_before(portfolio: Portfolio, now: datetime) -> datetime | None:
    """When a night may begin that may not begin now, because office hours are under way or about to be; else None."""
    hours = office_hours(portfolio, now)
    return hours[1] if hours is not None and hours[0] - WIND_DOWN <= now else None


def stop_before_office_hours(portfolio: Portfolio, stop: Stop, now: Callable[[], datetime]) -> Stop:
    """For a run that nobody started by hand: also told to stop in time before the next office hours."""
    hours = office_hours(portfolio, now())
    if hours is None:
        return stop
    begin = hours[0].astimezone(ZoneInfo(portfolio.time_zone))
    why = f"The night was ended in time for the office hours, which begin at {begin:%H:%M}."
    return StopBy(stop, hours[0] - WIND_DOWN, now, why)


def _moments(day: date, local: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The two moments that a local time may be: one and the same, unless a clock change repeats or skips it."""
    first, second = (datetime.combine(day, local.replace(fold=fold), zone) for fold in (0, 1))
    return first.astimezone(UTC), second.astimezone(UTC)


def local_date(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
