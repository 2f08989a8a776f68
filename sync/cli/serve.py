"""`serve`: the nightly run by itself, in the portfolio's zone, with a missed night caught up at the start."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sync.cli.options import PortfolioFile
from sync.cli.terminal import tell
from sync.errors import ConfigurationError, LockHeldError, PortfolioSyncError, StoppedError

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

    from sync.engine.run import RunContext, RunRequest
    from sync.engine.stop import Stop
    from sync.engine.targets import Portfolio

GRACE_SECONDS = 6 * 60 * 60
"""A night missed by less than this (a machine asleep, a slow host) is still run by the scheduler itself."""


def serve(portfolio: PortfolioFile = None) -> int:
    """Run every night as the portfolio file says, until told to stop.

    A night that was missed, or cut short, is made up for at the start. Nothing is ever approved here: what needs an
    approval waits for a person, and the rest is written.
    """
    from sync.cli.stopping import stoppable
    from sync.clock import NAP
    from sync.wiring import load_portfolio

    configured = load_portfolio(portfolio)
    if configured.schedule.nightly is None:
        raise ConfigurationError(
            f"{configured.path} has no schedule.", 'Add `schedule: {nightly: "17 2 * * *"}` to the portfolio file.'
        )
    with stoppable() as stop:
        scheduler = _scheduler(configured, stop)
        scheduler.start()
        tell(f"Serving '{configured.name}': nightly at {configured.schedule.nightly} ({configured.time_zone}).")
        while not stop.requested:
            time.sleep(NAP)
        scheduler.shutdown(wait=True)
    tell("Stopped.")
    return 0


def _scheduler(portfolio: "Portfolio", stop: "Stop") -> "BackgroundScheduler":
    """One thread for the runs, so that what is due while one is under way waits for its end."""
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    from sync.clock import SystemClock
    from sync.engine.schedule import NIGHTLY, trigger

    when = trigger(portfolio.schedule.nightly or "", portfolio.time_zone)
    scheduler = BackgroundScheduler(
        timezone=when.timezone,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"misfire_grace_time": GRACE_SECONDS, "coalesce": True, "max_instances": 1},
    )

    def again(at: datetime) -> None:
        scheduler.add_job(nights.run, "date", run_date=at, id="again", replace_existing=True)

    nights = Nights(portfolio, stop, again, SystemClock().now)
    scheduler.add_job(nights.run, id="catch-up")
    scheduler.add_job(nights.run, when, id=NIGHTLY)
    return scheduler


@dataclass(frozen=True, slots=True)
class Nights:
    """Runs the night that is due, if any. `again` has it looked for once more at that time."""

    portfolio: "Portfolio"
    stop: "Stop"
    again: Callable[[datetime], None]
    now: Callable[[], datetime]

    def run(self) -> None:
        """The latest due night that was not carried through, once; a failure is told, and ends nothing."""
        if self.stop.requested:
            return
        try:
            self._run()
        except LockHeldError as held:
            self._wait_for(held)
        except StoppedError:
            tell("The night was cut short; it is finished when `serve` is started again.")
        except PortfolioSyncError as error:
            tell(f"The nightly run failed: {error}")

    def _run(self) -> None:
        from sync.engine.run import execute, proceed_unapproved
        from sync.wiring import open_run

        with open_run(self.portfolio.path, stop=self.stop) as context:
            due = _due(context)
            if due is None:
                tell("No night is due that has not run.")
                return
            name, request = due
            report = execute(context, request, approver=proceed_unapproved).report
        tell(f"{name}: {report.outcome}; {report.writes.applied} items written; run {report.id}.")

    def _wait_for(self, held: LockHeldError) -> None:
        """Another run had the night, or has the lock: it may yet be cut short, so this is not the end of it."""
        from zoneinfo import ZoneInfo

        from sync.engine.schedule import retry_at

        at = retry_at(self.portfolio, self.now())
        if at is None:
            tell(f"Not run: {held.what} The next night is due soon.")
            return
        self.again(at)
        tell(f"Not run: {held.what} Looking again at {at.astimezone(ZoneInfo(self.portfolio.time_zone)):%H:%M}.")


def _due(context: "RunContext") -> "tuple[str, RunRequest] | None":
    """What is to be run now, and what to call it."""
    from sync.engine.run import RunRequest
    from sync.engine.schedule import night_to_catch_up, night_to_finish
    from sync.engine.state import RunMode

    now = context.clock.now()
    missed = night_to_catch_up(context.portfolio, context.runs, now)
    if missed is not None:
        return f"Night of {missed}", RunRequest(RunMode.NIGHTLY, night=missed)
    cut_short = night_to_finish(context.portfolio, context.runs, now)
    if cut_short is not None:
        return f"Rest of the night of {cut_short}", RunRequest(RunMode.NIGHTLY)
    return None
